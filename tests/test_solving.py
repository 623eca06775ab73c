"""From the press of the button to the plan."""

import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing import pairings, solving
from shadowing.errors import Refusal, WrongStage
from shadowing.models import Guest, Job, Pairing, Round, Slot, Stage
from shadowing.solver import problem as p
from tests import factories
from tests.factories import NOW, at, free


def collected() -> tuple[Round, Guest]:
    round = factories.round_()
    wished = factories.department("wished")
    guest = factories.guest(round, wishes=(wished,))
    free(round, guest.person, 1, 9, 12)
    factories.slot(factories.opening(round, factories.person(department_=wished)))
    return round, guest


def solved(round: Round, session: Session) -> None:
    solve = solving.ask(round, None, 5, 0, NOW)
    job = session.scalars(solving.job_of(solve)).one()
    session.commit()
    solving.run(job, lambda progress: False, NOW)


def test_a_solve_ends_at_the_review_board_with_everybody_seated(session: Session) -> None:
    round, guest = collected()

    solved(round, session)

    pairing = session.scalars(select(Pairing)).one()
    assert (round.stage, pairing.guest, pairing.slot.starts_at) == (Stage.REVIEWING, guest, at(1, 10))
    assert pairing.tags == ["wish_1", "new_wall"]
    solve = session.scalars(pairings.last_solve(round)).one()
    assert (solve.status, solve.matched, solve.gap) == ("optimal", 1, 0.0)


def test_an_unmatched_guest_is_told_why(session: Session) -> None:
    round, _guest = collected()
    lonely = factories.guest(round, wishes=(factories.department("nobody hosts here"),))

    solved(round, session)

    assert lonely.reason is not None
    assert lonely.reason["code"]


@pytest.mark.slow
def test_a_flexible_opening_gets_the_slots_that_the_plan_uses(session: Session) -> None:
    round = factories.round_()
    host = factories.person()
    guest = factories.guest(round, wishes=(host.department,))
    factories.opening(round, host, flexible=True, starts_at=None, minutes=120)
    for person in (guest.person, host):
        free(round, person, 2, 13, 15)

    solved(round, session)
    solving_again = session.scalars(select(Slot)).one().starts_at
    solved(round, session)

    assert [slot.starts_at for slot in session.scalars(select(Slot))] == [solving_again] == [at(2, 13)]


def test_pins_stay_when_it_is_solved_again(session: Session) -> None:
    round, guest = collected()
    other = factories.opening(round, factories.person(department_=guest.goals[0].department), starts_at=at(1, 11))
    factories.pairing(guest, factories.slot(other), pinned=True)

    solved(round, session)

    assert [pairing.slot.opening for pairing in session.scalars(select(Pairing))] == [other]


def test_asking_twice_is_refused(session: Session) -> None:
    round, _guest = collected()
    solving.ask(round, None, 5, 0, NOW)

    with pytest.raises(WrongStage):
        solving.ask(round, None, 5, 0, NOW)


def test_a_round_without_hosts_is_not_solved(session: Session) -> None:
    round = factories.round_()
    factories.guest(round)

    with pytest.raises(Refusal, match="hosts"):
        solving.ask(round, None, 5, 0, NOW)


def test_a_round_without_guests_is_not_solved(session: Session) -> None:
    round = factories.round_()
    factories.slot(factories.opening(round))

    with pytest.raises(Refusal, match="visit"):
        solving.ask(round, None, 5, 0, NOW)


def test_stopping_reaches_the_running_job_and_only_a_running_one(session: Session) -> None:
    round, _guest = collected()
    with pytest.raises(WrongStage):
        solving.stop(round)
    solving.ask(round, None, 5, 0, NOW)

    solving.stop(round)

    assert session.scalars(select(Job)).one().cancel_requested


def test_a_child_that_dies_says_what_it_said(session: Session) -> None:
    with pytest.raises(solving.SolverDied) as died:
        solving.child('{"no": "problem"}', 1, lambda progress: False)

    assert "Error" in str(died.value)


@pytest.mark.slow
def test_a_stored_problem_can_be_replayed(session: Session) -> None:
    round, _guest = collected()
    solved(round, session)
    solve = session.scalars(pairings.last_solve(round)).one()

    again = solving.child(solve.problem, 5, lambda progress: False)

    assert solve.plan is not None
    assert p.plan_from_json(json.dumps(again["plan"])).seats == p.plan_from_json(solve.plan).seats
    assert p.digest(p.from_json(solve.problem)) == solve.digest
