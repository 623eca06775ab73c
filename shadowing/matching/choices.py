"""What else a guest could take, and what each choice costs the others."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from shadowing.extensions import db
from shadowing.matching import pairings
from shadowing.matching.spans import minutes, moment
from shadowing.models import Guest, Opening, Pairing, Person, Round, Slot
from shadowing.solver import problem as p
from shadowing.solver.alternatives import Alternative
from shadowing.solver.alternatives import alternatives as alternatives_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A feasible place for a guest, with the *tags* it would have, and its price: the one who would lose theirs, if any. *swap*
    is that one's pairing, where they may take the place that the guest gives up; *their* tags are those of then.
    *start* is in minutes since 1970."""

    opening: Opening
    start: int
    tags: tuple[str, ...]
    displaced: Person | None
    swap: Pairing | None = None
    their: tuple[str, ...] = ()

    @property
    def starts_at(self) -> datetime:
        return moment(self.start)

    @property
    def ends_at(self) -> datetime:
        return moment(self.start + self.opening.minutes)


def alternatives(guest: Guest, instead: Pairing | None, now: datetime) -> list[Choice]:
    """At most five, the smallest effect on others first and the best fit within, for a guest who would give up *instead*."""
    problem = pairings.problem_without(guest.round, instead, now)
    if guest.person_id not in {one.person for one in problem.guests}:
        return []
    gives_up = {pairings.seat_of(instead)} if instead else set()
    found = alternatives_of(problem, pairings.seats(guest.round), guest.person_id, gives_up)
    openings = _openings(one.seat.opening for one in found)
    losers = _persons(one.displaced.guest for one in found if one.displaced)
    choices = [
        Choice(
            opening=openings[one.seat.opening],
            start=one.seat.start,
            tags=pairings.tags(problem, one.seat),
            displaced=losers[one.displaced.guest] if one.displaced else None,
            swap=_pairing_of(guest.round, one) if one.swapped else None,
            their=pairings.tags(problem, _theirs(one)) if one.swapped else (),
        )
        for one in found
    ]
    return sorted(choices, key=lambda choice: (choice.displaced is not None, choice.swap is None))


def _theirs(one: Alternative) -> p.Seat:
    assert one.swapped
    assert one.displaced
    return p.Seat(guest=one.displaced.guest, opening=one.swapped.opening, start=one.swapped.start)


def _pairing_of(round: Round, one: Alternative) -> Pairing | None:
    assert one.displaced
    there = select(Pairing).join(Pairing.guest).join(Pairing.slot).where(Pairing.round_id == round.id, Pairing.stands)
    there = there.where(Guest.person_id == one.displaced.guest, Slot.opening_id == one.displaced.opening)
    return next((row for row in db.session.scalars(there) if minutes(row.slot.starts_at) == one.displaced.start), None)


def _openings(ids: Iterable[int]) -> dict[int, Opening]:
    return {row.id: row for row in db.session.scalars(pairings.with_hosts().where(Opening.id.in_(set(ids))))}


def _persons(ids: Iterable[int]) -> dict[int, Person]:
    rows: Select[Person] = select(Person).options(joinedload(Person.department)).where(Person.id.in_(set(ids)))
    return {row.id: row for row in db.session.scalars(rows)}
