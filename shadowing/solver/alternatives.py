"""What one seat more would break, and what else a guest could take: the questions of the review board. No OR-Tools."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from shadowing.solver import instance
from shadowing.solver.assignment import Assignment, assign, bound
from shadowing.solver.check import CHECKS, excluded_never_side_by_side, strangers
from shadowing.solver.check_seat import guests_are_free, hosts_are_free
from shadowing.solver.problem import Problem, Seat, canonical

MOST_SHOWN = 5
NOT_OFFERED, GUEST_ELSEWHERE, HOST_ELSEWHERE = "not_offered", "guest_elsewhere", "host_elsewhere"


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
    problem = assignment.problem
    if problem.rules.away_most or problem.away or problem.floors:
        yield "department", assignment.person[seat.guest].department


def _order(seat: Seat) -> tuple[int, int, int]:
    return seat.guest, seat.opening, seat.start


def against(plan: Neighbourhood, seat: Seat) -> list[str]:
    """Every rule that *seat* would break, by its name in `check.CHECKS`; `not_offered` comes first. Where it is a visit of
    another round that takes the time, `guest_elsewhere` and `host_elsewhere` stand for the rule it breaks.

    Guest and opening have to be of the round."""
    offered = [NOT_OFFERED] if any(strangers(plan.assignment.problem, (seat,))) else []
    return list(dict.fromkeys(_cause(plan.assignment, seat, rule) for rule in [*offered, *plan.broken(seat)]))


def _cause(assignment: Assignment, seat: Seat, rule: str) -> str:
    opening = assignment.opening[seat.opening]
    if rule == guests_are_free.__name__ and _elsewhere(assignment, seat.guest, assignment.away(seat)):
        return GUEST_ELSEWHERE
    if rule in (NOT_OFFERED, hosts_are_free.__name__):
        times = bound(opening, seat.start)
        return HOST_ELSEWHERE if any(_elsewhere(assignment, host, times) for host in opening.hosts) else rule
    return rule


def _elsewhere(assignment: Assignment, person: int, times: tuple[int, int]) -> bool:
    begin, finish = times
    return any(span.start < finish and begin < span.end for span in assignment.person[person].elsewhere)


def met_elsewhere(problem: Problem, seats: tuple[Seat, ...]) -> set[int]:
    """The guests of *seats*, pinned or not, who could not come, or not be received, because of another round's visit. A regular
    meeting binds its hosts in both rounds alike."""
    plan, found = assign(problem, seats), set()
    for seat in plan.seats:
        opening = plan.opening[seat.opening]
        hosts = () if opening.fixed else opening.hosts
        times = bound(opening, seat.start)
        if _elsewhere(plan, seat.guest, plan.away(seat)) or any(_elsewhere(plan, host, times) for host in hosts):
            found.add(seat.guest)
    return found


def blocked(problem: Problem, seats: tuple[Seat, ...], seat: Seat) -> str | None:
    """The first rule of `against`; `not_offered` also where no such guest or opening is in the round."""
    known = seat.guest in {guest.person for guest in problem.guests}
    if not known or seat.opening not in {opening.id for opening in problem.openings}:
        return NOT_OFFERED
    return next(iter(against(neighbourhood(problem, seats), seat)), None)


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
    elif len(dear) < MOST_SHOWN and (loser := displaced(plan, choice.seat)) is not None:
        dear.append(Alternative(seat=choice.seat, fit=choice.fit, maybe=choice.maybe, displaced=loser))


def _is_new(choice: Alternative, shown: list[Alternative]) -> bool:
    return all(choice.seat.opening != other.seat.opening for other in shown)


def _new(dear: list[Alternative], shown: list[Alternative]) -> list[Alternative]:
    return [choice for choice in dear if _is_new(choice, shown)]


def displaced(plan: Neighbourhood, seat: Seat) -> Seat | None:
    """The one guest whose place would be enough; among several whoever was not left out last time, then by number. Nobody
    where a private rule is against the seat: the name would tell of that."""
    if excluded_never_side_by_side.__name__ in plan.broken(seat):
        return None
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
