"""What the parent tells the solver's process, and what that tells back, one line of JSON for each word."""

import json
from dataclasses import dataclass

from shadowing.solver import codec
from shadowing.solver.flaw import Flaw
from shadowing.solver.frontier import Frontier
from shadowing.solver.problem import Plan, Problem, Progress, Reason, Seat
from shadowing.solver.stored import text


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """*standing* are the seats of the plan that stands; no worse one shall take its place. *memory*: megabytes that the
    process may take, 0 for a share of what is free. *parent*: the process that it does not outlive, 0 for none. Where *lost* is
    given nothing is searched anew: the plan that stands is repaired for these people, and for whoever loses a seat of it."""

    problem: Problem
    seconds: float = 60.0
    standing: tuple[Seat, ...] = ()
    memory: int = 0
    parent: int = 0
    lost: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a new plan takes the place of the one that stands. If not, the seats *gone* are not allowed any more,
    and the others stay."""

    taken: bool
    gone: tuple[Seat, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One field of them is said at a time, *plan* and *verdict* together."""

    progress: Progress | None = None
    plan: Plan | None = None
    verdict: Verdict | None = None
    reasons: tuple[Reason, ...] | None = None
    flaws: tuple[Flaw, ...] | None = None
    stopped: bool | None = None
    frontier: Frontier | None = None


def order_to_json(
    problem: str, seconds: float, standing: tuple[Seat, ...], parent: int, lost: tuple[int, ...] | None = None
) -> str:
    """*problem* is JSON already, and goes as it is."""
    rest = text(
        {"seconds": seconds, "standing": codec.written(standing), "parent": parent, "lost": codec.written(lost)}
    )
    return f'{{"problem": {problem}, {rest[1:]}'


def order_from_json(said: str) -> Order:
    return codec.read(Order, json.loads(said))


def word_to_json(word: Word) -> str:
    said = {name: value for name in Word.__slots__ if (value := getattr(word, name)) is not None}
    return text({name: codec.written(value) for name, value in said.items()})


def word_from_json(said: str | bytes) -> Word:
    return codec.read(Word, json.loads(said))
