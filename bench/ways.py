"""One way on one round, measured in this process: `python -m bench.ways WAY ROUND SECONDS` says its figures as JSON."""

import json
import re
import sys
from collections.abc import Callable
from dataclasses import asdict
from itertools import takewhile
from pathlib import Path

from bench import naive_cpsat, naive_highs, plain
from bench.named import named
from bench.outcome import Found, Row, Trace
from bench.worth import breaks, values
from shadowing.solver.problem import Problem, Progress, Tier
from shadowing.solver.solve import search

Way = Callable[[Problem, float, Trace], Found]


def by_fit(problem: Problem, seconds: float, trace: Trace) -> Found:
    return Found(plain.by_fit(problem))


def at_random(problem: Problem, seconds: float, trace: Trace) -> Found:
    return Found(plain.at_random(problem))


def ours(problem: Problem, seconds: float, trace: Trace) -> Found:
    def progress(now: Progress) -> None:
        tiers = _tiers(now)
        if now.matched and tiers:
            trace.told(tuple(tier.value for tier in tiers))
        _proofs(trace, tiers)

    plan = search(problem, seconds, progress)
    trace.saw(plan.seats)
    _proofs(trace, plan.tiers)
    return Found(plan.seats, tuple(tier.bound for tier in plan.tiers))


def _tiers(now: Progress) -> tuple[Tier, ...]:
    """None where the search tells of one tier at a time."""
    tiers: tuple[Tier, ...] = getattr(now, "tiers", ())
    return tiers


def _proofs(trace: Trace, tiers: tuple[Tier, ...]) -> None:
    proven = sum(1 for _ in takewhile(lambda tier: tier.value == tier.bound, tiers))
    if proven:
        trace.proved(proven)


WAYS: dict[str, Way] = {
    "ours": ours,
    "by_fit": by_fit,
    "at_random": at_random,
    "naive_cpsat": naive_cpsat.solve,
    "naive_highs": naive_highs.solve,
}


def measure(way: str, name: str, limit: float) -> Row:
    problem = named(name)
    trace = Trace(problem)
    found = WAYS[way](problem, limit, trace)
    ended = trace.now()
    megabytes = peak()
    reached = values(problem, found.seats)
    return Row(
        way=way,
        round=name,
        limit=limit,
        values=reached,
        bounds=found.bounds,
        plans=trace.plans or [(ended, reached)],
        proofs=trace.proofs,
        guests=len({seat.guest for seat in found.seats}),
        seconds=ended[0],
        cpu=ended[1],
        built=None if found.built is None else round(found.built, 2),
        megabytes=megabytes,
        breaches=len(breaks(problem, found.seats)),
    )


def peak() -> int:
    """The most memory that this process ever had; what its parent had is not counted, as it is by getrusage."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text("utf-8"))
    return int(found[1]) // 1024 if found else 0


if __name__ == "__main__":
    print(json.dumps(asdict(measure(sys.argv[1], sys.argv[2], float(sys.argv[3])))))
