"""What people gave becomes spans: a week on the person's own clock, dated spans as they are, both within working hours."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest

from shadowing.collecting import availability
from shadowing.collecting.availability import MAYBE, YES
from shadowing.company import people
from shadowing.matching import spans
from shadowing.matching.spans import minutes
from shadowing.models import Absence, DatedSpan, FreeTimes, Person, Round, Stage
from shadowing.solver.problem import Span
from tests.factories import at
from tests.matching import spans_by_rows

MONDAY_MORNING = {f"mon-{clock}": YES for clock in ("0900", "0930", "1000", "1030", "1100", "1130")}
OFFICE = "mon-fri 09:00-18:00"
HOURS = (
    OFFICE,
    "",
    "mon-fri 08:45-12:15, mon-fri 13:10-17:35",
    "mon-sun 00:00-06:00; mon-sun 22:00-24:00",
    "sat-sun 00:00-24:00",
    "fri-mon 14:00-24:00",
    "tue 09:00-12:00, tue 12:00-15:00",
    "wed-thu 09:00-12:00, wed 10:00-15:00",
)
ZONES = (
    "Asia/Tokyo",
    "Europe/London",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "America/Los_Angeles",
    "Pacific/Apia",
)


def winter(**facts: Any) -> Round:
    """Four weeks, in Tokyo."""
    days = {"starts_on": date(2027, 1, 18), "ends_on": date(2027, 2, 12), "zone": "Asia/Tokyo", "closed_days": []}
    return Round(title="Winter", stage=Stage.COLLECTING, **days | facts)


def span(day: int, begin: int, end: int, level: int = YES) -> DatedSpan:
    return DatedSpan(at(day, begin), at(day, end), level)


def laid_out(
    week: dict[str, int], round: Round, hours: str = OFFICE, zone: str = "Asia/Tokyo", off: tuple[date, ...] = ()
) -> tuple[DatedSpan, ...]:
    return spans.dated(FreeTimes(week=week, days_off=off), hours, zone, spans.frame_of(round))


def test_a_week_is_laid_out_over_the_whole_round() -> None:
    assert laid_out(MONDAY_MORNING, winter()) == tuple(span(day, 9, 12) for day in (0, 7, 14, 21))


def test_closed_days_and_days_off_are_left_out() -> None:
    found = laid_out(MONDAY_MORNING, winter(closed_days=["2027-02-01"]), off=(date(2027, 1, 25),))

    assert found == (span(0, 9, 12), span(21, 9, 12))


def test_if_need_be_stays_apart_from_free() -> None:
    found = laid_out({"mon-0900": YES, "mon-0930": MAYBE}, winter(ends_on=date(2027, 1, 20)))

    assert found == (DatedSpan(at(0, 9), at(0, 9, 30), YES), DatedSpan(at(0, 9, 30), at(0, 10), MAYBE))


def test_half_hours_are_cut_to_the_working_hours() -> None:
    week = {"mon-0830": YES, "mon-1700": YES, "mon-2000": YES}

    found = laid_out(week, winter(ends_on=date(2027, 1, 20)), "mon-fri 08:45-17:15")

    assert found == (DatedSpan(at(0, 8, 45), at(0, 9), YES), DatedSpan(at(0, 17), at(0, 17, 15), YES))


def test_a_week_follows_a_change_of_the_working_hours() -> None:
    found = laid_out(MONDAY_MORNING, winter(ends_on=date(2027, 1, 20)), "mon-fri 10:00-18:00")

    assert found == (span(0, 10, 12),)


def test_nine_in_kolkata_is_half_past_three_utc() -> None:
    found = laid_out({"wed-0900": YES}, winter(ends_on=date(2027, 1, 22)), zone="Asia/Kolkata")

    assert found == (DatedSpan(datetime(2027, 1, 20, 3, 30, tzinfo=UTC), datetime(2027, 1, 20, 4, 0, tzinfo=UTC), YES),)


def test_nine_in_berlin_stays_nine_when_summer_time_ends() -> None:
    autumn = winter(starts_on=date(2026, 10, 19), ends_on=date(2026, 10, 30))

    found = laid_out({"fri-0900": YES}, autumn, zone="Europe/Berlin")

    assert [span.starts_at for span in found] == [
        datetime(2026, 10, 23, 7, tzinfo=UTC),
        datetime(2026, 10, 30, 8, tzinfo=UTC),
    ]


def test_a_day_that_begins_before_the_round_is_cut_to_it() -> None:
    week = dict.fromkeys(people.half_hours("sun 08:00-20:00", 6), YES)

    found = laid_out(week, winter(ends_on=date(2027, 1, 19)), "sun 08:00-20:00", "America/Los_Angeles")

    assert found == (DatedSpan(datetime(2027, 1, 17, 16, tzinfo=UTC), datetime(2027, 1, 18, 4, tzinfo=UTC), YES),)


def test_dated_spans_are_told_as_they_were_given_and_used_within_the_working_hours() -> None:
    given = FreeTimes(spans=(span(0, 8, 10), span(0, 10, 12), span(0, 11, 20, MAYBE)))
    frame = spans.frame_of(winter())

    assert spans.dated(given, OFFICE, "Asia/Tokyo", frame) == given.spans
    assert spans.free(given, OFFICE, "Asia/Tokyo", frame) == (
        Span(minutes(at(0, 9)), minutes(at(0, 12)), YES),
        Span(minutes(at(0, 12)), minutes(at(0, 18)), MAYBE),
    )


def test_whoever_has_no_hours_paints_the_office_week_but_is_free_whenever_dated_spans_say_so() -> None:
    given = FreeTimes(week={"mon-0900": YES, "mon-2000": YES}, spans=(span(1, 20, 21),))

    found = spans.free(given, "", "Asia/Tokyo", spans.frame_of(winter(ends_on=date(2027, 1, 22))))

    assert found == (
        Span(minutes(at(0, 9)), minutes(at(0, 9, 30)), YES),
        Span(minutes(at(1, 20)), minutes(at(1, 21)), YES),
    )


def test_an_absence_cuts_its_hours_out_of_that_day_alone_on_the_persons_own_clock() -> None:
    week = {f"{day}-{clock}": YES for day in ("mon", "tue") for clock in ("0900", "0930", "1000", "1030")}
    gone = (Absence(date(2027, 1, 18), time(9, 15), time(10)), Absence(date(2027, 1, 18), time(9, 45), time(10, 10)))
    given = FreeTimes(week=week, absences=gone)

    found = spans.free(given, OFFICE, "Asia/Tokyo", spans.frame_of(winter(ends_on=date(2027, 1, 19))))

    assert found == (
        Span(minutes(at(0, 9)), minutes(at(0, 9, 15)), YES),
        Span(minutes(at(0, 10, 10)), minutes(at(0, 11)), YES),
        Span(minutes(at(1, 9)), minutes(at(1, 11)), YES),
    )
    there = spans.free(given, OFFICE, "Europe/Berlin", spans.frame_of(winter(ends_on=date(2027, 1, 18))))
    assert there[0] == Span(minutes(at(0, 17)), minutes(at(0, 17, 15)), YES)


def test_an_absence_until_midnight_ends_with_the_day() -> None:
    given = FreeTimes(
        week={"mon-2300": YES, "mon-2330": YES}, absences=(Absence(date(2027, 1, 18), time(23, 30), time.max),)
    )

    found = spans.free(given, "mon-sun 00:00-24:00", "Asia/Tokyo", spans.frame_of(winter(ends_on=date(2027, 1, 19))))

    assert found == (Span(minutes(at(0, 23)), minutes(at(0, 23, 30)), YES),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    round: Round
    hours: str
    zone: str
    given: FreeTimes


def drawn(chance: Random) -> Case:
    """Around the days on which the clocks change somewhere, mostly."""
    start = chance.choice(
        (date(2026, 3, 2), date(2026, 4, 1), date(2026, 10, 1), date(2026, 10, 19), date(2027, 1, 18))
    )
    days = [start + timedelta(days=number) for number in range(chance.choice((1, 5, 12, 26)))]
    closed = [day.isoformat() for day in days if chance.random() < 0.1]
    round = winter(starts_on=start, ends_on=days[-1], zone=chance.choice(ZONES), closed_days=closed)
    hours, zone, share = chance.choice(HOURS), chance.choice(ZONES), chance.random()
    cells = availability.cells_of(Person(hours=chance.choice((hours, "mon-sun 00:00-24:00")), zone=zone))
    week = {cell: chance.choice((YES, MAYBE)) for cell in cells if chance.random() < share}
    off = tuple(day for day in days if chance.random() < 0.15)
    return Case(round=round, hours=hours, zone=zone, given=FreeTimes(week=week, days_off=off))


@pytest.mark.parametrize("seed", range(100))
def test_a_week_gives_the_spans_that_it_gave_when_each_was_a_row(seed: int) -> None:
    case = drawn(Random(seed))  # noqa: S311 - cases, not secrets
    rows = spans_by_rows.entered(case.given.week, case.given.days_off, case.hours, case.zone, case.round)
    used = spans_by_rows.gathered(rows, case.hours, case.zone, case.round)
    frame = spans.frame_of(case.round)

    told = spans.dated(case.given, case.hours, case.zone, frame)
    free = spans.free(case.given, case.hours, case.zone, frame)

    assert [(span.starts_at, span.ends_at, span.level) for span in told] == [
        (row.starts_at, row.ends_at, row.level) for row in rows
    ], f"seed {seed}"
    assert free == tuple(Span(minutes(row.starts_at), minutes(row.ends_at), row.level) for row in used), f"seed {seed}"


@pytest.mark.parametrize("seed", range(40))
def test_dated_spans_give_what_they_gave_when_each_was_a_row(seed: int) -> None:
    chance = Random(seed)  # noqa: S311
    case, numbers = drawn(chance), [chance.randrange(-2000, 40000) for _ in range(chance.randrange(60))]
    begins = [datetime(2026, 10, 1, tzinfo=UTC) + timedelta(minutes=number) for number in numbers]
    rows = [
        spans_by_rows.Free(at, at + timedelta(minutes=chance.randrange(1, 900)), chance.choice((1, 2))) for at in begins
    ]
    given = FreeTimes(spans=tuple(DatedSpan(row.starts_at, row.ends_at, row.level) for row in rows))

    free = spans.free(given, case.hours, case.zone, spans.frame_of(case.round))

    used = spans_by_rows.gathered(rows, case.hours, case.zone, case.round)
    assert free == tuple(Span(minutes(row.starts_at), minutes(row.ends_at), row.level) for row in used), f"seed {seed}"


def test_the_weeks_of_a_large_company_are_laid_out_in_seconds() -> None:
    chance, frame = Random(1), spans.frame_of(winter())  # noqa: S311
    halves = [half for weekday in range(5) for half in people.half_hours(OFFICE, weekday)]
    weeks = [{half: YES for half in halves if chance.random() < 0.5} for _ in range(1000)]
    began = datetime.now(UTC)

    for week in weeks:
        spans.free(FreeTimes(week=week), OFFICE, "Asia/Tokyo", frame)

    assert datetime.now(UTC) - began < timedelta(seconds=3)


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2027, 1, 18), 1, date(2026, 12, 18)),
        (date(2027, 3, 31), 1, date(2027, 2, 28)),
        (date(2028, 3, 31), 1, date(2028, 2, 29)),
        (date(2027, 1, 18), 25, date(2024, 12, 18)),
        (date(2027, 12, 1), 12, date(2026, 12, 1)),
    ],
)
def test_months_are_counted_back_to_the_same_day_or_the_last_of_the_month(day: date, months: int, before: date) -> None:
    assert spans.months_before(day, months) == before
