"""What a plan is worth: lexicographic tiers, the most important first, one function for each.

Where all is equal, the lot decides: see `solve.shuffled`. A tier may add variables of its own; it names their values for
the plan at hand, so that the search starts warm."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from ortools.sat.python import cp_model

from shadowing.solver.candidates import Numbers
from shadowing.solver.constraints import departments, meetings
from shadowing.solver.eligible import fit
from shadowing.solver.model import Model, Rows, Var, by_host, grouped, total, weighted
from shadowing.solver.problem import Opening

MINUTES_PER_DAY = 24 * 60
MAYBE = SAME_DEPARTMENT = RETURNED = 28  # days that a visit may be later to avoid or to gain it


@dataclass(frozen=True, slots=True)
class Objective:
    """A sum to be made as large as can be. *warm* says what the helper variables are for a given set of seated rows."""

    terms: list[tuple[Var, int]]
    warm: list[tuple[Var, Callable[[frozenset[int]], int]]] = field(default_factory=list)

    def sum(self) -> cp_model.LinearExpr:
        return weighted([var for var, _ in self.terms], [weight for _, weight in self.terms])

    def reached(self, values: dict[int, int]) -> int:
        return sum(weight * values[var.index] for var, weight in self.terms)

    def ceiling(self) -> int:
        """What no plan can exceed, as every variable but those that cost is at most 1."""
        return sum(weight for _, weight in self.terms if weight > 0)


def guests(model: Model) -> Objective:
    """Everybody who can has a visit; who was left out last time counts more."""
    first = [(steps[0], guest.weight) for steps, guest in zip(model.visits, model.problem.guests, strict=True) if steps]
    return Objective(first)


def walls(model: Model) -> Objective:
    """Departments that have never met do: the number of such pairs."""
    if model.problem.rules.walls != "prefer":
        return Objective([])
    met, objective = set(model.problem.met), Objective([])
    opened = []
    theirs, offered = departments(model), _offered(model)
    for rows in grouped(theirs, offered):
        if (int(theirs[rows[0]]), int(offered[rows[0]])) not in met:
            opened.append(_any(model, rows, objective))
    return Objective([(some, 1) for some in opened], objective.warm)


def _offered(model: Model) -> Numbers:
    return np.array([opening.department for opening in model.roster.openings], dtype=np.int64)[model.seats.opening]


def _any(model: Model, rows: Rows, objective: Objective) -> Var:
    if len(rows) == 1:
        return model.sits[int(rows[0])]
    some, these = model.cp.new_bool_var(""), frozenset(rows.tolist())
    model.cp.add(total(model.all(rows)) >= some)
    objective.warm.append((some, partial(_exceeds, these, 0)))
    return some


def second_visits(model: Model) -> Objective:
    """Nobody gets two before everybody who can has one; then the second ones are given."""
    return Objective([(steps[1], 1) for steps in model.visits if len(steps) > 1])


def further_visits(model: Model) -> Objective:
    return Objective([(step, 1) for steps in model.visits for step in steps[2:]])


def goals(model: Model) -> Objective:
    """Ranked goals are met: 10, 6 and 3 points."""
    points = fit(model.roster)[model.seats.guest, model.seats.opening]
    return Objective(list(zip(model.sits, points.tolist(), strict=True)))


def even_load(model: Model) -> Objective:
    """Hosts share the guests: the first guest of a host costs 1, the next 3, the next 5. Hosts of the same visits count as one."""
    objective = Objective([])
    rows, hosts = by_host(model)
    shared = Counter(tuple(rows[group].tolist()) for group in grouped(hosts))
    for visits, sharing in shared.items():
        steps = _load(model, np.array(visits), objective)
        objective.terms.extend((step, -(1 + 2 * number) * sharing) for number, step in enumerate(steps))
    return objective


def _load(model: Model, rows: Rows, objective: Objective) -> list[Var]:
    """One variable for each guest that a host of these visits may have."""
    these = frozenset(rows.tolist())
    steps = [model.cp.new_bool_var("") for _ in range(_capacity(model, rows))]
    model.cp.add(total(model.all(rows)) == total(steps))
    for number, step in enumerate(steps):
        objective.warm.append((step, partial(_exceeds, these, number)))
    return steps


def _capacity(model: Model, rows: Rows) -> int:
    """How many of these visits there can be: every guest once, every seat of every session that may take place."""
    guests, slots = len(np.unique(model.seats.guest[rows])), np.unique(model.seats.slot[rows])
    weeks = Counter(zip(model.seats.slots.opening[slots].tolist(), model.seats.slots.week[slots].tolist(), strict=True))
    offered = sum(_seats(model.roster.openings[column], sessions) for (column, _), sessions in weeks.items())
    pinned = int(np.count_nonzero(model.seats.pinned[rows]))
    return min(len(rows), guests + pinned, offered + pinned)


def _seats(opening: Opening, sessions: int) -> int:
    return opening.seats * (sessions if opening.most_per_week is None else min(sessions, opening.most_per_week))


def comfort(model: Model) -> Objective:
    """Yes before if need be, mixed departments, returned visits, early dates."""
    rules, objective = model.problem.rules, Objective([])
    days = model.seats.slots.start[model.seats.slot] // MINUTES_PER_DAY
    points = -MAYBE * rules.maybe_costs * model.seats.maybe - (days - days.min(initial=1 << 40))
    terms = list(zip(model.sits, points.tolist(), strict=True))
    terms += [(same, -SAME_DEPARTMENT) for same in _crowds(model, objective)] if rules.mix_departments else []
    terms += [(both, RETURNED) for both in _returned(model, objective)] if rules.reciprocal == "prefer" else []
    return Objective(terms, objective.warm)


def _crowds(model: Model, objective: Objective) -> list[Var]:
    """One variable for each session and department that may send more than one guest, with how many too many they are."""
    crowds = []
    for rows in grouped(model.seats.slot, departments(model)):
        seats = model.roster.openings[model.seats.opening[rows[0]]].seats
        if min(seats, len(rows)) > 1:
            extra, these = model.cp.new_int_var(0, len(rows) - 1, ""), frozenset(rows.tolist())
            model.cp.add(total(model.all(rows)) - 1 <= extra)
            objective.warm.append((extra, partial(_excess, these, 1)))
            crowds.append(extra)
    return crowds


def _returned(model: Model, objective: Objective) -> list[Var]:
    """One variable for each two people who may visit each other."""
    both, meets = [], meetings(model)
    for (guest, host), there in meets.items():
        back = meets.get((host, guest), [])
        if back and guest < host:
            both.append(_both(model, there, back, objective))
    return both


def _both(model: Model, there: list[int], back: list[int], objective: Objective) -> Var:
    returned = model.cp.new_bool_var("")
    model.cp.add(total(model.all(there)) >= returned)
    model.cp.add(total(model.all(back)) >= returned)
    objective.warm.append((returned, partial(_meet, there, back)))
    return returned


def _exceeds(these: frozenset[int], number: int, seated: frozenset[int]) -> int:
    return int(len(these & seated) > number)


def _excess(these: frozenset[int], number: int, seated: frozenset[int]) -> int:
    return max(0, len(these & seated) - number)


def _meet(there: list[int], back: list[int], seated: frozenset[int]) -> int:
    return int(not (seated.isdisjoint(there) or seated.isdisjoint(back)))


OBJECTIVES: tuple[Callable[[Model], Objective], ...] = (
    guests,
    walls,
    second_visits,
    further_visits,
    goals,
    even_load,
    comfort,
)
