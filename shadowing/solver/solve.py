"""The search: search(problem, seconds) -> Plan. The only door to OR-Tools; runs in a child process of the worker.

Same problem, same plan: one worker, a seed, and limits in deterministic time. The clock on the wall is only the outermost guard."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event, Thread

from ortools.sat.python import cp_model

from shadowing.solver.check import breaches, contradictions
from shadowing.solver.constraints import obey
from shadowing.solver.model import Model, blank
from shadowing.solver.objectives import OBJECTIVES, Objective
from shadowing.solver.problem import (
    Contradiction,
    Plan,
    Problem,
    Progress,
    Seat,
    Status,
    Tier,
    canonical,
    gap,
    in_order,
)

Listener = Callable[[Progress], None]
Stop = Callable[[], bool]

WORK_PER_SECOND = 0.5  # deterministic time that passes in a second of the wall on a slow core
SHARE = 0.5  # of what is left goes to one tier; what it does not need is for the next
POLL = 0.05


def search(problem: Problem, seconds: float, progress: Listener | None = None, stop: Stop | None = None) -> Plan:
    """The best plan found within *seconds*, without reasons; it holds all rules. Contradicting pins are refused."""
    began = time.monotonic()
    problem = canonical(problem)
    if clash := contradictions(problem):
        raise Contradiction(clash)
    model = blank(shuffled(problem))
    obey(model)
    search = Search(model, began, began + seconds * 0.97, seconds * WORK_PER_SECOND, progress, stop)
    tiers = tuple(search.all_tiers())
    return _plan(problem, search, tiers)


def shuffled(problem: Problem) -> Problem:
    """Guests and openings in an order drawn by lot out of the seed and their numbers: ties never fall by order of import.

    A lot as a last tier of its own took longer to prove than all others together."""
    return replace(
        problem,
        guests=tuple(sorted(problem.guests, key=lambda guest: _lot(problem.seed, guest.person))),
        openings=tuple(sorted(problem.openings, key=lambda opening: _lot(problem.seed, opening.id))),
    )


def _lot(seed: int, number: int) -> bytes:
    return hashlib.blake2b(f"{seed} {number}".encode()).digest()


def _plan(problem: Problem, search: "Search", tiers: tuple[Tier, ...]) -> Plan:
    seats = search.seats()
    plan = Plan(
        status=search.status(tiers),
        seats=seats,
        reasons=(),
        tiers=tiers,
        gap=max(tier.gap for tier in tiers) if len(tiers) == len(OBJECTIVES) else 1.0,
        seconds=round(time.monotonic() - search.began, 3),
    )
    assert not (broken := breaches(problem, plan)), broken
    return plan


@dataclass(slots=True)
class Search:
    """Goes from tier to tier, keeps what was reached, and starts each from the best plan so far. *work* is deterministic time."""

    model: Model
    began: float
    until: float
    work: float
    progress: Listener | None = None
    stop: Stop | None = None
    stopped: bool = False
    rows: frozenset[int] = frozenset()
    hints: dict[int, int] | None = None
    reported: float = 0.0

    def all_tiers(self) -> list[Tier]:
        pinned = self.model.seats.pinned
        self.rows = frozenset(row for row in range(len(pinned)) if pinned[row])
        tiers: list[Tier] = []
        for wish in OBJECTIVES:
            objective = wish(self.model)
            tier = self.tier(wish.__name__, objective)
            if tier is None and not tiers and self.hints is not None:
                # a first plan there is, and no time to better it: what it reaches, and all that could be
                tiers.append(Tier(name=wish.__name__, value=objective.reached(self.hints), bound=objective.ceiling()))
            if tier is None:
                break
            tiers.append(tier)
        return tiers

    def tier(self, name: str, objective: Objective) -> Tier | None:
        """Improve one tier and hold it from then on; None when there was no time to look at it."""
        if self.stopped or self.left() <= 0 or self.work <= 0:
            return None
        self.model.cp.maximize(objective.sum())
        if self.hints is None:
            self._first(name)
        self._warm(objective)
        ceiling = objective.ceiling()
        if self.hints is not None and objective.reached(self.hints) == ceiling:
            return self._held(name, objective, ceiling, ceiling)
        solver = self._solver(name)
        if not self._found(name, solver):
            return None
        return self._held(name, objective, round(solver.objective_value), round(solver.best_objective_bound))

    def _first(self, name: str) -> None:
        """Any plan, found without a linear relaxation: it often seats everybody, and then there is nothing to search for."""
        solver = self._solver(name)
        solver.parameters.linearization_level = 0
        solver.parameters.stop_after_first_solution = True
        self._found(name, solver)

    def _held(self, name: str, objective: Objective, value: int, bound: int) -> Tier:
        if objective.terms:
            self.model.cp.add(objective.sum() >= value)
        return Tier(name=name, value=value, bound=bound)

    def left(self) -> float:
        return self.until - time.monotonic()

    def seats(self) -> tuple[Seat, ...]:
        return in_order(map(self.model.seat, self.rows))

    def status(self, tiers: tuple[Tier, ...]) -> Status:
        if not tiers:
            return Status.NO_TIME
        if self.stopped:
            return Status.STOPPED
        proven = len(tiers) == len(OBJECTIVES) and all(tier.value == tier.bound for tier in tiers)
        return Status.OPTIMAL if proven else Status.FEASIBLE

    def _warm(self, objective: Objective) -> None:
        """Every variable gets its value in the best plan so far as a hint, the new ones of *objective* too."""
        if self.hints is None:
            return
        model = self.model.cp
        self.hints |= {var.index: value(self.rows) for var, value in objective.warm}
        model.clear_hints()  # type: ignore[no-untyped-call]  # OR-Tools types nothing here
        for index, value in self.hints.items():
            model.add_hint(model.get_int_var_from_proto_index(index), value)

    def _solver(self, name: str) -> cp_model.CpSolver:
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.linearization_level = 2
        # without presolve: a third less time, and a proof of even load that is not reached with it
        solver.parameters.cp_model_presolve = False
        solver.parameters.symmetry_level = 0
        # the hint is complete: to search along it took two thirds of the time
        solver.parameters.hint_conflict_limit = 0
        solver.parameters.add_lp_constraints_lazily = False  # a third less time on most rounds
        solver.parameters.random_seed = self.model.problem.seed % (1 << 31)
        solver.parameters.max_deterministic_time = self.work * (1 if name == OBJECTIVES[-1].__name__ else SHARE)
        solver.parameters.max_time_in_seconds = self.left()
        return solver

    def _found(self, name: str, solver: cp_model.CpSolver) -> bool:
        """Search in a thread, so that this one can hear signals, look at *stop* and report. True: there is a plan, now kept."""
        incumbent, done = Incumbent(self.model), Event()
        solver.best_bound_callback = incumbent.bounded

        def search() -> None:
            try:
                solver.solve(self.model.cp, incumbent)
            finally:
                done.set()

        thread = Thread(target=search, daemon=True)
        thread.start()
        self._wait(name, solver, incumbent, done)
        thread.join()
        self.work -= solver.response_proto.deterministic_time
        return self._read(solver)

    def _wait(self, name: str, solver: cp_model.CpSolver, incumbent: "Incumbent", done: Event) -> None:
        while not done.wait(POLL):
            if self.stop is not None and self.stop():
                self.stopped = True
                solver.stop_search()
            self._report(name, incumbent)

    def _report(self, name: str, incumbent: "Incumbent") -> None:
        now = time.monotonic()
        if self.progress is None or incumbent.best is None or now - self.reported < 1:
            return
        self.reported = now
        self.progress(
            Progress(
                tier=name,
                value=incumbent.best,
                bound=incumbent.bound,
                gap=gap(incumbent.best, incumbent.bound),
                matched=incumbent.matched,
                guests=len(self.model.problem.guests),
                seconds=round(now - self.began, 1),
            )
        )

    def _read(self, solver: cp_model.CpSolver) -> bool:
        if solver.response_proto.status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return False
        values = solver.response_proto.solution
        self.hints = dict(enumerate(values))
        self.rows = frozenset(row for row, sits in enumerate(self.model.sits) if values[sits.index])
        return True


class Incumbent(cp_model.CpSolverSolutionCallback):
    """What the search has found so far, for whoever looks from another thread."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.first = [steps[0] for steps in model.visits if steps]
        self.best: int | None = None
        self.bound = 0
        self.matched = 0

    def on_solution_callback(self) -> None:
        self.bound = round(self.best_objective_bound)
        self.matched = sum(self.value(step) for step in self.first)
        self.best = round(self.objective_value)

    def bounded(self, bound: float) -> None:
        self.bound = round(bound)
