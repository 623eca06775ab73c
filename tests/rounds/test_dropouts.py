"""A host drops out: ill, moved to another post, kept from one visit, or with a deputy in their place."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.models import (
    Answer,
    DeclineArguments,
    Host,
    Invitation,
    Job,
    JobKind,
    LetterKind,
    Opening,
    Pairing,
    PairingStatus,
    Person,
    Repair,
    RepairState,
    Round,
)
from shadowing.rounds import deputies, dropouts, rounds
from shadowing.rounds.dropouts import HostOut
from shadowing.typed import Mistakes
from shadowing.visiting import answers, declining
from shadowing.visiting.answers import NewAnswer
from tests import factories as make
from tests.factories import NOW, at
from tests.rounds.test_repairs import (
    CANCEL,
    CHANGE,
    EVENING,
    REQUEST,
    SENDER,
    last,
    new_letters,
    running,
    told,
    work,
)


def publish(round: Round, by: Person) -> None:
    rounds.publish(round, by, round.version, EVENING, SENDER, EVENING)


def invitation(person: Person, session: Session) -> Invitation:
    return session.scalars(select(Invitation).where(Invitation.person_id == person.id)).one()


def test_before_an_illness_is_entered_it_is_shown_what_it_breaks(session: Session) -> None:
    visit = running()

    found = dropouts.of_host(visit.round, visit.ill, HostOut.ILL, date(2027, 1, 26), EVENING)

    assert (len(found.visits), set(found.guests), found.hosts) == (2, set(visit.guests), (visit.ill,))
    assert dropouts.of_host(visit.round, visit.ill, HostOut.ILL, date(2027, 1, 25), EVENING).visits == ()


def test_an_illness_needs_a_day_on_which_it_ends(session: Session) -> None:
    visit = running()

    with pytest.raises(Mistakes):
        dropouts.ill(visit.round, visit.ill, None, visit.hr, EVENING)


def test_a_host_who_is_ill_asks_for_a_repair_at_once(session: Session) -> None:
    visit = running()

    dropouts.ill(visit.round, visit.ill, date(2027, 1, 26), visit.ill, EVENING)

    assert last(visit.round).state is RepairState.WAITING


def test_a_host_with_another_post_offers_nothing_more_and_guests_look_for_places(session: Session) -> None:
    visit = running()

    dropouts.moved(visit.round, visit.ill, visit.hr, EVENING)
    session.commit()
    work(EVENING)

    assert (last(visit.round).concerned, last(visit.round).proposals[0].seated) == (
        sorted(one.id for one in visit.guests),
        2,
    )
    assert (
        session.scalars(select(Opening.withdrawn_at).join(Host).where(Host.person_id == visit.ill.id)).one() == EVENING
    )


def test_where_others_host_with_them_the_visits_take_place(session: Session) -> None:
    visit = running()
    opening = session.scalars(select(Opening).join(Host).where(Host.person_id == visit.ill.id)).one()
    opening.hosts.append(Host(person=visit.other, position=1))
    told(visit.round)

    dropouts.moved(visit.round, visit.ill, visit.hr, EVENING)

    assert session.scalars(select(Pairing).where(~Pairing.stands)).all() == []
    publish(visit.round, visit.hr)
    assert (visit.ill.id, CANCEL) in new_letters()
    assert {kind for person, kind in new_letters() if person in {one.id for one in visit.guests}} == {CHANGE}


def test_one_visit_that_a_host_cannot_come_to_is_called_off_alone(session: Session) -> None:
    visit = running()
    slot = session.scalars(select(Pairing).where(Pairing.guest.has(person_id=visit.guests[0].id))).one().slot

    dropouts.one_visit(slot, visit.ill, visit.ill, EVENING)

    assert (slot.cancelled_at, last(visit.round).state) == (EVENING, RepairState.WAITING)


# A deputy


def test_a_deputy_takes_the_visit_and_its_calendar_entries_go_on(session: Session) -> None:
    visit = running()
    deputy = make.person(department_=visit.ill.home)
    slot = session.scalars(select(Pairing).where(Pairing.guest.has(person_id=visit.guests[0].id))).one().slot
    before = {one.id: (row.uid, row.sequence) for one in visit.guests if (row := invitation(one, session))}

    effects = deputies.give(slot, visit.ill, deputy, visit.hr, EVENING)
    publish(visit.round, visit.hr)

    assert not effects
    changed = [(one.id, CHANGE) for one in visit.guests]
    assert new_letters() == sorted([*changed, (visit.ill.id, CANCEL), (deputy.id, REQUEST)])
    after = {one.id: (row.uid, row.sequence) for one in visit.guests if (row := invitation(one, session))}
    assert after == {id: (uid, sequence + 1) for id, (uid, sequence) in before.items()}


def test_a_deputy_for_one_date_of_many_leaves_the_others_to_the_host(session: Session) -> None:
    visit = running()
    deputy = make.person(department_=visit.ill.home)
    pairing = session.scalars(select(Pairing).where(Pairing.guest.has(person_id=visit.guests[0].id))).one()
    make.slot(pairing.slot.opening, at(14, 15))

    deputies.give(pairing.slot, visit.ill, deputy, visit.hr, EVENING)

    hosts = {one.starts_at: [host.person for host in one.hosts] for one in (pairing.slot.opening,)}
    assert hosts == {at(7, 10): [deputy]}
    others = session.scalars(select(Opening).join(Host).where(Host.person_id == visit.ill.id)).all()
    assert [[slot.starts_at for slot in one.slots] for one in others] == [[at(14, 15)]]


def test_a_guest_whom_a_rule_keeps_from_the_deputy_is_shown_and_looks_for_another_place(session: Session) -> None:
    visit = running()
    deputy = make.person(department_=visit.ill.home)
    deputy.manager_id = visit.guests[0].id
    slot = session.scalars(select(Pairing).where(Pairing.guest.has(person_id=visit.guests[0].id))).one().slot

    effects = deputies.give(slot, visit.ill, deputy, visit.hr, EVENING)

    assert [one.guest for one in effects.visits] == [visit.guests[0]]
    assert last(visit.round).state is RepairState.WAITING


def test_whoever_hosts_already_or_is_away_is_no_deputy(session: Session) -> None:
    visit = running()
    slot = session.scalars(select(Pairing).where(Pairing.guest.has(person_id=visit.guests[0].id))).one().slot
    away = make.person(away_until=date(2027, 2, 1))

    with pytest.raises(Refusal, match="hosts this visit already"):
        deputies.give(slot, visit.ill, visit.ill, visit.hr, EVENING)
    with pytest.raises(Refusal, match="not there"):
        deputies.give(slot, visit.ill, away, visit.hr, EVENING)


def test_a_deputy_takes_a_visit_of_an_opening_at_any_time(session: Session) -> None:
    visit = running()
    desk = make.opening(visit.round, visit.ill, flexible=True, starts_at=None)
    slot = make.slot(desk, at(8, 13))
    guest = visit.guests[0]
    session.scalars(select(Pairing).where(Pairing.guest.has(person_id=guest.id))).one().guest.visits = 2
    make.free(visit.round, guest, 8, 9, 18)
    make.free(visit.round, visit.ill, 8, 9, 18)
    seat = session.scalars(select(Pairing).where(Pairing.guest.has(person_id=visit.guests[1].id))).one().guest
    make.free(visit.round, seat.person, 8, 9, 18)
    seat.visits = 2
    deputy = make.person(department_=visit.ill.home)
    make.pairing(seat, slot, status=PairingStatus.PUBLISHED)
    told(visit.round)

    effects = deputies.give(slot, visit.ill, deputy, visit.hr, EVENING)
    publish(visit.round, visit.hr)

    assert not effects
    assert {(seat.person_id, CHANGE), (visit.ill.id, CANCEL), (deputy.id, REQUEST)} == set(new_letters())
    assert desk.withdrawn_at is None


def declined(host: Person, session: Session, now: datetime) -> Job:
    """A host says on their page that they cannot come."""
    of_first = select(Invitation).where(Invitation.person_id == host.id).order_by(Invitation.id)
    answers.take(session.scalars(of_first).first() or Invitation(), NewAnswer(answer=Answer.NO), now)
    return session.scalars(select(Job).where(Job.kind == JobKind.FREE_SEAT)).one()


def over(job: Job) -> None:
    assert isinstance(job.arguments, DeclineArguments)
    dropouts.when_over(job.arguments, job.due_at)
    db.session.flush()


def test_a_host_who_says_no_has_an_hour_to_think_better_of_it_then_places_are_looked_for(session: Session) -> None:
    visit = running()
    job = declined(visit.ill, session, NOW)
    assert job.due_at == NOW + declining.GRACE
    assert not session.scalars(select(Repair)).all()

    over(job)

    assert last(visit.round).state is RepairState.WAITING
    assert [one.guest.person for one in session.scalars(select(Pairing).where(~Pairing.stands))] == visit.guests
    assert new_letters() == [(visit.ill.id, LetterKind.ANSWER_HEARD)]


def test_a_host_who_says_no_on_the_evening_before_is_taken_at_their_word(session: Session) -> None:
    visit = running()

    assert declined(visit.ill, session, EVENING).due_at == EVENING


def test_a_host_who_thinks_better_of_it_keeps_their_visit(session: Session) -> None:
    visit = running()
    job = declined(visit.ill, session, NOW)
    answers.undo(invitation(visit.ill, session), NOW + timedelta(minutes=30))

    over(job)

    assert not session.scalars(select(Repair)).all()
    assert not session.scalars(select(Pairing).where(~Pairing.stands)).all()


def test_a_no_of_a_host_whose_visit_is_off_already_does_nothing(session: Session) -> None:
    visit = running()
    job = declined(visit.ill, session, NOW)
    dropouts.one_visit(invitation(visit.ill, session).slot, visit.ill, visit.hr, NOW)
    asked = len(session.scalars(select(Repair)).all())

    over(job)

    assert len(session.scalars(select(Repair)).all()) == asked
