"""The lines of the answer page that say: not on this day, from then to then. Each line is three fields of one name each."""

from collections.abc import Iterator
from datetime import date, time
from itertools import zip_longest

from flask_babel import gettext

from shadowing.collecting import availability
from shadowing.models import Absence, FreeTimes, Person, Round
from shadowing.typed import asked, clock, day
from shadowing.views.forms import Filled

DAY, FROM, TO = "absence_day", "absence_from", "absence_to"
BLANK_LINES, MOST = 2, 40

Line = tuple[str, str, str]


def rows(form: Filled) -> list[Line]:
    """Every line as it was typed, and blank ones to go on."""
    return [*_typed(form), *[("", "", "")] * BLANK_LINES][:MOST]


def typed(given: FreeTimes) -> dict[str, object]:
    """What was given, as the fields show it."""
    return {
        DAY: [one.day.isoformat() for one in given.absences],
        FROM: [f"{one.begin:%H:%M}" for one in given.absences],
        TO: [one.until.replace("24:00", "00:00") for one in given.absences],
    }


def sound(form: Filled, person: Person, round: Round) -> tuple[Absence, ...]:
    read = (_read(line, availability.days_of(person, round)) for line in _typed(form))
    return tuple(sorted({one for one in read if one}))


def mistake(form: Filled, person: Person, round: Round) -> str:
    """What is said where a line is no absence; nothing where each is one."""
    days = availability.days_of(person, round)
    if all(_read(line, days) for line in _typed(form)):
        return ""
    return str(gettext("Give each absence a day of the round, a time it begins at and a later one it ends at."))


def _typed(form: Filled) -> Iterator[Line]:
    lines = zip_longest(form.values(DAY), form.values(FROM), form.values(TO), fillvalue="")
    return ((on, begin, end) for on, begin, end in list(lines)[:MOST] if on or begin or end)


def _read(line: Line, days: tuple[date, ...]) -> Absence | None:
    on, begin, end = asked(day, line[0], None), asked(clock, line[1], None), asked(_end, line[2], None)
    if on not in days or begin is None or end is None or begin >= end:
        return None
    return Absence(on, begin, end)


def _end(said: str) -> time:
    """Midnight ends a day."""
    found = clock(said)
    return time.max if found == time.min else found
