"""Calendars that people hand over for a round."""

from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shadowing.errors import Remark
from shadowing.models.base import Base, Stored
from shadowing.models.columns import LongText, ShortText
from shadowing.models.company import Person
from shadowing.models.rounds import Round


class BusyCalendar(Base):
    """A calendar that a person handed over for a round: when it says that they are busy, and no word of what it is about.

    *source* is the host that it is fetched from, empty for a file; *url* the whole address, a secret, until the answers close.
    *digest* is the SHA-256 of the file; *etag* and *last_modified* what the server said of it. *spans* are minutes since 1970,
    in quarters of an hour; *read_at* is None until it is read, *refusal* why it could not be."""

    __tablename__ = "busy_calendar"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    source: Mapped[str] = mapped_column(ShortText(255), default="")
    url: Mapped[str] = mapped_column(LongText, default="")
    asked_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    digest: Mapped[str] = mapped_column(ShortText(64), default="")
    etag: Mapped[str] = mapped_column(ShortText(200), default="")
    last_modified: Mapped[str] = mapped_column(ShortText(200), default="")
    spans: Mapped[tuple[tuple[int, int], ...]] = mapped_column(Stored(TypeAdapter(tuple[tuple[int, int], ...])))
    unknown: Mapped[int] = mapped_column(default=0)
    unreadable: Mapped[int] = mapped_column(default=0)
    refusal: Mapped[Remark | None] = mapped_column(Stored(Remark))

    round: Mapped[Round] = relationship()
    person: Mapped[Person] = relationship()
