"""After publishing: who lost a visit is seated again, first while nobody else moves, then while as few as can be do."""

import random
from collections import defaultdict
from dataclasses import replace
from functools import cache

import pytest

from shadowing.solver.check import breaches
from shadowing.solver.frontier import Frontier
from shadowing.solver.problem import Problem, Seat
from shadowing.solver.repair import Leeway, repair
from shadowing.solver.solve import search
from shadowing.solver.standing import allowed
from tests.long import Portion
from tests.solver.small_rounds import AWAY, at, drawn, drawn_with_all_rules, guest, opening, plan, problem, seat

Loss = tuple[Problem, tuple[Seat, ...]]


def loss(seed: int) -> Loss:
    """A round that has lost an opening or two, or a start of each, and the plan that stood before."""
    dice = random.Random(seed)  # noqa: S311
    round = dice.choice([drawn, drawn_with_all_rules])(seed)
    seats = search(round, 10).seats
    used = sorted({one.opening for one in seats}) or [0]
    gone = set(dice.sample(used, min(len(used), dice.randint(1, 2))))
    pins = tuple(pin for pin in round.pins if pin.opening not in gone)
    return replace(round, openings=tuple(one for one in round.openings if one.id not in gone), pins=pins), seats


@pytest.mark.parametrize("seed", range(60))
def test_as_many_are_seated_as_can_be_while_nobody_else_moves(seed: int) -> None:
    assert _wrong(seed) is None


@pytest.mark.long(slices=20, count=100, sample=100)
def test_two_thousand_frontiers_hold_what_they_say(portion: Portion) -> None:
    assert portion.failing(_wrong) == {}


def _wrong(seed: int) -> str | None:
    """What is wrong with a frontier, against trying every place of everybody concerned."""
    round, seats = loss(seed)
    found = repair(round, seats, ())
    staying = allowed(round, seats)
    first = found.options[0]
    if any(breaches(round, plan(*option.seats)) for option in found.options):
        return "breaks a rule"
    if round.rules.reciprocal != "require" and first.seated != (most := _most(round, staying, found.concerned)):
        return f"seats {first.seated} where {most} can be"
    if first.moved or not first.seated <= first.bound <= len(found.concerned):
        return f"says {first}"
    return _moves_others(found, staying)


def _moves_others(found: Frontier, staying: tuple[Seat, ...]) -> str | None:
    """Whoever moves is named and keeps as many visits; those concerned keep what they have."""
    before = _by_guest(staying)
    for option in found.options:
        after = _by_guest(option.seats)
        moved = {one for one in before.keys() - set(found.concerned) if before[one] != after[one]}
        if moved != set(option.moved) or any(len(before[one]) != len(after[one]) for one in moved):
            return f"moves {moved}, says {option.moved}"
        if any(not before[one] <= after[one] for one in found.concerned):
            return "takes a visit from somebody concerned"
    points = [(len(option.moved), option.seated) for option in found.options]
    return None if points == sorted(set(points)) else f"no frontier: {points}"


def _by_guest(seats: tuple[Seat, ...]) -> defaultdict[int, set[Seat]]:
    groups: defaultdict[int, set[Seat]] = defaultdict(set)
    for one in seats:
        groups[one.guest].add(one)
    return groups


def _most(round: Problem, staying: tuple[Seat, ...], concerned: tuple[int, ...]) -> int:
    """How many of the concerned can have a visit beside what stays: every place of every one of them is tried."""
    waiting = [one for one in concerned if not any(one == had.guest for had in staying)]
    places = [(offered.id, start) for offered in round.openings for start in offered.starts]

    @cache
    def sound(seats: tuple[Seat, ...]) -> bool:
        return not breaches(round, plan(*seats))

    def seated(number: int, seats: tuple[Seat, ...]) -> int:
        if number == len(waiting):
            return 0
        best = seated(number + 1, seats)
        for place, start in places:
            if best == len(waiting) - number:
                break
            grown = (*seats, Seat(guest=waiting[number], opening=place, start=start))
            if sound(grown):
                best = max(best, 1 + seated(number + 1, grown))
        return best

    return len(concerned) - len(waiting) + seated(0, staying)


def test_the_frontier_tells_what_moving_one_person_gains() -> None:
    """Guest 1 could only take guest 2's place, and guest 2 could sit elsewhere."""
    round = problem(opening(100), opening(101, (51,), department=3), guests=(guest(1), guest(2, AWAY, 3)))

    found = repair(round, (seat(2, 100),), (1,))

    assert [(option.moved, option.seated, option.bound) for option in found.options] == [((), 0, 0), ((2,), 1, 1)]
    assert found.options[1].seats == (seat(1, 100), seat(2, 101))


def test_a_second_visit_moves_nobody() -> None:
    round = problem(
        opening(100),
        opening(101, (51,), (at(12),)),
        opening(102, (52,), (at(12),), department=3),
        guests=(guest(1, visits=2), guest(2, AWAY, 3)),
    )

    found = repair(round, (seat(1, 100), seat(2, 101, at(12))), (1,))

    assert [option.seats for option in found.options] == [(seat(1, 100), seat(2, 101, at(12)))]


def test_whoever_joins_gets_a_free_place_and_whoever_has_left_frees_one() -> None:
    round = problem(opening(), guests=(guest(2),))

    found = repair(round, (seat(1),), (2,))

    assert (found.concerned, found.gone) == ((2,), (seat(1),))
    assert found.options[0].seats == (seat(2),)


def test_a_new_pin_takes_the_place_of_somebody_who_is_seated_again() -> None:
    round = problem(opening(100), opening(101, (51,)), guests=(guest(1), guest(2)), pins=(seat(2, 100),))

    found = repair(round, (seat(1, 100), seat(2, 101)), ())

    assert found.concerned == (1,)
    assert found.options[0].seats == (seat(1, 101), seat(2, 100))


def test_no_more_people_move_than_they_may() -> None:
    round = problem(opening(100), opening(101, (51,), department=3), guests=(guest(1), guest(2, AWAY, 3)))

    found = repair(round, (seat(2, 100),), (1,), Leeway(others=0))

    assert [option.moved for option in found.options] == [()]


def test_the_concerned_may_be_given_other_times_where_hr_says_so() -> None:
    """Guest 1 has lost a visit and kept one at ten; only at ten could they have the other, and the kept one at twelve too."""
    round = problem(
        opening(100, starts=(at(10), at(12))), opening(101, (51,), department=3), guests=(guest(1, AWAY, 3, visits=2),)
    )
    stood = (seat(1, 100), seat(1, 102, at(14)))

    assert len(repair(round, stood, (1,)).options[0].seats) == 1
    assert len(repair(round, stood, (1,), Leeway(own=True)).options[0].seats) == 2


@pytest.mark.parametrize("seed", [*range(30), 454, 467, 1146, 1194])
def test_other_times_leave_nobody_with_less_than_they_kept(seed: int) -> None:
    round, seats = loss(seed)
    staying = _by_guest(allowed(round, seats))

    found = repair(round, seats, (), Leeway(own=True))

    for option in found.options:
        after = _by_guest(option.seats)
        assert breaches(round, plan(*option.seats)) == []
        assert [one for one in found.concerned if len(after[one]) < len(staying[one])] == []


def test_whoever_moves_with_two_visits_frees_two_places() -> None:
    """Guest 3 sits where the guests 1 and 2 could, twice, and could sit elsewhere."""
    fixed = [opening(100), opening(101, (51,), (at(12),)), opening(102, (52,), department=3)]
    fixed.append(opening(103, (53,), (at(12),), department=3))
    round = problem(*fixed, guests=(guest(1), guest(2), guest(3, AWAY, 3, visits=2)))

    found = repair(round, (seat(3, 100), seat(3, 101, at(12))), (1, 2))

    last = found.options[-1]
    assert (last.moved, last.seated) == ((3,), 2)
    assert all(option.seated <= option.bound for option in found.options)


@pytest.mark.parametrize("seed", range(6))
def test_the_same_loss_is_mended_the_same_way(seed: int) -> None:
    round, seats = loss(seed)

    assert repair(round, seats, ()) == repair(round, seats, ())
