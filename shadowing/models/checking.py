"""Check-ups of invitations: an invented visit that is mailed to a mailbox, and what came back of it."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shadowing.models.base import Base, Stored
from shadowing.models.columns import ShortText
from shadowing.models.company import Person
from shadowing.models.mail import TESTS, LetterKind


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedUp:
    """What the DNS says of one *name*. *trouble*: it did not answer, so nothing is known; else *found* is all there is."""

    name: str
    found: tuple[str, ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainRecords:
    """Of the domain that our mails come from. *mx* are hosts by preference, and *hosts* the addresses of the first of them;
    *spf*, *dmarc* and *dkim* are TXT records, *dkim* None where nobody named its selector."""

    mx: LookedUp
    hosts: LookedUp
    spf: LookedUp
    dmarc: LookedUp
    dkim: LookedUp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailBack:
    """A mail that came in about the invented visit. *sequence* is None where no answer of a calendar was in it; *passed*: our own
    mail server found that its sender is true; *stamp* is DTSTAMP, *written_at* its Date."""

    received_at: datetime
    sender: str
    passed: bool
    written_at: datetime | None
    sequence: int | None = None
    partstat: str = ""
    organizer: str = ""
    attending: tuple[str, ...] = ()
    stamp: datetime | None = None


BACK: TypeAdapter[tuple[MailBack, ...]] = TypeAdapter(tuple[MailBack, ...])


class CheckUp(Base):
    """One of them, from the first mail to the cancellation. *uid* and *mark* belong to no visit of anybody; *step* is the mail
    that was written last; it is over at *ended_at*. *domain* is there once the worker has looked it up."""

    __tablename__ = "check_up"

    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    address: Mapped[str] = mapped_column(ShortText(254))
    selector: Mapped[str] = mapped_column(ShortText(63), default="")
    uid: Mapped[str] = mapped_column(ShortText(100), unique=True)
    mark: Mapped[str] = mapped_column(ShortText(8), unique=True)
    organizer: Mapped[str] = mapped_column(ShortText(254))
    begun_at: Mapped[datetime]
    starts_at: Mapped[datetime]
    step: Mapped[LetterKind] = mapped_column(default=LetterKind.TEST_REQUEST)
    ended_at: Mapped[datetime | None]
    domain: Mapped[DomainRecords | None] = mapped_column(Stored(DomainRecords))
    back: Mapped[tuple[MailBack, ...]] = mapped_column(Stored(BACK), default=())

    asked_by: Mapped[Person] = relationship()

    @property
    def number(self) -> int:
        """Of the last mail, which is its SEQUENCE too."""
        return TESTS.index(self.step)

    @property
    def answers(self) -> tuple[MailBack, ...]:
        return tuple(one for one in self.back if one.sequence is not None)
