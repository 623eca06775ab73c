"""What a network says of a round is never less than what the best plan has, read in the order of the tiers."""

import pytest

from shadowing.solver.bounds import LARGEST, flow
from shadowing.solver.instance import compiled
from tests.solver.brute_force import best, tiers
from tests.solver.small_rounds import TINY, drawn_with_all_rules


@pytest.mark.parametrize("largest", [LARGEST, 0])
@pytest.mark.parametrize("seed", range(40))
def test_no_plan_is_better_than_the_network_says(seed: int, largest: int) -> None:
    round = drawn_with_all_rules(seed, TINY)
    reached = tiers(round, best(round))

    most = flow(compiled(round), largest=largest).most

    assert list(most) == ["guests", "second_visits", "further_visits", "goals"][: len(most)]
    assert [reached[name] for name in most] <= list(most.values())


def test_numbers_that_grow_too_large_leave_the_network_with_the_first_and_second_visits() -> None:
    for seed in range(40):
        instance = compiled(drawn_with_all_rules(seed, TINY))
        all_, few = flow(instance).most, flow(instance, largest=0).most
        assert few.items() <= all_.items()
