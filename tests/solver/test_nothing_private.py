"""What is shown of a plan tells of no private exclusion: reasons, alternatives and refusals, walked with and without it."""

from dataclasses import replace

import pytest

from shadowing.matching.pairings import BROKEN, SOME_RULE
from shadowing.solver import instance
from shadowing.solver.alternatives import against, alternatives, blocked, neighbourhood
from shadowing.solver.construct import NO_CHAINS, fill, unguided
from shadowing.solver.explain import Code, why_not
from shadowing.solver.problem import Problem, Seat
from shadowing.solver.state import State
from tests.solver.small_rounds import drawn_with_all_rules, guest, opening, problem, seat

SEEDS = [seed for seed in range(160) if drawn_with_all_rules(seed).excluded]


def planned(seed: int) -> tuple[Problem, Problem, tuple[Seat, ...]]:
    """A round with exclusions, the same without them, and a plan that holds in both."""
    round = drawn_with_all_rules(seed)
    state = State(instance.compiled(round))
    fill(state, unguided(state.instance), lambda: None, NO_CHAINS)
    return round, replace(round, excluded=()), state.instance.seat_tuple(state.seated())


@pytest.mark.parametrize("seed", SEEDS)
def test_a_reason_is_the_same_where_somebody_is_excluded_and_where_seats_ran_out(seed: int) -> None:
    round, bare, seats = planned(seed)

    told, otherwise = ({one.guest: one.code for one in why_not(known, seats)} for known in (round, bare))

    assert told.keys() == otherwise.keys()
    differing = {(told[guest], otherwise[guest]) for guest in told if told[guest] != otherwise[guest]}
    assert differing <= {(Code.FULL, Code.PLACE_LEFT)}


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_is_named_who_would_have_to_go_for_an_exclusion_alone(seed: int) -> None:
    round, bare, seats = planned(seed)

    for one in round.guests:
        for choice in alternatives(round, seats, one.person):
            if choice.displaced is not None:
                left = tuple(other for other in seats if other.guest != one.person or other in round.pins)
                assert blocked(bare, left, choice.seat) is not None, choice


@pytest.mark.parametrize("seed", SEEDS[::4])
def test_a_refusal_says_the_same_but_for_one_sentence_that_names_nothing(seed: int) -> None:
    round, bare, seats = planned(seed)
    plans = neighbourhood(round, seats), neighbourhood(bare, seats)

    for one in round.guests:
        for offered in round.openings:
            for start in offered.starts:
                tried = Seat(guest=one.person, opening=offered.id, start=start)
                said, otherwise = ({BROKEN.get(rule, SOME_RULE) for rule in against(plan, tried)} for plan in plans)
                assert said - {SOME_RULE} == otherwise - {SOME_RULE}


def test_a_free_seat_beside_somebody_excluded_is_not_offered_at_their_cost() -> None:
    round = problem(opening(seats=2), guests=(guest(1), guest(2)), excluded=((1, 2),))

    assert alternatives(round, (seat(2),), 1) == []


@pytest.mark.parametrize("sentence", [*BROKEN.values(), SOME_RULE])
def test_no_refusal_speaks_of_exclusions_or_names_anybody(sentence: str) -> None:
    assert ("%(" in sentence, "exclu" in sentence.lower(), "apart" in sentence) == (False, False, False)
