"""The days of a round that follow from those HR sets."""

from dataclasses import replace
from datetime import date

import pytest

from shadowing.rounds import timetable
from shadowing.rounds.drafts import RoundDraft

ASKED = date(2026, 12, 1)  # a Tuesday
WINTER = RoundDraft(
    title="Winter",
    starts_on=date(2027, 1, 18),
    ends_on=date(2027, 2, 12),
    answers_until=date(2026, 12, 14),
    zone="Asia/Tokyo",
)


def test_each_day_follows_from_the_others() -> None:
    days = {one.step: (one.first, one.last, one.more) for one in timetable.of(WINTER, ASKED)}

    assert days == {
        "collect": (ASKED, date(2026, 12, 14), ()),
        "remind": (date(2026, 12, 4), date(2026, 12, 4), (date(2026, 12, 11),)),
        "close": (date(2026, 12, 14), date(2026, 12, 14), ()),
        "review": (date(2026, 12, 15), date(2026, 12, 15), ()),
        "publish": (date(2027, 1, 15), date(2027, 1, 15), ()),
        "run": (date(2027, 1, 18), date(2027, 2, 12), ()),
    }
    assert list(days) == ["collect", "remind", "close", "review", "publish", "run"]


@pytest.mark.parametrize(
    ("asked", "until", "days"),
    [
        ("2026-12-01", "2026-12-14", ["2026-12-04", "2026-12-11"]),  # the eve is a Sunday
        ("2026-12-02", "2026-12-18", ["2026-12-07", "2026-12-17"]),  # the third day is a Saturday
        ("2026-12-01", "2026-12-05", ["2026-12-04"]),  # both are one day
        ("2026-12-01", "2026-12-04", ["2026-12-03"]),  # the eve comes first
        ("2026-12-01", "2026-12-03", []),  # the eve is the day after the question
        ("2026-12-01", "2026-12-01", []),
        ("2027-01-06", "2027-01-12", ["2027-01-08"]),  # a weekend and 成人の日 lie between
    ],
)
def test_reminders_come_on_working_days_and_never_within_a_day_of_the_question(
    asked: str, until: str, days: list[str]
) -> None:
    given = replace(WINTER, answers_until=date.fromisoformat(until))

    found = timetable.reminder_days(given, date.fromisoformat(asked))

    assert [str(day) for day in found] == days


def test_without_reminders_the_line_names_none() -> None:
    steps = [one.step for one in timetable.of(replace(WINTER, reminders=False), ASKED)]

    assert steps == ["collect", "close", "review", "publish", "run"]


def test_a_short_round_is_published_on_the_day_of_its_review_at_the_earliest() -> None:
    late = replace(WINTER, answers_until=date(2027, 1, 20))

    days = {one.step: one.first for one in timetable.of(late, ASKED)}

    assert days["publish"] == days["review"] == date(2027, 1, 21)
