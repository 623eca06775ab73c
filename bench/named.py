"""The rounds that are measured, by name."""

from bench.rounds import round_of
from shadowing.solver.problem import Problem
from tests.solver.real_rounds import ROUNDS, real_round

REAL = ("k8s-rotation", "jp-agency")


def is_here(name: str) -> bool:
    return name not in REAL or (ROUNDS / name).is_dir()


def named(name: str) -> Problem:
    """The round of a name such as `200`, `1000-scarce` or `60-2` (people, scarce or not, seed), or `jp-agency`."""
    if name in REAL:
        return real_round(name)
    people, *rest = name.split("-")
    seed = next((int(word) for word in rest if word.isdigit()), 1)
    return round_of(int(people), seed, "scarce" in rest)
