"""What each person's calendar holds.

The values that rows keep as JSON stand beside their table, so that the rooms above share their types: an `Entry` is made in
visiting/entries.py alone, and mail/ reads it without knowing anything of slots and pairings."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shadowing.models.base import Base, DeferredValue
from shadowing.models.collecting import Participation, Riding, Slot
from shadowing.models.columns import ShortText
from shadowing.models.company import Person
from shadowing.models.rounds import Rsvp
from shadowing.solver.problem import OpeningKind


class Role(StrEnum):
    """On which side of a visit an invitation's owner sits."""

    GUEST = "guest"
    HOST = "host"


class Answer(StrEnum):
    """PARTSTAT (RFC 5545 3.2.12), as far as a person can set it by answering."""

    NONE = "NEEDS-ACTION"
    YES = "ACCEPTED"
    MAYBE = "TENTATIVE"
    NO = "DECLINED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """What an answer is given for: a change here raises SEQUENCE and asks again (RFC 5546 2.1.4). *way_minutes* on either side
    are in the calendar as well; it is not *firm* while a customer has still to agree."""

    starts_at: datetime
    ends_at: datetime
    place: str
    way_minutes: int = 0
    firm: bool = True
    debrief_minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A guest as their host reads of them. *goal* is their line of what they want to see, or empty."""

    name: str
    department: str
    goal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one person's calendar shows of one visit, with names as this person reads them, and nobody's address.

    *guests* are all of the slot for a host, and only the guest themselves for a guest. *others* are the ids of the people on
    the other side, who stay the same however their names are spelled; letters from before migration 0003 have none.

    While a customer has still to agree it is not *firm*. A guest reads neither title nor place nor preparation, which may name
    the customer, before that and before they have *promised* to keep them to themselves. *way_minutes* are the part of the
    travel that the calendar shows; letters from before migration 0090 have none. *riding* is without phones, which are told
    by the reminders alone."""

    role: Role
    kind: OpeningKind
    title: str
    department: str
    starts_at: datetime
    ends_at: datetime
    place: str
    preparation: str
    confidential: bool
    travel_minutes: int
    hosts: tuple[str, ...]
    guests: tuple[Visitor, ...]
    others: tuple[int, ...]
    rsvp: Rsvp
    participation: Participation = Participation.OBSERVE
    way_minutes: int = 0
    firm: bool = True
    promised: bool = True
    riding: Riding = field(default_factory=Riding)
    debrief_minutes: int = 0

    @property
    def masked(self) -> bool:
        """Whether a guest may not know yet which customer they go to."""
        ride = self.kind is OpeningKind.RIDE_ALONG and self.role is Role.GUEST
        return ride and not (self.firm and self.promised)

    @property
    def without_customer(self) -> "Entry":
        return replace(self, title="", place="", preparation="", riding=Riding())

    @property
    def appointment(self) -> Appointment:
        return Appointment(
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            place=self.place,
            way_minutes=self.way_minutes,
            firm=self.firm,
            debrief_minutes=self.debrief_minutes,
        )

    @property
    def leaves_at(self) -> datetime:
        """From when on the calendar is taken: the way there is part of it."""
        return self.starts_at - timedelta(minutes=self.way_minutes)

    @property
    def back_at(self) -> datetime:
        """And until when: after the way back the two talk the visit over."""
        return self.ends_at + timedelta(minutes=self.way_minutes + self.debrief_minutes)

    def asks_anew(self, told: "Entry") -> bool:
        """Whether an answer to what was *told* before does not hold for this: another time or place, or, for a guest, nobody of
        those who were to receive them."""
        nobody = self.role is Role.GUEST and bool(told.others) and not set(told.others) & set(self.others)
        return self.appointment != told.appointment or nobody

    @property
    def private(self) -> bool:
        """A ride-along may name a customer, whom colleagues who see this calendar need not know."""
        return self.kind is OpeningKind.RIDE_ALONG

    @property
    def news(self) -> tuple[object, ...]:
        """What a calendar is told of as soon as it differs: a name that is spelled anew is no news."""
        when_and_where = (self.starts_at, self.ends_at, self.place, self.way_minutes, self.firm)
        besides = (self.riding, self.debrief_minutes)
        return *when_and_where, self.title, self.preparation, self.others, self.participation, *besides


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a person was last told of a visit, and the instant it bears (DTSTAMP)."""

    entry: Entry
    stamp: datetime


TOLD = TypeAdapter(Told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One revision of an invitation, as its mail and its calendar object tell it.

    *number* counts what was told; *sequence* is iTIP's, which an information-only update leaves alone (RFC 5546 2.1.4).
    *before* is what the reader knew until now, in a mail that tells a change, and *was* all of it; letters from before
    migration 0067 have no *was*. *hears*: an answer by mail would have arrived when it was written; letters from before
    migration 0081 do not know, and asked for one all the same."""

    uid: str
    organizer: str
    number: int
    sequence: int
    answer: Answer
    stamp: datetime
    entry: Entry
    before: Appointment | None = None
    was: Entry | None = None
    hears: bool | None = None

    @property
    def rsvp(self) -> bool:
        """Whether mail programs are to show their buttons for an answer (RSVP, RFC 5545 3.2.17)."""
        return self.hears is None or (self.hears and self.entry.rsvp is Rsvp.ASK)

    @property
    def minor(self) -> bool:
        """A change that leaves time and place, and with them the answer, as they were."""
        return self.before == self.entry.appointment


class Invitation(Base):
    """What one person's calendar holds about one slot. *uid* and *organizer* never change in its life;
    a visit that is revived after its cancellation is a new row with the next *generation*.

    *told* is what the last mail said; *discreet_at* is when a guest promised to keep a customer to themselves, *stopped_at*
    when its owner ended a ride-along. *revision* counts the mails; *sequence* is iTIP's, which an information-only update
    leaves alone (RFC 5546 2.1.4)."""

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("slot_id", "person_id", "generation"),)

    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[Role]
    generation: Mapped[int] = mapped_column(default=0)
    uid: Mapped[str] = mapped_column(ShortText(100), unique=True)
    organizer: Mapped[str] = mapped_column(ShortText(254))
    address: Mapped[str] = mapped_column(ShortText(254))
    sequence: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=0)
    told_json: Mapped[dict[str, Any]] = mapped_column("told")
    answer: Mapped[Answer] = mapped_column(default=Answer.NONE)
    answered_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    discreet_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]

    slot: Mapped[Slot] = relationship()
    person: Mapped[Person] = relationship()

    told = DeferredValue(TOLD, "told_json")


class Why(StrEnum):
    """Why a visit is off for one person."""

    DECLINED = "declined"
    AWAY = "away"
    ADDRESS = "address"
    ROUND = "round"
    DATE = "date"
    WITHDRAWN = "withdrawn"
    HOST_GONE = "host_gone"
    NOT_HOST = "not_host"
    NO_GUEST = "no_guest"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parting:
    """Why a visit is off, and what comes next. *code* is a key of `mail/reasons.py` that says more; *words* are HR's own;
    *address* is where the visit's mails go now; *instead* is another visit of the same guest; *others_stay* where the reader keeps
    others."""

    why: Why = Why.OTHER
    code: str = ""
    words: str = ""
    address: str = ""
    instead: Entry | None = None
    first_next_time: bool = False
    others_stay: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """An opening as its host knows it: the first of its *dates*, None where it may be at any time, and how many there are.
    *rest* is another text as soon as anything else differs."""

    title: str
    starts_at: datetime | None
    ends_at: datetime | None
    dates: int
    minutes: int
    seats: int
    place: str
    preparation: str
    rest: str = ""
