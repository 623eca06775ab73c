"""Sets of time: merged and cut."""

from itertools import pairwise
from random import Random

import pytest

from shadowing.solver.intervals import cut, merged, without
from shadowing.solver.problem import Span


def test_overlapping_spans_become_disjoint_and_yes_wins() -> None:
    spans = [Span(0, 60, 1), Span(30, 90, 2), Span(90, 120, 2), Span(200, 300, 2), Span(220, 240, 1)]

    assert merged(spans) == (Span(0, 30, 1), Span(30, 120, 2), Span(200, 300, 2))


def test_two_that_are_free_within_one_that_is_so_if_need_be_stay_one() -> None:
    spans = [Span(0, 100, 1), Span(10, 20, 2), Span(15, 30, 2)]

    assert merged(spans) == (Span(0, 10, 1), Span(10, 30, 2), Span(30, 100, 1))


def test_touching_spans_are_one() -> None:
    assert merged([Span(60, 120), Span(0, 60)]) == (Span(0, 120),)


def test_spans_are_cut_at_the_edges_of_the_pieces() -> None:
    pieces = (Span(0, 10), Span(20, 30), Span(40, 50))

    assert list(cut([Span(5, 25, 1), Span(30, 40), Span(45, 60)], pieces)) == [
        Span(5, 10, 1),
        Span(20, 25, 1),
        Span(45, 50),
    ]


@pytest.mark.parametrize("seed", range(40))
def test_what_lies_within_and_what_lies_outside_make_the_whole(seed: int) -> None:
    chance = Random(seed)  # noqa: S311
    spans = merged(random_span(chance) for _ in range(6))
    pieces = merged(Span(span.start, span.end) for span in (random_span(chance) for _ in range(4)))

    outside = list(without(spans, pieces))

    assert list(cut(outside, pieces)) == []
    assert merged([*outside, *cut(spans, pieces)]) == merged(spans)


@pytest.mark.parametrize("seed", range(40))
def test_each_minute_keeps_the_best_of_its_levels(seed: int) -> None:
    chance = Random(seed)  # noqa: S311
    spans = [random_span(chance) for _ in range(chance.randrange(8))]
    pieces = merged(Span(span.start, span.end) for span in (random_span(chance) for _ in range(4)))

    free = merged(cut(spans, pieces))

    inside = {minute for piece in pieces for minute in range(piece.start, piece.end)}
    assert levels(free) == {minute: level for minute, level in levels(spans).items() if minute in inside}, (
        f"seed {seed}"
    )
    assert list(free) == sorted(free)
    assert all(one.end < two.start or one.level != two.level for one, two in pairwise(free))


def random_span(chance: Random) -> Span:
    start = chance.randrange(40)
    return Span(start, start + chance.randrange(1, 20), chance.choice((1, 2)))


def levels(spans: tuple[Span, ...] | list[Span]) -> dict[int, int]:
    found: dict[int, int] = {}
    for span in spans:
        for minute in range(span.start, span.end):
            found[minute] = max(span.level, found.get(minute, 0))
    return found
