"""Proof for rounds that are small enough: by the linear relaxation of the whole model and a window of columns.

A column whose reduced cost is larger than the distance between the relaxation's optimum and the next better value can be in no
better plan. What is left, the window, is searched to the end: it holds something better, or nothing is better.

The relaxation is nearly always right about a tier, so first it is believed: each tier is to reach what the relaxation says while
those before it do, and only the last two are searched. A plan that does all this proves every tier at once. Where there is none,
the first tier that is still open is searched by itself, and the rest is believed again."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from shadowing.solver.arrays import Numbers
from shadowing.solver.best import Best
from shadowing.solver.bounds import Relaxation, bounds_of
from shadowing.solver.constraints import obey
from shadowing.solver.engine import EXACT, Relaxed, Watch, maximize, relax
from shadowing.solver.instance import Columns, Instance, columns
from shadowing.solver.model import Model, blank
from shadowing.solver.objectives import MAYBE, SAME_DEPARTMENT, Tier, comfort, even_load, objectives

Kept = Sequence[tuple[Tier, int]]
"""Tiers with what they have to reach at least."""
NARROW = 20.0  # width of the first window of the last two tiers
WIDER = 4


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


@dataclass(frozen=True, slots=True)
class Found:
    """Seats (guest, slot) that reach *value*."""

    value: int
    seated: Numbers


@dataclass(frozen=True, slots=True)
class Program:
    """What is the most that *aim* can be in these *seats* while the *kept* tiers hold?"""

    instance: Instance
    seats: Columns
    kept: Kept
    aim: Aim

    def relaxed(self, watch: Watch) -> Relaxed | None:
        """None where nothing holds the kept tiers. Raises Halted."""
        model, weights = self._formulated(self.seats)
        return relax(model.matrix, weights, watch)

    def window(self, relaxed: Relaxed, width: float) -> Columns:
        """The seats that can be in a plan which is worth no less than the relaxation's optimum less *width*."""
        return self.seats.only((relaxed.reduced[: len(self.seats)] >= -width - EXACT) | self.seats.held)

    def best(self, seats: Columns, watch: Watch) -> Found | None:
        """Of these seats alone; None where they hold no plan. Raises Halted."""
        model, weights = self._formulated(seats)
        whole = maximize(model.matrix, weights, watch)
        if whole.x is None:
            return None
        on = np.flatnonzero(whole.x[: len(seats)])
        return Found(int(weights @ whole.x), np.stack([seats.guest[on], seats.slot[on]], axis=1))

    def _formulated(self, seats: Columns) -> tuple[Model, Numbers]:
        """The model in which the kept tiers hold, and the weights of the aim."""
        model = blank(self.instance, seats)
        obey(model)
        for tier, least in self.kept:
            objective = tier(model)
            if len(objective.column):
                model.matrix.at_least(objective.column, objective.weight, least)
        return model, self.aim.weights(model)


def optimum(program: Program, relaxed: Relaxed, reached: int | None, delta: float, watch: Watch) -> Found | None:
    """The best plan, where it is better than *reached*, which is what the plan at hand makes of the aim. *delta* is the width of
    the first window. Where *reached* is None there may be no plan at all, and this ends where the first window has none.
    Raises Halted."""
    found, best = None, reached
    while best is None or best + 1 <= relaxed.value + EXACT:
        enough = np.inf if best is None else relaxed.value - best - 1
        width = min(delta, enough)
        seats = program.window(relaxed, width)
        better = program.best(seats, watch)
        if better is not None and (best is None or better.value > best):
            found, best = better, better.value
            enough = relaxed.value - best - 1
        if best is None or width >= enough - EXACT:
            break
        delta = max(WIDER * delta, float(program.aim.times))
    return found


@dataclass(slots=True)
class Proof:
    """*kept*: the tiers that are proven. *seats*: all that a plan could use in which they hold."""

    best: Best
    timeless: Relaxation
    tiers: tuple[Tier, ...]
    seats: Columns
    kept: list[tuple[Tier, int]] = field(default_factory=list)

    def run(self) -> None:
        """Raises Halted."""
        for number, tier in enumerate(self.tiers[:-2]):
            if self.best.values[number] != self.best.known[number]:
                if self._believing():
                    return
                self._alone(number)
            self.kept.append((tier, self.best.values[number]))
        self._last()

    def _ask(self, seats: Columns, kept: Kept, aim: Aim) -> Program:
        return Program(self.best.instance, seats, tuple(kept), aim)

    def _believing(self) -> bool:
        """Whether some plan reaches in every tier what the relaxation says."""
        best, seats, kept = self.best, self.seats, list(self.kept)
        for number in range(len(kept), len(self.tiers) - 2):
            said = [value for _, value in kept]
            if said == best.known[:number] and best.values[number] == best.known[number]:
                kept.append((self.tiers[number], best.values[number]))
                continue
            program = self._ask(seats, kept, Aim(self.tiers[number]))
            if (relaxed := program.relaxed(best.watch)) is None:
                return False
            most = int(np.floor(relaxed.value + EXACT))
            seats = program.window(relaxed, relaxed.value - most)
            kept.append((self.tiers[number], most))
            best.bound([*said, most])
        program = self._ask(seats, kept, self._load_and_comfort())
        if (relaxed := program.relaxed(best.watch)) is None:
            return False
        found = optimum(program, relaxed, None, NARROW, best.watch)
        if found is not None:
            self._proven(found)
        return found is not None

    def _alone(self, number: int) -> None:
        """One tier, the first that is not proven."""
        best, tier = self.best, self.tiers[number]
        program = self._ask(self.seats, self.kept, Aim(tier))
        relaxed = program.relaxed(best.watch)
        assert relaxed is not None, "a plan that holds all rules is no solution of the model"
        width = 2.0 if tier.__name__ == "goals" else 1.0
        found = optimum(program, relaxed, best.values[number], width, best.watch)
        if found is not None:
            best.keep(found.seated)
        if best.prove(number):
            best.bound(bounds_of(self.timeless, best.watch, best.values[: number + 1]))
        self.seats = program.window(relaxed, relaxed.value - best.values[number])
        best.steps += 1

    def _last(self) -> None:
        """The last two tiers together."""
        best = self.best
        program = self._ask(self.seats, self.kept, self._load_and_comfort())
        relaxed = program.relaxed(best.watch)
        assert relaxed is not None, "a plan that holds all rules is no solution of the model"
        reached = program.aim.times * best.values[-2] + best.values[-1]
        self._proven(optimum(program, relaxed, reached, NARROW, best.watch))

    def _proven(self, found: Found | None) -> None:
        if found is not None:
            self.best.keep(found.seated)
        self.best.bound(self.best.values)
        self.best.steps += 1

    def _load_and_comfort(self) -> Aim:
        """Load counts more than the comfort of one plan can differ from that of another."""
        instance = self.best.instance
        day = int(instance.slots.day.max(initial=0))
        dearest = day + MAYBE * instance.problem.rules.maybe_costs + SAME_DEPARTMENT
        return Aim(even_load, comfort, 1 + int(instance.visits_most.sum()) * dearest)


def prove(best: Best, timeless: Relaxation) -> None:
    """Every tier of the plan at hand is proven, or a better plan is and takes its place. Raises Halted."""
    Proof(best, timeless, objectives(best.instance.problem), columns(best.instance)).run()
