"""Where a regular meeting does not follow its rule: left out, moved, paused, and weekdays counted in a month."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from shadowing import typed
from shadowing.collecting import openings
from shadowing.collecting.offers import Offer
from shadowing.collecting.recurrence import read_rule, unfold
from shadowing.errors import Refusal
from shadowing.models import Exceptions, Opening, Round
from shadowing.typed import Mistakes
from tests import factories
from tests.factories import MONDAY, NOW

TOKYO = ZoneInfo("Asia/Tokyo")
WEEKLY = {"kind": "meeting", "title": "髙橋’s 定例 🙂", "seats": "2", "minutes": "60", "repeat": "FREQ=WEEKLY"}
TUESDAYS = WEEKLY | {"first_on": "2027-01-19", "local_time": "10:00", "with_exceptions": True}


def offered(round: Round, **said: object) -> Opening:
    return openings.offer(round, [factories.person()], openings.read(TUESDAYS | said, round), NOW)


def dates(opening: Opening) -> list[str]:
    return [f"{slot.starts_at.astimezone(TOKYO):%m-%d %H:%M}" for slot in opening.slots]


def test_it_is_not_on_the_days_that_are_left_out(session: Session) -> None:
    opening = offered(factories.round_(), not_on="2027-01-26、2027/2/9")

    assert dates(opening) == ["01-19 10:00", "02-02 10:00"]


def test_one_date_is_at_another_time_and_another_on_another_day(session: Session) -> None:
    opening = offered(factories.round_(), moved="2027-01-26 15:00\n2027-02-02 → 2027-02-04 09:30\n")

    assert dates(opening) == ["01-19 10:00", "01-26 15:00", "02-04 09:30", "02-09 10:00"]


def test_a_pause_leaves_out_the_days_from_its_first_to_its_last(session: Session) -> None:
    opening = offered(factories.round_(), paused_from="2027-01-26", paused_until="2027-02-02")

    assert dates(opening) == ["01-19 10:00", "02-09 10:00"]


def test_a_pause_without_an_end_lasts(session: Session) -> None:
    assert dates(offered(factories.round_(), paused_from="2027-01-26")) == ["01-19 10:00"]


def test_what_is_moved_in_a_pause_takes_place(session: Session) -> None:
    opening = offered(factories.round_(), paused_from="2027-01-26", moved="2027-02-02 2027-02-03 16:00")

    assert dates(opening) == ["01-19 10:00", "02-03 16:00"]


def test_what_is_moved_out_of_the_round_is_no_date_of_it(session: Session) -> None:
    assert dates(offered(factories.round_(), moved="2027-01-26 2027-03-01 10:00")) == [
        "01-19 10:00",
        "02-02 10:00",
        "02-09 10:00",
    ]


def test_the_clock_of_a_moved_date_is_the_meetings_own(session: Session) -> None:
    opening = offered(factories.round_(), zone="Europe/Berlin", moved="2027-01-26 2027-01-27 09:00")

    assert opening.slots[1].starts_at.astimezone(ZoneInfo("Europe/Berlin")) == datetime(
        2027, 1, 27, 9, tzinfo=ZoneInfo("Europe/Berlin")
    )


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("moved", {"moved": "2027-01-26"}),
        ("moved", {"moved": "Tuesday 15:00"}),
        ("moved", {"moved": "2027-01-26 15:00\n2027-01-26 16:00"}),
        ("not_on", {"not_on": "2027-13-01"}),
        ("paused_until", {"paused_until": "2027-01-26"}),
        ("paused_until", {"paused_from": "2027-01-26", "paused_until": "2027-01-25"}),
        ("first_on", {"paused_from": "2027-01-18"}),
    ],
)
def test_what_cannot_be_understood_is_told_beside_its_field(session: Session, field: str, said: dict[str, str]) -> None:
    with pytest.raises(Mistakes) as wrong:
        offered(factories.round_(), **said)

    assert set(wrong.value.by_field) == {field}


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=MONTHLY;BYDAY=2TU", ["02-09"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", ["01-29"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1", ["02-01"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", ["01-29"]),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2,-1", ["01-26", "02-09"]),
    ],
)
def test_weekdays_are_counted_in_their_month(session: Session, rule: str, days: list[str]) -> None:
    opening = Opening(title="Monthly", minutes=60, rrule=rule, local_time=time(10), zone="Asia/Tokyo")

    found = unfold(opening, factories.round_())

    assert [f"{begin.astimezone(TOKYO):%m-%d}" for begin, _ in found] == days


def test_a_place_in_a_set_needs_the_set() -> None:
    for rule in ("FREQ=MONTHLY;BYSETPOS=1", "FREQ=WEEKLY;BYDAY=TU;BYSETPOS=1"):
        with pytest.raises(Refusal, match="picks from the weekdays"):
            read_rule(rule)


def test_a_list_that_says_nothing_of_exceptions_keeps_them(session: Session) -> None:
    round = factories.round_()
    opening = offered(round, not_on="2027-01-26")
    again: dict[str, object] = {name: value for name, value in TUESDAYS.items() if name != "with_exceptions"}

    assert openings.says(opening, typed.read(Offer, again))
    openings.change(opening, typed.read(Offer, again | {"seats": "3"}), NOW)

    assert opening.exceptions.not_on == (MONDAY + timedelta(days=8),)
    assert dates(opening) == ["01-19 10:00", "02-02 10:00", "02-09 10:00"]


def test_a_meeting_that_takes_place_once_has_no_exceptions(session: Session) -> None:
    round = factories.round_()
    opening = offered(round, not_on="2027-01-26")
    once = {name: value for name, value in TUESDAYS.items() if name != "repeat"}

    openings.change(opening, openings.read(once | {"not_on": "2027-01-26"}, round), NOW)

    assert opening.exceptions == Exceptions()
    assert dates(opening) == ["01-19 10:00"]
