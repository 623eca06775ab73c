"""Taking back the last deed of HR, and going back to the plan before a search. Either holds to the rules as they are by then."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy import delete, select
from sqlalchemy.orm import contains_eager

from shadowing.company import audit
from shadowing.errors import Changed, Refusal, WrongStage
from shadowing.extensions import db
from shadowing.matching import before, gather, pairings, why
from shadowing.matching.concerned import Touched
from shadowing.matching.excerpts import WHOLE, Excerpt, near
from shadowing.matching.spans import minutes, moment
from shadowing.models import (
    Forbid,
    Guest,
    Opening,
    Pairing,
    PairingStatus,
    Person,
    PlaceBefore,
    PlanBefore,
    Round,
    Slot,
    Stage,
)
from shadowing.solver import problem as p
from shadowing.solver.alternatives import Neighbourhood, neighbourhood
from shadowing.solver.check import strangers, visits_are_returned

Wanted = dict[p.Seat, PlaceBefore]


@dataclass(frozen=True, slots=True)
class Kept:
    """Of the places that somebody had before: those that can stand again, and the people (ids) who would lose one."""

    again: set[p.Seat] = field(default_factory=set)
    lost: set[int] = field(default_factory=set)


def undo(
    round: Round, number: int, by: Person | None, now: datetime, last: sa.Select[PlanBefore] | None = None
) -> PlanBefore:
    """Take back the *last* deed by hand, whole or not at all; *number* is that of the row that the page showed."""
    pairings.only_under_review(round)
    row = _claimed(round, number, db.session.scalar(before.last_deed(round) if last is None else last))
    kept = _restore(round, row, now, _near(round, row))
    if kept.lost:
        raise Refusal(
            "This cannot be taken back any more, because something changed meanwhile: %(names)s. Choose another place for them "
            "with “Change”.",
            names=_names(kept.lost),
        )
    audit.record("undo", by, round, now, of=row.deed)
    return row


def back(round: Round, number: int, by: Person | None, now: datetime) -> list[Person]:
    """Put the plan before the last search in place again, as far as it still holds; answers whose visits do not. What stood
    until now is kept in its turn, so that the same button leads back."""
    if round.stage is not Stage.REVIEWING:
        raise WrongStage("The round “%(title)s” is not under review. Change single visits instead.", title=round.title)
    row = _claimed(round, number, db.session.scalar(before.last_plan(round)))
    before.remember_plan(round, by, now)
    kept = _restore(round, row, now, WHOLE)
    if not kept.again:
        raise Refusal(
            "None of the visits of the plan before is possible any more, so nothing was changed. Make the pairings again."
        )
    audit.record("back", by, round, now, lost=len(kept.lost))
    people = select(Person).where(Person.id.in_(kept.lost)).order_by(Person.sort_key, Person.code)
    return list(db.session.scalars(people))


def _claimed(round: Round, number: int, row: PlanBefore | None) -> PlanBefore:
    """The row, for whoever marks it first."""
    there = sa.update(PlanBefore).where(PlanBefore.id == number, PlanBefore.deed != before.TAKEN_BACK)
    mark = there.values(deed=before.TAKEN_BACK).execution_options(synchronize_session=False)
    if row is None or row.id != number or cast("sa.CursorResult[int]", db.session.execute(mark)).rowcount != 1:
        raise Changed(
            "This is taken back already, or the pairings were changed since. Look at them again, then repeat your step."
        )
    round.version += 1
    return row


def _restore(round: Round, row: PlanBefore, now: datetime, excerpt: Excerpt) -> Kept:
    guests = {guest.id: guest for guest in db.session.scalars(_guests(row))}
    wanted: Wanted = {
        p.Seat(guest=guests[one.guest].person_id, opening=place.opening, start=place.start): place
        for one in row.guests
        if one.guest in guests
        for place in one.places
    }
    _forbid(row, guests.keys())
    people = {guest.person_id for guest in guests.values()}
    kept = _still_possible(round, wanted, people, excerpt)
    standing = {pairings.seat_of(one): one for one in db.session.scalars(_pairings(guests)) if one.stands}
    openings = frozenset(seat.opening for seat in (*standing, *wanted))
    for seat, pairing in standing.items():
        if seat not in kept.again:
            _drop(pairing)
    _put(round, {seat: wanted[seat] for seat in kept.again}, {guest.person_id: guest for guest in guests.values()})
    for one in row.guests:
        if one.guest in guests:
            has = guests[one.guest].person_id in {seat.guest for seat in kept.again}
            guests[one.guest].reason = None if has else one.reason
    why.look_again(round, now, None if excerpt is WHOLE else Touched(people=frozenset(people), openings=openings))
    return kept


def _guests(row: PlanBefore) -> sa.Select[Guest]:
    ids = [one.guest for one in row.guests]
    return select(Guest).join(Guest.person).options(contains_eager(Guest.person)).where(Guest.id.in_(ids))


def _pairings(guests: Iterable[int]) -> sa.Select[Pairing]:
    rows = select(Pairing).join(Pairing.slot).join(Pairing.guest)
    rows = rows.options(contains_eager(Pairing.slot), contains_eager(Pairing.guest))
    return rows.where(Pairing.guest_id.in_(list(guests)))


def _near(round: Round, row: PlanBefore) -> Excerpt:
    guests = db.session.scalars(_guests(row)).all()
    places = (place for one in row.guests for place in one.places)
    return near(round, (guest.person_id for guest in guests), (place.opening for place in places))


def _still_possible(round: Round, wanted: Wanted, people: set[int], excerpt: Excerpt) -> Kept:
    """What was kept by hand goes first, and yields to nothing but what cannot be."""
    problem = replace(gather.problem(round, datetime.fromtimestamp(0, UTC), excerpt), earliest=0)
    known, openings = {one.person for one in problem.guests}, {one.id for one in problem.openings}
    there = [seat for seat in wanted if seat.guest in known and seat.opening in openings]
    pins = tuple(pin for pin in problem.pins if pin.guest not in people)
    pins = p.in_order((*pins, *(seat for seat in there if wanted[seat].pinned)))
    plan = neighbourhood(
        replace(problem, pins=pins),
        (one for one in pairings.seats(round, excerpt) if one.guest not in people),
    )
    kept = Kept(lost={seat.guest for seat in wanted if seat not in there})
    for seat in sorted(there, key=lambda seat: (not wanted[seat].pinned, seat.guest, seat.start)):
        if _fits(plan, seat):
            plan.add(seat)
            kept.again.add(seat)
        else:
            kept.lost.add(seat.guest)
    return kept


def _fits(plan: Neighbourhood, seat: p.Seat) -> bool:
    """Whether a visit is returned shows only once all stand."""
    if any(strangers(plan.assignment.problem, (seat,))):
        return False
    return set(plan.broken(seat)) <= {visits_are_returned.__name__}


def _forbid(row: PlanBefore, guests: Iterable[int]) -> None:
    known = set(guests)
    openings = set(db.session.scalars(select(Opening.id).where(Opening.round_id == row.round_id)))
    db.session.execute(delete(Forbid).where(Forbid.guest_id.in_(known)))
    for one in row.guests:
        for forbid in one.forbids if one.guest in known else ():
            if forbid.opening in openings:
                db.session.add(Forbid(guest_id=one.guest, opening_id=forbid.opening, why=forbid.why))
    db.session.flush()


def _drop(pairing: Pairing) -> None:
    if pairing.status is PairingStatus.PLANNED:
        db.session.delete(pairing)
    else:
        pairing.status, pairing.pinned = PairingStatus.DROPPED, False


def _put(round: Round, places: Wanted, guests: dict[int, Guest]) -> None:
    openings = {seat.opening for seat in places}
    rows = select(Slot).where(Slot.opening_id.in_(openings), Slot.cancelled_at.is_(None))
    slots = {(slot.opening_id, minutes(slot.starts_at)): slot for slot in db.session.scalars(rows)}
    offered = {row.id: row for row in db.session.scalars(select(Opening).where(Opening.id.in_(openings)))}
    db.session.flush()
    had = {pairings.seat_of(one): one for one in db.session.scalars(_pairings(one.id for one in guests.values()))}
    for seat, place in places.items():
        slot = slots.get((seat.opening, seat.start))
        if slot is None:
            slot = slots[seat.opening, seat.start] = pairings.new_slot(offered[seat.opening], seat.start)
        pairing = had.get(seat) or Pairing(round_id=round.id, guest=guests[seat.guest], slot=slot)
        if not pairing.stands or pairing.status is None:
            told = place.told and seat in had
            pairing.status = PairingStatus.PUBLISHED if told else PairingStatus.PLANNED
        pairing.pinned, pairing.by_hand, pairing.tags = place.pinned, place.by_hand, list(place.tags)
        db.session.add(pairing)
    db.session.flush()


def _names(people: set[int]) -> str:
    rows = select(Person).where(Person.id.in_(people)).order_by(Person.sort_key, Person.code).limit(pairings.NAMED_MOST)
    return ", ".join(person.display_name for person in db.session.scalars(rows))


def people_of(row: PlanBefore) -> list[Person]:
    """Whom a deed was about."""
    guests = [one.guest for one in row.guests]
    people = select(Person).join(Guest, Guest.person_id == Person.id).where(Guest.id.in_(guests))
    return list(db.session.scalars(people.order_by(Person.sort_key, Person.code)))


# What a search changed


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceShown:
    opening: Opening
    starts_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDifference:
    """What a *guest* had in the plan before, and what they have now."""

    guest: Guest
    old: tuple[PlaceShown, ...]
    new: tuple[PlaceShown, ...]


Places = dict[int, set[tuple[int, int]]]
"""Id of a guest -> (opening id, start) of what they have."""


def differences(round: Round, row: PlanBefore, most: int) -> tuple[list[PlanDifference], int, int]:
    """The first *most* in the order of a directory, how many there are in all, and how many visits are the same."""
    had: Places = {one.guest: {(place.opening, place.start) for place in one.places} for one in row.guests}
    has: Places = {}
    standing = select(Pairing.guest_id, Slot.opening_id, Slot.starts_at).join(Slot, Slot.id == Pairing.slot_id)
    for guest, opening, start in db.session.execute(standing.where(Pairing.round_id == round.id, Pairing.stands)):
        has.setdefault(guest, set()).add((opening, minutes(start)))
    other = {guest for guest in had.keys() | has.keys() if had.get(guest, set()) != has.get(guest, set())}
    same = sum(len(places & had.get(guest, set())) for guest, places in has.items())
    people = select(Guest).join(Guest.person).options(contains_eager(Guest.person)).where(Guest.id.in_(other))
    first = list(db.session.scalars(people.order_by(Person.sort_key, Person.code).limit(most)))
    return list(_differing(first, had, has)), len(other), same


def _differing(guests: list[Guest], had: Places, has: Places) -> Iterator[PlanDifference]:
    seen = {one for guest in guests for one in (had.get(guest.id, set()) | has.get(guest.id, set()))}
    rows = select(Opening).where(Opening.id.in_({opening for opening, _ in seen}))
    openings = {row.id: row for row in db.session.scalars(rows)}
    for guest in guests:
        old, new = (tuple(_places(openings, places.get(guest.id, set()))) for places in (had, has))
        yield PlanDifference(guest=guest, old=old, new=new)


def _places(openings: dict[int, Opening], places: set[tuple[int, int]]) -> Iterator[PlaceShown]:
    for opening, start in sorted(places, key=lambda place: place[1]):
        if opening in openings:
            yield PlaceShown(opening=openings[opening], starts_at=moment(start))
