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
from shadowing.solver.model import Draft, Rows, Var, by_host, grouped, total, weighted
from shadowing.solver.problem import Opening

MINUTES_PER_DAY = 24 * 60
MAYBE = SAME_DEPARTMENT = RETURNED = 28  # days that a visit may be later to avoid or to gain it


@dataclass(frozen=True, slots=True)
class Worth:
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


def guests(draft: Draft) -> Worth:
    """Everybody who can has a visit; who was left out last time counts more."""
    first = [(steps[0], guest.weight) for steps, guest in zip(draft.visits, draft.problem.guests, strict=True) if steps]
    return Worth(first)


def walls(draft: Draft) -> Worth:
    """Departments that have never met do: the number of such pairs."""
    if draft.problem.rules.walls != "prefer":
        return Worth([])
    met, worth = set(draft.problem.met), Worth([])
    opened = []
    theirs, offered = departments(draft), _offered(draft)
    for rows in grouped(theirs, offered):
        if (int(theirs[rows[0]]), int(offered[rows[0]])) not in met:
            opened.append(_any(draft, rows, worth))
    return Worth([(some, 1) for some in opened], worth.warm)


def _offered(draft: Draft) -> Numbers:
    return np.array([opening.department for opening in draft.roster.openings], dtype=np.int64)[draft.seats.opening]


def _any(draft: Draft, rows: Rows, worth: Worth) -> Var:
    if len(rows) == 1:
        return draft.sits[int(rows[0])]
    some, these = draft.model.new_bool_var(""), frozenset(rows.tolist())
    draft.model.add(total(draft.all(rows)) >= some)
    worth.warm.append((some, partial(_exceeds, these, 0)))
    return some


def second_visits(draft: Draft) -> Worth:
    """Nobody gets two before everybody who can has one; then the second ones are given."""
    return Worth([(steps[1], 1) for steps in draft.visits if len(steps) > 1])


def further_visits(draft: Draft) -> Worth:
    return Worth([(step, 1) for steps in draft.visits for step in steps[2:]])


def goals(draft: Draft) -> Worth:
    """Ranked goals are met: 10, 6 and 3 points."""
    points = fit(draft.roster)[draft.seats.guest, draft.seats.opening]
    return Worth(list(zip(draft.sits, points.tolist(), strict=True)))


def even_load(draft: Draft) -> Worth:
    """Hosts share the guests: the first guest of a host costs 1, the next 3, the next 5. Hosts of the same visits count as one."""
    worth = Worth([])
    rows, hosts = by_host(draft)
    shared = Counter(tuple(rows[group].tolist()) for group in grouped(hosts))
    for visits, sharing in shared.items():
        steps = _load(draft, np.array(visits), worth)
        worth.terms.extend((step, -(1 + 2 * number) * sharing) for number, step in enumerate(steps))
    return worth


def _load(draft: Draft, rows: Rows, worth: Worth) -> list[Var]:
    """One variable for each guest that a host of these visits may have."""
    these = frozenset(rows.tolist())
    steps = [draft.model.new_bool_var("") for _ in range(_capacity(draft, rows))]
    draft.model.add(total(draft.all(rows)) == total(steps))
    for number, step in enumerate(steps):
        worth.warm.append((step, partial(_exceeds, these, number)))
    return steps


def _capacity(draft: Draft, rows: Rows) -> int:
    """How many of these visits there can be: every guest once, every seat of every session that may take place."""
    guests, slots = len(np.unique(draft.seats.guest[rows])), np.unique(draft.seats.slot[rows])
    weeks = Counter(zip(draft.seats.slots.opening[slots].tolist(), draft.seats.slots.week[slots].tolist(), strict=True))
    offered = sum(_seats(draft.roster.openings[column], sessions) for (column, _), sessions in weeks.items())
    pinned = int(np.count_nonzero(draft.seats.pinned[rows]))
    return min(len(rows), guests + pinned, offered + pinned)


def _seats(opening: Opening, sessions: int) -> int:
    return opening.seats * (sessions if opening.most_per_week is None else min(sessions, opening.most_per_week))


def comfort(draft: Draft) -> Worth:
    """Yes before if need be, mixed departments, returned visits, early dates."""
    rules, worth = draft.problem.rules, Worth([])
    days = draft.seats.slots.start[draft.seats.slot] // MINUTES_PER_DAY
    points = -MAYBE * rules.maybe_costs * draft.seats.maybe - (days - days.min(initial=1 << 40))
    terms = list(zip(draft.sits, points.tolist(), strict=True))
    terms += [(same, -SAME_DEPARTMENT) for same in _crowds(draft, worth)] if rules.mix_departments else []
    terms += [(both, RETURNED) for both in _returned(draft, worth)] if rules.reciprocal == "prefer" else []
    return Worth(terms, worth.warm)


def _crowds(draft: Draft, worth: Worth) -> list[Var]:
    """One variable for each session and department that may send more than one guest, with how many too many they are."""
    crowds = []
    for rows in grouped(draft.seats.slot, departments(draft)):
        seats = draft.roster.openings[draft.seats.opening[rows[0]]].seats
        if min(seats, len(rows)) > 1:
            extra, these = draft.model.new_int_var(0, len(rows) - 1, ""), frozenset(rows.tolist())
            draft.model.add(total(draft.all(rows)) - 1 <= extra)
            worth.warm.append((extra, partial(_excess, these, 1)))
            crowds.append(extra)
    return crowds


def _returned(draft: Draft, worth: Worth) -> list[Var]:
    """One variable for each two people who may visit each other."""
    both, meets = [], meetings(draft)
    for (guest, host), there in meets.items():
        back = meets.get((host, guest), [])
        if back and guest < host:
            both.append(_both(draft, there, back, worth))
    return both


def _both(draft: Draft, there: list[int], back: list[int], worth: Worth) -> Var:
    returned = draft.model.new_bool_var("")
    draft.model.add(total(draft.all(there)) >= returned)
    draft.model.add(total(draft.all(back)) >= returned)
    worth.warm.append((returned, partial(_meet, there, back)))
    return returned


def _exceeds(these: frozenset[int], number: int, seated: frozenset[int]) -> int:
    return int(len(these & seated) > number)


def _excess(these: frozenset[int], number: int, seated: frozenset[int]) -> int:
    return max(0, len(these & seated) - number)


def _meet(there: list[int], back: list[int], seated: frozenset[int]) -> int:
    return int(not (seated.isdisjoint(there) or seated.isdisjoint(back)))


WISHES: tuple[Callable[[Draft], Worth], ...] = (
    guests,
    walls,
    second_visits,
    further_visits,
    goals,
    even_load,
    comfort,
)
