"""Very large rounds in parts: what is lost is counted, and the plans of the parts are a plan of the whole."""

from dataclasses import replace

import pytest

from shadowing.solver.check import breaches
from shadowing.solver.problem import Problem
from shadowing.solver.solve import search
from shadowing.solver.split import split, together
from tests.solver.small_rounds import drawn, guest, opening, person, plan, problem, seat


def solved_apart(round: Problem, most: int) -> tuple[int, int, list[str]]:
    """How many guests count in the parts together, how many could at most, and what is broken."""
    shards = split(round, most)
    plans = [search(part, 10) for part in shards.parts]
    whole = plan(*together(found.seats for found in plans))
    return sum(found.tiers[0].value for found in plans), shards.guests, breaches(round, whole)


@pytest.mark.parametrize("most", [1, 4, 100])
@pytest.mark.parametrize("seed", range(30))
def test_plans_of_the_parts_break_no_rule_of_the_whole(seed: int, most: int) -> None:
    round = drawn(seed)
    pinned = replace(round, pins=search(round, 10).seats[:1])

    value, bound, broken = solved_apart(pinned, most)

    assert broken == []
    assert value <= bound


def two_sites(*between: int) -> Problem:
    """Departments 1 and 2 wish for each other, and so do 3 and 4; guest 1 wishes for what is *between*, too."""
    people = [person(number, department) for number, department in ((1, 1), (2, 2), (3, 3), (4, 4))]
    offers = [opening(100 + number, (number,), (600,), department=number, fixed=False) for number in range(1, 5)]
    guests = [guest(1, 2, *between), guest(2, 1), guest(3, 4), guest(4, 3)]
    return problem(*offers, guests=guests, people=people)


def test_departments_that_wish_for_each_other_stay_together_and_nothing_is_lost() -> None:
    shards = split(two_sites(), 2)

    assert [sorted(one.person for one in part.guests) for part in shards.parts] == [[1, 2], [3, 4]]
    assert shards.cut == 0


def test_wishes_that_are_cut_are_counted() -> None:
    assert split(two_sites(4), 2).cut == 1
    assert split(two_sites(4), 4).cut == 0


def test_whoever_must_not_sit_side_by_side_is_in_one_part() -> None:
    apart = replace(two_sites(), excluded=((1, 3),))

    assert len(split(apart, 1).parts) == 3
    assert {1, 3} in [{one.person for one in part.guests} for part in split(apart, 1).parts]


def test_a_pin_between_two_departments_keeps_them_together() -> None:
    pinned = replace(two_sites(4), pins=(seat(1, 104, 600),))

    parts = split(pinned, 1).parts

    assert [part.pins for part in parts if part.pins] == [pinned.pins]
