"""What people learnt from a visit."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shadowing.models.base import Base
from shadowing.models.columns import LongText, ShortText


class Wall(StrEnum):
    INFORMATION = "information"
    GOALS = "goals"
    CULTURE = "culture"


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
