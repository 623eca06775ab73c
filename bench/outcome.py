"""What is kept of a measurement: plans as they were found, and the figures of one run."""

import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.worth import values
from shadowing.solver.problem import Problem, Seat

KEPT = Path(__file__).parent.parent / "artefacts" / "bench"
Values = tuple[int, ...]


@dataclass(slots=True)
class Trace:
    """When which plan was found, as values of the tiers, and when how many tiers were proven. Seconds since *began*."""

    problem: Problem
    began: float = field(default_factory=time.monotonic)
    last: tuple[Seat, ...] = ()
    plans: list[tuple[float, Values]] = field(default_factory=list)
    proofs: list[tuple[float, int]] = field(default_factory=list)

    def seconds(self) -> float:
        return round(time.monotonic() - self.began, 2)

    @property
    def seated(self) -> bool:
        """Whether there was a plan that seats somebody."""
        return any(reached[0] for _, reached in self.plans)

    def saw(self, seats: tuple[Seat, ...]) -> None:
        self.last = seats
        self.told(values(self.problem, seats))

    def told(self, reached: Values) -> None:
        self.plans.append((self.seconds(), reached))

    def proved(self, tiers: int) -> None:
        if not self.proofs or tiers > self.proofs[-1][1]:
            self.proofs.append((self.seconds(), tiers))


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
    plans: list[tuple[float, Values]] = field(default_factory=list)
    proofs: list[tuple[float, int]] = field(default_factory=list)
    guests: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    built: float | None = None
    megabytes: int = 0
    breaches: int = 0
    failed: str = ""

    @property
    def first(self) -> float | None:
        return next((seconds for seconds, reached in self.plans if reached[0]), None)

    def proven(self, tiers: int) -> float | None:
        """When the first *tiers* tiers were proven."""
        return next((seconds for seconds, many in self.proofs if many >= tiers), None)


def row_of(text: str) -> Row:
    found = json.loads(text)
    for name in ("values", "bounds"):
        found[name] = tuple(found[name])
    for name in ("plans", "proofs"):
        found[name] = [(seconds, tuple(what) if isinstance(what, list) else what) for seconds, what in found[name]]
    return Row(**found)


def keep(name: str, figures: object) -> None:
    """Whole or not at all: a run that is interrupted leaves what was measured before."""
    KEPT.mkdir(parents=True, exist_ok=True)
    new = KEPT / f"{name}.new"
    new.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    new.replace(KEPT / f"{name}.json")


def keep_row(row: Row) -> None:
    keep(f"{row.round}_{row.way}", asdict(row))
