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


class AnswerWhy(StrEnum):
    """Why somebody does not come, as they pick it. HR alone reads it."""

    BUSY = "busy"
    ILL = "ill"
    LEAVE = "leave"
    NO_WISH = "no_wish"
    MOVED = "moved"
    DEPUTY = "deputy"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnotherTime:
    """Another time that somebody asks for instead (COUNTER, RFC 5546 3.2.7)."""

    starts_at: datetime
    ends_at: datetime


class GivenAnswer(Base):
    """One answer as it came. *before* is what counted until then, which undoing brings back. *sequence* and *stamp* are those
    of the mail (SEQUENCE and DTSTAMP, by which answers are put in order, RFC 5546 2.1.5), none where it was given on the page.
    *visit_at* is when the visit was to begin as its owner knew it; rows from before migration 0083 have none. *delegate* is the
    address of who is to come instead."""

    __tablename__ = "given_answer"

    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"), index=True)
    answer: Mapped[Answer]
    before: Mapped[Answer]
    way: Mapped[AnswerWay]
    trust: Mapped[Trust]
    state: Mapped[GivenState]
    sequence: Mapped[int | None]
    stamp: Mapped[datetime | None]
    why: Mapped[AnswerWhy | None]
    comment: Mapped[str] = mapped_column(LongText, default="")
    visit_at: Mapped[datetime | None]
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

    @property
    def is_no(self) -> bool:
        return self.answer is Answer.NO

    @property
    def counts(self) -> bool:
        """Whether it was given for the visit as its owner knows it now: another time or place asks anew."""
        told = self.invitation.told.entry.starts_at
        return self.answer is self.invitation.answer and self.visit_at in (None, told)

    @property
    def is_news(self) -> bool:
        """A no that was none before, or another time."""
        return (self.is_no and self.before is not Answer.NO) or self.another_time is not None

    @property
    def firm(self) -> bool:
        """Given, or to be given back, by a deed that a machine cannot do: a no, or another time."""
        return Answer.NO in (self.answer, self.before) or self.another_time is not None
