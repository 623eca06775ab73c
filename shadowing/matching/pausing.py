"""People who pause until a day, on leave of absence: not asked, not reminded and not placed until then.

It begins at once, and ends by itself: nothing has to be done on the day."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from shadowing.company import audit, people
from shadowing.matching import leaving
from shadowing.matching.concerned import Touched
from shadowing.matching.leaving import Caused
from shadowing.models import Person
from shadowing.typed import Mistakes, Unfit


def caused(person: Person, back_on: date, now: datetime) -> Caused:
    """What `pause` would bring about now: which visits lie before the day."""
    return leaving.visits_between(person, now, people.at(back_on, time.min, ZoneInfo(person.zone)))


def pause(person: Person, back_on: date, by: Person | None, now: datetime) -> Caused:
    """Until *back_on*, the first day on which they take part again. Visits before it are taken out. Raises Mistakes."""
    if back_on <= now.astimezone(ZoneInfo(person.zone)).date():
        raise Mistakes({"back_on": Unfit("Choose a day after today.")})
    found = caused(person, back_on, now)
    person.away_until = back_on
    leaving.look_again(person, leaving.take_out(found), now)
    figures = {"visits": len(found.visits), "hosted": len(found.hosted)}
    audit.record("pause", by, None, now, of=person.id, back_on=back_on.isoformat(), **figures)
    return found


def resume(person: Person, by: Person | None, now: datetime) -> None:
    """They take part again at once; visits that were taken out do not come back by themselves. Twice is once."""
    if person.away_until is not None:
        person.away_until = None
        leaving.look_again(person, Touched(), now)
        audit.record("resume", by, None, now, of=person.id)
