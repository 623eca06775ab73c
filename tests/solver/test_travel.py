"""Travel is work or not, and visits of other rounds: the search and its check say the same of every seat."""

import random
from dataclasses import replace
from typing import Any

import pytest

from shadowing.solver import instance
from shadowing.solver.assignment import assign
from shadowing.solver.check import breaches
from shadowing.solver.check_seat import guests_are_free, hosts_are_free
from shadowing.solver.explain import Code, why_not
from shadowing.solver.problem import OpeningKind, Person, Problem, Rules, Seat, Span
from shadowing.solver.slots import hosts_are_free as hosts_are_free_at
from tests.solver.small_rounds import AWAY, at, drawn, guests_of, opening, person, plan, problem, seat
from tests.solver.solving import solve

OFFICE = (Span(at(9), at(18)),)
LATE, EVENING = Span(at(16), at(18)), Span(at(18), at(20))
OFF = Rules(travel_is_work=False)


def trip(traveller: Person, rules: Rules, **facts: Any) -> Problem:
    """A visit from five to six with an hour's travel."""
    return problem(opening(starts=(at(17),), travel=60, **facts), people=(traveller,), rules=rules)


@pytest.mark.parametrize(
    ("traveller", "on", "off"),
    [
        (person(1, free=(LATE,), hours=OFFICE), False, True),
        (person(1, free=(LATE, EVENING), hours=(Span(at(9), at(20)),)), True, True),
        (person(1, free=(Span(at(17), at(18)),), hours=OFFICE), False, False),
        (person(1, free=(Span(at(16), at(17.5)),), hours=OFFICE), False, False),
        (person(1, free=(LATE,)), False, False),
        (person(1, free=(LATE,), hours=OFFICE, elsewhere=(Span(at(18.5), at(19)),)), False, False),
    ],
    ids=["home later", "still at work", "busy on the way", "busy while there", "hours unknown", "elsewhere later"],
)
@pytest.mark.parametrize("side", ["guest", "host"])
def test_travel_leaves_the_working_hours_only_where_it_is_no_work(
    traveller: Person, on: bool, off: bool, side: str
) -> None:
    for rules, seated in ((Rules(), on), (OFF, off)):
        round = trip(traveller, rules)
        if side == "host":
            host = replace(traveller, id=50, department=AWAY)
            round = trip(host, rules, fixed=False, kind=OpeningKind.RIDE_ALONG)

        assert guests_of(solve(round, 2)) == ([1] if seated else [])
        assert (breaches(round, plan(seat(start=at(17)))) == []) is seated


def test_who_could_only_travel_outside_work_is_told_that_the_times_do_not_fit() -> None:
    (reason,) = why_not(trip(person(1, free=(LATE,), hours=OFFICE), Rules()), ())

    assert reason.code == Code.NOT_FREE


def changed(seed: int) -> Problem:
    """A drawn round with working hours, visits of other rounds, and travel that is no work; nobody is bound by a meeting."""
    dice, round = random.Random(seed), drawn(seed)  # noqa: S311
    days = [Span(at(dice.choice([8, 9, 10]), day), at(dice.choice([14, 17, 18]), day)) for day in range(4)]
    taken = [Span(at(hour, day), at(hour + 1, day)) for day in range(4) for hour in (11, 18) if dice.random() < 0.2]
    people = tuple(
        replace(
            one, hours=tuple(days) if dice.random() < 0.8 else (), elsewhere=tuple(taken) if dice.random() < 0.5 else ()
        )
        for one in round.people
    )
    flexible = tuple(replace(one, fixed=False) for one in round.openings)
    return replace(round, people=people, openings=flexible, rules=replace(round.rules, travel_is_work=False))


@pytest.mark.parametrize("seed", range(60))
def test_the_search_and_its_check_let_the_same_seats_be(seed: int) -> None:
    round = changed(seed)
    compiled = instance.compiled(round)
    held = hosts_are_free_at(compiled.roster, compiled.slots)
    wrong = []
    for row in range(len(compiled.roster.guests)):
        for slot in range(len(compiled.slots.start)):
            one = compiled.seat(row, slot)
            searched = bool(compiled.free[row, compiled.clock.of_slot[slot]]), bool(held[slot])
            wrong += [one] if searched != said(round, one) else []

    assert wrong == []
    assert breaches(round, solve(round, 2)) == []


def said(round: Problem, one: Seat) -> tuple[bool, bool]:
    """What the check says of the guest and of the hosts."""
    alone = assign(round, (one,))
    return not list(guests_are_free(alone)), not list(hosts_are_free(alone))
