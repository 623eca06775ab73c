"""The best plan so far: what it reaches in each tier, what could be reached at most, and who is told."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from shadowing.solver.arrays import Numbers
from shadowing.solver.bounds import Flow, ceilings
from shadowing.solver.check import breaches
from shadowing.solver.engine import Watch
from shadowing.solver.instance import Instance
from shadowing.solver.objectives import objectives, values_of
from shadowing.solver.problem import Plan, Problem, Progress, Status, Tier, gap_of
from shadowing.solver.state import State

Listener = Callable[[Progress], None]
Stop = Callable[[], bool]
Keeper = Callable[[Plan], None]
BEAT = 1.0
KEEP = 5.0  # seconds between two plans that are given away


class Best:
    """*state* is what is worked on, and need not be the best. *names*, *values*, what is *known* to be the best possible in
    their order and what is the *most* of each alone go tier by tier; *steps* are those that came to their end."""

    instance: Instance
    state: State

    def __init__(self, watch: Watch, listener: Listener | None, keeper: Keeper | None, began: float) -> None:
        self.watch, self.listener, self.keeper, self.began = watch, listener, keeper, began
        self.names: tuple[str, ...] = ()
        self.seated: Numbers = np.empty((0, 2), dtype=np.int64)
        self.values: tuple[int, ...] = ()
        self.most: list[int] = []
        self.known: list[int] = []
        self.steps = 0
        self.short_of_memory = False
        self.reported = self.kept_at = 0.0
        self.kept: tuple[int, ...] = ()

    def begin(self, instance: Instance, state: State) -> None:
        self.instance, self.state = instance, state
        self.names = tuple(tier.__name__ for tier in objectives(instance.problem))
        self.most = self.known = ceilings(instance)

    def took(self) -> None:
        """A step has come to its end: its plan is kept if it is the best."""
        self.steps += 1
        self.look_again()

    def look_again(self) -> None:
        if self.names:
            self.keep(self.state.array())

    def keep(self, seated: Numbers) -> None:
        """Unless it is no better than what is kept."""
        values = values_of(self.instance, seated)
        if values > self.values:
            self.seated, self.values = seated, values

    def restored(self) -> State:
        """The best plan as a state to work on."""
        if not np.array_equal(self.state.array(), self.seated):
            self.state = State(self.instance, self.state)
            pinned = set(self.instance.pinned)
            for guest, slot in self.seated.tolist():
                if (guest, slot) not in pinned:
                    self.state.add(guest, slot)
        return self.state

    def bound(self, bounds: Sequence[int]) -> None:
        """No plan is better than these, read in the order of the tiers; nor than what was known before."""
        known = [min(pair) for pair in zip([*bounds, *self.most[len(bounds) :]], self.most, strict=True)]
        self.known = min(self.known, known)

    @property
    def bounds(self) -> tuple[int, ...]:
        """A tier can exceed its bound where one before it falls short of its own."""
        return tuple(max(pair) for pair in zip(self.known, self.values, strict=True))

    def prove(self, tier: int) -> bool:
        """Nothing is better in this tier than the plan at hand. True where that is less than was thought possible: what was
        known of later tiers counts no more."""
        lower = self.known[tier] != self.values[tier]
        if lower:
            self.known = [*self.values[: tier + 1], *self.most[tier + 1 :]]
        return lower

    def is_proven(self, down_to: str) -> bool:
        last = self.names.index(down_to) + 1
        return self.values[:last] == tuple(self.known[:last])

    def falls_short(self, name: str) -> bool:
        number = self.names.index(name)
        return self.values[number] < self.known[number]

    def bound_by_flow(self, network: Flow) -> None:
        """What is unknown of the tiers between is the most that it can be."""
        self.bound([network.most.get(name, most) for name, most in zip(self.names, self.most, strict=True)])

    def tiers(self) -> tuple[Tier, ...]:
        together = zip(self.names, self.values, self.bounds, strict=True)
        return tuple(Tier(name=name, value=value, bound=bound) for name, value, bound in together)

    def beat(self) -> None:
        if time.monotonic() - self.reported >= BEAT:
            self.report()

    def report(self) -> None:
        if self.listener is None:
            return
        self.reported = time.monotonic()
        matched = len(np.unique(self.seated[:, 0]))
        guests, seconds = len(self.instance.weights), round(self.reported - self.began, 1)
        self.listener(Progress(tiers=self.tiers(), matched=matched, guests=guests, seconds=seconds))

    def give_away(self) -> None:
        """Now and then the plan at hand goes to the keeper, in case that this process does not live to the end."""
        now = time.monotonic()
        if self.keeper and self.values != self.kept and now - self.kept_at >= KEEP:
            self.keeper(replace(self.plan(self.instance.problem), cut_after=self.steps))
            self.kept, self.kept_at = self.values, time.monotonic()

    def plan(self, problem: Problem) -> Plan:
        """Checked by who knows no solver."""
        plan = self._plan() if self.values else _nothing(problem, self.began)
        assert not (broken := breaches(problem, plan)), broken
        return plan

    def _plan(self) -> Plan:
        tiers = self.tiers()
        return Plan(
            status=self._status(),
            seats=self.instance.seat_tuple(self.seated.tolist()),
            reasons=(),
            tiers=tiers,
            gap=gap_of(tiers),
            seconds=round(time.monotonic() - self.began, 3),
            cut_after=self.steps if self.watch.cut else None,
            short_of_memory=self.short_of_memory,
        )

    def _status(self) -> Status:
        if self.values == tuple(self.known):
            return Status.OPTIMAL
        return Status.STOPPED if self.watch.stopped else Status.FEASIBLE


def _nothing(problem: Problem, began: float) -> Plan:
    """Halted before there was a plan: no more than the pins."""
    seconds = round(time.monotonic() - began, 3)
    return Plan(status=Status.NO_TIME, seats=problem.pins, reasons=(), tiers=(), gap=1.0, seconds=seconds)
