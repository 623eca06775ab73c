"""The plan that stands against a new one: what it is objective, what of it may stay, and which of the two is taken."""

import random
from dataclasses import replace

import pytest

from shadowing.solver import problem as p
from shadowing.solver.check import breaches
from shadowing.solver.objectives import OBJECTIVES
from shadowing.solver.problem import Problem, Seat, Status
from shadowing.solver.solve import search
from shadowing.solver.standing import allowed, judge, values
from tests.solver.small_rounds import at, drawn, guest, opening, plan, problem, seat

NO_TIME = replace(plan(), status=Status.NO_TIME)


def test_the_number_of_tiers_is_known_to_those_who_cannot_load_them() -> None:
    assert len(OBJECTIVES) == p.TIERS


@pytest.mark.parametrize("seed", range(30))
def test_a_plan_is_worth_what_the_search_says_it_reached(seed: int) -> None:
    round = drawn(seed)
    found = search(round, 10)

    assert found.status is Status.OPTIMAL
    assert values(round, found.seats) == tuple(tier.value for tier in found.tiers)


@pytest.mark.parametrize("seed", range(30))
def test_a_plan_stays_whole_while_nothing_changes(seed: int) -> None:
    round = drawn(seed)
    seats = search(round, 10).seats

    assert allowed(round, seats) == seats


@pytest.mark.parametrize("seed", range(60))
def test_what_stays_after_a_change_is_sound_and_nothing_more_could_stay(seed: int) -> None:
    round = drawn(seed)
    seats = search(round, 10).seats
    changed = _changed(round, random.Random(seed))  # noqa: S311

    staying = allowed(changed, seats)

    assert breaches(changed, plan(*staying)) == []
    if changed.rules.reciprocal != "require":
        for gone in set(seats) - set(staying):
            assert breaches(changed, plan(*staying, gone)), gone


def _changed(round: Problem, dice: random.Random) -> Problem:
    """Some people have less time, some openings fewer seats, and the rules are tighter."""
    people = tuple(replace(one, free=one.free[dice.randint(0, 3) :]) for one in round.people)
    openings = tuple(replace(one, seats=dice.randint(1, one.seats)) for one in round.openings[dice.randint(0, 1) :])
    return replace(round, people=people, openings=openings, rules=replace(round.rules, away_most=1, visits_most=1))


def test_a_worse_plan_is_not_taken_and_an_equal_one_is() -> None:
    round = problem(opening(), opening(101, (51,)), guests=(guest(1), guest(2)))
    standing = (seat(1), seat(2, 101))

    assert judge(round, standing, plan(seat(1))).taken is False
    assert judge(round, standing, plan(seat(1, 101), seat(2))).taken is True


def test_the_first_tier_that_differs_decides() -> None:
    """One guest more is worth more than any goal met, early date or even load."""
    late, shared = opening(starts=(at(10, 3),), seats=2), (seat(1, start=at(10, 3)), seat(2, start=at(10, 3)))
    round = problem(late, opening(101, (51,)), guests=(guest(1), guest(2)))

    assert judge(round, (seat(1, 101),), plan(*shared)).taken is True
    assert judge(round, shared, plan(seat(1, 101))).taken is False


def test_a_plan_that_had_no_time_is_taken_only_where_none_stands() -> None:
    round = problem(opening())

    assert judge(round, (seat(1),), NO_TIME).taken is False
    assert judge(round, (), NO_TIME).taken is True


def test_a_visit_that_is_not_allowed_any_more_does_not_make_a_plan_better() -> None:
    round = problem(opening(seats=2), guests=(guest(1), guest(2)), forbids=((2, 100),))

    verdict = judge(round, (seat(1), seat(2)), NO_TIME)

    assert (verdict.taken, verdict.gone) == (False, (seat(2),))
    assert judge(round, (seat(1), seat(2)), plan(seat(1))).taken is True


@pytest.mark.parametrize("gone", [Seat(guest=9, opening=100, start=at(10)), seat(1, 999), seat(1, start=at(11))])
def test_a_visit_of_what_is_not_there_any_more_goes(gone: Seat) -> None:
    assert allowed(problem(opening()), (gone,)) == ()


def test_a_pinned_visit_stays_before_others() -> None:
    round = problem(opening(), guests=(guest(1), guest(2)), pins=(seat(2),))

    assert allowed(round, (seat(1), seat(2))) == (seat(2),)
