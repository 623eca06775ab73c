"""Who may run rounds: the people of HR, granted and taken by one another. One of them always stays."""

from datetime import datetime

from sqlalchemy import Select

from shadowing.company import audit, people
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.models import Person


def everybody() -> Select[Person]:
    """Who runs rounds, in the order of a directory."""
    return people.active().where(Person.hr)


def grant(person: Person, by: Person | None, now: datetime) -> bool:
    """False where they run rounds already."""
    if person.left_at is not None:
        raise Refusal("%(name)s has left the company.", name=person.display_name)
    if person.hr:
        return False
    person.hr = True
    audit.record("grant", by, None, now, of=person.id)
    return True


def revoke(person: Person, by: Person | None, now: datetime) -> None:
    """They are signed out everywhere at once; personal links to their own pages go on. Twice is once."""
    if not person.hr:
        return
    refuse_last(person)
    person.hr = False
    people.sign_out(person, now)
    audit.record("revoke", by, None, now, of=person.id)


def refuse_last(person: Person) -> None:
    """Raises Refusal where nobody else who stays runs rounds."""
    others = everybody().where(Person.id != person.id, Person.last_day.is_(None))
    if person.hr and db.session.scalar(others.limit(1)) is None:
        raise Refusal(
            "%(name)s is the only one who runs rounds. Let somebody else run rounds first.", name=person.display_name
        )
