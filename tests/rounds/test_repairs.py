"""After publishing: visits fall away, the solver proposes who sits where instead, and only the people concerned hear of it."""

import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.background import jobs, worker
from shadowing.errors import Changed, Refusal
from shadowing.extensions import db
from shadowing.mail.letters import Sender
from shadowing.matching import asked_repairs, before, child, gather, ledger, pausing, undoing
from shadowing.matching import repairs as repairs_of_plans
from shadowing.models import (
    Audit,
    Availability,
    Because,
    Department,
    FreeTimes,
    Guest,
    Host,
    Job,
    JobState,
    Letter,
    LetterKind,
    LetterState,
    Opening,
    Pairing,
    PairingStatus,
    Person,
    Repair,
    RepairLimits,
    RepairState,
    Round,
    Slot,
    Stage,
    Why,
)
from shadowing.models.facts import VisitFacts
from shadowing.rounds import repairs, rounds
from shadowing.visiting import invitations, slots
from tests import factories as make
from tests.factories import NOW, at

SENDER = Sender(secret="s" * 32, mail_from="shadowing@example.org", public_url="http://localhost:8000", company="")
EVENING = at(6, 18)
"""Of the Sunday before the visits of the second week."""
CANCEL, REQUEST, CHANGE = LetterKind.CANCEL, LetterKind.REQUEST, LetterKind.CHANGE


@dataclass
class Running:
    """A published round that everybody has heard of: two guests visit *ill*, *other* has two seats free later, and four more visit
    somebody else."""

    round: Round
    ill: Person
    other: Person
    guests: list[Person]
    rest: list[Person]
    hr: Person


def running(**facts: object) -> Running:
    round = make.round_(stage=Stage.PUBLISHED, **facts)
    wished = make.department("wished")
    ill, other, third = (make.person(department_=wished) for _ in range(3))
    first, later = make.opening(round, ill, starts_at=at(7, 10)), make.opening(round, other, starts_at=at(14, 10))
    far = make.opening(round, third, starts_at=at(15, 10), seats=4)
    make.slot(later)
    guests = [seated(round, make.slot(first), wished) for _ in range(1)]
    guests += [seated(round, first.slots[0], wished)]
    there = make.slot(far)
    rest = [seated(round, there, wished) for _ in range(4)]
    hr = make.person(hr=True)
    told(round)
    return Running(round, ill, other, guests, rest, hr)


def seated(round: Round, slot: Slot, wished: Department) -> Person:
    guest = make.guest(round, wishes=(wished,))
    for day in (7, 14, 15):
        make.free(round, guest.person, day, 9, 18)
    make.pairing(guest, slot, status=PairingStatus.PUBLISHED)
    return guest.person


def told(round: Round) -> None:
    db.session.flush()
    invitations.tell(round, NOW, SENDER, NOW)
    for letter in db.session.scalars(select(Letter)):
        letter.state, letter.done_at = LetterState.SENT, NOW
    db.session.flush()


def work(now: datetime) -> None:
    """Do the repair that waits, as the worker does."""
    for job in db.session.scalars(select(Job).where(Job.done_at.is_(None), Job.key.like("repair:%"))).all():
        job.fence = 1
        db.session.commit()
        assert jobs.run(job, lambda progress: False, now)
        db.session.commit()


def last(round: Round) -> Repair:
    return db.session.scalars(asked_repairs.last_of(round)).one()


def new_letters() -> list[tuple[int, LetterKind]]:
    rows = db.session.execute(select(Letter.person_id, Letter.kind).where(Letter.done_at.is_(None)))
    return sorted((row[0], row[1]) for row in rows)


def test_a_host_is_ill_the_evening_before_and_exactly_four_people_are_mailed(app: Flask) -> None:
    with app.app_context():
        visit = running()
        pausing.pause(visit.ill, date(2027, 1, 26), visit.hr, EVENING)
        db.session.commit()
        round_id, hr = visit.round.id, visit.hr.id
        guests, hosts = sorted(one.id for one in visit.guests), (visit.ill.id, visit.other.id)

    began = time.monotonic()
    assert worker.work(app, threading.Event(), lambda: EVENING)
    assert time.monotonic() - began < 60

    with app.app_context():
        round = db.session.get_one(Round, round_id)
        repair = last(round)
        first = repair.proposals[0]
        assert (repair.state, repair.concerned, first.seated, first.proven) == (RepairState.PROPOSED, guests, 2, True)
        assert first.mailed == {*guests, *hosts}

        repairs.take_and_tell(repair, 0, db.session.get_one(Person, hr), SENDER, EVENING)

        assert new_letters() == sorted(
            [(hosts[0], CANCEL), (hosts[1], REQUEST), *((one, kind) for one in guests for kind in (CANCEL, REQUEST))]
        )
        assert (repair.state, repair.chosen, repair.by_id) == (RepairState.TAKEN, 0, hr)


def proposed(visit: Running) -> Repair:
    """The host is ill until Tuesday, and the worker has answered."""
    pausing.pause(visit.ill, date(2027, 1, 26), visit.hr, EVENING)
    db.session.commit()
    work(EVENING)
    return last(visit.round)


def test_nothing_is_told_and_nothing_stands_before_somebody_takes_a_proposal(session: Session) -> None:
    visit = running()

    repair = proposed(visit)

    assert new_letters() == []
    assert repair.state is RepairState.PROPOSED
    standing = session.scalars(select(Pairing).where(Pairing.stands)).all()
    assert sorted(one.guest.person_id for one in standing) == sorted(one.id for one in visit.rest)


def test_a_proposal_that_is_looked_at_first_can_be_taken_back_on_the_board(session: Session) -> None:
    visit = running()
    repair = proposed(visit)

    repairs.take(repair, 0, visit.hr, EVENING)
    row = session.scalars(before.last_deed(visit.round)).one()
    undoing.undo(visit.round, row.id, visit.hr, EVENING)

    assert new_letters() == []
    standing = session.scalars(select(Pairing).where(Pairing.stands)).all()
    assert sorted(one.guest.person_id for one in standing) == sorted(one.id for one in visit.rest)


def test_a_later_change_of_the_round_overtakes_the_proposal_and_asks_anew(session: Session) -> None:
    visit = running()
    old = proposed(visit)

    slots.call_off(session.scalars(select(Pairing).where(Pairing.stands).limit(1)).one().slot, visit.hr, EVENING)

    assert (old.state, last(visit.round).state) == (RepairState.OVERTAKEN, RepairState.WAITING)
    with pytest.raises(Changed):
        repairs.take(old, 0, visit.hr, EVENING)
    work(EVENING)
    assert len(last(visit.round).concerned) == 6


def test_a_change_while_the_solver_works_is_seen_and_the_answer_is_not_used(session: Session) -> None:
    visit = running()
    pausing.pause(visit.ill, date(2027, 1, 26), visit.hr, EVENING)
    old = last(visit.round)
    asked = repairs_of_plans.begin(old.id, EVENING)
    assert asked is not None
    visit.round.version += 1
    session.commit()

    mended = child.repair(asked.problem, asked.plan, asked.without, lambda progress: False)
    repairs.conclude(old.id, mended, SENDER, EVENING)

    assert (old.state, last(visit.round).state) == (RepairState.OVERTAKEN, RepairState.WAITING)


def test_who_loses_a_visit_for_good_reads_why_and_that_they_come_first_next_time(session: Session) -> None:
    visit = running()
    visit.other.away_until = date(2027, 2, 28)
    repair = proposed(visit)

    assert (repair.proposals[0].seated, repair.proposals[0].proven) == (0, True)
    repairs.take_and_tell(repair, 0, visit.hr, SENDER, EVENING)

    mails = session.scalars(select(Letter).where(Letter.done_at.is_(None), Letter.kind == CANCEL)).all()
    said = {one.person_id: one.facts.parting for one in mails if isinstance(one.facts, VisitFacts)}
    told = [(found.why, found.first_next_time) for one in visit.guests if (found := said[one.id])]
    assert told == [(Why.HOST_GONE, True)] * 2
    visit.round.published_at = NOW
    session.flush()
    counted = ledger.missed(make.round_(starts_on=date(2027, 6, 1), ends_on=date(2027, 6, 9)))
    assert counted == Counter({one.id: 1 for one in visit.guests})


def test_a_repair_for_those_without_a_visit_moves_nobody_by_itself(session: Session) -> None:
    visit = running()
    waiting = make.guest(visit.round, wishes=(visit.other.home,))
    make.free(visit.round, waiting.person, 14, 9, 18)
    session.flush()

    repairs.look(visit.round, visit.hr, EVENING)
    session.commit()
    work(EVENING)

    repair = last(visit.round)
    assert (repair.because, repair.concerned, repair.proposals[0].seated) == (Because.WITHOUT, [waiting.person_id], 1)
    repairs.take_and_tell(repair, 0, visit.hr, SENDER, EVENING)
    assert new_letters() == sorted([(waiting.person_id, REQUEST), (visit.other.id, REQUEST)])


def test_there_is_nothing_to_look_for_where_everybody_has_a_visit(session: Session) -> None:
    visit = running()

    with pytest.raises(Refusal, match="Everybody"):
        repairs.look(visit.round, visit.hr, EVENING)


@pytest.mark.parametrize(("people", "hours", "alone"), [(4, 12, True), (3, 12, False), (4, 24, False)])
def test_within_limits_set_before_a_repair_needs_nobodys_press(
    session: Session, people: int, hours: int, alone: bool
) -> None:
    """The lost visit begins 16 hours after the evening before."""
    visit = running(repairs_alone=RepairLimits(people_most=people, hours_ahead=hours))

    repair = proposed(visit)

    assert repair.state is (RepairState.TAKEN if alone else RepairState.PROPOSED)
    assert len({person for person, _ in new_letters()}) == (4 if alone else 0)
    deeds = session.scalars(select(Audit.deed).where(Audit.person_id.is_(None))).all()
    assert ("repair_alone" in deeds) is alone


def test_what_hr_has_changed_and_not_told_yet_does_not_leave_by_itself(session: Session) -> None:
    visit = running(repairs_alone=RepairLimits(people_most=99, hours_ahead=0))
    half_done = session.scalars(select(Pairing).where(Pairing.guest.has(person_id=visit.rest[0].id))).one()
    half_done.status = PairingStatus.DROPPED

    repair = proposed(visit)

    assert repair.state is RepairState.PROPOSED
    assert new_letters() == []


def test_a_proposal_that_is_put_aside_changes_nothing(session: Session) -> None:
    visit = running()
    repair = proposed(visit)

    repairs.put_aside(repair, visit.hr, EVENING)

    with pytest.raises(Changed):
        repairs.take(repair, 0, visit.hr, EVENING)
    assert new_letters() == []


def test_who_publishes_first_overtakes_the_proposal(session: Session) -> None:
    visit = running()
    repair = proposed(visit)

    rounds.publish(visit.round, visit.hr, visit.round.version, EVENING, SENDER, EVENING)

    assert repair.state is RepairState.OVERTAKEN


def test_a_search_that_dies_is_said_and_can_be_repeated(session: Session) -> None:
    visit = running()
    pausing.pause(visit.ill, date(2027, 1, 26), visit.hr, EVENING)
    job = session.scalars(select(Job).where(Job.key.like("repair:%"))).one()
    job.fence = 1
    session.flush()

    jobs.fail(job, "killed", EVENING)

    assert last(visit.round).state is RepairState.FAILED
    assert session.scalars(select(Job.state).where(Job.id == job.id)).one() is JobState.FAILED
    slots.call_off(session.scalars(select(Pairing).where(Pairing.stands).limit(1)).one().slot, visit.hr, EVENING)
    assert last(visit.round).state is RepairState.WAITING


def test_what_stands_against_a_rule_stays_where_it_is_and_counts_as_nobodys_loss(session: Session) -> None:
    visit = running()
    free = session.scalars(select(Availability).where(Availability.person_id == visit.rest[0].id)).one()
    free.given = FreeTimes()
    visit.rest[1].manager_id = visit.other.id

    repair = proposed(visit)

    assert repair.concerned == sorted(one.id for one in visit.guests)
    assert {seat.guest for one in repair.proposals for seat in one.given_up} == set()


def test_what_begins_too_soon_to_be_announced_anew_is_not_moved_for_somebody_else(session: Session) -> None:
    """The only free seat is of a day before the notice is over; who sits there could go elsewhere."""
    visit = running()
    soon = make.opening(visit.round, make.person(department_=visit.other.home), starts_at=at(8, 10), seats=1)
    sitting = seated(visit.round, make.slot(soon), visit.other.home)
    make.free(visit.round, sitting, 8, 9, 18)
    for guest in visit.guests:
        make.free(visit.round, guest, 8, 9, 18)
    told(visit.round)

    repair = proposed(visit)

    assert sitting.id not in repair.concerned
    assert all(sitting.id not in one.moved for one in repair.proposals)


def test_a_second_visit_that_is_lost_is_looked_for_too(session: Session) -> None:
    visit = running()
    guest = session.scalars(select(Guest).where(Guest.person_id == visit.guests[0].id)).one()
    guest.visits = 2
    far = session.scalars(select(Pairing).where(Pairing.guest.has(person_id=visit.rest[0].id))).one().slot
    far.seats = far.opening.seats = 5
    make.pairing(guest, far, status=PairingStatus.PUBLISHED)
    told(visit.round)

    repair = proposed(visit)

    assert guest.person_id in repair.concerned
    taken = [seat for seat in repair.proposals[0].taken if seat.guest == guest.person_id]
    assert [seat.opening for seat in taken] == [visit_of(visit.other, session).id]


def visit_of(host: Person, session: Session) -> Opening:
    return session.scalars(select(Opening).join(Host).where(Host.person_id == host.id)).one()


def test_a_time_at_which_a_flexible_opening_was_called_off_is_not_proposed_again(session: Session) -> None:
    visit = running()
    desk = make.opening(visit.round, make.person(department_=visit.other.home), flexible=True, starts_at=None)
    make.free(visit.round, desk.hosts[0].person, 14, 9, 18)
    slot = make.slot(desk, at(14, 13))
    seated(visit.round, slot, visit.other.home)
    told(visit.round)

    slots.call_off(slot, visit.hr, EVENING)

    (opening,) = [one for one in gather.problem(visit.round, EVENING).openings if one.id == desk.id]
    assert int(at(14, 13).timestamp()) // 60 not in opening.starts
    assert int(at(14, 14).timestamp()) // 60 in opening.starts
