"""The excerpt of a round that a question is about: what touches one visit is answered without reading the whole round."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, or_, select, true

from shadowing.extensions import db
from shadowing.models import Department, Guest, Host, Opening, Pairing, Person, Round, Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """Ids of *openings*, with their hosts and whoever sits there, and of the people *asked*. Of everybody else it is known
    where they sit, not what they wish nor when they are free. None is all there are.

    *judged*: what stands is held against the rules and nothing is looked for, so that nobody asks at which other times hosts
    could receive, which departments met before, or who comes first."""

    openings: frozenset[int] | None = None
    asked: frozenset[int] | None = None
    judged: bool = False

    def offered(self) -> ColumnElement[bool]:
        """The WHERE of its openings."""
        return true() if self.openings is None else Opening.id.in_(self.openings)

    def persons(self) -> ColumnElement[bool]:
        """The WHERE of the people asked."""
        return true() if self.asked is None else Person.id.in_(self.asked)

    def own(self) -> ColumnElement[bool]:
        """The WHERE of their rows as guests."""
        return true() if self.asked is None else Guest.person_id.in_(self.asked)

    def guests(self, round: Round) -> ColumnElement[bool]:
        """The WHERE of its guests."""
        if self.asked is None:
            return true()
        sitting = select(Pairing.guest_id).join(Pairing.slot).join(Slot.opening)
        sitting = sitting.where(Pairing.round_id == round.id, Pairing.stands, self.offered())
        return or_(Guest.person_id.in_(self.asked), Guest.id.in_(sitting))

    def timed(self, round: Round) -> ColumnElement[bool]:
        """The WHERE of people whose free times decide something: of hosts only where they can choose the time."""
        if self.asked is None:
            return true()
        hosting = select(Host.person_id).join(Host.opening)
        hosting = hosting.where(Opening.round_id == round.id, Opening.flexible, self.offered())
        return or_(self.persons(), Person.id.in_(hosting))


WHOLE = Excerpt()
AS_IT_STANDS = Excerpt(judged=True)


def near(round: Round, people: Iterable[int], openings: Iterable[int]) -> Excerpt:
    """All that a rule can bring up when these people are seated in these openings: what else they and the hosts there host and
    visit and, where only so many of a department may be away, what their colleagues visit."""
    people, openings = frozenset(people), frozenset(openings)
    both = people | set(db.session.scalars(select(Host.person_id).where(Host.opening_id.in_(openings))))
    away = both | _colleagues(round, people)
    found = openings | set(db.session.scalars(hosted_by(round, both))) | set(db.session.scalars(_visited(round, away)))
    return Excerpt(openings=found, asked=people)


def hosted_by(round: Round, people: Iterable[int]) -> Select[int]:
    rows = select(Host.opening_id).join(Host.opening)
    return rows.where(Opening.round_id == round.id, Host.person_id.in_(people))


def _visited(round: Round, people: Iterable[int]) -> Select[int]:
    rows = select(Slot.opening_id).join(Pairing, Pairing.slot_id == Slot.id).join(Pairing.guest)
    return rows.where(Pairing.round_id == round.id, Pairing.stands, Guest.person_id.in_(people))


def _colleagues(round: Round, people: Iterable[int]) -> set[int]:
    homes = limited(round, people)
    rows = select(Guest.person_id).join(Guest.person).where(Guest.round_id == round.id)
    return set(db.session.scalars(rows.where(Person.department_id.in_(homes)))) if homes else set()


def limited(round: Round, people: Iterable[int]) -> set[int]:
    """Departments of these people, of whom only so many may be away at a time."""
    homes = select(Department.id).join(Person, Person.department_id == Department.id).where(Person.id.in_(people))
    if not round.rules.away_most:
        homes = homes.where(or_(Department.away_most.is_not(None), Department.seated_least.is_not(None)))
    return set(db.session.scalars(homes))
