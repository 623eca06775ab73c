"""Seats of a plan become rows: the one place for what the solver found, whether it made a whole plan or repaired one."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from shadowing.extensions import db
from shadowing.matching import pairings
from shadowing.matching.spans import minutes
from shadowing.models import Guest, Opening, Pairing, PairingStatus, Round, Slot
from shadowing.solver import problem as p

AGAIN = "again"
"""The tag of a pairing that a repair gave to somebody."""
SlotsByPlace = dict[tuple[int, int], Slot]


def slots(round: Round, seats: Iterable[p.Seat]) -> SlotsByPlace:
    """(opening id, start minute) -> slot, made where a flexible opening takes place for the first time."""
    rows = select(Slot).join(Opening).where(Opening.round_id == round.id, Slot.cancelled_at.is_(None))
    found = {(slot.opening_id, minutes(slot.starts_at)): slot for slot in db.session.scalars(rows)}
    openings = {
        opening.id: opening for opening in db.session.scalars(select(Opening).where(Opening.round_id == round.id))
    }
    for seat in seats:
        if (seat.opening, seat.start) not in found:
            found[seat.opening, seat.start] = pairings.new_slot(openings[seat.opening], seat.start)
    db.session.flush()
    return found


def guests(round: Round, people: Iterable[int]) -> dict[int, Guest]:
    """Person id -> guest."""
    rows = select(Guest).where(Guest.round_id == round.id, Guest.person_id.in_(set(people)))
    return {guest.person_id: guest for guest in db.session.scalars(rows)}


def exchange(
    round: Round, problem: p.Problem, given_up: Iterable[p.Seat], taken: Iterable[p.Seat], now: datetime
) -> None:
    """Take seats from people and give them others; what stands beside them stays as it is, and nobody is told."""
    given_up, taken = tuple(given_up), tuple(taken)
    concerned = guests(round, (seat.guest for seat in (*given_up, *taken)))
    had = {pairings.seat_of(one): one for one in _rows(concerned.values())}
    for seat in given_up:
        pairings.take_out(had[seat])
    there = slots(round, taken)
    for seat in taken:
        guest = concerned[seat.guest]
        pairing = had.get(seat) or Pairing(round_id=round.id, guest=guest, slot=there[seat.opening, seat.start])
        pairing.status, pairing.pinned, pairing.by_hand, pairing.lost = PairingStatus.PLANNED, False, False, False
        pairing.tags = [*pairings.tags(problem, seat), AGAIN]
        db.session.add(pairing)
        guest.reason = None
    db.session.flush()


def _rows(guests: Iterable[Guest]) -> Iterable[Pairing]:
    rows = select(Pairing).join(Pairing.slot).where(Pairing.guest_id.in_([guest.id for guest in guests]))
    return db.session.scalars(rows.where(Slot.cancelled_at.is_(None)))
