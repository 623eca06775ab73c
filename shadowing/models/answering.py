"""Every answer to an invitation as it came, by whichever way. What counts now stands in `Invitation.answer`."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shadowing.models.base import Base
from shadowing.models.columns import LongText, ShortText
from shadowing.models.visiting import Answer, Invitation


class AnswerWay(StrEnum):
    """How an answer came: from the person's page, or from their calendar by mail (iTIP, RFC 5546)."""

    PAGE = "page"
    MAIL = "mail"


class Trust(StrEnum):
    """How sure it is that an answer is its owner's. `sure`: their page, or their own address and the mail's authentication
    passed. `unverified`: their own address, without it. `by_another`: another address, authenticated, answers for them, as
    iCloud and assistants do. `doubted`: neither, so it does not count until its owner says so."""

    SURE = "sure"
    UNVERIFIED = "unverified"
    BY_ANOTHER = "by_another"
    DOUBTED = "doubted"


class GivenState(StrEnum):
    """`stands`: it is what counts. `held`: its owner is asked whether it is theirs. `overtaken`: a later one counts.
    `old`: it was given for a time or place that has changed since. `undone`: its owner took it back."""

    STANDS = "stands"
    HELD = "held"
    OVERTAKEN = "overtaken"
    OLD = "old"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnotherTime:
    """Another time that somebody asks for instead (COUNTER, RFC 5546 3.2.7)."""

    starts_at: datetime
    ends_at: datetime


class GivenAnswer(Base):
    """One answer as it came. *before* is what counted until then, which undoing brings back. *sequence* and *stamp* are those
    of the mail (SEQUENCE and DTSTAMP, by which answers are put in order, RFC 5546 2.1.5), none where it was given on the page.
    *delegate* is the address of who is to come instead."""

    __tablename__ = "given_answer"

    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"), index=True)
    answer: Mapped[Answer]
    before: Mapped[Answer]
    way: Mapped[AnswerWay]
    trust: Mapped[Trust]
    state: Mapped[GivenState]
    sequence: Mapped[int | None]
    stamp: Mapped[datetime | None]
    comment: Mapped[str] = mapped_column(LongText, default="")
    other_starts_at: Mapped[datetime | None]
    other_ends_at: Mapped[datetime | None]
    delegate: Mapped[str] = mapped_column(ShortText(254), default="")
    at: Mapped[datetime]

    invitation: Mapped[Invitation] = relationship()

    @property
    def another_time(self) -> AnotherTime | None:
        if self.other_starts_at is None or self.other_ends_at is None:
            return None
        return AnotherTime(starts_at=self.other_starts_at, ends_at=self.other_ends_at)
