"""What is asked of a plan once it stands: why some got nothing, and who can be seated again when openings fall away.

`python -m bench.after explain ROUND` and `python -m bench.after repair ROUND PERCENT` say their figures as JSON."""

import json
import random
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, replace

from bench.named import named
from bench.outcome import keep
from bench.plain import Board, by_fit, first_best
from bench.worth import held
from shadowing.solver.explain import why_not
from shadowing.solver.instance import compiled
from shadowing.solver.problem import Problem, Seat
from shadowing.solver.repair import repair


@dataclass(frozen=True, slots=True)
class Explained:
    """*seconds* are of the CPU."""

    round: str
    unmatched: int
    seconds: float
    remedies: dict[str, int]


@dataclass(frozen=True, slots=True)
class Repaired:
    """*guests* have lost a visit. *plainly*: how many find another one while nobody else moves, each taking the best left.
    *frontier*: how many others move, how many are seated then, and how many could be at most. *seconds* are of the CPU,
    less the *compiling*, in which the round becomes arrays."""

    round: str
    percent: int
    openings: int
    guests: int
    plainly: int
    frontier: tuple[tuple[int, int, int], ...]
    seconds: float
    compiling: float


@dataclass(frozen=True, slots=True)
class Loss:
    """A round without some openings that a plan had used: what is left of the plan, and what is gone."""

    problem: Problem
    staying: tuple[Seat, ...]
    lost: tuple[Seat, ...]


def explained(name: str) -> Explained:
    problem = named(name)
    seats = by_fit(problem)
    began = time.process_time()
    reasons = why_not(problem, seats)
    seconds = round(time.process_time() - began, 2)
    return Explained(name, len(reasons), seconds, dict(Counter(reason.remedy for reason in reasons)))


def without(problem: Problem, seats: tuple[Seat, ...], percent: int, seed: int = 1) -> Loss:
    """*percent* of the openings that somebody sits in are called off, at least one."""
    lots, used = random.Random(seed), sorted(held(seats))  # noqa: S311  # a lot, no secret
    gone = set(lots.sample(used, max(1, len(used) * percent // 100)))
    return Loss(
        replace(problem, openings=tuple(one for one in problem.openings if one.id not in gone)),
        tuple(seat for seat in seats if seat.opening not in gone),
        tuple(seat for seat in seats if seat.opening in gone),
    )


def repaired(name: str, percent: int) -> Repaired:
    problem = named(name)
    loss = without(problem, by_fit(problem), percent)
    began = time.process_time()
    compiled(loss.problem)
    compiling = time.process_time() - began
    began = time.process_time()
    found = repair(loss.problem, (*loss.staying, *loss.lost), ())
    seconds = round(time.process_time() - began - compiling, 2)
    frontier = tuple((len(option.moved), option.seated, option.bound) for option in found.options)
    return Repaired(
        name,
        percent,
        len({seat.opening for seat in loss.lost}),
        len(found.concerned),
        seated_again(loss),
        frontier,
        seconds,
        round(compiling, 2),
    )


def seated_again(loss: Loss) -> int:
    """How many of those who lost a visit have one then, each taking the best left while everybody stays where they are."""
    board = Board.of(loss.problem, loss.staying)
    concerned = {seat.guest for seat in loss.lost}
    kept = {seat.guest for seat in loss.staying}
    again = len(concerned & kept)
    for guest in (guest for guest in loss.problem.guests if guest.person in concerned - kept):
        if possible := board.possible(guest):
            board.seat(guest, *first_best(possible, board.wished[guest.person]))
            again += 1
    return again


def main(asked: str, name: str, percent: str = "5") -> None:
    figures = asdict(explained(name) if asked == "explain" else repaired(name, int(percent)))
    keep(f"{asked}_{name}" + (f"_{percent}" if asked == "repair" else ""), figures)
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
