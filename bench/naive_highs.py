"""The round as one matrix for HiGHS: a column for each guest, opening and start, and one sum of all tiers, weighted.

The weights keep the order of the tiers only as long as no tier is worth as much as one of the tier above, so that the value of
the sum says little of a proof: only the plan counts."""

import time
from collections import defaultdict
from datetime import timedelta

from ortools.math_opt.python import mathopt

from bench.outcome import Found, Trace
from bench.places import Places, each
from shadowing.solver.problem import Problem, Seat

WEIGHTS = (1_000_000, 20_000, 2_000, 800, 1)
Key = tuple[int, int, int]  # guest, opening, start
Groups = dict[tuple[int, ...], list[mathopt.Variable]]


class Matrix:
    def __init__(self, problem: Problem) -> None:
        self.places, self.model = Places(problem), mathopt.Model()
        self.sits: dict[Key, mathopt.Variable] = {}
        self.held: dict[tuple[int, int], mathopt.Variable] = {}
        self.worth: list[mathopt.LinearTypes] = []
        self._seats()
        self._sessions()
        self._days()
        self._guests()
        self._walls()
        self.model.maximize(mathopt.fast_sum(self.worth))

    def _seats(self) -> None:
        places, starts = self.places, {one.id: self.places.held(one) for one in self.places.problem.openings}
        for guest in places.problem.guests:
            for number, points in places.wished(guest).items():
                possible = starts[number] & places.fitting(places.free[guest.person], places.opening[number])
                for at in each(possible):
                    sits = self.sits[guest.person, number, at] = self.model.add_binary_variable()
                    self.worth.append(WEIGHTS[4] * points * sits)
                    if (number, at) not in self.held:
                        self.held[number, at] = self.model.add_binary_variable()

    def _most(self, groups: Groups, most: int) -> None:
        for group in groups.values():
            if len(group) > most:
                self.model.add_linear_constraint(mathopt.fast_sum(group) <= most)

    def _sessions(self) -> None:
        sitting: Groups = defaultdict(list)
        weeks: Groups = defaultdict(list)
        for (_, number, at), sits in self.sits.items():
            sitting[number, at].append(sits)
            self.model.add_linear_constraint(sits <= self.held[number, at])
        for (number, at), held in self.held.items():
            opening = self.places.opening[number]
            self.model.add_linear_constraint(mathopt.fast_sum(sitting[number, at]) <= opening.seats * held)
            weeks[number, self.places.week_of(at)].append(held)
        for (number, week), sessions in weeks.items():
            most = self.places.opening[number].most_per_week
            if most is not None:
                self._most({(number, week): sessions}, most)

    def _days(self) -> None:
        """Nobody is in two places: a row for each person and step of time."""
        days: Groups = defaultdict(list)
        for (person, number, at), sits in self.sits.items():
            for step in each(self.places.window(self.places.opening[number], at)):
                days[person, step].append(sits)
        for (number, at), held in self.held.items():
            opening = self.places.opening[number]
            for host in () if opening.fixed else opening.hosts:
                for step in each(self.places.window(opening, at, host=True)):
                    days[host, step].append(held)
        self._most(days, 1)

    def _guests(self) -> None:
        mine: Groups = defaultdict(list)
        weeks: Groups = defaultdict(list)
        hosts: Groups = defaultdict(list)
        for (person, number, at), sits in self.sits.items():
            mine[(person,)].append(sits)
            weeks[person, self.places.week_of(at)].append(sits)
            for host in self.places.opening[number].hosts:
                hosts[person, host].append(sits)
        self._most(hosts, 1)
        if most := self.places.problem.rules.visits_per_week_most:
            self._most(weeks, most)
        for guest in self.places.problem.guests:
            steps = [self.model.add_binary_variable() for _ in range(self.places.most(guest))]
            self.model.add_linear_constraint(mathopt.fast_sum(mine[(guest.person,)]) == mathopt.fast_sum(steps))
            weights = (WEIGHTS[0] * guest.weight, WEIGHTS[2], *(WEIGHTS[3] for _ in steps[2:]))
            self.worth += [weight * step for step, weight in zip(steps, weights, strict=False)]

    def _walls(self) -> None:
        pairs: Groups = defaultdict(list)
        for (guest, number, _), sits in self.sits.items():
            pairs[self.places.person[guest].department, self.places.opening[number].department].append(sits)
        for pair, sitting in pairs.items():
            if pair not in self.places.problem.met:
                some = self.model.add_binary_variable()
                self.model.add_linear_constraint(mathopt.fast_sum(sitting) >= some)
                self.worth.append(WEIGHTS[1] * some)


def solve(problem: Problem, seconds: float, trace: Trace) -> Found:
    began = time.monotonic()
    matrix = Matrix(problem)
    built = time.monotonic() - began
    left = timedelta(seconds=max(0.1, seconds - built))
    result = mathopt.solve(
        matrix.model,
        mathopt.SolverType.HIGHS,
        params=mathopt.SolveParameters(time_limit=left, relative_gap_tolerance=0.0),
    )
    if result.has_primal_feasible_solution():
        values = result.variable_values(list(matrix.sits.values()))
        keys = [key for key, value in zip(matrix.sits, values, strict=True) if value > 0.5]
        trace.saw(
            tuple(Seat(guest=guest, opening=opening, start=matrix.places.minute(at)) for guest, opening, at in keys)
        )
    return Found(trace.last, (), built)
