"""When a person is free: a week to paint, and the deed of giving it.

A week is half-hours of the person's own wall clock, such as `{"mon-0900": 2}`; 2 is yes, 1 is if need be. Half-days are only
a view of it. The lunch hour between the two bands belongs to neither: whoever means it, paints it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, select

from shadowing.collecting import goals
from shadowing.company import people
from shadowing.company.hours import DAYS
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.models import Availability, FreeTimes, Person, Round
from shadowing.solver.intervals import merged
from shadowing.solver.problem import Span

YES, MAYBE = 2, 1
BANDS = {"am": (time(0), time(12)), "pm": (time(13), time.max)}

Week = Mapping[str, int]


def clocks(person: Person) -> tuple[time, ...]:
    """Every half-hour in which *person* works on some day: the rows of the 30-minute view."""
    return tuple(sorted({clock for weekday in range(7) for clock in _half_hours(person, weekday).values()}))


def weekdays(person: Person) -> tuple[str, ...]:
    """The days on which *person* works: the columns."""
    return tuple(day for weekday, day in enumerate(DAYS) if _half_hours(person, weekday))


def _half_hours(person: Person, weekday: int) -> Mapping[str, time]:
    return people.half_hours(people.painted_hours(person.hours), weekday)


def cells_of(person: Person) -> tuple[str, ...]:
    """Every half-hour that *person* may paint."""
    return tuple(name for weekday in range(7) for name in _half_hours(person, weekday))


def band_cells(person: Person, day: str, band: str) -> tuple[str, ...]:
    """The half-hours of a half-day that *person* works."""
    first, last = BANDS[band]
    halves = _half_hours(person, DAYS.index(day))
    return tuple(name for name, clock in halves.items() if first <= clock < last)


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
    painted = {one: level for one in cells_of(person) if (level := week.get(one))}
    same = week_of_half_days(levels, person) == painted
    return {half: level for half, level in levels.items() if level} if same else None


def days_of(person: Person, round: Round) -> tuple[date, ...]:
    """The days of *round* on which *person* works, in their own zone, the closed ones left out."""
    begins, ends = round.instants
    hours = people.painted_hours(person.hours)
    closed = {*round.closed_days, *(person.department.closed_days if person.department else ())}
    return tuple(
        day
        for day in (round.starts_on + timedelta(days=n) for n in range(-1, (round.ends_on - round.starts_on).days + 2))
        if day.isoformat() not in closed
        and any(end > begins and start < ends for start, end in people.working(hours, person.zone, day))
    )


def stretches(week: Week, day: str) -> list[tuple[time, time, int]]:
    """The painted half-hours of *day* as unbroken stretches; midnight ends one as 00:00."""
    names = [f"{day}-{half // 2:02}{half % 2 * 30:02}" for half in range(48)]
    spans = merged(Span(half, half + 1, week[name]) for half, name in enumerate(names) if week.get(name))
    return [(_clock(span.start), _clock(span.end), span.level) for span in spans]


def _clock(half: int) -> time:
    return time(half // 2 % 24, half % 2 * 30)


def of(person: Person, round: Round) -> Select[Availability]:
    return select(Availability).where(Availability.round_id == round.id, Availability.person_id == person.id)


def given(person: Person, round: Round) -> FreeTimes:
    """What *person* gave for *round*; nothing where they have not."""
    times = db.session.scalar(of(person, round).with_only_columns(Availability.given))
    return FreeTimes() if times is None else times


def give(person: Person, round: Round, times: FreeTimes, now: datetime) -> None:
    """What *person* says themselves, for as long as they can answer."""
    goals.refuse_closed(person, round, now)
    keep(person, round, times)


def keep(person: Person, round: Round, times: FreeTimes) -> None:
    """Replace what *person* gave for *round*, whoever wrote it down; nothing is written where it says the same."""
    row = db.session.scalar(of(person, round))
    if row is None:
        db.session.add(Availability(round_id=round.id, person_id=person.id, given=times))
    else:
        row.given = times


def last_week(person: Person, round: Round) -> FreeTimes:
    """The week that *person* painted for the latest round before *round*."""
    times = known_week(person, round)
    if times is None:
        raise Refusal("We do not know from last time when you are free. Please enter your times.")
    return replace(times, days_off=(), absences=())


def known_week(person: Person, round: Round) -> FreeTimes | None:
    """As `last_week`; None where there is none, or nothing of it lies within the hours that they work now."""
    earlier = (
        select(Availability.given)
        .join(Round, Round.id == Availability.round_id)
        .where(Availability.person_id == person.id, Round.id != round.id, Round.starts_on <= round.starts_on)
        .order_by(Round.starts_on.desc(), Round.id.desc())
    )
    cells = set(cells_of(person))
    return next((times for times in db.session.scalars(earlier) if cells & times.week.keys()), None)
