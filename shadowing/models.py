"""All tables, and what one row knows about itself. Workflow lives in the module of the noun; this one knows
only how texts are kept and how to refuse."""

from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, StrEnum
from typing import Any, cast
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import JSON, ForeignKey, Index, MetaData, UniqueConstraint
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, object_session, relationship
from sqlalchemy.types import TypeDecorator

from shadowing.errors import Changed, WrongStage
from shadowing.stored import LongText, OrderedText, ShortText

EAST_ASIAN = "\u2e80"
"""The first letter of the Han, kana and hangul scripts; everything before it is written in other parts of the world."""


class Moment(TypeDecorator[datetime]):
    """An instant: refuses a naive value, stores UTC, gives back an aware one, on every database."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC).replace(tzinfo=None) if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _values(kind: type[Enum]) -> list[str]:
    return [str(member.value) for member in kind]


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: Moment,
        dict[str, Any]: JSON,
        list[str]: JSON,
        StrEnum: sa.Enum(StrEnum, native_enum=False, length=20, values_callable=_values),
    }

    id: Mapped[int] = mapped_column(primary_key=True)


class Stage(StrEnum):
    DRAFT = "draft"
    COLLECTING = "collecting"
    SOLVING = "solving"
    REVIEWING = "reviewing"
    PUBLISHED = "published"
    ENDED = "ended"


class Rsvp(StrEnum):
    """`none`: silence is a yes. `ask`: the mail asks for an answer."""

    NONE = "none"
    ASK = "ask"


class OpeningKind(StrEnum):
    DESK = "desk"
    MEETING = "meeting"
    RIDE_ALONG = "ride_along"
    WORKSHOP = "workshop"
    TEAM = "team"


class Consent(StrEnum):
    """The customer's word on a ride-along."""

    ASKED = "asked"
    YES = "yes"
    NO = "no"


class PairingStatus(StrEnum):
    PLANNED = "planned"
    PUBLISHED = "published"
    HELD = "held"
    DROPPED = "dropped"


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


class LetterKind(StrEnum):
    SIGN_IN = "sign_in"
    PERSONAL_LINK = "personal_link"
    ASK = "ask"
    NUDGE = "nudge"
    REQUEST = "request"
    CHANGE = "change"
    CANCEL = "cancel"
    UNMATCHED = "unmatched"


class LetterState(StrEnum):
    """`unknown`: the connection died after the final dot, so the mail may or may not be there."""

    READY = "ready"
    SENT = "sent"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    UNDELIVERABLE = "undeliverable"
    GAVE_UP = "gave_up"
    UNKNOWN = "unknown"


class JobKind(StrEnum):
    SOLVE = "solve"


class JobState(StrEnum):
    READY = "ready"
    DONE = "done"
    FAILED = "failed"


class Wall(StrEnum):
    INFORMATION = "information"
    GOALS = "goals"
    CULTURE = "culture"


class Department(Base):
    """A department with its card. At least *seated_least* of its people stay at work in every half-hour."""

    __tablename__ = "department"

    code: Mapped[str] = mapped_column(OrderedText(60), unique=True)
    name: Mapped[str] = mapped_column(ShortText(200))
    goal: Mapped[str] = mapped_column(LongText, default="")
    kpi: Mapped[str] = mapped_column(LongText, default="")
    card: Mapped[str] = mapped_column(LongText, default="")
    problem: Mapped[str] = mapped_column(LongText, default="")
    wish_known: Mapped[str] = mapped_column(LongText, default="")
    words: Mapped[str] = mapped_column(LongText, default="")
    seated_least: Mapped[int | None]


class Person(Base):
    """Somebody in the company. *kana*, *sort_key* and *folded* are normalised (see people.py); *left_at* ends all access.

    *week* is what they last painted: half-hours of their own zone, such as `{"mon-0900": 2}`. Raising *link_version*
    revokes every personal link."""

    __tablename__ = "person"

    code: Mapped[str] = mapped_column(OrderedText(60), unique=True)
    family_name: Mapped[str] = mapped_column(ShortText(100), default="")
    given_name: Mapped[str] = mapped_column(ShortText(100), default="")
    kana: Mapped[str] = mapped_column(ShortText(200), default="")
    display_name: Mapped[str] = mapped_column(ShortText(200))
    email: Mapped[str] = mapped_column(ShortText(254), unique=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), index=True)
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    site: Mapped[str] = mapped_column(ShortText(100), default="")
    zone: Mapped[str] = mapped_column(ShortText(60), default="Asia/Tokyo")
    locale: Mapped[str] = mapped_column(ShortText(5), default="ja")
    hours: Mapped[str] = mapped_column(ShortText(200), default="mon-fri 09:00-18:00")
    may: Mapped[list[str]] = mapped_column(default=list)
    hr: Mapped[bool] = mapped_column(default=False)
    lead: Mapped[bool] = mapped_column(default=False)
    week: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sort_key: Mapped[str] = mapped_column(OrderedText(400), default="", index=True)
    folded: Mapped[str] = mapped_column(LongText, default="")
    link_version: Mapped[int] = mapped_column(default=1)
    left_at: Mapped[datetime | None]

    department: Mapped[Department] = relationship()

    def name(self, locale: str) -> str:
        """Family name first in Japanese and in East Asian script, of which nobody turns the order; given name first elsewhere.
        The display name where the two are not known."""
        if not (self.family_name and self.given_name):
            return self.display_name
        family_first = locale == "ja" or self.family_name[0] >= EAST_ASIAN
        return " ".join((self.family_name, self.given_name) if family_first else (self.given_name, self.family_name))


class Exclusion(Base):
    """Two people who must never meet; private. The lower person id comes first."""

    __tablename__ = "exclusion"
    __table_args__ = (UniqueConstraint("person_id", "other_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class Round(Base):
    """One rotation. *starts_on* to *ends_on*, *answers_until* (its whole day) and *closed_days* are days in *zone*.

    *version* rises with every change that a preview must notice."""

    __tablename__ = "round"
    __table_args__ = (UniqueConstraint("title", "starts_on"),)

    title: Mapped[str] = mapped_column(ShortText(200))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    answers_until: Mapped[date]
    zone: Mapped[str] = mapped_column(ShortText(60), default="Asia/Tokyo")
    stage: Mapped[Stage] = mapped_column(default=Stage.DRAFT)
    rsvp: Mapped[Rsvp] = mapped_column(default=Rsvp.NONE)
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    closed_days: Mapped[list[str]] = mapped_column(default=list)
    greeting: Mapped[str] = mapped_column(LongText, default="")
    coordinator_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)

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

    @property
    def takes_answers(self) -> bool:
        return self.stage in (Stage.DRAFT, Stage.COLLECTING)

    def refuse_closed(self) -> None:
        """Raises WrongStage once the answers are closed."""
        if not self.takes_answers:
            raise WrongStage("The answers of this round are closed. Please speak to the people who run it.")

    @property
    def instants(self) -> tuple[datetime, datetime]:
        """The first instant of the round's first day, and the last of its last one."""
        zone = ZoneInfo(self.zone)
        after = self.ends_on + timedelta(days=1)
        begins, ends = (datetime.combine(day, time.min, zone) for day in (self.starts_on, after))
        return begins.astimezone(UTC), ends.astimezone(UTC)


class Guest(Base):
    """A person asked to take part in a round. *visits* is how many they want; 0 says "not this time".

    *reason* is what the last plan says to somebody without a visit: code, remedy and facts of `solver.problem.Reason`."""

    __tablename__ = "guest"
    __table_args__ = (UniqueConstraint("round_id", "person_id"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    visits: Mapped[int] = mapped_column(default=1)
    note: Mapped[str] = mapped_column(LongText, default="")
    surprise: Mapped[bool] = mapped_column(default=False)
    weight: Mapped[int] = mapped_column(default=1)
    asked_at: Mapped[datetime | None]
    nudged_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    reason: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    round: Mapped[Round] = relationship()
    person: Mapped[Person] = relationship()
    goals: Mapped[list["Goal"]] = relationship(
        order_by="Goal.rank", cascade="all, delete-orphan", back_populates="guest"
    )


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


class Availability(Base):
    """A piece of time in which a person is free in a round. *level* is 2 for yes and 1 for if need be."""

    __tablename__ = "availability"
    __table_args__ = (UniqueConstraint("round_id", "person_id", "starts_at"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    level: Mapped[int]


class Opening(Base):
    """What a host offers, in one of three shapes: *starts_at* (once), *weekday* + *local_time* + *zone* (a regular
    meeting, unfolded by *rrule* from *first_on*), or *flexible* (anywhere in the hosts' availability).

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
    minutes: Mapped[int]
    seats: Mapped[int]
    most_per_week: Mapped[int | None]
    site: Mapped[str] = mapped_column(ShortText(100), default="")
    place: Mapped[str] = mapped_column(ShortText(200), default="")
    travel_minutes: Mapped[int] = mapped_column(default=0)
    customer_consent: Mapped[Consent | None]
    preparation: Mapped[str] = mapped_column(LongText, default="")
    confidential: Mapped[bool] = mapped_column(default=False)
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


class Pairing(Base):
    """A guest in a slot. *tags* say why (keys such as `goal`, `new_wall`); once published a row is only marked, never deleted."""

    __tablename__ = "pairing"
    __table_args__ = (
        UniqueConstraint("guest_id", "slot_id"),
        Index("ix_pairing_round_id_status", "round_id", "status"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    guest_id: Mapped[int] = mapped_column(ForeignKey("guest.id"))
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), index=True)
    pinned: Mapped[bool] = mapped_column(default=False)
    by_hand: Mapped[bool] = mapped_column(default=False)
    status: Mapped[PairingStatus] = mapped_column(default=PairingStatus.PLANNED)
    tags: Mapped[list[str]] = mapped_column(default=list)

    guest: Mapped[Guest] = relationship()
    slot: Mapped[Slot] = relationship()


class Forbid(Base):
    """HR took this guest out of this opening by hand; no later plan puts them back."""

    __tablename__ = "forbid"
    __table_args__ = (UniqueConstraint("guest_id", "opening_id"),)

    guest_id: Mapped[int] = mapped_column(ForeignKey("guest.id"))
    opening_id: Mapped[int] = mapped_column(ForeignKey("opening.id"))


class PastPairing(Base):
    """Who met whom in an earlier round, as the round folder tells it. *position* counts those rounds from 0, oldest first."""

    __tablename__ = "past_pairing"
    __table_args__ = (UniqueConstraint("round_id", "past_round", "guest_id", "host_id"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    past_round: Mapped[str] = mapped_column(ShortText(200))
    position: Mapped[int]
    guest_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    host_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))


class Solve(Base):
    """One run of the solver. *problem* and *plan* are its JSON, byte for byte, so that it can be replayed."""

    __tablename__ = "solve"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    seconds: Mapped[int]
    seed: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(LongText)
    digest: Mapped[str] = mapped_column(ShortText(64))
    plan: Mapped[str | None] = mapped_column(LongText)
    status: Mapped[str | None] = mapped_column(ShortText(20))
    matched: Mapped[int | None]
    gap: Mapped[float | None]
    finished_at: Mapped[datetime | None]

    round: Mapped[Round] = relationship()


class Invitation(Base):
    """What one person's calendar holds about one slot. *uid* and *organizer* never change in its life;
    a visit that is revived after its cancellation is a new row with the next *generation*.

    *revision* counts what was told; *sequence* is iTIP's, which an information-only update leaves alone (RFC 5546 2.1.4)."""

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
    told: Mapped[dict[str, Any]] = mapped_column(default=dict)
    answer: Mapped[Answer] = mapped_column(default=Answer.NONE)
    answered_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]

    slot: Mapped[Slot] = relationship()
    person: Mapped[Person] = relationship()


class Work:
    """A row is a piece of work until *done_at*. Claimed by lease and fence, see ledger.py.

    *attempts* counts the tries; *unfinished* those of which nobody knows how they ended: the worker died, or the line broke
    after the final dot."""

    key: Mapped[str] = mapped_column(ShortText(200), unique=True)
    due_at: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    unfinished: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(LongText, default="")


class Letter(Work, Base):
    """One mail to one person. The mail is a pure function of this row, so a resend has the same bytes.

    *stamp* is the revision's instant (Date, DTSTAMP); *facts* are all that the text names, frozen."""

    __tablename__ = "letter"
    __table_args__ = (
        Index(
            "ix_letter_waiting",
            "due_at",
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        ),
    )

    kind: Mapped[LetterKind]
    state: Mapped[LetterState] = mapped_column(default=LetterState.READY)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("round.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id"), index=True)
    revision: Mapped[int] = mapped_column(default=0)
    address: Mapped[str] = mapped_column(ShortText(254))
    locale: Mapped[str] = mapped_column(ShortText(5))
    zone: Mapped[str] = mapped_column(ShortText(60))
    stamp: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)

    person: Mapped[Person] = relationship()
    invitation: Mapped[Invitation | None] = relationship()


class Job(Work, Base):
    """One piece of background work. *arguments* name rows; *progress* is what the page shows meanwhile."""

    __tablename__ = "job"

    kind: Mapped[JobKind]
    state: Mapped[JobState] = mapped_column(default=JobState.READY)
    arguments: Mapped[dict[str, Any]] = mapped_column(default=dict)
    progress: Mapped[dict[str, Any]] = mapped_column(default=dict)
    cancel_requested: Mapped[bool] = mapped_column(default=False)


class Reflection(Base):
    """What one side of a held visit learnt. *share* is who reads it besides the writer: host, hr or all."""

    __tablename__ = "reflection"
    __table_args__ = (UniqueConstraint("pairing_id", "person_id"),)

    pairing_id: Mapped[int] = mapped_column(ForeignKey("pairing.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    tried: Mapped[str] = mapped_column(LongText, default="")
    why_it_worked: Mapped[str] = mapped_column(LongText, default="")
    cause_if_not: Mapped[str] = mapped_column(LongText, default="")
    customer_said: Mapped[str] = mapped_column(LongText, default="")
    wall: Mapped[Wall | None]
    share: Mapped[str] = mapped_column(ShortText(10), default="host")
    written_at: Mapped[datetime]


class SignInKey(Base):
    """A link mailed to an HR person, spent once, by a button, in the browser that asked. Only hashes are kept."""

    __tablename__ = "sign_in_key"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    hash: Mapped[str] = mapped_column(ShortText(64), unique=True)
    browser_hash: Mapped[str | None] = mapped_column(ShortText(64))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class SignIn(Base):
    """A browser in which an HR person is signed in. Only the cookie's hash is kept."""

    __tablename__ = "sign_in"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    hash: Mapped[str] = mapped_column(ShortText(64), unique=True)
    began_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class Attempt(Base):
    """One try at something that is rationed, such as asking for a link. *key* is a hash, never an address."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_key_at", "key", "at"),)

    key: Mapped[str] = mapped_column(ShortText(100))
    at: Mapped[datetime]


class Audit(Base):
    """Who did what, and when. Rows are only ever added. *person_id* is empty where the command line did it."""

    __tablename__ = "audit"

    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    deed: Mapped[str] = mapped_column(ShortText(40))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("round.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
