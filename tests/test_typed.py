"""What people type: read alike everywhere, refused with a sentence that says what would be right."""

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import InstrumentedAttribute

from shadowing import typed
from shadowing.collecting.goals import GoalsAnswer
from shadowing.collecting.offers import Offer
from shadowing.folders.rows import RoundRow
from shadowing.models import Department, Opening, OpeningKind, PastPairing, Person, Round
from shadowing.models.columns import ShortText
from shadowing.rounds.drafts import RoundDraft
from shadowing.rules import RoundRules
from shadowing.typed import Mistakes, Unfit

KINDS = typed.one_of(typed.each(OpeningKind) | {"隣で見る": OpeningKind.DESK})
ROUND = {"title": "Winter", "from": date(2027, 1, 18), "to": date(2027, 2, 12)}
READERS: list[Callable[[str], Any]] = [
    *(typed.text(50), typed.line(50), typed.name, typed.kana, typed.key, typed.mail, typed.number(0, 9), typed.yes),
    *(KINDS, typed.several(typed.line(9)), typed.day, typed.days, typed.clock, typed.zone),
    lambda text: typed.moment(text, "Europe/Berlin"),
]


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (typed.number(0, 999), " １２ ", 12),
        (typed.number(0, 999), "12.0", 12),
        (typed.day, "2027/1/18", date(2027, 1, 18)),
        (typed.day, "２０２７－０１－１８", date(2027, 1, 18)),
        (typed.days, "2027-02-23、2027/2/11\n2027-02-23", (date(2027, 2, 11), date(2027, 2, 23))),
        (typed.clock, "9:00", time(9)),
        (typed.clock, "１３：３０", time(13, 30)),
        (typed.zone, " Asia/Tokyo ", "Asia/Tokyo"),
        (typed.zone, "Osaka", "Asia/Tokyo"),
        (typed.zone, "大阪", "Asia/Tokyo"),
        (typed.zone, "ﾛﾝﾄﾞﾝ", "Europe/London"),
        (typed.zone, "new york", "America/New_York"),
        (typed.zone, "シンガポール", "Asia/Singapore"),
        (typed.zone, "日本", "Asia/Tokyo"),
        (typed.yes, "はい", True),
        (typed.yes, "ON", True),
        (typed.yes, "いいえ", False),
        (KINDS, "となりで見る", None),
        (KINDS, "隣で見る", OpeningKind.DESK),
        (KINDS, " Ride_Along", OpeningKind.RIDE_ALONG),
        (typed.several(typed.line(50)), "data; 営業、data,", ("data", "営業")),
        (typed.key, " １００１．０ ", "1001"),
        (typed.mail, "ｔａｒｏ＠example.org", "taro@example.org"),
        (typed.name, "山田　 太郎 ", "山田 太郎"),
        (typed.kana, "やまだ ﾀﾛｳ", "ヤマダ タロウ"),
        (typed.line(50), "two\r\nlines", "two lines"),
        (typed.text(50), "two\r\nlines\t ", "two\nlines"),
        (typed.text(50), "か\u3099", "が"),
    ],
)
def test_what_is_typed_is_read_however_it_is_written(read: Callable[[str], Any], text: str, value: object) -> None:
    assert typed.asked(read, text, None) == value


@pytest.mark.parametrize(
    "text",
    [
        "2027-01-18T09:00+09:00",
        "2027-01-18 00:00:00Z",
        "2027/1/18 9:00",
        "２０２７/０１/１８ ０９：００",
        "2027-1-18T9:00+9:00",
    ],
)
def test_a_moment_is_an_instant_or_the_clock_of_a_zone(text: str) -> None:
    assert typed.moment(text, "Asia/Tokyo") == datetime(2027, 1, 18, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("read", "text", "sentence"),
    [
        (typed.number(1, 9), "0", "“0” is not a whole number from 1 to 9."),
        (typed.number(1, 9), "1.5", "“1.5” is not a whole number from 1 to 9."),
        (typed.day, "2027-02-30", "“2027-02-30” is not a date. Write it like 2027-01-18."),
        (typed.days, "2027-01-18 soon", "“soon” is not a date. Write it like 2027-01-18."),
        (typed.clock, "24:00", "“24:00” is not a time of day. Write it like 09:30."),
        (typed.zone, "Tokio", "There is no time zone “Tokio”. Did you mean “Asia/Tokyo”?"),
        (typed.zone, "Asia/Tokio", "There is no time zone “Asia/Tokio”. Did you mean “Asia/Tokyo”?"),
        (typed.zone, "アトランティス", "There is no time zone “アトランティス”. Write it like Asia/Tokyo."),
        (typed.zone, "San Fransisco", "There is no time zone “San Fransisco”. Did you mean “America/Los_Angeles”?"),
        (typed.zone, "?", "There is no time zone “?”. Write it like Asia/Tokyo."),
        (typed.yes, "perhaps", "“perhaps” is neither yes nor no."),
        (
            KINDS,
            "desks",
            "“desks” is not one of: desk, meeting, ride_along, workshop, team. Did you mean “desk”?",
        ),
        (KINDS, "会食", "“会食” is not one of: desk, meeting, ride_along, workshop, team."),
        (typed.mail, "taro@example", "“taro@example” is not a mail address. Write it like taro.yamada@example.co.jp."),
        (typed.key, "x" * 61, "This id has more than 60 characters."),
        (typed.text(3), "four", "This text has more than 3 characters."),
        (
            typed.text(30),
            "be\x07ll",
            "“be�ll” contains a character that is no text. Delete what is shown as �, or type it anew.",
        ),
        (
            lambda text: typed.moment(text, None),
            "2027-01-18 9:00",
            "“2027-01-18 9:00” has no time zone. Write it like 2027-01-18T09:00+09:00,"
            " or name the zone in a column of its own.",
        ),
        (
            lambda text: typed.moment(text, "Asia/Tokyo"),
            "noon",
            "“noon” is not a date and time. Write it like 2027-01-18T09:00+09:00.",
        ),
    ],
)
def test_what_cannot_be_read_says_why_and_what_would_be_right(
    read: Callable[[str], Any], text: str, sentence: str
) -> None:
    with pytest.raises(Unfit) as unfit:
        read(text)

    assert str(unfit.value) == sentence


@pytest.mark.parametrize("mark", ["\0", "\ud800", "\x1b", "\x7f", "\x85"])
@pytest.mark.parametrize("number", range(len(READERS)))
def test_no_field_lets_through_what_no_database_can_keep(number: int, mark: str) -> None:
    for text in (f"a{mark}b@example.org", f"2027-01-18{mark}", mark, f"a{mark}b"):
        kept = str(typed.asked(READERS[number], text, ""))

        assert not typed.UNFIT_FOR_TEXT.search(kept), text


@given(st.text(st.characters(), max_size=30))
def test_whatever_is_typed_is_read_or_refused_with_a_sentence(text: str) -> None:
    for read in READERS:
        assert not typed.UNFIT_FOR_TEXT.search(complaint(read, text))


def test_a_long_value_is_cut_in_the_sentence() -> None:
    with pytest.raises(Unfit) as unfit:
        typed.day("x" * 5000)

    assert str(unfit.value) == f"“{'x' * 60}…” is not a date. Write it like 2027-01-18."


def test_an_hour_that_the_clocks_skip_is_refused() -> None:
    with pytest.raises(Unfit) as unfit:
        typed.moment("2027-03-28 2:30", "Europe/Berlin")

    assert str(unfit.value) == "In Europe/Berlin the clocks skip “2027-03-28 02:30”."


def test_of_an_hour_that_comes_twice_the_first_is_taken() -> None:
    assert typed.moment("2027-10-31 2:30", "Europe/Berlin") == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(("text", "zone"), [("0001-01-01", "Asia/Tokyo"), ("9999-12-31 23:59", "America/New_York")])
def test_the_ends_of_the_calendar_are_refused(text: str, zone: str) -> None:
    with pytest.raises(Unfit, match="is not a date"):
        typed.moment(text, zone)


def test_all_mistakes_are_named_at_once_by_their_fields() -> None:
    with pytest.raises(Mistakes) as mistakes:
        typed.read(RoundDraft, {"title": "x\0", "starts_on": "soon", "ends_on": "2027-02-12", "rules": {"walls": "no"}})

    assert {name: str(unfit) for name, unfit in mistakes.value.by_field.items()} == {
        "title": "“x�” contains a character that is no text. Delete what is shown as �, or type it anew.",
        "starts_on": "“soon” is not a date. Write it like 2027-01-18.",
        "answers_until": "This must not be empty.",
        "zone": "This must not be empty.",
        "rules.walls": "“no” is not one of: off, prefer.",
    }
    assert str(mistakes.value) == str(mistakes.value.by_field["starts_on"])


def test_what_is_said_in_toml_is_read_as_if_it_were_typed() -> None:
    said = {"closed_days": [date(2027, 2, 23), "2027/2/11"], "rules": {"own_boss": True, "away_most": 3}}

    assert typed.read(RoundRow, ROUND | said) == typed.read(
        RoundRow, ROUND | {"closed_days": "2027-02-11 2027-02-23", "rules": {"own_boss": "yes", "away_most": "3"}}
    )


@pytest.mark.parametrize("value", [{"a": 1}, 1.5, None, [{}]])
def test_what_nobody_could_type_is_refused(value: object) -> None:
    with pytest.raises(Mistakes, match="cannot stand here"):
        typed.read(RoundRow, ROUND | {"title": value})


@pytest.mark.parametrize("kind", [RoundDraft, RoundRow, Offer, GoalsAnswer, RoundRules])
def test_no_field_of_a_form_is_taken_unread(kind: type[Any]) -> None:
    """What is crafted by hand, under the name of any field, is read or refused, and never breaks the page."""
    for field in fields(kind):
        for value in ("\0", "x" * 20_000, ["x"], {"x": "x"}):
            with pytest.raises(Mistakes):
                typed.read(kind, {field.name: value, "from": "?", "minutes": "?", "visits": "?", "walls": "?"})


@pytest.mark.parametrize(
    ("kind", "name", "column"),
    [
        (RoundDraft, "title", Round.title),
        (RoundRow, "title", Round.title),
        (Offer, "title", Opening.title),
        (Offer, "place", Opening.place),
    ],
)
def test_a_form_takes_as_much_text_as_its_column(
    kind: type[Any], name: str, column: InstrumentedAttribute[str]
) -> None:
    too_long = f"This text has more than {length(column)} characters."

    assert name not in mistakes_of(kind, {name: "x" * length(column)})
    assert mistakes_of(kind, {name: "x" * (length(column) + 1)})[name] == too_long


@pytest.mark.parametrize(
    ("read", "column"),
    [
        *((typed.name, column) for column in (Department.name, Person.display_name)),
        *((typed.kana, column) for column in (Person.kana,)),
        *((typed.key, column) for column in (Department.code, Person.code, Opening.code)),
        (typed.line(200), PastPairing.past_round),
    ],
)
def test_a_cell_takes_as_much_text_as_its_column(
    read: Callable[[str], str], column: InstrumentedAttribute[str]
) -> None:
    assert read("x" * length(column))
    with pytest.raises(Unfit):
        read("x" * (length(column) + 1))


def length(column: InstrumentedAttribute[str]) -> int:
    assert isinstance(column.type, ShortText)
    return column.type.length


def complaint(read: Callable[[str], Any], text: str) -> str:
    """The sentence with which *text* is refused; empty where it is read."""
    try:
        read(text)
    except Unfit as unfit:
        return str(unfit)
    return ""


def mistakes_of(kind: type[Any], given: dict[str, Any]) -> dict[str, str]:
    try:
        typed.read(kind, given)
    except Mistakes as mistakes:
        return {name: str(unfit) for name, unfit in mistakes.by_field.items()}
    return {}


@pytest.mark.parametrize(
    ("city", "zone"),
    [
        ("San Francisco", "America/Los_Angeles"),
        ("サンフランシスコ", "America/Los_Angeles"),
        ("北京", "Asia/Shanghai"),
        ("ハノイ", "Asia/Ho_Chi_Minh"),
        ("bengaluru", "Asia/Kolkata"),
        ("ミュンヘン", "Europe/Berlin"),
        ("名古屋", "Asia/Tokyo"),
    ],
)
def test_a_large_city_has_the_zone_of_its_country(city: str, zone: str) -> None:
    assert typed.zone(city) == zone
