"""The `[rules]` of a round: their names, defaults and limits, as folders, forms and the solver know them."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from shadowing.errors import Refusal
from shadowing.solver.problem import Rules

CHOICES = {"wishes": ("require", "prefer"), "reciprocal": ("off", "prefer", "require"), "walls": ("off", "prefer")}


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRules:
    """0 means "no limit" for every `..._most`, and "off" for *repeat_rounds*."""

    own_department: bool = False
    repeat_rounds: int = 2
    own_boss: bool = False
    visits_most: int = 2
    visits_per_week_most: int = 0
    guests_per_week_most: int = 0
    wishes: str = "require"
    away_most: int = 0
    notice_days: int = 3
    maybe_costs: int = 1
    mix_departments: bool = True
    reciprocal: str = "off"
    walls: str = "prefer"

    def for_solver(self) -> Rules:
        return Rules(**{field.name: getattr(self, field.name) for field in fields(Rules)})


def read_rules(given: Mapping[str, Any]) -> RoundRules:
    """Raises Refusal at the first rule that is unknown (naming the nearest), of the wrong kind or out of range."""
    known = {field.name: type(field.default) for field in fields(RoundRules)}
    for name, value in given.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.3)
            raise Refusal(
                "There is no rule “%(name)s”; the nearest is “%(near)s”.", name=name, near=(near or sorted(known))[0]
            )
        _refuse_wrong(name, value, known[name])
    return RoundRules(**given)


def _refuse_wrong(name: str, value: Any, kind: type) -> None:
    if kind is bool and not isinstance(value, bool):
        raise Refusal("The rule “%(name)s” is true or false, not “%(value)s”.", name=name, value=value)
    if kind is int and (isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 999):
        raise Refusal("The rule “%(name)s” is a whole number from 0 to 999, not “%(value)s”.", name=name, value=value)
    if name in CHOICES and value not in CHOICES[name]:
        raise Refusal(
            "The rule “%(name)s” is one of %(choices)s, not “%(value)s”.",
            name=name,
            choices=", ".join(CHOICES[name]),
            value=value,
        )
