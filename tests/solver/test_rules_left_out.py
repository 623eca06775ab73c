"""The search without one of its rules: what it then gives is found by the check of the same name. No rule is there in vain,
and no check is blind."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from shadowing.solver import check, check_seat, objectives
from shadowing.solver.check import CHECKS
from shadowing.solver.problem import Problem, Rules
from shadowing.solver.solve import search
from tests.solver.small_rounds import AWAY, at, guest, opening, problem, seat
from tests.solver.test_constraints import BROKEN

LATER, LATEST = at(10, 1), at(10, 7)
TWO = (guest(1), guest(2))
NO_MIX = Rules(mix_departments=False)
# Where a simpler search than that of the whole model, or another rule, would not hide that the rule is missing.
TELLING: dict[str, Problem] = {
    "pins_stay": problem(
        opening(starts=(LATER,)),
        opening(101, (51,)),
        guests=(guest(1, visits=2),),
        rules=Rules(visits_per_week_most=1),
        pins=(seat(start=LATER),),
    ),
    "seats_hold": problem(opening(starts=(at(10), LATER)), guests=TWO, rules=NO_MIX),
    "visits_hold": problem(opening(), opening(101, (51,), (LATER,), department=3), guests=(guest(1, AWAY, 3),)),
    "sessions_hold": problem(opening(starts=(at(10), LATER, LATEST), most_per_week=1), guests=TWO, rules=NO_MIX),
    "hosts_rest": problem(
        opening(starts=(at(10), LATEST), seats=2), guests=TWO, rules=replace(NO_MIX, guests_per_week_most=1)
    ),
    "hosts_are_met_once": problem(
        opening(),
        opening(101, starts=(LATER,)),
        opening(102, (51,), department=3),
        guests=(guest(1, visits=2), guest(2, 3, AWAY)),
    ),
}
ROUNDS = {rule: round for rule, round, _, _ in BROKEN} | TELLING
# Nobody can visit themselves without being in two places: that rule alone is never missed.
AS_WELL = {"nobody_visits_themselves": "one_place_at_a_time"}


# Rules that are no row or mask alone, but how the round is compiled: a search of the round without them stands for that.
COMPILED: dict[str, Problem] = {
    "wishes_are_granted": replace(ROUNDS["wishes_are_granted"], rules=Rules(wishes="prefer")),
    "pins_stay": replace(ROUNDS["pins_stay"], pins=()),
    "visits_hold": replace(ROUNDS["visits_hold"], guests=(guest(1, AWAY, 3, visits=9),), rules=Rules(visits_most=0)),
}


@pytest.mark.parametrize("rule", [check.__name__ for check in CHECKS if check.__name__ not in COMPILED])
def test_a_rule_that_is_left_out_is_found_by_its_twin(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    leave_out(rule, monkeypatch)
    if rule in AS_WELL:
        leave_out(AS_WELL[rule], monkeypatch)
    # even load counts every guest of a host once, which is that rule again
    monkeypatch.setattr(
        objectives, "_most_guests", lambda model, seat, owner, count: np.bincount(owner, minlength=count)
    )

    with pytest.raises(AssertionError, match=f"['\"]{rule}: "):
        search(ROUNDS[rule], seconds=5)


@pytest.mark.parametrize("rule", COMPILED)
def test_a_plan_of_a_round_without_a_rule_is_found_by_the_twin_of_that_rule(rule: str) -> None:
    found = search(COMPILED[rule], seconds=5)

    assert any(sentence.startswith(f"{rule}: ") for sentence in check.breaches(ROUNDS[rule], found))


def leave_out(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Out of every table that lists it; a rule of the clock that is in none says yes to everything."""
    listed = [(module, name, table) for module, name, table in _tables() if any(one.__name__ == rule for one in table)]
    for module, name, table in listed:
        monkeypatch.setattr(module, name, tuple(one for one in table if one.__name__ != rule))
    asked = [] if listed else [module for module in _modules() if _is_rule(vars(module).get(rule))]
    for module in asked:
        monkeypatch.setattr(module, rule, _always)
    assert listed or asked, f"the search has no rule {rule}"


def _modules() -> list[ModuleType]:
    return [module for name, module in sys.modules.items() if name.startswith("shadowing.solver.")]


def _is_rule(value: object) -> bool:
    """Of the search: not of the checks, which other modules import too."""
    return isinstance(value, FunctionType) and value.__module__ not in (check.__name__, check_seat.__name__)


def _tables() -> Iterator[tuple[ModuleType, str, tuple[FunctionType, ...]]]:
    for module in _modules():
        for name, value in vars(module).items():
            if isinstance(value, tuple) and all(map(_is_rule, value)):
                yield module, name, value


def _always(roster: Any, windows: Any, level: int = 1) -> NDArray[np.bool_]:
    """Yes for each slot, or for each guest and window."""
    slots = getattr(windows, "start", None)
    size = (len(roster.guests), len(windows.begin)) if slots is None else (len(slots),)
    return np.ones(size, dtype=bool)
