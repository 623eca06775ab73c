"""A company while its round is drawn: departments, their meetings, and everybody's free time.

A day is one 32-bit word of half-hours from 9:00 on, so that a whole company is drawn in a few numpy calls."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HALF_HOURS = 18
DAY = np.uint32((1 << HALF_HOURS) - 1)
LUNCH = np.uint32(0b11 << 6)
MEETING_STARTS = (0, 1, 2, 3, 8, 9, 10, 11, 12, 13)
Ints = NDArray[np.int64]
Words = NDArray[np.uint32]
Meeting = tuple[int, int, int, int]  # department, weekday, first half-hour, half-hours


@dataclass(frozen=True, slots=True)
class Scale:
    """What sets an easy round apart from a scarce one."""

    weeks: int
    free: float
    hosts: float
    lengths: tuple[float, ...]
    notice: int  # days at the beginning that are closed
    per_week: int


EASY = Scale(4, 0.35, 0.25, (0.1, 0.4, 0.25, 0.15, 0.1), 3, 1)
SCARCE = Scale(2, 0.28, 0.175, (0.05, 0.3, 0.2, 0.2, 0.25), 1, 2)


@dataclass(slots=True)
class Company:
    """A round while it is drawn. *department* and *free* (a word for each day) have a row for each person."""

    draw: np.random.Generator
    scale: Scale
    department: Ints
    free: Words
    departments: int
    meetings: list[Meeting]

    @property
    def people(self) -> int:
        return len(self.department)

    @property
    def days(self) -> int:
        return 5 * self.scale.weeks


def company_of(people: int, seed: int, scarce: bool) -> Company:
    draw = np.random.default_rng([seed, people, int(scarce)])
    department, departments = _departments(draw, people)
    scale = SCARCE if scarce else EASY
    company = Company(draw, scale, department, np.zeros((people, 0), np.uint32), departments, [])
    company.meetings = _meetings(company)
    company.free = _calendars(company)
    return company


def _departments(draw: np.random.Generator, people: int) -> tuple[Ints, int]:
    """A department for each person, of very uneven sizes and none empty."""
    count = max(4, round(3 + (people / 16) ** 0.5))
    sizes = draw.lognormal(0, 0.9, count) + 0.15
    drawn = draw.choice(count, people, p=sizes / sizes.sum())
    drawn[:count] = np.arange(count)
    return np.sort(drawn), count


def _meetings(company: Company) -> list[Meeting]:
    """The weekly meetings of the departments, one to four of each, none across lunch."""
    draw = company.draw
    many = np.clip(draw.poisson(2.0, company.departments), 1, 4)
    department = np.repeat(np.arange(company.departments), many)
    length, weekday = draw.integers(2, 4, len(department)), draw.integers(0, 5, len(department))
    start = draw.choice(MEETING_STARTS, len(department))
    start = np.where(start < 6, np.minimum(start, 6 - length), start)
    columns = (department.tolist(), weekday.tolist(), start.tolist(), length.tolist())
    return list(zip(*columns, strict=True))


def _calendars(company: Company) -> Words:
    """Free half-hours: what lunch, meetings, blocks of one's own (a third of them weekly) and days of leave leave over."""
    draw, people, days = company.draw, company.people, company.days
    busy = np.full((people, days), LUNCH)
    for department, weekday, start, length in company.meetings:
        busy[np.ix_(company.department == department, np.arange(weekday, days, 5))] |= word(start, length)
    share = company.scale.free
    target = np.clip(draw.beta(4, 4 * (1 - share) / share, people), 0.05, 0.8)
    for turn in range(60):
        free = 1 - np.bitwise_count(busy).sum(1) / (days * HALF_HOURS)
        _block(company, busy, np.flatnonzero(free > target), weekly=turn % 3 == 0)
    busy[draw.random((people, days)) < 0.04] = DAY
    busy[:, : company.scale.notice] = DAY
    return np.asarray(~busy & DAY)


def _block(company: Company, busy: Words, people: Ints, weekly: bool) -> None:
    draw, weeks = company.draw, company.scale.weeks
    length = draw.integers(1, 6, len(people))
    start = np.minimum(draw.integers(0, HALF_HOURS, len(people)), HALF_HOURS - length)
    words = (((1 << length) - 1) << start).astype(np.uint32)
    weekday = draw.integers(0, 5, len(people))
    for week in range(weeks):
        day = week * 5 + weekday if weekly else draw.integers(0, company.days, len(people))
        busy[people, day] |= words


def word(start: int, length: int) -> np.uint32:
    return np.uint32(((1 << length) - 1) << start)


def runs_of(free: Words, length: int) -> Words:
    """The half-hours from which *length* of them are free."""
    return np.asarray(np.bitwise_and.reduce([free >> np.uint32(step) for step in range(length)]))
