"""Letters: their kinds, their states and the rows of the queue."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shadowing.models.base import Base, DeferredValue, Work
from shadowing.models.columns import ShortText
from shadowing.models.company import Person
from shadowing.models.facts import FACTS
from shadowing.models.visiting import Invitation


class LetterKind(StrEnum):
    SIGN_IN = "sign_in"
    PERSONAL_LINK = "personal_link"
    ASK = "ask"
    NUDGE = "nudge"
    REQUEST = "request"
    CHANGE = "change"
    CANCEL = "cancel"
    UNMATCHED = "unmatched"
    ROUND_CANCELLED = "round_cancelled"
    NEW_DATES = "new_dates"
    ANSWERED_FOR = "answered_for"
    OPEN_FOR_YOU = "open_for_you"
    OFFERED_FOR = "offered_for"
    ANSWER_HEARD = "answer_heard"
    SEAT_OFFER = "seat_offer"
    PLACE_REFUSED = "place_refused"
    SWAP_OFFER = "swap_offer"
    SWAP_WAITS = "swap_waits"
    SWAP_ENDED = "swap_ended"
    BRIEF = "brief"
    DAY_BEFORE = "day_before"
    THIS_MORNING = "this_morning"
    AFTER_VISIT = "after_visit"
    REFLECT_AGAIN = "reflect_again"
    TEST_REQUEST = "test_request"
    TEST_CHANGE = "test_change"
    TEST_CANCEL = "test_cancel"


BY_ITSELF = (
    *(LetterKind.BRIEF, LetterKind.DAY_BEFORE, LetterKind.THIS_MORNING),
    *(LetterKind.AFTER_VISIT, LetterKind.REFLECT_AGAIN),
)
"""What goes around a visit without a press, in its order: see visiting/briefs.py."""


TESTS = (LetterKind.TEST_REQUEST, LetterKind.TEST_CHANGE, LetterKind.TEST_CANCEL)
"""What a check-up of invitations mails, in its order: see mail/check_ups.py."""


class LetterState(StrEnum):
    """`held`: HR published without this mail, and it leaves when HR says so. `unknown`: the connection died after the final
    dot, so the mail may or may not be there."""

    READY = "ready"
    HELD = "held"
    SENT = "sent"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    UNDELIVERABLE = "undeliverable"
    GAVE_UP = "gave_up"
    UNKNOWN = "unknown"


LOST = (LetterState.UNDELIVERABLE, LetterState.GAVE_UP, LetterState.UNKNOWN)
"""The states of a letter that did not arrive, as far as is known."""


class Letter(Work, Base):
    """One mail to one person. The mail is a pure function of this row, so a resend has the same bytes.

    *stamp* is the revision's instant (Date, DTSTAMP); *facts* are all that the text names, frozen. *not_before* is the end of
    the reader's quiet hours. *copy_for* is the address that a copy goes to instead, for somebody who is not its reader."""

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
    not_before: Mapped[datetime | None]
    copy_for: Mapped[str] = mapped_column(ShortText(254), default="")
    facts_json: Mapped[dict[str, Any]] = mapped_column("facts")

    person: Mapped[Person] = relationship()
    invitation: Mapped[Invitation | None] = relationship()

    facts = DeferredValue(FACTS, "facts_json")
