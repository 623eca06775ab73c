"""Two guests who would like to take each other's visits, and what the mails about it name."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shadowing.models.base import Base
from shadowing.models.heading import Heading
from shadowing.models.visiting import Entry, Invitation


class SwapState(StrEnum):
    """`asked`: the other guest. `agreed`: they said yes, and a host or HR is asked. `done`: both have the other's visit.
    `refused`: by the other guest, a host or HR. `lapsed`: nothing was said in time. `taken_back`: by who proposed it.
    `overtaken`: one of the visits is not any more what it was."""

    ASKED = "asked"
    AGREED = "agreed"
    DONE = "done"
    REFUSED = "refused"
    LAPSED = "lapsed"
    TAKEN_BACK = "taken_back"
    OVERTAKEN = "overtaken"


class SwapOffer(Base):
    """The guest of the invitation *mine* proposes to swap with the guest of *theirs*. Each is about the visit as it was told in
    that *revision* of the invitation. Who is asked has time *until* then."""

    __tablename__ = "swap_offer"

    mine_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"), index=True)
    theirs_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"), index=True)
    mine_revision: Mapped[int]
    theirs_revision: Mapped[int]
    asked_at: Mapped[datetime]
    until: Mapped[datetime]
    state: Mapped[SwapState] = mapped_column(default=SwapState.ASKED)
    ended_at: Mapped[datetime | None]

    mine: Mapped[Invitation] = relationship(foreign_keys=mine_id)
    theirs: Mapped[Invitation] = relationship(foreign_keys=theirs_id)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_SWAPS


OPEN_SWAPS = (SwapState.ASKED, SwapState.AGREED)


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapOfferFacts:
    """Another guest would like to have the reader's visit *yours* and give *theirs* for it, as the reader's calendar would show
    it. The reader may answer *until* then."""

    heading: Heading
    yours: Entry
    theirs: Entry
    until: datetime
    about: Literal["swap_offer"] = "swap_offer"


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapGuest:
    """One of the two: who they are, and their visit as it is now, *at* a department."""

    name: str
    department: str
    starts_at: datetime
    ends_at: datetime
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapWaitsFacts:
    """Two *guests* agreed to swap; a host of either visit, who reads it, may say yes *until* then."""

    heading: Heading
    guests: tuple[SwapGuest, SwapGuest]
    until: datetime
    about: Literal["swap_waits"] = "swap_waits"


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapEndedFacts:
    """What became of a swap that the reader proposed or agreed to, in which they keep *yours*. *proposed*: the swap was theirs."""

    heading: Heading
    yours: Entry
    state: SwapState
    proposed: bool
    about: Literal["swap_ended"] = "swap_ended"
