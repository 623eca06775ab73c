"""After publishing: which visits fell away, who could be seated again, and what HR did about it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shadowing.models.base import Base, Stored
from shadowing.models.columns import LongText, ShortText
from shadowing.models.company import Department, Person
from shadowing.models.mail import LetterKind
from shadowing.models.rounds import Round
from shadowing.solver.problem import Seat


class Because(StrEnum):
    """Visits have fallen away, or HR looks for places for those who have none."""

    LOST = "lost"
    WITHOUT = "without"


class RepairState(StrEnum):
    WAITING = "waiting"
    PROPOSED = "proposed"
    TAKEN = "taken"
    OVERTAKEN = "overtaken"
    PUT_ASIDE = "put_aside"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAhead:
    """One letter that would leave, and the person (an id) who reads it."""

    kind: LetterKind
    person: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One point of a repair's frontier. The people *moved* give up a seat for another; *given_up* and *taken* are all seats that
    change. *seated* of the concerned have a visit then, and no more than *bound* can while so many others move. *mails* are
    all that the next publish writes with it."""

    moved: tuple[int, ...]
    seated: int
    bound: int
    given_up: tuple[Seat, ...]
    taken: tuple[Seat, ...]
    mails: tuple[MailAhead, ...]

    @property
    def proven(self) -> bool:
        return self.seated == self.bound

    @property
    def mailed(self) -> frozenset[int]:
        """The people who get a mail by it."""
        return frozenset(mail.person for mail in self.mails)


class Repair(Base):
    """One look for places for the people *concerned*. It was computed for the *version* of its round, whose *problem* (JSON, with
    its *digest*) is kept so that it can be replayed. *chosen* is the number of the proposal that was taken, from 0, by *by_id* or,
    where that is empty, by itself."""

    __tablename__ = "repair"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    because: Mapped[Because]
    state: Mapped[RepairState] = mapped_column(default=RepairState.WAITING)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int | None]
    problem: Mapped[str | None] = mapped_column(LongText)
    digest: Mapped[str] = mapped_column(ShortText(64), default="")
    finished_at: Mapped[datetime | None]
    concerned: Mapped[list[int]] = mapped_column(default=list)
    proposals: Mapped[tuple[Proposal, ...]] = mapped_column(Stored(tuple[Proposal, ...]), default=())
    chosen: Mapped[int | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[datetime | None]

    round: Mapped[Round] = relationship()
    by: Mapped[Person | None] = relationship(foreign_keys=[by_id])


class LostTime(Base):
    """The days from *first_on* to *last_on* are lost for a round: nothing takes place then, at the *site*, in the department or,
    where neither is said, anywhere. *undone_at* is when HR took it back."""

    __tablename__ = "lost_time"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    first_on: Mapped[date]
    last_on: Mapped[date]
    site: Mapped[str] = mapped_column(ShortText(100), default="")
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime | None]

    round: Mapped[Round] = relationship()
    department: Mapped[Department | None] = relationship()
