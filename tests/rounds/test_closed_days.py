"""Closed days in every style in which people write them."""

from datetime import date, timedelta

import pytest

from shadowing.company import workdays
from shadowing.rounds import closed_days
from shadowing.typed import Unfit

FIRST, LAST = date(2026, 12, 14), date(2027, 1, 29)
YEAR_END = [date(2026, 12, 29) + timedelta(days=n) for n in range(6)]
FOURTH = [date(2027, 1, 4)]


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("", []),
        ("12/29-1/3", YEAR_END),
        ("12/29 〜 1/3", YEAR_END),
        ("12月29日（火）～1月3日（日）", YEAR_END),
        ("１２月２９日から１月３日まで", YEAR_END),
        ("2026/12/29-2027/1/3", YEAR_END),
        ("2026-12-29 – 2027-01-03", YEAR_END),
        ("12/29-2027/1/3", YEAR_END),
        ("2026/12/29-1/3", YEAR_END),
        ("29 Dec - 3 Jan", YEAR_END),
        ("December 29th to January 3rd, 2027", YEAR_END),
        ("2027年1月4日", FOURTH),
        ("令和9年1月4日", FOURTH),
        ("2027.1.4", FOURTH),
        ("1/4", FOURTH),
        ("4 January 2027", FOURTH),
        ("1/4, 1/5", [*FOURTH, date(2027, 1, 5)]),
        ("1/4、1/5", [*FOURTH, date(2027, 1, 5)]),
        ("2027-01-04 2027-01-05", [*FOURTH, date(2027, 1, 5)]),
        ("1/4\n1/4", FOURTH),
        ("12/29-31", YEAR_END[:3]),
        ("11/30", [date(2026, 11, 30)]),
        ("12/14", [FIRST]),
    ],
)
def test_a_day_is_read_however_it_is_written(typed: str, days: list[date]) -> None:
    assert list(closed_days.read(typed, FIRST, LAST)) == days


@pytest.mark.parametrize(
    "typed",
    ["soon", "2027-13-01", "1/4/2027", "2/30", "31-1", "2027/1/5-2027/1/4", "1/4 x", "12/29-", "2026/1/1-2029/1/1"],
)
def test_what_is_no_day_is_named_with_examples(typed: str) -> None:
    with pytest.raises(Unfit, match="is not a date"):
        closed_days.read(typed, FIRST, LAST)


def test_around_new_year_companies_in_japan_are_closed_beside_public_holidays() -> None:
    assert list(workdays.usual("Asia/Tokyo", FIRST, date(2027, 1, 15))) == [*YEAR_END, date(2027, 1, 11)]
    assert date(2026, 12, 29) not in workdays.usual("Europe/Berlin", FIRST, LAST)


def test_public_holidays_are_those_of_the_country_of_the_zone() -> None:
    assert date(2026, 12, 25) in workdays.usual("Asia/Singapore", FIRST, LAST)
    assert date(2027, 1, 18) in workdays.usual("America/Los_Angeles", FIRST, LAST)
    assert workdays.usual("UTC", FIRST, LAST) == ()
