"""What a plan is worth: lexicographic tiers, the most important first.

Each tier is written twice here: as weights on the columns of a model, to be made as large as can be, and as the value of given
seats. A third time, in plain Python, it stands in the tests. Where all is equal, the lot decides: see `instance.shuffled`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from shadowing.solver.arrays import Numbers, laid_out, numbers
from shadowing.solver.instance import Instance, compiled
from shadowing.solver.matrix import Matrix
from shadowing.solver.model import Model
from shadowing.solver.problem import Problem, Seat

MAYBE = SAME_DEPARTMENT = 28  # days that a visit may be later to avoid it


@dataclass(frozen=True, slots=True)
class Objective:
    """A weighted sum of columns."""

    column: Numbers
    weight: Numbers

    def on(self, matrix: Matrix) -> Numbers:
        weights = np.zeros(matrix.width, dtype=np.int64)
        np.add.at(weights, self.column, self.weight)
        return weights


def _objective(column: Numbers, weight: Numbers | int) -> Objective:
    return Objective(column, np.broadcast_to(np.asarray(weight, dtype=np.int64), column.shape))


def guests(model: Model) -> Objective:
    """Everybody who can has a visit; who was left out last time counts more."""
    first = model.step_number == 0
    return _objective(model.step[first], model.instance.weights[model.step_guest[first]])


def returned(model: Model) -> Objective:
    """Where the round would like it: two people visit each other."""
    instance, people = model.instance, len(model.instance.problem.people)
    seat, host = model.by_host()
    guest = instance.roster.place[model.seats.guest[seat]]
    key = np.minimum(guest, host) * people + np.maximum(guest, host)
    forward = guest < host
    both = np.intersect1d(key[forward], key[~forward])
    made = model.matrix.new(np.ones(len(both), dtype=np.int64))
    for side in (forward, ~forward):
        mine = side & np.isin(key, both)
        _covered(model.matrix, np.searchsorted(both, key[mine]), seat[mine], made)
    return _objective(made, 1)


def _covered(matrix: Matrix, row: Numbers, column: Numbers, made: Numbers) -> None:
    """Each column of *made* is 1 only where one of the columns in its row is."""
    every = np.arange(len(made))
    value = np.concatenate([np.ones(len(row), dtype=np.int64), np.full(len(made), -1)])
    matrix.between(np.concatenate([row, every]), np.concatenate([column, made]), value, 0, np.inf)


def walls(model: Model) -> Objective:
    """Departments meet that have not yet, or that HR wants to: weights for the first three different guests of each pair."""
    worth, wall = wall_weights(model.instance), model.walls()
    later = np.minimum(model.outside, 3)[:, None] + np.arange(3)[None, :]
    worth = np.take_along_axis(
        np.pad(worth, ((0, 0), (0, 3))), later, axis=1
    )  # who is outside has taken the first ones
    open_ = np.unique(wall[worth[wall, 0] > 0])
    alone = open_[worth[open_, 1] == 0]
    made = model.matrix.new(np.ones(len(alone), dtype=np.int64))
    mine = np.flatnonzero(np.isin(wall, alone))
    _covered(model.matrix, np.searchsorted(alone, wall[mine]), mine, made)
    more, weights = _several(model, wall, open_[worth[open_, 1] > 0], worth)
    return Objective(np.concatenate([made, more]), np.concatenate([worth[alone, 0], weights]))


def _several(model: Model, wall: Numbers, counted: Numbers, worth: Numbers) -> tuple[Numbers, Numbers]:
    """Walls where the second and third different guest count too: a column for each of the three, and its weight."""
    mine = np.flatnonzero(np.isin(wall, counted))
    width = len(model.instance.weights) + 1
    person, back = np.unique(wall[mine] * width + model.seats.guest[mine], return_inverse=True)
    who = model.matrix.new(np.ones(len(person), dtype=np.int64))
    _covered(model.matrix, back, mine, who)
    row, number = laid_out(np.full(len(counted), 3))
    steps = model.matrix.new(np.ones(len(row), dtype=np.int64))
    rows = np.concatenate([np.searchsorted(counted, person // width), row])
    value = np.concatenate([np.ones(len(who), dtype=np.int64), np.full(len(steps), -1)])
    model.matrix.between(rows, np.concatenate([who, steps]), value, 0, np.inf)
    return steps, worth[counted[row], number]


def wall_weights(instance: Instance) -> Numbers:
    """A row for each (guest's, opening's department): what its first, second and third different guest count."""
    size, place = len(instance.departments), instance.departments
    worth = np.zeros((size * size, 3), dtype=np.int64)
    if instance.problem.rules.walls != "prefer":
        return worth
    worth[:, 0] = 1
    for one, other in instance.problem.met:
        if one in place and other in place:
            worth[place[one] * size + place[other], 0] = 0
    for wanted in instance.problem.wanted:
        if wanted.guests in place and wanted.hosts in place:
            worth[place[wanted.guests] * size + place[wanted.hosts]] = wanted.weights
    worth[np.arange(size) * (size + 1)] = 0  # a department has no wall to itself
    return worth


def second_visits(model: Model) -> Objective:
    """Nobody gets two before everybody who can has one; then the second ones are given."""
    return _objective(model.step[model.step_number == 1], 1)


def further_visits(model: Model) -> Objective:
    return _objective(model.step[model.step_number > 1], 1)


def goals(model: Model) -> Objective:
    """Ranked goals are met: 10, 6 and 3 points."""
    return _objective(np.arange(len(model.seats)), model.instance.pairs.points[model.seats.pair])


def even_load(model: Model) -> Objective:
    """Hosts share the guests: the first guest of a host costs 1, the next 3, the next 5. Hosts of the same openings are one."""
    instance = model.instance
    alike: dict[bytes, list[int]] = {}
    for host in np.unique(instance.roster.hosts.members).tolist():
        alike.setdefault(instance.roster.hosted.of(host).tobytes(), []).append(host)
    shared = sorted(alike.values())
    group = np.full(len(instance.problem.people), -1, dtype=np.int64)
    group[[hosts[0] for hosts in shared]] = np.arange(len(shared))
    seat, host = model.by_host()
    seat, owner = seat[group[host] >= 0], group[host[group[host] >= 0]]
    used = np.unique(owner)
    row, number = laid_out(_most_guests(model, seat, owner, len(shared))[used])
    steps = model.matrix.new(np.ones(len(row), dtype=np.int64))
    value = np.concatenate([np.ones(len(seat), dtype=np.int64), np.full(len(steps), -1)])
    rows = np.concatenate([np.searchsorted(used, owner), row])
    model.matrix.between(rows, np.concatenate([seat, steps]), value, 0, 0)
    sharing = numbers(len(hosts) for hosts in shared)[used[row]]
    return Objective(steps, -(1 + 2 * number) * sharing)


def _most_guests(model: Model, seat: Numbers, owner: Numbers, count: int) -> Numbers:
    """How many guests each owner of these seats can have: every guest once (pins beyond), every seat of every session."""
    width, instance = len(model.instance.weights), model.instance
    different = np.bincount(np.unique(owner * width + model.seats.guest[seat]) // width, minlength=count)
    held = np.bincount(owner[model.seats.held[seat]], minlength=count)
    openings = np.unique(owner * len(instance.seats) + model.seats.opening[seat])
    capacity = instance.capacity().sum(axis=1)[openings % len(instance.seats)]
    offered = np.bincount(openings // len(instance.seats), capacity, count).astype(np.int64)
    return np.asarray(np.minimum(different + held, offered))


def comfort(model: Model) -> Objective:
    """Yes before if need be, mixed departments, early dates."""
    instance, seats = model.instance, model.seats
    points = discomfort(instance, seats.guest, seats.slot)
    crowds = _crowds(model) if instance.problem.rules.mix_departments else numbers(())
    column = np.concatenate([np.arange(len(seats)), crowds])
    return Objective(column, -np.concatenate([points, np.full(len(crowds), SAME_DEPARTMENT)]))


def discomfort(instance: Instance, guest: Numbers, slot: Numbers) -> Numbers:
    """What each seat costs by itself: days since the first start of the round, and 28 for if need be."""
    maybe = ~instance.sure[guest, instance.clock.of_slot[slot]]
    return np.asarray(instance.slots.day[slot] + MAYBE * instance.problem.rules.maybe_costs * maybe)


def _crowds(model: Model) -> Numbers:
    """A column for each session and department that may send more than one guest: how many too many they are."""
    size = len(model.instance.departments)
    crowd, back, count = np.unique(model.seats.slot * size + model.home(), return_inverse=True, return_counts=True)
    seats = model.instance.seats[model.instance.slots.opening[crowd // size]]
    large = np.minimum(seats, count) > 1
    made = model.matrix.new(count[large] - 1)
    mine = np.flatnonzero(large[back])
    row = (np.cumsum(large) - 1)[back[mine]]
    value = np.concatenate([np.ones(len(mine), dtype=np.int64), np.full(len(made), -1)])
    model.matrix.between(np.concatenate([row, np.arange(len(made))]), np.concatenate([mine, made]), value, -np.inf, 1)
    return made


Tier = Callable[[Model], Objective]


def objectives(problem: Problem) -> tuple[Tier, ...]:
    """The tiers of a round, the most important first; visits are returned in one only where it prefers that."""
    back = (returned,) if problem.rules.reciprocal == "prefer" else ()
    return (guests, *back, walls, second_visits, further_visits, goals, even_load, comfort)


def values(problem: Problem, seats: Iterable[Seat]) -> tuple[int, ...]:
    """What a plan that holds all rules reaches in each tier. Raises KeyError for a seat of what does not exist."""
    instance = compiled(problem)
    return values_of(instance, np.array(instance.seated(seats), dtype=np.int64).reshape(-1, 2))


def values_of(instance: Instance, seated: Numbers) -> tuple[int, ...]:
    """The tiers of a plan given as rows of (guest, slot)."""
    guest, slot = seated[:, 0], seated[:, 1]
    opening, rules = instance.slots.opening[slot], instance.problem.rules
    visits = np.bincount(guest, minlength=len(instance.weights))
    number, host = instance.roster.hosts.each(opening)
    load = np.bincount(host, minlength=len(instance.problem.people))
    reached = [int(instance.weights[visits > 0].sum())]
    if rules.reciprocal == "prefer":
        reached.append(_returned(instance, guest[number], host))
    reached += [_walls(instance, guest, opening), int((visits > 1).sum()), int(np.maximum(visits - 2, 0).sum())]
    reached += [int(instance.points(guest, opening).sum()), -int((load**2).sum())]
    crowd = _too_many(instance, guest, slot) if rules.mix_departments else 0
    return (*reached, -int(discomfort(instance, guest, slot).sum()) - SAME_DEPARTMENT * crowd)


def _returned(instance: Instance, guest: Numbers, host: Numbers) -> int:
    people, person = len(instance.problem.people), instance.roster.place[guest]
    others = person != host
    person, host = person[others], host[others]
    return len(np.intersect1d(person * people + host, host * people + person)) // 2


def _walls(instance: Instance, guest: Numbers, opening: Numbers) -> int:
    size, width = len(instance.departments), len(instance.weights) + 1
    wall = instance.home[guest] * size + instance.offered[opening]
    met = np.bincount(np.unique(wall * width + guest) // width, minlength=size * size)
    worth = np.concatenate(
        [np.zeros((size * size, 1), dtype=np.int64), np.cumsum(wall_weights(instance), axis=1)], axis=1
    )
    return int(worth[np.arange(size * size), np.minimum(met, 3)].sum())


def _too_many(instance: Instance, guest: Numbers, slot: Numbers) -> int:
    crowds = np.unique(slot * len(instance.departments) + instance.home[guest])
    return len(slot) - len(crowds)
