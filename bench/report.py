"""The tables of `bench/RESULTS.md`, and what is printed of each row."""

import os
import platform
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.after import Explained, Repaired
from bench.goals import verdicts
from bench.outcome import Moment, Row

RESULTS = Path(__file__).parent / "RESULTS.md"
WAYS = {
    "ours": "ours",
    "by_fit": "greedy by best fit",
    "at_random": "random greedy",
    "naive_cpsat": "naive CP-SAT, 2 workers",
    "naive_highs": "HiGHS, one matrix",
}
NOTE = """Seconds of the goals, of explain and of repair are of the CPU, all others of the wall unless they say CPU. Memory is the
most a process had, the round and the libraries included. Values and bounds stand in the order guests, walls, second, further,
goals, even, comfort; the naive ways know the first five."""
COLUMNS = (
    "round", "way", "limit", "first plan", "1-5 proven", "all proven", "guests", "values", "bounds",
    "wall s", "CPU s", "build", "MB", "breaches",
)  # fmt: skip


def cells(row: Row) -> list[str]:
    if row.failed:
        return [row.round, WAYS[row.way], f"{row.limit:g}", row.failed, *[""] * (len(COLUMNS) - 4)]
    return [
        row.round,
        WAYS[row.way],
        f"{row.limit:g}",
        _seconds(row.first),
        _seconds(row.proven(5)),
        _seconds(row.proven(7)),
        str(row.guests),
        "/".join(map(str, row.values)),
        "/".join(map(str, row.bounds)) or "-",
        f"{row.seconds:.2f}",
        f"{row.cpu:.2f}",
        "-" if row.built is None else f"{row.built:.2f} s, {row.built / max(row.seconds, 0.01):.0%}",
        str(row.megabytes),
        str(row.breaches),
    ]


def _seconds(moment: Moment | None) -> str:
    return "-" if moment is None else f"{moment[0]:.2f}"


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head), *lines))


REPAIRED = (
    "round", "openings gone", "guests who lost", "best left each", "others who move: seated of at most", "CPU s", "compiling",
)  # fmt: skip


def results(command: str, rows: list[Row], answers: list[Explained | Repaired], missing: list[str]) -> str:
    explained = [answer for answer in answers if isinstance(answer, Explained)]
    repaired = [answer for answer in answers if isinstance(answer, Repaired)]
    goals = [(one.goal, one.measured, "met" if one.met else "fell short") for one in verdicts(rows, answers)]
    return "\n\n".join(
        [
            "# What was measured",
            "\n".join(f"- {line}" for line in (f"`{command}`", *machine(), *_missing(missing))),
            NOTE,
            "## Goals",
            table(("goal", "measured", "met or fell short"), goals),
            "## Side by side",
            table(COLUMNS, map(cells, rows)),
            "## Explain: all guests without a seat in a plan by best fit",
            table(("round", "unmatched", "CPU s", "remedies"), map(_explained, explained)),
            "## Repair: openings fall away, nobody else moves, the best that is left",
            table(REPAIRED, map(_repaired, repaired)),
        ]
    )


def _explained(one: Explained) -> tuple[str, ...]:
    remedies = ", ".join(f"{name} {many}" for name, many in sorted(one.remedies.items()))
    return one.round, str(one.unmatched), f"{one.seconds:.2f}", remedies


def _repaired(one: Repaired) -> tuple[str, ...]:
    points = ", ".join(f"{moved}: {seated} of {bound}" for moved, seated, bound in one.frontier)
    gone = f"{one.openings} ({one.percent} %)"
    return one.round, gone, str(one.guests), str(one.plainly), points, f"{one.seconds:.2f}", f"{one.compiling:.2f}"


def _missing(names: list[str]) -> Iterator[str]:
    if names:
        yield f"Not measured, as its folder is not on this machine: {', '.join(names)}"


def machine() -> Iterator[str]:
    packages = ", ".join(f"{name} {version(name)}" for name in ("ortools", "numpy"))
    cpu = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text("utf-8"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    yield f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, Python {platform.python_version()}, {packages}"
    name = cpu[1] if cpu else platform.machine()
    yield f"{name}, {os.cpu_count()} cores, {memory:.0f} GB, load {os.getloadavg()[0]:.2f} at the end"
