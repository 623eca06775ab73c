"""The plan that stands: what of it may stay, and that no search makes it worse."""

import random
from dataclasses import replace

import pytest

from shadowing.solver.check import breaches
from shadowing.solver.objectives import values
from shadowing.solver.problem import Problem, Seat, Status
from shadowing.solver.solve import search
from shadowing.solver.standing import allowed, judge
from tests.solver.small_rounds import at, drawn, guest, opening, plan, problem, seat, that_can_be

NO_TIME = replace(plan(), status=Status.NO_TIME)


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


@pytest.mark.parametrize("seconds", [0, 10])
@pytest.mark.parametrize("seed", range(30))
def test_no_search_ends_with_less_than_what_may_stay(seed: int, seconds: int) -> None:
    round = drawn(seed)
    standing = search(round, 10).seats
    changed = _changed(round, random.Random(seed))  # noqa: S311

    found = search(changed, seconds, standing=standing)

    assert values(changed, found.seats) >= values(changed, allowed(changed, standing))
    assert breaches(changed, found) == []


def _changed(round: Problem, dice: random.Random) -> Problem:
    """Some people have less time, some openings fewer seats, and the rules are tighter."""
    people = tuple(replace(one, free=one.free[dice.randint(0, 3) :]) for one in round.people)
    openings = tuple(replace(one, seats=dice.randint(1, one.seats)) for one in round.openings[dice.randint(0, 1) :])
    rules = replace(round.rules, away_most=1, visits_most=1)
    return that_can_be(replace(round, people=people, openings=openings, rules=rules))


@pytest.mark.parametrize("seed", range(20))
def test_the_best_plan_stays_as_it_is_whatever_the_lot_would_draw(seed: int) -> None:
    round = drawn(seed)
    standing = search(round, 10).seats

    found = search(replace(round, seed=seed + 1), 10, standing=standing)

    assert found.seats == standing
    assert found.status is Status.OPTIMAL
    assert judge(standing, found).taken is (not standing)


def test_a_better_plan_takes_the_place_of_the_standing_one() -> None:
    round = problem(opening(), opening(101, (51,)), guests=(guest(1), guest(2)))

    found = search(round, 5, standing=(seat(1, 101),))

    assert len(found.seats) == 2
    assert judge((seat(1, 101),), found).taken


def test_a_search_that_was_stopped_before_a_plan_takes_nobodys_place() -> None:
    assert judge((seat(1),), NO_TIME).taken is False
    assert judge((seat(1),), NO_TIME).gone == ()
    assert judge((), NO_TIME).taken is True


def test_a_visit_that_is_not_allowed_any_more_goes_and_the_others_stay() -> None:
    round = problem(opening(seats=2), guests=(guest(1), guest(2)), forbids=((2, 100),))
    standing = (seat(1), seat(2))

    found = search(round, 5, standing=standing)
    verdict = judge(standing, found)

    assert (verdict.taken, verdict.gone) == (False, (seat(2),))


@pytest.mark.parametrize("gone", [Seat(guest=9, opening=100, start=at(10)), seat(1, 999), seat(1, start=at(11))])
def test_a_visit_of_what_is_not_there_any_more_goes(gone: Seat) -> None:
    assert allowed(problem(opening()), (gone,)) == ()


def test_a_pinned_visit_stays_before_others() -> None:
    round = problem(opening(), guests=(guest(1), guest(2)), pins=(seat(2),))

    assert allowed(round, (seat(1), seat(2))) == (seat(2),)
