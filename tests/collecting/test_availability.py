"""Availability: what can be painted, and what was given."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from shadowing.collecting import availability
from shadowing.collecting.availability import MAYBE, YES
from shadowing.errors import WrongStage
from shadowing.models import Availability, FreeTimes, Person, Stage
from tests import factories
from tests.factories import NOW
from tests.views.conftest import statements

MONDAY_MORNING = {f"mon-{clock}": YES for clock in ("0900", "0930", "1000", "1030", "1100", "1130")}
TUESDAY_NINE = FreeTimes(week={"tue-0900": YES})


def somebody(hours: str = "mon-fri 09:00-18:00", zone: str = "Asia/Tokyo") -> Person:
    return Person(hours=hours, zone=zone)


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


def test_a_week_of_whole_half_days_is_shown_as_such() -> None:
    assert availability.half_days_of(MONDAY_MORNING, somebody()) == {"mon-am": YES}
    assert availability.half_days_of({"mon-0900": YES}, somebody()) is None


def test_half_days_follow_the_working_hours_of_today() -> None:
    assert availability.half_days_of(MONDAY_MORNING, somebody("mon-fri 10:00-18:00")) == {"mon-am": YES}


def test_giving_times_replaces_what_was_given(session: Session) -> None:
    round, person = factories.round_(), factories.person()
    factories.free(round, person, 0, 9, 12)

    availability.give(person, round, TUESDAY_NINE, NOW)
    session.flush()

    session.expire_all()
    assert availability.given(person, round) == TUESDAY_NINE
    assert session.query(Availability).count() == 1


def test_giving_the_same_again_writes_nothing(session: Session) -> None:
    round, person = factories.round_(), factories.person()
    availability.give(person, round, TUESDAY_NINE, NOW)
    session.commit()

    availability.give(person, round, replace(TUESDAY_NINE), NOW)

    with statements() as sent:
        session.flush()
    assert sent == []


def test_others_and_other_rounds_keep_their_times(session: Session) -> None:
    round, person, other = factories.round_(), factories.person(), factories.person()
    factories.free(round, other, 0, 9, 12)
    earlier = factories.free(factories.round_(), person, 0, 9, 12)

    availability.give(person, round, FreeTimes(), NOW)

    assert availability.given(other, round).spans == earlier.given.spans


def test_nobody_is_free_until_they_say_so(session: Session) -> None:
    assert not availability.given(factories.person(), factories.round_())


def test_times_are_not_changed_once_answers_are_closed(session: Session) -> None:
    with pytest.raises(WrongStage):
        availability.give(factories.person(), factories.round_(stage=Stage.PUBLISHED), FreeTimes(), NOW)


def test_the_week_of_last_time_is_the_latest_that_was_painted_before(session: Session) -> None:
    person, now = factories.person(), factories.round_()
    weeks = [{"mon-0900": YES}, {"tue-0900": YES}, {}, {"fri-0900": YES}]
    for week, ago in zip(weeks, (300, 200, 100, -100), strict=True):
        before = factories.round_(starts_on=now.starts_on - timedelta(days=ago))
        availability.give(person, before, FreeTimes(week=week, days_off=(before.starts_on,), by_half_hours=True), NOW)
    session.flush()

    assert availability.last_week(person, now) == FreeTimes(week={"tue-0900": YES}, by_half_hours=True)


def test_a_day_is_told_in_unbroken_stretches() -> None:
    week = MONDAY_MORNING | {"mon-1300": MAYBE}

    found = [(f"{begin:%H:%M}", f"{end:%H:%M}", level) for begin, end, level in availability.stretches(week, "mon")]

    assert found == [("09:00", "12:00", YES), ("13:00", "13:30", MAYBE)]
