"""Problems and plans as kept in the database: they come back as they were, and old ones keep their digest."""

import json
from typing import Any

import pytest

from shadowing.solver.codec import WrongValue
from shadowing.solver.problem import Plan, Reason, Seat, Status, Tier, canonical
from shadowing.solver.stored import digest, from_json, plan_from_json, plan_to_json, to_json
from tests.solver.small_rounds import drawn


def test_a_round_survives_its_json() -> None:
    assert from_json(to_json(drawn(3))) == canonical(drawn(3))


def test_a_plan_survives_its_json() -> None:
    plan = Plan(
        status=Status.STOPPED,
        seats=(Seat(guest=1, opening=2, start=3),),
        reasons=(Reason(guest=4, code="no_wish", remedy="wish", facts={"count": 2, "title": "朝会"}),),
        tiers=(Tier(name="guests", value=1, bound=2),),
        gap=0.5,
        seconds=1e-7,
    )

    assert plan_from_json(plan_to_json(plan)) == plan
    assert '"seconds":1e-07,' in plan_to_json(plan)


def test_a_round_keeps_the_digest_that_is_in_the_database() -> None:
    assert digest(drawn(3)) == "50d1475f7d6e5800748791d4daf6219aabaf28321a023f7f4def78f5520212cb"


def test_what_a_later_version_added_is_left_out() -> None:
    stored = json.loads(to_json(drawn(3)))

    assert from_json(json.dumps(stored | {"tomorrow": 1})) == canonical(drawn(3))


@pytest.mark.parametrize("wrong", [{"seed": "7"}, {"zone": None}, {"people": [{"id": 1.5, "department": 2}]}])
def test_a_value_of_the_wrong_type_is_refused(wrong: dict[str, Any]) -> None:
    stored = json.loads(to_json(drawn(3)))

    with pytest.raises(WrongValue):
        from_json(json.dumps(stored | wrong))
