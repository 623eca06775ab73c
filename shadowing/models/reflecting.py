"""Whether a visit took place, and what people learnt from it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shadowing.models.base import Base
from shadowing.models.columns import LongText, ShortText
from shadowing.models.company import Person
from shadowing.models.matching import Pairing


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


class Reflection(Base):
    """What one side of a held visit learnt. *share* is who reads it besides the writer: host, hr or all."""

    __tablename__ = "reflection"
    __table_args__ = (UniqueConstraint("pairing_id", "person_id"),)

    pairing_id: Mapped[int] = mapped_column(ForeignKey("pairing.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    tried: Mapped[str] = mapped_column(LongText, default="")
    why_it_worked: Mapped[str] = mapped_column(LongText, default="")
    cause_if_not: Mapped[str] = mapped_column(LongText, default="")
    customer_said: Mapped[str] = mapped_column(LongText, default="")
    wall: Mapped[Wall | None]
    share: Mapped[str] = mapped_column(ShortText(10), default="host")
    written_at: Mapped[datetime]
