"""Why somebody got nothing, what would have helped, and what the review board may do about it."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shadowing.solver import instance
from shadowing.solver.alternatives import NOT_OFFERED, alternatives, blocked
from shadowing.solver.check import breaches
from shadowing.solver.construct import NO_CHAINS, fill, unguided
from shadowing.solver.explain import Code, Remedy, why_not, why_not_of
from shadowing.solver.problem import Away, Floor, Opening, OpeningKind, Problem, Reason, Rules, Seat, Span
from shadowing.solver.state import State
from shadowing.solver.stored import plan_to_json
from tests.long import Portion
from tests.solver.small_rounds import (
    AWAY,
    HOME,
    at,
    drawn,
    drawn_with_all_rules,
    guest,
    opening,
    person,
    plan,
    problem,
    seat,
)

MORNING = (Span(at(8), at(10.5)),)
TWO = (guest(1), guest(2))
AFTERNOON = person(1, free=(Span(at(12), at(18)),))
GIVES_ONE = person(50, AWAY, hosting_most=1)


def flexible(
    id: int = 100, hosts: tuple[int, ...] = (50,), starts: tuple[int, ...] = (at(10),), **facts: Any
) -> Opening:
    return opening(id, hosts, starts, fixed=False, **facts)


def _only(round: Problem, *seats: Seat) -> tuple[str, str, dict[str, int | str]]:
    (reason,) = why_not(round, seats)
    return reason.code, reason.remedy, reason.facts


FUNNEL: list[tuple[Code, Problem]] = [
    (Code.NO_WISH, problem(opening(), guests=(guest(1, wishes=()),))),
    (Code.NOT_OFFERED, problem(opening(), guests=(guest(1, 7),))),
    (Code.NO_HOST_FREE, problem(opening(starts=(), fixed=False))),
    (Code.NO_FREE_TIME, problem(opening(), people=(person(1, free=()),))),
    (Code.OWN_DEPARTMENT, problem(opening(department=HOME), guests=(guest(1, HOME),))),
    (Code.OWN_BOSS, problem(opening(), people=(person(1, boss=50),))),
    (Code.MET_BEFORE, problem(opening(), past=((1, 50),))),
    (Code.CONTRACT, problem(opening(), people=(person(1, may=(OpeningKind.DESK,)),))),
    (Code.CONTRACT, problem(opening(site="osaka"), people=(person(1, sites=("tokyo",)),))),
    (Code.AGENCY, problem(opening(), people=(person(1, consent=False),))),
    (Code.NO_CONSENT, problem(opening(consent=False))),
    (Code.NOT_FREE, problem(opening(), people=(person(1, free=MORNING),))),
    (Code.ELSEWHERE, problem(opening(), people=(person(1, free=MORNING, elsewhere=(Span(at(10), at(11)),)),))),
    (Code.TOO_SOON, problem(opening(), earliest=at(12))),
    (Code.HOSTING, problem(opening(), flexible(101, (1,), department=3), guests=TWO, people=(person(2, 4),))),
    (Code.HALF_DAYS, problem(opening(starts=(at(11.5),)), rules=Rules(half_days_most=1))),
    (Code.AWAY_LIMIT, problem(opening(seats=2), guests=TWO, rules=Rules(away_most=1))),
    (Code.FLOOR, problem(opening(seats=2), guests=TWO, floors=(Floor(department=HOME, start=at(10), away=1),))),
    (Code.SESSIONS, problem(flexible(starts=(at(10), at(14)), most_per_week=1), guests=TWO, people=(AFTERNOON,))),
    (Code.HOST_WEEK, problem(opening(seats=2), guests=TWO, rules=Rules(guests_per_week_most=1))),
    (Code.HOST_HALF_DAYS, problem(flexible(starts=(at(10), at(14))), guests=TWO, people=(AFTERNOON, GIVES_ONE))),
    (Code.HOST_TAKEN, problem(flexible(), flexible(101, department=3), guests=(guest(1, 3), guest(2)))),
    (Code.NOT_RETURNED, problem(opening(), rules=Rules(reciprocal="require"))),
    (Code.FULL, problem(opening(), guests=TWO)),
    (Code.PLACE_LEFT, problem(opening(seats=2), guests=TWO)),
]
PLANS = {
    Code.HOSTING: (seat(2, 101),),
    Code.AWAY_LIMIT: (seat(2),),
    Code.FLOOR: (seat(2),),
    Code.SESSIONS: (seat(2),),
    Code.HOST_WEEK: (seat(2),),
    Code.HOST_HALF_DAYS: (seat(2),),
    Code.HOST_TAKEN: (seat(1, 101),),
    Code.FULL: (seat(2),),
    Code.PLACE_LEFT: (seat(2),),
}


@pytest.mark.parametrize(("code", "round"), FUNNEL, ids=[code for code, _ in FUNNEL])
def test_each_reason_is_the_first_of_the_funnel_that_is_true(code: Code, round: Problem) -> None:
    reason = why_not(round, PLANS.get(code, ()))

    assert [one.code for one in reason] == [code]
    assert {code for code, _ in FUNNEL} == set(Code)


def test_one_more_half_day_names_a_start_with_a_seat_left() -> None:
    round = problem(opening(), people=(person(1, free=MORNING),))

    assert _only(round) == (Code.NOT_FREE, Remedy.ONE_MORE_HALF_DAY, {"opening": 100, "start": at(10)})


def test_no_half_day_is_named_that_a_visit_of_another_round_takes() -> None:
    busy = person(1, free=MORNING, elsewhere=(Span(at(10.5), at(11)),))

    assert _only(problem(opening(), people=(busy,))) == (Code.ELSEWHERE, Remedy.FIRST_NEXT_TIME, {})
    later = problem(opening(starts=(at(10), at(14))), people=(busy,))
    assert _only(later) == (Code.ELSEWHERE, Remedy.ONE_MORE_HALF_DAY, {"opening": 100, "start": at(14)})


def test_who_entered_no_free_time_is_told_where_one_would_have_helped() -> None:
    round = problem(opening(), people=(person(1, free=()),))

    assert _only(round) == (Code.NO_FREE_TIME, Remedy.ENTER_FREE_TIME, {"opening": 100, "start": at(10)})


def test_one_more_wish_names_a_department_with_a_seat_left() -> None:
    round = problem(opening(), opening(101, (51,), department=3), guests=TWO)

    assert _only(round, seat(1)) == (
        Code.FULL,
        Remedy.WISH_MORE,
        {"opening": 101, "start": at(10), "department": 3},
    )


def test_who_gives_too_few_half_days_themselves_is_told_so_and_nobody_else() -> None:
    noon = opening(starts=(at(11.5),))
    own = problem(noon, guests=(guest(1, half_days_most=1),), rules=Rules(half_days_most=2))
    of_round = problem(noon, guests=(guest(1, half_days_most=1),), rules=Rules(half_days_most=1))

    assert _only(own) == (Code.HALF_DAYS, Remedy.GIVE_HALF_DAYS, {"opening": 100, "start": at(11.5)})
    assert _only(of_round) == (Code.HALF_DAYS, Remedy.FIRST_NEXT_TIME, {})


def test_one_more_half_day_of_the_host_is_the_remedy_where_they_give_no_further_one() -> None:
    round = problem(flexible(starts=(at(10), at(14))), guests=TWO, people=(AFTERNOON, GIVES_ONE))

    assert _only(round, seat(2)) == (
        Code.HOST_HALF_DAYS,
        Remedy.ONE_MORE_OF_HOST,
        {"opening": 100, "start": at(14)},
    )


def test_one_more_seat_is_the_remedy_where_only_the_seats_ran_out() -> None:
    round = problem(opening(), guests=TWO)

    assert _only(round, seat(1)) == (Code.FULL, Remedy.ONE_MORE_SEAT, {"opening": 100, "start": at(10)})


def test_hosts_are_asked_where_nobody_hosts_in_the_wished_department() -> None:
    round = problem(opening(starts=(at(20),)), guests=(guest(1, 7),), people=(person(1, free=MORNING),))

    assert _only(round) == (Code.NOT_OFFERED, Remedy.ASK_HOSTS, {"department": 7})


def test_first_next_time_is_all_there_is_to_say_when_no_single_change_helps() -> None:
    round = problem(opening(), guests=TWO, rules=Rules(away_most=1))

    assert _only(round, seat(1)) == (Code.AWAY_LIMIT, Remedy.FIRST_NEXT_TIME, {})


def test_nothing_would_have_helped_whom_the_agency_keeps() -> None:
    round = problem(opening(), people=(person(1, consent=False),))

    assert _only(round) == (Code.AGENCY, Remedy.FIRST_NEXT_TIME, {})


def test_whoever_could_be_seated_at_once_is_told_so_with_the_place() -> None:
    round = problem(opening(seats=2), guests=TWO)

    assert _only(round, seat(1)) == (Code.PLACE_LEFT, Remedy.PLACE, {"opening": 100, "start": at(10)})


def test_no_remedy_is_told_that_was_not_tried() -> None:
    round = problem(opening(department=HOME), guests=(guest(1, HOME),))

    assert _only(round) == (Code.OWN_DEPARTMENT, Remedy.FIRST_NEXT_TIME, {})


def test_where_nobody_offers_the_wish_another_department_with_a_seat_is_the_smaller_change() -> None:
    round = problem(opening(), guests=(guest(1, 7),))

    facts = {"opening": 100, "start": at(10), "department": AWAY}
    assert _only(round) == (Code.NOT_OFFERED, Remedy.WISH_MORE, facts)


def test_the_limit_of_the_own_department_is_told_as_the_limit_of_the_round_is() -> None:
    round = problem(opening(seats=2), guests=TWO, rules=Rules(away_most=2), away=(Away(department=HOME, most=1),))

    assert _only(round, seat(1)) == (Code.AWAY_LIMIT, Remedy.FIRST_NEXT_TIME, {})


def test_one_more_session_is_the_remedy_where_the_hosts_offer_no_more() -> None:
    round = problem(flexible(starts=(at(10), at(14)), most_per_week=1), guests=TWO, people=(AFTERNOON,))

    assert _only(round, seat(2)) == (Code.SESSIONS, Remedy.ONE_MORE_SESSION, {"opening": 100, "start": at(14)})


def test_a_half_day_more_lies_within_the_working_hours() -> None:
    early = person(1, free=MORNING, hours=(Span(at(8), at(10.5)), Span(at(14), at(17))))

    assert _only(problem(opening(), people=(early,))) == (Code.NOT_FREE, Remedy.FIRST_NEXT_TIME, {})
    later = problem(opening(starts=(at(10), at(15))), people=(early,))
    assert _only(later) == (Code.NOT_FREE, Remedy.ONE_MORE_HALF_DAY, {"opening": 100, "start": at(15)})


def test_where_one_rule_is_against_one_place_and_another_against_the_next_none_is_blamed() -> None:
    round = problem(
        opening(),
        opening(101, (51,), (at(14),)),
        guests=(*TWO, guest(3)),
        rules=Rules(away_most=1),
        people=(person(2, 4),),
    )

    assert [one.code for one in why_not(round, (seat(2), seat(3, 101, at(14))))] == [Code.FULL]


def filled(round: Problem) -> State:
    state = State(instance.compiled(round))
    fill(state, unguided(state.instance), lambda: None, NO_CHAINS)
    return state


@pytest.mark.parametrize("seed", range(150))
@pytest.mark.parametrize("draw", [drawn, drawn_with_all_rules])
def test_everybody_without_a_seat_hears_one_reason_and_every_remedy_works(
    draw: Callable[[int], Problem], seed: int
) -> None:
    assert _untrue(draw(seed)) == []


@pytest.mark.long(slices=20, count=100, sample=50)
def test_every_remedy_of_two_thousand_rounds_works(portion: Portion) -> None:
    assert portion.failing(lambda seed: _untrue(drawn_with_all_rules(seed))) == {}


def _untrue(round: Problem) -> list[object]:
    """The reasons and remedies that do not hold, or what is missing of them."""
    state = filled(round)
    seats = state.instance.seat_tuple(state.seated())
    sound = breaches(round, plan(*seats))

    reasons = why_not_of(state)

    seated = {seat.guest for seat in seats}
    told = [reason.guest for reason in reasons]
    wrong: list[object] = [] if reasons == why_not(round, seats) else ["another reason when asked again"]
    wrong += sorted(set(told) ^ ({one.person for one in round.guests} - seated))
    for reason in reasons:
        if reason.remedy not in (Remedy.ASK_HOSTS, Remedy.FIRST_NEXT_TIME):
            helped = breaches(_helped(round, reason), plan(*seats, _promised(reason)))
            wrong += [reason] if set(helped) - set(sound) else []
    return wrong


def _promised(reason: Reason) -> Seat:
    return Seat(guest=reason.guest, opening=int(reason.facts["opening"]), start=int(reason.facts["start"]))


def _helped(round: Problem, reason: Reason) -> Problem:
    """The round in which the remedy has been followed."""
    if reason.remedy in (Remedy.ONE_MORE_HALF_DAY, Remedy.ENTER_FREE_TIME):
        always = (Span(at(-48), at(24 * 9)),)
        people = (replace(one, free=always) if one.id == reason.guest else one for one in round.people)
        return replace(round, people=tuple(people))
    if reason.remedy is Remedy.PLACE:
        return round
    if reason.remedy is Remedy.GIVE_HALF_DAYS:
        guests = (replace(one, half_days_most=None) if one.person == reason.guest else one for one in round.guests)
        return replace(round, guests=tuple(guests))
    if reason.remedy is Remedy.WISH_MORE:
        guests = (replace(one, surprise=True) if one.person == reason.guest else one for one in round.guests)
        return replace(round, guests=tuple(guests))
    if reason.remedy is Remedy.ONE_MORE_OF_HOST:
        most = max(one.hosting_most or 0 for one in round.people) + 2 * len(round.pins) + 1  # a pin may take two
        people = (replace(one, hosting_most=None if one.hosting_most is None else most) for one in round.people)
        return replace(round, people=tuple(people))
    openings = (_opened(one, reason) if one.id == reason.facts["opening"] else one for one in round.openings)
    return replace(round, openings=tuple(openings))


def _opened(opening: Opening, reason: Reason) -> Opening:
    if reason.remedy is Remedy.ONE_MORE_SESSION:
        return replace(opening, most_per_week=(opening.most_per_week or 0) + 1)
    return replace(opening, seats=opening.seats + 1)


@pytest.mark.parametrize("round", [problem(opening(), excluded=((1, 50),)), problem(opening(), forbids=((1, 100),))])
def test_a_private_exclusion_sounds_like_any_full_opening(round: Problem) -> None:
    lost = _only(problem(opening(), guests=TWO), seat(2))

    assert _only(round) == (lost[0], Remedy.FIRST_NEXT_TIME, {})


@pytest.mark.parametrize("seed", range(100))
def test_private_rules_change_no_reason(seed: int) -> None:
    round = replace(drawn(seed), pins=())
    state = filled(round)
    seats = state.instance.seat_tuple(state.seated())
    known = {one.guest: one.code for one in why_not(replace(round, excluded=(), forbids=()), seats)}
    told = {guest: Code.FULL if code == Code.PLACE_LEFT else code for guest, code in known.items()}

    assert {one.guest: one.code for one in why_not(round, seats)} == told


def test_an_exclusion_changes_no_reason_of_the_funnel() -> None:
    openings = (opening(100), opening(101, (51,), starts=(at(20),), department=3))
    round = problem(*openings, guests=(guest(1, AWAY, 3),), people=(person(1, free=(Span(at(9), at(12)),)),))

    (reason,) = why_not(replace(round, excluded=((1, 50),)), ())

    assert reason.code == Code.FULL  # "not free" would be untrue of opening 100, and so tell of the exclusion
    assert reason.facts == {"opening": 101, "start": at(20)}


def test_the_price_of_an_alternative_is_nothing_or_one_guest() -> None:
    openings = (opening(100), opening(101, (51,), (at(12),), department=3), opening(102, (52,), (at(14),)))
    round = problem(*openings, guests=(guest(1, AWAY, 3), guest(2)))

    found = alternatives(round, (seat(1, 102, at(14)), seat(2)), 1)

    assert [(one.seat, one.fit, one.displaced) for one in found] == [
        (seat(1, 101, at(12)), 6, None),
        (seat(1, 100), 10, seat(2)),
    ]


def test_a_pinned_guest_is_never_displaced() -> None:
    round = problem(opening(), guests=TWO, pins=(seat(2),))

    assert alternatives(round, (seat(2),), 1) == []


@pytest.mark.parametrize("seed", range(20))
def test_every_alternative_keeps_all_rules(seed: int) -> None:
    round = drawn(seed)
    seats = filled(round).instance.seat_tuple(filled(round).seated())

    for one in round.guests:
        for choice in alternatives(round, seats, one.person):
            gone = {choice.displaced} | {seat for seat in seats if seat.guest == one.person}
            kept = tuple(seat for seat in seats if seat not in gone)
            fresh = set(breaches(round, plan(*kept, choice.seat))) - set(breaches(round, plan(*kept)))
            assert not fresh


def test_a_move_is_refused_by_the_first_rule_it_would_break() -> None:
    round = problem(opening(), guests=TWO, floors=(Floor(department=HOME, start=at(10), away=1),))

    assert blocked(round, (), seat(1)) is None
    assert blocked(round, (seat(1),), seat(2)) == "seats_hold"
    assert blocked(round, (), seat(1, start=at(11))) == NOT_OFFERED


def test_explaining_loads_no_ortools() -> None:
    code = "import sys, shadowing.solver.explain, shadowing.solver.check; print('ortools' in sys.modules)"

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert told.strip() == "False"


def test_no_reason_names_another_person() -> None:
    round = problem(opening(), guests=TWO)

    assert (
        "guest"
        not in plan_to_json(replace(plan(seat(1)), reasons=why_not(round, (seat(1),))))
        .partition('"facts":')[2]
        .partition("}")[0]
    )
