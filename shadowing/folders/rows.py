"""What a round folder says, as values: one row of a file is one of these. None stands for a blank cell, which keeps what
is known. Fields carry the names of the tables' columns, and say under which heading they are found and how they are read;
people and departments are their codes."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, PlainValidator, ValidationInfo

from shadowing import typed
from shadowing.collecting import goals, offers, recurrence
from shadowing.company import departments
from shadowing.errors import Remark, RowError
from shadowing.folders import cells
from shadowing.lists import moments
from shadowing.models import Consent, OpeningKind, Participation, Rsvp
from shadowing.rules import RoundRules
from shadowing.typed import by


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """*row* is where it stands in its file; two folders are equal whatever the order of their rows was."""

    row: int = field(default=0, compare=False)


def _moment(cell: str, info: ValidationInfo) -> datetime:
    return typed.moment(moments.iso(cell), info.data.get("zone"))


Long = Annotated[str | None, by(typed.text(typed.LONG))]
Short = Annotated[str | None, by(typed.line(100))]
Place = Annotated[str | None, by(typed.line(200))]
When = PlainValidator(_moment)
# A code or a name, looked up among those that the Reading knows.
Person = Annotated[str, PlainValidator(lambda cell, info: info.context.person(cell))]
Persons = Annotated[tuple[str, ...], PlainValidator(lambda cell, info: info.context.persons(cell))]
Department = Annotated[str, PlainValidator(lambda cell, info: info.context.department(cell))]


def _column(heading: str) -> Any:
    return Field(alias=heading)


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentRow(Row):
    code: Annotated[str, _column("department_id"), by(typed.key)]
    name: Annotated[str, by(typed.name)]
    goal: Long = None
    kpi: Long = None
    card: Long = None
    problem: Long = None
    wish_known: Long = None
    words: Long = None
    short_name: Annotated[str | None, by(typed.line(departments.SHORT_MOST))] = None
    parent: Annotated[str | None, _column("parent_id"), by(typed.key)] = None
    seated_least: Annotated[int | None, by(typed.number(1, departments.PEOPLE_MOST))] = None
    away_most: Annotated[int | None, by(typed.number(1, departments.PEOPLE_MOST))] = None
    hours: Annotated[str | None, by(cells.hours)] = None
    closed_days: typed.Days | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow(Row):
    code: Annotated[str, _column("person_id"), by(typed.key)]
    family_name: Short = None
    given_name: Short = None
    display_name: Annotated[str, by(typed.name)] = ""
    kana: Annotated[str | None, by(typed.kana)] = None
    email: Annotated[str, by(typed.mail)]
    department: Annotated[Department, _column("department_id")]
    manager: Annotated[str | None, _column("manager_id"), by(typed.key)] = None
    site: Short = None
    zone: typed.Zone | None = None
    locale: Annotated[str | None, by(cells.locale)] = None
    roles: Annotated[tuple[str, ...] | None, by(typed.several(cells.role))] = None
    hours: Annotated[str | None, by(cells.hours)] = None
    may: Annotated[tuple[str, ...] | None, by(typed.several(lambda cell: cells.kind(cell).value))] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningRow(Row):
    code: Annotated[str, _column("opening_id"), by(typed.key)]
    hosts: Annotated[Persons, _column("host_ids")]
    department: Annotated[Department, _column("department_id")]
    kind: Annotated[OpeningKind, by(cells.kind)]
    title: Annotated[str, by(typed.name)]
    minutes: Annotated[int, _column("duration_min"), by(cells.minutes)]
    seats: Annotated[int, by(typed.number(1, offers.SEATS_MOST))]
    flexible: typed.Yes = False
    zone: Annotated[typed.Zone | None, _column("tz")] = None
    starts_at: Annotated[datetime | None, When] = None
    weekday: Annotated[str | None, by(cells.weekday)] = None
    local_time: typed.Clock | None = None
    rrule: Annotated[str, by(recurrence.rule)] = ""
    first_on: typed.Day | None = None
    topics: Annotated[tuple[str, ...] | None, by(typed.several(typed.line(100)))] = None
    most_per_week: Annotated[int | None, by(typed.number(1, offers.WEEKLY_MOST))] = None
    site: Short = None
    travel_minutes: Annotated[int | None, _column("travel_min"), by(typed.number(0, offers.MINUTES_MOST))] = None
    customer_consent: Annotated[Consent | None, by(cells.consent)] = None
    note: Long = None
    place: Place = None
    preparation: Long = None
    confidential: typed.Yes | None = None
    participation: Annotated[Participation | None, by(cells.participation)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestRow(Row):
    person: Annotated[Person, _column("person_id")]
    visits: Annotated[int | None, by(typed.number(0, goals.VISITS_MOST))] = None
    half_days_most: Annotated[int | None, by(typed.number(1, goals.HALF_DAYS_MOST))] = None
    note: Long = None
    surprise: typed.Yes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalRow(Row):
    person: Annotated[Person, _column("person_id")]
    rank: Annotated[int, by(typed.number(1, goals.WISHES_MOST))]
    department: Annotated[Department | None, _column("department_id")] = None
    topic: Short = None
    text: Long = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanRow(Row):
    """A piece of time in which *person* is free. *level* is 2 for yes and 1 for if need be."""

    person: Annotated[Person, _column("person_id")]
    zone: Annotated[str | None, by(typed.zone)] = field(default=None, compare=False)
    starts_at: Annotated[datetime, When]
    ends_at: Annotated[datetime, When]
    level: Annotated[int, by(cells.level)] = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRow(Row):
    """A line of history.csv, which may name several hosts."""

    past_round: Annotated[str, _column("round"), by(typed.line(200))]
    guest: Annotated[Person, _column("guest_id")]
    hosts: Annotated[Persons, _column("host_ids")]
    department: Annotated[Department | None, _column("department_id")] = None


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
    person: Annotated[Person, _column("person_id")]
    other: Annotated[Person, _column("other_id")]
    ends_on: typed.Day | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRow:
    """round.toml, under the names of its keys."""

    title: Annotated[str, by(typed.line(200))]
    starts_on: Annotated[typed.Day, Field(alias="from")]
    ends_on: Annotated[typed.Day, Field(alias="to")]
    zone: typed.Zone | None = None
    rsvp: Annotated[Rsvp | None, by(typed.one_of(typed.each(Rsvp)))] = None
    closed_days: typed.Days | None = None
    rules: RoundRules | None = None
    answers_until: typed.Day | None = None
    greeting: Long = None
    coordinator: Annotated[str | None, by(typed.key)] = None


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
