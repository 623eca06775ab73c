"""Jobs."""

from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from shadowing.models.base import Base, Work


class JobKind(StrEnum):
    SOLVE = "solve"


class JobState(StrEnum):
    READY = "ready"
    DONE = "done"
    FAILED = "failed"


class Job(Work, Base):
    """One piece of background work. *arguments* name rows; *progress* is what the page shows meanwhile."""

    __tablename__ = "job"

    kind: Mapped[JobKind]
    state: Mapped[JobState] = mapped_column(default=JobState.READY)
    arguments: Mapped[dict[str, Any]] = mapped_column(default=dict)
    progress: Mapped[dict[str, Any]] = mapped_column(default=dict)
    cancel_requested: Mapped[bool] = mapped_column(default=False)
