"""Letters."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shadowing.models.base import Base, Work
from shadowing.models.columns import ShortText
from shadowing.models.company import Person
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


class LetterState(StrEnum):
    """`unknown`: the connection died after the final dot, so the mail may or may not be there."""

    READY = "ready"
    SENT = "sent"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    UNDELIVERABLE = "undeliverable"
    GAVE_UP = "gave_up"
    UNKNOWN = "unknown"


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
