"""When people are free in a round: what they gave, as spans. The one place that makes them.

A week goes over the days of the round on the person's own clock, summer time or not, cut to the working hours and the round."""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from shadowing.company import people
from shadowing.models import DatedSpan, FreeTimes, Round
from shadowing.solver.intervals import cut, merged, without
from shadowing.solver.problem import Span

HALF_HOUR = 30
GIVEN = TypeAdapter(FreeTimes)


def minutes(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


def moment(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC)


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier; the last of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class Frame:
    """The days of a round. *whole* is from the first to the last of them in the round's own zone."""

    starts_on: date
    ends_on: date
    closed: tuple[str, ...]
    whole: Span

    def days(self, around: int = 0) -> Iterator[date]:
        """The open days, and as many *around* them: somewhere else a round begins on the day before."""
        for number in range(-around, (self.ends_on - self.starts_on).days + 1 + around):
            if (day := self.starts_on + timedelta(days=number)).isoformat() not in self.closed:
                yield day


def frame_of(round: Round, closed_days: Iterable[str] = ()) -> Frame:
    """*closed_days* are those of a department beside the round's own."""
    begins, ends = round.instants
    closed = tuple(dict.fromkeys((*round.closed_days, *closed_days)))
    return Frame(round.starts_on, round.ends_on, closed, Span(minutes(begins), minutes(ends)))


@lru_cache(maxsize=1024)
def working(hours: str, zone: str, frame: Frame) -> tuple[Span, ...]:
    """The working hours on the round's open days, as the person's own calendar counts days."""
    return merged(span for day in frame.days() for span in _working_on(day, hours, zone))


def _working_on(day: date, hours: str, zone: str) -> list[Span]:
    return [Span(minutes(begin), minutes(end)) for begin, end in people.working(hours, zone, day)]


def free(given: FreeTimes, hours: str, zone: str, frame: Frame) -> tuple[Span, ...]:
    """What the solver may use: within the working hours, whatever was given."""
    dated = [Span(minutes(span.starts_at), minutes(span.ends_at), span.level) for span in given.spans]
    return merged(cut([*_week(given, hours, zone, frame), *dated], working(hours, zone, frame)))


@lru_cache(maxsize=2048)
def free_as_stored(given: str, hours: str, zone: str, frame: Frame) -> tuple[Span, ...]:
    """As `free`, of the JSON in the column: what has been read once in this process is not read again until it changes."""
    return free(GIVEN.validate_json(given), hours, zone, frame)


def dated(given: FreeTimes, hours: str, zone: str, frame: Frame) -> tuple[DatedSpan, ...]:
    """What was given, span by span, as a round folder says it."""
    painted = merged(_week(given, hours, zone, frame))
    return (*(DatedSpan(moment(span.start), moment(span.end), span.level) for span in painted), *given.spans)


def _week(given: FreeTimes, hours: str, zone: str, frame: Frame) -> Iterator[Span]:
    where = ZoneInfo(zone)
    away = merged(
        Span(minutes(people.at(one.day, one.begin, where)), minutes(people.at(one.day, one.end, where)))
        for one in given.absences
    )
    return without(_painted(given, hours, zone, frame), away)


def _painted(given: FreeTimes, hours: str, zone: str, frame: Frame) -> Iterator[Span]:
    """The week on every open day but the days off. Half-hours that follow each other are one: a round has hundreds of them."""
    begin, end, level = 0, 0, 0
    for day, halves in _paintable(people.painted_hours(hours), zone, frame) if given.week else ():
        for name, start, stop in halves if day not in given.days_off else ():
            painted = given.week.get(name, 0)
            if start == end and painted == level:
                end = stop
                continue
            if level:
                yield Span(begin, end, level)
            begin, end, level = start, stop, painted
    if level:
        yield Span(begin, end, level)


@lru_cache(maxsize=1024)
def _paintable(hours: str, zone: str, frame: Frame) -> tuple[tuple[date, list[tuple[str, int, int]]], ...]:
    """Each half-hour of a week with the minutes that it is on each day, within the working hours and the round."""
    return tuple((day, list(_half_hours(day, hours, zone, frame))) for day in frame.days(around=1))


def _half_hours(day: date, hours: str, zone: str, frame: Frame) -> Iterator[tuple[str, int, int]]:
    work = tuple(cut(merged(_working_on(day, hours, zone)), (frame.whole,)))
    for name, clock in people.half_hours(hours, day.weekday()).items():
        start = minutes(people.at(day, clock, ZoneInfo(zone)))
        for piece in cut((Span(start, start + HALF_HOUR),), work):
            yield name, piece.start, piece.end
