"""Seats that became free after publishing, and to whom of the waiting list each is offered."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shadowing.models.base import Base
from shadowing.models.collecting import Guest, Opening, Slot
from shadowing.models.visiting import Invitation


class SeatState(StrEnum):
    """`open`: people are asked. `taken`: somebody has it. `nobody`: all who could come were asked, and nobody took it.
    `too_late`: there is no time to ask anybody. `stopped`: by HR. `gone`: there is no such seat any more."""

    OPEN = "open"
    TAKEN = "taken"
    NOBODY = "nobody"
    TOO_LATE = "too_late"
    STOPPED = "stopped"
    GONE = "gone"


class OfferState(StrEnum):
    """`gone`: somebody else has the seat, or HR took it back. `lapsed`: nothing was said in time. `declined`: not this one."""

    OPEN = "open"
    CLAIMED = "claimed"
    GONE = "gone"
    LAPSED = "lapsed"
    DECLINED = "declined"


class RequestState(StrEnum):
    """`void`: the guest has another place by now, or asked for another one."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    VOID = "void"


class FreeSeat(Base):
    """One seat of a slot that is offered. People are asked wave by wave; those of the last *wave* have time *until* then."""

    __tablename__ = "free_seat"

    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), index=True)
    state: Mapped[SeatState] = mapped_column(default=SeatState.OPEN)
    wave: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime]
    until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    slot: Mapped[Slot] = relationship()
    offers: Mapped[list["SeatOffer"]] = relationship(order_by="SeatOffer.id", back_populates="seat")


class SeatOffer(Base):
    """A free seat offered to one guest, whose place in the ledger's order was *rank* then. Who declined may still think better of
    it while the seat is open."""

    __tablename__ = "seat_offer"
    __table_args__ = (UniqueConstraint("seat_id", "guest_id"),)

    seat_id: Mapped[int] = mapped_column(ForeignKey("free_seat.id"))
    guest_id: Mapped[int] = mapped_column(ForeignKey("guest.id"), index=True)
    wave: Mapped[int]
    rank: Mapped[int]
    offered_at: Mapped[datetime]
    until: Mapped[datetime]
    state: Mapped[OfferState] = mapped_column(default=OfferState.OPEN)

    seat: Mapped[FreeSeat] = relationship(back_populates="offers")
    guest: Mapped[Guest] = relationship()


class PlaceRequest(Base):
    """A guest would like to sit in *opening* at *starts_at* instead of the visit of *invitation*, and HR is asked."""

    __tablename__ = "place_request"

    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"), index=True)
    opening_id: Mapped[int] = mapped_column(ForeignKey("opening.id"))
    starts_at: Mapped[datetime]
    asked_at: Mapped[datetime]
    state: Mapped[RequestState] = mapped_column(default=RequestState.ASKED)
    decided_at: Mapped[datetime | None]

    invitation: Mapped[Invitation] = relationship()
    opening: Mapped[Opening] = relationship()

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.opening.minutes)
