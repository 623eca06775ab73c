"""Quiet hours: letters that can wait leave from 8 to 19 on the reader's own working days, by the clock of their site.

At once go links that somebody asked for, the echo of an answer, whatever is about a visit that begins within a day of the morning
it would wait for, and what would be too late by then. Without a mail server no mail reaches anybody, so none waits."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from shadowing.company.workdays import Workdays
from shadowing.extensions import db, settings
from shadowing.models import TESTS, Letter, LetterKind, Person, Round
from shadowing.models.facts import VisitFacts

AT_ONCE = (LetterKind.SIGN_IN, LetterKind.PERSONAL_LINK, LetterKind.ANSWER_HEARD, *TESTS)
SOON = timedelta(days=1)


def wait(letter: Letter) -> None:
    """Let *letter*, which is due, leave no earlier than its reader shall be disturbed."""
    letter.not_before = _morning(letter) if settings().mail_server else None


def _morning(letter: Letter) -> datetime | None:
    begin, end = settings().mail_hours
    if letter.kind in AT_ONCE or end - begin == 24:
        return None
    morning = _next_window(letter, begin, end)
    return None if morning is None or morning <= letter.due_at or _presses(letter, morning) else morning


def _presses(letter: Letter, morning: datetime) -> bool:
    facts = letter.facts
    if isinstance(facts, VisitFacts):
        before, entry = facts.revision.before, facts.revision.entry
        begins = [entry.starts_at, *([before.starts_at] if before else [])]
        return any(begin <= morning + SOON for begin in begins)
    return letter.expires_at is not None and letter.expires_at <= morning


def _next_window(letter: Letter, begin: int, end: int) -> datetime | None:
    round = db.session.get(Round, letter.round_id) if letter.round_id else None
    return _window(letter.person, letter.zone, round, letter.due_at, (begin, end))


def day_for(person: Person, round: Round, moment: datetime) -> datetime:
    """When *person* may be disturbed: at *moment*, or on the next morning of theirs; for who works on no day of the next
    weeks, at *moment*."""
    return _window(person, person.zone, round, moment, settings().mail_hours) or moment


def _window(
    person: Person, zone: str, round: Round | None, moment: datetime, between: tuple[int, int]
) -> datetime | None:
    """When it is day for the reader: at *moment*, or from when on. None for somebody who works on no day of the next weeks."""
    working = replace(Workdays.of(person, round.closed_days if round else ()), zone=zone)
    for day in working.after(working.day_of(moment)):
        opens, closes = (working.at(day, time(hour) if hour < 24 else time.max) for hour in between)
        if moment < closes:
            return max(opens, moment)
    return None
