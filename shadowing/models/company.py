"""Tables of who works here, and of their access."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ColumnElement, ForeignKey, Index, UniqueConstraint, func, select
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shadowing.models.base import EAST_ASIAN, Base, Stored
from shadowing.models.columns import LongText, OrderedText, ShortText

STANDARD_HOURS = "mon-fri 09:00-18:00"
"""Of whoever has no working hours of their own and whose department has none."""


class Consent(StrEnum):
    """The word of a customer on a ride-along, or of an agency on visits of somebody who works through it."""

    ASKED = "asked"
    YES = "yes"
    NO = "no"


class Department(Base):
    """A department with its card and its rules: at least *seated_least* of its people stay at work in every half-hour, at most
    *away_most* are on a visit in one half-day. Its *hours* are those of its people who have none of their own (empty: the
    usual ones), and on its *closed_days* nobody visits from it or into it. *feed_version* is as a person's."""

    __tablename__ = "department"

    code: Mapped[str] = mapped_column(OrderedText(60), unique=True)
    name: Mapped[str] = mapped_column(ShortText(200))
    short_name: Mapped[str] = mapped_column(ShortText(12), default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    goal: Mapped[str] = mapped_column(LongText, default="")
    kpi: Mapped[str] = mapped_column(LongText, default="")
    card: Mapped[str] = mapped_column(LongText, default="")
    problem: Mapped[str] = mapped_column(LongText, default="")
    wish_known: Mapped[str] = mapped_column(LongText, default="")
    words: Mapped[str] = mapped_column(LongText, default="")
    seated_least: Mapped[int | None]
    away_most: Mapped[int | None]
    hours: Mapped[str] = mapped_column(ShortText(200), default="")
    closed_days: Mapped[list[str]] = mapped_column(default=list)
    feed_version: Mapped[int] = mapped_column(default=0)


class Person(Base):
    """Somebody in the company. *kana*, *sort_key* and *folded* are normalised (see company/people.py); *left_at* ends all access.

    *may* and *may_sites* are the kinds and sites of visit that a contract allows, all where empty; *agency_consent* is asked
    only of who works through an agency. *last_day* is theirs, in their own zone: until it is over they are here. On
    *away_until* they are back from a pause. Raising *link_version* revokes every personal link, raising *feed_version* the
    address of the calendar to subscribe to (0: none was ever made). Of those who are here no two
    have one address; who left keeps theirs, which somebody else may have by now."""

    __tablename__ = "person"
    __table_args__ = (
        Index(
            "uq_person_email",
            "email",
            unique=True,
            sqlite_where=sa.text("left_at IS NULL"),
            postgresql_where=sa.text("left_at IS NULL"),
        ),
    )

    code: Mapped[str] = mapped_column(OrderedText(60), unique=True)
    family_name: Mapped[str] = mapped_column(ShortText(100), default="")
    given_name: Mapped[str] = mapped_column(ShortText(100), default="")
    kana: Mapped[str] = mapped_column(ShortText(200), default="")
    display_name: Mapped[str] = mapped_column(ShortText(200))
    email: Mapped[str] = mapped_column(ShortText(254))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    site: Mapped[str] = mapped_column(ShortText(100), default="")
    zone: Mapped[str] = mapped_column(ShortText(60), default="Asia/Tokyo")
    locale: Mapped[str] = mapped_column(ShortText(5), default="ja")
    own_hours: Mapped[str | None] = mapped_column("hours", ShortText(200))
    may: Mapped[list[str]] = mapped_column(default=list)
    may_sites: Mapped[list[str]] = mapped_column(default=list)
    agency_consent: Mapped[Consent | None]
    hr: Mapped[bool] = mapped_column(default=False)
    lead: Mapped[bool] = mapped_column(default=False)
    sort_key: Mapped[str] = mapped_column(OrderedText(400), default="", index=True)
    folded: Mapped[str] = mapped_column(LongText, default="")
    link_version: Mapped[int] = mapped_column(default=1)
    feed_version: Mapped[int] = mapped_column(default=0)
    last_day: Mapped[date | None]
    away_until: Mapped[date | None]
    left_at: Mapped[datetime | None]

    department: Mapped[Department | None] = relationship()

    @property
    def home(self) -> Department:
        """The department of somebody who takes part: who was let in before any list has none, and is asked nothing."""
        assert self.department
        return self.department

    @hybrid_property
    def hours(self) -> str:
        """The working hours: their own before those of the department, and the usual ones where neither is known."""
        if self.own_hours is not None:
            return self.own_hours
        return (self.department.hours if self.department else "") or STANDARD_HOURS

    @hours.inplace.setter
    def _set_hours(self, hours: str | None) -> None:
        self.own_hours = hours

    @hours.inplace.expression
    @classmethod
    def _selected_hours(cls) -> ColumnElement[str]:
        of_department = select(Department.hours).where(Department.id == cls.department_id)
        hours = of_department.correlate_except(Department).scalar_subquery()
        return func.coalesce(cls.own_hours, func.nullif(hours, ""), STANDARD_HOURS)

    def name(self, locale: str) -> str:
        """Family name first in Japanese and in East Asian script, of which nobody turns the order; given name first elsewhere.
        The display name where the two are not known."""
        if not (self.family_name and self.given_name):
            return self.display_name
        family_first = locale == "ja" or self.family_name[0] >= EAST_ASIAN
        return " ".join((self.family_name, self.given_name) if family_first else (self.given_name, self.family_name))


class Exclusion(Base):
    """Two people who must not meet, up to the day *ends_on* or for good; private. The lower person id comes first."""

    __tablename__ = "exclusion"
    __table_args__ = (UniqueConstraint("person_id", "other_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    ends_on: Mapped[date | None]

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    other: Mapped[Person] = relationship(foreign_keys=[other_id])


class ListAnswers(Base):
    """What HR answered about lists with these headings (`lists/headers.py: signature`): the next such list asks nothing."""

    __tablename__ = "list_answers"

    signature: Mapped[str] = mapped_column(ShortText(64), unique=True)
    answers: Mapped[dict[str, str]] = mapped_column(Stored(dict[str, str]))


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnChange:
    """What an import did to one column of a person; department and manager by their row ids."""

    person: int
    column: str
    old: str | int | bool | list[str] | None
    new: str | int | bool | list[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """What undoing an import takes: ids of people and of new departments."""

    changes: tuple[ColumnChange, ...] = ()
    new: tuple[int, ...] = ()
    departments: tuple[int, ...] = ()
    gone: tuple[int, ...] = ()
    returned: tuple[int, ...] = ()
    paused: tuple[int, ...] = ()


class ListImport(Base):
    """A list of people that was taken in, with what its undoing takes."""

    __tablename__ = "list_import"

    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    file: Mapped[str] = mapped_column(ShortText(200))
    new: Mapped[int]
    changed: Mapped[int]
    left: Mapped[int]
    undoing: Mapped[Undoing] = mapped_column(Stored(Undoing))
    undone_at: Mapped[datetime | None]

    by: Mapped[Person | None] = relationship()


class HandedList(Base):
    """A long list of people, which the worker reads and, once HR has said yes, takes in. Its files are kept until then, for a
    day at most. *shown* is what its check page shows (folders/lists_shown.py), as JSON, once it is read; *refusal* the sentence
    and its facts, where it could not be read or taken in."""

    __tablename__ = "handed_list"

    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    file: Mapped[str] = mapped_column(ShortText(200))
    people: Mapped[bytes]
    departments: Mapped[bytes]
    answers: Mapped[dict[str, str]] = mapped_column(Stored(dict[str, str]))
    absent_left: Mapped[bool]
    sure: Mapped[bool]
    shown: Mapped[bytes | None]
    made_id: Mapped[int | None] = mapped_column(ForeignKey("list_import.id"))
    refusal: Mapped[tuple[str, dict[str, str]] | None] = mapped_column(Stored(tuple[str, dict[str, str]]))

    by: Mapped[Person | None] = relationship()
    made: Mapped[ListImport | None] = relationship()


class Journey(Base):
    """How many *minutes* it takes between two sites, either way; the one that sorts first, however it is typed, is *site*."""

    __tablename__ = "journey"
    __table_args__ = (UniqueConstraint("site", "other_site"),)

    site: Mapped[str] = mapped_column(ShortText(100))
    other_site: Mapped[str] = mapped_column(ShortText(100))
    minutes: Mapped[int]


class SignInKey(Base):
    """A link mailed to an HR person, spent once, by a button, in the browser that asked. Only hashes are kept."""

    __tablename__ = "sign_in_key"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    hash: Mapped[str] = mapped_column(ShortText(64), unique=True)
    browser_hash: Mapped[str | None] = mapped_column(ShortText(64))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class SignIn(Base):
    """A browser in which an HR person is signed in. Only the cookie's hash is kept."""

    __tablename__ = "sign_in"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    hash: Mapped[str] = mapped_column(ShortText(64), unique=True)
    began_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class Attempt(Base):
    """One try at something that is rationed, such as asking for a link. *key* is a hash, never an address."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_key_at", "key", "at"),)

    key: Mapped[str] = mapped_column(ShortText(100))
    at: Mapped[datetime]
