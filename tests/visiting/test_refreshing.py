"""A calendar asks for its entry again (METHOD:REFRESH): its owner gets it once more, at most once an hour; nobody else does."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shadowing.extensions import db, settings
from shadowing.mail import outbox
from shadowing.mail.reader import MailReader
from shadowing.models import Answer, Contact, Invitation, Letter, LetterKind, LetterState, MailAlias, MailOutcome, Stage
from shadowing.models.facts import VisitFacts
from shadowing.views.visits import attached
from shadowing.visiting import answers
from tests import factories
from tests.factories import NOW
from tests.mail import clients
from tests.mail.clients import Pressed, pressed
from tests.mail.hostile import another_method
from tests.visiting.test_answers_by_mail import MINUTE, SOON, Post
from tests.visiting.test_invitations import Visit, letters_to, of

refresh = another_method("REFRESH")


@pytest.fixture(scope="module")
def reader() -> Iterator[MailReader]:
    reader = MailReader(clients.AUTHSERV)
    yield reader
    reader.close()


@pytest.fixture
def post(app: Flask, session: Session, reader: MailReader) -> Post:
    return Post(app, reader)


@pytest.fixture
def invitation(session: Session) -> Invitation:
    """The guest's, accepted."""
    visit = Visit().told()
    found = of(visit.guest)[0]
    answers.accept(found, NOW)
    db.session.commit()
    return found


def asks(invitation: Invitation, minutes: int = 0) -> Pressed:
    return pressed(invitation, "NEEDS-ACTION", SOON + minutes * MINUTE)


def mails(invitation: Invitation) -> list[Letter]:
    return letters_to(invitation.person)


def test_the_owner_gets_the_newest_invitation_again_with_a_later_stamp_and_the_answer_that_is_known(
    post: Post, invitation: Invitation
) -> None:
    before = factories.revision_of(mails(invitation)[-1])

    row = post.brings(refresh(asks(invitation)))

    assert (row.state, row.raw, row.invitation) == (MailOutcome.ASKS_AGAIN, None, invitation)
    letter = mails(invitation)[-1]
    again = factories.revision_of(letter)
    assert (letter.kind, letter.state, letter.address) == (LetterKind.REQUEST, LetterState.READY, invitation.address)
    assert (again.uid, again.sequence, again.entry) == (before.uid, before.sequence, before.entry)
    assert again.stamp > before.stamp
    assert again.answer is invitation.answer is Answer.YES
    assert contacts(letter) == contacts(mails(invitation)[0]) != ()
    event = Calendar.from_ical(calendar_of(letter)).walk("VEVENT")[0]
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert event["SEQUENCE"] == before.sequence


def contacts(letter: Letter) -> tuple[Contact, ...]:
    assert isinstance(letter.facts, VisitFacts)
    return letter.facts.contacts


def calendar_of(letter: Letter) -> bytes:
    return attached(outbox.render(letter, settings()))


def test_an_answer_after_it_counts(post: Post, invitation: Invitation) -> None:
    post.brings(refresh(asks(invitation)))

    post.brings(clients.google(pressed(invitation, "DECLINED", SOON + 10 * MINUTE)), SOON + 11 * MINUTE)

    assert invitation.answer is Answer.NO


def test_it_goes_out_at_most_once_an_hour(post: Post, invitation: Invitation) -> None:
    sent = len(mails(invitation))

    states = [
        post.brings(refresh(asks(invitation, minutes)), SOON + (minutes + 1) * MINUTE).state
        for minutes in (0, 5, 59, 61, 100, 122)
    ]

    again, twice = MailOutcome.ASKS_AGAIN, MailOutcome.DUPLICATE
    assert states == [again, twice, twice, again, twice, again]
    assert len(mails(invitation)) == sent + 3


def test_another_address_of_theirs_asks_as_well_and_the_mail_goes_where_the_invitation_went(
    post: Post, invitation: Invitation
) -> None:
    db.session.add(MailAlias(person_id=invitation.person_id, address="other.name@example.com"))
    db.session.commit()

    row = post.brings(refresh(replace(asks(invitation), owner="other.name@example.com", proven=False)))

    assert row.state is MailOutcome.ASKS_AGAIN
    assert mails(invitation)[-1].address == invitation.address


@pytest.mark.parametrize("proven", [True, False])
def test_a_stranger_gets_nothing(post: Post, invitation: Invitation, proven: bool) -> None:
    before = list(db.session.scalars(select(Letter.id)))

    alone = post.brings(refresh(replace(asks(invitation), owner="stranger@example.org", proven=proven)))
    mail = refresh(asks(invitation, 1)).replace(
        f"From: Somebody <{invitation.address}>".encode(), b"From: <x@y.example>"
    )
    for_them = post.brings(mail)

    assert (alone.state, for_them.state) == (MailOutcome.FORWARDED, MailOutcome.FOR_HR)
    assert list(db.session.scalars(select(Letter.id))) == before


def test_a_program_that_answers_by_itself_gets_nothing(post: Post, invitation: Invitation) -> None:
    before = len(mails(invitation))
    mail = refresh(asks(invitation)).replace(b"Subject:", b"Auto-Submitted: auto-replied\r\nSubject:", 1)

    assert post.brings(mail).state is not MailOutcome.ASKS_AGAIN
    assert len(mails(invitation)) == before


def test_of_a_visit_that_is_off_or_over_nothing_goes_out(post: Post, invitation: Invitation) -> None:
    before = len(mails(invitation))
    late = invitation.slot.starts_at + timedelta(minutes=1)

    assert post.brings(refresh(replace(asks(invitation), at=late)), late).state is MailOutcome.OLD_ANSWER
    db.session.execute(update(Invitation).values(cancelled_at=NOW))
    db.session.commit()
    assert post.brings(refresh(asks(invitation))).state is MailOutcome.OLD_ANSWER
    db.session.execute(update(Invitation).values(cancelled_at=None))
    invitation.slot.opening.round.stage = Stage.ENDED
    db.session.commit()
    assert post.brings(refresh(asks(invitation, 2))).state is MailOutcome.OLD_ANSWER
    assert len(mails(invitation)) == before
