"""Lists of openings, as hosts and HR type them."""

from datetime import date

import pytest

from shadowing.lists import clocks, offers
from shadowing.lists.colleagues import KnownOpening, Surroundings
from shadowing.lists.offers import ListedOffer, ListedOffers
from tests.lists.test_times import JANUARY, KNOWN, table


def read(*lines: str, known: Surroundings = KNOWN, **answers: str) -> ListedOffers:
    found = offers.read("list.csv", table(*lines), known, answers)
    assert found
    return found


def when(offer: ListedOffer) -> str:
    """Such as `19 14:00+60`, with the rule where there is one."""
    rule = f"{offer.rule.rrule} " if offer.rule else ""
    first = offer.first_on or (offer.days[0] if offer.days else None)
    begin = "any" if offer.begin is None else clocks.shown(offer.begin)
    return f"{rule}{first.day if first else ''} {begin}+{offer.minutes}".strip()


HEAD = "番号 | ホスト | 種類 | 題名 | 日時 | 席数"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("1/19(火) 14:00～15:00", ["19 14:00+60"]),
        ("1/19 14:00-15:00, 1/21 9:00-9:30", ["19 14:00+60", "21 09:00+30"]),
        ("毎週火曜 10時〜11時", ["FREQ=WEEKLY;BYDAY=TU 19 10:00+60"]),
        ("毎週月・木 10:00-10:15", ["FREQ=WEEKLY;BYDAY=MO,TH 18 10:00+15"]),
        ("第4金曜 16:00〜17:30", ["FREQ=MONTHLY;BYDAY=4FR 22 16:00+90"]),
        ("毎日 9:00-9:15", ["FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU 18 09:00+15"]),
        ("Wednesdays 1pm-2pm", ["FREQ=WEEKLY;BYDAY=WE 20 13:00+60"]),
        ("いつでも", ["any+60"]),
    ],
)
def test_when_an_opening_takes_place_is_read_as_hosts_write_it(said: str, expected: list[str]) -> None:
    found = read(HEAD, f"A | t1 | 会議 | 朝会 | {said} | 2名")

    assert found.errors == ()
    assert [when(one) for one in found.offers] == expected


@pytest.mark.parametrize(
    ("head", "row", "expected"),
    [
        ("番号 | 担当者 | 題名 | 日付 | 開始 | 終了", "A | t1 | 隣で見る | 1/19 | 9:00 | 10:30", "19 09:00+90"),
        ("番号 | 担当者 | 題名 | 日付 | 開始時刻 | 所要時間", "A | t1 | 隣で見る | 46406 | 9 | 1時間半", "19 09:00+90"),
        (
            "番号 | 担当者 | 題名 | 曜日 | 時間",
            "A | t1 | 隣で見る | 火 | 9:00-10:00",
            "FREQ=WEEKLY;BYDAY=TU 19 09:00+60",
        ),
        ("番号 | 担当者 | 題名 | 日時 | 時間", "A | t1 | 隣で見る | 1/19 9:00〜 | 1:30", "19 09:00+90"),
        ("id | host | title | date | time", "A | t1 | desk 隣で見る | 19 Jan | 9:00 to 10:00", "19 09:00+60"),
        ("番号 | 担当者 | 題名 | 日時 | 所要時間", "A | t1 | 隣で見る | 2027-01-19 09:00 | 45分", "19 09:00+45"),
    ],
)
def test_a_time_may_be_spread_over_columns(head: str, row: str, expected: str) -> None:
    found = read(f"{head} | 定員", f"{row} | 1")

    assert found.errors == ()
    assert [when(one) for one in found.offers] == [expected]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("A | 誰か | 会議 | 朝会 | 1/19 9:00-10:00 | 1", "ホスト"),
        ("A | t1 | 会議 | 朝会 | 1/19 午後 | 1", "日時"),
        ("A | t1 | 会議 | 朝会 | 9:00-10:00 | 1", "日時"),
        ("A | t1 | 会議 | 朝会 | 2/19 9:00-10:00 | 1", "日時"),
        ("A | t1 | 会議 | 朝会 | 1/19(月) 9:00-10:00 | 1", "日時"),
        ("A | t1 | 会議 | 朝会 | そのうち | 1", "日時"),
    ],
)
def test_a_wrong_cell_is_refused_under_its_heading(row: str, column: str) -> None:
    found = read(HEAD, row, "B | y2 | 会議 | 夕会 | 1/19 9:00-10:00 | 1")

    assert [(error.row, error.column) for error in found.errors] == [(2, column)]
    assert [one.code for one in found.offers] == ["B"]


def test_a_kind_that_is_not_said_is_proposed_from_the_title() -> None:
    lines = (
        "担当 | 内容 | 日時 | 定員",
        "t1 | 朝会 | 1/19 9:00-10:00 | 1",
        "y2 | お客様訪問に同行 | 1/20 9:00-10:00 | 1",
    )

    found = read(*lines)
    other = read(*lines, 種類="workshop")

    assert [(one.about, one.proposal) for one in found.questions if "種類" in one.about] == [
        ("種類", "meeting"),
        ("種類: お客様訪問に同行", "ride_along"),
    ]
    assert [(one.kind, one.consent) for one in found.offers] == [("meeting", ""), ("ride_along", "asked")]
    assert [one.kind for one in other.offers] == ["workshop", "ride_along"]


def test_what_nobody_said_is_asked_once() -> None:
    found = read(
        "番号 | 担当 | 種類 | 内容 | 日時", "A | t1 | 会議 | 朝会 | 1/19 9:00", "B | y2 | 会議 | 夕会 | 1/20 17:00"
    )

    assert {one.about: one.proposal for one in found.questions} == {"所要時間": "60", "席数": "1"}


def test_hosts_are_told_apart_however_they_are_parted() -> None:
    for cell in ("t1;y2", "髙橋 由美子、𠮷野家 一", "髙橋由美子・𠮷野家一", "t1／y2", "髙橋さん(t1), y2@example.org"):
        assert read(HEAD, f"A | {cell} | 会議 | 朝会 | 1/19 9:00-10:00 | 1").offers[0].hosts == ("t1", "y2")


def test_an_opening_without_a_number_keeps_the_one_it_has() -> None:
    standing = (
        KnownOpening("1", ("y2",), "別件"),
        KnownOpening("web-7", ("t1",), "朝会"),
        KnownOpening("2", ("t1",), "朝会", True),
    )
    known = Surroundings(days=JANUARY, people=KNOWN.people, openings=standing)

    found = read(
        "担当 | 種類 | 内容 | 日時 | 定員",
        "t1 | 会議 | 朝会 | 1/19 9:00-10:00 | 1",
        "o3 | 会議 | 夕会 | 1/19 9:00-10:00 | 1",
        known=known,
    )

    assert [one.code for one in found.offers] == ["web-7", "3"]


def test_only_the_first_of_several_dates_is_taken_when_hr_says_so() -> None:
    lines = ("担当 | 種類 | 内容 | 候補日時 | 定員", "t1 | 会議 | 朝会 | 1/19・1/21 9:00-10:00 | 1")

    assert [one.days for one in read(*lines).offers] == [(date(2027, 1, 19),), (date(2027, 1, 21),)]
    assert [one.days for one in read(*lines, 候補日時="one of them").offers] == [(date(2027, 1, 19),)]


def test_a_number_that_is_there_twice_is_refused() -> None:
    row = "A | t1 | 会議 | 朝会 | 1/19 9:00-10:00 | 1"

    assert [error.row for error in read(HEAD, row, row).errors] == [2, 3]


def test_a_list_of_free_times_is_none_of_openings() -> None:
    assert (
        offers.read("list.csv", table("社員番号 | 日付 | 開始 | 終了", "t1 | 1/19 | 9:00 | 10:00"), KNOWN, {}) is None
    )
