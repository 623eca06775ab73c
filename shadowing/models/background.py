"""Jobs."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pydantic import TypeAdapter
from sqlalchemy.orm import Mapped, mapped_column

from shadowing.models.base import Base, Stored, Work
from shadowing.models.rounds import Stage
from shadowing.solver.problem import Progress


class JobKind(StrEnum):
    SOLVE = "solve"
    LEAVE = "leave"
    CLOSE = "close"
    REMIND = "remind"
    END = "end"
    CHECK = "check"
    IMPORT = "import"
    FORGET = "forget"
    REASONS = "reasons"
    REPAIR = "repair"
    FREE_SEAT = "free_seat"
    ASK_NEXT = "ask_next"
    END_SWAP = "end_swap"
    FETCH = "fetch"
    LOOK_UP = "look_up"
    END_CHECK_UP = "end_check_up"


class JobState(StrEnum):
    READY = "ready"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveArguments:
    """Which solve, and the stage that its round goes back to where there is no plan."""

    solve_id: int
    before: Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveArguments:
    """Who leaves when this day of theirs is over, unless HR has changed its mind by then."""

    person_id: int
    last_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundArguments:
    """Which round does something by itself, and the instant at which it is to."""

    round_id: int
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListArguments:
    """Which list of people that HR handed over is to be read, taken in or forgotten."""

    list_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairArguments:
    """Which repair of a published plan is to be looked for."""

    repair_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineArguments:
    """Which guest's invitation was declined, and when: another answer since then undoes it."""

    invitation_id: int
    answered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveArguments:
    """Which free seat goes to the next people of the waiting list where nobody of this wave took it."""

    seat_id: int
    wave: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapArguments:
    """Which proposed swap of two visits comes to nothing where nobody said anything."""

    swap_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarArguments:
    """Which calendar of a person is to be fetched, or its address forgotten."""

    calendar_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckUpArguments:
    """Which check-up has a domain to be looked up, or is to end where nobody ended it."""

    check_up_id: int


Arguments = (
    SolveArguments
    | LeaveArguments
    | RoundArguments
    | ListArguments
    | RepairArguments
    | DeclineArguments
    | WaveArguments
    | SwapArguments
    | CalendarArguments
    | CheckUpArguments
)
ARGUMENTS: TypeAdapter[Arguments] = TypeAdapter(Arguments)


class Job(Work, Base):
    """One piece of background work. *progress* is what the page shows meanwhile."""

    __tablename__ = "job"

    kind: Mapped[JobKind]
    state: Mapped[JobState] = mapped_column(default=JobState.READY)
    arguments: Mapped[Arguments] = mapped_column(Stored(ARGUMENTS))
    progress: Mapped[Progress] = mapped_column(Stored(Progress), default=Progress())
    cancel_requested: Mapped[bool] = mapped_column(default=False)
