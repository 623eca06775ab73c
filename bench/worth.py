"""What a plan is worth in each tier, counted anew from its seats: the bench takes no search's word for it."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from bench.places import POINTS
from shadowing.solver.assignment import Assignment, assign
from shadowing.solver.check import breaches
from shadowing.solver.problem import Plan, Problem, Seat, Status

TIERS = ("guests", "walls", "second", "further", "goals", "even", "comfort")
DAY = 24 * 60
DAYS = 28  # that a visit may be later for a yes in place of an if need be, or for a mixed session


def values(problem: Problem, seats: tuple[Seat, ...]) -> tuple[int, ...]:
    """Comfort counts its days from the first one on which anything is offered."""
    table = assign(problem, seats)
    visits = Counter(seat.guest for seat in seats)
    met = set(problem.met)
    pairs = {(table.person[seat.guest].department, table.opening[seat.opening].department) for seat in seats}
    loads = Counter(host for seat in seats for host in table.hosts(seat))
    return (
        sum(table.guest[guest].weight for guest in visits),
        len(pairs - met) if problem.rules.walls == "prefer" else 0,
        sum(many > 1 for many in visits.values()),
        sum(max(0, many - 2) for many in visits.values()),
        sum(_points(table, seat) for seat in seats),
        -sum(many**2 for many in loads.values()),
        _comfort(problem, table),
    )


def _points(table: Assignment, seat: Seat) -> int:
    opening = table.opening[seat.opening]
    granted = (opening.department, *opening.topics)
    wishes = table.guest[seat.guest].wishes
    return sum(
        POINTS.get(wish.rank, 1)
        for wish in wishes
        if (wish.topic if wish.department is None else wish.department) in granted
    )


def _comfort(problem: Problem, table: Assignment) -> int:
    starts = (start for opening in problem.openings for start in opening.starts if start >= problem.earliest)
    first = min(starts, default=0) // DAY
    maybe = sum(not _surely_free(table, seat) for seat in table.seats)
    crowds = 0
    for sitting in table.sessions().values() if problem.rules.mix_departments else ():
        crowds += len(sitting) - len({table.person[seat.guest].department for seat in sitting})
    late = sum(seat.start // DAY - first for seat in table.seats)
    return -DAYS * (problem.rules.maybe_costs * maybe + crowds) - late


def _surely_free(table: Assignment, seat: Seat) -> bool:
    begin, finish = table.away(seat)
    for span in sorted(table.person[seat.guest].free):
        if span.level == 2 and span.start <= begin < span.end:
            begin = span.end
    return begin >= finish


def breaks(problem: Problem, seats: tuple[Seat, ...]) -> list[str]:
    """The rules that a plan breaks, by the product's own check."""
    plan = Plan(status=Status.FEASIBLE, seats=seats, reasons=(), tiers=(), gap=1.0, seconds=0.0)
    return breaches(problem, plan)


def held(seats: Iterable[Seat]) -> dict[int, set[int]]:
    """When each opening is held for guests."""
    starts: dict[int, set[int]] = defaultdict(set)
    for seat in seats:
        starts[seat.opening].add(seat.start)
    return starts
