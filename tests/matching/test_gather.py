"""A round's rows as the solver's problem."""

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from shadowing.extensions import db
from shadowing.matching import gather
from shadowing.matching.spans import minutes, moment
from shadowing.models import (
    Consent,
    Exclusion,
    Forbid,
    Goal,
    Host,
    Hosting,
    OpeningKind,
    PairingStatus,
    PastPairing,
    Person,
    Round,
    Slot,
)
from shadowing.rules import RoundRules
from shadowing.solver import problem as p
from shadowing.solver.intervals import cut
from shadowing.solver.problem import Seat, Span
from shadowing.typed import read
from tests import factories
from tests.factories import MONDAY, NOW, at, free


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


def test_the_working_hours_come_along_whatever_is_free_of_them(session: Session) -> None:
    round = _round_with_guest_and_desk()

    guest = gather.problem(round, NOW).people[0]

    assert {(span.start, span.end) for span in cut(guest.free, guest.hours)} == {
        (span.start, span.end) for span in guest.free
    }
    assert sum(span.end - span.start for span in guest.hours) > sum(span.end - span.start for span in guest.free)


def test_a_desk_can_begin_at_each_half_hour_that_leaves_room_for_the_visit(session: Session) -> None:
    round = _round_with_guest_and_desk()

    desk = gather.problem(round, NOW).openings[0]

    assert desk.starts == tuple(minutes(at(0, 9)) + shift for shift in (0, 30, 60))


def test_a_closed_day_has_no_desk(session: Session) -> None:
    round = _round_with_guest_and_desk()
    round.closed_days = ["2027-01-18"]

    assert gather.problem(round, NOW).openings[0].starts == ()


# Time


def test_nothing_begins_before_the_notice_of_the_round_is_over(session: Session) -> None:
    at_once, later = (
        factories.round_(rules=RoundRules(notice_days=0)),
        factories.round_(rules=RoundRules(notice_days=10)),
    )

    assert gather.problem(at_once, NOW).earliest == minutes(NOW)
    assert gather.problem(later, NOW).earliest == minutes(NOW + timedelta(days=10))
    assert gather.problem(factories.round_(), NOW).earliest == minutes(NOW + timedelta(days=3))


def test_weeks_and_half_days_are_counted_in_the_rounds_zone(session: Session) -> None:
    assert gather.problem(factories.round_(zone="Europe/Berlin"), NOW).zone == "Europe/Berlin"


def test_the_rules_of_the_round_reach_the_solver(session: Session) -> None:
    given = {"own_department": True, "own_boss": True, "visits_most": 5, "wishes": "prefer", "walls": "off"}

    rules = asdict(gather.problem(factories.round_(rules=read(RoundRules, given)), NOW).rules)

    assert {name: rules[name] for name in given} == given


def test_free_time_that_was_entered_for_another_round_does_not_count(session: Session) -> None:
    round = _round_with_guest_and_desk()
    before = gather.problem(round, NOW).people
    free(factories.round_(), session.get_one(Person, before[0].id), 1, 9, 12)

    assert gather.problem(round, NOW).people == before


def test_working_hours_are_read_on_the_persons_own_clock(session: Session) -> None:
    round = factories.round_()
    guest = factories.guest(round, factories.person(zone="Asia/Kolkata", hours="mon 09:00-10:00"))
    free(round, guest.person, 0, 8, 20)

    found = gather.problem(round, NOW).people[0]

    assert found.free == (Span(minutes(at(0, 12, 30)), minutes(at(0, 13, 30)), 2),)


def test_a_time_that_is_marked_if_need_be_stays_so(session: Session) -> None:
    round = factories.round_()
    guest = factories.guest(round)
    free(round, guest.person, 1, 9, 12, level=1)

    assert gather.problem(round, NOW).people[0].free == (Span(minutes(at(1, 9)), minutes(at(1, 12)), 1),)


# People


def test_who_has_not_answered_or_wants_no_visit_is_no_guest(session: Session) -> None:
    round = factories.round_()
    factories.guest(round, answered_at=None)
    factories.guest(round, visits=0)
    factories.guest(round, factories.person(left_at=NOW))
    factories.guest(factories.round_())

    assert gather.problem(round, NOW).guests == ()


def test_a_guest_brings_what_they_asked_for(session: Session) -> None:
    round, wished = factories.round_(), factories.department("wished")
    row = factories.guest(round, wishes=(wished,), visits=2, surprise=True, half_days_most=3)
    row.goals.append(Goal(rank=2, topic="pricing"))
    session.flush()

    (guest,) = gather.problem(round, NOW).guests

    assert (guest.person, guest.visits, guest.weight, guest.surprise) == (row.person_id, 2, 1, True)
    assert guest.half_days_most == 3
    assert guest.wishes == (p.Goal(rank=1, department=wished.id), p.Goal(rank=2, topic="pricing"))


def test_a_person_brings_department_boss_and_what_the_contract_allows(session: Session) -> None:
    round, boss = factories.round_(), factories.person()
    row = factories.person(manager_id=boss.id, may=["meeting", "desk"])
    factories.guest(round, row)

    (person,) = gather.problem(round, NOW).people

    assert (person.id, person.department, person.boss) == (row.id, row.department_id, boss.id)
    assert person.may == (OpeningKind.DESK, OpeningKind.MEETING)


def test_only_guests_and_hosts_of_the_round_are_people_of_it(session: Session) -> None:
    round, host, guest = factories.round_(), factories.person(), factories.person()
    factories.person()
    factories.opening(round, host)
    factories.opening(round, factories.person(), withdrawn_at=NOW)
    factories.opening(factories.round_(), factories.person())
    factories.guest(round, guest)
    factories.guest(round, answered_at=None)
    factories.guest(factories.round_(), factories.person())

    assert {person.id for person in gather.problem(round, NOW).people} == {host.id, guest.id}


# Openings


def test_an_opening_brings_all_that_was_offered(session: Session) -> None:
    round, first, second = factories.round_(), factories.person(), factories.person()
    row = factories.opening(
        round, second, first, minutes=90, seats=3, topics=["pricing", "brand"], most_per_week=2, travel_minutes=20
    )
    factories.slot(row)

    (opening,) = gather.problem(round, NOW).openings

    assert (opening.id, opening.department, opening.kind) == (row.id, second.department_id, OpeningKind.MEETING)
    assert (opening.hosts, opening.minutes, opening.seats) == ((second.id, first.id), 90, 3)
    assert (opening.topics, opening.most_per_week, opening.travel) == (("brand", "pricing"), 2, 20)
    assert (opening.starts, opening.fixed) == ((minutes(at(1, 10)),), True)


def test_what_was_withdrawn_or_is_of_another_round_is_not_offered(session: Session) -> None:
    round = factories.round_()
    factories.opening(round, withdrawn_at=NOW)
    factories.opening(factories.round_())

    assert gather.problem(round, NOW).openings == ()


def test_a_cancelled_slot_is_not_offered(session: Session) -> None:
    round = factories.round_()
    meeting = factories.opening(round)
    factories.slot(meeting, at(1, 10), cancelled_at=NOW)
    factories.slot(meeting, at(8, 10))

    assert gather.problem(round, NOW).openings[0].starts == (minutes(at(8, 10)),)


@pytest.mark.parametrize(
    ("consent", "allowed"), [(Consent.YES, True), (Consent.ASKED, True), (None, True), (Consent.NO, False)]
)
def test_a_customers_no_is_heard(session: Session, consent: Consent | None, allowed: bool) -> None:
    round = factories.round_()
    factories.opening(round, kind=OpeningKind.RIDE_ALONG, customer_consent=consent)

    assert gather.problem(round, NOW).openings[0].consent is allowed


def test_a_desk_with_two_hosts_begins_only_when_both_are_free(session: Session) -> None:
    round, first, second = factories.round_(), factories.person(), factories.person()
    desk = factories.opening(round, first, second, flexible=True, starts_at=None, minutes=60)
    free(round, first, 0, 9, 12)
    free(round, second, 0, 11, 15)

    assert gather.problem(round, NOW).openings[0].starts == (minutes(at(0, 11)),)

    desk.hosts.pop()
    session.flush()
    assert len(gather.problem(round, NOW).openings[0].starts) == 5


@pytest.mark.parametrize(("minutes", "starts"), [(60, (at(0, 9),)), (61, ())])
def test_a_desk_fits_into_the_hosts_time_to_the_minute(
    session: Session, minutes: int, starts: tuple[datetime, ...]
) -> None:
    round, host = factories.round_(), factories.person()
    factories.opening(round, host, flexible=True, starts_at=None, minutes=minutes)
    free(round, host, 0, 9, 10)

    assert tuple(map(moment, gather.problem(round, NOW).openings[0].starts)) == starts


def test_a_desk_whose_second_host_gave_no_times_cannot_begin(session: Session) -> None:
    round, first = factories.round_(), factories.person()
    factories.opening(round, first, factories.person(), flexible=True, starts_at=None)
    free(round, first, 0, 9, 12)

    assert gather.problem(round, NOW).openings[0].starts == ()


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [(OpeningKind.RIDE_ALONG, at(0, 9, 30), at(0, 11)), (OpeningKind.DESK, at(0, 9), at(0, 11, 30))],
)
def test_only_a_ride_along_takes_the_hosts_travel_as_well(
    session: Session, kind: OpeningKind, first: datetime, last: datetime
) -> None:
    round, host = factories.round_(), factories.person()
    factories.opening(round, host, kind=kind, flexible=True, starts_at=None, minutes=150, travel_minutes=30)
    free(round, host, 0, 9, 13, level=1)
    free(round, host, 0, 13, 14)

    found = [moment(start) for start in gather.problem(round, NOW).openings[0].starts]

    assert (found[0], found[-1]) == (first, last)


def test_a_hosts_travel_may_leave_their_time_where_it_is_no_work(session: Session) -> None:
    round, host = factories.round_(rules=RoundRules(travel_is_work=False)), factories.person()
    ride: dict[str, object] = {"kind": OpeningKind.RIDE_ALONG, "flexible": True, "starts_at": None}
    factories.opening(round, host, minutes=60, travel_minutes=30, **ride)
    free(round, host, 0, 9, 10)

    problem = gather.problem(round, NOW)

    assert [moment(start) for start in problem.openings[0].starts] == [at(0, 9)]
    assert problem.rules.travel_is_work is False


# What was before


def test_only_the_last_rounds_count_as_repeats_but_all_count_for_the_walls(session: Session) -> None:
    round = factories.round_(rules=RoundRules(repeat_rounds=1))
    guest, old, new = factories.person(), factories.person(), factories.person()
    _past(session, round, guest, old, new)

    problem = gather.problem(round, NOW)

    assert problem.past == ((guest.id, new.id),)
    assert set(problem.met) == {(guest.department_id, old.department_id), (guest.department_id, new.department_id)}


def test_a_round_of_our_own_that_took_place_counts_as_the_latest(session: Session) -> None:
    earlier = factories.round_(starts_on=factories.MONDAY - timedelta(days=90))
    guest, host = factories.guest(earlier), factories.person()
    factories.pairing(guest, factories.slot(factories.opening(earlier, host)), status="held")
    round = factories.round_()

    assert gather.problem(round, NOW).past == ((guest.person_id, host.id),)


def test_the_last_two_rounds_rest_and_those_before_do_not(session: Session) -> None:
    guest = factories.person()
    hosts = [_visited(guest, weeks) for weeks in (30, 20, 10)]
    round = factories.round_()

    assert gather.problem(round, NOW).past == tuple(sorted((guest.id, host.id) for host in hosts[1:]))


def _visited(guest: Person, weeks: int, status: PairingStatus = PairingStatus.HELD) -> Person:
    """The host whom *guest* visited in a round so many *weeks* earlier."""
    earlier, host = factories.round_(starts_on=factories.MONDAY - timedelta(weeks=weeks)), factories.person()
    seat = factories.slot(factories.opening(earlier, host))
    factories.pairing(factories.guest(earlier, guest), seat, status=status)
    return host


def test_no_rest_is_kept_where_the_rule_is_off(session: Session) -> None:
    guest = factories.person()
    _visited(guest, 10)

    problem = gather.problem(factories.round_(rules=RoundRules(repeat_rounds=0)), NOW)

    assert problem.past == ()
    assert len(problem.met) == 1


@pytest.mark.parametrize(
    ("months", "rests"), [(0, False), (1, False), (2, True), (3, True)], ids=["off", "over", "not over", "not at all"]
)
def test_so_many_months_rest_whatever_the_rounds(session: Session, months: int, rests: bool) -> None:
    guest = factories.person()
    host = _visited(guest, 10)
    visit = session.scalars(select(Slot)).one()
    visit.starts_at = datetime(2026, 11, 18, 1, tzinfo=UTC)  # two months before the round, to the day
    session.flush()

    problem = gather.problem(factories.round_(rules=RoundRules(repeat_rounds=0, repeat_months=months)), NOW)

    assert problem.past == (((guest.id, host.id),) if rests else ())


def test_two_who_meet_in_a_round_beside_this_one_rest_as_well(session: Session) -> None:
    guest = factories.person()
    host = _visited(guest, 0, PairingStatus.PUBLISHED)

    problem = gather.problem(factories.round_(rules=RoundRules(repeat_months=1)), NOW)

    assert problem.past == ((guest.id, host.id),)


@pytest.mark.parametrize("status", [PairingStatus.PLANNED, PairingStatus.DROPPED])
def test_who_never_met_may_meet(session: Session, status: PairingStatus) -> None:
    _visited(factories.person(), 10, status)

    problem = gather.problem(factories.round_(), NOW)

    assert (problem.past, problem.met) == ((), ())


def test_a_round_that_comes_later_is_not_the_past(session: Session) -> None:
    _visited(factories.person(), -10)

    problem = gather.problem(factories.round_(), NOW)

    assert (problem.past, problem.met) == ((), ())


def test_the_rounds_of_a_folder_fill_up_what_our_own_leave(session: Session) -> None:
    guest, old, told = factories.person(), factories.person(), factories.person()
    own, round = _visited(guest, 10), factories.round_()
    _past(session, round, guest, old, told)

    assert gather.problem(round, NOW).past == tuple(sorted([(guest.id, told.id), (guest.id, own.id)]))

    own_too = _visited(guest, 5)
    assert gather.problem(round, NOW).past == tuple(sorted([(guest.id, own.id), (guest.id, own_too.id)]))


def _past(session: Session, round: Round, guest: Person, *hosts: Person) -> None:
    """*guest* met *hosts* in earlier rounds that the folder tells of, one in each, oldest first."""
    for position, host in enumerate(hosts):
        session.add(
            PastPairing(
                round_id=round.id, past_round=str(position), position=position, guest_id=guest.id, host_id=host.id
            )
        )
    session.flush()


def test_a_wall_fell_between_the_departments_of_that_time(session: Session) -> None:
    round, guest, host = factories.round_(), factories.person(), factories.person()
    _past(session, round, guest, host)
    session.execute(update(PastPairing).values(department_id=guest.department_id))

    assert gather.problem(round, NOW).met == ((guest.department_id, guest.department_id),)


# What HR holds


def test_a_department_that_keeps_people_at_work_says_how_many_may_go(session: Session) -> None:
    keeper = factories.department("support", seated_least=2)
    for _ in range(3):
        factories.person(department_=keeper, hours="mon 09:00-10:00")
    round = factories.round_(ends_on=factories.MONDAY)

    floors = gather.problem(round, NOW).floors

    assert [(floor.start, floor.away) for floor in floors] == [(minutes(at(0, 9)), 1), (minutes(at(0, 9, 30)), 1)]


def test_nobody_is_kept_who_left_and_no_department_that_asks_for_nobody(session: Session) -> None:
    keeper = factories.department("support", seated_least=1)
    factories.person(department_=keeper, hours="mon 09:00-09:30")
    factories.person(department_=keeper, hours="mon 09:00-09:30", left_at=NOW)
    factories.person(department_=factories.department("free"), hours="mon 09:00-09:30")
    round = factories.round_(ends_on=factories.MONDAY)

    floors = gather.problem(round, NOW).floors

    assert [(floor.department, floor.away) for floor in floors] == [(keeper.id, 0)]


def test_only_what_hr_pinned_and_nobody_dropped_is_held(session: Session) -> None:
    round = factories.round_()
    meeting = factories.opening(round)
    held, loose, dropped = factories.guest(round), factories.guest(round), factories.guest(round)
    slot = factories.slot(meeting)
    factories.pairing(held, slot, pinned=True)
    factories.pairing(loose, slot)
    factories.pairing(dropped, slot, pinned=True, status=PairingStatus.DROPPED)

    pins = gather.problem(round, NOW).pins

    assert pins == (Seat(guest=held.person_id, opening=meeting.id, start=minutes(at(1, 10))),)


def test_who_was_taken_out_of_an_opening_is_kept_out_of_it_in_that_round(session: Session) -> None:
    round = factories.round_()
    guest, meeting = factories.guest(round), factories.opening(round)
    other = factories.guest(factories.round_())
    session.add_all(Forbid(guest_id=one.id, opening_id=meeting.id) for one in (guest, other))
    session.flush()

    assert gather.problem(round, NOW).forbids == ((guest.person_id, meeting.id),)


def test_exclusions_reach_the_solver(session: Session) -> None:
    round, one, other = factories.round_(), factories.person(), factories.person()
    session.add(Exclusion(person_id=one.id, other_id=other.id))
    session.flush()

    assert gather.problem(round, NOW).excluded == ((one.id, other.id),)


@pytest.mark.parametrize(
    ("ends_on", "now", "held"),
    [
        (MONDAY - timedelta(days=1), NOW, False),
        (MONDAY, NOW, True),
        (MONDAY, at(0, 12), True),
        (MONDAY, at(1, 0), False),
    ],
    ids=["over before the round", "over on its first day", "on that day", "on the day after"],
)
def test_an_exclusion_that_is_over_reaches_the_solver_no_more(
    session: Session, ends_on: date, now: datetime, held: bool
) -> None:
    round, one, other = factories.round_(), factories.person(), factories.person()
    session.add(Exclusion(person_id=one.id, other_id=other.id, ends_on=ends_on))
    session.flush()

    assert gather.problem(round, now).excluded == (((one.id, other.id),) if held else ())


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


def test_hosts_bring_the_limit_they_set(session: Session) -> None:
    round = _round_with_guest_and_desk()
    host = session.scalars(select(Person).join(Host)).one()
    session.add(Hosting(round_id=round.id, person_id=host.id, half_days_most=2))
    session.add(Hosting(round_id=factories.round_(title="Another").id, person_id=host.id, half_days_most=1))
    session.flush()

    people = gather.problem(round, NOW).people

    assert {one.id: one.hosting_most for one in people if one.hosting_most} == {host.id: 2}
