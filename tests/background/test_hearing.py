"""Mails that came in, read by the worker: what comes back, what cannot be read, and what a worker leaves that dies."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.background import hearing, queue
from shadowing.extensions import db
from shadowing.mail import arriving, outbox
from shadowing.mail.reader import MailReader
from shadowing.mail.received import MailRead
from shadowing.models import Answer, GivenAnswer, Invitation, Job, JobKind, Letter, LetterState, MailOutcome, Received
from shadowing.visiting import declining
from tests import factories as make
from tests.factories import NOW
from tests.mail import clients
from tests.mail.clients import pressed
from tests.visiting.test_invitations import Visit, letters_to, of

SOON = NOW + timedelta(hours=1)
SECOND = timedelta(seconds=1)
OWN = "shadowing@example.org"


@pytest.fixture(scope="module")
def reader() -> Iterator[MailReader]:
    reader = MailReader(clients.AUTHSERV)
    yield reader
    reader.close()


@pytest.fixture
def visit(session: Session) -> Visit:
    visit = Visit().told()
    db.session.commit()
    return visit


def take_in(raw: bytes, now: datetime = SOON) -> int:
    id = arriving.take_in(raw, OWN, "", now).id
    db.session.commit()
    return id


def comes_in(app: Flask, reader: MailReader, raw: bytes) -> Received:
    id = take_in(raw)
    assert hearing.tick(app, reader, lambda: SOON)
    db.session.expire_all()
    return db.session.get_one(Received, id)


def report(recipient: str, action: str, returned: str) -> bytes:
    """As Postfix writes it (RFC 3464)."""
    status = (
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n"
        f"Original-Recipient: rfc822;{recipient}\r\nFinal-Recipient: rfc822; {recipient}\r\nAction: {action}\r\n"
        "Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 髙 no such user\r\n"
    )
    parts = clients.multipart("report; report-type=delivery-status", "\r\nsorry", status, returned)
    return ("From: MAILER-DAEMON@mx.example.net\r\nAuto-Submitted: auto-replied\r\n" + parts).encode()


def header_of(letter: Letter, app: Flask) -> str:
    id = outbox.message_id(letter, letter.revision, app.extensions["settings"])
    return f"Content-Type: text/rfc822-headers\r\n\r\nSubject: a visit\r\nMessage-ID: <{id}>\r\n"


def whole_of(letter: Letter, app: Flask) -> str:
    return "Content-Type: message/rfc822\r\n\r\n" + outbox.to_bytes(letter, app.extensions["settings"]).decode()


def test_a_no_by_mail_has_the_same_time_to_think_as_one_on_the_page(
    app: Flask, reader: MailReader, visit: Visit
) -> None:
    comes_in(app, reader, clients.exchange(pressed(of(visit.guest)[0], "DECLINED", NOW)))

    job = db.session.scalars(select(Job).where(Job.kind == JobKind.FREE_SEAT)).one()
    assert job.due_at == SOON + declining.GRACE


@pytest.mark.parametrize("returned", [header_of, whole_of])
def test_a_letter_that_came_back_did_not_arrive(
    returned: Callable[[Letter, Flask], str], app: Flask, reader: MailReader, visit: Visit
) -> None:
    letter, other = letters_to(visit.guest)[0], letters_to(visit.host)[0]

    row = comes_in(app, reader, report("elsewhere@example.com", "failed", returned(letter, app)))
    assert (row.state, row.letter) == (MailOutcome.BOUNCE, None)  # it names our mail, and another address

    row = comes_in(app, reader, report(letter.address.upper(), "failed", returned(letter, app)))

    assert (row.state, row.letter, row.raw) == (MailOutcome.BOUNCE, letter, None)
    assert (letter.state, other.state) == (LetterState.UNDELIVERABLE, LetterState.SENT)
    assert "no such user" in letter.error


def test_a_report_that_names_no_mail_is_about_the_newest_to_that_address(
    app: Flask, reader: MailReader, visit: Visit
) -> None:
    letter = letters_to(visit.guest)[0]

    row = comes_in(app, reader, report(letter.address, "failed", "\r\nwithout the mail"))

    assert (row.letter, letter.state) == (letter, LetterState.UNDELIVERABLE)


@pytest.mark.parametrize(
    ("action", "outcome"), [("delayed", MailOutcome.DELAYED), ("delivered", MailOutcome.AUTO_REPLY)]
)
def test_a_mail_that_is_late_or_arrived_is_not_lost(
    action: str, outcome: MailOutcome, app: Flask, reader: MailReader, visit: Visit
) -> None:
    letter = letters_to(visit.guest)[0]

    row = comes_in(app, reader, report(letter.address, action, header_of(letter, app)))

    assert (row.state, letter.state) == (outcome, LetterState.SENT)


def test_a_report_that_names_neither_mail_nor_recipient_marks_no_letter(
    app: Flask, reader: MailReader, visit: Visit
) -> None:
    row = comes_in(app, reader, report("", "failed", "\r\nwithout the mail"))

    assert (row.state, row.letter) == (MailOutcome.BOUNCE, None)
    assert {letter.state for letter in db.session.scalars(select(Letter))} == {LetterState.SENT}


def test_a_report_about_a_mail_that_is_not_ours_changes_nothing(app: Flask, reader: MailReader, visit: Visit) -> None:
    letter = letters_to(visit.guest)[0]
    other = "Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <somebody-elses@example.com>\r\n"

    row = comes_in(app, reader, report(letter.address, "failed", other))

    assert (row.state, row.letter, letter.state) == (MailOutcome.BOUNCE, None, LetterState.SENT)


@pytest.mark.slow
def test_a_mail_over_which_the_reader_dies_three_times_goes_to_hr_once_and_holds_up_nobody(
    app: Flask, reader: MailReader, visit: Visit
) -> None:
    burner = (
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain"
        + b";" * 520_000
    )
    bad = take_in(burner + b"\r\n\r\nx")
    invitation = of(visit.guest)[0]
    good = take_in(clients.google(pressed(invitation, "ACCEPTED", SOON)), SOON + SECOND)
    now = SOON + SECOND
    for _ in range(8):
        hearing.tick(app, reader, lambda: now)  # noqa: B023 - called at once
        now += 10 * SECOND

    db.session.expire_all()
    states = [db.session.get_one(Received, id).state for id in (bad, good)]
    assert states == [MailOutcome.HOSTILE, MailOutcome.ANSWER]
    assert db.session.get_one(Received, bad).attempts == hearing.DEATHS_MOST
    assert invitation.answer is Answer.YES


def test_what_a_worker_left_that_died_is_read_by_the_next_and_counted_once(
    app: Flask, reader: MailReader, visit: Visit
) -> None:
    invitation = of(visit.guest)[0]
    id = take_in(clients.google(pressed(invitation, "ACCEPTED", SOON)))
    assert queue.claim(Received, SOON)
    db.session.commit()
    assert not hearing.tick(app, reader, lambda: SOON + SECOND)

    assert hearing.tick(app, reader, lambda: SOON + queue.LEASE + SECOND)

    db.session.expire_all()
    assert db.session.get_one(Received, id).state is MailOutcome.ANSWER
    assert len(list(db.session.scalars(select(GivenAnswer)))) == 1


def test_a_worker_that_slept_over_its_lease_changes_nothing(app: Flask, reader: MailReader, visit: Visit) -> None:
    invitation = of(visit.guest)[0]
    take_in(clients.google(pressed(invitation, "ACCEPTED", SOON)))

    class Sleeper(MailReader):
        """Another worker takes the mail over while this one reads it."""

        def read(self, raw: bytes) -> MailRead:
            found = super().read(raw)
            assert queue.claim(Received, SOON + 2 * queue.LEASE)
            db.session.commit()
            return found

    sleeper = Sleeper(clients.AUTHSERV)
    hearing.tick(app, sleeper, lambda: SOON)
    sleeper.close()

    db.session.expire_all()
    assert db.session.get_one(Invitation, invitation.id).answer is Answer.NONE
    assert list(db.session.scalars(select(GivenAnswer))) == []


def test_old_mails_are_forgotten_once_an_hour(app: Flask, session: Session) -> None:
    def forgets(moment: datetime) -> bool:
        row = make.received(MailOutcome.FOR_HR, received_at=NOW - arriving.KEPT_FOR - SECOND)
        db.session.commit()
        clock[0] = moment
        forgetting()
        db.session.refresh(row)
        return not row.text

    clock = [NOW]
    forgetting = hearing.Forgetting(app, lambda: clock[0])

    assert [forgets(NOW + minutes * timedelta(minutes=1)) for minutes in (0, 30, 61)] == [True, False, True]
