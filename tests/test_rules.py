"""The rules of a round as folders and forms give them."""

import pytest

from shadowing.errors import Refusal
from shadowing.rules import RoundRules, read_rules


def test_rules_that_are_not_given_have_their_defaults() -> None:
    assert read_rules({"repeat_rounds": 1}) == RoundRules(repeat_rounds=1)


def test_an_unknown_rule_is_refused_with_the_nearest_known_one() -> None:
    with pytest.raises(Refusal) as refusal:
        read_rules({"repeat_round": 1})

    assert str(refusal.value) == "There is no rule “repeat_round”; the nearest is “repeat_rounds”."


@pytest.mark.parametrize(
    "given",
    [
        {"own_boss": 1},
        {"visits_most": "2"},
        {"visits_most": -1},
        {"visits_most": True},
        {"wishes": "always"},
        {"walls": 3},
    ],
)
def test_a_rule_of_the_wrong_kind_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(Refusal):
        read_rules(given)
