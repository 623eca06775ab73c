"""What one seat, one session or one free half-day more would buy, and what pins and rules cost."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from shadowing.solver import instance
from shadowing.solver.check import breaches
from shadowing.solver.construct import NO_CHAINS, fill, unguided
from shadowing.solver.problem import Away, Opening, Problem, Rules, Seat, Span
from shadowing.solver.purchases import Good, Price, Purchase, prices, purchases, purchases_of
from shadowing.solver.state import State
from tests.solver.small_rounds import HOME, at, drawn, guest, opening, person, plan, problem, seat

TWO = (guest(1), guest(2))
AFTERNOON = person(1, free=(Span(at(12), at(18)),))


def test_a_seat_more_seats_whoever_lost_theirs() -> None:
    round = problem(opening(), guests=(*TWO, guest(3)))

    assert purchases(round, (seat(2),)) == (Purchase(good=Good.SEAT, opening=100, guests=(1, 3)),)


def test_a_seat_more_elsewhere_seats_a_guest_when_another_moves_there() -> None:
    round = problem(opening(), opening(101, (51,), department=3), guests=(guest(1), guest(2, 2, 3), guest(4, 3)))

    assert purchases(round, (seat(2), seat(4, 101))) == (
        Purchase(good=Good.SEAT, opening=100, guests=(1,)),
        Purchase(good=Good.SEAT, opening=101, guests=(1,), chained=(1,)),
    )


def test_a_host_whose_week_is_full_sees_another_guest_when_one_moves_to_a_seat_more() -> None:
    openings = (opening(seats=3), opening(101, (51,), department=3))
    guests = (guest(1), guest(2, 2, 3), guest(4, 3), guest(5))
    pins = (seat(5), seat(4, 101))
    round = problem(*openings, guests=guests, rules=Rules(guests_per_week_most=2), pins=pins)

    assert purchases(round, (seat(2), *pins)) == (Purchase(good=Good.SEAT, opening=101, guests=(1,), chained=(1,)),)


def test_a_session_more_in_the_week_seats_who_is_free_at_another_time() -> None:
    weekly = opening(starts=(at(10), at(14)), fixed=False, most_per_week=1)

    assert purchases(problem(weekly, guests=TWO, people=(AFTERNOON,)), (seat(2),)) == (
        Purchase(good=Good.SESSION, opening=100, guests=(1,)),
    )


def test_a_host_who_is_freed_of_another_visit_can_be_visited() -> None:
    openings = (opening(fixed=False), opening(101, fixed=False, department=3))
    round = problem(*openings, guests=(guest(1), guest(2, 3)))

    assert purchases(round, (seat(2, 101),)) == (
        Purchase(good=Good.HALF_DAY, opening=100, guests=(1,), host=50, start=at(10)),
    )


@pytest.mark.parametrize("seed", range(200))
def test_whoever_a_purchase_seats_at_once_can_sit_there(seed: int) -> None:
    round = drawn(seed)
    state = State(instance.compiled(round))
    fill(state, unguided(state.instance), lambda: None, NO_CHAINS)
    seats = state.instance.seat_tuple(state.seated())
    sound = set(breaches(round, plan(*seats)))

    for bought in purchases_of(state):
        if bought.good is not Good.HALF_DAY:
            changed = _with(round, bought)
            for one in set(bought.guests) - set(bought.chained):
                places = (seat(one, bought.opening, start) for start in _offered(round, bought.opening).starts)
                tried = [set(breaches(changed, plan(*seats, place))) <= sound for place in places]
                assert any(tried), (seed, bought)
            for one in bought.chained:
                assert any(_moved(changed, seats, one, bought.opening, sound)), (seed, bought)
    assert state.instance.seat_tuple(state.seated()) == seats


def _offered(round: Problem, id: int) -> Opening:
    return next(one for one in round.openings if one.id == id)


def _with(round: Problem, bought: Purchase) -> Problem:
    old = _offered(round, bought.opening)
    more = replace(old, seats=old.seats + 1)
    if bought.good is Good.SESSION:
        more = replace(old, most_per_week=(old.most_per_week or 0) + 1)
    return replace(round, openings=tuple(more if one == old else one for one in round.openings))


def _moved(round: Problem, seats: tuple[Seat, ...], guest: int, opening: int, sound: set[str]) -> Iterable[bool]:
    """For each who could move to the opening: whether the guest may then have their seat."""
    for other in seats:
        rest = tuple(seat for seat in seats if seat != other)
        for start in _offered(round, opening).starts:
            moved = plan(*rest, replace(other, guest=guest), seat(other.guest, opening, start))
            yield set(breaches(round, moved)) <= sound


def test_a_pin_costs_whoever_could_sit_there_instead() -> None:
    openings = (opening(), opening(101, (51,), department=3))
    round = problem(*openings, guests=(guest(1), guest(2, 2, 3)), pins=(seat(2),))

    assert Price(guests=1, pin=seat(2)) in prices(round, (seat(2),))


RULES = [
    ("own_department", problem(opening(department=1), guests=(guest(1, 1),))),
    ("own_boss", problem(opening(), people=(person(1, boss=50),))),
    ("wishes", problem(opening(), guests=(guest(1, 7),))),
    ("away_most", problem(opening(seats=2), guests=TWO, rules=Rules(away_most=1))),
    ("away", problem(opening(seats=2), guests=TWO, away=(Away(department=HOME, most=1),))),
    ("guests_per_week_most", problem(opening(seats=2), guests=TWO, rules=Rules(guests_per_week_most=1))),
    ("half_days_most", problem(opening(starts=(at(11.5),)), rules=Rules(half_days_most=1))),
    ("reciprocal", problem(opening(), rules=Rules(reciprocal="require"))),
    ("past", problem(opening(), past=((1, 50),))),
]


@pytest.mark.parametrize(("rule", "round"), RULES, ids=[rule for rule, _ in RULES])
def test_a_rule_costs_the_guests_who_could_sit_without_it(rule: str, round: Problem) -> None:
    seats = (seat(2),) if len(round.guests) == 2 else ()

    assert prices(round, seats) == (Price(guests=1, rule=rule),)
