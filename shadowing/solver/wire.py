"""What the parent tells the solver's process, and what that tells back, one line of JSON for each word."""

import json
from dataclasses import dataclass, fields
from typing import Any

from shadowing.solver.problem import Plan, Problem, Reason, Seat, parsed, written


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """*standing* are the seats of the plan that stands; no worse one shall take its place."""

    problem: Problem
    seconds: float = 60.0
    standing: tuple[Seat, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a new plan takes the place of the one that stands. If not, the seats *gone* are not allowed any more,
    and the others stay."""

    taken: bool
    gone: tuple[Seat, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One field of them is said at a time, *plan* and *verdict* together."""

    progress: dict[str, Any] | None = None
    plan: Plan | None = None
    verdict: Verdict | None = None
    reasons: tuple[Reason, ...] | None = None
    contradiction: tuple[Seat, ...] | None = None
    stopped: bool | None = None


def order_to_json(problem: str, seconds: float, standing: tuple[Seat, ...]) -> str:
    """*problem* is JSON already, and goes as it is."""
    return f'{{"problem": {problem}, "seconds": {seconds}, "standing": {written(standing)}}}'


def order_from_json(text: str) -> Order:
    order: Order = parsed(Order, json.loads(text))
    return order


def word_to_json(word: Word) -> str:
    said = {field.name: getattr(word, field.name) for field in fields(word)}
    return written({name: value for name, value in said.items() if value is not None})


def word_from_json(text: str | bytes) -> Word:
    word: Word = parsed(Word, json.loads(text))
    return word
