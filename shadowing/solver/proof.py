"""Proof for rounds that are small enough: tier after tier, by the linear relaxation of the whole model and a window of columns.

A column whose reduced cost is larger than the distance between the relaxation's optimum and the next better value can be in no
better plan. What is left, the window, is searched to the end: it holds something better, or nothing is better."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shadowing.solver.arrays import Mask, Numbers
from shadowing.solver.constraints import obey
from shadowing.solver.engine import EXACT, Watch, maximize, relax
from shadowing.solver.instance import Columns, Instance
from shadowing.solver.model import Model, blank
from shadowing.solver.objectives import Tier

Kept = Sequence[tuple[Tier, int]]
"""Tiers with what they have to reach at least."""


@dataclass(frozen=True, slots=True)
class Aim:
    """One or two tiers to be made as large as can be; *first* counts *times* what *then* does, more than all of it."""

    first: Tier
    then: Tier | None = None
    times: int = 1

    def weights(self, model: Model) -> Numbers:
        weights = self.times * self.first(model).on(model.matrix)
        if self.then is None:
            return weights
        small = self.then(model).on(model.matrix)
        return np.concatenate([weights, np.zeros(len(small) - len(weights), dtype=np.int64)]) + small


def formulate(instance: Instance, seats: Columns, kept: Kept, aim: Aim) -> tuple[Model, Numbers]:
    """The model of these seats in which *kept* tiers hold, and the weights of *aim*."""
    model = blank(instance, seats)
    obey(model)
    for tier, least in kept:
        objective = tier(model)
        if len(objective.column):
            model.matrix.at_least(objective.column, objective.weight, least)
    return model, aim.weights(model)


@dataclass(frozen=True, slots=True)
class Found:
    """Seats (guest, slot) that reach the optimum *value*; None where the plan at hand does already."""

    value: int
    seated: Numbers | None


def optimum(
    instance: Instance, seats: Columns, kept: Kept, aim: Aim, reached: int, delta: float, watch: Watch
) -> Found:
    """The most that *aim* can be while the *kept* tiers hold; *reached* is what the plan at hand makes of it, *delta* the
    width of the first window. Raises Halted."""
    model, weights = formulate(instance, seats, kept, aim)
    relaxed = relax(model.matrix, weights, watch)
    assert relaxed is not None, "a plan that holds all rules is no solution of the model"
    best, seated = reached, None
    while best + 1 <= relaxed.value + EXACT:
        width = min(delta, relaxed.value - best - 1)
        found = _within(instance, seats, relaxed.reduced[: len(seats)] >= -width - EXACT, kept, aim, watch)
        if found is not None and found.value > best:
            best, seated = found.value, found.seated
        if width > relaxed.value - best - 1 - EXACT:
            break
        delta *= 4
    return Found(best, seated)


def _within(instance: Instance, seats: Columns, keep: Mask, kept: Kept, aim: Aim, watch: Watch) -> Found | None:
    chosen = seats.only(keep | seats.held)
    model, weights = formulate(instance, chosen, kept, aim)
    whole = maximize(model.matrix, weights, watch)
    if whole.x is None:
        return None
    on = np.flatnonzero(whole.x[: len(chosen)])
    return Found(int(weights @ whole.x), np.stack([chosen.guest[on], chosen.slot[on]], axis=1))
