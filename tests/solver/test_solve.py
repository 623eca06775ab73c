"""What a plan promises: sound, the best there is, and the same each time."""

import random
import subprocess
import sys
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadowing.solver import best
from shadowing.solver.check import breaches
from shadowing.solver.flaw import Contradiction
from shadowing.solver.objectives import objectives
from shadowing.solver.problem import (
    Opening,
    OpeningKind,
    Plan,
    Problem,
    Progress,
    Seat,
    Span,
    Status,
    Tier,
)
from shadowing.solver.solve import search
from shadowing.solver.stored import digest, plan_to_json, to_json
from tests.long import Portion
from tests.solver.small_rounds import AWAY, HOME, at, drawn, guest, guests_of, opening, person, problem, seat
from tests.solver.solving import solve


def _without_time(plan: Plan) -> str:
    return plan_to_json(replace(plan, seconds=0.0))


@settings(max_examples=40, deadline=None, derandomize=True, print_blob=True)
@given(st.integers(min_value=0, max_value=10**6))
def test_no_plan_breaks_a_rule(seed: int) -> None:
    round = drawn(seed)

    assert breaches(round, solve(round, seconds=10)) == []


@pytest.mark.slow
@pytest.mark.parametrize("block", range(10))
def test_none_of_a_thousand_plans_breaks_a_rule(block: int) -> None:
    for seed in range(block * 100, block * 100 + 100):
        round = drawn(seed)
        assert breaches(round, solve(round, seconds=10)) == [], seed


@pytest.mark.parametrize("seed", range(12))
def test_a_pinned_plan_comes_back_as_it_is(seed: int) -> None:
    round = drawn(seed)
    found = solve(round, seconds=10)

    again = solve(replace(round, pins=found.seats, rules=replace(round.rules, own_boss=False)), seconds=10)

    assert set(found.seats) <= set(again.seats)


@pytest.mark.parametrize("seed", range(25))
def test_no_more_guests_can_be_seated_than_are(seed: int) -> None:
    assert _fewer_than_can_be(seed) is None


@pytest.mark.long(slices=20, count=500, sample=100)
def test_no_more_guests_can_be_seated_than_are_in_ten_thousand_rounds(portion: Portion) -> None:
    assert portion.failing(_fewer_than_can_be) == {}


def _fewer_than_can_be(seed: int) -> str | None:
    """What is wrong with the number of guests seated, against trying every plan."""
    round = _tiny(seed)
    found, most = solve(round, seconds=10), _most_guests(round)
    sound = found.status is Status.OPTIMAL and found.tiers[0].value == most
    return None if sound else f"{found.status}: {found.tiers[0].value} seated where {most} can be"


def _tiny(seed: int) -> Problem:
    """Drawn, but small enough to try every plan."""
    round = drawn(seed)
    openings = tuple(replace(one, starts=one.starts[:2]) for one in round.openings[:4])
    rules = replace(round.rules, visits_most=1)
    forbids = tuple(pair for pair in round.forbids if pair[1] in {one.id for one in openings})
    return replace(round, openings=openings, rules=rules, guests=round.guests[:5], forbids=forbids)


def _most_guests(round: Problem) -> int:
    """By trying: every guest at each place or at none; whoever is sound alone may be unsound together."""
    slots = [(one.id, start) for one in round.openings for start in one.starts]
    best = 0
    reciprocal = replace(round, rules=replace(round.rules, reciprocal="off"))

    @cache
    def sound(seats: tuple[Seat, ...]) -> bool:
        return not breaches(reciprocal, _plan(seats))

    def grow(number: int, seats: tuple[Seat, ...], weight: int) -> None:
        nonlocal best
        if number == len(round.guests):
            best = max(best, weight if not breaches(round, _plan(seats)) else 0)
            return
        one = round.guests[number]
        grow(number + 1, seats, weight)
        for place, start in slots:
            grown = (*seats, Seat(guest=one.person, opening=place, start=start))
            if sound(grown):
                grow(number + 1, grown, weight + one.weight)

    grow(0, (), 0)
    return best


def _plan(seats: tuple[Seat, ...]) -> Plan:
    return Plan(status=Status.FEASIBLE, seats=seats, reasons=(), tiers=(), gap=0, seconds=0)


@pytest.mark.slow
def test_the_same_round_gives_the_same_plan_in_another_process() -> None:
    round = drawn(77)
    code = (
        "import sys; from dataclasses import replace; from tests.solver.solving import solve;"
        "from shadowing.solver.stored import from_json, plan_to_json;"
        "print(plan_to_json(replace(solve(from_json(sys.stdin.read()), 10), seconds=0.0)))"
    )

    others = [
        subprocess.run(
            [sys.executable, "-c", code], input=to_json(round), capture_output=True, text=True, check=True
        ).stdout.strip()
        for _ in range(2)
    ]

    assert [_without_time(solve(round, 10))] * 2 == others


@pytest.mark.long(slices=10, count=1, sample=1)
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_busy_machine_finds_the_same_plan_or_says_that_the_clock_cut(portion: Portion) -> None:
    assert portion.failing(_differs_under_load) == {}


def _differs_under_load(seed: int) -> str | None:
    """Solve a round once alone and once beside eight processes that only count."""
    round = replace(sixty(), seed=seed)
    alone = search(round, 60)
    rivals = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(8)]
    try:
        busy = search(round, 60)
    finally:
        for rival in rivals:
            rival.kill()
            rival.wait()
    if alone.cut_after is None and busy.cut_after is None and alone.seats != busy.seats:
        return "another plan, and nobody said that the clock had cut"
    return None


@pytest.mark.parametrize("seed", range(8))
def test_the_order_of_import_changes_nothing(seed: int) -> None:
    round = drawn(seed)
    shuffled = _shuffled(round, seed)

    assert shuffled != round
    assert digest(shuffled) == digest(round)
    assert _without_time(solve(shuffled, 10)) == _without_time(solve(round, 10))


def _shuffled(round: Problem, seed: int) -> Problem:
    dice = random.Random(seed)  # noqa: S311

    def mixed(things: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(dice.sample(things, len(things)))

    return replace(
        round,
        people=mixed(round.people),
        guests=mixed(round.guests),
        openings=mixed(round.openings),
        past=mixed(round.past),
        forbids=mixed(round.forbids),
    )


def test_whoever_was_left_out_last_time_goes_first() -> None:
    rivals = (guest(1), guest(2, weight=2), guest(3))

    assert guests_of(solve(problem(opening(), guests=rivals), 5)) == [2]


def test_nobody_gets_two_before_everybody_who_can_has_one() -> None:
    openings = (opening(100), opening(101, (51,), (at(12),)))

    found = solve(problem(*openings, guests=(guest(1, visits=2), guest(2, visits=2))), 5)

    assert guests_of(found) == [1, 2]


def test_a_department_never_met_comes_before_the_first_wish() -> None:
    openings = (opening(100), opening(101, (51,), department=3))

    found = solve(problem(*openings, guests=(guest(1, AWAY, 3),), met=((HOME, AWAY),)), 5)

    assert [seat.opening for seat in found.seats] == [101]


def test_two_goals_met_by_one_opening_both_count() -> None:
    openings = (opening(100, department=2), opening(101, (51,), department=3, topics=("sql",)))
    wishes = (*guest(1, 2, 3).wishes, replace(guest(1).wishes[0], rank=2, department=None, topic="sql"))

    found = solve(problem(*openings, guests=(guest(1, wishes=wishes),)), 5)

    assert [seat.opening for seat in found.seats] == [101]


def test_hosts_share_the_guests() -> None:
    openings = (opening(100, seats=4), opening(101, (51,), seats=4))

    found = solve(problem(*openings, guests=map(guest, range(1, 5))), 5)

    assert sorted(seat.opening for seat in found.seats) == [100, 100, 101, 101]


def test_yes_comes_before_if_need_be() -> None:
    free = (Span(at(9), at(12), 1), Span(at(13), at(17), 2))

    found = solve(problem(opening(starts=(at(10), at(14))), people=(person(1, free=free),)), 5)

    assert [seat.start for seat in found.seats] == [at(14)]


def test_guests_of_one_session_come_from_different_departments_where_they_can() -> None:
    people = [person(1), person(2), person(3, 4), person(4, 4)]
    openings = (opening(100, seats=2), opening(101, seats=2, starts=(at(12),)))

    found = solve(problem(*openings, guests=map(guest, range(1, 5)), people=people), 5)

    rooms = [{seat.guest for seat in found.seats if seat.opening == room} for room in (100, 101)]
    assert sorted(map(len, rooms)) == [2, 2]
    assert {1, 2} not in rooms


def test_a_lot_decides_between_equals_and_another_seed_draws_another() -> None:
    round = problem(opening(), guests=map(guest, range(1, 20)))

    winners = {guests_of(solve(replace(round, seed=seed), 5))[0] for seed in range(6)}

    assert len(winners) > 2


def test_a_problem_that_cannot_be_right_is_not_searched() -> None:
    round = problem(opening(), opening(101, (51,)), guests=map(guest, (1, 2, 3)), pins=(seat(1), seat(2), seat(3, 101)))

    with pytest.raises(Contradiction) as wrong:
        solve(round, 5)

    assert [flaw.people for flaw in wrong.value.flaws] == [(1, 2)]
    assert wrong.value.pins in ((seat(1),), (seat(2),))


def test_an_empty_round_has_an_empty_plan() -> None:
    found = solve(problem(guests=()), 5)

    assert (found.status, found.seats, found.gap) == (Status.OPTIMAL, (), 0.0)
    assert found.tiers == tuple(Tier(name=wish.__name__, value=0, bound=0) for wish in objectives(problem()))


def test_progress_tells_who_is_matched_and_stopping_keeps_the_best_plan() -> None:
    told: list[Progress] = []

    found = solve(sixty(), 30, told.append, stop=lambda: bool(told))

    assert found.status is Status.STOPPED
    assert [state.guests for state in told] == [60]
    assert len(guests_of(found)) >= told[0].matched


def test_what_is_told_meanwhile_only_gets_better(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Progress] = []
    monkeypatch.setattr(best, "BEAT", 0.0)

    found = search(sixty(), 60, told.append)

    reached = [tuple(tier.value for tier in state.tiers) for state in told]
    assert reached == sorted(reached)
    assert all(tier.value <= tier.bound for state in told for tier in state.tiers)
    bounds = [state.tiers[0].bound for state in told]
    assert bounds == sorted(bounds, reverse=True)
    assert [state.seconds for state in told] == sorted(state.seconds for state in told)
    assert reached[-1] <= tuple(tier.value for tier in found.tiers)


@pytest.mark.slow
def test_sixty_guests_for_too_few_seats_are_proven_within_seconds() -> None:
    found = solve(sixty(), 60)

    assert found.tiers[0] == Tier(name="guests", value=48, bound=48)
    assert found.status is Status.OPTIMAL


def sixty() -> Problem:
    """Sixty people, scarce places: weekly meetings and desks that are free a third of the time."""
    dice = random.Random(60)  # noqa: S311
    halves = [
        Span(at(hour, week * 7 + day), at(hour + 4, week * 7 + day), dice.choice([1, 2, 2]))
        for week in range(4)
        for day in range(5)
        for hour in (9, 13)
    ]
    people = [person(number, number % 6, free=tuple(sorted(dice.sample(halves, 13)))) for number in range(1, 61)]
    desks = [_desk(dice, 200 + host, people[host - 1].free, host) for host in range(1, 5)]
    meetings = [
        opening(
            300 + host,
            (host,),
            [at(10 + host % 5, week * 7 + host % 5) for week in range(4)],
            department=host % 6,
            seats=2,
        )
        for host in range(16, 19)
    ]
    guests = [
        guest(number, *dice.sample([one for one in range(6) if one != number % 6], 3), visits=dice.choice([1, 1, 2]))
        for number in range(1, 61)
    ]
    return problem(*desks, *meetings, guests=guests, people=people)


def _desk(dice: random.Random, id: int, free: tuple[Span, ...], host: int) -> Opening:
    starts = [start for span in free for start in range(span.start, span.end - 89, 30)]
    return opening(
        id,
        (host,),
        starts,
        department=host % 6,
        fixed=False,
        kind=OpeningKind.DESK,
        minutes=90,
        seats=dice.choice([1, 2]),
        most_per_week=1,
    )
