"""Lists of free times: grids, a line a time, a cell a person, times down and people across."""

from dataclasses import replace
from datetime import date

import pytest

from shadowing.lists import round_lists, times
from shadowing.lists.clocks import Piece, shown
from shadowing.lists.colleagues import Colleague, Surroundings
from shadowing.lists.days import RoundDays
from shadowing.lists.times import ListedTimes
from shadowing.lists.workbooks import Workbook, Worksheet, WorksheetRow

WEEK = (*[(Piece(540, 1080),)] * 5, (), ())
JANUARY = RoundDays(starts_on=date(2027, 1, 18), ends_on=date(2027, 1, 29), zone="Asia/Tokyo")


def colleague(code: str, name: str, zone: str = "Asia/Tokyo") -> Colleague:
    return Colleague(code=code, names=(name,), mail=f"{code}@example.org", department="営業部", zone=zone, week=WEEK)


KNOWN = Surroundings(
    days=JANUARY,
    people=(
        colleague("t1", "髙橋 由美子"),
        colleague("y2", "𠮷野家 一"),
        colleague("o3", "Seán O'Brien"),
        colleague("7", "﨑山 葵"),
    ),
)


def table(*lines: str, hidden: tuple[int, ...] = ()) -> Worksheet:
    """Rows of cells parted by `|`; a blank line keeps its number."""
    rows = enumerate(lines, start=1)
    cells = ((number, tuple(cell.strip() for cell in line.split("|"))) for number, line in rows if line.strip())
    return Worksheet("", tuple(WorksheetRow(number, row, number in hidden) for number, row in cells))


def read(*lines: str, known: Surroundings = KNOWN, **answers: str) -> ListedTimes:
    return times.read("list.csv", table(*lines), known, answers)


def said(found: ListedTimes) -> list[str]:
    """Such as `t1 19 09:00-12:00`, with △ for if need be."""
    assert found.errors == ()
    return [
        f"{one.person} {one.day.day} {shown(one.begin)}-{shown(one.end)}{'△' if one.level == 1 else ''}"
        for one in sorted(found.spans)
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            (
                *("1月の予定", "", "氏名 | 1/19(火) | | 1/20(水) |", " | 午前 | 午後 | 午前 | 午後"),
                *("髙橋 由美子 | ○ | × | △ | ◯", "○＝可 △＝調整可"),
            ),
            ["t1 19 09:00-12:00", "t1 20 09:00-12:00△", "t1 20 13:00-18:00"],
        ),
        (
            ("社員番号 | 日付 | 9 | 10 | 11 | 13", "t1 | 1/19 | ○ | ○ | | ○", " | 1/20 | | △ | △ |", "y2 | 46406 | ○ | | |"),
            ["t1 19 09:00-11:00", "t1 19 13:00-14:00", "t1 20 10:00-12:00△", "y2 19 09:00-10:00"],
        ),
        (
            ("日程 | 髙橋由美子 | 𠮷野家 一", "1/19(火) 10:00〜12:00 | ◯ | △", "1/20(水) 午後 | × | ◯", "コメント | よろしく |"),
            ["t1 19 10:00-12:00", "y2 19 10:00-12:00△", "y2 20 13:00-18:00"],
        ),
        (
            ("日付 | 時間帯 | 髙橋 由美子", "1/19 | 午前 | ○", " | 午後 | △", "1/20 | 午前 | ○"),
            ["t1 19 09:00-12:00", "t1 19 13:00-18:00△", "t1 20 09:00-12:00"],
        ),
        (
            ("メール | 月 | 水 午前", "o3@example.org | 10-12 | ○"),
            ["o3 18 10:00-12:00", "o3 20 09:00-12:00", "o3 25 10:00-12:00", "o3 27 09:00-12:00"],
        ),
        (
            (
                "Timestamp | Your name | When are you free? [Tue 19 Jan] | When are you free? [Wed 20 Jan]",
                "2026/12/01 9:00:00 | Seán O'Brien | morning, 2-3pm | all day",
            ),
            ["o3 19 09:00-12:00", "o3 19 14:00-15:00", "o3 20 09:00-18:00"],
        ),
        (
            (
                "ID | 開始時刻 | 完了時刻 | 氏名 | 訪問できる日時",
                "7 | 12/1 9:00 | 12/1 9:05 | 﨑山 葵 | 1/19 9:00-10:00、13:00-14:00",
            ),
            ["7 19 09:00-10:00", "7 19 13:00-14:00"],
        ),
        (
            (
                *("Employee ID | Date | Start | End | Status", "t1 | 2027-01-19 | 09:00:00 | 12:00:00 | ok"),
                "t1 | 19 Jan 2027 | 0.5 | 13 | maybe",
            ),
            ["t1 19 09:00-12:00", "t1 19 12:00-13:00△"],
        ),
        (
            ("2027年1月", "社員番号 | 氏名 | 18 | 19 | 20", " | | 月 | 火 | 水", "t1 | 髙橋 由美子 | AM | × | 9-12"),
            ["t1 18 09:00-12:00", "t1 20 09:00-12:00"],
        ),
        (("名前 | 1月 |", " | 19 | 20", "髙橋 由美子 | ○ | △"), ["t1 19 09:00-18:00", "t1 20 09:00-18:00△"]),
        (
            ("氏名 | | 午前 | 午後", "髙橋 由美子 | 1/19 | ○ | ", " | 1/20 | | △", "𠮷野家 一 | 〃 | ○ |"),
            ["t1 19 09:00-12:00", "t1 20 13:00-18:00△", "y2 20 09:00-12:00"],
        ),
        (
            ("氏名 | 曜日 | 開始 | 終了", "髙橋 由美子 | 火 | 9:00 | 12:00"),
            ["t1 19 09:00-12:00", "t1 26 09:00-12:00"],
        ),
        (("氏名 | 第1希望 | 第2希望", "髙橋 由美子 | 1/19 9-12 | 1/20 PM"), ["t1 19 09:00-12:00", "t1 20 13:00-18:00"]),
        (("担当 | いつ空いていますか", "髙橋さん（t1） | 毎週火曜 9-10"), ["t1 19 09:00-10:00", "t1 26 09:00-10:00"]),
        (
            ("社員番号 | 1/19 | 1/19", " | 9:00-10:30 | 10:30-12:00", "t1 | ○ | ○", "y2 | △ | "),
            ["t1 19 09:00-12:00", "y2 19 09:00-10:30△"],
        ),
    ],
)  # fmt: skip
def test_lists_of_free_times_are_understood_in_any_shape(lines: tuple[str, ...], expected: list[str]) -> None:
    assert said(read(*lines)) == expected


def test_a_no_takes_away_from_what_is_said_around_it() -> None:
    found = read("氏名 | 空き", "髙橋 由美子 | 1/19 終日、11:00-13:00 ×")

    assert said(found) == ["t1 19 09:00-11:00", "t1 19 13:00-18:00"]


def test_whoever_lives_elsewhere_has_their_own_mornings() -> None:
    london = Surroundings(days=JANUARY, people=(colleague("b", "Boudica", zone="Europe/London"),))

    found = read("name | 1/19 | 1/20", "Boudica | AM | 18:00-19:00", known=london)

    assert [(one.zone, one.begin) for one in found.spans] == [("Europe/London", 540), ("Asia/Tokyo", 1080)]


def test_a_day_outside_the_round_is_said_once_and_a_blank_column_not_at_all() -> None:
    found = read("氏名 | 2/1 | 2/2 | 1/19", "髙橋 由美子 | ○ | × | ○", "𠮷野家 一 | ○ | |")

    assert [(error.row, error.column) for error in found.errors] == [(2, "2/1")]
    assert len(found.spans) == 1


def test_people_who_cannot_be_told_apart_are_refused_with_their_numbers() -> None:
    twins = Surroundings(days=JANUARY, people=(colleague("a", "王 小明"), colleague("b", "王 小明")))

    error = read("氏名 | 1/19", "王小明 | ○", known=twins).errors[0]

    assert (error.reason, dict(error.facts)["codes"]) == ("“%(value)s” names several people.", "a, b")


def test_hours_without_a_day_are_refused_not_lost() -> None:
    found = read("氏名 | 午前 | 午後", "髙橋 由美子 | ○ |")

    assert [(error.row, error.column) for error in found.errors] == [(2, "午前")]


def test_a_list_without_people_says_what_it_needs() -> None:
    found = read("日付 | 開始", "1/19 | 9:00")

    assert [error.reason for error in found.errors] == ["It cannot be told whose times these are."]


def test_one_remark_of_several_people_is_one_question() -> None:
    lines = ("氏名 | ご都合", "髙橋 由美子 | 1/19 9-12 (在宅)", "𠮷野家 一 | 1/20 9-12 在宅")

    asked = read(*lines)
    left_out = read(*lines, 在宅="leave out")

    assert [(one.about, dict(one.facts)["who"]) for one in asked.questions] == [("在宅", "髙橋 由美子, 𠮷野家 一")]
    assert (len(asked.spans), len(left_out.spans)) == (2, 0)


def test_rows_that_hr_does_not_see_are_left_out_unless_hr_says_otherwise() -> None:
    sheet = table("氏名 | 1/19", "髙橋 由美子 | ○", "𠮷野家 一 | ○", hidden=(3,))
    book = Workbook(kind="excel", sheets=(replace(sheet, name="予定"),))

    without = round_lists.read("list.xlsx", book, KNOWN, {})
    whole = round_lists.read("list.xlsx", book, KNOWN, {"hidden rows": "take in"})

    assert [len(found.times.spans) for found in (without, whole) if found.times] == [1, 2]
    assert [one.about for one in without.questions] == ["hidden rows"]


def test_the_sheet_that_holds_the_times_is_found() -> None:
    cover = replace(table("お願い", "記入してください"), name="表紙")
    book = Workbook(
        kind="excel", sheets=(cover, replace(table("氏名 | 1/19", "髙橋 由美子 | ○", "誰か | ○"), name="1月"))
    )

    found = round_lists.read("list.xlsx", book, KNOWN, {})

    assert found.times
    assert len(found.times.spans) == 1
    assert [(error.sheet, error.row) for error in found.errors] == [("1月", 3)]
