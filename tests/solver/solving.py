"""A plan with its reasons in one call, as the child process tells them one after the other."""

from dataclasses import replace

from shadowing.solver.best import Listener, Stop
from shadowing.solver.explain import why_not
from shadowing.solver.problem import Plan, Problem
from shadowing.solver.solve import search


def solve(problem: Problem, seconds: float, progress: Listener | None = None, stop: Stop | None = None) -> Plan:
    plan = search(problem, seconds, progress, stop)
    return replace(plan, reasons=why_not(problem, plan.seats))
