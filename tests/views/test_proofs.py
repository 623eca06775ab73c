"""What is said of how good the plan that stands is."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from shadowing.matching import pairings
from shadowing.models import Pairing
from shadowing.solver import problem as p
from shadowing.solver import stored
from tests.views.test_pairings import seated, solved

__all__ = ["seated"]


def plan_of(pairing: Pairing, tiers: tuple[p.Tier, ...], **facts: Any) -> str:
    """The plan that stands."""
    seats = (pairings.seat_of(pairing),)
    plan = p.Plan(status=p.Status.FEASIBLE, seats=seats, reasons=(), tiers=tiers, gap=p.gap_of(tiers), seconds=1.0)
    return stored.plan_to_json(replace(plan, **facts))


def test_how_far_a_plan_may_be_from_the_best_is_said(hr: FlaskClient, session: Session, seated: Pairing) -> None:
    solved(
        seated.guest.round,
        plan=plan_of(seated, _tiers(("guests", 9, 10))),
        status="feasible",
        finished_at=datetime.now(UTC),
    )
    session.commit()

    assert "at most 10.0 % below the best" in hr.get(f"/rounds/{seated.round_id}/pairings").text


def _tiers(*known: tuple[str, int, int]) -> tuple[p.Tier, ...]:
    return tuple(p.Tier(name=name, value=value, bound=bound) for name, value, bound in known)


@pytest.mark.parametrize(
    ("tiers", "facts", "said"),
    [
        (
            _tiers(("guests", 9, 9), ("second_visits", 9, 10)),
            {},
            "No plan gives more guests a visit; this is proven. The next point is at most 10.0 % below the best: second visits.",
        ),
        (
            _tiers(("guests", 9, 9), ("even_load", -9, 0)),
            {},
            "No plan gives more guests a visit; this is proven. Not proven is this finer point: hosts share the guests evenly.",
        ),
        (
            _tiers(("guests", 9, 10)),
            {"cut_after": 7},
            "best possible. The search was cut off after step 7: another run may find another plan.",
        ),
        (
            _tiers(("guests", 9, 10)),
            {"short_of_memory": True},
            "The search ended early for lack of memory: with more, another run may find a better plan.",
        ),
    ],
)
def test_what_is_proven_of_a_plan_is_said_point_by_point(
    hr: FlaskClient, session: Session, seated: Pairing, tiers: tuple[p.Tier, ...], facts: dict[str, Any], said: str
) -> None:
    solved(seated.guest.round, plan=plan_of(seated, tiers, **facts), status="feasible", finished_at=datetime.now(UTC))
    session.commit()

    assert said in hr.get(f"/rounds/{seated.round_id}/pairings").text


def test_a_plan_whose_last_tiers_were_not_reached_is_not_called_nearly_best(
    hr: FlaskClient, session: Session, seated: Pairing
) -> None:
    solved(
        seated.guest.round,
        plan=plan_of(seated, _tiers(("guests", 9, 9))),
        status="feasible",
        finished_at=datetime.now(UTC),
    )
    session.commit()

    text = hr.get(f"/rounds/{seated.round_id}/pairings").text

    assert "There was no time for all finer points." in text
    assert "0.0 %" not in text
