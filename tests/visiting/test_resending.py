"""A mail that did not arrive goes again: the same bytes to the same address, or the same visit to a corrected one."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.company import people
from shadowing.errors import Refusal
from shadowing.folding import fold
from shadowing.mail import letters, outbox
from shadowing.models import LOST, Audit, Letter, LetterKind, LetterState, Person, SignInKey, Stage
from shadowing.visiting import answers, resending
from tests import factories as make
from tests.factories import NOW
from tests.postbox import by_vobject, calendar_of
from tests.visiting.test_invitations import CANCEL, CHANGE, HOUR, REQUEST, Visit, letters_to, of

NEW = "right@example.org"


def lost(letter: Letter, state: LetterState = LetterState.UNDELIVERABLE) -> Letter:
    letter.state, letter.done_at, letter.attempts, letter.error = state, NOW, 9, "550 5.1.1 No such user"
    return letter


def unheard() -> Visit:
    """The guest's invitation was refused by the mail server."""
    visit = Visit()
    visit.tell()
    lost(letters_to(visit.guest)[0])
    return visit


def sentence(letter: Letter) -> str:
    return str(resending.obstacle(letter, NOW))


@pytest.mark.parametrize("state", LOST)
def test_a_mail_that_goes_again_is_the_same_bytes_with_all_its_tries(
    app: Flask, session: Session, state: LetterState
) -> None:
    letter = lost(letters.ask([make.guest(make.round_())], NOW)[0], state)
    before = outbox.to_bytes(letter, app.extensions["settings"])

    resending.send_again(letter, None, NOW + HOUR)

    assert outbox.to_bytes(letter, app.extensions["settings"]) == before
    assert (letter.state, letter.done_at, letter.attempts, letter.error) == (LetterState.READY, None, 0, "")
    assert letter.due_at == NOW + HOUR
    assert session.scalars(select(Audit.deed)).all() == ["send_again"]


def test_a_worker_that_holds_an_old_try_cannot_end_the_new_one(session: Session) -> None:
    letter = lost(letters.ask([make.guest(make.round_())], NOW)[0])
    fence = letter.fence

    resending.send_again(letter, None, NOW)

    assert letter.fence == fence + 1


def test_a_first_copy_that_may_have_arrived_is_not_forgotten(session: Session) -> None:
    visit = unheard()
    letter = letters_to(visit.guest)[0]
    letter.state, letter.unfinished = LetterState.GAVE_UP, 5

    resending.send_again(letter, None, NOW)
    visit.pairing.status = type(visit.pairing.status).DROPPED
    visit.tell()

    cancelled = [letter.state for letter in letters_to(visit.guest) if letter.kind is CANCEL]
    assert cancelled == [LetterState.READY]


def test_a_corrected_address_gets_the_invitation_and_the_entry_keeps_its_identity(app: Flask, session: Session) -> None:
    visit = unheard()
    letter, uid = letters_to(visit.guest)[0], of(visit.guest)[0].uid

    done = resending.correct(letter, NEW, visit.host, NOW)
    visit.tell(NOW + HOUR)

    assert (len(done.letters), done.untold) == (1, ())
    assert [(one.uid, one.address) for one in of(visit.guest)] == [(uid, NEW)]
    assert [(one.kind, one.address, one.state) for one in letters_to(visit.guest)] == [
        (REQUEST, NEW, LetterState.READY)
    ]
    said = by_vobject(calendar_of(outbox.render(letters_to(visit.guest)[0], app.extensions["settings"])))
    assert (said["method"], said["uid"], said["attendee"]) == ("REQUEST", uid, f"mailto:{NEW}")
    assert (visit.guest.email, fold(NEW) in visit.guest.folded) == (NEW, True)
    audit = session.scalars(select(Audit)).one()
    assert (audit.deed, audit.person_id, audit.facts["after"]) == ("correct_address", visit.host.id, NEW)


def test_a_visit_in_the_old_calendar_is_told_anew_when_the_change_is_published(session: Session) -> None:
    visit = Visit().told()
    old = visit.guest.email
    visit.opening.place = "Room 4"
    visit.tell(NOW + HOUR)
    change = lost(letters_to(visit.guest)[-1])
    assert change.kind is CHANGE

    done = resending.correct(change, NEW, None, NOW + HOUR)
    before = len(letters_to(visit.guest))
    visit.tell(NOW + 2 * HOUR)

    assert (done.letters, len(done.untold), done.rounds) == ((), 1, (visit.round,))
    news = letters_to(visit.guest)[before:]
    assert sorted((one.kind, one.address) for one in news) == [(CANCEL, old), (REQUEST, NEW)]
    assert [one.address for one in of(visit.guest) if one.cancelled_at is None] == [NEW]


def test_a_correction_tells_nobody_what_hr_has_not_published(session: Session) -> None:
    visit = unheard()
    visit.opening.place = "Room 4"
    session.flush()
    hosts = len(letters_to(visit.host))

    resending.correct(letters_to(visit.guest)[0], NEW, None, NOW)

    assert [make.revision_of(one).entry.place for one in letters_to(visit.guest)] == ["Room 3"]
    assert len(letters_to(visit.host)) == hosts


def test_all_mails_of_the_person_that_wait_or_were_lost_go_to_the_new_address(session: Session) -> None:
    visitor = make.person()
    first = lost(letters.ask([make.guest(make.round_(), visitor)], NOW)[0])
    waiting = letters.ask([make.guest(make.round_(), visitor)], NOW)[0]
    waiting.error, waiting.due_at = "450 later", NOW + HOUR
    sent = letters.ask([make.guest(make.round_(), visitor)], NOW)[0]
    sent.state, sent.done_at = LetterState.SENT, NOW
    other = lost(letters.ask([make.guest(make.round_())], NOW)[0])
    session.flush()
    old, others = visitor.email, other.address

    resending.correct(waiting, NEW, None, NOW)

    assert [one.address for one in (first, waiting, sent, other)] == [NEW, NEW, old, others]
    assert [one.due_at for one in (first, waiting)] == [NOW, NOW]


def test_an_address_of_somebody_else_is_refused(session: Session) -> None:
    other, letter = make.person("owner"), lost(letters.ask([make.guest(make.round_())], NOW)[0])
    before = letter.address

    with pytest.raises(Refusal, match="This mail address belongs to owner already"):
        resending.correct(letter, other.email.upper(), None, NOW)

    assert (letter.person.email, letter.address) == (before, before)


def test_a_mail_whose_address_was_taken_can_only_go_again(session: Session) -> None:
    letter = lost(letters.ask([make.guest(make.round_())], NOW)[0], LetterState.UNKNOWN)

    with pytest.raises(Refusal, match="took this address"):
        resending.correct(letter, NEW, None, NOW)


def test_what_arrived_is_not_sent_again(session: Session) -> None:
    letter = lost(letters.ask([make.guest(make.round_())], NOW)[0], LetterState.SENT)

    assert "Only a mail that did not arrive" in sentence(letter)
    with pytest.raises(Refusal):
        resending.send_again(letter, None, NOW)


def test_a_mail_in_a_workers_hand_is_left_alone(session: Session) -> None:
    letter = letters.ask([make.guest(make.round_())], NOW)[0]
    letter.error, letter.lease_until = "450 later", NOW + timedelta(seconds=30)

    assert "is being sent just now" in sentence(letter)


def test_who_left_gets_no_mail(session: Session) -> None:
    letter = lost(letters.ask([make.guest(make.round_())], NOW)[0])
    people.leave(letter.person, NOW)

    assert "has left the company" in sentence(letter)


@pytest.mark.parametrize(
    ("kind", "stage", "words"),
    [
        (LetterKind.REQUEST, Stage.PUBLISHED, "The time of the visit has come"),
        (LetterKind.CANCEL, Stage.PUBLISHED, "The time of the visit has come"),
        (LetterKind.UNMATCHED, Stage.PUBLISHED, "The round is over"),
        (LetterKind.PERSONAL_LINK, Stage.COLLECTING, "A day has gone since"),
        (LetterKind.ASK, Stage.COLLECTING, "set a later day in the round and send a reminder"),
        (LetterKind.NUDGE, Stage.REVIEWING, "open the answers again and send a reminder"),
        (LetterKind.NUDGE, Stage.PUBLISHED, "so is the time to ask"),
        (LetterKind.OPEN_FOR_YOU, Stage.REVIEWING, "Name another one beside their answer"),
    ],
)
def test_a_mail_that_would_come_too_late_says_why_and_what_to_do(
    session: Session, kind: LetterKind, stage: Stage, words: str
) -> None:
    letter = lost(letters.ask([make.guest(make.round_(stage=stage))], NOW)[0], LetterState.GAVE_UP)
    letter.kind, letter.expires_at = kind, NOW

    assert words in sentence(letter)


def test_a_link_to_sign_in_is_neither_sent_again_nor_elsewhere(session: Session) -> None:
    colleague: Person = make.person(hr=True)
    key = SignInKey(person=colleague, hash="h", expires_at=NOW + timedelta(minutes=10))
    session.add(key)
    session.flush()
    link, question = lost(letters.sign_in(key, NOW)), lost(letters.ask([make.guest(make.round_(), colleague)], NOW)[0])
    session.flush()

    assert "good for minutes only" in sentence(link)
    assert resending.correct(question, NEW, None, NOW).letters == (question,)
    assert link.address != NEW


def test_an_invitation_that_a_newer_mail_has_replaced_names_that_one(session: Session) -> None:
    visit = Visit().told()
    visit.opening.place = "Room 4"
    visit.tell(NOW + HOUR)
    first = lost(letters_to(visit.guest)[0], LetterState.UNKNOWN)

    assert "A newer mail about this visit" in sentence(first)


def test_an_invitation_that_was_answered_did_arrive(session: Session) -> None:
    visit = unheard()
    letter = letters_to(visit.guest)[0]
    letter.state, letter.unfinished = LetterState.GAVE_UP, 5
    answers.on_the_page(of(visit.guest)[0], type(of(visit.guest)[0].answer).YES, NOW + HOUR)

    assert "so it did arrive" in sentence(letter)
