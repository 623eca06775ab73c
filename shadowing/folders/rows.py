"""What a round folder says, as values: one row of a file is one of these. None stands for a blank cell, which keeps what
is known. Fields carry the names of the tables' columns; people and departments are their codes."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Annotated

from pydantic import Field

from shadowing.errors import RowError
from shadowing.models import Consent, OpeningKind, Rsvp
from shadowing.rules import RoundRules
from shadowing.typed import LONG, Zone, by, day, days, each, key, line, one_of, text


@dataclass(frozen=True, slots=True)
class Remark:
    """An English sentence with `%(name)s` places for *facts*, translated where it is shown."""

    sentence: str
    facts: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return self.sentence % dict(self.facts) if self.facts else self.sentence


def remark(sentence: str, **facts: object) -> Remark:
    return Remark(sentence, tuple((name, str(fact)) for name, fact in facts.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """*row* is where it stands in its file; two folders are equal whatever the order of their rows was."""

    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentRow(Row):
    code: str
    name: str
    goal: str | None = None
    kpi: str | None = None
    card: str | None = None
    problem: str | None = None
    wish_known: str | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow(Row):
    code: str
    email: str
    display_name: str
    department: str
    family_name: str | None = None
    given_name: str | None = None
    kana: str | None = None
    manager: str | None = None
    site: str | None = None
    zone: str | None = None
    locale: str | None = None
    roles: tuple[str, ...] | None = None
    hours: str | None = None
    may: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningRow(Row):
    code: str
    hosts: tuple[str, ...]
    department: str
    kind: OpeningKind
    title: str
    minutes: int
    seats: int
    flexible: bool = False
    starts_at: datetime | None = None
    weekday: str | None = None
    local_time: time | None = None
    zone: str | None = None
    rrule: str = ""
    first_on: date | None = None
    topics: tuple[str, ...] | None = None
    most_per_week: int | None = None
    site: str | None = None
    travel_minutes: int | None = None
    customer_consent: Consent | None = None
    note: str | None = None
    place: str | None = None
    preparation: str | None = None
    confidential: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestRow(Row):
    person: str
    visits: int | None = None
    note: str | None = None
    surprise: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalRow(Row):
    person: str
    rank: int
    department: str | None = None
    topic: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanRow(Row):
    """A piece of time in which *person* is free. *level* is 2 for yes and 1 for if need be."""

    person: str
    starts_at: datetime
    ends_at: datetime
    level: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRow(Row):
    """Who met whom in an earlier round; a visit with two hosts is two of these. *position* counts the rounds from 0."""

    past_round: str
    position: int
    guest: str
    host: str
    department: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionRow(Row):
    person: str
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRow:
    """round.toml, under the names of its keys."""

    title: Annotated[str, by(line(200))]
    starts_on: Annotated[date, Field(alias="from"), by(day)]
    ends_on: Annotated[date, Field(alias="to"), by(day)]
    zone: Zone | None = None
    rsvp: Annotated[Rsvp | None, by(one_of(each(Rsvp)))] = None
    closed_days: Annotated[tuple[date, ...] | None, by(days)] = None
    rules: RoundRules | None = None
    answers_until: Annotated[date | None, by(day)] = None
    greeting: Annotated[str | None, by(text(LONG))] = None
    coordinator: Annotated[str | None, by(key)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """The sound rows of a folder, and what is wrong with the others. *encodings* names how each file was read."""

    round: RoundRow | None = None
    departments: tuple[DepartmentRow, ...] = ()
    people: tuple[PersonRow, ...] = ()
    openings: tuple[OpeningRow, ...] = ()
    guests: tuple[GuestRow, ...] = ()
    goals: tuple[GoalRow, ...] = ()
    availability: tuple[SpanRow, ...] = ()
    history: tuple[PastRow, ...] = ()
    exclusions: tuple[ExclusionRow, ...] = ()
    errors: tuple[RowError, ...] = ()
    warnings: tuple[Remark, ...] = ()
    encodings: tuple[tuple[str, str], ...] = field(default=(), compare=False)
