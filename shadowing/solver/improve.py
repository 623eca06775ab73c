"""Exact neighbourhoods: some guests give up their seats, everybody else stays, and the best for those few is searched to the end.

A neighbourhood is limited in guests, in pairs for each and in nodes of the search tree, so that it is the same on every machine.
What comes out is kept only if it is better in the order of the tiers."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from shadowing.solver.arrays import Mask, Numbers, Reals, groups, joined, numbers
from shadowing.solver.bounds import GUIDING
from shadowing.solver.constraints import obey
from shadowing.solver.engine import Watch, maximize
from shadowing.solver.instance import Columns, Instance, Seated, with_held
from shadowing.solver.model import Model, blank
from shadowing.solver.objectives import objectives, values_of
from shadowing.solver.state import State

Values = tuple[int, ...]


def exchange(state: State, free: list[int], keep: Mask | None, nodes: int, watch: Watch) -> bool:
    """Let the *free* guests have the best seats that the others leave, within the pairs of *keep* and what they have now.
    True: the plan is better now. Otherwise it is as it was. Raises Halted."""
    before = values_of(state.instance, state.array())
    old = given_up(state, free)
    new: Seated = []
    try:
        seats, outside = neighbourhood(state, free, old, keep)
        new = best(seats, state, outside, old, nodes, watch)
    finally:
        for guest, slot in new or old:
            state.add(guest, slot)
    if new and values_of(state.instance, state.array()) <= before:
        for guest, slot in new:
            state.drop(guest, slot)
        for guest, slot in old:
            state.add(guest, slot)
        return False
    return bool(new)


def given_up(state: State, free: Iterable[int]) -> Seated:
    """Take from these guests what is not pinned."""
    pinned = set(state.instance.pinned)
    old = [(guest, slot) for guest in free for slot in state.visits[guest] if (guest, slot) not in pinned]
    for guest, slot in old:
        state.drop(guest, slot)
    return old


def neighbourhood(state: State, free: list[int], old: Seated, keep: Mask | None) -> tuple[Columns, Numbers]:
    """The seats that the free guests can have, with every seat of others that touches these, and the walls of the rest."""
    pair, slot = [], []
    now = set(old)
    for guest in free:
        choices = state.choices(guest)
        fine = state.possible(guest, choices)
        if keep is not None:
            had = [place for one, place in now if one == guest]
            fine &= keep[choices.pair] | np.isin(choices.slot, had)
        pair.append(choices.pair[fine])
        slot.append(choices.slot[fine])
    held, outside = _touching(state, free, joined(pair))
    return with_held(state.instance, joined(pair), joined(slot), held), outside


def _touching(state: State, free: list[int], pair: Numbers) -> tuple[Seated, Numbers]:
    """Seats of others that share a person (or a department, where people away are counted) with the pairs; and how many
    different guests go through each wall elsewhere."""
    instance, seated = state.instance, state.array()
    roster, guest, opening = instance.roster, seated[:, 0], instance.slots.opening[seated[:, 1]]
    person = np.zeros(len(instance.problem.people), dtype=bool)
    person[roster.place[free]] = True
    person[roster.hosts.each(np.unique(instance.pairs.opening[pair]))[1]] = True
    number, host = roster.hosts.each(opening)
    near = person[roster.place[guest]]
    near[number[person[host]]] = True
    near |= np.isin(guest, numbers(other for one in free for other in state.apart.get(one, ())))
    if (instance.away_most >= 0).any() or instance.problem.floors:
        near |= np.isin(instance.home[guest], instance.home[free])
    wall = instance.home[guest] * len(instance.departments) + instance.offered[opening]
    width = len(instance.weights) + 1
    outside = np.unique((wall * width + guest)[~near]) // width
    return list(map(tuple, seated[near].tolist())), np.bincount(outside, minlength=len(instance.departments) ** 2)


def best(seats: Columns, state: State, outside: Numbers, old: Seated, nodes: int, watch: Watch) -> Seated:
    """The best that is found for these seats without those that are held; nothing where it is not better than *old*."""
    model = blank(state.instance, seats, outside)
    obey(model)
    weights = guided(model)
    width = len(state.instance.slots.start)
    hint = np.isin(seats.guest * width + seats.slot, numbers(guest * width + slot for guest, slot in old)) | seats.held
    whole = maximize(model.matrix, weights, watch, nodes, hint.astype(np.int64))
    if whole.x is None:
        return []
    on = np.flatnonzero((whole.x[: len(seats)] > 0) & ~seats.held)
    return list(zip(seats.guest[on].tolist(), seats.slot[on].tolist(), strict=True))


def guided(model: Model) -> Numbers:
    """The tiers down to the goals as one objective; every column that a tier adds comes with it."""
    weighted = [
        (tier(model), GUIDING[tier.__name__]) for tier in objectives(model.instance.problem) if tier.__name__ in GUIDING
    ]
    weights = np.zeros(model.matrix.width, dtype=np.int64)
    for objective, weight in weighted:
        weights += weight * objective.on(model.matrix)
    return weights


@dataclass(slots=True)
class Improvement:
    """Neighbourhood after neighbourhood. *x* and *keep* of each pair: what the relaxation gives it, and whether it is among
    the best-priced of its guest. *size* guests are freed at a time."""

    state: State
    x: Reals
    keep: Mask
    dice: np.random.Generator
    size: int = 40
    nodes: int = 40
    tried: Reals = field(default_factory=lambda: np.zeros(0))

    def step(self, walls_short: bool, watch: Watch) -> bool:
        """Free whoever is furthest from the relaxation, and who sits where they would go."""
        if not len(self.tried):
            self.tried = np.zeros(len(self.state.visits))
        lack = self.lacking(walls_short) / (1 + self.tried) ** 2
        count = min(max(3, self.size // 8), int((lack > 0).sum()))
        seeds = self.dice.choice(len(lack), count, replace=False, p=lack / lack.sum()).tolist()
        self.tried[seeds] += 1
        return exchange(self.state, self.related(seeds, self.size), self.keep, self.nodes, watch)

    def lacking(self, walls_short: bool) -> Reals:
        """By how much each guest falls short of the relaxation, and who could open a wall that is closed."""
        instance, pairs = self.state.instance, self.state.instance.pairs
        guests, seated = len(instance.weights), self.state.array()
        points = instance.points(seated[:, 0], instance.slots.opening[seated[:, 1]])
        visits = np.bincount(pairs.guest, self.x, guests) - np.bincount(seated[:, 0], minlength=guests)
        goals = np.bincount(pairs.guest, self.x * pairs.points, guests) - np.bincount(seated[:, 0], points, guests)
        lack = 40 * np.maximum(0, visits) + np.maximum(0, goals) + 1e-3
        if walls_short:
            lack[np.unique(pairs.guest[self._opens_a_wall()])] += 60
        return np.asarray(lack)

    def _opens_a_wall(self) -> Mask:
        instance, pairs = self.state.instance, self.state.instance.pairs
        wall = instance.home[pairs.guest] * len(instance.departments) + instance.offered[pairs.opening]
        return np.asarray(self.state.worth[wall, np.minimum(self.state.met[wall], 3)] > 0)

    def related(self, seeds: list[int], size: int) -> list[int]:
        """The seeds and those who sit where they would like to, breadth first."""
        instance, seated = self.state.instance, self.state.array()
        inside = groups(instance.slots.opening[seated[:, 1]], len(instance.seats))
        free, front = dict.fromkeys(seeds), seeds
        while front and len(free) < size:
            found: list[int] = []
            for guest in front:
                first, last = instance.pairs.first[guest : guest + 2]
                openings = instance.pairs.opening[first:last][self.keep[first:last]]
                for opening in self.dice.permutation(openings).tolist():
                    found += [other for other in seated[inside.of(opening), 0].tolist() if other not in free]
                    free |= dict.fromkeys(found[: max(0, size - len(free))])
            front = [guest for guest in found if guest in free]
        return list(free)[:size]

    def walls(self, watch: Watch) -> bool:
        """One neighbourhood for each closed wall: guests who could go through it, and who sits where they would."""
        instance, pairs = self.state.instance, self.state.instance.pairs
        wall = instance.home[pairs.guest] * len(instance.departments) + instance.offered[pairs.opening]
        better = False
        for closed in np.unique(wall[self._opens_a_wall()]).tolist():
            rows = np.flatnonzero(wall == closed)
            seated = self.state.array()
            there = np.isin(instance.slots.opening[seated[:, 1]], pairs.opening[rows])
            sitting = self.dice.permutation(np.unique(seated[there, 0]))[:30]
            could = self.dice.permutation(np.unique(pairs.guest[rows]))[:15]
            free = list(dict.fromkeys([*could.tolist(), *sitting.tolist()]))
            better |= exchange(self.state, free, None, self.nodes, watch)
        return better


def best_priced(instance: Instance, x: Reals, price: Reals, most: int) -> Mask:
    """The *most* best pairs of each guest, by the relaxation's reduced cost; those it uses come first."""
    pairs = instance.pairs
    starts = np.minimum(pairs.starts.sum(axis=1, dtype=np.int64), 20)
    score = price + 50 * (x > 1e-6) + 0.3 * starts / 20
    order = np.lexsort((-score, pairs.guest))
    rank = np.arange(len(order)) - pairs.first[pairs.guest[order]]
    keep = np.zeros(len(order), dtype=bool)
    keep[order[rank < most]] = True
    return keep
