"""When the mails around a visit go by themselves, on the reader's own working days and at their hours.

A mail leaves between the two instants of its window or not at all: the window is never outside the hours of its reader, and ends
before the visit, for the question afterwards with the third working day, and for its reminder, two working days later, with the
fifth."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from shadowing.company.workdays import Workdays
from shadowing.models import LetterKind

AFTERWARDS = (LetterKind.AFTER_VISIT, LetterKind.REFLECT_AGAIN)
MORNING = time(9)
EARLIEST = time(8, 30)
ON_THE_WAY = timedelta(minutes=30)
"""So long before the hours of the reader begin goes what is about this very day."""
WEEK = timedelta(days=7)
DAY = timedelta(days=1)
AHEAD = timedelta(hours=48)
"""So far ahead letters are written, and so long after its hour one may go that could not before."""
DAYS_AFTER = 3
REMINDED_AFTER = 2
"""So many working days after the question afterwards goes its reminder."""


@dataclass(frozen=True, slots=True)
class Window:
    opens: datetime
    closes: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitHours:
    """*leaves_at* is when the way to the visit begins; *on_the_road* where it leads out of the house."""

    leaves_at: datetime
    ends_at: datetime
    on_the_road: bool


def window(kind: LetterKind, visit: VisitHours, working: Workdays, now: datetime) -> Window | None:
    """The next one in which the mail of *kind* may go that opens within 48 hours; None where there is none, or no more."""
    found = next((one for one in _windows(kind, visit, working) if one.closes > now), None)
    return found if found is not None and found.opens <= now + AHEAD else None


def first(kind: LetterKind, visit: VisitHours, working: Workdays) -> Window | None:
    """When the mail is meant to go."""
    return next(iter(_windows(kind, visit, working)), None)


@lru_cache(maxsize=8192)
def _windows(kind: LetterKind, visit: VisitHours, working: Workdays) -> tuple[Window, ...]:
    """In the order of time. A whole round asks for the same few."""
    return tuple(_in_order(kind, visit, working))


def _in_order(kind: LetterKind, visit: VisitHours, working: Workdays) -> Iterator[Window]:
    first: datetime | None = None
    for day in _days(kind, visit, working):
        found = _of_day(kind, day, visit, working)
        if found is None or (first is not None and found.opens > first + AHEAD and kind not in AFTERWARDS):
            continue
        first = first or found.opens
        yield found


def _days(kind: LetterKind, visit: VisitHours, working: Workdays) -> list[date]:
    day = working.day_of(visit.leaves_at)
    eve, week = working.before(day - DAY), working.before(day - WEEK)
    match kind:
        case LetterKind.BRIEF:
            between = working.after(week) if week else iter(())
            return [one for one in between if eve and one < eve]
        case LetterKind.DAY_BEFORE:
            return [eve] if eve else []
        case LetterKind.THIS_MORNING:
            return [day] if visit.on_the_road and working.works(day) else []
        case LetterKind.REFLECT_AGAIN:
            return working.first_after(working.day_of(visit.ends_at), REMINDED_AFTER + DAYS_AFTER)[REMINDED_AFTER:]
        case _:
            return working.first_after(working.day_of(visit.ends_at), DAYS_AFTER)


def _of_day(kind: LetterKind, day: date, visit: VisitHours, working: Workdays) -> Window | None:
    span = working.span(day)
    if span is None:
        return None
    opens, closes = (working.at(day, clock) for clock in span)
    if kind in (LetterKind.BRIEF, LetterKind.DAY_BEFORE):
        nine = working.at(day, MORNING)
        opens = nine if opens < nine < closes else opens
        closes = min(closes, visit.leaves_at)
    else:
        early = working.at(day, EARLIEST)
        opens = max(opens - ON_THE_WAY, early) if early < closes else opens
    if kind is LetterKind.THIS_MORNING:
        closes = min(closes, visit.leaves_at)
    return Window(opens, closes) if opens < closes else None
