"""A check-up from its first mail to its end, by a real mail server out and the real door in."""

import smtplib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shadowing.background import hearing, worker
from shadowing.company import persons
from shadowing.config import MailTls, Settings
from shadowing.errors import Changed, Refusal
from shadowing.extensions import db
from shadowing.mail import arriving, check_ups, diagnosing, sent
from shadowing.mail.faults import Evidence, Fault, Sight
from shadowing.mail.reader import MailReader
from shadowing.models import (
    Audit,
    CheckUp,
    Invitation,
    Job,
    JobKind,
    JobState,
    Letter,
    LetterKind,
    LetterState,
    MailOutcome,
    Person,
    Received,
)
from shadowing.visiting import resending
from tests import factories as make
from tests.background.test_listening import Service, free_port
from tests.company.test_persons import draft
from tests.factories import NOW
from tests.mail import clients
from tests.mail.clients import Pressed
from tests.mail.names import SOUND, answering
from tests.postbox import Sink, by_vobject, calendar_of, calendars, parsed, serving

BOX = "o'brien+test@example.net"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
REQUEST, CHANGE, CANCEL = LetterKind.TEST_REQUEST, LetterKind.TEST_CHANGE, LetterKind.TEST_CANCEL


@pytest.fixture
def sink() -> Iterator[Sink]:
    with serving(Sink()) as sink:
        yield sink


@pytest.fixture(scope="module")
def reader() -> Iterator[MailReader]:
    reader = MailReader(clients.AUTHSERV)
    yield reader
    reader.close()


@pytest.fixture
def hanako(session: Session) -> Person:
    return make.person("hanako", hr=True, locale="en", zone="Asia/Tokyo")


@pytest.fixture
def mails(app: Flask, sink: Sink) -> Settings:
    """Mails go to *sink*, and answers would be taken in."""
    facts = {"mail_server": "127.0.0.1", "mail_port": sink.port, "mail_tls": MailTls.NONE, "mail_per_second": 1000.0}
    facts |= {"mail_listen": f"127.0.0.1:{free_port()}", "mail_authserv": clients.AUTHSERV}
    settings: Settings = app.extensions["settings"].model_copy(update=facts)
    app.extensions["settings"] = settings
    return settings


def begun(by: Person, settings: Settings, now: datetime = NOW) -> CheckUp:
    check = check_ups.begin(by, BOX, "", settings, now)
    db.session.commit()
    return check


def posted(app: Flask, now: datetime) -> None:
    """Everything that is due leaves, and every job is done."""
    db.session.rollback()
    with answering(SOUND):
        worker.run(app, until_idle=True, stop=threading.Event(), clock=lambda: now)
    db.session.expire_all()


def pressed(check: CheckUp, at: datetime, sequence: int | None = None) -> Pressed:
    begins = check.starts_at
    return Pressed(
        uid=check.uid,
        sequence=check.number if sequence is None else sequence,
        organizer=check.organizer,
        owner=check.address,
        begins=begins,
        ends=begins + timedelta(minutes=15),
        asked=check.begun_at,
        at=at,
    )


def brought(app: Flask, reader: MailReader, raw: bytes, now: datetime) -> Received:
    id = arriving.take_in(raw, "shadowing@example.org", BOX, now).id
    db.session.commit()
    while hearing.tick(app, reader, lambda: now):
        pass
    db.session.expire_all()
    return db.session.get_one(Received, id)


def states(check: CheckUp) -> list[tuple[LetterKind, LetterState]]:
    return [(one.kind, one.state) for one in check_ups.mails(check)]


def count(table: type[Invitation] | type[CheckUp]) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_request_change_and_cancellation_follow_the_answers_and_leave_no_entry(
    app: Flask, session: Session, hanako: Person, mails: Settings, sink: Sink, reader: MailReader
) -> None:
    check = begun(hanako, mails)
    posted(app, NOW)
    first = brought(app, reader, clients.exchange(pressed(check, NOW + MINUTE)), NOW + MINUTE)
    posted(app, NOW + 2 * MINUTE)
    second = brought(app, reader, clients.google(pressed(check, NOW + 3 * MINUTE)), NOW + 3 * MINUTE)
    posted(app, NOW + 4 * MINUTE)

    assert (first.state, second.state, first.raw) == (MailOutcome.CHECK_UP, MailOutcome.CHECK_UP, None)
    assert states(check) == [(kind, LetterState.SENT) for kind in (REQUEST, CHANGE, CANCEL)]
    assert check.ended_at == NOW + 3 * MINUTE
    told = [by_vobject(calendar_of(parsed(content))) for _, content in sink.mails]
    assert [(one["method"], one["sequence"], one["status"]) for one in told] == [
        ("REQUEST", 0, "CONFIRMED"),
        ("REQUEST", 1, "CONFIRMED"),
        ("CANCEL", 2, "CANCELLED"),
    ]
    assert [one["starts_at"] for one in told] == [f"2026-12-02T{hour:02}:00:00+00:00" for hour in (1, 6, 6)]
    assert {(one["uid"], one["attendee"]) for one in told} == {(check.uid, f"mailto:{BOX}")}
    assert len({one["stamp"] for one in told}) == 3
    assert calendars(sink)[BOX].standing == []


def test_the_invented_visit_looks_like_a_test_and_belongs_to_nobody(
    app: Flask, session: Session, hanako: Person, mails: Settings, sink: Sink
) -> None:
    check = begun(hanako, mails)
    posted(app, NOW)

    (message,) = sink.messages()
    told = by_vobject(calendar_of(message))
    assert message["Subject"] == f"Test invitation {check.mark}: Wed 2 Dec 10:00"
    assert told["summary"] == f"Test invitation {check.mark}"
    body = message.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "This is a test. There is no such visit, and nobody expects you." in text
    assert f"http://localhost:8000/doctor/{check.id}" in text
    assert "/my/" not in text
    assert b"RSVP=TRUE" in calendar_of(message).replace(b"\r\n ", b"")
    assert count(Invitation) == 0


def test_the_domain_is_looked_up_by_the_worker(
    app: Flask, session: Session, hanako: Person, mails: Settings, sink: Sink
) -> None:
    check = begun(hanako, mails)
    posted(app, NOW)

    job = session.scalars(select(Job).where(Job.kind == JobKind.LOOK_UP)).one()
    assert job.state is JobState.DONE
    assert check.domain is not None
    assert check.domain.mx.found == ("mx.example.org",)


def test_an_answer_to_the_first_mail_that_comes_late_brings_no_step(
    app: Flask, session: Session, hanako: Person, mails: Settings, reader: MailReader
) -> None:
    check = begun(hanako, mails)
    posted(app, NOW)
    check_ups.go_on(check, mails, NOW + MINUTE)
    session.commit()
    posted(app, NOW + MINUTE)
    brought(app, reader, clients.outlook(pressed(check, NOW + 2 * MINUTE, sequence=0)), NOW + 2 * MINUTE)

    assert check.step is CHANGE
    assert [one.sequence for one in check.back] == [0]


def test_a_mail_without_its_calendar_is_known_by_the_mark_and_brings_no_step(
    app: Flask, session: Session, hanako: Person, mails: Settings, reader: MailReader
) -> None:
    check = begun(hanako, mails)
    posted(app, NOW)
    raw = f"From: <{BOX}>\r\nSubject: Accepted: Test invitation {check.mark}\r\nMessage-ID: <1@x>\r\n\r\nyes\r\n"
    row = brought(app, reader, raw.encode(), NOW + MINUTE)

    assert row.state is MailOutcome.CHECK_UP
    assert [one.sequence for one in check.back] == [None]
    assert check.step is REQUEST


def test_the_answer_to_another_entry_is_none_to_the_test(
    app: Flask, session: Session, hanako: Person, mails: Settings, reader: MailReader
) -> None:
    check = begun(hanako, mails)
    posted(app, NOW)
    stranger = replace(pressed(check, NOW + MINUTE), uid="somebody-else@example.com")
    raw = clients.thunderbird(stranger).replace(b"=?utf-8?b?5om/6Ku+?=: a visit", check.mark.encode())
    brought(app, reader, raw, NOW + MINUTE)

    assert [one.sequence for one in check.back] == [None]


def test_mails_about_visits_and_words_of_people_are_none_of_a_check_up(
    app: Flask, session: Session, hanako: Person, mails: Settings, reader: MailReader
) -> None:
    check = begun(hanako, mails)
    row = brought(app, reader, b"From: a@example.net\r\nSubject: Hello\r\n\r\nhello\r\n", NOW + MINUTE)
    other = brought(app, reader, clients.google(replace(pressed(check, NOW), uid="unknown@example.org")), NOW + MINUTE)

    assert (row.state, other.state) == (MailOutcome.FOR_HR, MailOutcome.UNKNOWN_VISIT)
    assert check.back == ()


def present(check: CheckUp, settings: Settings, now: datetime) -> set[Fault]:
    found = diagnosing.examine(Evidence(check=check, sent=check_ups.mails(check), settings=settings, now=now))
    return {one.fault for one in found if one.sight is Sight.PRESENT}


def rewritten(press: Pressed) -> bytes:
    return clients.evolution(press).replace(
        b"ORGANIZER:mailto:shadowing@example.org", b"ORGANIZER:mailto:gate@example.com"
    )


def renamed(press: Pressed) -> bytes:
    return clients.outlook(replace(press, owner="h.yamada@example.net"))


def hurried(press: Pressed) -> bytes:
    return clients.korganizer(replace(press, at=press.at + HOUR))


SEEN: dict[Callable[[Pressed], bytes], set[Fault]] = {
    clients.exchange: set(),
    clients.google: set(),
    clients.notes: set(),
    clients.google_without_dmarc: {Fault.UNVERIFIED},
    clients.icloud: {Fault.REWRITTEN},
    clients.nextcloud: {Fault.REWRITTEN},
    clients.garoon: {Fault.NO_CALENDAR},
    rewritten: {Fault.REWRITTEN},
    renamed: {Fault.REWRITTEN, Fault.ALIAS},
    hurried: {Fault.CLOCK},
}


@pytest.mark.parametrize("program", SEEN)
def test_what_each_program_does_to_its_answer_is_seen(
    program: Callable[[Pressed], bytes],
    app: Flask,
    session: Session,
    hanako: Person,
    mails: Settings,
    reader: MailReader,
) -> None:
    check = begun(hanako, mails)
    posted(app, NOW)
    raw = program(pressed(check, NOW + MINUTE)).replace(b"Subject: ", f"Subject: {check.mark} ".encode())
    brought(app, reader, raw, NOW + MINUTE)

    assert present(check, mails, NOW + MINUTE) == SEEN[program]


def test_a_mail_that_comes_back_is_a_refusal_in_the_servers_own_words(
    app: Flask, session: Session, hanako: Person, mails: Settings, sink: Sink, reader: MailReader
) -> None:
    check = begun(hanako, mails)
    posted(app, NOW)
    id = sink.messages()[0]["Message-ID"]
    status = f"Reporting-MTA: dns; mx.example.net\r\n\r\nFinal-Recipient: rfc822; {BOX}\r\nAction: failed\r\n"
    status += "Status: 5.7.26\r\nDiagnostic-Code: smtp; 550-5.7.26 This mail is unauthenticated\r\n"
    parts = (
        f"Content-Type: message/delivery-status\r\n\r\n{status}",
        f"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: {id}\r\n",
    )
    report = clients.multipart("report; report-type=delivery-status", *parts)
    row = brought(app, reader, f"From: <mailer-daemon@example.net>\r\n{report}".encode(), NOW + MINUTE)

    found = diagnosing.examine(Evidence(check=check, sent=check_ups.mails(check), settings=mails, now=NOW + HOUR))
    refused = next(one for one in found if one.fault is Fault.REFUSED)
    assert row.state is MailOutcome.BOUNCE
    assert present(check, mails, NOW + HOUR) == {Fault.REFUSED, Fault.DMARC}
    assert "This mail is unauthenticated" in refused.words


def test_nothing_is_asked_for_where_no_answer_arrives(
    app: Flask, session: Session, hanako: Person, mails: Settings, sink: Sink
) -> None:
    deaf = mails.model_copy(update={"mail_listen": ""})
    app.extensions["settings"] = deaf
    check = begun(hanako, deaf)
    posted(app, NOW)

    (message,) = sink.messages()
    body = message.get_body(("plain",))
    assert body is not None
    assert "Answers given inside a calendar program do not reach us." in body.get_content()
    assert "Please answer" not in body.get_content()
    assert b"RSVP=FALSE" in calendar_of(message).replace(b"\r\n ", b"")
    assert present(check, deaf, NOW + HOUR) == {Fault.NO_WAY_IN}


def test_hr_goes_on_without_an_answer_once_the_mail_has_left(
    app: Flask, session: Session, hanako: Person, mails: Settings, sink: Sink
) -> None:
    check = begun(hanako, mails)
    with pytest.raises(Refusal, match="has not left yet"):
        check_ups.go_on(check, mails, NOW)
    session.rollback()

    for minute in (1, 2):
        posted(app, NOW + minute * MINUTE)
        check_ups.go_on(check, mails, NOW + minute * MINUTE)
        session.commit()
    posted(app, NOW + 3 * MINUTE)

    assert states(check) == [(kind, LetterState.SENT) for kind in (REQUEST, CHANGE, CANCEL)]
    with pytest.raises(Changed, match="over"):
        check_ups.go_on(check, mails, NOW + 4 * MINUTE)


def test_what_never_left_is_ended_without_a_mail(
    app: Flask, session: Session, hanako: Person, mails: Settings, sink: Sink
) -> None:
    check = begun(hanako, mails)
    check_ups.end(check, mails, NOW + MINUTE)
    session.commit()
    posted(app, NOW + 2 * MINUTE)

    assert states(check) == [(REQUEST, LetterState.CANCELLED)]
    assert sink.mails == []


def test_a_refused_test_ends_without_another_mail_and_is_no_lost_mail_of_a_person(
    app: Flask, session: Session, hanako: Person, mails: Settings, sink: Sink
) -> None:
    sink.refuse = lambda address: "550 5.1.1 no such user 髙"
    check = begun(hanako, mails)
    posted(app, NOW)
    check_ups.go_on(check, mails, NOW + MINUTE)

    ((kind, state),) = states(check)
    letter = check_ups.mails(check)[0]
    assert (kind, state, check.ended_at) == (REQUEST, LetterState.UNDELIVERABLE, NOW + MINUTE)
    assert "no such user" in letter.error
    assert session.scalars(sent.lost(NOW)).all() == []
    assert not resending.can_be_mended(letter)


def test_a_check_up_that_nobody_ends_ends_by_itself_after_eight_hours(
    app: Flask, session: Session, hanako: Person, mails: Settings, sink: Sink
) -> None:
    check = begun(hanako, mails)
    posted(app, NOW)
    posted(app, NOW + 7 * HOUR)
    assert check.ended_at is None

    posted(app, NOW + 8 * HOUR)

    assert check.ended_at == NOW + 8 * HOUR
    assert calendars(sink)[BOX].standing == []


def test_each_is_deleted_after_90_days_with_its_mails_once_it_is_over(
    app: Flask, session: Session, hanako: Person, mails: Settings
) -> None:
    first = begun(hanako, mails)
    posted(app, NOW)
    letter = check_ups.mails(first)[0]
    bounce = make.received(MailOutcome.BOUNCE, letter_id=letter.id)
    check_ups.end(first, mails, NOW + HOUR)
    open_one = begun(hanako, mails, NOW + 2 * HOUR)
    session.commit()
    deeds = session.scalar(select(func.count()).select_from(Audit))

    def forgets(now: datetime) -> int:
        session.commit()
        hearing.Forgetting(app, lambda: now)()
        session.expire_all()
        return count(CheckUp)

    assert forgets(NOW + check_ups.KEPT_FOR) == 2
    assert forgets(NOW + check_ups.KEPT_FOR + 3 * HOUR) == 1
    assert session.scalars(select(CheckUp)).one().id == open_one.id
    assert session.get_one(Received, bounce.id).letter_id is None
    assert len(check_ups.mails(open_one)) == len(session.scalars(select(Letter)).all()) == 1
    assert session.scalar(select(func.count()).select_from(Job)) == 2
    assert session.scalar(select(func.count()).select_from(Audit)) == deeds


def test_another_check_up_ends_the_one_before(
    app: Flask, session: Session, hanako: Person, mails: Settings, sink: Sink
) -> None:
    first = begun(hanako, mails)
    posted(app, NOW)
    second = begun(hanako, mails, NOW + MINUTE)
    posted(app, NOW + MINUTE)

    assert first.ended_at == NOW + MINUTE
    assert states(second) == [(REQUEST, LetterState.SENT)]
    assert len(calendars(sink)[BOX].standing) == 1
    assert [one.facts for one in session.scalars(select(Audit).where(Audit.deed == "test_invitations"))] == [
        {"check_up": first.id},
        {"check_up": second.id},
    ]


@pytest.mark.parametrize("address", ["shadowing@example.org", "Shadowing+x@Example.org"])
def test_the_service_does_not_invite_itself(address: str, session: Session, hanako: Person, mails: Settings) -> None:
    with pytest.raises(Refusal, match="cannot be invited"):
        check_ups.begin(hanako, address, "", mails, NOW)

    assert count(CheckUp) == 0


def test_a_test_stays_with_its_mailbox_whatever_becomes_of_who_asked_for_it(
    app: Flask, session: Session, hanako: Person, mails: Settings
) -> None:
    check = begun(hanako, mails)
    persons.change(hanako, draft(hanako.home, email="new@example.org"), None, NOW)
    session.expire_all()

    assert check_ups.mails(check)[0].address == BOX
    assert resending.correction(hanako, "newer@example.org", NOW).letters == ()


def test_a_test_leaves_at_any_hour(app: Flask, session: Session, hanako: Person, mails: Settings, sink: Sink) -> None:
    app.extensions["settings"] = night = mails.model_copy(update={"mail_hours": (8, 19)})
    begun(hanako, night, NOW + 12 * HOUR)  # midnight in Tokyo
    posted(app, NOW + 12 * HOUR)

    assert len(sink.mails) == 1


def test_the_answer_comes_in_by_the_real_door_and_brings_the_next_mail(
    app: Flask, session: Session, hanako: Person, mails: Settings, sink: Sink
) -> None:
    now = datetime.now(UTC)
    check = begun(hanako, mails, now)
    id, stop = check.id, threading.Event()
    session.rollback()
    with answering(SOUND):
        thread = threading.Thread(target=lambda: worker.run(app, stop=stop))
        thread.start()
        try:
            door = Service(app, int(mails.mail_listen.rpartition(":")[2]))
            door.opened()
            for number in (1, 2):
                arrived(sink, number)
                settled(session, id)
                press = pressed(session.get_one(CheckUp, id), datetime.now(UTC))
                session.rollback()
                with smtplib.LMTP("127.0.0.1", door.port) as line:
                    line.sendmail(BOX, ["shadowing@example.org"], clients.exchange(press))
            arrived(sink, 3)
        finally:
            stop.set()
            thread.join()

    session.expire_all()
    check = session.get_one(CheckUp, id)
    assert [(one.sequence, one.partstat, one.passed) for one in check.back] == [
        (0, "ACCEPTED", True),
        (1, "ACCEPTED", True),
    ]
    assert calendars(sink)[BOX].standing == []


def arrived(sink: Sink, number: int) -> None:
    deadline = time.monotonic() + 30
    while len(sink.mails) < number and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(sink.mails) == number


def settled(session: Session, id: int) -> None:
    """The worker has written down that the mail left."""
    deadline = time.monotonic() + 10
    waiting = select(func.count()).select_from(Letter).where(Letter.done_at.is_(None))
    while session.scalar(waiting) and time.monotonic() < deadline:
        session.rollback()
        time.sleep(0.05)
    session.rollback()
