"""What a running search says of its best plan so far never takes a step back."""

import pytest

from shadowing.solver import best
from shadowing.solver.problem import Progress, gap
from shadowing.solver.solve import search
from tests.solver.small_rounds import Size, drawn_with_all_rules


def told(progress: Progress) -> tuple[int, float]:
    """How many points are proven in their order, and how near the next one is: what the page makes its sentence of."""
    open_ = [number for number, tier in enumerate(progress.tiers) if tier.value != tier.bound]
    proven = open_[0] if open_ else len(progress.tiers)
    return proven, -progress.gap


@pytest.mark.parametrize("seed", range(12))
def test_the_quality_of_the_best_plan_so_far_only_gets_better(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr(best, "BEAT", 0.0)
    heard: list[Progress] = []

    search(drawn_with_all_rules(seed, Size(people=30, openings=12, guests=25)), 5, heard.append)

    assert [told(one) for one in heard] == sorted(told(one) for one in heard)
    assert [one.tiers[0].value for one in heard] == sorted(one.tiers[0].value for one in heard)
    assert all(gap(one.value, one.bound) >= 0 for progress in heard for one in progress.tiers)
