"""What no plan can exceed: who meets whom without a clock is nearly a network, and its optimum is a bound, a price list and a
guide at once.

Three relaxations, the finer the dearer: a min-cost flow (no walls, no host met twice), a linear program over pairs, and one
over pairs and weeks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from shadowing.solver.arrays import Numbers, Reals, laid_out, numbers
from shadowing.solver.constraints import RELAXED_RULES
from shadowing.solver.engine import EXACT, Relaxed, Watch, relax
from shadowing.solver.instance import Columns, Instance, pair_of
from shadowing.solver.model import Model, blank
from shadowing.solver.objectives import Objective, Tier, comfort, even_load, objectives, wall_weights

GUIDING = {
    "guests": 10**6,
    "returned": 10**5,
    "walls": 2 * 10**4,
    "second_visits": 2000,
    "further_visits": 800,
    "goals": 1,
}
"""Weights of the tiers when one objective is to do for all. It finds plans; it does not prove the order of tiers."""


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A model without a clock, its tiers down to the goals, and the optimum of all of them weighted."""

    model: Model
    tiers: dict[str, Objective]
    optimum: Relaxed

    def by_pair(self, values: Reals) -> Reals:
        """*values* of the seats, summed by pair."""
        seats = self.model.seats
        return np.bincount(seats.pair, values[: len(seats)], len(self.model.instance.pairs.guest)).astype(np.float64)


def timeless(instance: Instance) -> tuple[Tier, ...]:
    """The tiers that a relaxation knows."""
    return tuple(tier for tier in objectives(instance.problem) if tier not in (even_load, comfort))


def relaxation(instance: Instance, by_week: bool, watch: Watch) -> Relaxation:
    """Raises Halted."""
    model = blank(instance, _relaxed_seats(instance, by_week))
    for rule in RELAXED_RULES:
        rule(model)
    tiers = {tier.__name__: tier(model) for tier in timeless(instance)}
    optimum = relax(model.matrix, guiding(model, tiers), watch)
    assert optimum is not None, "the relaxation of a sound round has no solution"
    return Relaxation(model, tiers, optimum)


def guiding(model: Model, tiers: dict[str, Objective]) -> Numbers:
    weights = np.zeros(model.matrix.width, dtype=np.int64)
    for name, objective in tiers.items():
        weights += GUIDING.get(name, 0) * objective.on(model.matrix)
    return weights


def _relaxed_seats(instance: Instance, by_week: bool) -> Columns:
    """A seat for each pair (and week); for each start where an opening has no host, as a guest may come back to it."""
    pairs, slots = instance.pairs, instance.slots
    starts = pairs.starts if by_week else np.minimum(pairs.starts.sum(axis=1, dtype=np.int64), 255)[:, None]
    pair, week = np.nonzero((starts > 0) & pairs.allowed[:, None])
    hostless = instance.roster.hosts.sizes(pairs.opening[pair]) == 0
    again = np.where(hostless, np.minimum(starts[pair, week], instance.visits_most[pairs.guest[pair]]), 1)
    row, _ = laid_out(again.astype(np.int64))
    guest, slot = numbers(one for one, _ in instance.pinned), numbers(place for _, place in instance.pinned)
    pinned = pair_of(instance, guest, slots.opening[slot])
    both = np.concatenate([pair[row], pinned])
    weeks = np.concatenate([week[row], slots.week[slot] if by_week else np.zeros(len(slot), dtype=np.int64)])
    held = np.arange(len(both)) >= len(row)
    return Columns(pairs.guest[both], pairs.opening[both], both, weeks, held)


def bounds_of(relaxed: Relaxation, watch: Watch, proven: Sequence[int] = ()) -> list[int]:
    """The best of the relaxation in the order of its tiers, each looked at while those before it are at their best: no plan is
    better than this, read in that order. The first tiers are taken as *proven*. Raises Halted."""
    matrix, bounds = relaxed.model.matrix, list(proven)
    mark = matrix.mark()
    try:
        for number, objective in enumerate(relaxed.tiers.values()):
            if number == len(bounds):
                weights = objective.on(matrix)
                optimum = relax(matrix, weights, watch) if weights.any() else None
                bounds.append(int(np.floor(optimum.value + EXACT)) if optimum else 0)
            matrix.at_least(objective.column, objective.weight, bounds[number])
    finally:
        matrix.back_to(mark)
    return bounds


def bounds_at_once(relaxed: Relaxation, known: Sequence[int]) -> list[int]:
    """For a large round, in which that takes minutes: where the weighted optimum has all that is *known* of the tiers before the
    goals, no plan that has it too has better goals."""
    goals = list(relaxed.tiers).index("goals")
    floors = _floors(relaxed, relaxed.optimum)
    return floors[: goals + 1] if floors[:goals] == list(known[:goals]) else list(known)


def _floors(relaxed: Relaxation, optimum: Relaxed) -> list[int]:
    matrix = relaxed.model.matrix
    return [int(np.floor(float(tier.on(matrix) @ optimum.x) + EXACT)) for tier in relaxed.tiers.values()]


@dataclass(frozen=True, slots=True)
class Flow:
    """*x* of each pair, and the most of some tiers, by name, in their order."""

    x: Reals
    most: dict[str, int]


LARGEST = 1 << 61  # cost of an arc times nodes, in the network


def flow(instance: Instance, ask: Callable[[], None] = lambda: None, largest: int = LARGEST) -> Flow:
    """The relaxation as a network: guests on the left, openings on the right. One visit counts more than all that is less
    important together; in rounds so large that numbers become larger than the *largest*, a further visit counts more than one
    pair only, and then nothing is known of the last two. *ask* may raise to break off."""
    pairs, weights = instance.pairs, instance.weights
    most = np.minimum(instance.visits_most, np.bincount(pairs.guest, minlength=len(weights)) * instance.weeks)
    most = np.maximum(most, np.bincount(_pinned(instance)[0], minlength=len(weights)))
    guest, number = laid_out(most)
    later, dearest = np.bincount(np.minimum(number, 2), minlength=3).tolist(), int(pairs.points.max(initial=0))
    points = dearest * len(guest)
    for further in (points + 1, dearest + 1):
        second = further * later[2] + points + 1
        first = second * (later[1] + 1)
        if first * int(weights.max(initial=0)) * (len(weights) + len(instance.seats) + 2) <= largest:
            break
    worth = np.where(number == 0, first * weights[guest], np.where(number == 1, second, further))
    ask()
    total, x = _flow(instance, guest, worth)
    ask()
    guests, rest = divmod(total, first)
    seconds, rest = divmod(rest, second)
    found = {"guests": guests, "second_visits": seconds}
    if further > points:
        found["further_visits"], found["goals"] = divmod(rest, further)
    return Flow(x.astype(float), found)


def _pinned(instance: Instance) -> tuple[Numbers, Numbers]:
    """Guests and openings of what HR keeps, which stands also beyond what the rules would give."""
    guest, slot = (numbers(one[side] for one in instance.pinned) for side in (0, 1))
    return guest, instance.slots.opening[slot]


def _flow(instance: Instance, guest: Numbers, worth: Numbers) -> tuple[int, Numbers]:
    """The most that visits of guests, worth *worth* each, and pairs, worth their points, can be; and the pairs that make it."""
    pairs, guests, openings = instance.pairs, len(instance.weights), len(instance.seats)
    source, sink, column = guests + openings, guests + openings + 1, guests + np.arange(openings)
    hostless = instance.roster.hosts.sizes(pairs.opening) == 0
    again = np.where(hostless, instance.visits_most[pairs.guest], 1)
    pinned = _pinned(instance)
    capacity = np.maximum(instance.capacity().sum(axis=1), np.bincount(pinned[1], minlength=openings))
    again = np.maximum(again, np.bincount(pair_of(instance, *pinned), minlength=len(again)))
    tail = np.concatenate([np.full(len(guest), source), pairs.guest, column, [sink]])
    head = np.concatenate([guest, guests + pairs.opening, np.full(openings, sink), [source]])
    room = np.concatenate([np.ones(len(guest), dtype=np.int64), again, capacity, [len(guest)]])
    cost = np.concatenate([-worth, -pairs.points, np.zeros(openings + 1, dtype=np.int64)])
    network = min_cost_flow.SimpleMinCostFlow()
    arcs = network.add_arcs_with_capacity_and_unit_cost(tail.astype(np.int32), head.astype(np.int32), room, cost)
    assert network.solve() == network.OPTIMAL
    return -network.optimal_cost(), network.flows(arcs)[len(guest) : len(guest) + len(pairs.guest)]


def ceilings(instance: Instance) -> list[int]:
    """What each tier can be at most, seen without any search. The last two are costs, and nothing says yet how many visits
    there are to pay for."""
    pairs, size = instance.pairs, len(instance.departments)
    choices = np.bincount(pairs.guest, pairs.starts.sum(axis=1, dtype=np.int64), len(instance.weights)).astype(np.int64)
    choices += np.bincount(numbers(guest for guest, _ in instance.pinned), minlength=len(choices))
    most = np.minimum(instance.visits_most, choices)
    wall = np.unique(instance.home[pairs.guest] * size + instance.offered[pairs.opening])
    best = np.zeros(len(instance.weights), dtype=np.int64)
    np.maximum.at(best, pairs.guest, pairs.points)
    known = [int(instance.weights[most > 0].sum())]
    if instance.problem.rules.reciprocal == "prefer":
        known.append(len(instance.problem.people) * len(instance.problem.people))
    known += [int(wall_weights(instance)[wall].sum()), int((most > 1).sum()), int(np.maximum(most - 2, 0).sum())]
    return [*known, int((best * most).sum()), 0, 0]
