"""Who visits whom: pairings, what they must not be, what was before, and the runs of the solver."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shadowing.models.base import Base, Stored
from shadowing.models.collecting import Guest, Slot, WhyUnmatched
from shadowing.models.columns import LongText, ShortText
from shadowing.models.company import Person
from shadowing.models.rounds import Round
from shadowing.solver.flaw import Flaw


class PairingStatus(StrEnum):
    PLANNED = "planned"
    PUBLISHED = "published"
    HELD = "held"
    DROPPED = "dropped"


class Pairing(Base):
    """A guest in a slot. *tags* say why (keys such as `wish_1`, `new_wall`); once published a row is only marked, never deleted.
    *lost*: it fell away, though neither its guest nor HR took it out."""

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
    lost: Mapped[bool] = mapped_column(default=False)

    guest: Mapped[Guest] = relationship()
    slot: Mapped[Slot] = relationship()

    @hybrid_property
    def stands(self) -> bool:
        return self.status != PairingStatus.DROPPED


class Forbid(Base):
    """HR took this guest out of this opening by hand; no later plan puts them back. *why* is in HR's words and for HR alone."""

    __tablename__ = "forbid"
    __table_args__ = (UniqueConstraint("guest_id", "opening_id"),)

    guest_id: Mapped[int] = mapped_column(ForeignKey("guest.id"))
    opening_id: Mapped[int] = mapped_column(ForeignKey("opening.id"))
    why: Mapped[str] = mapped_column(LongText, default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceBefore:
    """A place that a guest had. *start* is in minutes since 1970; *told* is whether people had heard of it."""

    opening: int
    start: int
    pinned: bool
    by_hand: bool
    told: bool
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForbidBefore:
    opening: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestBefore:
    """What somebody (the id of a `Guest`) had before a deed."""

    guest: int
    reason: WhyUnmatched | None
    places: tuple[PlaceBefore, ...]
    forbids: tuple[ForbidBefore, ...]


class PlanBefore(Base):
    """What stood before *deed*: one of HR by hand, or a search. A round has at most one row of either kind."""

    __tablename__ = "plan_before"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    deed: Mapped[str] = mapped_column(ShortText(20))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    guests: Mapped[tuple[GuestBefore, ...]] = mapped_column(Stored(tuple[GuestBefore, ...]))

    round: Mapped[Round] = relationship()
    by: Mapped[Person | None] = relationship()


class HostRefusal(Base):
    """A host asks for somebody else than this guest, so that no plan of the round brings the two together. *why* is read by HR
    alone, and nobody else hears of the row."""

    __tablename__ = "host_refusal"
    __table_args__ = (UniqueConstraint("guest_id", "host_id"),)

    guest_id: Mapped[int] = mapped_column(ForeignKey("guest.id"))
    host_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    why: Mapped[str] = mapped_column(LongText, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    guest: Mapped[Guest] = relationship()
    host: Mapped[Person] = relationship(foreign_keys=[host_id])
    by: Mapped[Person | None] = relationship(foreign_keys=[by_id])


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
    """One run of the solver. *problem* and *plan* are its JSON, byte for byte, so that it can be replayed.

    *gone* are the people whose visits it took out, as no longer allowed, while it left the others. *flaws* are why nothing was
    searched, if anything was the matter."""

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
    gone: Mapped[list[int]] = mapped_column(default=list)
    flaws: Mapped[tuple[Flaw, ...] | None] = mapped_column(Stored(tuple[Flaw, ...]))

    round: Mapped[Round] = relationship()
