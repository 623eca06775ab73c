"""What is small enough to try every plan: no plan breaks a rule, and none could be better in the order of the tiers."""

from collections.abc import Iterator
from itertools import combinations, product

import pytest

from shadowing.solver.assignment import assign
from shadowing.solver.check import breaches
from shadowing.solver.check_seat import SEAT_CHECKS
from shadowing.solver.problem import Problem, Seat, Status
from shadowing.solver.solve import search
from tests.long import Portion
from tests.solver.brute_force import best, tiers
from tests.solver.small_rounds import (
    TINY,
    at,
    drawn_with_all_rules,
    guest,
    guests_of,
    opening,
    plan,
    problem,
    seat,
)

BEYOND = (283, 398)  # in which HR keeps more visits than their guest or opening would be given


@pytest.mark.parametrize("seed", [*range(60), *BEYOND])
def test_plans_of_small_rounds_are_the_best_there_are(seed: int) -> None:
    assert _falls_short(seed) is None


@pytest.mark.long(slices=20, count=100, sample=100)
def test_plans_of_two_thousand_small_rounds_are_the_best_there_are(portion: Portion) -> None:
    assert portion.failing(_falls_short) == {}


def _falls_short(seed: int) -> str | None:
    """What is wrong with the plan of a tiny round, against trying every plan."""
    round = drawn_with_all_rules(seed, TINY)
    found = search(round, seconds=10)
    if broken := breaches(round, found):
        return f"breaks {broken}"
    said, reached = {tier.name: tier.value for tier in found.tiers}, tiers(round, found.seats)
    if reached != (most := tiers(round, best(round))):
        return f"reaches {reached} where {most} can be"
    if list(said.items()) != list(reached.items()):
        return f"says {said} of what is {reached}"
    return None if found.status is Status.OPTIMAL else f"{found.status}: {found.tiers}"


def test_no_set_of_places_is_better_than_the_plan_said_to_be_the_best() -> None:
    """Without any branch left out, where there are few places."""
    tried = 0
    for seed in range(40):
        round = drawn_with_all_rules(seed, TINY)
        places = list(_places(round))
        if len(places) <= 9:
            tried += len(places) > 3
            sets = (plan(*round.pins, *some) for size in range(len(places) + 1) for some in combinations(places, size))
            values = [list(tiers(round, one.seats).values()) for one in sets if not breaches(round, one)]
            assert list(tiers(round, best(round)).values()) == max(values), seed
    assert tried > 4


def _places(round: Problem) -> Iterator[Seat]:
    """Of each guest, which are not pinned and which no rule is against alone."""
    for one, offered in product(round.guests, round.openings):
        for start in offered.starts:
            place = Seat(guest=one.person, opening=offered.id, start=start)
            alone = assign(round, (place,))
            if place not in round.pins and not any(any(check(alone)) for check in SEAT_CHECKS):
                yield place


@pytest.mark.parametrize("seed", range(20))
def test_no_plan_of_a_drawn_round_breaks_a_rule(seed: int) -> None:
    assert _breaks(seed) == []


@pytest.mark.long(slices=20, count=100, sample=100)
def test_no_plan_of_two_thousand_drawn_rounds_breaks_a_rule(portion: Portion) -> None:
    assert portion.failing(_breaks) == {}


def _breaks(seed: int) -> list[str]:
    round = drawn_with_all_rules(seed)
    return breaches(round, search(round, seconds=10))


def test_nobody_joins_a_pinned_visit_at_a_time_that_is_not_offered() -> None:
    pin = seat(1, start=at(8))
    round = problem(opening(starts=(), fixed=False, seats=2), guests=(guest(1), guest(2)), pins=(pin,))

    assert search(round, seconds=5).seats == (pin,)


def test_others_join_a_pinned_session_that_is_one_more_than_a_week_allows() -> None:
    round = problem(opening(seats=3, most_per_week=0), guests=map(guest, (1, 2, 3)), pins=(seat(1),))

    found = search(round, seconds=5)

    assert (found.status, guests_of(found)) == (Status.OPTIMAL, [1, 2, 3])
