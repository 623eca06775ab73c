"""The rounds, and the record of who did what."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, cast
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from shadowing.errors import Changed, WrongStage
from shadowing.models.base import Base, Stored
from shadowing.models.columns import LongText, ShortText
from shadowing.models.company import Person
from shadowing.rules import RoundRules


class Stage(StrEnum):
    DRAFT = "draft"
    COLLECTING = "collecting"
    SOLVING = "solving"
    REVIEWING = "reviewing"
    PUBLISHED = "published"
    ENDED = "ended"
    CANCELLED = "cancelled"


OVER = (Stage.ENDED, Stage.CANCELLED)
"""The stages after which nothing is changed any more."""


class Rsvp(StrEnum):
    """`none`: silence is a yes. `ask`: the mail asks for an answer."""

    NONE = "none"
    ASK = "ask"


class Way(StrEnum):
    """How it is said whom a round asks."""

    EVERYBODY = "everybody"
    DEPARTMENTS = "departments"
    LISTED = "listed"
    VOLUNTEERS = "volunteers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Whom a round asks; *departments* and *people* are ids, each used by its own way only."""

    way: Way = Way.EVERYBODY
    departments: tuple[int, ...] = ()
    people: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairLimits:
    """The first proposal of a repair is taken by itself where no more people than that get a mail, and where every visit that it
    tells of begins at least so many hours later."""

    people_most: int
    hours_ahead: int


class Round(Base):
    """One rotation. *starts_on* to *ends_on*, *answers_until* (its whole day) and *closed_days* are days in *zone*.

    *late_answers* count until the plan is made; *closed_at* is when the answers were closed; *reminders* of the
    answers go by themselves, and so do *briefs*, the mails around each visit.
    *cancelled_why* are the words that its people were told. Within *repairs_alone* a repair needs nobody's press; None: each
    waits for HR. Its mails stay here while *mail_paused_at* is set.
    Where it *asks_hr_first*, no guest takes another place without HR's yes. *version* rises with every change that a preview
    must notice."""

    __tablename__ = "round"
    __table_args__ = (UniqueConstraint("title", "starts_on"),)

    title: Mapped[str] = mapped_column(ShortText(200))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    answers_until: Mapped[date]
    zone: Mapped[str] = mapped_column(ShortText(60), default="Asia/Tokyo")
    stage: Mapped[Stage] = mapped_column(default=Stage.DRAFT)
    rsvp: Mapped[Rsvp] = mapped_column(default=Rsvp.NONE)
    rules: Mapped[RoundRules] = mapped_column(Stored(RoundRules), default=RoundRules())
    closed_days: Mapped[list[str]] = mapped_column(default=list)
    greeting: Mapped[str] = mapped_column(LongText, default="")
    coordinator_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    whom: Mapped[Whom] = mapped_column(Stored(Whom), default=Whom())
    asked_at: Mapped[datetime | None]
    late_answers: Mapped[bool] = mapped_column(default=False)
    reminders: Mapped[bool] = mapped_column(default=True)
    briefs: Mapped[bool] = mapped_column(default=True)
    closed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_why: Mapped[str] = mapped_column(LongText, default="")
    published_at: Mapped[datetime | None]
    mail_paused_at: Mapped[datetime | None]
    asks_hr_first: Mapped[bool] = mapped_column(default=False)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)
    repairs_alone: Mapped[RepairLimits | None] = mapped_column(Stored(RepairLimits))

    coordinator: Mapped[Person | None] = relationship(foreign_keys=[coordinator_id])
    published_by: Mapped[Person | None] = relationship(foreign_keys=[published_by_id])

    def step(self, old: Stage, new: Stage, version: int | None = None) -> None:
        """Move on as `moved` does. Raises WrongStage, or Changed where only the *version* is another one."""
        if self.moved(old, new, version):
            return
        if self.stage is old:
            raise Changed("Somebody changed this round since you looked at it. Look again, then repeat your step.")
        raise WrongStage("The round “%(title)s” is at another step by now. Look at it again.", title=self.title)

    def moved(self, old: Stage, new: Stage, version: int | None = None) -> bool:
        """The one place where a stage changes: only where the row is still at *old* (and at *version*, what a page was made
        of), whatever was read before. False: somebody was faster, and nothing was changed."""
        session = object_session(self)
        assert session is not None
        session.flush()
        seen = [Round.id == self.id, Round.stage == old, *([] if version is None else [Round.version == version])]
        change = sa.update(Round).where(*seen).values(stage=new, version=Round.version + 1)
        result = session.execute(change.execution_options(synchronize_session=False))
        session.refresh(self)
        return cast("sa.CursorResult[Any]", result).rowcount == 1

    def refuse_other_than(self, *stages: Stage) -> None:
        """Raises WrongStage where the round is at none of *stages*."""
        if self.stage not in stages:
            raise WrongStage("The round “%(title)s” is at another step by now. Look at it again.", title=self.title)

    @property
    def responsible(self) -> Person | None:
        """Who answers questions about the round: its coordinator, or else whoever published it, if they are still here."""
        here = (one for one in (self.coordinator, self.published_by) if one is not None and one.left_at is None)
        return next(here, None)

    def take_charge(self, by: Person | None) -> None:
        """Whoever writes to the people of a round for which nobody answers does so from now on; at the command line nobody
        writes, and the first of those who run rounds answers."""
        if self.responsible is None:
            self.coordinator = by or self._somebody() or self.coordinator

    def _somebody(self) -> Person | None:
        session = object_session(self)
        assert session is not None
        return session.scalar(sa.select(Person).where(Person.hr, Person.left_at.is_(None)).order_by(Person.id).limit(1))

    @property
    def answers_end(self) -> datetime:
        """The instant at which the last day for answers is over."""
        return self.end_of(self.answers_until)

    def end_of(self, day: date) -> datetime:
        """The instant at which *day* is over where the round is."""
        return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(self.zone)).astimezone(UTC)

    def takes_answers(self, now: datetime) -> bool:
        """The clock decides, not the worker: whoever comes late is late, though nobody has closed the answers yet."""
        in_time = self.late_answers or now < self.answers_end
        return self.stage in (Stage.DRAFT, Stage.COLLECTING) and self.closed_at is None and in_time

    def open_until(self, now: datetime) -> date | None:
        """The last day on which everybody can answer, where they can *now* and it is not over yet."""
        return self.answers_until if self.takes_answers(now) and now < self.answers_end else None

    def refuse_closed(self, now: datetime) -> None:
        """Raises WrongStage once the answers are closed."""
        if not self.takes_answers(now):
            raise WrongStage("The answers of this round are closed. Please speak to the people who run it.")

    @property
    def instants(self) -> tuple[datetime, datetime]:
        """The first instant of the round's first day, and the last of its last one."""
        zone = ZoneInfo(self.zone)
        after = self.ends_on + timedelta(days=1)
        begins, ends = (datetime.combine(day, time.min, zone) for day in (self.starts_on, after))
        return begins.astimezone(UTC), ends.astimezone(UTC)


class Audit(Base):
    """Who did what, and when. Rows are only ever added. *person_id* is empty where the command line did it."""

    __tablename__ = "audit"

    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    deed: Mapped[str] = mapped_column(ShortText(40))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("round.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
