"""Quiet hours: letters that can wait leave from 8 to 19 on the reader's own working days, by the clock of their site.

At once go links that somebody asked for, the echo of an answer, whatever is about a visit that begins within a day of the morning
it would wait for, and what would be too late by then. Without a mail server no mail reaches anybody, so none waits."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shadowing.company import people
from shadowing.extensions import db, settings
from shadowing.models import Letter, LetterKind, Person, Round, VisitFacts

AT_ONCE = (LetterKind.SIGN_IN, LetterKind.PERSONAL_LINK, LetterKind.ANSWER_HEARD)
SOON = timedelta(days=1)
DAYS_AHEAD = 31


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
    month, at *moment*."""
    return _window(person, person.zone, round, moment, settings().mail_hours) or moment


def _window(
    person: Person, zone_name: str, round: Round | None, moment: datetime, between: tuple[int, int]
) -> datetime | None:
    """When it is day for the reader: at *moment*, or from when on. None for who works on no day of the next month."""
    zone, hours = ZoneInfo(zone_name), people.read_hours(people.painted_hours(person.hours))
    closed = set(round.closed_days) if round else set()
    today = moment.astimezone(zone).date()
    for day in (today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)):
        opens, closes = (_at(day, hour, zone) for hour in between)
        if hours.spans(day) and day.isoformat() not in closed and moment < closes:
            return max(opens, moment)
    return None


def _at(day: date, hour: int, zone: ZoneInfo) -> datetime:
    if hour == 24:
        day, hour = day + timedelta(days=1), 0
    return datetime.combine(day, time(hour), zone).astimezone(UTC)
