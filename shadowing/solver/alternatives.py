"""What one seat more would break, and what else a guest could take: the questions of the review board. No OR-Tools."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from shadowing.solver import instance
from shadowing.solver.assignment import Assignment, assign
from shadowing.solver.check import CHECKS, strangers
from shadowing.solver.problem import Problem, Seat, canonical

MOST_SHOWN = 5
NOT_OFFERED = "not_offered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Another place for a guest. *displaced* is the one guest who would lose theirs, None where a seat is free."""

    seat: Seat
    fit: int
    maybe: bool
    displaced: Seat | None


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A plan that single seats can be tried in. Only the seats near a new one are judged, so a try costs about a millisecond."""

    assignment: Assignment
    near: dict[tuple[str, int], set[Seat]]

    def broken(self, seat: Seat, without: Iterable[Seat] = ()) -> list[str]:
        """The rules that would be broken by *seat*, and are not yet, once *without* are given up."""
        before = self.assignment.having(sorted(self._around(seat) - {*without, seat}, key=_order))
        after = before.having((*before.seats, seat))
        return [check.__name__ for check in CHECKS if set(check(after)) - set(check(before))]

    def add(self, seat: Seat) -> None:
        """From now on *seat* is near to those that are tried."""
        for key in _keys(self.assignment, seat):
            self.near.setdefault(key, set()).add(seat)

    def rivals(self, seat: Seat) -> list[Seat]:
        """Who sits where *seat* would be, but for the pinned."""
        rivals = self.near.get(("opening", seat.opening), set())
        return sorted(
            (one for one in rivals if one.start == seat.start and one not in self.assignment.pins), key=_order
        )

    def _around(self, seat: Seat) -> set[Seat]:
        """Seats that share a person, an opening or a department with *seat*: no rule looks further."""
        near = [self.near.get(key, set()) for key in _keys(self.assignment, seat)]
        return set().union(*near)


def neighbourhood(problem: Problem, seats: Iterable[Seat]) -> Neighbourhood:
    assignment = assign(problem, seats)
    near = defaultdict(set)
    for seat in assignment.seats:
        for key in _keys(assignment, seat):
            near[key].add(seat)
    return Neighbourhood(assignment, dict(near))


def _keys(assignment: Assignment, seat: Seat) -> Iterator[tuple[str, int]]:
    yield "opening", seat.opening
    for person in (seat.guest, *assignment.hosts(seat)):
        yield "person", person
    if assignment.problem.rules.away_most or assignment.problem.floors:
        yield "department", assignment.person[seat.guest].department


def _order(seat: Seat) -> tuple[int, int, int]:
    return seat.guest, seat.opening, seat.start


def blocked(problem: Problem, seats: tuple[Seat, ...], seat: Seat) -> str | None:
    """The first rule that *seat* would break beside *seats*, by its name in `check.CHECKS`, or `not_offered`."""
    if any(strangers(problem, (seat,))):
        return NOT_OFFERED
    broken = neighbourhood(problem, seats).broken(seat)
    return broken[0] if broken else None


def alternatives(problem: Problem, seats: tuple[Seat, ...], guest: int) -> list[Alternative]:
    """At most five other places for *guest*, who gives up what is not pinned: free ones first, then those that cost one
    other guest theirs; within each the best fit."""
    problem = canonical(problem)
    mine = {seat for seat in seats if seat.guest == guest and seat not in problem.pins}
    plan = neighbourhood(problem, (seat for seat in seats if seat not in mine))
    shown: list[Alternative] = []
    dear: list[Alternative] = []
    for choice in _choices(problem, guest, mine):
        if len(shown) == MOST_SHOWN:
            break
        if _is_new(choice, shown):
            _place(plan, choice, shown, dear)
    return [*shown, *_new(dear, shown)][:MOST_SHOWN]


def _place(plan: Neighbourhood, choice: Alternative, free: list[Alternative], dear: list[Alternative]) -> None:
    broken = plan.broken(choice.seat)
    if not broken:
        free.append(choice)
    elif len(dear) < MOST_SHOWN and (loser := _displaced(plan, choice.seat)) is not None:
        dear.append(Alternative(seat=choice.seat, fit=choice.fit, maybe=choice.maybe, displaced=loser))


def _is_new(choice: Alternative, shown: list[Alternative]) -> bool:
    return all(choice.seat.opening != other.seat.opening for other in shown)


def _new(dear: list[Alternative], shown: list[Alternative]) -> list[Alternative]:
    return [choice for choice in dear if _is_new(choice, shown)]


def _displaced(plan: Neighbourhood, seat: Seat) -> Seat | None:
    """The one guest whose place would be enough; among several whoever was not left out last time, then by number."""
    rivals = sorted(plan.rivals(seat), key=lambda rival: (plan.assignment.guest[rival.guest].weight, _order(rival)))
    return next((rival for rival in rivals if not plan.broken(seat, (rival,))), None)


def _choices(problem: Problem, guest: int, mine: set[Seat]) -> list[Alternative]:
    """Where the guest could sit if nobody else did, best fit first, sure times before if need be, early ones first."""
    alone = replace(
        problem,
        guests=tuple(one for one in problem.guests if one.person == guest),
        pins=tuple(pin for pin in problem.pins if pin.guest == guest),
    )
    compiled = instance.compiled(alone)
    seats = instance.columns(compiled)
    fits = compiled.pairs.points[seats.pair]
    maybe = ~compiled.sure[seats.guest, compiled.clock.of_slot[seats.slot]]
    choices = []
    for number in np.flatnonzero(~seats.held).tolist():
        seat = compiled.seat(int(seats.guest[number]), int(seats.slot[number]))
        if seat not in mine:
            choices.append(Alternative(seat=seat, fit=int(fits[number]), maybe=bool(maybe[number]), displaced=None))
    return sorted(choices, key=lambda choice: (-choice.fit, choice.maybe, choice.seat.start, choice.seat.opening))
