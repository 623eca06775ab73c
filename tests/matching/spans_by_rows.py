"""How free time came to the solver when each span of it was a row: the week was laid out where it was entered, and cut where
it was gathered. Kept as the judge of `matching/spans.py`, in instants where that counts minutes."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from shadowing.company import people
from shadowing.company.hours import DAYS
from shadowing.models import Round

HALF_HOUR = timedelta(minutes=30)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Free:
    starts_at: datetime
    ends_at: datetime
    level: int


def entered(week: Mapping[str, int], off: Iterable[date], hours: str, zone: str, round: Round) -> list[Free]:
    """The rows that were written when a week was entered."""
    left_out = set(off)
    days = (round.starts_on + n * DAY for n in range(-1, (round.ends_on - round.starts_on).days + 2))
    return merge(
        Free(begin, end, week[name])
        for day in days
        if day not in left_out and day.isoformat() not in round.closed_days
        for name, spans in _pieces(hours.strip() or "mon-fri 09:00-18:00", zone, round, day)
        if week.get(name)
        for begin, end in spans
    )


def _pieces(hours: str, zone: str, round: Round, day: date) -> Iterator[tuple[str, list[tuple[datetime, datetime]]]]:
    begins, ends = round.instants
    working = _on(hours, zone, day)
    for clock in _clocks(hours, day.weekday()):
        start = people.at(day, clock, ZoneInfo(zone))
        cuts = [(max(start, begin, begins), min(start + HALF_HOUR, end, ends)) for begin, end in working]
        name = f"{DAYS[day.weekday()]}-{clock:%H%M}"
        yield name, [(begin, end) for begin, end in cuts if begin < end]


def _on(hours: str, zone: str, day: date) -> list[tuple[datetime, datetime]]:
    where = ZoneInfo(zone)
    spans = people.read_hours(hours).spans(day)
    return [(people.at(day, begin, where), people.at(day, end, where)) for begin, end in spans]


def _clocks(hours: str, weekday: int) -> list[time]:
    spans = [(_minutes(begin), _minutes(end)) for begin, end in people.read_hours(hours).week[weekday]]
    touched = [half for half in range(48) if any(begin < half * 30 + 30 and half * 30 < end for begin, end in spans)]
    return [time(*divmod(half * 30, 60)) for half in touched]


def _minutes(clock: time) -> int:
    return 24 * 60 if clock == time.max else clock.hour * 60 + clock.minute


def merge(spans: Iterable[Free]) -> list[Free]:
    given = list(spans)
    edges = sorted({edge for span in given for edge in (span.starts_at, span.ends_at)})
    levels = dict.fromkeys(edges, 0)
    for span in sorted(given, key=lambda span: span.level):
        inside = edges[bisect_left(edges, span.starts_at) : bisect_left(edges, span.ends_at)]
        levels.update(dict.fromkeys(inside, span.level))
    done: list[Free] = []
    for begin, end in pairwise(edges):
        if done and done[-1].ends_at == begin and done[-1].level == levels[begin]:
            done[-1] = Free(done[-1].starts_at, end, levels[begin])
        elif levels[begin]:
            done.append(Free(begin, end, levels[begin]))
    return done


def gathered(rows: Iterable[Free], hours: str, zone: str, round: Round) -> list[Free]:
    """What the solver was given of those rows."""
    days = [round.starts_on + n * DAY for n in range((round.ends_on - round.starts_on).days + 1)]
    working = [piece for day in days if day.isoformat() not in round.closed_days for piece in _on(hours, zone, day)]
    return merge(
        Free(max(row.starts_at, begin), min(row.ends_at, end), row.level)
        for row in rows
        for begin, end in working
        if begin < row.ends_at and row.starts_at < end
    )
