"""The rules of a department reach the solver, are obeyed, and are what its people are told."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from shadowing.collecting import availability
from shadowing.matching import gather
from shadowing.matching.spans import minutes
from shadowing.models import Department, FreeTimes, Guest, Person, Round
from shadowing.rules import RoundRules
from shadowing.solver import problem as p
from shadowing.solver.check import breaches
from tests import factories
from tests.factories import MONDAY, NOW, at, free
from tests.matching.test_solving import solved
from tests.solver.solving import solve

WEEK = MONDAY + timedelta(days=4)


def hours_of(round: Round, person: Person) -> list[tuple[int, int]]:
    """What the solver knows of the first day's working hours."""
    known = next(one for one in gather.problem(round, NOW).people if one.id == person.id)
    return [(span.start, span.end) for span in known.hours if span.start < minutes(at(1, 0))]


def day(begin: int, end: int) -> list[tuple[int, int]]:
    return [(minutes(at(0, begin)), minutes(at(0, end)))]


def crowd(home: Department, size: int, away_most: int = 0) -> tuple[Round, list[Guest]]:
    """Colleagues who all wish for the one meeting of another department, which has seats for them all."""
    round = factories.round_(ends_on=WEEK, rules=RoundRules(away_most=away_most))
    wished = factories.department("wished")
    guests = [factories.guest(round, factories.person(department_=home), (wished,)) for _ in range(size)]
    for guest in guests:
        free(round, guest.person, 1, 9, 12)
    factories.slot(factories.opening(round, factories.person(department_=wished), seats=size))
    return round, guests


def seated(round: Round) -> int:
    """How many visits a plan of *round* has that breaks no rule."""
    problem = gather.problem(round, NOW)
    plan = solve(problem, seconds=5)
    assert breaches(problem, plan) == []
    return len(plan.seats)


def test_people_work_when_their_department_does(session: Session) -> None:
    round, home = factories.round_(ends_on=WEEK), factories.department(hours="mon-fri 10:00-16:00")
    guest = factories.guest(round, factories.person(department_=home))

    assert hours_of(round, guest.person) == day(10, 16)


def test_hours_of_their_own_win_over_those_of_the_department(session: Session) -> None:
    round, home = factories.round_(ends_on=WEEK), factories.department(hours="mon-fri 10:00-16:00")
    guest = factories.guest(round, factories.person(department_=home, hours="mon-fri 09:00-18:00"))

    assert hours_of(round, guest.person) == day(9, 18)


def test_where_no_hours_are_known_the_usual_ones_count(session: Session) -> None:
    round = factories.round_(ends_on=WEEK)
    guest = factories.guest(round)

    assert (hours_of(round, guest.person), guest.person.hours) == (day(9, 18), "mon-fri 09:00-18:00")


def test_times_outside_the_departments_hours_are_not_free(session: Session) -> None:
    round, home = factories.round_(ends_on=WEEK), factories.department(hours="mon-fri 10:00-16:00")
    guest = factories.guest(round, factories.person(department_=home))
    free(round, guest.person, 0, 8, 11)

    known = next(one for one in gather.problem(round, NOW).people if one.id == guest.person_id)

    assert known.free == (p.Span(minutes(at(0, 10)), minutes(at(0, 11)), 2),)


def test_people_paint_the_hours_of_their_department(session: Session) -> None:
    person = factories.person(department_=factories.department(hours="mon 10:00-11:00"))

    assert set(availability.cells_of(person)) == {"mon-1000", "mon-1030"}


def test_a_closed_day_of_the_department_is_free_for_none_of_its_people(session: Session) -> None:
    home = factories.department(closed_days=[f"{MONDAY + timedelta(days=1)}"])
    round, _ = crowd(home, 2)

    assert seated(round) == 0
    assert MONDAY + timedelta(days=1) not in availability.days_of(factories.person(department_=home), round)


def test_nobody_is_visited_in_a_department_on_its_closed_days(session: Session) -> None:
    round, guests = crowd(factories.department("home"), 1)
    wished = session.get_one(Department, guests[0].goals[0].department_id)
    wished.closed_days = [f"{MONDAY + timedelta(days=1)}"]
    session.flush()

    assert [one.starts for one in gather.problem(round, NOW).openings] == [()]


def test_a_visit_that_stands_on_a_day_closed_later_stays_where_it_is(session: Session) -> None:
    round, guests = crowd(factories.department("home"), 1)
    opening = gather.problem(round, NOW).openings[0]
    solve_ = solved(round, session)
    wished = session.get_one(Department, opening.department)
    wished.closed_days = [f"{MONDAY + timedelta(days=1)}"]
    session.flush()

    assert solve_.matched == len(guests)
    assert gather.problem(round, NOW).openings[0].starts == opening.starts


@pytest.mark.parametrize(("own", "rounds", "seats"), [(None, 0, 3), (1, 0, 1), (2, 0, 2), (1, 2, 1), (2, 1, 1)])
def test_the_stricter_of_the_departments_and_the_rounds_limit_holds(
    session: Session, own: int | None, rounds: int, seats: int
) -> None:
    round, _ = crowd(factories.department("home", away_most=own), 3, away_most=rounds)

    assert seated(round) == seats


def test_the_limit_of_one_department_is_none_of_anothers(session: Session) -> None:
    factories.department("strict", away_most=1)
    round, _ = crowd(factories.department("home"), 3)

    assert seated(round) == 3


@pytest.mark.parametrize(("least", "seats"), [(1, 2), (2, 1), (3, 0), (9, 0)])
def test_as_many_stay_at_work_as_the_department_needs(session: Session, least: int, seats: int) -> None:
    round, _ = crowd(factories.department("home", seated_least=least), 3)

    assert seated(round) == seats


@pytest.mark.parametrize(("rule", "code"), [({"away_most": 1}, "away_limit"), ({"seated_least": 1}, "floor")])
def test_who_stays_because_of_a_rule_of_the_department_is_told_so(
    session: Session, rule: dict[str, int], code: str
) -> None:
    round, guests = crowd(factories.department("home", **rule), 2)

    solved(round, session)
    told = [guest.reason.code for guest in guests if guest.reason]

    assert told == [code]


def test_who_gave_times_on_closed_days_only_is_not_told_that_they_gave_none(session: Session) -> None:
    round, guests = crowd(factories.department("home", closed_days=[f"{MONDAY + timedelta(days=1)}"]), 1)

    solved(round, session)

    assert [guest.reason.code for guest in guests if guest.reason] == ["not_free"]


def test_who_gave_no_time_is_told_so(session: Session) -> None:
    round, guests = crowd(factories.department("home"), 1)
    session.scalars(availability.of(guests[0].person, round)).one().given = FreeTimes()
    session.flush()

    solved(round, session)

    assert [guest.reason.code for guest in guests if guest.reason] == ["no_free_time"]
