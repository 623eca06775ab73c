"""Openings: a regular meeting means wall clock, in the zone in which it is held."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from shadowing.collecting import dates, openings, recurrence
from shadowing.collecting.offers import Offer
from shadowing.errors import Refusal, WrongStage
from shadowing.models import Consent, Opening, OpeningKind, Round, Stage
from tests import factories
from tests.factories import NOW, at
from tests.views.conftest import statements

HOUR = timedelta(hours=1)


def regular(weekday: str | None = "MO", clock: str = "09:00", zone: str = "Asia/Tokyo", **facts: Any) -> Opening:
    usual = {"title": "Meeting", "minutes": 60, "seats": 2, "flexible": False, "rrule": ""}
    return Opening(**usual | facts, weekday=weekday, local_time=time.fromisoformat(clock), zone=zone)


def autumn(**facts: Any) -> Round:
    """A round over the end of summer time in Berlin (25 October) and in Los Angeles (1 November)."""
    days = {"starts_on": date(2026, 10, 12), "ends_on": date(2026, 11, 13), "zone": "Asia/Tokyo", "closed_days": []}
    return Round(title="Autumn", **days | facts)


def starts(opening: Opening, round: Round) -> list[str]:
    return [f"{start:%m-%d %H:%M}" for start, _ in recurrence.unfold(opening, round)]


def offered(**facts: Any) -> Offer:
    usual: dict[str, Any] = {
        "kind": OpeningKind.MEETING,
        "title": "Sales meeting",
        "minutes": 60,
        "seats": 2,
        "first_on": date(2027, 1, 19),
        "local_time": time(10),
        "zone": "Asia/Tokyo",
    }
    return Offer(**usual | facts)


def test_a_weekly_meeting_takes_place_in_every_week_of_the_round() -> None:
    found = starts(regular("TU"), autumn())

    assert found == ["10-13 00:00", "10-20 00:00", "10-27 00:00", "11-03 00:00", "11-10 00:00"]


def test_a_meeting_in_berlin_stays_at_nine_when_summer_time_ends() -> None:
    found = starts(regular("FR", zone="Europe/Berlin"), autumn())

    assert found == ["10-16 07:00", "10-23 07:00", "10-30 08:00", "11-06 08:00", "11-13 08:00"]


def test_a_meeting_in_los_angeles_stays_at_nine_when_summer_time_ends() -> None:
    found = starts(regular("WE", zone="America/Los_Angeles"), autumn())

    assert found == ["10-14 16:00", "10-21 16:00", "10-28 16:00", "11-04 17:00", "11-11 17:00"]


def test_the_days_of_a_meeting_are_those_of_its_own_clock() -> None:
    found = starts(regular("FR", "17:00", "America/Los_Angeles"), autumn())

    assert found[-1] == "11-14 01:00"


def test_the_first_date_counts_even_where_the_rule_would_skip_it() -> None:
    opening = regular("WE", rrule="FREQ=MONTHLY;BYDAY=4WE", first_on=date(2026, 10, 14))

    assert starts(opening, autumn()) == ["10-14 00:00", "10-28 00:00"]


def test_a_time_that_the_clocks_skip_is_an_hour_later() -> None:
    spring = autumn(starts_on=date(2027, 3, 22), ends_on=date(2027, 4, 2), zone="Europe/Berlin")

    found = recurrence.unfold(regular("SU", "02:30", "Europe/Berlin"), spring)

    assert found == [(datetime(2027, 3, 28, 1, 30, tzinfo=UTC), datetime(2027, 3, 28, 2, 30, tzinfo=UTC))]


def test_a_time_that_comes_twice_is_the_first_of_the_two() -> None:
    found = starts(regular("SU", "02:30", "Europe/Berlin"), autumn(zone="Europe/Berlin"))

    assert found == ["10-18 00:30", "10-25 00:30", "11-01 01:30", "11-08 01:30"]


def test_nothing_takes_place_on_a_closed_day_of_the_meetings_own_zone() -> None:
    found = starts(regular("TU"), autumn(closed_days=["2026-11-03"]))

    assert found == ["10-13 00:00", "10-20 00:00", "10-27 00:00", "11-10 00:00"]


def test_a_biweekly_meeting_counts_from_its_first_date() -> None:
    opening = regular("TU", rrule="FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", first_on=date(2026, 9, 8))

    assert starts(opening, autumn()) == ["10-20 00:00", "11-03 00:00"]


def test_a_biweekly_meeting_without_a_first_date_is_refused() -> None:
    with pytest.raises(Refusal, match="its first date is needed"):
        recurrence.unfold(regular("TU", rrule="FREQ=WEEKLY;INTERVAL=2"), autumn())


def test_a_biweekly_meeting_whose_first_date_is_another_weekday_is_refused() -> None:
    opening = regular("TU", rrule="FREQ=WEEKLY;INTERVAL=2", first_on=date(2026, 10, 14))

    with pytest.raises(Refusal, match="is not on its weekday"):
        recurrence.unfold(opening, autumn())


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=MONTHLY;BYDAY=3WE", ["10-21 00:00"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", ["10-30 00:00"]),
        ("FREQ=MONTHLY;BYDAY=WE;BYMONTHDAY=23,24,25,26,27,28,29", ["10-28 00:00"]),
        ("FREQ=DAILY;UNTIL=20261014", ["10-12 00:00", "10-13 00:00", "10-14 00:00"]),
        ("FREQ=DAILY;UNTIL=20261013T000000Z", ["10-12 00:00", "10-13 00:00"]),
        ("FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20261020", ["10-12 00:00", "10-15 00:00", "10-19 00:00"]),
        ("FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=31", []),
    ],
)
def test_a_rule_is_unfolded_as_calendars_do(rule: str, expected: list[str]) -> None:
    assert starts(regular(None, rrule=rule), autumn()) == expected


def test_a_counted_meeting_ends_after_its_last_time() -> None:
    opening = regular("MO", rrule="FREQ=WEEKLY;COUNT=3", first_on=date(2026, 10, 5))

    assert starts(opening, autumn()) == ["10-12 00:00", "10-19 00:00"]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY",
        "BYDAY=MO",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=2MO",
        "FREQ=WEEKLY;INTERVAL=0",
        "every week",
    ],
)
def test_a_rule_that_we_do_not_know_is_refused(rule: str) -> None:
    with pytest.raises(Refusal):
        recurrence.read_rule(rule)


def test_a_monthly_meeting_needs_to_say_which_week() -> None:
    with pytest.raises(Refusal, match="needs a weekday"):
        recurrence.unfold(regular("WE", rrule="FREQ=MONTHLY"), autumn())


def test_an_offer_becomes_an_opening_with_its_slots(session: Session) -> None:
    round, host = factories.round_(), factories.person()

    opening = openings.offer(round, [host], offered(rrule="FREQ=WEEKLY"), NOW)

    assert [(slot.starts_at, slot.ends_at, slot.seats) for slot in opening.slots] == [
        (start, start + HOUR, 2) for start in (at(1, 10), at(8, 10), at(15, 10), at(22, 10))
    ]
    assert (opening.weekday, opening.code, opening.hosts[0].person) == ("TU", f"web-{opening.id}", host)


def test_the_same_offer_pressed_again_is_offered_once(session: Session) -> None:
    round, host, other = factories.round_(), factories.person(), factories.person()
    first = openings.offer(round, [host], offered(topics=("検収", "O’Brien 🧭")), NOW)

    assert openings.offer(round, [host], offered(topics=("検収", "O’Brien 🧭")), NOW) is first
    assert openings.offer(round, [host], offered(topics=("検収", "O’Brien 🧭"), seats=9), NOW) is not first
    assert openings.offer(round, [other], offered(topics=("検収", "O’Brien 🧭")), NOW) is not first
    openings.withdraw(first, NOW)
    assert openings.offer(round, [host], offered(topics=("検収", "O’Brien 🧭")), NOW) is not first


def test_a_flexible_offer_has_no_slots_before_the_plan(session: Session) -> None:
    opening = openings.offer(
        factories.round_(), [factories.person()], offered(flexible=True, first_on=None, local_time=None), NOW
    )

    assert (opening.flexible, opening.slots) == (True, [])


def test_a_changed_time_moves_the_slots(session: Session) -> None:
    opening = openings.offer(factories.round_(), [factories.person()], offered(), NOW)

    openings.change(opening, offered(local_time=time(15), seats=3), NOW)

    assert [(slot.starts_at, slot.seats) for slot in opening.slots] == [(at(1, 15), 3)]


def test_laying_out_twice_changes_nothing(session: Session) -> None:
    opening = openings.offer(factories.round_(), [factories.person()], offered(rrule="FREQ=WEEKLY"), NOW)
    session.commit()

    with statements() as sent:
        dates.lay_out(opening, opening.round, NOW)
        session.flush()

    assert not any(statement.startswith(("INSERT", "UPDATE", "DELETE")) for statement in sent)
    assert len(opening.slots) == 4


def test_a_slot_in_which_somebody_was_placed_is_only_marked(session: Session) -> None:
    opening = openings.offer(factories.round_(), [factories.person()], offered(), NOW)
    placed = factories.pairing(factories.guest(opening.round), opening.slots[0]).slot

    openings.withdraw(opening, NOW)

    assert (placed.cancelled_at, opening.withdrawn_at) == (NOW, NOW)


def test_a_withdrawn_opening_loses_its_empty_slots(session: Session) -> None:
    opening = openings.offer(factories.round_(), [factories.person()], offered(rrule="FREQ=WEEKLY"), NOW)

    openings.withdraw(opening, NOW)
    openings.withdraw(opening, NOW + HOUR)

    assert (opening.slots, opening.withdrawn_at) == ([], NOW)
    assert session.scalars(openings.of(opening.hosts[0].person, opening.round)).all() == []


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"first_on": None}, "Give the first date."),
        ({"local_time": None}, "Give the time at which it begins."),
        ({"first_on": date(2027, 6, 1)}, "None of its dates lies within the round"),
        ({"kind": OpeningKind.RIDE_ALONG}, "Say whether the customer of the ride-along has agreed."),
    ],
)
def test_an_unfit_offer_is_refused_in_a_sentence(session: Session, facts: dict[str, Any], sentence: str) -> None:
    round, host = factories.round_(), factories.person()

    with pytest.raises(Refusal) as refusal:
        openings.offer(round, [host], offered(**facts), NOW)

    assert str(refusal.value).startswith(sentence)
    assert session.query(Opening).count() == 0


def test_a_ride_along_says_what_the_customer_said(session: Session) -> None:
    given = offered(kind=OpeningKind.RIDE_ALONG, customer_consent=Consent.ASKED, travel_minutes=30)

    opening = openings.offer(factories.round_(), [factories.person()], given, NOW)

    assert (opening.customer_consent, opening.travel_minutes) == (Consent.ASKED, 30)


def test_whoever_left_cannot_be_a_host(session: Session) -> None:
    with pytest.raises(Refusal, match="has left the company"):
        openings.offer(factories.round_(), [factories.person(left_at=NOW)], offered(), NOW)


def test_nothing_is_offered_once_answers_are_closed(session: Session) -> None:
    with pytest.raises(WrongStage):
        openings.offer(factories.round_(stage=Stage.SOLVING), [factories.person()], offered(), NOW)
