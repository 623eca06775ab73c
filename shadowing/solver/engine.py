"""The only door to OR-Tools' linear solvers: a matrix and weights in, values out. HiGHS, through MathOpt.

Limits are in nodes, and effort is counted in iterations, so that a slow machine finds what a fast one does."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Thread

import numpy as np
from ortools.math_opt import (
    callback_pb2,
    model_parameters_pb2,
    model_pb2,
    parameters_pb2,
    result_pb2,
)
from ortools.math_opt.core.python import solver as core

from shadowing.solver.arrays import Numbers, Reals
from shadowing.solver.matrix import Matrix

POLL = 0.02
GRACE = 1.0  # seconds after the clock in which a call that was left behind ends by itself
OPTIMAL = result_pb2.TERMINATION_REASON_OPTIMAL
INFEASIBLE = result_pb2.TERMINATION_REASON_INFEASIBLE
EXACT = 1e-6
AGGREGATOR = 1 << 12
"""A rule of HiGHS' presolve (kPresolveRuleAggregator) with which the HiGHS inside OR-Tools 9.15 dies of a segmentation fault on
some small rounds. HiGHS 1.16 survives them, but is slower at the proofs."""


class Halted(Exception):
    """Somebody asked to stop, or the time was over."""


@dataclass(slots=True)
class Watch:
    """Looks at the stop and at the clock. *cut* tells whether the clock ended a step: another run may then differ.
    *effort*, of calls that are limited in nodes, is the same on every machine, and about seconds on a fast one."""

    until: float = float("inf")
    stop: Callable[[], bool] = lambda: False
    cut: bool = False
    stopped: bool = False
    effort: float = 0.0
    beat: Callable[[], None] = lambda: None

    def ask(self) -> None:
        """Raises Halted when there is to be an end."""
        if self.stop():
            self.stopped = True
        elif time.monotonic() >= self.until:
            self.cut = True
        if self.stopped or self.cut:
            raise Halted
        self.beat()

    def left(self) -> float:
        return max(0.0, self.until - time.monotonic())


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The optimum when parts of seats may be given. *reduced*: by how much the optimum falls at least with one of a column."""

    value: float
    x: Reals
    reduced: Reals


@dataclass(frozen=True, slots=True)
class Whole:
    """*x* None: nothing was found. *proven*: there is nothing better (or, without *x*, nothing at all)."""

    x: Numbers | None
    proven: bool


@dataclass(slots=True)
class _Call:
    """A call of the engine on a thread of its own. It cannot be broken off: whoever stops leaves it behind, and ends the
    process without waiting (`os._exit`) or waits at its end until the call is over."""

    model: model_pb2.ModelProto
    parameters: parameters_pb2.SolveParametersProto
    hints: model_parameters_pb2.ModelSolveParametersProto
    answer: list[result_pb2.SolveResultProto] = field(default_factory=list)
    error: list[BaseException] = field(default_factory=list)

    def run(self) -> None:
        try:
            solved = core.solve(
                self.model, parameters_pb2.SOLVER_TYPE_HIGHS, parameters_pb2.SolverInitializerProto(),
                self.parameters, self.hints, None, callback_pb2.CallbackRegistrationProto(), None, None,
            )  # fmt: skip
            self.answer.append(solved)
        except BaseException as wrong:
            self.error.append(wrong)


def relax(matrix: Matrix, weights: Numbers, watch: Watch) -> Relaxed | None:
    """None where nothing holds all rows. Raises Halted."""
    result = _solve(_proto(matrix, weights, whole=False), watch)
    if result.termination.reason != OPTIMAL:
        return None
    solution = result.solutions[0]
    reduced = np.array(solution.dual_solution.reduced_costs.values)
    return Relaxed(
        solution.primal_solution.objective_value, np.array(solution.primal_solution.variable_values.values), reduced
    )


def maximize(matrix: Matrix, weights: Numbers, watch: Watch, nodes: int = -1, hint: Numbers | None = None) -> Whole:
    """The best whole numbers within *nodes* nodes of the search tree. Raises Halted."""
    hints = model_parameters_pb2.ModelSolveParametersProto()
    if hint is not None:
        values = hints.solution_hints.add().variable_values
        values.ids.extend(range(len(hint)))
        values.values.extend(hint.astype(float).tolist())
    result = _solve(_proto(matrix, weights, whole=True), watch, nodes, hints)
    reason = result.termination.reason
    if not result.solutions:
        return Whole(None, reason == INFEASIBLE)
    x = np.rint(np.array(result.solutions[0].primal_solution.variable_values.values)).astype(np.int64)
    return Whole(x, reason == OPTIMAL)


def _solve(
    model: model_pb2.ModelProto,
    watch: Watch,
    nodes: int = -1,
    hints: model_parameters_pb2.ModelSolveParametersProto | None = None,
) -> result_pb2.SolveResultProto:
    watch.ask()
    parameters = parameters_pb2.SolveParametersProto()
    if nodes >= 0:
        parameters.node_limit = nodes
    if watch.until < float("inf"):
        parameters.time_limit.FromTimedelta(timedelta(seconds=watch.left() + GRACE))
    parameters.absolute_gap_tolerance = 0.99
    parameters.relative_gap_tolerance = 0.0
    parameters.highs.int_options["presolve_rule_off"] = AGGREGATOR
    call = _Call(model, parameters, hints or model_parameters_pb2.ModelSolveParametersProto())
    thread = Thread(target=call.run)
    try:
        thread.start()
    except RuntimeError as full:  # "can't start new thread": there is no room for its stack
        raise MemoryError from full
    while thread.is_alive():
        thread.join(POLL)
        if thread.is_alive():
            watch.ask()
    if call.error:
        raise call.error[0]
    if nodes >= 0:
        watch.effort += _effort(model, call.answer[0])
    return call.answer[0]


def _effort(model: model_pb2.ModelProto, result: result_pb2.SolveResultProto) -> float:
    """Fitted to neighbourhoods of 1,000 people: an iteration costs as much as there are rows, the model its entries."""
    iterations, rows = result.solve_stats.simplex_iterations, len(model.linear_constraints.ids)
    return float(5e-8 * iterations * rows + 3e-6 * len(model.linear_constraint_matrix.row_ids))


def _proto(matrix: Matrix, weights: Numbers, whole: bool) -> model_pb2.ModelProto:
    proto = model_pb2.ModelProto()
    variables, rows, entries = proto.variables, proto.linear_constraints, proto.linear_constraint_matrix
    variables.ids.extend(range(matrix.width))
    variables.lower_bounds.extend(matrix.lower.astype(float).tolist())
    variables.upper_bounds.extend(matrix.upper.astype(float).tolist())
    variables.integers.extend([whole] * matrix.width)
    least, most = matrix.bounds()
    rows.ids.extend(range(matrix.rows))
    rows.lower_bounds.extend(least.tolist())
    rows.upper_bounds.extend(most.tolist())
    row, column, value = matrix.triples()
    entries.row_ids.extend(row.tolist())
    entries.column_ids.extend(column.tolist())
    entries.coefficients.extend(value.astype(float).tolist())
    proto.objective.maximize = True
    counted = np.flatnonzero(weights)
    proto.objective.linear_coefficients.ids.extend(counted.tolist())
    proto.objective.linear_coefficients.values.extend(weights[counted].astype(float).tolist())
    return proto
