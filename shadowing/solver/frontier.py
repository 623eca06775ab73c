"""Who of those who lost a visit can have one again, point by point: the answer of `repair.py`, without its engine."""

from dataclasses import dataclass

from shadowing.solver.problem import Seat


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One point of the frontier: the whole plan in which the people *moved* sit elsewhere, and *seated* of the concerned have
    a visit. No more than *bound* can have one while that many others move."""

    moved: tuple[int, ...]
    seats: tuple[Seat, ...]
    seated: int
    bound: int

    @property
    def proven(self) -> bool:
        return self.seated == self.bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """*concerned*: who lost a visit or waits for the first. *gone*: seats that may not stay. The options move more and more."""

    concerned: tuple[int, ...]
    gone: tuple[Seat, ...]
    options: tuple[Option, ...]
