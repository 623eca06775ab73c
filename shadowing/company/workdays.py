"""The days on which somebody is at work: their hours, the public holidays of where they are, and the days on which the company
is closed. The one place that knows; mails that can wait and mails that go by themselves ask it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib import resources
from itertools import islice
from zoneinfo import ZoneInfo

import holidays
from sqlalchemy import func, select

from shadowing.company import people
from shadowing.extensions import db
from shadowing.models import Person

YEAR_END = {"JP": ((12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3))}
"""When companies of a country are closed around New Year beside its public holidays."""
DAY = timedelta(days=1)
DAYS_MOST = 60
"""So far a working day is looked for: somebody who has none by then has none."""


@cache
def countries() -> dict[str, str]:
    """The country of each zone that lies in one whose holidays are known, as the zone database says; an old name of a zone
    is in the country of its new one."""
    zones = resources.files("tzdata") / "zoneinfo"
    known = set(holidays.list_supported_countries())
    rows = (line.split("\t") for line in _lines(zones / "zone.tab"))
    found = {zone: country for country, _, zone, *_ in rows if country in known}
    links = (line.split()[1:3] for line in _lines(zones / "tzdata.zi") if line.startswith("L "))
    return {old: found[new] for new, old in links if new in found} | found


def _lines(file: resources.abc.Traversable) -> list[str]:
    return [line for line in file.read_text("utf-8").splitlines() if not line.startswith("#")]


def unknown_zones() -> dict[str, int]:
    """How many people are in each zone of which no public holidays are known, the most first."""
    counted = select(Person.zone, func.count()).where(Person.left_at.is_(None)).group_by(Person.zone)
    rows = db.session.execute(counted.order_by(func.count().desc(), Person.zone)).all()
    return {zone: number for zone, number in rows if zone not in countries()}


def usual(zone: str, first: date, last: date) -> tuple[date, ...]:
    """Public holidays of the zone's country and its days around New Year."""
    years, around = range(first.year, last.year + 1), YEAR_END.get(countries().get(zone, ""), ())
    closed = {date(year, month, day) for year in years for month, day in around}
    return tuple(sorted({*public(zone, first, last), *(day for day in closed if first <= day <= last)}))


def public(zone: str, first: date, last: date) -> tuple[date, ...]:
    """Public holidays; none where the country is not known from the zone."""
    years = range(first.year, last.year + 1)
    return tuple(day for year in years for day in _of_year(countries().get(zone, ""), year) if first <= day <= last)


@cache
def _of_year(country: str, year: int) -> tuple[date, ...]:
    return tuple(sorted(holidays.country_holidays(country, years=year, language="en_US"))) if country else ()


@dataclass(frozen=True, slots=True)
class Workdays:
    """Of one person: *hours* as people.py reads them, in *zone*; *closed* beside the holidays of that zone."""

    zone: str
    hours: str
    closed: frozenset[date] = frozenset()

    @classmethod
    def of(cls, person: Person, closed: Iterable[str] = ()) -> "Workdays":
        """*closed* are days as rounds keep them; those of the department count as well."""
        home = person.department.closed_days if person.department else []
        days = frozenset(date.fromisoformat(day) for day in {*closed, *home})
        return cls(person.zone, people.painted_hours(person.hours), days)

    def works(self, day: date) -> bool:
        there = bool(people.read_hours(self.hours).spans(day))
        return there and day not in self.closed and not usual(self.zone, day, day)

    def before(self, day: date) -> date | None:
        """The last working day up to *day*, itself included."""
        return next((one for one in (day - n * DAY for n in range(DAYS_MOST)) if self.works(one)), None)

    def after(self, day: date) -> Iterator[date]:
        """The working days from *day* on, itself included."""
        return (one for one in (day + n * DAY for n in range(DAYS_MOST)) if self.works(one))

    def first_after(self, day: date, most: int) -> list[date]:
        """The first *most* working days after *day*."""
        return list(islice(self.after(day + DAY), most))

    def span(self, day: date) -> tuple[time, time] | None:
        """From when to when the day's work is, on this person's own clock; None on a day that is free every week."""
        spans = people.read_hours(self.hours).spans(day)
        return (spans[0][0], max(end for _, end in spans)) if spans else None

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def at(self, day: date, clock: time) -> datetime:
        return people.at(day, clock, ZoneInfo(self.zone))
