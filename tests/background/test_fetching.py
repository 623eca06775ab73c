"""Mails fetched from a real mailbox (Debian's Dovecot): kept first, moved then, once each."""

import ssl
import threading
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.background import fetching, worker
from shadowing.mail import imap
from shadowing.mail.received import SIZE_MOST
from shadowing.models import Answer, Invitation, MailOutcome, Received
from tests.factories import NOW
from tests.mail import clients, dovecot
from tests.mail.dovecot import RealMailbox
from tests.visiting.test_invitations import Visit, of

pytestmark = pytest.mark.slow
HELLO = b"From: somebody@example.net\r\nSubject: hello\r\n\r\nhello %d\r\n"
VISIBLE_MOST = 60.0
"""Seconds from a press to the page; half of it is for the mail itself."""
PATIENCE = 60.0


@pytest.fixture(scope="module", params=["", dovecot.WITHOUT_MOVE], ids=["moves", "copies"])
def server(request: pytest.FixtureRequest) -> Iterator[RealMailbox]:
    if not dovecot.DOVECOT.exists():
        pytest.skip("IMAP: NOT TESTED, Debian's dovecot-imapd is not installed")
    with dovecot.running(request.param) as box:
        yield box


@pytest.fixture
def mailbox(server: RealMailbox, app: Flask, monkeypatch: pytest.MonkeyPatch) -> RealMailbox:
    """Empty, and the service is set up to look into it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    with server.line() as line:
        for folder in ("INBOX", imap.DONE):
            status, held = line.select(folder)
            if status == "OK" and held[0] != b"0":
                line.store("1:*", "+FLAGS", r"(\Deleted)")
                line.expunge()
    signed_in = {"imap_username": dovecot.USER, "imap_password": dovecot.PASSWORD, "imap_server": "localhost"}
    changed = signed_in | {"imap_port": server.port, "mail_authserv": clients.AUTHSERV}
    app.extensions["settings"] = app.extensions["settings"].model_copy(update=changed)
    return server


def kept(session: Session) -> list[bytes | None]:
    found = list(session.scalars(select(Received.raw).order_by(Received.id)))
    session.rollback()
    return found


def test_each_mail_is_kept_and_moved_out_of_the_way(mailbox: RealMailbox, app: Flask, session: Session) -> None:
    mails = [HELLO % number for number in range(3)]
    mailbox.deliver(*mails)

    assert fetching.look(app, threading.Event()) == 3
    assert fetching.look(app, threading.Event()) == 0

    assert kept(session) == mails
    assert (mailbox.count("INBOX"), mailbox.count(imap.DONE)) == (0, 3)


def test_a_crash_after_a_mail_was_kept_keeps_it_once(
    mailbox: RealMailbox, app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(self: imap.Mailbox, mail: imap.FoundMail) -> None:
        raise OSError("the line broke")

    mailbox.deliver(HELLO % 1, HELLO % 2)
    with monkeypatch.context() as broken:
        broken.setattr(imap.Mailbox, "put_away", dies)
        with pytest.raises(OSError, match="broke"):
            fetching.look(app, threading.Event())
    assert len(kept(session)) == 1

    fetching.look(app, threading.Event())

    assert kept(session) == [HELLO % 1, HELLO % 2]
    assert mailbox.count("INBOX") == 0


def test_a_mail_that_is_too_big_is_told_to_hr_and_not_fetched(
    mailbox: RealMailbox, app: Flask, session: Session
) -> None:
    mailbox.deliver(HELLO % 1 + (b"x" * 76 + b"\r\n") * (SIZE_MOST // 78 + 1))

    fetching.look(app, threading.Event())

    row = session.scalars(select(Received)).one()
    assert (row.state, row.subject, row.sender, row.raw) == (
        MailOutcome.TOO_BIG,
        "hello",
        "somebody@example.net",
        None,
    )
    assert mailbox.count("INBOX") == 0


def test_a_certificate_that_nobody_vouches_for_is_not_spoken_to(
    mailbox: RealMailbox, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(ssl.SSLCertVerificationError):
        fetching.look(app, threading.Event())


def test_what_is_pressed_in_a_calendar_is_seen_with_the_next_look(
    mailbox: RealMailbox, app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fetching.PAUSE <= VISIBLE_MOST / 2
    monkeypatch.setattr(fetching, "PAUSE", 1.0)
    invitation = of(Visit().told().guest)[0]
    press, id = clients.pressed(invitation, "DECLINED", NOW), invitation.id
    session.commit()
    stop = threading.Event()
    thread = threading.Thread(target=lambda: worker.run(app, stop=stop))
    thread.start()
    try:
        time.sleep(3)  # the first look is over: the mail comes in the pause
        began = time.monotonic()
        mailbox.deliver(clients.google(press))
        while answer_of(session, id) is Answer.NONE and time.monotonic() < began + PATIENCE:
            time.sleep(0.2)
    finally:
        stop.set()
        thread.join()

    assert answer_of(session, id) is Answer.NO


def answer_of(session: Session, id: int) -> Answer:
    answer = session.get_one(Invitation, id, populate_existing=True).answer
    session.rollback()
    return answer
