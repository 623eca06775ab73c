"""Availability: a painted week becomes spans of the round and back, on the person's own clock."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from shadowing.collecting import availability
from shadowing.collecting.availability import MAYBE, YES, Span
from shadowing.errors import Refusal, WrongStage
from shadowing.models import Availability, Person, Round, Stage
from tests import factories
from tests.factories import at

MONDAY_MORNING = {f"mon-{clock}": YES for clock in ("0900", "0930", "1000", "1030", "1100", "1130")}


def somebody(hours: str = "mon-fri 09:00-18:00", zone: str = "Asia/Tokyo") -> Person:
    return Person(hours=hours, zone=zone, week={})


def winter(**facts: Any) -> Round:
    """Four weeks, in Tokyo."""
    days = {"starts_on": date(2027, 1, 18), "ends_on": date(2027, 2, 12), "zone": "Asia/Tokyo", "closed_days": []}
    return Round(title="Winter", stage=Stage.COLLECTING, **days | facts)


def span(day: int, begin: int, end: int, level: int = YES) -> Span:
    return Span(at(day, begin), at(day, end), level)


def test_a_half_day_is_the_part_of_the_working_hours_before_or_after_lunch() -> None:
    found = availability.week_of_half_days({"mon-am": YES, "tue-pm": MAYBE}, somebody())

    assert found == MONDAY_MORNING | {f"tue-{hour}{half}": MAYBE for hour in range(13, 18) for half in ("00", "30")}


def test_the_lunch_hour_belongs_to_no_half_day_but_can_be_painted() -> None:
    person = somebody()

    assert "mon-1200" in availability.cells_of(person)
    assert "mon-1200" not in [
        *availability.band_cells(person, "mon", "am"),
        *availability.band_cells(person, "mon", "pm"),
    ]


def test_somebody_who_works_mornings_only_has_no_afternoons() -> None:
    assert availability.half_days(somebody("mon,wed 09:00-13:00".replace("mon,wed", "mon-wed"))) == (
        "mon-am",
        "tue-am",
        "wed-am",
    )


def test_a_week_is_unfolded_over_the_whole_round() -> None:
    spans = availability.unfold_week(MONDAY_MORNING, (), somebody(), winter())

    assert spans == [span(day, 9, 12) for day in (0, 7, 14, 21)]


def test_closed_days_and_days_off_are_left_out() -> None:
    spans = availability.unfold_week(
        MONDAY_MORNING, [date(2027, 1, 25)], somebody(), winter(closed_days=["2027-02-01"])
    )

    assert spans == [span(0, 9, 12), span(21, 9, 12)]


def test_if_need_be_stays_apart_from_free() -> None:
    spans = availability.unfold_week(
        {"mon-0900": YES, "mon-0930": MAYBE}, (), somebody(), winter(ends_on=date(2027, 1, 20))
    )

    assert spans == [
        Span(at(0, 9), at(0, 9, 30), YES),
        Span(at(0, 9, 30), at(0, 10), MAYBE),
    ]


def test_half_hours_are_cut_to_the_working_hours() -> None:
    person = somebody("mon-fri 08:45-17:15")

    spans = availability.unfold_week(
        {"mon-0830": YES, "mon-1700": YES, "mon-2000": YES}, (), person, winter(ends_on=date(2027, 1, 20))
    )

    assert spans == [Span(at(0, 8, 45), at(0, 9)), Span(at(0, 17), at(0, 17, 15))]


def test_nine_in_kolkata_is_half_past_three_utc() -> None:
    person = somebody(zone="Asia/Kolkata")

    spans = availability.unfold_week({"wed-0900": YES}, (), person, winter(ends_on=date(2027, 1, 22)))

    assert spans == [Span(datetime(2027, 1, 20, 3, 30, tzinfo=UTC), datetime(2027, 1, 20, 4, 0, tzinfo=UTC))]


def test_nine_in_berlin_stays_nine_when_summer_time_ends() -> None:
    autumn = winter(starts_on=date(2026, 10, 19), ends_on=date(2026, 10, 30))

    spans = availability.unfold_week({"fri-0900": YES}, (), somebody(zone="Europe/Berlin"), autumn)

    assert [span.starts_at for span in spans] == [
        datetime(2026, 10, 23, 7, tzinfo=UTC),
        datetime(2026, 10, 30, 8, tzinfo=UTC),
    ]


def test_a_day_that_begins_before_the_round_is_cut_to_it() -> None:
    person = somebody("sun 08:00-20:00".replace("sun", "sun-sun"), "America/Los_Angeles")
    week = dict.fromkeys(availability.cells_of(person), YES)

    spans = availability.unfold_week(week, (), person, winter(ends_on=date(2027, 1, 19)))

    assert spans == [Span(datetime(2027, 1, 17, 16, tzinfo=UTC), datetime(2027, 1, 18, 4, tzinfo=UTC))]


def test_overlapping_times_become_one_and_free_wins() -> None:
    merged = availability.merge([span(0, 9, 12, MAYBE), span(0, 10, 11), span(0, 11, 12), span(0, 14, 15)])

    assert merged == [span(0, 9, 10, MAYBE), span(0, 10, 12), span(0, 14, 15)]


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata"])
def test_a_week_and_days_off_can_be_read_back_from_the_spans(zone: str) -> None:
    person, round = somebody(zone=zone), winter(starts_on=date(2026, 10, 12), ends_on=date(2026, 11, 13))
    week = {"mon-0900": YES, "mon-0930": MAYBE, "thu-1200": YES, "thu-1700": MAYBE}
    off = (date(2026, 10, 22), date(2026, 11, 2))

    spans = availability.unfold_week(week, off, person, round)

    assert availability.week_of(spans, person, round) == week
    assert availability.days_off(spans, week, person, round) == off
    assert availability.recurs(spans, person, round)


def test_times_that_differ_from_week_to_week_show_only_what_recurs() -> None:
    spans = [span(0, 9, 12), span(7, 10, 11, MAYBE)]

    week = availability.week_of(spans, somebody(), winter())

    assert week == {"mon-1000": MAYBE, "mon-1030": MAYBE}
    assert not availability.recurs(spans, somebody(), winter())


def test_a_week_of_whole_half_days_is_shown_as_such() -> None:
    assert availability.half_days_of(MONDAY_MORNING, somebody()) == {"mon-am": YES}
    assert availability.half_days_of({"mon-0900": YES}, somebody()) is None


def test_entering_replaces_what_was_entered(session: Session) -> None:
    round, person = factories.round_(), factories.person()
    availability.enter(round, person, [span(0, 9, 12)])

    availability.enter(round, person, [span(1, 9, 12, MAYBE)])
    session.flush()

    assert availability.entered(round, person) == [span(1, 9, 12, MAYBE)]


def test_entering_the_same_again_writes_nothing(session: Session) -> None:
    round, person = factories.round_(), factories.person()
    availability.enter(round, person, [span(0, 9, 12)])
    session.flush()
    before = [row.id for row in session.scalars(availability.spans_of(round, person))]

    availability.enter(round, person, [span(0, 9, 10), span(0, 10, 12)])

    assert [row.id for row in session.scalars(availability.spans_of(round, person))] == before


def test_others_and_other_rounds_keep_their_times(session: Session) -> None:
    round, person = factories.round_(), factories.person()
    factories.free(round, factories.person(), 0, 9, 12)
    factories.free(factories.round_(), person, 0, 9, 12)

    availability.enter(round, person, [])

    assert session.query(Availability).count() == 2


def test_a_time_that_ends_before_it_begins_is_refused(session: Session) -> None:
    with pytest.raises(Refusal, match="ends before it begins"):
        availability.enter(factories.round_(), factories.person(), [span(0, 12, 9)])


def test_times_are_not_changed_once_answers_are_closed(session: Session) -> None:
    with pytest.raises(WrongStage):
        availability.enter(factories.round_(stage=Stage.PUBLISHED), factories.person(), [])


def test_a_day_is_told_in_unbroken_stretches() -> None:
    week = MONDAY_MORNING | {"mon-1300": MAYBE}

    found = [(f"{begin:%H:%M}", f"{end:%H:%M}", level) for begin, end, level in availability.stretches(week, "mon")]

    assert found == [("09:00", "12:00", YES), ("13:00", "13:30", MAYBE)]


def test_a_whole_year_is_unfolded_without_delay() -> None:
    person, year = somebody(), winter(ends_on=date(2028, 1, 17))
    week = dict.fromkeys(availability.cells_of(person), YES)
    began = datetime.now(UTC)

    availability.unfold_week(week, (), person, year)

    assert datetime.now(UTC) - began < timedelta(seconds=3)
