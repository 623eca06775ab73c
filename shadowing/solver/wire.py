"""What the parent tells the solver's process, and what that tells back, one line of JSON for each word."""

from dataclasses import dataclass

from pydantic import TypeAdapter

from shadowing.solver.problem import Plan, Problem, Progress, Reason, Seat
from shadowing.solver.stored import written


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """*standing* are the seats of the plan that stands; no worse one shall take its place. *memory*: megabytes that the
    process may take, 0 for a share of what is free."""

    problem: Problem
    seconds: float = 60.0
    standing: tuple[Seat, ...] = ()
    memory: int = 0


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
    contradiction: tuple[Seat, ...] | None = None
    stopped: bool | None = None


ORDER = TypeAdapter(Order)
WORD = TypeAdapter(Word)
SEATS = TypeAdapter(tuple[Seat, ...])


def order_to_json(problem: str, seconds: float, standing: tuple[Seat, ...]) -> str:
    """*problem* is JSON already, and goes as it is."""
    seats = written(SEATS.dump_python(standing, mode="json"))
    return f'{{"problem": {problem}, "seconds": {seconds}, "standing": {seats}}}'


def order_from_json(text: str) -> Order:
    return ORDER.validate_json(text, strict=True)


def word_to_json(word: Word) -> str:
    said = WORD.dump_python(word, mode="json")
    return written({name: value for name, value in said.items() if value is not None})


def word_from_json(text: str | bytes) -> Word:
    return WORD.validate_json(text, strict=True)
