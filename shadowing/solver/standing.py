"""The plan that stands against a new one: what of it is still allowed, and which of the two is better. No search."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from shadowing.solver.alternatives import neighbourhood
from shadowing.solver.assignment import assign
from shadowing.solver.check import breaches, strangers
from shadowing.solver.check_seat import SEAT_CHECKS
from shadowing.solver.model import Model, blank
from shadowing.solver.objectives import OBJECTIVES
from shadowing.solver.problem import Plan, Problem, Seat, Status, canonical, in_order
from shadowing.solver.wire import Verdict

RETURNED = "visits_are_returned"  # of two visits, so it is asked when all seats are there


def judge(problem: Problem, standing: tuple[Seat, ...], plan: Plan) -> Verdict:
    """A plan that is worse in the order of the tiers is not taken; of two equal ones the new one is."""
    if not standing:
        return Verdict(taken=True)
    staying = allowed(problem, standing)
    looked = plan.status is not Status.NO_TIME
    if looked and values(problem, plan.seats) >= values(problem, staying):
        return Verdict(taken=True)
    return Verdict(taken=False, gone=in_order(set(standing) - set(staying)))


def values(problem: Problem, seats: Iterable[Seat]) -> tuple[int, ...]:
    """What a plan that holds all rules reaches in each tier, the most important first."""
    model = blank(canonical(problem))
    rows = _rows(model, set(seats))
    known = {var.index: int(row in rows) for row, var in enumerate(model.sits)}
    visits = np.bincount(model.seats.guest[sorted(rows)], minlength=len(model.visits))
    for steps, count in zip(model.visits, visits.tolist(), strict=True):
        known |= {step.index: int(count > number) for number, step in enumerate(steps)}
    reached = []
    for wish in OBJECTIVES:
        objective = wish(model)
        reached.append(objective.reached(known | {var.index: value(rows) for var, value in objective.warm}))
    return tuple(reached)


def _rows(model: Model, seats: set[Seat]) -> frozenset[int]:
    return frozenset(row for row in range(len(model.sits)) if model.seat(row) in seats)


def allowed(problem: Problem, seats: Iterable[Seat]) -> tuple[Seat, ...]:
    """As many of *seats* as may stay: none that a rule is against alone, and one after the other while all rules hold.
    What HR pinned stays first."""
    problem = canonical(problem)
    alone = in_order(seat for seat in seats if _fits_alone(problem, seat))
    return alone if _sound(problem, alone) else _fitting_together(problem, alone)


def _fits_alone(problem: Problem, seat: Seat) -> bool:
    if any(strangers(problem, (seat,))):
        return False
    table = assign(problem, (seat,))
    return not any(any(check(table)) for check in SEAT_CHECKS)


def _sound(problem: Problem, seats: tuple[Seat, ...]) -> bool:
    pins = tuple(pin for pin in problem.pins if pin in seats)
    plan = Plan(status=Status.FEASIBLE, seats=seats, reasons=(), tiers=(), gap=1.0, seconds=0.0)
    return not breaches(replace(problem, pins=pins), plan)


def _fitting_together(problem: Problem, seats: tuple[Seat, ...]) -> tuple[Seat, ...]:
    pinned = [seat for seat in seats if seat in problem.pins]
    together, kept = neighbourhood(problem, pinned), set(pinned)
    for seat in (seat for seat in seats if seat not in kept):
        if set(together.broken(seat)) <= {RETURNED}:
            together.add(seat)
            kept.add(seat)
    return in_order(_returned(problem, kept))


def _returned(problem: Problem, kept: set[Seat]) -> set[Seat]:
    """Without the visits that nobody returns, and then without those that were returned by them."""
    if problem.rules.reciprocal != "require":
        return kept
    table = assign(problem, kept)
    while True:
        met = {(seat.guest, host) for seat in kept for host in table.hosts(seat)}
        staying = {
            seat for seat in kept if seat in table.pins or any((host, seat.guest) in met for host in table.hosts(seat))
        }
        if staying == kept:
            return kept
        kept = staying
