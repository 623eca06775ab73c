"""Two guests take each other's places."""

from dataclasses import replace
from datetime import datetime

from shadowing.company import audit
from shadowing.errors import Refusal
from shadowing.matching import before, pairings, why
from shadowing.matching.concerned import by_visits
from shadowing.matching.excerpts import near
from shadowing.matching.pairings import BROKEN, SOME_RULE, seat_of
from shadowing.models import Pairing, Person
from shadowing.solver import problem as p
from shadowing.solver.alternatives import NOT_OFFERED, gone, neighbourhood
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
    missing = [wrong for seat in seats if (wrong := gone(problem, seat))]
    for seat, beside in (seats, seats[::-1]):
        offered = not any(strangers(problem, (seat,)))
        if broken := missing or (around.broken(seat, beside=(beside,)) if offered else [NOT_OFFERED]):
            raise Refusal(BROKEN.get(broken[0], SOME_RULE))
    return problem
