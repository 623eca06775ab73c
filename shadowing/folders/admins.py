"""Somebody is let in before the list of people is there. The list then knows them by their mail address."""

from sqlalchemy import func, select

from shadowing.company import people
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.models import Person
from shadowing.typed import mail
from shadowing.typed import name as name_of


def is_provisional(person_code: str) -> bool:
    """No list has given this person an id yet: their address stands for it."""
    return "@" in person_code


def make_admin(email: str, name: str) -> Person:
    """Find or make the person with this address, and let them run rounds. Who is on no list yet has no department and is asked
    nothing."""
    address, name = mail(email), name_of(name)
    same = select(Person).where(func.lower(Person.email) == address.lower())
    person = db.session.scalar(same.order_by(Person.left_at.is_not(None), Person.id).limit(1))
    if person is None:
        person = Person(code=address[:60], email=address, display_name=name or address.partition("@")[0])
        person.family_name = person.given_name = person.kana = ""
        people.index(person)
        db.session.add(person)
    elif person.left_at:
        raise Refusal("%(name)s has left the company.", name=person.display_name)
    person.hr = True
    db.session.flush()
    return person
