"""The best plan so far: what it reaches in each tier, what could be reached at most, and who is told."""

import time
from collections.abc import Callable, Sequence

import numpy as np

from shadowing.solver.arrays import Numbers
from shadowing.solver.bounds import Flow, ceilings
from shadowing.solver.engine import Watch
from shadowing.solver.instance import Instance
from shadowing.solver.objectives import objectives, values_of
from shadowing.solver.problem import Plan, Problem, Progress, Status, Tier, gap_of
from shadowing.solver.state import State

Listener = Callable[[Progress], None]
Stop = Callable[[], bool]
BEAT = 1.0


class Best:
    """*state* is what is worked on, and need not be the best. *names*, *values* and *bounds* go tier by tier; *steps* are
    those that came to their end."""

    instance: Instance
    state: State

    def __init__(self, watch: Watch, listener: Listener | None, began: float) -> None:
        self.watch, self.listener, self.began = watch, listener, began
        self.names: tuple[str, ...] = ()
        self.seated: Numbers = np.empty((0, 2), dtype=np.int64)
        self.values: tuple[int, ...] = ()
        self.bounds: list[int] = []
        self.network: list[int] = []
        self.steps = 0
        self.short_of_memory = False
        self.reported = 0.0

    def begin(self, instance: Instance, state: State) -> None:
        self.instance, self.state = instance, state
        self.names = tuple(tier.__name__ for tier in objectives(instance.problem))

    def work(self, state: State) -> None:
        self.state = state

    def took(self) -> bool:
        """A step has come to its end: its plan is kept if it is the best. Says whether it is better than all before."""
        self.steps += 1
        return self.look_again()

    def look_again(self) -> bool:
        if not self.names:
            return False
        seated = self.state.array()
        values = values_of(self.instance, seated)
        better = not self.values or values > self.values
        if better:
            self.keep(seated)
        return better

    def keep(self, seated: Numbers) -> None:
        self.seated, self.values = seated, values_of(self.instance, seated)
        self.bound(ceilings(self.instance))
        self.bound(self.network)

    def restored(self) -> State:
        """The best plan as a state to work on."""
        if not np.array_equal(self.state.array(), self.seated):
            self.state = State(self.instance)
            pinned = set(self.instance.pinned)
            for guest, slot in self.seated.tolist():
                if (guest, slot) not in pinned:
                    self.state.add(guest, slot)
        return self.state

    def bound(self, bounds: Sequence[int]) -> None:
        """What each tier can be at most; of two bounds the lower one counts."""
        known = [*self.bounds, *bounds[len(self.bounds) :]]
        lower = [min(one, other) for one, other in zip(known, [*bounds, *known[len(bounds) :]], strict=True)]
        self.bounds = [max(bound, value) for bound, value in zip(lower, self.values, strict=True)]

    def prove(self, tier: int, value: int) -> None:
        self.bounds[tier] = value

    def is_proven(self, down_to: str) -> bool:
        last = self.names.index(down_to) + 1
        return self.values[:last] == tuple(self.bounds[:last])

    def falls_short(self, name: str) -> bool:
        number = self.names.index(name)
        return self.values[number] < self.bounds[number]

    def bound_by_flow(self, network: Flow) -> None:
        known = {"guests": network.guests, "second_visits": network.second_visits, "goals": network.goals}
        self.network = [known.get(name, 1 << 60) for name in self.names]

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

    def plan(self, problem: Problem) -> Plan:
        if not self.values:
            return _nothing(problem, self.began)
        tiers = self.tiers()
        return Plan(
            status=self._status(tiers),
            seats=self.instance.seat_tuple(self.seated.tolist()),
            reasons=(),
            tiers=tiers,
            gap=gap_of(tiers),
            seconds=round(time.monotonic() - self.began, 3),
            cut_after=self.steps if self.watch.cut else None,
            short_of_memory=self.short_of_memory,
        )

    def _status(self, tiers: tuple[Tier, ...]) -> Status:
        if all(tier.value == tier.bound for tier in tiers):
            return Status.OPTIMAL
        return Status.STOPPED if self.watch.stopped else Status.FEASIBLE


def _nothing(problem: Problem, began: float) -> Plan:
    """Halted before there was a plan: no more than the pins."""
    seconds = round(time.monotonic() - began, 3)
    return Plan(status=Status.NO_TIME, seats=problem.pins, reasons=(), tiers=(), gap=1.0, seconds=seconds)
