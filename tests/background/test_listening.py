"""The door for mail, knocked at as the company's own mail server does."""

import smtplib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shadowing.background import listening, worker
from shadowing.config import ListenAs
from shadowing.extensions import db
from shadowing.mail.received import SIZE_MOST
from shadowing.models import Answer, Invitation, MailOutcome, Received
from tests.factories import NOW
from tests.mail import clients
from tests.visiting.test_invitations import Visit, of

OWN = "shadowing@example.org"
FORMER = "rotation@old.example.net"
VISIBLE_MOST = 5.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Service:
    app: Flask
    port: int

    def lmtp(self) -> smtplib.LMTP:
        return smtplib.LMTP("127.0.0.1", self.port)

    def opened(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("the door did not open")


@pytest.fixture(params=["lmtp", "smtp"])
def door(app: Flask, request: pytest.FixtureRequest) -> Iterator[Service]:
    settings = app.extensions["settings"]
    port = free_port()
    changed: dict[str, object] = {"mail_listen": f"127.0.0.1:{port}", "mail_listen_as": ListenAs(request.param)}
    changed |= {"mail_authserv": clients.AUTHSERV, "mail_from_before": (FORMER,)}
    app.extensions["settings"] = settings.model_copy(update=changed)
    stop = threading.Event()
    thread = threading.Thread(target=listening.keep_open, args=(app, stop))
    thread.start()
    service = Service(app, port)
    service.opened()
    yield service
    stop.set()
    thread.join()


def client(door: Service) -> smtplib.SMTP:
    speaks = door.app.extensions["settings"].mail_listen_as
    return door.lmtp() if speaks is ListenAs.LMTP else smtplib.SMTP("127.0.0.1", door.port)


def rows(session: Session) -> int:
    count = session.scalar(select(func.count()).select_from(Received))
    session.rollback()
    return int(count or 0)


def test_a_mail_is_kept_before_it_is_acknowledged(door: Service, session: Session) -> None:
    with client(door) as line:
        line.sendmail("somebody@example.net", [OWN], b"From: somebody@example.net\r\n\r\nhello\r\n")

    row = session.scalars(select(Received)).one()
    assert (row.state, row.recipient, row.envelope_sender) == (MailOutcome.READY, OWN, "somebody@example.net")
    assert row.raw == b"From: somebody@example.net\r\n\r\nhello\r\n"


def test_the_same_bytes_are_kept_once_and_acknowledged_twice(door: Service, session: Session) -> None:
    for _ in range(2):
        with client(door) as line:
            line.sendmail("", ["Shadowing+x@Example.org"], b"From: somebody@example.net\r\n\r\nhello\r\n")

    assert rows(session) == 1


def test_mail_for_anybody_else_is_refused(door: Service, session: Session) -> None:
    with client(door) as line, pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        line.sendmail("somebody@example.net", ["somebody@elsewhere.example"], b"hello\r\n")

    assert refused.value.recipients["somebody@elsewhere.example"][0] == 550
    assert rows(session) == 0


def test_mail_to_a_former_address_of_ours_is_taken_in(door: Service, session: Session) -> None:
    with client(door) as line:
        line.sendmail("somebody@example.net", [f"Rotation+b@{FORMER.partition('@')[2].upper()}"], b"hello\r\n")

    assert rows(session) == 1


def test_what_is_too_big_is_refused_at_the_door(door: Service, session: Session) -> None:
    with client(door) as line, pytest.raises((smtplib.SMTPDataError, smtplib.SMTPSenderRefused)) as refused:
        line.sendmail("somebody@example.net", [OWN], b"x" * 76 + (b"\r\n" + b"x" * 76) * (SIZE_MOST // 78 + 1))

    assert refused.value.smtp_code == 552
    assert rows(session) == 0


def test_while_the_database_is_away_nothing_is_acknowledged(door: Service, session: Session) -> None:
    session.execute(db.text("ALTER TABLE received RENAME TO hidden"))
    session.commit()
    try:
        with client(door) as line, pytest.raises(smtplib.SMTPDataError) as refused:
            line.sendmail("somebody@example.net", [OWN], b"hello\r\n")
    finally:
        session.execute(db.text("ALTER TABLE hidden RENAME TO received"))
        session.commit()

    assert refused.value.smtp_code == 451
    assert rows(session) == 0


def test_what_is_pressed_in_a_calendar_is_seen_within_five_seconds(
    app: Flask, session: Session, record_property: Callable[[str, object], None]
) -> None:
    invitation = of(Visit().told().guest)[0]
    session.commit()
    port = free_port()
    changed: dict[str, object] = {"mail_listen": f"127.0.0.1:{port}", "mail_authserv": clients.AUTHSERV}
    app.extensions["settings"] = app.extensions["settings"].model_copy(update=changed)
    stop = threading.Event()
    service = Service(app, port)
    thread = threading.Thread(target=lambda: worker.run(app, stop=stop))
    thread.start()
    try:
        service.opened()
        press, id = clients.pressed(invitation, "DECLINED", NOW), invitation.id
        session.rollback()
        began = time.monotonic()
        with service.lmtp() as line:
            line.sendmail(press.owner, [OWN], clients.exchange(press))
        while answer_of(session, id) is Answer.NONE and time.monotonic() < began + 30:
            time.sleep(0.02)
        took = time.monotonic() - began
    finally:
        stop.set()
        thread.join()

    assert answer_of(session, id) is Answer.NO
    record_property("pressed to visible", f"{took:.2f} s")
    print(f"pressed to visible: {took:.2f} s")
    assert took < VISIBLE_MOST


def answer_of(session: Session, id: int) -> Answer:
    answer = session.get_one(Invitation, id, populate_existing=True).answer
    session.rollback()
    return answer


def test_the_clock_of_the_door_is_the_machines(door: Service, session: Session) -> None:
    with client(door) as line:
        line.sendmail("", [OWN], b"hello\r\n")

    received = session.scalars(select(Received.received_at)).one()
    assert abs((datetime.now(UTC) - received).total_seconds()) < 60
