"""The days of a round, each derived from those that HR sets: collect, remind, close, review, publish, run."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from shadowing.company import workdays
from shadowing.models import Round
from shadowing.rounds.drafts import RoundDraft

DAY = timedelta(days=1)
REMIND_AFTER = 3 * DAY
REMIND_LEAST = 2 * DAY
"""A reminder on the morning after the question would come within a day of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """*step* is what happens; *first* to *last* is when, and *more* are further days of it."""

    step: str
    first: date
    last: date
    more: tuple[date, ...] = ()


def of(given: RoundDraft | Round, asked_on: date) -> tuple[Milestone, ...]:
    """In the order in which they come. *asked_on* is the day on which people were, or would be, asked."""
    return tuple(_milestones(given, asked_on))


def _milestones(given: RoundDraft | Round, asked_on: date) -> Iterator[Milestone]:
    until = given.answers_until
    yield Milestone(step="collect", first=asked_on, last=max(asked_on, until))
    if days := reminder_days(given, asked_on):
        yield Milestone(step="remind", first=days[0], last=days[0], more=days[1:])
    yield Milestone(step="close", first=until, last=until)
    review = _working(given.zone, until + DAY, DAY)
    yield Milestone(step="review", first=review, last=review)
    told = max(review, _working(given.zone, given.starts_on - max(1, given.rules.notice_days) * DAY, -DAY))
    yield Milestone(step="publish", first=told, last=told)
    yield Milestone(step="run", first=given.starts_on, last=given.ends_on)


def reminder_days(given: RoundDraft | Round, asked_on: date) -> tuple[date, ...]:
    """Three days after the question, and the day before the last one for answers, moved to working days between the two;
    none where HR wants none."""
    if not given.reminders:
        return ()
    eve = _working(given.zone, given.answers_until - DAY, -DAY)
    third = _working(given.zone, asked_on + REMIND_AFTER, DAY)
    days = {eve, third} if third < eve else {eve}
    return tuple(sorted(day for day in days if day >= asked_on + REMIND_LEAST))


def _working(zone: str, day: date, step: timedelta) -> date:
    """The first working day from *day* on, or back."""
    days = (day + n * step for n in count())
    return next(day for day in days if day.weekday() < 5 and not workdays.usual(zone, day, day))
