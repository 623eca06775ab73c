"""Somebody leaves or comes back: what is told before, what happens, and what does not."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.company import people
from shadowing.errors import Refusal
from shadowing.mail import letters
from shadowing.mail.letters import Sender
from shadowing.matching import board, choices, gather, leaving, pairings, why
from shadowing.models import (
    Audit,
    Guest,
    Invitation,
    Job,
    Letter,
    LetterKind,
    LetterState,
    Pairing,
    PairingStatus,
    Person,
    Round,
    SignIn,
    Stage,
)
from shadowing.visiting import invitations
from tests import factories
from tests.conftest import SECRET
from tests.factories import NOW, at

TODAY = NOW.date()
SENDER = Sender(secret=SECRET, mail_from="s@example.org", public_url="http://localhost", company="")


def visit(round: Round, guest: Guest, *hosts: Person, day: int = 1, **facts: object) -> Pairing:
    """A published visit on *day* at 10:00."""
    opening = factories.opening(round, *hosts, starts_at=at(day, 10))
    slot = factories.slot(opening, at(day, 10))
    return factories.pairing(guest, slot, **{"status": PairingStatus.PUBLISHED} | facts)


@pytest.fixture
def round(session: Session) -> Round:
    return factories.round_(title="Winter", stage=Stage.PUBLISHED)


def test_what_it_causes_is_told_before_and_happens(session: Session, round: Round) -> None:
    host, guest = factories.person(display_name="髙﨑 𠮷乃"), factories.guest(round)
    hosted = visit(round, guest, host)
    own = visit(round, factories.guest(round, host), factories.person(), day=2)
    letters.personal_link(host, round, NOW)
    session.add(SignIn(person_id=host.id, hash="x", began_at=NOW, ends_at=NOW + timedelta(hours=1)))
    session.flush()

    before = leaving.caused(host, TODAY, NOW)
    done = leaving.let_go(host, TODAY, None, NOW)
    session.expire_all()

    assert before == done
    assert (done.visits, done.hosted, done.guests, done.rounds) == ((own,), (hosted,), (guest.person,), (round,))
    assert (done.openings, done.letters, done.links, done.sign_ins) == (1, 1, 1, 1)
    assert (hosted.status, own.status, host.left_at) == (PairingStatus.DROPPED, PairingStatus.DROPPED, NOW)
    assert session.scalars(select(Letter.state)).all() == [LetterState.CANCELLED]
    assert [guest.person for guest in leaving.stranded(board_of(session, round))] == [guest.person]


def board_of(session: Session, round: Round) -> list[Guest]:
    return list(session.scalars(board.unmatched(round)))


def test_letting_go_twice_is_once(session: Session) -> None:
    person = factories.person()
    leaving.let_go(person, TODAY, None, NOW)

    assert leaving.let_go(person, TODAY + timedelta(days=3), None, NOW + timedelta(hours=1)) == leaving.Caused()
    assert (person.left_at, session.scalars(select(Audit.deed)).all()) == (NOW, ["let_go"])


def test_the_next_publish_clears_the_calendars_of_both_sides(session: Session, round: Round) -> None:
    host, guest = factories.person(), factories.guest(round)
    visit(round, guest, host)
    invitations.tell(round, NOW, SENDER, NOW)
    for letter in session.scalars(select(Letter)):
        letter.state, letter.done_at = LetterState.SENT, NOW
    session.flush()

    leaving.let_go(host, TODAY, None, NOW)
    written = invitations.tell(round, NOW + timedelta(hours=1), SENDER, NOW + timedelta(hours=1))

    assert written == {LetterKind.CANCEL: 2}
    assert session.scalars(select(Invitation.id).where(Invitation.cancelled_at.is_(None))).all() == []


def test_a_visit_that_another_host_receives_takes_place(session: Session, round: Round) -> None:
    leaver, stays, guest = (
        factories.person(display_name="Leaver"),
        factories.person(display_name="Stays"),
        factories.guest(round),
    )
    pairing = visit(round, guest, leaver, stays)
    invitations.tell(round, NOW, SENDER, NOW)

    found = leaving.let_go(leaver, TODAY, None, NOW)
    invitations.tell(round, NOW + timedelta(hours=1), SENDER, NOW + timedelta(hours=1))

    told = session.scalars(select(Invitation).where(Invitation.person_id == guest.person_id)).one().told.entry
    assert (found.hosted, found.openings, pairing.stands) == ((), 0, True)
    assert (told.hosts, told.others) == (("Stays",), (stays.id,))


def test_what_took_place_stays(session: Session, round: Round) -> None:
    host, guest = factories.person(), factories.guest(round)
    past = visit(round, guest, host)

    found = leaving.let_go(host, date(2027, 1, 19), None, at(2, 12))

    assert (found.hosted, past.stands) == ((), True)


def test_after_a_visit_with_somebody_who_left_others_can_still_be_placed(session: Session, round: Round) -> None:
    """The board looks for places among all that stand, those of leavers in the past too."""
    host, gone, other = factories.person(), factories.guest(round), factories.person()
    visit(round, gone, host)
    leaving.let_go(gone.person, TODAY, None, at(2, 12))
    leaving.let_go(host, TODAY, None, at(2, 12))
    opening = factories.opening(round, factories.person(), starts_at=at(21, 10))
    factories.slot(opening, at(21, 10))
    factories.free(round, other, 21, 9, 18)
    guest = factories.guest(round, other, wishes=(opening.department,))

    found = choices.alternatives(guest, None, at(3, 12))

    assert [choice.opening for choice in found] == [opening]


def test_a_last_day_that_is_to_come_takes_out_only_what_is_later(session: Session, round: Round) -> None:
    host = factories.person()
    before, after = visit(round, factories.guest(round), host, day=1), visit(round, factories.guest(round), host, day=2)

    found = leaving.let_go(host, date(2027, 1, 19), None, NOW)

    assert (found.hosted, before.stands, after.stands) == ((after,), True, False)
    assert (host.left_at, host.last_day) == (None, date(2027, 1, 19))
    job = session.scalars(select(Job)).one()
    assert job.due_at == datetime(2027, 1, 19, 15, tzinfo=UTC)


def test_when_the_last_day_is_over_access_ends(session: Session) -> None:
    person = factories.person()
    leaving.let_go(person, date(2027, 1, 19), None, NOW)

    leaving.on_the_day(person, date(2027, 1, 19), at(2, 0))

    assert person.left_at == at(2, 0)


def test_who_stays_after_all_does_not_leave_on_the_day(session: Session) -> None:
    person = factories.person()
    leaving.let_go(person, date(2027, 1, 19), None, NOW)
    leaving.take_back(person, None, NOW)

    leaving.on_the_day(person, date(2027, 1, 19), at(2, 0))

    assert (person.left_at, person.last_day) == (None, None)


def test_no_plan_puts_anybody_where_they_are_gone(session: Session) -> None:
    round = factories.round_()
    host, guest = factories.person(), factories.guest(round, surprise=True)
    weekly = factories.opening(round, host)
    for day in (1, 8):
        factories.slot(weekly, at(day, 10))
    desk = factories.opening(round, host, flexible=True, starts_at=None)
    for person in (host, guest.person):
        factories.free(round, person, 1, 9, 12)
        factories.free(round, person, 8, 9, 12)
    leaving.let_go(host, date(2027, 1, 20), None, NOW)
    later = gather.problem(round, NOW)

    starts = {opening.id: len(opening.starts) for opening in later.openings}
    assert starts == {weekly.id: 1, desk.id: 5}
    leaving.let_go(guest.person, date(2027, 1, 20), None, NOW)
    assert [len(person.free) for person in gather.problem(round, NOW).people] == [1, 1]
    leaving.on_the_day(host, date(2027, 1, 20), at(3, 0))
    assert {opening.starts for opening in gather.problem(round, NOW).openings} == {()}


def test_an_opening_shared_with_somebody_who_left_has_the_other_host_alone(session: Session) -> None:
    round = factories.round_()
    leaver, stays = factories.person(), factories.person()
    factories.slot(factories.opening(round, leaver, stays))
    leaving.let_go(leaver, TODAY, None, NOW)

    (opening,) = gather.problem(round, NOW).openings

    assert (opening.hosts, len(opening.starts)) == ((stays.id,), 1)


def test_the_only_one_who_runs_rounds_cannot_be_let_go(session: Session) -> None:
    only, going = factories.person(hr=True, display_name="Only"), factories.person(hr=True)
    leaving.let_go(going, TODAY + timedelta(days=9), None, NOW)

    with pytest.raises(Refusal, match=r"is the only one who runs rounds\. Let somebody else run rounds first\."):
        leaving.let_go(only, TODAY, None, NOW)
    assert only.last_day is None


def test_who_lets_go_is_asked_instead(session: Session, round: Round) -> None:
    by, leaver = factories.person(hr=True), factories.person(hr=True)
    round.coordinator = leaver

    leaving.let_go(leaver, TODAY, by, NOW)

    assert round.coordinator is by


def test_an_address_is_free_once_its_owner_left(session: Session) -> None:
    gone = factories.person(email="a@example.org")
    leaving.let_go(gone, TODAY, None, NOW)
    owner = factories.person(email="a@example.org", display_name="Seán O’Brien")

    with pytest.raises(Refusal) as refused:
        leaving.take_back(gone, None, NOW)
    assert str(refused.value) == (
        "Seán O’Brien has the mail address a@example.org by now. Give one of the two another address first."
    )
    assert (gone.left_at, owner.left_at) == (NOW, None)


def test_who_comes_back_is_asked_and_offers_again_and_old_links_stay_dead(session: Session) -> None:
    round = factories.round_()
    host = factories.person()
    factories.slot(factories.opening(round, host))
    version = host.link_version
    leaving.let_go(host, TODAY, None, NOW)

    leaving.take_back(host, None, NOW + timedelta(days=1))
    leaving.take_back(host, None, NOW + timedelta(days=2))

    assert list(session.scalars(people.active())) == [host]
    assert host.link_version > version
    assert [len(opening.starts) for opening in gather.problem(round, NOW).openings] == [1]
    assert session.scalars(select(Audit.deed)).all() == ["let_go", "take_back"]


def test_who_lost_the_host_gets_the_best_place_that_costs_nobody_theirs(session: Session, round: Round) -> None:
    leaver, host = factories.person(), factories.person()
    guest = factories.guest(round, wishes=(host.home, leaver.home))
    visit(round, guest, leaver)
    opening = factories.opening(round, host, starts_at=at(3, 10))
    factories.slot(opening, at(3, 10))
    factories.free(round, guest.person, 3, 9, 12)
    leaving.let_go(leaver, TODAY, None, NOW)

    placed = leaving.place_again(round, None, NOW)

    (seat,) = pairings.seats(round)
    assert (placed, seat.guest, seat.opening) == (1, guest.person_id, opening.id)
    assert leaving.stranded(board_of(session, round)) == ()


def test_a_plan_made_meanwhile_holds_nobody_who_left(session: Session) -> None:
    round = factories.round_(stage=Stage.REVIEWING)
    host, guest, gone = factories.person(), factories.guest(round), factories.guest(round)
    for one, other in ((guest, host), (gone, factories.person())):
        visit(round, one, other, status=PairingStatus.PLANNED)
    for person in (host, gone.person):
        people.leave(person, NOW)
    session.flush()

    leaving.take_out_gone(round, NOW)

    assert session.scalars(select(Pairing.id).where(Pairing.stands)).all() == []
    assert guest.reason
    assert guest.reason.code == why.LOST_HOST
