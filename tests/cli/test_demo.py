"""The sample company: its round is solved where it is made, and the board says what is proven."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from shadowing.cli import demo
from shadowing.extensions import db
from shadowing.matching import board
from shadowing.solver import stored
from shadowing.views.proofs import quality


@pytest.mark.slow
def test_the_plan_of_the_sample_company_is_proven_and_the_board_says_so(app: Flask, session: Session) -> None:
    round = demo.fill(datetime.now(UTC))
    solve = db.session.scalars(board.last_solve(round)).one()

    tiers = stored.plan_from_json(str(solve.plan)).tiers
    with app.test_request_context(headers={"Accept-Language": "en"}):
        said = quality(solve, round)

    assert solve.status == "optimal"
    assert {tier.name: tier.value - tier.bound for tier in tiers} == dict.fromkeys((tier.name for tier in tiers), 0)
    assert said == "This is the best plan possible; it is proven."
