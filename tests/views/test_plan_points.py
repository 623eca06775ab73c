"""What the board calls the points of a plan: each tier of the solver has a name in both languages."""

import pytest
from flask import Flask

from shadowing.solver.objectives import objectives
from shadowing.solver.problem import Problem, Rules
from shadowing.views.proofs import points


@pytest.mark.parametrize("locale", ["en", "ja"])
def test_every_point_of_a_plan_has_a_name(app: Flask, locale: str) -> None:
    everything = Problem(zone="UTC", earliest=0, people=(), guests=(), openings=(), rules=Rules(reciprocal="prefer"))

    with app.test_request_context(headers={"Accept-Language": locale}):
        names = points()

    assert list(names) == [tier.__name__ for tier in objectives(everything)]
    assert len(set(names.values())) == len(names)
