"""Whether a visit took place, and what people learnt from it."""

from datetime import datetime
from enum import StrEnum

from pydantic import TypeAdapter
from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shadowing.models.base import Base, Stored
from shadowing.models.columns import LongText
from shadowing.models.company import Person
from shadowing.models.matching import Pairing

DRAFT: TypeAdapter[dict[str, list[str]]] = TypeAdapter(dict[str, list[str]])


class Wall(StrEnum):
    INFORMATION = "information"
    GOALS = "goals"
    CULTURE = "culture"


class Happened(StrEnum):
    """What became of a visit: it took place, it did at another time, or it did not."""

    HELD = "held"
    MOVED = "moved"
    LOST = "lost"


class VisitOutcome(Base):
    """What one person says became of one guest's visit: the guest, one of the hosts, or HR, whose word decides (*by_hr*). Nobody
    but HR reads what others say."""

    __tablename__ = "outcome"
    __table_args__ = (UniqueConstraint("pairing_id", "person_id", "by_hr"),)

    pairing_id: Mapped[int] = mapped_column(ForeignKey("pairing.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    by_hr: Mapped[bool] = mapped_column(default=False)
    said: Mapped[Happened]
    at: Mapped[datetime]

    pairing: Mapped[Pairing] = relationship()
    person: Mapped[Person] = relationship()


class ShareLevel(StrEnum):
    """Who reads a reflection beside its writer; each level reads what the one before does, and more."""

    ME = "me"
    HOST = "host"
    BOSS = "boss"
    ALL = "all"


class HostAgain(StrEnum):
    """Whether a host would do it again."""

    YES = "yes"
    FEWER = "fewer"
    NOT_NOW = "not_now"


class Reflection(Base):
    """What a guest learnt from one visit. *draft* holds the fields of the form as they were typed last and not sent; nobody but
    their writer reads it, nor anything before *sent_at*. *customer_said* is quoted nowhere unless the guest ticked *quotable*
    and HR *released_at*."""

    __tablename__ = "reflection"

    pairing_id: Mapped[int] = mapped_column(ForeignKey("pairing.id"), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    tried: Mapped[str] = mapped_column(LongText, default="")
    why_it_worked: Mapped[str] = mapped_column(LongText, default="")
    cause_if_not: Mapped[str] = mapped_column(LongText, default="")
    brings_back: Mapped[str] = mapped_column(LongText, default="")
    for_whom: Mapped[str] = mapped_column(LongText, default="")
    why_not_held: Mapped[str] = mapped_column(LongText, default="")
    customer_said: Mapped[str] = mapped_column(LongText, default="")
    quotable: Mapped[bool] = mapped_column(default=False)
    released_at: Mapped[datetime | None]
    walls: Mapped[list[str]] = mapped_column(default=list)
    share: Mapped[ShareLevel] = mapped_column(default=ShareLevel.HOST)
    sent_at: Mapped[datetime | None]
    draft: Mapped[dict[str, list[str]] | None] = mapped_column(Stored(DRAFT))

    pairing: Mapped[Pairing] = relationship()
    person: Mapped[Person] = relationship()


class HostThanks(Base):
    """What a host says after the visit of one guest: a *line* that the guest reads, and whether they would do it *again*, which
    their next opening begins with."""

    __tablename__ = "host_thanks"
    __table_args__ = (UniqueConstraint("pairing_id", "person_id"),)

    pairing_id: Mapped[int] = mapped_column(ForeignKey("pairing.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    line: Mapped[str] = mapped_column(LongText, default="")
    again: Mapped[HostAgain | None]
    at: Mapped[datetime]

    pairing: Mapped[Pairing] = relationship()
    person: Mapped[Person] = relationship()
