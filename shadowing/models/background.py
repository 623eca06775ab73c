"""Jobs."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Mapped, mapped_column

from shadowing.models.base import Base, Stored, Work
from shadowing.models.rounds import Stage
from shadowing.solver.problem import Progress


class JobKind(StrEnum):
    SOLVE = "solve"


class JobState(StrEnum):
    READY = "ready"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveArguments:
    """Which solve, and the stage that its round goes back to where there is no plan."""

    solve_id: int
    before: Stage


class Job(Work, Base):
    """One piece of background work. *progress* is what the page shows meanwhile."""

    __tablename__ = "job"

    kind: Mapped[JobKind]
    state: Mapped[JobState] = mapped_column(default=JobState.READY)
    arguments: Mapped[SolveArguments] = mapped_column(Stored(SolveArguments))
    progress: Mapped[Progress] = mapped_column(Stored(Progress), default=Progress())
    cancel_requested: Mapped[bool] = mapped_column(default=False)
