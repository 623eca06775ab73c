"""Mails that come in: each is kept before it is acknowledged, read later, and put aside by HR where it needs a person."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shadowing.models.answering import GivenAnswer
from shadowing.models.base import Base, Work
from shadowing.models.columns import LongText, ShortText
from shadowing.models.company import Person
from shadowing.models.mail import Letter
from shadowing.models.visiting import Invitation


class MailOutcome(StrEnum):
    """What became of a mail that came in; `ready` until it is read.

    `old_answer`: for a time that has changed, for a visit that is off or has begun, or older than one that is here.
    `held`: it does not count until somebody says so. `proposal`: the answer asks for another time. `asks_again`: a
    calendar asks for its entry, which goes to it once more. `delayed`: another server still tries. `forwarded`: neither sender
    nor attendee is whom the visit belongs to. `for_hr`: a person must read it. `loop`: our own mail came back. `hostile`: it
    could not be read within its limits. `check_up`: it is about the invented visit of a check-up."""

    READY = "ready"
    ANSWER = "answer"
    OLD_ANSWER = "old_answer"
    HELD = "held"
    PROPOSAL = "proposal"
    ASKS_AGAIN = "asks_again"
    DELEGATED = "delegated"
    BOUNCE = "bounce"
    DELAYED = "delayed"
    AUTO_REPLY = "auto_reply"
    FORWARDED = "forwarded"
    FOR_HR = "for_hr"
    UNKNOWN_VISIT = "unknown_visit"
    LOOP = "loop"
    TOO_BIG = "too_big"
    HOSTILE = "hostile"
    DUPLICATE = "duplicate"
    CHECK_UP = "check_up"


FOR_EYES = (
    *(MailOutcome.HELD, MailOutcome.PROPOSAL, MailOutcome.DELEGATED, MailOutcome.FORWARDED, MailOutcome.FOR_HR),
    *(MailOutcome.UNKNOWN_VISIT, MailOutcome.TOO_BIG, MailOutcome.HOSTILE),
)
"""The outcomes after which a person of HR looks at a mail. Of all others the mail itself is forgotten once it is read."""


class Received(Work, Base):
    """One mail as it came in, and what became of it. Its *key* is made from its bytes, so the same bytes are one row.

    *recipient* and *envelope_sender* are those of the envelope, the latter empty in mails about mails; *sender* is the address
    of From. *raw* and *text* are there until they are forgotten."""

    __tablename__ = "received"
    __table_args__ = (Index("ix_received_message_id_sender", "message_id", "sender"),)

    state: Mapped[MailOutcome] = mapped_column(default=MailOutcome.READY, index=True)
    recipient: Mapped[str] = mapped_column(ShortText(254), default="")
    envelope_sender: Mapped[str] = mapped_column(ShortText(254), default="")
    sender: Mapped[str] = mapped_column(ShortText(254), default="")
    subject: Mapped[str] = mapped_column(ShortText(250), default="")
    message_id: Mapped[str] = mapped_column(ShortText(250), default="")
    text: Mapped[str] = mapped_column(LongText, default="")
    raw: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    received_at: Mapped[datetime]
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id"), index=True)
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"), index=True)
    given_answer_id: Mapped[int | None] = mapped_column(ForeignKey("given_answer.id"), index=True)
    seen_at: Mapped[datetime | None]
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    invitation: Mapped[Invitation | None] = relationship()
    letter: Mapped[Letter | None] = relationship()
    given: Mapped[GivenAnswer | None] = relationship()
    seen_by: Mapped[Person | None] = relationship()

    @property
    def waits_for_eyes(self) -> bool:
        return self.state in FOR_EYES and self.seen_at is None


class MailAlias(Base):
    """Another address from which a person writes: what comes from it counts as theirs. Always in lower case."""

    __tablename__ = "mail_alias"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    address: Mapped[str] = mapped_column(ShortText(254), unique=True)

    person: Mapped[Person] = relationship()
