"""How days, times, zones and names are written, the same on pages and in mails."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, available_timezones

import pytest

from shadowing.i18n import Reader

NIGHT = datetime(2027, 1, 18, 14, 30, tzinfo=UTC)
LATER = datetime(2027, 1, 18, 15, 30, tzinfo=UTC)


def reader(locale: str, zone: str = "Asia/Tokyo") -> Reader:
    return Reader(locale, ZoneInfo(zone))


@pytest.mark.parametrize(
    ("locale", "short", "usual", "long"),
    [
        ("en", "Mon 18 Jan", "Mon 18 Jan 2027", "Mon 18 Jan 2027"),
        ("ja", "1月18日(月)", "1月18日(月)", "2027年1月18日(月)"),
    ],
)
def test_a_day_has_its_weekday(locale: str, short: str, usual: str, long: str) -> None:
    day, on = date(2027, 1, 18), reader(locale)

    assert (on.short_day(day), on.day(day), on.long_day(day)) == (short, usual, long)


@pytest.mark.parametrize(
    ("locale", "zone", "span"),
    [
        ("en", "Europe/Berlin", "Mon 18 Jan 2027, 15:30–16:30 (Central European Time)"),
        ("ja", "Europe/Berlin", "1月18日(月) 15:30–16:30 中央ヨーロッパ時間"),
        ("en", "Asia/Tokyo", "Mon 18 Jan 2027, 23:30 – Tue 19 Jan 2027, 00:30 (Japan Time)"),
        ("ja", "Asia/Tokyo", "1月18日(月) 23:30 – 1月19日(火) 00:30 日本時間"),
    ],
)
def test_a_span_names_its_second_day_only_where_it_ends_on_another_one(locale: str, zone: str, span: str) -> None:
    on = reader(locale, zone)

    assert on.zoned(on.span(NIGHT, LATER)) == span


def test_a_moment_is_that_of_the_readers_own_clock() -> None:
    assert reader("en", "America/New_York").moment(LATER) == "Mon 18 Jan 2027 10:30"
    assert reader("ja").moment(LATER) == "1月19日(火) 00:30"


@pytest.mark.parametrize("locale", ["en", "ja"])
@pytest.mark.parametrize(
    ("zone", "name"),
    [("UTC", "UTC"), ("Etc/UTC", "UTC"), ("GMT", "UTC"), ("Etc/GMT-9", "UTC+09:00"), ("Etc/GMT+3", "UTC-03:00")],
)
def test_a_zone_without_a_country_is_called_by_its_distance_from_utc(locale: str, zone: str, name: str) -> None:
    assert reader(locale, zone).zone_name == name


def test_no_zone_is_called_unknown() -> None:
    zones = available_timezones() - {"Factory"}  # the file that a computer without a zone is delivered with

    names = {(zone, locale): reader(locale, zone).zone_name for zone in sorted(zones) for locale in ("en", "ja")}

    assert {zone: name for zone, name in names.items() if "Unknown" in name or "不明" in name or not name} == {}


def test_a_month_has_its_year() -> None:
    assert [reader(locale).month(date(2027, 1, 18)) for locale in ("en", "ja")] == ["January 2027", "2027年1月"]


def test_people_are_spoken_of_politely() -> None:
    assert reader("ja").people(["田中", "鈴木"]) == "田中さん、鈴木さん"
    assert reader("en").people(["Ann", "Bob"]) == "Ann, Bob"
