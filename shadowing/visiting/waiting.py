"""The waiting list: who would still like a visit, in what order, and who of them could take a certain seat.

The order: who went without for the most rounds in a row comes first (matching/ledger.py), who has a visit and would like one
more comes last, and lots decide between equals, drawn anew for each seat but always alike for the same one."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from shadowing.extensions import db
from shadowing.matching import gather, ledger, pairings, presence
from shadowing.matching.excerpts import near
from shadowing.matching.spans import minutes
from shadowing.models import Guest, Pairing, Person, Round, Slot
from shadowing.solver import problem as p
from shadowing.solver.alternatives import against, gone, neighbourhood


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A guest with fewer visits than they asked for. The higher the *rank*, the earlier; 0 for who has a visit already."""

    guest: Guest
    rank: int


def of(round: Round) -> list[Waiting]:
    """Everybody who waits, first come those of the highest rank; within a rank by name."""
    has = select(Pairing.guest_id, func.count()).where(Pairing.round_id == round.id, Pairing.stands)
    visits = dict(db.session.execute(has.group_by(Pairing.guest_id)).all())
    rows = select(Guest).join(Guest.person).where(gather.takes_part(round), presence.all_along(round))
    rows = rows.options(joinedload(Guest.person).joinedload(Person.department))
    missed, most = ledger.missed(round), round.rules.visits_most
    found = [
        Waiting(guest=guest, rank=0 if visits.get(guest.id) else ledger.weight(missed[guest.person_id]))
        for guest in db.session.scalars(rows.order_by(Person.sort_key, Person.code))
        if visits.get(guest.id, 0) < (min(guest.visits, most) if most else guest.visits)
    ]
    return sorted(found, key=lambda one: -one.rank)


def waits(guest: Guest) -> bool:
    """Whether this one guest does."""
    mine = select(Guest.id).join(Guest.person).where(gather.takes_part(guest.round), presence.all_along(guest.round))
    has = select(func.count()).select_from(Pairing).where(Pairing.guest_id == guest.id, Pairing.stands)
    most = guest.round.rules.visits_most
    wanted = min(guest.visits, most) if most else guest.visits
    return (db.session.scalar(has) or 0) < wanted and db.session.scalar(mine.where(Guest.id == guest.id)) is not None


def by_lot(waiting: Iterable[Waiting], lot: int) -> list[Waiting]:
    """In the order in which they are asked; *lot* is the number of the seat."""

    def drawn(one: Waiting) -> tuple[int, str]:
        return -one.rank, hashlib.sha256(f"{lot} {one.guest.person_id}".encode()).hexdigest()

    return sorted(waiting, key=drawn)


def who_could(slot: Slot, waiting: Sequence[Waiting], now: datetime) -> list[Waiting]:
    """Those whom no rule keeps from a seat there, with everybody else where they are."""
    broken = against_each(slot, [one.guest for one in waiting], now)
    return [one for one in waiting if not broken[one.guest.id]]


def against_each(slot: Slot, guests: Sequence[Guest], now: datetime) -> dict[int, str]:
    """Guest id -> the first rule that their visit there would break, or nothing. The notice of the round is not asked for: they
    say themselves whether it is too soon for them."""
    if not guests:
        return {}
    round, start = slot.opening.round, minutes(slot.starts_at)
    excerpt = near(round, [guest.person_id for guest in guests], [slot.opening_id])
    problem = replace(gather.problem(round, now, excerpt), earliest=0)
    plan = neighbourhood(problem, pairings.seats(round, excerpt))
    found = {}
    for guest in guests:
        seat = p.Seat(guest=guest.person_id, opening=slot.opening_id, start=start)
        found[guest.id] = gone(problem, seat) or next(iter(against(plan, seat)), "")
    return found
