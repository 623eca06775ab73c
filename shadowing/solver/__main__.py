"""The solver on its own: `python -m shadowing.solver FILE` reads a stored problem and prints the best plan found.

It needs OR-Tools, numpy and Python, nothing of the rest of the service. Ctrl-C or SIGTERM ends the search, and the best plan so
far is printed. Exit status: 0 with a plan, 1 where there can be none, 2 where the file cannot be read."""

from shadowing.solver.stopping import stopped  # first of all, for the reason that it says there

# isort: split

import argparse
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from json import JSONDecodeError
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

from shadowing.solver.explain import why_not
from shadowing.solver.flaw import Contradiction, FlawCode, said
from shadowing.solver.memory import limit
from shadowing.solver.problem import Plan, Problem, Seat
from shadowing.solver.process import end, words_alone
from shadowing.solver.solve import search
from shadowing.solver.stored import from_json, plan_to_json


def main() -> None:
    asked = _arguments()
    words_alone()
    signal.signal(signal.SIGINT, lambda number, frame: stopped.set())
    problem = _problem(asked.file)
    if asked.seed is not None:
        problem = replace(problem, seed=asked.seed)
    megabytes = limit()
    try:
        plan = search(problem, asked.seconds, stop=stopped.is_set)
    except Contradiction as wrong:
        _refuse(*_wrong(problem, wrong))
    except MemoryError:
        _refuse(f"This problem needs more memory than the {megabytes} MB that it may take.")
    plan = replace(plan, reasons=why_not(problem, plan.seats))
    for line in [plan_to_json(plan)] if asked.json else _lines(problem, plan):
        print(line)
    end(0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m shadowing.solver", description=__doc__)
    parser.add_argument(
        "file", help="a problem as JSON, described in shadowing/solver/README.md; - reads standard input"
    )
    parser.add_argument("--seconds", type=float, default=60.0, help="how long at the most (60)")
    parser.add_argument("--seed", type=int, help="another lot between equals than the problem's own")
    parser.add_argument("--json", action="store_true", help="print the plan as JSON")
    return parser.parse_args()


def _problem(name: str) -> Problem:
    try:
        return from_json(sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes())
    except OSError as wrong:
        _refuse(f"{name} cannot be read: {wrong.strerror}.", status=2)
    except (JSONDecodeError, UnicodeDecodeError) as wrong:
        _refuse(f"{name} is no JSON: {wrong}.", status=2)
    except RecursionError:
        _refuse(f"{name} is no problem: its lists and objects lie too deep in each other.", status=2)
    except ValueError as wrong:  # a WrongValue, or a number with thousands of digits
        _refuse(f"{name} is no problem: {wrong}.", status=2)


def _wrong(problem: Problem, wrong: Contradiction) -> Iterator[str]:
    """A line for each flaw, then one for each pin to let go. Where a clock cannot tell its time, the minute does."""
    timeless = {FlawCode.UNKNOWN_ZONE, FlawCode.TOO_LARGE}.intersection(flaw.code for flaw in wrong.flaws)
    yield from map(said, wrong.flaws)
    for seat in wrong.pins:
        when = f"minute {seat.start}" if timeless else _clock(seat, problem)
        yield f"Let go of the pin: guest {seat.guest}  opening {seat.opening}  {when}"


def _refuse(*lines: str, status: int = 1) -> NoReturn:
    sys.stderr.write("\n".join(lines) + "\n")
    end(status)


def _lines(problem: Problem, plan: Plan) -> Iterator[str]:
    matched = len({seat.guest for seat in plan.seats})
    yield f"{plan.status}: {matched} of {len(problem.guests)} guests have a visit, after {plan.seconds:.1f} s"
    if plan.cut_after is not None:
        yield f"The search was cut off after step {plan.cut_after}: another run may find another plan."
    if plan.short_of_memory:
        yield "The search ended early for lack of memory."
    yield ""
    for tier in plan.tiers:
        known = "proven" if tier.value == tier.bound else f"at most {tier.bound}"
        yield f"{tier.name:<16}{tier.value:>8}  {known}"
    yield ""
    for seat in plan.seats:
        yield f"guest {seat.guest}  opening {seat.opening}  {_clock(seat, problem)}"
    for reason in plan.reasons:
        facts = "".join(f"  {name} {value}" for name, value in sorted(reason.facts.items()))
        yield f"guest {reason.guest}  no visit: {reason.code}; would have helped: {reason.remedy}{facts}"


def _clock(seat: Seat, problem: Problem) -> str:
    return f"{datetime.fromtimestamp(seat.start * 60, ZoneInfo(problem.zone)):%Y-%m-%d %H:%M}"


if __name__ == "__main__":
    main()
