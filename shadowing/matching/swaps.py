"""Two guests take each other's places."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from shadowing.company import audit
from shadowing.errors import Changed, Refusal
from shadowing.matching import before, gather, pairings, why
from shadowing.matching.concerned import by_visits
from shadowing.matching.excerpts import WHOLE, Excerpt, near
from shadowing.matching.pairings import BROKEN, SOME_RULE, seat_of
from shadowing.matching.spans import minutes
from shadowing.models import Pairing, PairingStatus, Person
from shadowing.solver import problem as p
from shadowing.solver.alternatives import NOT_OFFERED, Neighbourhood, gone, neighbourhood
from shadowing.solver.check import strangers


def swap(one: Pairing, other: Pairing, by: Person | None, now: datetime) -> Pairing:
    """Each guest takes the place of the other, and both are held there; answers what the guest of *one* has now. Refused where
    a rule would break."""
    round = one.guest.round
    pairings.only_under_review(round)
    if other.round_id != one.round_id or not (one.stands and other.stands):
        raise Refusal("One of the two pairings is not there any more. Look at the other places for this guest.")
    places = [
        (other.guest, one.slot.opening, seat_of(one).start),
        (one.guest, other.slot.opening, seat_of(other).start),
    ]
    seats = [p.Seat(guest=guest.person_id, opening=opening.id, start=start) for guest, opening, start in places]
    problem = _tried(one, other, seats, now)
    before.remember(round, [one.guest_id, other.guest_id], "swap", by, now)
    touched = by_visits([one, other])
    for pairing in (one, other):
        pairings.take_out(pairing)
    held = [
        pairings.hold(guest, opening, start, [*pairings.tags(problem, seat), "by_hand"])
        for (guest, opening, start), seat in zip(places, seats, strict=True)
    ]
    why.look_again(round, now, touched)
    round.version += 1
    audit.record("swap", by, round, now, guest=places[1][0].id, other=places[0][0].id)
    return held[1]


def _tried(one: Pairing, other: Pairing, seats: list[p.Seat], now: datetime) -> p.Problem:
    given_up = {seat_of(one), seat_of(other)}
    round = one.guest.round
    excerpt = near(round, (seat.guest for seat in seats), (seat.opening for seat in seats))
    problem = pairings.let_in(round, pairings.problem_without(round, one, now, excerpt), *seats)
    problem = replace(problem, pins=tuple(pin for pin in problem.pins if pin not in given_up))
    around = neighbourhood(problem, (seat for seat in pairings.seats(round, excerpt) if seat not in given_up))
    if broken := _against(around, seats):
        raise Refusal(BROKEN.get(broken, SOME_RULE))
    return problem


def _against(around: Neighbourhood, seats: list[p.Seat], given_up: Iterable[p.Seat] = ()) -> str | None:
    """The first rule that two *seats* would break, taken at once, where *given_up* are not there any more."""
    problem = around.assignment.problem
    missing = [wrong for seat in seats if (wrong := gone(problem, seat))]
    for seat, beside in (seats, seats[::-1]):
        offered = not any(strangers(problem, (seat,)))
        if broken := missing or (around.broken(seat, given_up, (beside,)) if offered else [NOT_OFFERED]):
            return broken[0]
    return None


def possible(one: Pairing, others: Iterable[Pairing], now: datetime, excerpt: Excerpt = WHOLE) -> Iterator[Pairing]:
    """With the guests of which *others* the guest of *one* could swap by themselves: nobody else moves, and no rule is against
    either. The notice of the round is not asked for, since both say that it suits them; what HR took out stays out."""
    round = one.guest.round
    problem = replace(gather.problem(round, now, excerpt), earliest=0)
    around = neighbourhood(problem, pairings.seats(round, excerpt))
    for other in others:
        mine, theirs = seat_of(one), seat_of(other)
        seats = [replace(theirs, guest=mine.guest), replace(mine, guest=theirs.guest)]
        if one.slot_id != other.slot_id and _against(around, seats, (mine, theirs)) is None:
            yield other


def refuse_broken(one: Pairing, other: Pairing, now: datetime) -> None:
    """A look at these two alone."""
    if not any(possible(one, [other], now, _around(one, other))):
        raise Changed("The two visits cannot be swapped any more: something has changed meanwhile.")


def _around(one: Pairing, other: Pairing) -> Excerpt:
    both = (one, other)
    return near(one.guest.round, [it.guest.person_id for it in both], [it.slot.opening_id for it in both])


def by_themselves(one: Pairing, other: Pairing, tag: str, now: datetime) -> list[Pairing]:
    """Both guests sit in the place of the other, with *tag* as the reason; answers the old pairings and the new ones, of which
    nobody is told yet. Refused where a rule is against it by now."""
    refuse_broken(one, other, now)
    problem = gather.problem(one.guest.round, now, _around(one, other))
    places = [(one.guest, other.slot), (other.guest, one.slot)]
    for pairing in (one, other):
        pairings.take_out(pairing)
    made = []
    for guest, slot in places:
        seat = p.Seat(guest=guest.person_id, opening=slot.opening_id, start=minutes(slot.starts_at))
        held = pairings.hold(guest, slot.opening, seat.start, [*pairings.tags(problem, seat), tag])
        held.status, held.by_hand = PairingStatus.PUBLISHED, False
        made.append(held)
    return [one, other, *made]
