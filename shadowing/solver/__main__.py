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

from shadowing.solver.codec import WrongValue
from shadowing.solver.explain import why_not
from shadowing.solver.memory import limit
from shadowing.solver.problem import Contradiction, Plan, Problem
from shadowing.solver.process import end
from shadowing.solver.solve import search
from shadowing.solver.stored import from_json, plan_to_json


def main() -> None:
    asked = _arguments()
    signal.signal(signal.SIGINT, lambda number, frame: stopped.set())
    problem = _problem(asked.file)
    if asked.seed is not None:
        problem = replace(problem, seed=asked.seed)
    megabytes = limit()
    try:
        plan = search(problem, asked.seconds, stop=stopped.is_set)
    except Contradiction as clash:
        _refuse("These pinned places contradict each other or what is offered:", *map(str, clash.pins))
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
    except WrongValue as wrong:
        _refuse(f"{name} is no problem: {wrong}.", status=2)


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
        said = "proven" if tier.value == tier.bound else f"at most {tier.bound}"
        yield f"{tier.name:<16}{tier.value:>8}  {said}"
    yield ""
    for seat in plan.seats:
        start = datetime.fromtimestamp(seat.start * 60, ZoneInfo(problem.zone))
        yield f"guest {seat.guest}  opening {seat.opening}  {start:%Y-%m-%d %H:%M}"
    for reason in plan.reasons:
        facts = "".join(f"  {name} {value}" for name, value in sorted(reason.facts.items()))
        yield f"guest {reason.guest}  no visit: {reason.code}; would have helped: {reason.remedy}{facts}"


if __name__ == "__main__":
    main()
