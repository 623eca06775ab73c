"""What one seat more would break, and what else a guest could take: the questions of the review board. No OR-Tools."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from shadowing.solver import instance
from shadowing.solver.assignment import Assignment, assign, bound
from shadowing.solver.check import CHECKS, excluded_never_side_by_side, strangers
from shadowing.solver.check_seat import SEAT_CHECKS, guests_are_free, hosts_are_free
from shadowing.solver.problem import Floor, Opening, Problem, Seat

MOST_SHOWN = 5
HALF_HOUR = 30
PLAN_CHECKS = CHECKS[len(SEAT_CHECKS) :]
NOT_OFFERED, GUEST_ELSEWHERE, HOST_ELSEWHERE = "not_offered", "guest_elsewhere", "host_elsewhere"
GUEST_OUT = "guest_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Another place for a guest. *displaced* is the one guest who would lose theirs, None where a seat is free; *swapped* is
    what the guest gives up, where the displaced one may have it."""

    seat: Seat
    fit: int
    maybe: bool
    displaced: Seat | None
    swapped: Seat | None = None


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A plan that single seats can be tried in. Only the seats near a new one are judged, and only by what is said of its guest,
    so a try costs well under a millisecond."""

    assignment: Assignment
    near: dict[tuple[Hashable, ...], set[Seat]]
    of_guest: dict[int, Problem] = field(default_factory=dict)

    def broken(self, seat: Seat, without: Iterable[Seat] = (), beside: Iterable[Seat] = ()) -> list[str]:
        """The rules that would be broken by *seat*, and are not yet, once *without* are given up and *beside* are taken."""
        around = (self._around(seat) | set(beside)) - {*without, seat}
        before = replace(self.assignment, problem=self._said_of(seat), seats=tuple(sorted(around, key=_order)))
        alone, after = before.having((seat,)), before.having((*before.seats, seat))
        wrong = [check.__name__ for check in SEAT_CHECKS if any(check(alone))]
        for check in PLAN_CHECKS:
            if (found := set(check(after))) and found - set(check(before)):
                wrong.append(check.__name__)
        return wrong

    def _said_of(self, seat: Seat) -> Problem:
        """The problem without what cannot matter to this seat: there may be thousands of floors and of past pairs."""
        problem = self.of_guest.get(seat.guest)
        if problem is None:
            problem = self.of_guest[seat.guest] = _about(self.assignment, seat.guest)
        begin, finish = self.assignment.away(seat)
        first = bisect_right(problem.floors, begin - HALF_HOUR, key=_start)
        last = bisect_left(problem.floors, finish, key=_start)
        return replace(problem, floors=problem.floors[first:last])

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
        """Seats that share a person or an opening with *seat*, or a day and a department: no rule looks further."""
        near = [self.near.get(key, set()) for key in _keys(self.assignment, seat)]
        return set().union(*near)

    def full(self, seat: Seat) -> bool:
        """Whether all seats of that session are taken."""
        there = [one for one in self.near.get(("opening", seat.opening), ()) if one.start == seat.start]
        return len(there) >= self.assignment.opening[seat.opening].seats


def neighbourhood(problem: Problem, seats: Iterable[Seat]) -> Neighbourhood:
    """Without the seats of whoever takes no part any more, and of openings that were withdrawn."""
    assignment = assign(problem, known(problem, seats))
    near = defaultdict(set)
    for seat in assignment.seats:
        for key in _keys(assignment, seat):
            near[key].add(seat)
    return Neighbourhood(assignment, dict(near))


def _about(assignment: Assignment, guest: int) -> Problem:
    problem, home = assignment.problem, assignment.person[guest].department
    return replace(
        problem,
        people=tuple(one for one in problem.people if one.hosting_most is not None),
        past=tuple(pair for pair in problem.past if pair[0] == guest),
        excluded=tuple(pair for pair in problem.excluded if guest in pair),
        floors=tuple(sorted((floor for floor in problem.floors if floor.department == home), key=_start)),
    )


def _start(floor: Floor) -> int:
    return floor.start


def known(problem: Problem, seats: Iterable[Seat]) -> list[Seat]:
    """Those of a guest and an opening that the round still has."""
    guests, openings = {one.person for one in problem.guests}, {one.id for one in problem.openings}
    return [seat for seat in seats if seat.guest in guests and seat.opening in openings]


def _keys(assignment: Assignment, seat: Seat) -> Iterator[tuple[Hashable, ...]]:
    yield "opening", seat.opening
    for person in (seat.guest, *assignment.hosts(seat)):
        yield "person", person
    problem = assignment.problem
    if problem.rules.away_most or problem.away or problem.floors:
        home = assignment.person[seat.guest].department
        for day in {assignment.local(minute).date() for minute in assignment.away(seat)}:
            yield "department", home, day


def _order(seat: Seat) -> tuple[int, int, int]:
    return seat.guest, seat.opening, seat.start


def against(plan: Neighbourhood, seat: Seat) -> list[str]:
    """Every rule that *seat* would break, by its name in `check.CHECKS`; `not_offered` comes first. Where it is a visit of
    another round that takes the time, `guest_elsewhere` and `host_elsewhere` stand for the rule it breaks.

    Guest and opening have to be of the round."""
    offered = [NOT_OFFERED] if any(strangers(plan.assignment.problem, (seat,))) else []
    return list(dict.fromkeys(cause(plan.assignment, seat, rule) for rule in [*offered, *plan.broken(seat)]))


def cause(assignment: Assignment, seat: Seat, rule: str) -> str:
    """What is behind *rule*, which the seat breaks: another round’s visit that takes somebody’s time, or the rule itself."""
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
    plan, found = assign(problem, known(problem, seats)), set()
    for seat in plan.seats:
        opening = plan.opening[seat.opening]
        hosts = () if opening.fixed else opening.hosts
        times = bound(opening, seat.start)
        if _elsewhere(plan, seat.guest, plan.away(seat)) or any(_elsewhere(plan, host, times) for host in hosts):
            found.add(seat.guest)
    return found


def blocked(problem: Problem, seats: tuple[Seat, ...], seat: Seat) -> str | None:
    """The first rule of `against`, or what is `gone`."""
    return gone(problem, seat) or next(iter(against(neighbourhood(problem, seats), seat)), None)


def gone(problem: Problem, seat: Seat) -> str | None:
    """`guest_out` or `not_offered` where the round has no such guest or no such opening any more."""
    if seat.guest not in {guest.person for guest in problem.guests}:
        return GUEST_OUT
    return None if seat.opening in {opening.id for opening in problem.openings} else NOT_OFFERED


def alternatives(
    problem: Problem, seats: tuple[Seat, ...], guest: int, gives_up: Collection[Seat] | None = None
) -> list[Alternative]:
    """At most five other places for *guest*, who *gives_up* what is named, or all that is not pinned: free ones first, then
    those that cost one other guest theirs; within each the best fit."""
    mine = {seat for seat in seats if seat.guest == guest and seat not in problem.pins}
    mine = mine if gives_up is None else mine & set(gives_up)
    plan = neighbourhood(problem, (seat for seat in seats if seat not in mine))
    if _has_all(plan, guest):
        return []
    shown: list[Alternative] = []
    dear: list[Alternative] = []
    has = {seat for seat in seats if seat.guest == guest}
    for choice in _choices(problem, guest, has):
        if len(shown) == MOST_SHOWN:
            break
        if _is_new(choice, shown):
            _place(plan, choice, shown, dear)
    found = [*shown, *_new(dear, shown)][:MOST_SHOWN]
    return [_swapped(plan, choice, mine) for choice in found]


def _has_all(plan: Neighbourhood, guest: int) -> bool:
    """Whether the guest may have no visit more, whatever it is."""
    most, wanted = plan.assignment.problem.rules.visits_most, plan.assignment.guest[guest].visits
    has = sum(seat.guest == guest for seat in plan.assignment.seats)
    return has >= (min(wanted, most) if most else wanted)


def _place(plan: Neighbourhood, choice: Alternative, free: list[Alternative], dear: list[Alternative]) -> None:
    enough = len(dear) >= MOST_SHOWN
    if enough and plan.full(choice.seat):
        return
    if not (broken := plan.broken(choice.seat)):
        free.append(choice)
    elif not enough and (loser := displaced(plan, choice.seat, broken)) is not None:
        dear.append(replace(choice, displaced=loser))


def _swapped(plan: Neighbourhood, choice: Alternative, mine: set[Seat]) -> Alternative:
    """With the place that the guest gives up, where whoever makes room may have it."""
    if choice.displaced is None or len(mine) != 1:
        return choice
    (old,) = mine
    seat, gone = replace(old, guest=choice.displaced.guest), (choice.displaced,)
    if any(strangers(plan.assignment.problem, (seat,))):
        return choice
    if plan.broken(choice.seat, gone, (seat,)) or plan.broken(seat, gone, (choice.seat,)):
        return choice
    return replace(choice, swapped=old)


def _is_new(choice: Alternative, shown: list[Alternative]) -> bool:
    return all(choice.seat.opening != other.seat.opening for other in shown)


def _new(dear: list[Alternative], shown: list[Alternative]) -> list[Alternative]:
    return [choice for choice in dear if _is_new(choice, shown)]


def displaced(plan: Neighbourhood, seat: Seat, broken: Collection[str]) -> Seat | None:
    """The one guest whose place would be enough where *broken* rules are against the seat; among several whoever was not left
    out last time, then by number. Nobody where a private rule is against it: the name would tell of that."""
    if excluded_never_side_by_side.__name__ in broken:
        return None
    rivals = sorted(plan.rivals(seat), key=lambda rival: (plan.assignment.guest[rival.guest].weight, _order(rival)))
    return next((rival for rival in rivals if not plan.broken(seat, (rival,))), None)


def _choices(problem: Problem, guest: int, has: set[Seat]) -> Iterator[Alternative]:
    """Where the guest could sit if nobody else did, best fit first, sure times before if need be, early ones first."""
    compiled = instance.compiled(seen_by(problem, guest))
    seats = instance.columns(compiled)
    fits = compiled.pairs.points[seats.pair]
    maybe = ~compiled.sure[seats.guest, compiled.clock.of_slot[seats.slot]]
    opening = np.array([one.id for one in compiled.roster.openings], dtype=np.int64)[seats.opening]
    order = np.lexsort((opening, compiled.slots.start[seats.slot], maybe, -fits))
    for number in order[~seats.held[order]].tolist():
        seat = compiled.seat(int(seats.guest[number]), int(seats.slot[number]))
        if seat not in has:
            yield Alternative(seat=seat, fit=int(fits[number]), maybe=bool(maybe[number]), displaced=None)


def seen_by(problem: Problem, guest: int) -> Problem:
    """The round with this one guest, what they could visit, and who and what takes their hosts' time: the same seats are open to
    them as in the whole round."""
    me = next(one for one in problem.guests if one.person == guest)
    offered = {one.id for one in problem.openings}
    pins = tuple(pin for pin in problem.pins if pin.guest == guest and pin.opening in offered)
    anywhere = me.surprise or problem.rules.wishes != "require"
    departments, topics = {wish.department for wish in me.wishes}, {wish.topic for wish in me.wishes if wish.topic}
    held = {pin.opening for pin in pins}

    def open_to(one: Opening) -> bool:
        return anywhere or one.department in departments or bool(topics & set(one.topics)) or one.id in held

    near = {host for one in problem.openings if open_to(one) for host in one.hosts} | {guest}
    kept = tuple(one for one in problem.openings if open_to(one) or (one.fixed and near & set(one.hosts)))
    people = near.union(*(one.hosts for one in kept))
    return replace(
        problem,
        guests=(me,),
        people=tuple(one for one in problem.people if one.id in people),
        openings=kept,
        past=tuple(pair for pair in problem.past if pair[0] == guest),
        excluded=tuple(pair for pair in problem.excluded if guest in pair),
        forbids=tuple(pair for pair in problem.forbids if pair[0] == guest),
        floors=(),
        pins=pins,
    )
