"""Each rule once obeyed and once broken, in the model and in the check."""

from dataclasses import replace
from typing import Any

import pytest

from shadowing.solver.check import CHECKS, breaches
from shadowing.solver.constraints import PLAN_RULES
from shadowing.solver.eligible import PAIR_RULES
from shadowing.solver.problem import Away, Distance, Floor, Goal, OpeningKind, Problem, Rules, Seat, Span
from shadowing.solver.slots import SLOT_RULES, guests_are_free
from tests.solver.small_rounds import ALWAYS, AWAY, HOME, at, guest, guests_of, opening, person, plan, problem, seat
from tests.solver.solving import solve

RULES = (*PAIR_RULES, guests_are_free, *SLOT_RULES, *PLAN_RULES)

TWO = (guest(1), guest(2))
TWICE = guest(1, visits=2)
RIDE = opening(kind=OpeningKind.RIDE_ALONG, travel=60)
DESK = opening(fixed=False, kind=OpeningKind.DESK)
MORNING = (Span(at(8), at(10.5)),)
EARLY, LATE = opening(100, (50,)), opening(101, (51,), (at(10.5),))


def _journey(minutes: int) -> Problem:
    """Two visits at two sites with half an hour between them."""
    openings = opening(site="tokyo"), opening(101, (51,), (at(11.5),), site="yokohama", department=3)
    return problem(
        *openings,
        guests=(guest(1, AWAY, 3, visits=2),),
        ways=(Distance(one="yokohama", other="tokyo", minutes=minutes),),
    )


def _morning_and(hour: float, **facts: Any) -> Problem:
    """Two visits that one guest wants, at ten and at another hour of the day."""
    openings = opening(), opening(101, (51,), (at(hour),), department=3)
    rules = Rules(half_days_most=facts.pop("general", 0))
    return problem(*openings, guests=(guest(1, AWAY, 3, visits=2, **facts),), rules=rules)


def _two_guests_at(hour: float, **facts: Any) -> Problem:
    """A host who gives one half-day, and could be visited at ten and at another hour."""
    offered = replace(DESK, starts=(at(10), at(hour)), **facts)
    return problem(offered, guests=TWO, people=(person(50, AWAY, hosting_most=1),), rules=Rules(mix_departments=False))


# name of the rule, a round that cannot seat everybody because of it, the seats that break it, and the change that frees them
BROKEN: list[tuple[str, Problem, tuple[Seat, ...], Problem]] = [
    (
        "nobody_visits_themselves",
        problem(opening(hosts=(1,), fixed=False)),
        (seat(),),
        problem(opening(fixed=False)),
    ),
    (
        "other_department",
        problem(opening(department=HOME), guests=(guest(1, HOME),)),
        (seat(),),
        problem(opening(department=HOME), guests=(guest(1, HOME),), rules=Rules(own_department=True)),
    ),
    (
        "no_boss_and_no_report",
        problem(opening(), people=(person(1, boss=50),)),
        (seat(),),
        problem(opening(), people=(person(1, boss=50),), rules=Rules(own_boss=True)),
    ),
    ("past_pairs_rest", problem(opening(), past=((1, 50),)), (seat(),), problem(opening(), past=((50, 1),))),
    (
        "excluded_never_meet",
        problem(opening(), excluded=((1, 50),)),
        (seat(),),
        problem(opening(), excluded=((1, 51),)),
    ),
    (
        "contracts_allow",
        problem(opening(), people=(person(1, may=(OpeningKind.DESK,)),)),
        (seat(),),
        problem(opening(), people=(person(1, may=(OpeningKind.DESK, OpeningKind.MEETING)),)),
    ),
    (
        "contracts_allow",
        problem(opening(site="osaka"), people=(person(1, sites=("nara", "tokyo")),)),
        (seat(),),
        problem(opening(site="tokyo"), people=(person(1, sites=("nara", "tokyo")),)),
    ),
    (
        "contracts_allow",
        problem(opening(), people=(person(1, consent=False),)),
        (seat(),),
        problem(opening(), people=(person(1, may=(OpeningKind.MEETING,)),)),
    ),
    ("customers_consent", problem(replace(RIDE, consent=False)), (seat(),), problem(RIDE)),
    ("forbids_hold", problem(opening(), forbids=((1, 100),)), (seat(),), problem(opening(), forbids=((1, 101),))),
    (
        "wishes_are_granted",
        problem(opening(), guests=(guest(1, 3),)),
        (seat(),),
        problem(opening(topics=("sql",)), guests=(guest(1, wishes=(Goal(rank=1, topic="sql"),)),)),
    ),
    (
        "guests_are_free",
        problem(opening(), people=(person(1, free=MORNING),)),
        (seat(),),
        problem(opening(minutes=30), people=(person(1, free=MORNING),)),
    ),
    (
        "hosts_are_free",
        problem(DESK, people=(person(50, AWAY, free=MORNING),)),
        (seat(),),
        problem(opening(), people=(person(50, AWAY, free=MORNING),)),
    ),
    ("notice_is_given", problem(opening(), earliest=at(10.5)), (seat(),), problem(opening(), earliest=at(10))),
    (
        "seats_hold",
        problem(opening(), guests=TWO),
        (seat(1), seat(2)),
        problem(opening(seats=2), guests=TWO),
    ),
    (
        "one_place_at_a_time",
        problem(EARLY, LATE, guests=(TWICE,)),
        (seat(), seat(opening=101, start=at(10.5))),
        problem(EARLY, replace(LATE, starts=(at(11),)), guests=(TWICE,)),
    ),
    (
        "visits_hold",
        problem(EARLY, opening(101, (51,), (at(12),)), guests=(guest(1, visits=1),)),
        (seat(), seat(opening=101, start=at(12))),
        problem(EARLY, opening(101, (51,), (at(12),)), guests=(TWICE,)),
    ),
    (
        "visits_per_week_hold",
        problem(EARLY, opening(101, (51,), (at(10, 6),)), guests=(TWICE,), rules=Rules(visits_per_week_most=1)),
        (seat(), seat(opening=101, start=at(10, 6))),
        problem(EARLY, opening(101, (51,), (at(10, 7),)), guests=(TWICE,), rules=Rules(visits_per_week_most=1)),
    ),
    (
        "hosts_rest",
        problem(opening(seats=2), guests=TWO, rules=Rules(guests_per_week_most=1)),
        (seat(1), seat(2)),
        problem(opening(seats=2), guests=TWO, rules=Rules(guests_per_week_most=2)),
    ),
    (
        "sessions_hold",
        problem(opening(starts=(at(10), at(12)), most_per_week=1), guests=TWO),
        (seat(1), seat(2, start=at(12))),
        problem(opening(starts=(at(10), at(12, 7)), most_per_week=1), guests=TWO),
    ),
    (
        "hosts_are_met_once",
        problem(EARLY, opening(101, (50, 51), (at(12),)), guests=(TWICE,)),
        (seat(), seat(opening=101, start=at(12))),
        problem(EARLY, opening(101, (52, 51), (at(12),)), guests=(TWICE,)),
    ),
    (
        "excluded_never_side_by_side",
        problem(opening(seats=2), guests=TWO, excluded=((1, 2),)),
        (seat(1), seat(2)),
        problem(opening(100), opening(101), guests=TWO, excluded=((1, 2),)),
    ),
    (
        "away_holds",
        problem(opening(starts=(at(9), at(11.5))), guests=TWO, rules=Rules(away_most=1)),
        (seat(1, start=at(9)), seat(2, start=at(11.5))),
        problem(opening(starts=(at(9), at(12))), guests=TWO, rules=Rules(away_most=1)),
    ),
    (
        "away_holds",
        problem(opening(seats=2), guests=TWO, rules=Rules(away_most=2), away=(Away(department=HOME, most=1),)),
        (seat(1), seat(2)),
        problem(opening(seats=2), guests=TWO, rules=Rules(away_most=2), away=(Away(department=HOME + 1, most=1),)),
    ),
    (
        "sites_are_reached",
        _journey(45),
        (seat(1, 100), seat(1, 101, at(11.5))),
        _journey(30),
    ),
    (
        "guests_half_days_hold",
        _morning_and(14, half_days_most=1),
        (seat(1, 100), seat(1, 101, at(14))),
        _morning_and(11, half_days_most=1),
    ),
    (
        "guests_half_days_hold",
        _morning_and(14, half_days_most=3, general=1),
        (seat(1, 100), seat(1, 101, at(14))),
        _morning_and(14, half_days_most=3, general=2),
    ),
    (
        "guests_half_days_hold",
        _morning_and(11.5, half_days_most=1),
        (seat(1, 100), seat(1, 101, at(11.5))),
        _morning_and(11, half_days_most=1),
    ),
    (
        "hosts_half_days_hold",
        _two_guests_at(14),
        (seat(1), seat(2, start=at(14))),
        _two_guests_at(14, fixed=True),
    ),
    (
        "hosts_half_days_hold",
        _two_guests_at(14),
        (seat(1), seat(2, start=at(14))),
        _two_guests_at(11),
    ),
    (
        "floors_hold",
        problem(opening(), floors=(Floor(department=HOME, start=at(10.5), away=0),)),
        (seat(),),
        problem(opening(), floors=(Floor(department=HOME, start=at(11), away=0),)),
    ),
    (
        "visits_are_returned",
        problem(opening(), guests=(guest(1), guest(50, HOME)), rules=Rules(reciprocal="require")),
        (seat(),),
        problem(
            opening(),
            opening(101, (1,), (at(14),), department=HOME),
            guests=(guest(1), guest(50, HOME)),
            people=(person(50, AWAY),),
            rules=Rules(reciprocal="require"),
        ),
    ),
]
NAMES = [case[0] for case in BROKEN]


@pytest.mark.parametrize(("rule", "round", "seats", "freed"), BROKEN, ids=NAMES)
def test_the_check_names_a_broken_rule(rule: str, round: Problem, seats: tuple[Seat, ...], freed: Problem) -> None:
    sentences = breaches(round, plan(*seats))

    assert {sentence.partition(":")[0] for sentence in sentences} - {"one_place_at_a_time"} == {rule} - {
        "one_place_at_a_time"
    }
    assert any(sentence.startswith(rule) for sentence in sentences)


@pytest.mark.parametrize(("rule", "round", "seats", "freed"), BROKEN, ids=NAMES)
def test_the_model_obeys_each_rule(rule: str, round: Problem, seats: tuple[Seat, ...], freed: Problem) -> None:
    found = solve(round, seconds=5)

    assert len(found.seats) < len(seats)
    assert breaches(round, found) == []


@pytest.mark.parametrize(("rule", "round", "seats", "freed"), BROKEN, ids=NAMES)
def test_no_rule_forbids_more_than_it_says(rule: str, round: Problem, seats: tuple[Seat, ...], freed: Problem) -> None:
    found = solve(freed, seconds=5)

    assert len(found.seats) >= len(seats)


def test_every_rule_is_checked_a_second_time() -> None:
    assert sorted(rule.__name__ for rule in RULES) == sorted(check.__name__ for check in CHECKS)


def test_every_rule_is_shown_once_obeyed_and_once_broken() -> None:
    assert {rule.__name__ for rule in RULES} - set(NAMES) == {"pins_stay"}


def test_a_pin_stays_though_another_guest_would_fit_better() -> None:
    round = problem(opening(), guests=(guest(1, weight=2), guest(2)), pins=(seat(2),))

    assert guests_of(solve(round, seconds=5)) == [2]
    assert breaches(round, plan(seat(1))) == [f"pins_stay: {seat(2)} was pinned and is gone"]


def test_a_pin_stays_though_it_breaks_what_is_only_decent() -> None:
    round = problem(
        opening(most_per_week=0, consent=False),
        people=(person(1, free=(), boss=50, may=(OpeningKind.DESK,)),),
        guests=(guest(1, HOME, visits=0),),
        rules=Rules(away_most=1, guests_per_week_most=1, reciprocal="require"),
        past=((1, 50),),
        excluded=((1, 50),),
        forbids=((1, 100),),
        floors=(Floor(department=HOME, start=at(10), away=0),),
        pins=(seat(),),
        earliest=at(11),
    )

    found = solve(round, seconds=5)

    assert found.seats == (seat(),)
    assert breaches(round, found) == []


def test_half_days_that_are_pinned_stay_and_take_others_along_but_no_further_one() -> None:
    openings = (replace(DESK, starts=(at(10), at(11), at(14), at(16))),)
    host, pins = person(50, AWAY, hosting_most=1), (seat(1), seat(2, start=at(14)))
    guests = (guest(1), guest(2), guest(3), guest(4))
    round = problem(*openings, guests=guests, people=(host,), pins=pins)

    found = solve(round, seconds=5)
    third_day = replace(round, openings=(replace(DESK, starts=(at(10), at(14), at(10, 1)), hosts=(50,)),))

    assert (len(found.seats), breaches(round, found)) == (4, [])
    assert solve(third_day, seconds=5).seats == pins


def test_a_host_of_two_openings_gives_half_days_to_both_together() -> None:
    desks = (replace(DESK, id=100), replace(DESK, id=101, starts=(at(10, 1),)))
    generous = [problem(*desks, guests=TWO, people=(person(50, AWAY, hosting_most=most),)) for most in (0, 1, 2)]

    assert [len(solve(round, seconds=5).seats) for round in generous] == [0, 1, 2]


def test_a_host_is_bound_by_a_fixed_opening_that_nobody_visits() -> None:
    round = problem(EARLY, opening(101, (1,), (at(10.5),), department=HOME))

    assert solve(round, seconds=5).seats == ()
    assert [sentence[:19] for sentence in breaches(round, plan(seat()))] == ["one_place_at_a_time"]


def test_a_host_of_a_flexible_opening_is_bound_only_when_it_takes_place() -> None:
    desk = opening(101, (1,), (at(10),), department=HOME, fixed=False)

    alone = solve(problem(EARLY, desk), seconds=5)
    rivals = solve(problem(EARLY, desk, guests=(guest(1), guest(2, HOME)), people=(person(2, AWAY),)), seconds=5)

    assert (len(alone.seats), len(rivals.seats)) == (1, 1)


def test_two_flexible_sessions_of_one_host_do_not_overlap() -> None:
    desks = (replace(DESK, id=100), replace(DESK, id=101, starts=(at(10.5),)))

    found = solve(problem(*desks, guests=TWO), seconds=5)

    assert len(found.seats) == 1


def test_travel_takes_a_guest_out_of_the_day_but_a_host_only_on_a_ride_along() -> None:
    short = (person(50, AWAY, free=(Span(at(10), at(11)),)),)
    desk = opening(fixed=False, travel=30)

    beside_a_desk = solve(problem(desk, people=short), seconds=5)
    on_a_ride = solve(problem(replace(desk, kind=OpeningKind.RIDE_ALONG), people=short), seconds=5)
    guest_in_a_hurry = solve(problem(desk, people=(person(1, free=short[0].free),)), seconds=5)

    assert [len(found.seats) for found in (beside_a_desk, on_a_ride, guest_in_a_hurry)] == [1, 0, 0]


def test_touching_free_times_are_one() -> None:
    halves = (Span(at(9), at(10.5), 2), Span(at(10.5), at(12), 1))

    assert solve(problem(opening(), people=(person(1, free=halves),)), seconds=5).seats == (seat(),)


def test_a_week_begins_on_monday_in_the_zone_of_the_round() -> None:
    sunday_night_in_utc = at(20, 6)  # Monday 05:00 in Tokyo
    round = problem(
        EARLY,
        opening(101, (51,), (sunday_night_in_utc,)),
        guests=(TWICE,),
        rules=Rules(visits_per_week_most=1),
        people=(person(1, free=ALWAYS),),
    )

    assert len(solve(round, seconds=5).seats) == 1
    assert len(solve(replace(round, zone="Asia/Tokyo"), seconds=5).seats) == 2


@pytest.mark.parametrize(("starts", "most"), [((at(11), at(12)), 2), ((at(11), at(11.5)), 1), ((at(11.5), at(12)), 1)])
def test_a_visit_that_ends_at_noon_is_of_the_morning_alone(starts: tuple[int, int], most: int) -> None:
    round = problem(opening(starts=starts), guests=TWO, rules=Rules(away_most=1))
    both = plan(seat(1, start=starts[0]), seat(2, start=starts[1]))

    assert len(guests_of(solve(round, seconds=5))) == most
    assert (breaches(round, both) == []) is (most == 2)
