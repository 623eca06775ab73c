"""What each person's calendar holds."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shadowing.models.base import Base
from shadowing.models.collecting import Slot
from shadowing.models.columns import ShortText
from shadowing.models.company import Person


class Role(StrEnum):
    """On which side of a visit an invitation's owner sits."""

    GUEST = "guest"
    HOST = "host"


class Answer(StrEnum):
    """PARTSTAT (RFC 5545 3.2.12), as far as a person can set it by answering."""

    NONE = "NEEDS-ACTION"
    YES = "ACCEPTED"
    MAYBE = "TENTATIVE"
    NO = "DECLINED"


class Invitation(Base):
    """What one person's calendar holds about one slot. *uid* and *organizer* never change in its life;
    a visit that is revived after its cancellation is a new row with the next *generation*.

    *revision* counts what was told; *sequence* is iTIP's, which an information-only update leaves alone (RFC 5546 2.1.4)."""

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("slot_id", "person_id", "generation"),)

    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[Role]
    generation: Mapped[int] = mapped_column(default=0)
    uid: Mapped[str] = mapped_column(ShortText(100), unique=True)
    organizer: Mapped[str] = mapped_column(ShortText(254))
    address: Mapped[str] = mapped_column(ShortText(254))
    sequence: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=0)
    told: Mapped[dict[str, Any]] = mapped_column(default=dict)
    answer: Mapped[Answer] = mapped_column(default=Answer.NONE)
    answered_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]

    slot: Mapped[Slot] = relationship()
    person: Mapped[Person] = relationship()
