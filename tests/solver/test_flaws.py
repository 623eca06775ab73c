"""What cannot be right is refused with the rule, the people and the fewest pins to let go."""

import random
from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from shadowing.solver.assignment import assign
from shadowing.solver.check import one_place_at_a_time, seats_hold, strangers
from shadowing.solver.flaw import SENTENCES, Contradiction, Flaw, FlawCode, pins_of, said
from shadowing.solver.flaws import flaws
from shadowing.solver.let_go import EXACT, fewest
from shadowing.solver.problem import Away, Problem, Rules, Seat, Span, Wanted, canonical, in_order
from tests.solver.real_rounds import real_round
from tests.solver.small_rounds import (
    ALWAYS,
    HOME,
    TINY,
    at,
    drawn,
    drawn_with_all_rules,
    guest,
    opening,
    person,
    problem,
    seat,
)

ELSEWHERE = opening(101, (51,))


def flaw(code: FlawCode, **facts: Any) -> Flaw:
    named = {name: facts.pop(name) for name in ("people", "openings", "pins") if name in facts}
    return Flaw(code=code, facts=facts, **named)


# Pins


def test_a_pin_of_nobody_who_is_a_guest_is_to_be_let_go() -> None:
    found = flaws(problem(opening(), pins=(seat(9),)))

    assert found == (flaw(FlawCode.PIN_OF_NO_GUEST, people=(9,), openings=(100,), pins=(seat(9),), start=at(10)),)


@pytest.mark.parametrize(
    ("pin", "code"),
    [
        (seat(1, 999), FlawCode.PIN_OF_NO_OPENING),
        (seat(1, start=at(3)), FlawCode.PIN_NOT_OFFERED),
    ],
)
def test_a_pin_to_what_is_not_offered_is_to_be_let_go(pin: Seat, code: FlawCode) -> None:
    found = flaws(problem(opening(), pins=(pin,)))

    assert [(one.code, one.pins) for one in found] == [(code, (pin,))]


def test_a_pin_of_a_flexible_opening_at_a_time_agreed_by_hand_is_no_flaw() -> None:
    assert flaws(problem(opening(fixed=False), pins=(seat(1, start=at(3)),))) == ()


def test_of_pins_on_too_few_seats_only_those_too_many_are_to_be_let_go() -> None:
    pins = tuple(map(seat, (1, 2, 3, 4)))
    (found,) = flaws(problem(opening(seats=3), guests=map(guest, (1, 2, 3, 4)), pins=pins))

    assert (found.code, found.people, found.openings) == (FlawCode.PINS_CROWDED, (1, 2, 3, 4), (100,))
    assert len(found.pins) == 1
    assert found.facts == {"seats": 3, "count": 4, "start": at(10)}


def test_a_guest_pinned_to_two_places_at_a_time_gives_up_one() -> None:
    (found,) = flaws(problem(opening(), ELSEWHERE, pins=(seat(1), seat(1, 101))))

    assert (found.code, found.people, found.openings) == (FlawCode.PINS_IN_TWO_PLACES, (1,), (100, 101))
    assert len(found.pins) == 1


def test_a_pin_gives_way_to_the_guests_own_fixed_opening() -> None:
    (found,) = flaws(problem(opening(), ELSEWHERE, guests=(guest(50),), pins=(seat(50, 101),)))

    assert (found.code, found.people, found.openings, found.pins) == (
        FlawCode.PINS_IN_TWO_PLACES,
        (50,),
        (100, 101),
        (seat(50, 101),),
    )


def test_nobody_is_pinned_to_their_own_session() -> None:
    round = problem(opening(fixed=False, seats=2), guests=(guest(50), guest(1)), pins=(seat(50), seat(1)))

    (found,) = flaws(round)

    assert (found.people, found.pins) == ((50,), (seat(50),))


def test_one_pin_that_clashes_with_many_goes_rather_than_the_many() -> None:
    others = tuple(opening(number, (number,), fixed=False, starts=(at(10),)) for number in (101, 102, 103))
    host = replace(others[0], hosts=(101, 102, 103), id=100, minutes=240, starts=(at(9),))
    pins = (seat(1, 100, at(9)), *(seat(number - 99, number) for number in (101, 102, 103)))

    found = flaws(problem(host, *others, guests=map(guest, (1, 2, 3, 4)), pins=pins))

    assert [one.people for one in found] == [(101,), (102,), (103,)]
    assert pins_of(found) == (pins[0],)


def whole(round: Problem, pins: Iterable[Seat]) -> bool:
    """Whether *pins* can all be true, by the checks of plans."""
    kept = tuple(pins)
    if any(strangers(round, kept)):
        return False
    assignment = assign(round, kept)
    return not any(seats_hold(assignment)) and not any(one_place_at_a_time(assignment))


def fewest_by_trying(round: Problem) -> int:
    pins = in_order(round.pins)
    return next(
        size
        for size in range(len(pins) + 1)
        if any(whole(round, set(pins) - set(gone)) for gone in combinations(pins, size))
    )


def pinned_anyhow(seed: int) -> Problem:
    dice = random.Random(seed)  # noqa: S311
    round = replace(drawn(seed), rules=Rules())
    pins = set()
    for _ in range(dice.randint(2, 9)):
        there = dice.choice(round.openings)
        who = dice.choice(round.guests).person if dice.random() < 0.95 else 99
        pins.add(seat(who, there.id, dice.choice(there.starts)))
    return replace(round, pins=in_order(pins))


@pytest.mark.parametrize("seed", range(150))
def test_the_pins_to_let_go_heal_all_and_no_fewer_would(seed: int) -> None:
    round = pinned_anyhow(seed)

    found = flaws(round)
    gone = pins_of(found)

    assert whole(round, set(round.pins) - set(gone)), seed
    assert len(gone) == fewest_by_trying(round), seed
    assert all(one.pins for one in found), seed
    assert flaws(replace(round, pins=in_order(set(round.pins) - set(gone)))) == (), seed


@pytest.mark.parametrize("count", [EXACT, 3 * EXACT])
def test_many_pins_that_clash_are_untangled_so_that_none_of_those_that_go_could_stay(count: int) -> None:
    dice = random.Random(count)  # noqa: S311
    pins = [seat(number) for number in range(count)]
    pairs = [pair for pair in combinations(pins, 2) if dice.random() < 0.3]

    gone = fewest((), pairs, [(tuple(pins[:9]), 2)])

    def holds(kept: set[Seat]) -> bool:
        return len(kept.intersection(pins[:9])) <= 2 and not any(kept.issuperset(pair) for pair in pairs)

    kept = set(pins) - gone
    assert holds(kept)
    assert not any(holds(kept | {pin}) for pin in gone)


# Everything else


@pytest.mark.parametrize(
    ("round", "expected"),
    [
        (problem(opening(seats=0)), flaw(FlawCode.NO_SEATS, openings=(100,), value=0)),
        (problem(opening(minutes=0)), flaw(FlawCode.NO_MINUTES, openings=(100,), value=0)),
        (
            problem(opening(most_per_week=-1)),
            flaw(FlawCode.NEGATIVE, openings=(100,), name="most_per_week", value=-1),
        ),
        (
            problem(opening(), away=(Away(department=HOME, most=-1),)),
            flaw(FlawCode.NEGATIVE, name="away", value=-1),
        ),
        (problem(opening(travel=-5)), flaw(FlawCode.NEGATIVE, openings=(100,), name="travel", value=-5)),
        (
            problem(opening(), guests=(guest(1, visits=-1),)),
            flaw(FlawCode.NEGATIVE, people=(1,), name="visits", value=-1),
        ),
        (
            problem(opening(), rules=Rules(visits_most=-1)),
            flaw(FlawCode.NEGATIVE, name="visits_most", value=-1),
        ),
        (
            problem(opening(), people=(person(1, free=(Span(at(9), at(11)), Span(at(10), at(12)))),)),
            flaw(FlawCode.TIMES_OVERLAP, people=(1,), name="free"),
        ),
        (
            problem(opening(), people=(person(1, hours=(Span(at(9), at(11)), Span(at(10), at(12)))),)),
            flaw(FlawCode.TIMES_OVERLAP, people=(1,), name="hours"),
        ),
        (
            problem(opening(), people=(person(1, free=(Span(at(11), at(9)),)),)),
            flaw(FlawCode.TIMES_BACKWARDS, people=(1,), name="free"),
        ),
        (
            problem(opening(), people=(person(1, free=(Span(at(9), at(11), 3),)),)),
            flaw(FlawCode.UNKNOWN_WORD, people=(1,), name="level", value=3, known="1, 2"),
        ),
        (problem(opening(), guests=(guest(1), guest(1))), flaw(FlawCode.TWICE, name="guest", value=1)),
        (problem(opening(), opening()), flaw(FlawCode.TWICE, name="opening", value=100)),
        (problem(opening(), zone="Mars/Olympus"), flaw(FlawCode.UNKNOWN_ZONE, value="Mars/Olympus")),
        (problem(opening(), zone="../etc"), flaw(FlawCode.UNKNOWN_ZONE, value="../etc")),
        (problem(opening(), zone="America"), flaw(FlawCode.UNKNOWN_ZONE, value="America")),
        (problem(opening(), zone=""), flaw(FlawCode.UNKNOWN_ZONE, value="")),
        (problem(opening(), guests=(guest(1, weight=5),)), flaw(FlawCode.WEIGHT, people=(1,), value=5)),
        (
            problem(opening(), rules=Rules(wishes="perhaps")),
            flaw(FlawCode.UNKNOWN_WORD, name="wishes", value="perhaps", known="require, prefer"),
        ),
        (
            problem(opening(), wanted=(Wanted(guests=1, hosts=2, weights=(1, 2, 0)),)),
            flaw(FlawCode.WANTED_RISES, guests=1, hosts=2, value="(1, 2, 0)"),
        ),
        (
            problem(opening(), wanted=(Wanted(guests=1, hosts=2, weights=(1, 0, -1)),)),
            flaw(FlawCode.WANTED_RISES, guests=1, hosts=2, value="(1, 0, -1)"),
        ),
        (
            problem(
                opening(),
                wanted=(
                    Wanted(guests=1, hosts=2, weights=(1, 0, 0)),
                    Wanted(guests=1, hosts=2, weights=(2, 0, 0)),
                ),
            ),
            flaw(FlawCode.TWICE, name="wanted", value="(1, 2)"),
        ),
        (
            problem(opening(), earliest=-(2**53) - 1),
            flaw(FlawCode.TOO_LARGE, name="a number of the round", value=str(-(2**53) - 1)),
        ),
        (
            problem(opening(), people=(person(1, free=(Span(0, 2**60),)),)),
            flaw(FlawCode.TOO_LARGE, people=(1,), name="a number", value=str(2**60)),
        ),
        (
            problem(opening(), guests=(guest(1, visits=1_000_001),)),
            flaw(FlawCode.TOO_LARGE, people=(1,), name="visits", value="1000001"),
        ),
        (
            problem(opening(seats=2**53)),
            flaw(FlawCode.TOO_LARGE, openings=(100,), name="a count", value=str(2**53)),
        ),
        (
            problem(opening(), wanted=(Wanted(guests=1, hosts=2, weights=(2**53, 0, 0)),)),
            flaw(FlawCode.TOO_LARGE, name="a count of the round", value=str(2**53)),
        ),
        (
            problem(opening(starts=(2**50,))),
            flaw(FlawCode.TOO_LARGE, openings=(100,), name="a time", value=str(2**50)),
        ),
    ],
)
def test_what_cannot_be_is_named_with_those_it_is_about(round: Problem, expected: Flaw) -> None:
    assert flaws(round) == (expected,)
    assert flaws(canonical(round)) == (expected,)


def test_guests_and_hosts_must_be_people() -> None:
    whole = problem(opening(hosts=(50, 51)))

    found = flaws(replace(whole, people=()))

    assert found == (
        flaw(FlawCode.NO_PERSON, people=(1,), name="guest"),
        flaw(FlawCode.NO_PERSON, people=(50, 51), openings=(100,), name="host"),
    )


def test_a_person_is_there_once() -> None:
    whole = problem(opening())

    found = flaws(replace(whole, people=(*whole.people, person(1, HOME, free=()))))

    assert found == (flaw(FlawCode.TWICE, name="person", value=1),)


def test_visits_that_must_be_returned_need_a_host_who_is_a_guest() -> None:
    rules = Rules(reciprocal="require")

    assert flaws(problem(opening(), rules=rules)) == (flaw(FlawCode.NEVER_RETURNED),)
    assert flaws(problem(opening(), rules=Rules(reciprocal="prefer"))) == ()
    assert flaws(problem(opening(), guests=(guest(1), guest(50)), rules=rules)) == ()
    assert flaws(problem(opening(), rules=rules, pins=(seat(1),))) == ()
    assert flaws(problem(opening(), rules=rules, guests=())) == ()


def test_a_round_in_which_nobody_can_be_seated_is_no_flaw() -> None:
    hopeless = problem(
        opening(hosts=(), most_per_week=0),
        opening(101, (51,), consent=False),
        opening(102, (51,), starts=()),
        guests=(guest(1, visits=0), guest(2)),
        people=(person(2, free=()), person(51, free=(*ALWAYS, *ALWAYS))),
        excluded=((2, 51),),
    )

    assert flaws(hopeless) == ()


def test_every_flaw_has_its_sentence() -> None:
    assert set(SENTENCES) == set(FlawCode)
    assert said(flaw(FlawCode.NEGATIVE, people=(1,), name="visits", value=-1)) == (
        "visits of person 1 is -1, and cannot be negative."
    )
    round = problem(opening(), guests=map(guest, (1, 2)), pins=(seat(1), seat(2)), zone="?")
    assert str(Contradiction(flaws(round))) == (
        "Opening 100 has 2 pinned guests on 1 seats: 1, 2. The time zone ? is not known."
    )


@pytest.mark.parametrize("seed", range(300))
def test_no_drawn_round_has_a_flaw(seed: int) -> None:
    assert [flaws(round) for round in (drawn(seed), drawn_with_all_rules(seed), drawn_with_all_rules(seed, TINY))] == [
        ()
    ] * 3


@pytest.mark.slow
@pytest.mark.parametrize("name", ["jp-agency", "k8s-rotation"])
def test_no_real_round_has_a_flaw(name: str) -> None:
    assert flaws(real_round(name)) == ()
