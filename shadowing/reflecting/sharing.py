"""Who reads what was written after a visit: the one rule that every page asks.

Its writer reads all of it. A host of the visit, the writer's boss and everybody with a personal link read what the writer let
them. HR reads how many there are, what everybody may read, and why a visit was not held. What a customer said is read by those
who were there alone, unless the guest ticked that it may be quoted and HR released it."""

from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import contains_eager, joinedload

from shadowing.models import Guest, Host, Opening, Pairing, Person, Round, Slot
from shadowing.models.reflecting import Reflection, ShareLevel

ALL_MOST = 50
"""Of what others wrote, so many are on a page, the latest ones."""
Sought = Select[Reflection]
TELLS = Reflection.tried != ""
TO_HOST = (ShareLevel.HOST, ShareLevel.BOSS, ShareLevel.ALL)
TO_BOSS = (ShareLevel.BOSS, ShareLevel.ALL)


class ReaderIs(StrEnum):
    """As what somebody reads a reflection."""

    WRITER = "writer"
    HOST = "host"
    BOSS = "boss"
    COLLEAGUE = "colleague"


def by_writer(person: Person) -> Sought:
    """Also what says no more than that the visit was not held, which others do not read."""
    return _sent().where(Reflection.person_id == person.id)


def by_host(person: Person) -> Sought:
    hosting = select(Host.opening_id).where(Host.person_id == person.id)
    found = _sent().where(TELLS, Reflection.share.in_(TO_HOST), Slot.opening_id.in_(hosting))
    return found.where(Reflection.person_id != person.id).limit(ALL_MOST)


def by_boss(person: Person) -> Sought:
    team = select(Person.id).where(Person.manager_id == person.id, Person.id != person.id)
    return _sent().where(TELLS, Reflection.share.in_(TO_BOSS), Reflection.person_id.in_(team)).limit(ALL_MOST)


def by_everybody(round: Round) -> Sought:
    return _sent().where(TELLS, Reflection.share == ShareLevel.ALL, Guest.round_id == round.id).limit(ALL_MOST)


def of_department(department_id: int) -> Sought:
    """What everybody may read of visits to the department, of all rounds."""
    return (
        _sent().where(TELLS, Reflection.share == ShareLevel.ALL, Opening.department_id == department_id).limit(ALL_MOST)
    )


def quotable(round: Round) -> Sought:
    """Of which HR reads the customer's words, to release them or not."""
    return _sent().where(Reflection.quotable, Reflection.customer_said != "", Guest.round_id == round.id)


def not_held(round: Round) -> Sought:
    """Of which HR alone reads why the visit did not take place."""
    return _sent().where(Reflection.why_not_held != "", Guest.round_id == round.id)


def customer_words(reflection: Reflection, reader: ReaderIs) -> str:
    """What the customer said, where *reader* may know it."""
    there = reader in (ReaderIs.WRITER, ReaderIs.HOST)
    released = reflection.quotable and reflection.released_at is not None
    return reflection.customer_said if there or released else ""


def sent(round: Round) -> ColumnElement[bool]:
    """Of a reflection in *round*, that it counts."""
    mine = select(Pairing.id).where(Pairing.round_id == round.id)
    return and_(Reflection.sent_at.is_not(None), Reflection.pairing_id.in_(mine))


def _sent() -> Sought:
    found = select(Reflection).join(Reflection.pairing).join(Pairing.guest).join(Pairing.slot).join(Slot.opening)
    pairing = contains_eager(Reflection.pairing)
    slot = pairing.contains_eager(Pairing.slot).contains_eager(Slot.opening)
    return (
        found.where(Reflection.sent_at.is_not(None))
        .options(
            joinedload(Reflection.person).joinedload(Person.department),
            pairing.contains_eager(Pairing.guest),
            slot.joinedload(Opening.department),
            slot.selectinload(Opening.hosts).joinedload(Host.person),
        )
        .order_by(Reflection.sent_at.desc(), Reflection.id)
    )
