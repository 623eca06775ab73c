"""The search: search(problem, seconds) -> Plan. It runs in a child process of the worker.

A plan stands after the first step, and every later step only replaces it by a better one in the order of the tiers. Same
problem, same plan: steps are limited in nodes and in effort, and the clock is looked at between them; where it cut, the plan
says so."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from shadowing.solver.arrays import Reals
from shadowing.solver.best import Best, Keeper, Listener, Stop
from shadowing.solver.bounds import Flow, Relaxation, bounds_at_once, bounds_of, flow, relaxation
from shadowing.solver.construct import NO_CHAINS, Chains, Guide, best_fit, fill, unguided
from shadowing.solver.engine import Halted, Watch
from shadowing.solver.flaw import Contradiction
from shadowing.solver.flaws import flaws
from shadowing.solver.improve import Improvement, best_priced
from shadowing.solver.instance import Instance, compiled
from shadowing.solver.problem import Plan, Problem, Seat, canonical
from shadowing.solver.proof import prove
from shadowing.solver.standing import seat_again
from shadowing.solver.state import State

GUESTS_IN_A_SECOND = 1_500  # get their first plan in about that time
PAIRS_BY_WEEK, PAIRS_BY_FLOW, PAIRS_BY_LP = 5_000, 40_000, 600_000  # up to the first by week, above the second by flow
PAIRS_AT_ONCE = 1_000  # their relaxation takes no time: no plan is told of before the one that follows it
PAIRS_TO_NARROW, NARROW = 1_000_000, 12
PROVEN_GUESTS, PROVEN_COLUMNS = 400, 150_000  # a larger model is not searched to the end
IN_VAIN = 5  # neighbourhoods that better nothing before the proof begins
BRIEFLY = 2.0  # effort before the proof begins, which reaches the same in less
EFFORT = 0.6  # of the seconds, so that a machine that is somewhat slower comes to the same end
FREED, NODES, PRICED = 60, 40, 8  # guests of a neighbourhood, nodes of its search, pairs of each guest


def search(
    problem: Problem,
    seconds: float,
    progress: Listener | None = None,
    stop: Stop | None = None,
    standing: Iterable[Seat] = (),
    keeper: Keeper | None = None,
) -> Plan:
    """The best plan found within *seconds*, without reasons; it holds all rules and is no worse than what is left of the
    *standing* one. *keeper* is given better and better plans meanwhile. Raises Contradiction, and MemoryError where there is
    not even enough for a first plan."""
    began = time.monotonic()
    problem = canonical(problem)
    if found := flaws(problem):
        raise Contradiction(found)
    best = Best(Watch(began + seconds, stop or (lambda: False)), progress, keeper, began)
    try:
        _run(problem, tuple(standing), seconds, best)
    except Halted:
        best.look_again()
    except MemoryError:
        if not best.values:
            raise
        best.short_of_memory = True
    return best.plan(problem)


def _run(problem: Problem, standing: tuple[Seat, ...], seconds: float, best: Best) -> None:
    """Each step leaves the best plan so far in *best*. Raises Halted."""
    instance, hint, chains = _first(problem, standing, best)
    if len(instance.pairs.guest) > PAIRS_AT_ONCE:
        best.watch.beat = best.beat
    if len(instance.pairs.guest) > PAIRS_BY_FLOW:
        best.report()
        best.give_away()
    if len(instance.pairs.guest) <= PAIRS_BY_LP:
        hint = _by_program(instance, best.watch)
        for seats in (standing, ()) if standing else ((),):
            best.state = seat_again(instance, seats, best.state)
            fill(best.state, hint.guide, best.watch.ask, chains)
            best.took()
    best.watch.beat = best.beat
    best.report()
    best.give_away()
    size = max(12, min(FREED, len(instance.weights) // 3))
    keep = best_priced(instance, hint.x, hint.price, PRICED)
    improvement = Improvement(best.restored(), hint.x, keep, np.random.default_rng(problem.seed), size, NODES)
    _improve(improvement, best, hint.relaxed, EFFORT * seconds)


def _first(problem: Problem, standing: tuple[Seat, ...], best: Best) -> "tuple[Instance, Hint, Chains]":
    """Seat by seat, the standing plan first. The clock never ends this, and a Stop only where it takes longer than a second."""
    patient = Watch(stop=best.watch.stop) if len(problem.guests) > GUESTS_IN_A_SECOND else Watch()
    try:
        instance = compiled(problem, patient.ask)
        best.begin(instance, seat_again(instance, standing))
        network = flow(instance, patient.ask)
        best.bound_by_flow(network)
        chains = Chains(guests=network.most["guests"], twice=network.most["second_visits"])
        hint = _by_flow(instance, network)
        if len(instance.pairs.guest) > PAIRS_BY_FLOW:
            hint.narrow(best.state)
            fill(best.state, hint.guide, patient.ask, chains)
        else:
            fill(best.state, best_fit(instance), patient.ask, NO_CHAINS)
            best.took()
            best.state = seat_again(instance, standing, best.state)
            fill(best.state, unguided(instance), patient.ask, NO_CHAINS)
    finally:
        best.watch.stopped = patient.stopped
    best.took()
    return instance, hint, chains


@dataclass(frozen=True, slots=True)
class Hint:
    """What a relaxation says: a guide for the first plan, how much of each pair it uses, and what more of it would cost."""

    guide: Guide
    relaxed: Relaxation | None
    x: Reals
    price: Reals

    def narrow(self, state: State) -> None:
        """In a very large round only the best-priced pairs of each guest are looked at."""
        if len(self.x) > PAIRS_TO_NARROW:
            pairs = state.instance.pairs
            keep = best_priced(state.instance, self.x, self.price, NARROW)
            for guest in range(len(state.visits)):
                first, last = pairs.first[guest : guest + 2]
                state.narrow(guest, first + np.flatnonzero(keep[first:last]))


def _by_flow(instance: Instance, network: Flow) -> Hint:
    guide = Guide(30.0 * network.x, unguided(instance).price)
    return Hint(guide, None, network.x, instance.pairs.points + 30 * network.x)


def _by_program(instance: Instance, watch: Watch) -> Hint:
    relaxed = relaxation(instance, len(instance.pairs.guest) <= PAIRS_BY_WEEK, watch)
    x, reduced = relaxed.by_pair(relaxed.optimum.x), relaxed.by_pair(relaxed.optimum.reduced)
    return Hint(Guide(60 * x + np.clip(reduced, -20, 0), unguided(instance).price), relaxed, x, reduced)


def _improve(improvement: Improvement, best: Best, relaxed: Relaxation | None, effort: float) -> None:
    """Neighbourhoods for a while and then the proof where the round is small enough, else neighbourhoods until the end."""
    if relaxed is not None:
        large = len(best.instance.pairs.guest) > PAIRS_BY_FLOW
        best.bound(bounds_at_once(relaxed, best.known) if large else bounds_of(relaxed, best.watch))
    if best.falls_short("walls"):
        improvement.walls(best.watch)
        best.took()
    small = best.instance.starts() <= PROVEN_COLUMNS and len(best.instance.weights) <= PROVEN_GUESTS
    effort = min(effort, BRIEFLY) if small else effort
    vain = 0
    while not best.is_proven(down_to="goals") and best.watch.effort < effort and (vain < IN_VAIN or not small):
        vain = 0 if improvement.step(best.falls_short("walls"), best.watch) else vain + 1
        best.took()
        best.give_away()
    if small and relaxed is not None:
        prove(best, relaxed)
