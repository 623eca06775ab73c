"""What a guest could take instead is found from what lies near them alone: the same as from the whole round."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from shadowing.solver import instance
from shadowing.solver.alternatives import alternatives, neighbourhood
from shadowing.solver.assignment import assign
from shadowing.solver.check import CHECKS
from shadowing.solver.problem import Problem, Seat
from tests.solver.small_rounds import at, drawn, drawn_with_all_rules, guest, opening, problem, seat
from tests.solver.test_explain import filled

Found = tuple[Seat, Seat | None]


def whole(round: Problem, seats: tuple[Seat, ...], person: int) -> list[Found]:
    """The same question put to every rule about every seat, at every start of every opening."""
    mine = {one for one in seats if one.guest == person and one not in round.pins}
    others = tuple(one for one in seats if one not in mine)
    free: list[Found] = []
    dear: list[Found] = []
    for choice in everywhere(round, person):
        if len(free) == 5 or choice in mine or choice.opening in {one.opening for one, _ in free}:
            continue
        broken = against(round, others, choice)
        if not broken:
            free.append((choice, None))
        elif len(dear) < 5 and "excluded_never_side_by_side" not in broken:
            loser = next(
                (one for one in rivals(round, others, choice) if not against(round, others, choice, one)), None
            )
            dear += [(choice, loser)] if loser else []
    taken = {one.opening for one, _ in free}
    return [*free, *(pair for pair in dear if pair[0].opening not in taken)][:5]


def against(round: Problem, others: tuple[Seat, ...], choice: Seat, gone: Seat | None = None) -> set[str]:
    before = assign(round, [one for one in others if one != gone])
    after = before.having((*before.seats, choice))
    return {check.__name__ for check in CHECKS if set(check(after)) - set(check(before))}


def rivals(round: Problem, others: tuple[Seat, ...], choice: Seat) -> list[Seat]:
    there = [one for one in others if (one.opening, one.start) == (choice.opening, choice.start)]
    weight = {one.person: one.weight for one in round.guests}
    return sorted(set(there) - set(round.pins), key=lambda one: (weight[one.guest], one.guest))


def everywhere(round: Problem, person: int) -> Iterator[Seat]:
    compiled = instance.compiled(round)
    seats = instance.columns(compiled)
    row = compiled.roster.row[person]
    fits, maybe = compiled.pairs.points[seats.pair], ~compiled.sure[seats.guest, compiled.clock.of_slot[seats.slot]]
    found = [
        (-int(fits[number]), bool(maybe[number]), place.start, place.opening, place)
        for number in np.flatnonzero((seats.guest == row) & ~seats.held).tolist()
        for place in [compiled.seat(row, int(seats.slot[number]))]
    ]
    return (one[-1] for one in sorted(found, key=lambda one: one[:4]))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("draw", [drawn, drawn_with_all_rules])
def test_alternatives_are_those_of_the_full_computation(draw: Callable[[int], Problem], seed: int) -> None:
    round = draw(seed)
    seats = filled(round).instance.seat_tuple(filled(round).seated())

    for one in round.guests:
        found = alternatives(round, seats, one.person)
        assert [(choice.seat, choice.displaced) for choice in found] == whole(round, seats, one.person)


def test_whoever_makes_room_is_offered_the_place_that_is_given_up() -> None:
    openings = opening(100), opening(101, (51,), (at(14),), department=3)
    round = problem(*openings, guests=(guest(1, 3, 2), guest(2, 3, 2)))
    seats = seat(1, 100), seat(2, 101, at(14))

    (found,) = alternatives(round, seats, 1)

    assert (found.displaced, found.swapped) == (seats[1], seats[0])


def test_no_swap_is_offered_to_whom_the_other_place_is_closed() -> None:
    openings = opening(100), opening(101, (51,), (at(14),), department=3)
    round = problem(*openings, guests=(guest(1, 3, 2), guest(2, 3)))

    (found,) = alternatives(round, (seat(1, 100), seat(2, 101, at(14))), 1)

    assert (found.displaced, found.swapped) == (seat(2, 101, at(14)), None)


def test_nobody_is_named_as_the_one_to_make_room_where_a_private_rule_stands_against_the_seat() -> None:
    round = problem(opening(seats=2), guests=(guest(1), guest(2)), excluded=((1, 2),))

    assert alternatives(round, (seat(2),), 1) == []


def test_a_second_visit_is_looked_for_beside_the_first() -> None:
    openings = opening(100), opening(101, (51,), (at(14),))
    round = problem(*openings, guests=(guest(1, visits=2),))

    (found,) = alternatives(round, (seat(1),), 1, gives_up=())

    assert found.seat == seat(1, 101, at(14))
    assert not neighbourhood(round, (seat(1),)).broken(found.seat)
    assert alternatives(replace(round, guests=(guest(1),)), (seat(1),), 1, gives_up=()) == []
