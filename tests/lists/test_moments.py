"""Times as people type them."""

from datetime import date

import pytest

from shadowing.lists import clocks, days, marks, moments
from shadowing.lists.days import RoundDays, Weekdays
from shadowing.typed import Unfit

ROUND = RoundDays(starts_on=date(2027, 1, 18), ends_on=date(2027, 1, 29), zone="Asia/Tokyo")
BERLIN = RoundDays(starts_on=date(2027, 1, 18), ends_on=date(2027, 2, 12), zone="Europe/Berlin")


def said(text: str, round: RoundDays = ROUND) -> list[tuple[list[int], list[str]]]:
    """Each phrase as days of January and pieces such as `09:00-12:00`, with △ or × and its remark."""
    return [
        ([day.day for day in phrase.on(round)], [written(free) for free in phrase.pieces])
        for phrase in moments.phrases(text, round)
    ]


def written(free: moments.Free) -> str:
    begin, end = ("" if one is None else clocks.shown(one) for one in (free.piece.begin, free.piece.end))
    return f"{begin}-{end}{'×△'[free.level] if free.level < marks.YES else ''}{free.remark}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1/19(火) 9:00～12:00、1/21(木) 終日", [([19], ["09:00-12:00"]), ([21], ["-"])]),
        ("1/20 午後\n1/22 10:00-11:30（対面のみなら）", [([20], ["13:00-"]), ([22], ["10:00-11:30対面のみなら"])]),
        ("毎週火曜の午前", [([19, 26], ["-12:00"])]),
        ("毎週月曜 10時〜11時", [([18, 25], ["10:00-11:00"])]),
        ("第3・第4火曜 13:30〜14:30", [([19, 26], ["13:30-14:30"])]),
        ("1/19・1/21・1/26 14:00～15:00", [([19, 21, 26], ["14:00-15:00"])]),
        ("１月２０日（水）１０：００〜１１：３０", [([20], ["10:00-11:30"])]),
        ("令和9年1月19日 午後2時〜4時", [([19], ["14:00-16:00"])]),
        ("R9.1.19 9時半～11時", [([19], ["09:30-11:00"])]),
        ("20270119 14時以降", [([19], ["14:00-"])]),
        ("1/18〜1/22 午前中", [([18, 19, 20, 21, 22], ["-12:00"])]),
        ("1/19-22 15時まで", [([19, 20, 21, 22], ["-15:00"])]),
        ("1/19 9:00-12:00, 13:00-15:00; 1/20 ×", [([19], ["09:00-12:00", "13:00-15:00"]), ([20], ["-×"])]),
        ("1/19 ○、1/20 △ 1/21×", [([19], ["-"]), ([20], ["-△"]), ([21], ["-×"])]),
        ("1/19 ○9-12 △13-15", [([19], ["09:00-12:00", "13:00-15:00△"])]),
        ("月・水・金 PM", [([18, 20, 22, 25, 27, 29], ["13:00-"])]),
        ("月〜水 10-12", [([18, 19, 20, 25, 26, 27], ["10:00-12:00"])]),
        ("平日 22:00-25:00", [([18, 19, 20, 21, 22, 25, 26, 27, 28, 29], ["22:00-25:00"])]),
        ("19日と21日の午後", [([19, 21], ["13:00-"])]),
        ("午前：1/19、1/20", [([19, 20], ["-12:00"])]),
        ("Tue 19 Jan 9am-12pm, Thursday, January 21 2-4pm", [([19], ["09:00-12:00"]), ([21], ["14:00-16:00"])]),
        ("Mondays 10:00–11:00", [([18, 25], ["10:00-11:00"])]),
        ("every other Friday after 14:00", [([22, 29], ["14:00-"])]),
        ("Mon-Wed mornings", [([18, 19, 20, 25, 26, 27], ["-12:00"])]),
        ("1/19(火・祝)9時〜12時もOKです", [([19], ["09:00-12:00"])]),
        ("㈫ 18:00〜24:00", [([19, 26], ["18:00-24:00"])]),
        ("1/19 18:00-1:00", [([19], ["18:00-25:00"])]),
        ("1/19 10ー12時", [([19], ["10:00-12:00"])]),
        ("1/19・20(水)、22 午後", [([19, 20, 22], ["13:00-"])]),
        ("21(木) 午前10時から正午まで", [([21], ["10:00-12:00"])]),
        ("火・木の午後", [([19, 21, 26, 28], ["13:00-"])]),
        ("①1/19 9-10 ②1/20 0930-1130", [([19], ["09:00-10:00"]), ([20], ["09:30-11:30"])]),
        ("1/19 9:00~12:00/13:00~17:00", [([19], ["09:00-12:00", "13:00-17:00"])]),
        ("1/19 14時以降ならいつでも", [([19], ["14:00-"])]),
    ],
)
def test_times_are_understood_as_people_write_them(text: str, expected: list[tuple[list[int], list[str]]]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "会議",
        "2/30 9-12",
        "1/19(月) 9-12",
        "1/19以外は終日",
        "1/19 12:00-9:00",
        "1/19 31:00-32:00",
        "𠮷野家で🍜",
        "-",
        "来週火曜 9-12",
        "1/20 同じ",
    ],
)
def test_what_cannot_be_read_for_certain_is_refused(text: str) -> None:
    with pytest.raises(Unfit):
        moments.phrases(text, ROUND)


def test_a_year_left_out_is_the_one_of_the_round() -> None:
    over = RoundDays(starts_on=date(2026, 12, 14), ends_on=date(2027, 1, 29), zone="Asia/Tokyo")

    assert [phrase.days for phrase in moments.phrases("12/21 9-10, 1/12 9-10", over)] == [
        (date(2026, 12, 21),),
        (date(2027, 1, 12),),
    ]


def test_day_and_month_are_told_apart_by_the_round_and_by_where_it_is() -> None:
    assert said("19.01.2027 9.30-11.00", BERLIN) == [([19], ["09:30-11:00"])]
    assert moments.phrases("2/1 9-10, 1/2 9-10", BERLIN)[1].days == (date(2027, 2, 1),)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (Weekdays((2,), (2, 4)), "FREQ=MONTHLY;BYDAY=2WE,4WE"),
        (Weekdays((0,), (), 2), "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"),
        (Weekdays((4,), (-1,)), "FREQ=MONTHLY;BYDAY=-1FR"),
        (Weekdays((0, 3)), "FREQ=WEEKLY;BYDAY=MO,TH"),
    ],
)
def test_rules_in_words_become_rules_of_calendars(rule: Weekdays, text: str) -> None:
    assert rule.rrule == text


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("第2・第4水曜", Weekdays((2,), (2, 4))),
        ("隔週月曜", Weekdays((0,), (), 2)),
        ("最終金曜日", Weekdays((4,), (-1,))),
        ("the second and fourth Wednesday", Weekdays((2,), (2, 4))),
        ("毎月第一月曜日", Weekdays((0,), (1,))),
    ],
)
def test_weekdays_are_counted_as_people_count_them(text: str, rule: Weekdays) -> None:
    assert days.rule(text, 0) == (rule, len(text))


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("90分", 90),
        ("1時間半", 90),
        ("1.5h", 90),
        ("1時間30分", 90),
        ("01:30", 90),
        ("約２時間", 120),
        ("45", 45),
        ("半日", None),
    ],
)
def test_lengths_are_understood(text: str, minutes: int | None) -> None:
    assert clocks.duration(text) == minutes


@pytest.mark.parametrize("circle", ["○", "〇", "◯", "◎", "⭕️", " ○ ", "ＯＫ", "可", "はい"])
def test_every_circle_is_a_yes(circle: str) -> None:
    assert marks.level(circle) == marks.YES


def test_serial_numbers_of_spreadsheets_are_days_and_times() -> None:
    assert days.serial("46408.375") == (date(2027, 1, 21), 9 * 60)
    assert days.serial("46408") == (date(2027, 1, 21), 0)
    assert days.serial("10245") is None


@pytest.mark.parametrize(
    "text",
    [
        "2027/1/19 9:00",
        "2027年1月19日 9:00",
        "46406.375",
        "2027/01/19 9:00:00",
        "令和9年1月19日 午前9時",
        "19.1.2027 9:00",
        "２０２７/１/１９　９：００",
    ],
)
def test_a_whole_moment_is_read_in_any_writing(text: str) -> None:
    assert moments.iso(text) == "2027-01-19 09:00"


@pytest.mark.parametrize("text", ["2027-01-19T09:00+09:00", "1/19 9:00", "2027/1/19", "2027/13/1 9:00", "soon", ""])
def test_what_is_no_whole_moment_stays_as_it_is(text: str) -> None:
    assert moments.iso(text) == text
