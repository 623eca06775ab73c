"""For everybody without a visit the reason is asked a second time, by the checks that doubt every plan."""

import pytest

from shadowing.solver import instance
from shadowing.solver.construct import NO_CHAINS, fill, unguided
from shadowing.solver.explain import Code, why_not
from shadowing.solver.problem import Problem, Reason
from shadowing.solver.state import State
from tests.long import Portion
from tests.solver.reason_checks import holds
from tests.solver.small_rounds import drawn, drawn_with_all_rules, guest, opening, problem, seat


@pytest.mark.parametrize("seed", range(100))
def test_every_reason_is_true(seed: int) -> None:
    assert untrue(drawn(seed)) + untrue(drawn_with_all_rules(seed)) == []


@pytest.mark.long(slices=20, count=100, sample=50)
def test_every_reason_of_two_thousand_rounds_is_true(portion: Portion) -> None:
    assert portion.failing(lambda seed: untrue(drawn_with_all_rules(seed))) == {}


def untrue(round: Problem) -> list[Reason]:
    state = State(instance.compiled(round))
    fill(state, unguided(state.instance), lambda: None, NO_CHAINS)
    seats = state.instance.seat_tuple(state.seated())
    return [reason for reason in why_not(round, seats) if not holds(round, seats, reason)]


@pytest.mark.parametrize("code", [code for code in Code if code is not Code.FULL])
def test_the_second_look_finds_a_reason_that_is_not_true(code: Code) -> None:
    """A guest whose wish is offered at a free time, with all seats taken by another."""
    round = problem(opening(), guests=(guest(1), guest(2)))

    assert not holds(round, (seat(2),), Reason(guest=1, code=code, remedy=""))
