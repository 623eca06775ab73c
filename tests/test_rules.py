"""The rules of a round as folders and forms give them."""

import pytest

from shadowing.rules import NAMES, RoundRules
from shadowing.typed import Mistakes, read, unknown


def test_rules_that_are_not_given_have_their_defaults() -> None:
    assert read(RoundRules, {"repeat_rounds": 1}) == RoundRules(repeat_rounds=1)


def test_rules_are_read_as_a_form_or_a_file_says_them() -> None:
    typed = {"own_boss": "はい", "visits_most": "３", "wishes": "Prefer"}

    assert read(RoundRules, typed) == read(RoundRules, {"own_boss": True, "visits_most": 3, "wishes": "prefer"})


def test_an_unknown_rule_is_refused_with_the_nearest_known_one() -> None:
    wrong = unknown({"repeat_round": 1}, NAMES)

    assert [str(refusal) for refusal in wrong.values()] == [
        "There is no key “repeat_round”. Did you mean “repeat_rounds”?"
    ]


@pytest.mark.parametrize(
    ("rule", "value", "sentence"),
    [
        ("own_boss", 7, "“7” is neither yes nor no."),
        ("own_boss", [True, False], "“true;false” is neither yes nor no."),
        ("visits_most", "two", "“two” is not a whole number from 0 to 999."),
        ("visits_most", 1000, "“1000” is not a whole number from 0 to 999."),
        ("visits_most", True, "“true” is not a whole number from 0 to 999."),
        ("visits_most", 2.5, "“2.5” cannot stand here."),
        ("wishes", "always", "“always” is not one of: require, prefer."),
        ("walls", {"off": True}, "“{'off': True}” cannot stand here."),
    ],
)
def test_a_rule_of_the_wrong_kind_is_refused(rule: str, value: object, sentence: str) -> None:
    with pytest.raises(Mistakes) as refusal:
        read(RoundRules, {rule: value, "notice_days": -1})

    assert {name: str(mistake) for name, mistake in refusal.value.by_field.items()} == {
        "notice_days": "“-1” is not a whole number from 0 to 999.",
        rule: sentence,
    }
