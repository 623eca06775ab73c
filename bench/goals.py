"""What the matching is meant to reach, and whether it did."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bench.after import Explained, Repaired
from bench.outcome import Moment, Row
from bench.worth import TIERS
from shadowing.solver.problem import gap

Measured = tuple[str, bool]  # what is shown, and whether the goal is met
Look = Callable[[Row], Measured]


@dataclass(frozen=True, slots=True)
class Verdict:
    goal: str
    measured: str
    met: bool


def first_plan(most: float) -> Look:
    return lambda row: _within(row.first, most, "no plan")


def proven(tiers: int, most: float) -> Look:
    return lambda row: _within(row.proven(tiers), most, "not proven")


def _within(moment: Moment | None, most: float, otherwise: str) -> Measured:
    """By the CPU: what else runs on the machine does not count."""
    return (otherwise, False) if moment is None else (f"{moment[1]:.2f} s", moment[1] <= most)


def near(tier: str, share: float) -> Look:
    """The value of a tier is within *share* of the most it could be."""
    place = TIERS.index(tier)

    def look(row: Row) -> Measured:
        if len(row.bounds) <= place or len(row.values) <= place:
            return "no bound", False
        distance = gap(row.values[place], row.bounds[place])
        return f"{row.values[place]} of {row.bounds[place]}: {distance:.2%}", distance <= share

    return look


def memory(most: int) -> Look:
    return lambda row: (f"{row.megabytes} MB", row.megabytes <= most)


GOALS: tuple[tuple[int | str, str, Look], ...] = (
    (60, "first plan <= 0.1 s", first_plan(0.1)),
    (60, "tiers 1-5 proven <= 3 s", proven(5, 3)),
    (60, "all 7 proven <= 8 s", proven(7, 8)),
    (200, "first plan <= 0.2 s", first_plan(0.2)),
    (200, "tiers 1-5 proven <= 30 s", proven(5, 30)),
    (200, "all 7 proven <= 45 s", proven(7, 45)),
    ("k8s-rotation", "first plan <= 0.5 s", first_plan(0.5)),
    ("k8s-rotation", "all 7 proven <= 10 s", proven(7, 10)),
    ("jp-agency", "first plan <= 0.5 s", first_plan(0.5)),
    ("jp-agency", "all 7 proven <= 10 s", proven(7, 10)),
    (1000, "everybody the bound allows <= 1.5 s, proven", proven(1, 1.5)),
    (1000, "walls within 2 %", near("walls", 0.02)),
    (1000, "second visits within 2 %", near("second", 0.02)),
    (1000, "goals within 2 % <= 60 s", near("goals", 0.02)),
    (1000, "<= 300 MB", memory(300)),
    (5000, "guests proven <= 5 s", proven(1, 5)),
    (5000, "walls at the bound", near("walls", 0.0)),
    (5000, "second visits within 2.1 %", near("second", 0.021)),
    (5000, "goals within 2.1 % <= 75 s", near("goals", 0.021)),
    (5000, "<= 1 GB", memory(1024)),
    (20000, "guests proven <= 45 s", proven(1, 45)),
    (20000, "first plan <= 60 s", first_plan(60)),
    (20000, "goals within 9 %", near("goals", 0.09)),
    (20000, "<= 2 GB", memory(2048)),
)
EXPLAIN = {"1000-scarce": 0.5, "5000-scarce": 7.0}
REPAIR = {"200": 0.1, "1000": 1.0, "5000": 1.5}


def verdicts(rows: Iterable[Row], answers: Iterable[Explained | Repaired]) -> Iterator[Verdict]:
    """Of what was measured only."""
    rows = list(rows)
    for row in (row for row in rows if row.way == "ours"):
        for place, goal, look in GOALS:
            if str(place) in (row.round, row.round.partition("-")[0]) and not row.round.endswith("scarce"):
                yield Verdict(f"{row.round}: {goal}", *((row.failed, False) if row.failed else look(row)))
        plain = next((one for one in rows if (one.way, one.round) == ("by_fit", row.round)), None)
        if plain and not row.failed:
            yield _never_worse(row, plain)
    for answer in answers:
        if isinstance(answer, Explained) and (most := EXPLAIN.get(answer.round)):
            yield Verdict(f"{answer.round}: explain all <= {most} s", f"{answer.seconds:.2f} s", answer.seconds <= most)
        if isinstance(answer, Repaired) and (most := REPAIR.get(answer.round)):
            goal = f"{answer.round}, {answer.percent} % lost: repair <= {most} s, proven while nobody moves"
            _, seated, bound = answer.frontier[0]
            said = f"{answer.seconds:.2f} s, {seated} of {bound}"
            yield Verdict(goal, said, answer.seconds <= most and seated == bound)


def _never_worse(row: Row, plain: Row) -> Verdict:
    """Comfort is left out: searches count its days from different first ones."""
    worse = [moment for moment, reached in row.plans if reached[:6] < plain.values[:6]]
    said = f"worse until {worse[-1][1]:.2f} s" if worse else f"never, in all of {len(row.plans)} looks"
    return Verdict(f"{row.round}: from its first plan on never worse than greedy by best fit", said, not worse)
