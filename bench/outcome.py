"""What is kept of a measurement: plans as they were found, and the figures of one run."""

import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.worth import values
from shadowing.solver.problem import Problem, Seat

KEPT = Path(__file__).parent.parent / "artefacts" / "bench"
Values = tuple[int, ...]
Moment = tuple[float, float]  # seconds of the wall, and of the CPU


@dataclass(slots=True)
class Trace:
    """When which plan was found, as values of the tiers, and when how many tiers were proven. Moments count from *began*."""

    problem: Problem
    began: Moment = field(default_factory=lambda: (time.monotonic(), time.process_time()))
    last: tuple[Seat, ...] = ()
    plans: list[tuple[Moment, Values]] = field(default_factory=list)
    proofs: list[tuple[Moment, int]] = field(default_factory=list)

    def now(self) -> Moment:
        return round(time.monotonic() - self.began[0], 2), round(time.process_time() - self.began[1], 2)

    @property
    def seated(self) -> bool:
        """Whether there was a plan that seats somebody."""
        return any(reached[0] for _, reached in self.plans)

    def saw(self, seats: tuple[Seat, ...]) -> None:
        self.last = seats
        self.told(values(self.problem, seats))

    def told(self, reached: Values) -> None:
        self.plans.append((self.now(), reached))

    def proved(self, tiers: int) -> None:
        if not self.proofs or tiers > self.proofs[-1][1]:
            self.proofs.append((self.now(), tiers))


@dataclass(frozen=True, slots=True)
class Found:
    """*bounds* of as many tiers as have one; *built* seconds went into writing the model down, if that is known."""

    seats: tuple[Seat, ...]
    bounds: Values = ()
    built: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One way on one round. *failed* says why there are no figures."""

    way: str
    round: str
    limit: float
    values: Values = ()
    bounds: Values = ()
    plans: list[tuple[Moment, Values]] = field(default_factory=list)
    proofs: list[tuple[Moment, int]] = field(default_factory=list)
    guests: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    built: float | None = None
    megabytes: int = 0
    breaches: int = 0
    failed: str = ""

    @property
    def first(self) -> Moment | None:
        return next((moment for moment, reached in self.plans if reached[0]), None)

    def proven(self, tiers: int) -> Moment | None:
        """When the first *tiers* tiers were proven."""
        return next((moment for moment, many in self.proofs if many >= tiers), None)


def row_of(text: str) -> Row:
    found = json.loads(text)
    for name in ("values", "bounds"):
        found[name] = tuple(found[name])
    found["plans"] = [(tuple(moment), tuple(reached)) for moment, reached in found["plans"]]
    found["proofs"] = [(tuple(moment), many) for moment, many in found["proofs"]]
    return Row(**found)


def keep(name: str, figures: object) -> None:
    """Whole or not at all: a run that is interrupted leaves what was measured before."""
    KEPT.mkdir(parents=True, exist_ok=True)
    new = KEPT / f"{name}.new"
    new.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    new.replace(KEPT / f"{name}.json")


def keep_row(row: Row) -> None:
    keep(f"{row.round}_{row.way}", asdict(row))
