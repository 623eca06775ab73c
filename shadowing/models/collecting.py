"""What people say: guests with their goals, free times, openings with their hosts and slots."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shadowing.models.base import Base, Stored
from shadowing.models.columns import LongText, OrderedText, ShortText
from shadowing.models.company import Consent, Department, Person
from shadowing.models.rounds import Round
from shadowing.solver.problem import OpeningKind


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyUnmatched:
    """What is said to somebody without a visit: code, remedy and facts of the last plan (`solver.problem.Reason`), or of
    `matching/pairings.py: take_out` where a visit was taken out."""

    code: str
    remedy: str
    facts: dict[str, int | str] = field(default_factory=dict)


class Participation(StrEnum):
    """What guests of an opening do there."""

    OBSERVE = "observe"
    TAKE_PART = "take_part"


class Guest(Base):
    """A person asked to take part in a round. *visits* is how many they want; 0 says "not this time". *half_days_most* is on how
    many half-days of the round they are away at the most, None where the round alone decides. Up to the end of *open_until* HR
    has opened the answers for them alone."""

    __tablename__ = "guest"
    __table_args__ = (UniqueConstraint("round_id", "person_id"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    visits: Mapped[int] = mapped_column(default=1)
    half_days_most: Mapped[int | None]
    note: Mapped[str] = mapped_column(LongText, default="")
    surprise: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime | None]
    nudged_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    reason: Mapped[WhyUnmatched | None] = mapped_column(Stored(WhyUnmatched))
    open_until: Mapped[date | None]

    round: Mapped[Round] = relationship()
    person: Mapped[Person] = relationship()
    goals: Mapped[list["Goal"]] = relationship(
        order_by="Goal.rank", cascade="all, delete-orphan", back_populates="guest"
    )
    typed_in: Mapped["TypedIn | None"] = relationship(cascade="all, delete-orphan", back_populates="guest")

    @property
    def takes_part(self) -> bool:
        """Answered, and wants a visit: these hear of the plan, whatever comes of it (`gather.takes_part` is its WHERE)."""
        return self.answered_at is not None and self.visits > 0


class Goal(Base):
    """What a guest wants to learn: a department or a topic, ranked from 1, and a line of their own."""

    __tablename__ = "goal"
    __table_args__ = (UniqueConstraint("guest_id", "rank"),)

    guest_id: Mapped[int] = mapped_column(ForeignKey("guest.id", ondelete="CASCADE"))
    rank: Mapped[int]
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    topic: Mapped[str | None] = mapped_column(ShortText(100))
    text: Mapped[str] = mapped_column(LongText, default="")

    guest: Mapped[Guest] = relationship(back_populates="goals")
    department: Mapped[Department | None] = relationship()


@dataclass(frozen=True, slots=True, order=True)
class DatedSpan:
    """A piece of time in which somebody is free. *level* is 2 for yes and 1 for if need be."""

    starts_at: datetime
    ends_at: datetime
    level: int


@dataclass(frozen=True, slots=True, order=True)
class Absence:
    """A part of one day, on the person's own clock, in which they are not free, whatever their week says. *end* is
    `time.max` for midnight."""

    day: date
    begin: time
    end: time

    @property
    def until(self) -> str:
        """Its end as people write it; midnight ends the day."""
        return "24:00" if self.end == time.max else f"{self.end:%H:%M}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeTimes:
    """When somebody is free, as they gave it; `matching/spans.py` alone makes spans of it.

    *week* is half-hours of their own wall clock with their levels, such as `{"mon-0900": 2}`, on every day of the round but
    *days_off*, and but for *absences*; *spans* are what a round folder gives day by day. *by_half_hours* says in which view
    the week was painted."""

    week: Mapping[str, int] = field(default_factory=dict)
    days_off: tuple[date, ...] = ()
    absences: tuple[Absence, ...] = ()
    spans: tuple[DatedSpan, ...] = ()
    by_half_hours: bool = False

    def __bool__(self) -> bool:
        return bool(self.week or self.spans)


class Availability(Base):
    """When a person is free in a round. Until they say so there is no row."""

    __tablename__ = "availability"
    __table_args__ = (UniqueConstraint("round_id", "person_id"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    given: Mapped[FreeTimes] = mapped_column(Stored(FreeTimes))


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierAnswer:
    """What stood before HR typed in another answer; *answered_at* is None where there was none. *wishes* are pairs of a
    department's id and a topic, of which one is None; *times* is None where no free times were given."""

    answered_at: datetime | None
    visits: int
    wishes: tuple[tuple[int | None, str | None], ...] = ()
    line: str = ""
    half_days_most: int | None = None
    surprise: bool = False
    times: FreeTimes | None = None


class TypedIn(Base):
    """HR typed in the answer of this guest; once they answer themselves the row goes."""

    __tablename__ = "typed_in"

    guest_id: Mapped[int] = mapped_column(ForeignKey("guest.id", ondelete="CASCADE"), unique=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    before: Mapped[EarlierAnswer] = mapped_column(Stored(EarlierAnswer))

    guest: Mapped[Guest] = relationship(back_populates="typed_in")
    by: Mapped[Person | None] = relationship()


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class MovedDate:
    """One date of a regular meeting is at another time, *to*, on the meeting's own clock."""

    day: date
    to: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceptions:
    """Where a regular meeting does not follow its rule: days on which it is *not_on*, a pause from a day to a day (both count;
    without an end it lasts), dates that are moved, which go before the rest."""

    not_on: tuple[date, ...] = ()
    paused_from: date | None = None
    paused_until: date | None = None
    moved: tuple[MovedDate, ...] = ()

    def leave_out(self, day: date) -> bool:
        paused = self.paused_from is not None and self.paused_from <= day <= (self.paused_until or date.max)
        return paused or day in self.not_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Riding:
    """What two people on the way to a customer tell each other; all of it may be open. *phone* is the host's, *guest_does* what
    the guest does there, and *debrief* asks for a quarter of an hour with each other right afterwards."""

    meeting_point: str = ""
    driver: str = ""
    car_seats: int | None = None
    dress: str = ""
    cards: bool | None = None
    guest_does: str = ""
    customer_knows: str = ""
    phone: str = ""
    debrief: bool = False


class Opening(Base):
    """What a host offers, in one of three shapes: *starts_at* (once), *weekday* + *local_time* + *zone* (a regular
    meeting, unfolded by *rrule* from *first_on*, but for *exceptions*), or *flexible* (anywhere in the hosts' availability).

    *minutes* is the visit without *travel_minutes* on either side. *weekday* is MO to SU."""

    __tablename__ = "opening"
    __table_args__ = (UniqueConstraint("round_id", "code"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    code: Mapped[str] = mapped_column(OrderedText(60))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    kind: Mapped[OpeningKind]
    title: Mapped[str] = mapped_column(ShortText(200))
    topics: Mapped[list[str]] = mapped_column(default=list)
    flexible: Mapped[bool] = mapped_column(default=False)
    starts_at: Mapped[datetime | None]
    weekday: Mapped[str | None] = mapped_column(ShortText(2))
    local_time: Mapped[time | None]
    zone: Mapped[str | None] = mapped_column(ShortText(60))
    rrule: Mapped[str] = mapped_column(ShortText(200), default="")
    first_on: Mapped[date | None]
    exceptions: Mapped[Exceptions] = mapped_column(Stored(Exceptions), default=Exceptions())
    minutes: Mapped[int]
    seats: Mapped[int]
    most_per_week: Mapped[int | None]
    site: Mapped[str] = mapped_column(ShortText(100), default="")
    place: Mapped[str] = mapped_column(ShortText(200), default="")
    travel_minutes: Mapped[int] = mapped_column(default=0)
    customer_consent: Mapped[Consent | None]
    preparation: Mapped[str] = mapped_column(LongText, default="")
    riding: Mapped[Riding] = mapped_column(Stored(Riding), default=Riding())
    confidential: Mapped[bool] = mapped_column(default=False)
    participation: Mapped[Participation] = mapped_column(default=Participation.OBSERVE)
    note: Mapped[str] = mapped_column(LongText, default="")
    withdrawn_at: Mapped[datetime | None]

    round: Mapped[Round] = relationship()
    department: Mapped[Department] = relationship()
    hosts: Mapped[list["Host"]] = relationship(
        order_by="Host.position", cascade="all, delete-orphan", back_populates="opening"
    )
    slots: Mapped[list["Slot"]] = relationship(order_by="Slot.starts_at", back_populates="opening")


class Host(Base):
    """A person who is visited in an opening. The first one speaks for the others."""

    __tablename__ = "host"
    __table_args__ = (UniqueConstraint("opening_id", "person_id"),)

    opening_id: Mapped[int] = mapped_column(ForeignKey("opening.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)

    opening: Mapped[Opening] = relationship(back_populates="hosts")
    person: Mapped[Person] = relationship()


class Hosting(Base):
    """A host has visitors on at most so many half-days of a round, in all that they offer without a fixed time; None, or no row,
    is no limit. *declined_at* is when they said that they offer nothing this time."""

    __tablename__ = "hosting"
    __table_args__ = (UniqueConstraint("round_id", "person_id"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    half_days_most: Mapped[int | None]
    declined_at: Mapped[datetime | None]


class Slot(Base):
    """One dated instance of an opening. A fixed opening has all of its slots from the day it is offered,
    a flexible one those that the plan uses."""

    __tablename__ = "slot"
    __table_args__ = (UniqueConstraint("opening_id", "starts_at"),)

    opening_id: Mapped[int] = mapped_column(ForeignKey("opening.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    seats: Mapped[int]
    cancelled_at: Mapped[datetime | None]

    opening: Mapped[Opening] = relationship(back_populates="slots")
