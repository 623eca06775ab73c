"""Tables of what the company and its departments aim at, beside the cards, which stand in the departments themselves."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shadowing.models.base import Base
from shadowing.models.columns import LongText, ShortText
from shadowing.models.company import Department, Person


class CompanyGoal(Base):
    """The one goal of the company, in the one row of this table. *figure* and *due_on* may be left open."""

    __tablename__ = "company_goal"

    only: Mapped[bool] = mapped_column(default=True, unique=True)
    text: Mapped[str] = mapped_column(LongText)
    figure: Mapped[str] = mapped_column(ShortText(100), default="")
    due_on: Mapped[date | None]


class CardSignature(Base):
    """When the card of a department was last written on its page, and by whom."""

    __tablename__ = "card_signature"

    department_id: Mapped[int] = mapped_column(ForeignKey("department.id", ondelete="CASCADE"), unique=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    at: Mapped[datetime]

    by: Mapped[Person | None] = relationship()


class PairSentence(Base):
    """What two departments both gain when they meet. The lower department id comes first."""

    __tablename__ = "pair_sentence"
    __table_args__ = (UniqueConstraint("department_id", "other_id"),)

    department_id: Mapped[int] = mapped_column(ForeignKey("department.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(ForeignKey("department.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(LongText)

    department: Mapped[Department] = relationship(foreign_keys=[department_id])
    other: Mapped[Department] = relationship(foreign_keys=[other_id])


class MergedCard(Base):
    """The card of a department that became a part of *department_id*, as it was then, and the *sentences* that found no
    place there, one in a line."""

    __tablename__ = "merged_card"

    department_id: Mapped[int] = mapped_column(ForeignKey("department.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(ShortText(200))
    merged_at: Mapped[datetime]
    card: Mapped[str] = mapped_column(LongText, default="")
    goal: Mapped[str] = mapped_column(LongText, default="")
    kpi: Mapped[str] = mapped_column(LongText, default="")
    problem: Mapped[str] = mapped_column(LongText, default="")
    wish_known: Mapped[str] = mapped_column(LongText, default="")
    words: Mapped[str] = mapped_column(LongText, default="")
    sentences: Mapped[str] = mapped_column(LongText, default="")
