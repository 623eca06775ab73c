"""When a person is free: a painted week in, spans of a round out, and back again.

A week is half-hours of the person's own wall clock, such as `{"mon-0900": 2}`; 2 is yes, 1 is if need be. Half-days are only
a view of it. The lunch hour between the two bands belongs to neither: whoever means it, paints it."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from shadowing.company import people
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.i18n import Reader
from shadowing.models import Availability, Person, Round

YES, MAYBE = 2, 1
BANDS = {"am": (time(0), time(12)), "pm": (time(13), time.max)}
STANDARD_HOURS = "mon-fri 09:00-18:00"
HALF_HOUR = timedelta(minutes=30)
DAY = timedelta(days=1)

Week = Mapping[str, int]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open piece of time in which somebody is free."""

    starts_at: datetime
    ends_at: datetime
    level: int = YES


def clocks(person: Person) -> tuple[time, ...]:
    """Every half-hour in which *person* works on some day: the rows of the 30-minute view."""
    return tuple(sorted({clock for weekday in range(7) for clock in _clocks_on(person, weekday)}))


def weekdays(person: Person) -> tuple[str, ...]:
    """The days on which *person* works: the columns."""
    return tuple(day for weekday, day in enumerate(people.DAYS) if _clocks_on(person, weekday))


def _clocks_on(person: Person, weekday: int) -> tuple[time, ...]:
    return _half_hours(person.hours.strip() or STANDARD_HOURS, weekday)


@lru_cache(maxsize=1024)
def _half_hours(hours: str, weekday: int) -> tuple[time, ...]:
    spans = [(_minutes(begin), _minutes(end)) for begin, end in people.read_hours(hours).week[weekday]]
    touched = [half for half in range(48) if any(begin < half * 30 + 30 and half * 30 < end for begin, end in spans)]
    return tuple(time(*divmod(half * 30, 60)) for half in touched)


def _minutes(clock: time) -> int:
    return 24 * 60 if clock == time.max else clock.hour * 60 + clock.minute


def _working(person: Person, day: date) -> tuple[tuple[datetime, datetime], ...]:
    """Whoever has no hours on file paints the usual office week."""
    hours, zone = people.read_hours(person.hours.strip() or STANDARD_HOURS), ZoneInfo(person.zone)
    return tuple((people.at(day, begin, zone), people.at(day, end, zone)) for begin, end in hours.spans(day))


def cell(day: str, clock: time) -> str:
    return f"{day}-{clock:%H%M}"


def cells_of(person: Person) -> tuple[str, ...]:
    """Every half-hour that *person* may paint."""
    return tuple(cell(day, clock) for weekday, day in enumerate(people.DAYS) for clock in _clocks_on(person, weekday))


def band_cells(person: Person, day: str, band: str) -> tuple[str, ...]:
    """The half-hours of a half-day that *person* works."""
    first, last = BANDS[band]
    clocks = _clocks_on(person, people.DAYS.index(day))
    return tuple(cell(day, clock) for clock in clocks if first <= clock < last)


def half_days(person: Person) -> tuple[str, ...]:
    """Every half-day that *person* works, such as `mon-am`."""
    return tuple(f"{day}-{band}" for day in weekdays(person) for band in BANDS if band_cells(person, day, band))


def week_of_half_days(levels: Mapping[str, int], person: Person) -> dict[str, int]:
    """`{"mon-am": 2}` in half-hours; half-days that the person does not work are left out."""
    return {
        one: levels[half]
        for half in half_days(person)
        if levels.get(half)
        for one in band_cells(person, *half.split("-"))
    }


def half_days_of(week: Week, person: Person) -> dict[str, int] | None:
    """The half-days that say the same as *week*; None where it takes half-hours to say it."""
    levels = {half: min(week.get(one, 0) for one in band_cells(person, *half.split("-"))) for half in half_days(person)}
    same = week_of_half_days(levels, person) == {one: level for one, level in week.items() if level}
    return {half: level for half, level in levels.items() if level} if same else None


def days_of(person: Person, round: Round) -> tuple[date, ...]:
    """The days of *round* on which *person* works, in their own zone, the closed ones left out."""
    begins, ends = round.instants
    return tuple(
        day
        for day in (round.starts_on + n * DAY for n in range(-1, (round.ends_on - round.starts_on).days + 2))
        if day.isoformat() not in round.closed_days
        and any(end > begins and start < ends for start, end in _working(person, day))
    )


def unfold_week(week: Week, days_off: Iterable[date], person: Person, round: Round) -> list[Span]:
    """The painted week on every day of the round, without days off and closed days, cut to the working hours."""
    off = set(days_off)
    open_days = [day for day in days_of(person, round) if day not in off]
    pieces = [
        Span(begin, end, week[name])
        for day in open_days
        for name, spans in _pieces(person, round, day)
        if week.get(name)
        for begin, end in spans
    ]
    return merge(pieces)


def _pieces(person: Person, round: Round, day: date) -> Iterator[tuple[str, list[tuple[datetime, datetime]]]]:
    """The half-hours of one *day* with the instants that they are, within working hours and the round's days."""
    begins, ends = round.instants
    zone, working = ZoneInfo(person.zone), _working(person, day)
    for clock in _clocks_on(person, day.weekday()):
        start = people.at(day, clock, zone)
        cuts = [(max(start, begin, begins), min(start + HALF_HOUR, end, ends)) for begin, end in working]
        yield cell(people.DAYS[day.weekday()], clock), [(begin, end) for begin, end in cuts if begin < end]


def merge(spans: Iterable[Span]) -> list[Span]:
    """Disjoint, in order; neighbours of one level become one. Where two overlap, yes wins over if need be."""
    given = list(spans)
    edges = sorted({edge for span in given for edge in (span.starts_at, span.ends_at)})
    levels = dict.fromkeys(edges, 0)
    for span in sorted(given, key=lambda span: span.level):
        inside = edges[bisect_left(edges, span.starts_at) : bisect_left(edges, span.ends_at)]
        levels.update(dict.fromkeys(inside, span.level))
    return _joined(edges, levels)


def _joined(edges: Sequence[datetime], levels: Mapping[datetime, int]) -> list[Span]:
    done: list[Span] = []
    for begin, end in pairwise(edges):
        if done and done[-1].ends_at == begin and done[-1].level == levels[begin]:
            done[-1] = Span(done[-1].starts_at, end, levels[begin])
        elif levels[begin]:
            done.append(Span(begin, end, levels[begin]))
    return done


def week_of(spans: Sequence[Span], person: Person, round: Round) -> dict[str, int]:
    """The week that recurs in *spans*: a half-hour is free where it is so on every day that has any free time at all."""
    levels: dict[str, int] = {}
    for day in days_of(person, round):
        pieces = [(name, _level(cuts, spans)) for name, cuts in _pieces(person, round, day) if cuts]
        if any(level for _, level in pieces):
            for name, level in pieces:
                levels[name] = min(level, levels.get(name, YES))
    return {name: level for name, level in levels.items() if level}


def _level(cuts: Sequence[tuple[datetime, datetime]], spans: Sequence[Span]) -> int:
    return min(
        max((span.level for span in spans if span.starts_at <= begin and end <= span.ends_at), default=0)
        for begin, end in cuts
    )


def days_off(spans: Sequence[Span], week: Week, person: Person, round: Round) -> tuple[date, ...]:
    """The days of the round that lack the time which *week* would give them."""
    painted = {name[:3] for name, level in week.items() if level}
    return tuple(
        day
        for day in days_of(person, round)
        if people.DAYS[day.weekday()] in painted and not any(_covers(person, day, span) for span in spans)
    )


def _covers(person: Person, day: date, span: Span) -> bool:
    return any(span.starts_at < end and start < span.ends_at for start, end in _working(person, day))


def recurs(spans: Sequence[Span], person: Person, round: Round) -> bool:
    """Whether a week and days off can say all of *spans*."""
    week = week_of(spans, person, round)
    return unfold_week(week, days_off(spans, week, person, round), person, round) == list(spans)


def stretches(week: Week, day: str) -> list[tuple[time, time, int]]:
    """The painted half-hours of *day* as unbroken stretches; midnight ends one as 00:00."""
    start = datetime(2000, 1, 1)  # noqa: DTZ001 - any day: only its clock is read
    spans = merge(
        Span(start + half * HALF_HOUR, start + (half + 1) * HALF_HOUR, level)
        for half in range(48)
        if (level := week.get(cell(day, (start + half * HALF_HOUR).time()), 0))
    )
    return [(span.starts_at.time(), span.ends_at.time(), span.level) for span in spans]


def last_week(person: Person, round: Round) -> Week:
    """The week that *person* gave for an earlier *round*; where none recurs in it, what they last painted."""
    week = week_of(entered(round, person), person, round) or person.week
    if not week:
        raise Refusal("We do not know from last time when you are free. Please enter your times.")
    return week


def spans_of(round: Round, person: Person) -> Select[Availability]:
    return (
        select(Availability)
        .where(Availability.round_id == round.id, Availability.person_id == person.id)
        .order_by(Availability.starts_at)
    )


def entered(round: Round, person: Person) -> list[Span]:
    rows = db.session.scalars(spans_of(round, person))
    return merge(Span(row.starts_at, row.ends_at, row.level) for row in rows)


def enter(round: Round, person: Person, spans: Iterable[Span]) -> None:
    """Replace what *person* entered for *round*; nothing is written where it says the same."""
    round.refuse_closed()
    given = list(spans)
    if any(span.ends_at <= span.starts_at for span in given):
        raise Refusal("A free time ends before it begins.")
    wanted = merge(given)
    if wanted == entered(round, person):
        return
    for row in db.session.scalars(spans_of(round, person)):
        db.session.delete(row)
    db.session.flush()
    db.session.add_all(
        Availability(
            round_id=round.id, person_id=person.id, starts_at=span.starts_at, ends_at=span.ends_at, level=span.level
        )
        for span in wanted
    )


def zone_name(person: Person, locale: str) -> str:
    """The person's clock in words."""
    return Reader(locale, ZoneInfo(person.zone)).zone_name
