"""What the search is measured against: rounds that can be drawn again, and plain plans that break no rule."""

from collections.abc import Callable

import pytest

from bench.after import seated_again, without
from bench.plain import at_random, by_fit
from bench.rounds import round_of
from bench.worth import breaks, values
from shadowing.solver.problem import Problem, Seat

Way = Callable[[Problem], tuple[Seat, ...]]
scarce_or_not = pytest.mark.parametrize("scarce", [False, True])
every_way = pytest.mark.parametrize("way", [by_fit, at_random])


@scarce_or_not
def test_the_same_seed_draws_the_same_round(scarce: bool) -> None:
    assert round_of(60, 7, scarce) == round_of(60, 7, scarce)
    assert round_of(60, 7, scarce) != round_of(60, 8, scarce)


@every_way
@scarce_or_not
def test_plain_plans_break_no_rule(way: Way, scarce: bool) -> None:
    for seed in range(1, 6):
        round = round_of(60, seed, scarce)

        seats = way(round)

        assert len({seat.guest for seat in seats}) > len(round.guests) / 4, seed
        assert breaks(round, seats) == [], seed


def test_the_best_fit_is_worth_more_than_a_lot() -> None:
    round = round_of(60, 1, False)

    assert values(round, by_fit(round))[4] > values(round, at_random(round))[4]


def test_only_some_of_those_who_lost_a_visit_find_another_one() -> None:
    round = round_of(60, 1, True)

    loss = without(round, by_fit(round), percent=20)

    assert 0 <= seated_again(loss) <= len({seat.guest for seat in loss.lost})
    assert breaks(loss.problem, loss.staying) == []
