"""A round's rows as the solver's problem."""

from datetime import timedelta

from sqlalchemy import event
from sqlalchemy.orm import Session

from shadowing.extensions import db
from shadowing.matching import gather
from shadowing.matching.spans import minutes
from shadowing.models import Exclusion, PastPairing, Round
from shadowing.solver.problem import Span
from tests import factories
from tests.factories import NOW, at, free


def test_the_same_rows_give_the_same_problem(session: Session) -> None:
    round = _round_with_guest_and_desk()

    assert gather.problem(round, NOW) == gather.problem(round, NOW)


def _round_with_guest_and_desk() -> Round:
    round = factories.round_()
    guest = factories.person(hours="mon-fri 09:00-18:00")
    factories.guest(round, guest, (factories.department("wished"),))
    free(round, guest, 0, 8, 12)
    host = factories.person()
    factories.opening(round, host, flexible=True, starts_at=None, minutes=120)
    free(round, host, 0, 9, 12)
    return round


def test_free_time_is_cut_to_the_working_hours(session: Session) -> None:
    round = _round_with_guest_and_desk()

    guest = gather.problem(round, NOW).people[0]

    assert guest.free == (Span(minutes(at(0, 9)), minutes(at(0, 12)), 2),)


def test_a_desk_can_begin_at_each_half_hour_that_leaves_room_for_the_visit(session: Session) -> None:
    round = _round_with_guest_and_desk()

    desk = gather.problem(round, NOW).openings[0]

    assert desk.starts == tuple(minutes(at(0, 9)) + shift for shift in (0, 30, 60))


def test_a_closed_day_has_no_desk(session: Session) -> None:
    round = _round_with_guest_and_desk()
    round.closed_days = ["2027-01-18"]

    assert gather.problem(round, NOW).openings[0].starts == ()


def test_who_has_not_answered_or_wants_no_visit_is_no_guest(session: Session) -> None:
    round = factories.round_()
    factories.guest(round, answered_at=None)
    factories.guest(round, visits=0)
    factories.guest(round, factories.person(left_at=NOW))

    assert gather.problem(round, NOW).guests == ()


def test_only_the_last_rounds_count_as_repeats_but_all_count_for_the_walls(session: Session) -> None:
    round = factories.round_(rules={"repeat_rounds": 1})
    guest, old, new = factories.person(), factories.person(), factories.person()
    for position, host in enumerate((old, new)):
        session.add(
            PastPairing(
                round_id=round.id, past_round=str(position), position=position, guest_id=guest.id, host_id=host.id
            )
        )
    session.flush()

    problem = gather.problem(round, NOW)

    assert problem.past == ((guest.id, new.id),)
    assert set(problem.met) == {(guest.department_id, old.department_id), (guest.department_id, new.department_id)}


def test_a_round_of_our_own_that_took_place_counts_as_the_latest(session: Session) -> None:
    earlier = factories.round_(starts_on=factories.MONDAY - timedelta(days=90))
    guest, host = factories.guest(earlier), factories.person()
    factories.pairing(guest, factories.slot(factories.opening(earlier, host)), status="held")
    round = factories.round_()

    assert gather.problem(round, NOW).past == ((guest.person_id, host.id),)


def test_a_department_that_keeps_people_at_work_says_how_many_may_go(session: Session) -> None:
    keeper = factories.department("support", seated_least=2)
    for _ in range(3):
        factories.person(department_=keeper, hours="mon 09:00-10:00")
    round = factories.round_(ends_on=factories.MONDAY)

    floors = gather.problem(round, NOW).floors

    assert [(floor.start, floor.away) for floor in floors] == [(minutes(at(0, 9)), 1), (minutes(at(0, 9, 30)), 1)]


def test_exclusions_reach_the_solver(session: Session) -> None:
    round, one, other = factories.round_(), factories.person(), factories.person()
    session.add(Exclusion(person_id=one.id, other_id=other.id))
    session.flush()

    assert gather.problem(round, NOW).excluded == ((one.id, other.id),)


def test_gathering_takes_the_same_number_of_statements_for_any_round(session: Session) -> None:
    counts = []
    for size in (1, 5):
        round = factories.round_()
        for _ in range(size):
            factories.guest(round)
            factories.opening(round)
        session.commit()
        statements: list[str] = []
        listener = lambda *what, seen=statements: seen.append(what[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listener)
        gather.problem(session.get_one(Round, round.id), NOW)
        event.remove(db.engine, "before_cursor_execute", listener)
        counts.append(len(statements))

    assert counts[0] == counts[1]
