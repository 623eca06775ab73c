"""What is measured: which way on which round, and for how many seconds at most."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.named import REAL

PLAIN = ("by_fit", "at_random")
NAIVE = ("naive_cpsat", "naive_highs")
NAIVE_MOST = 1000  # people; above, the naive models have millions of columns
GREEDY_LIMIT = 60
OURS = {60: 20, 200: 100, 1000: 60, 5000: 75, 20000: 120}
SEEDS = {60: (1, 2, 3), 200: (1, 2)}
SMALL = {60: 10, 200: 20, 1000: 15}


@dataclass(frozen=True, slots=True)
class Task:
    way: str
    round: str
    limit: float


@dataclass(frozen=True, slots=True)
class Question:
    """Asked of a plan that stands: `explain`, or `repair` with the percent of openings that fall away."""

    asked: str
    round: str
    percent: int = 0


def tasks(sizes: tuple[int, ...], small: bool) -> Iterator[Task]:
    for size in sizes:
        for seed in (1,) if small else SEEDS.get(size, (1,)):
            naive = NAIVE if size <= (200 if small else NAIVE_MOST) else ()
            limit = SMALL.get(size, 15) if small else OURS.get(size, 60)
            yield from _side_by_side(f"{size}-{seed}" if seed > 1 else str(size), limit, naive, 15 if small else 60)
    if not small:
        for name in REAL:
            yield from _side_by_side(name, 60, NAIVE, 60)
        if 1000 in sizes:
            yield from _side_by_side("1000-scarce", 60, (), 0)


def _side_by_side(name: str, limit: float, naive: tuple[str, ...], naive_limit: float) -> Iterator[Task]:
    for way in PLAIN:
        yield Task(way, name, GREEDY_LIMIT)
    yield Task("ours", name, limit)
    for way in naive:
        yield Task(way, name, naive_limit)


def questions(sizes: tuple[int, ...], small: bool) -> Iterator[Question]:
    for size in sizes:
        if size in (1000, 5000) and not small:
            yield Question("explain", f"{size}-scarce")
        if size in (200, 1000, 5000) and not (small and size > 200):
            yield Question("repair", str(size), 5)
    if small and 200 in sizes:
        yield Question("explain", "200-scarce")
    if 5000 in sizes and not small:
        yield Question("repair", "5000", 1)
