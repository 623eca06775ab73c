"""The model while it is being written: one variable for each candidate, and what the rules and the wishes share."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from shadowing.solver.candidates import Candidates, Numbers, candidates
from shadowing.solver.eligible import Roster, roster
from shadowing.solver.problem import Problem, Seat

Var = cp_model.IntVar
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Model:
    """*sits* has a variable for each candidate, *takes_place* one for each slot of which it matters whether it is held,
    *visits* for each guest's row "has at least one", "at least two", ..."""

    roster: Roster
    seats: Candidates
    cp: cp_model.CpModel
    sits: list[Var]
    takes_place: dict[int, Var] = field(default_factory=dict)
    visits: list[list[Var]] = field(default_factory=list)

    @property
    def problem(self) -> Problem:
        return self.roster.problem

    def all(self, rows: Iterable[int]) -> list[Var]:
        return [self.sits[row] for row in rows]

    def most(self, terms: Sequence[Var], limit: int) -> None:
        """At most *limit* of *terms*; says nothing where it could not be more."""
        if limit == 1 < len(terms):
            self.cp.add_at_most_one(terms)
        elif limit < len(terms):
            self.cp.add(total(terms) <= limit)

    def hosts(self, row: int) -> tuple[int, ...]:
        opening = self.roster.openings[int(self.seats.opening[row])]
        return opening.hosts

    def seat(self, row: int) -> Seat:
        slots, slot = self.seats.slots, self.seats.slot[row]
        guest = self.roster.guests[self.seats.guest[row]]
        opening = self.roster.openings[slots.opening[slot]]
        return Seat(guest=guest.person, opening=opening.id, start=int(slots.start[slot]))


def blank(problem: Problem) -> Model:
    """A model of a canonical *problem* without any rule yet."""
    people = roster(problem)
    seats, cp = candidates(people), cp_model.CpModel()
    model = Model(people, seats, cp, [cp.new_bool_var("") for _ in seats.guest])
    for slot in np.unique(seats.slot):
        opening = people.openings[seats.slots.opening[slot]]
        if not opening.fixed or opening.most_per_week is not None:
            model.takes_place[int(slot)] = cp.new_bool_var("")
    model.visits.extend(_visits(model, row) for row in range(len(problem.guests)))
    return model


def _visits(model: Model, row: int) -> list[Var]:
    most = visits_most(model, row)
    mine = model.all(range(*np.searchsorted(model.seats.guest, [row, row + 1])))
    return [model.cp.new_bool_var("") for _ in range(min(most, len(mine)))]


def visits_most(model: Model, row: int) -> int:
    """How many visits this guest may have; pins are not counted against it."""
    guest, most = model.problem.guests[row], model.problem.rules.visits_most
    pinned = np.count_nonzero(model.seats.pinned & (model.seats.guest == row))
    return max(min(guest.visits, most) if most else guest.visits, int(pinned))


def total(terms: Sequence[Var]) -> cp_model.LinearExpr:
    return cp_model.LinearExpr.sum(terms)


def weighted(terms: Sequence[Var], weights: Iterable[int]) -> cp_model.LinearExpr:
    return cp_model.LinearExpr.weighted_sum(terms, [int(weight) for weight in weights])


def grouped(*keys: Numbers) -> Iterator[Rows]:
    """The rows that agree in every key, group by group, in the order of the keys."""
    if not len(keys[0]):
        return
    order = np.lexsort(keys[::-1])
    steps = np.any([np.diff(key[order]) != 0 for key in keys], axis=0)
    yield from np.split(order, np.flatnonzero(steps) + 1)


def by_host(model: Model) -> tuple[Rows, Numbers]:
    """Every candidate once for each host it meets: rows, and the host beside each."""
    hosts = [np.array(opening.hosts, dtype=np.int64) for opening in model.roster.openings]
    opening = model.seats.opening
    counts = np.array([len(host) for host in hosts], dtype=np.int64)[opening]
    rows = np.repeat(np.arange(len(opening)), counts)
    return rows, np.concatenate([np.empty(0, dtype=np.int64), *(hosts[column] for column in opening)])


def cliques(pieces: list[tuple[int, int, int]]) -> Iterator[list[int]]:
    """The largest sets of *pieces* (begin, finish, name) that all share a moment: where one ends and one began since."""
    active: list[tuple[int, int]] = []
    grown = False
    for begin, finish, name in sorted(pieces):
        left = [piece for piece in active if piece[0] > begin]
        if grown and len(left) < len(active):
            yield [other for _, other in active]
        active, grown = [*left, (finish, name)], True
    if active:
        yield [other for _, other in active]


def mapped(rows: Rows, keys: Numbers) -> dict[int, list[int]]:
    groups = defaultdict(list)
    for row, key in zip(rows.tolist(), keys.tolist(), strict=True):
        groups[key].append(row)
    return groups
