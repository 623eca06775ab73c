"""The mails of a round on their way: paused, let go on, held back at publishing, and sent later."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.background import queue
from shadowing.errors import Refusal
from shadowing.mail import letters
from shadowing.models import Audit, Letter, LetterKind, LetterState, Round
from shadowing.rounds import holding, rounds
from tests import factories as make
from tests.factories import NOW
from tests.mail.gallery import SENDER
from tests.visiting.test_invitations import Visit, letters_to, of

HOUR = timedelta(hours=1)


def claimed(session: Session) -> int:
    """How many letters a worker would take up now."""
    session.commit()
    count = 0
    while queue.claim(Letter, NOW + HOUR):
        count += 1
    session.rollback()
    return count


def test_a_paused_round_sends_nothing_and_goes_on_where_it_was(session: Session) -> None:
    visit = Visit()
    visit.tell()

    holding.pause(visit.round, None, NOW)
    assert claimed(session) == 0

    holding.resume(visit.round, None, NOW)
    assert claimed(session) == 2


def test_a_pause_is_of_one_round_and_not_of_links_that_people_ask_for(session: Session) -> None:
    visit, other = Visit(), Visit()
    visit.tell()
    other.tell()
    holding.pause(visit.round, None, NOW)
    letters.personal_link(visit.guest, visit.round, NOW)

    assert claimed(session) == 3


def test_pausing_and_going_on_stand_in_the_audit_once(session: Session) -> None:
    round = make.round_()

    for deed in (holding.pause, holding.pause, holding.resume, holding.resume):
        deed(round, None, NOW)

    assert list(session.scalars(select(Audit.deed))) == ["pause_mail", "resume_mail"]


def publish(round: Round, *without: int) -> int:
    return rounds.publish(round, None, round.version, NOW, SENDER, NOW, frozenset(without))


def test_who_was_chosen_gets_no_mail_at_publishing_and_the_audit_says_so(session: Session) -> None:
    visit = Visit()

    assert publish(visit.round, visit.guest.id) == 1
    assert claimed(session) == 1
    assert [letter.state for letter in letters_to(visit.guest)] == [LetterState.HELD]
    facts = session.scalars(select(Audit.facts).where(Audit.deed == "publish")).one()
    assert facts == {"letters": 1, "without_mail": [visit.guest.id]}


def test_somebody_without_a_visit_can_be_left_without_mail_too(session: Session) -> None:
    visit = Visit()
    unplaced = make.guest(visit.round).person

    publish(visit.round, unplaced.id)

    assert [(one.kind, one.state) for one in letters_to(unplaced)] == [(LetterKind.UNMATCHED, LetterState.HELD)]


def test_what_was_held_back_is_sent_by_one_press_and_once(session: Session) -> None:
    visit = Visit()
    publish(visit.round, visit.guest.id, visit.host.id)
    assert holding.underway(visit.round, NOW).held == 2

    assert holding.release(visit.round, None, NOW) == 2

    assert claimed(session) == 2
    with pytest.raises(Refusal):
        holding.release(visit.round, None, NOW)


def test_who_was_held_back_reads_later_of_the_visit_as_it_is_then(session: Session) -> None:
    visit = Visit()
    publish(visit.round, visit.guest.id)
    visit.opening.place = "Room 9"

    visit.tell(NOW + HOUR)

    old, new = letters_to(visit.guest)
    assert (old.state, new.kind, new.state) == (LetterState.SUPERSEDED, LetterKind.REQUEST, LetterState.READY)
    assert make.revision_of(new).entry.place == "Room 9"


def test_who_was_held_back_never_hears_of_a_visit_that_is_called_off(session: Session) -> None:
    visit = Visit()
    publish(visit.round, visit.guest.id)
    visit.slot.cancelled_at = NOW

    visit.tell(NOW + HOUR)

    assert {letter.state for letter in letters_to(visit.guest)} == {LetterState.CANCELLED}
    assert of(visit.guest)[0].cancelled_at is not None


def test_the_round_says_what_waits_and_for_what(session: Session) -> None:
    visit = Visit()
    visit.tell()
    letters_to(visit.guest)[0].not_before = NOW + HOUR
    letters_to(visit.host)[0].state = LetterState.HELD
    session.flush()

    found = holding.underway(visit.round, NOW)

    assert (found.waiting, found.later, found.morning, found.held) == (1, 1, NOW + HOUR, 1)
