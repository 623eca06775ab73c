"""The round as a textbook has it for CP-SAT: loops over guests, openings and starts, tier after tier, default parameters."""

import time
from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise

from ortools.sat.python import cp_model

from bench.outcome import Found, Trace
from bench.places import Places, each
from shadowing.solver.problem import Problem, Seat

WORKERS = 2
Key = tuple[int, int, int]  # guest, opening, start


class Naive:
    """*sits* has a variable for each guest, opening and start; *held* one for each session of a flexible opening."""

    def __init__(self, problem: Problem) -> None:
        self.places = Places(problem)
        self.cp = cp_model.CpModel()
        self.sits: dict[Key, cp_model.IntVar] = {}
        self.held: dict[tuple[int, int], cp_model.IntVar] = {}
        self.points: dict[int, dict[int, int]] = {}
        self._seats()
        self._days()
        self._sessions()
        self._guests()

    def _seats(self) -> None:
        places, starts = self.places, {one.id: self.places.held(one) for one in self.places.problem.openings}
        for guest in places.problem.guests:
            self.points[guest.person] = places.wished(guest)
            for number in self.points[guest.person]:
                possible = starts[number] & places.fitting(places.free[guest.person], places.opening[number])
                for at in each(possible):
                    self.sits[guest.person, number, at] = self.cp.new_bool_var("")
                    if (number, at) not in self.held:
                        self.held[number, at] = self.cp.new_bool_var("")

    def _days(self) -> None:
        """Nobody is in two places: an optional interval for each visit and each session."""
        days: dict[int, list[cp_model.IntervalVar]] = defaultdict(list)
        for (person, number, at), sits in self.sits.items():
            days[person].append(self._interval(number, at, sits, host=False))
        for (number, at), held in self.held.items():
            opening = self.places.opening[number]
            for host in () if opening.fixed else opening.hosts:
                days[host].append(self._interval(number, at, held, host=True))
        for intervals in days.values():
            self.cp.add_no_overlap(intervals)

    def _interval(self, number: int, at: int, there: cp_model.IntVar, host: bool) -> cp_model.IntervalVar:
        travel, length = self.places.lengths(self.places.opening[number], host)
        return self.cp.new_optional_fixed_size_interval_var(at - travel, length, there, "")

    def _sessions(self) -> None:
        sitting: dict[tuple[int, int], list[cp_model.IntVar]] = defaultdict(list)
        weeks: dict[tuple[int, int], list[cp_model.IntVar]] = defaultdict(list)
        for (_, number, at), sits in self.sits.items():
            sitting[number, at].append(sits)
            self.cp.add_implication(sits, self.held[number, at])
        for (number, at), held in self.held.items():
            self.cp.add(sum(sitting[number, at]) <= self.places.opening[number].seats)
            weeks[number, self.places.week_of(at)].append(held)
        for (number, _), sessions in weeks.items():
            most = self.places.opening[number].most_per_week
            if most is not None:
                self.cp.add(sum(sessions) <= most)

    def _guests(self) -> None:
        """The visits of each guest, of a week, and to one host; has at least one, two, three of them."""
        self.steps: list[list[cp_model.IntVar]] = []
        mine: dict[int, list[Key]] = defaultdict(list)
        for key in self.sits:
            mine[key[0]].append(key)
        for guest in self.places.problem.guests:
            steps = [self.cp.new_bool_var("") for _ in range(self.places.most(guest))]
            self.cp.add(sum(self.sits[key] for key in mine[guest.person]) == sum(steps))
            for one, other in pairwise(steps):
                self.cp.add_implication(other, one)
            self.steps.append(steps)
            self._limits(mine[guest.person])

    def _limits(self, keys: list[Key]) -> None:
        weeks: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        hosts: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        for key in keys:
            weeks[self.places.week_of(key[2])].append(self.sits[key])
            for host in self.places.opening[key[1]].hosts:
                hosts[host].append(self.sits[key])
        most = self.places.problem.rules.visits_per_week_most
        for sits in weeks.values() if most else ():
            self.cp.add(sum(sits) <= most)
        for sits in hosts.values():
            self.cp.add(sum(sits) <= 1)

    def seats(self, value: Callable[[cp_model.IntVar], int]) -> tuple[Seat, ...]:
        return tuple(
            Seat(guest=guest, opening=opening, start=self.places.minute(at))
            for (guest, opening, at), sits in self.sits.items()
            if value(sits)
        )

    def tiers(self) -> list[cp_model.LinearExprT]:
        """Guests, walls, second, further visits and goals: the five that textbooks would stop at."""
        weighted = zip(self.steps, self.places.problem.guests, strict=True)
        return [
            cp_model.LinearExpr.sum([steps[0] * guest.weight for steps, guest in weighted]),
            cp_model.LinearExpr.sum(self._walls()),
            cp_model.LinearExpr.sum([steps[1] for steps in self.steps if len(steps) > 1]),
            cp_model.LinearExpr.sum([step for steps in self.steps for step in steps[2:]]),
            cp_model.LinearExpr.sum(
                [sits * self.points[guest][number] for (guest, number, _), sits in self.sits.items()]
            ),
        ]

    def _walls(self) -> list[cp_model.IntVar]:
        pairs: dict[tuple[int, int], list[cp_model.IntVar]] = defaultdict(list)
        for (guest, number, _), sits in self.sits.items():
            pairs[self.places.person[guest].department, self.places.opening[number].department].append(sits)
        opened = []
        for pair, sitting in pairs.items():
            if pair not in self.places.problem.met:
                some = self.cp.new_bool_var("")
                self.cp.add(sum(sitting) >= some)
                opened.append(some)
        return opened


class First(cp_model.CpSolverSolutionCallback):
    """Reads plans until one seats somebody: to read every one would hold up the search."""

    def __init__(self, naive: Naive, trace: Trace) -> None:
        super().__init__()
        self.naive, self.trace = naive, trace

    def on_solution_callback(self) -> None:
        if not self.trace.seated:
            self.trace.saw(self.naive.seats(self.value))


def solve(problem: Problem, seconds: float, trace: Trace) -> Found:
    began = time.monotonic()
    naive = Naive(problem)
    tiers = naive.tiers()
    built = time.monotonic() - began
    bounds: list[int] = []
    for tier in tiers:
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = WORKERS
        solver.parameters.max_time_in_seconds = max(0.0, began + seconds - time.monotonic())
        naive.cp.maximize(tier)
        status = solver.solve(naive.cp, First(naive, trace))
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            bounds.append(round(solver.best_objective_bound))
            naive.cp.add(tier >= round(solver.objective_value))
            trace.saw(naive.seats(solver.value))
        if status != cp_model.OPTIMAL:
            break
        trace.proved(len(bounds))
    return Found(trace.last, tuple(bounds), built)
