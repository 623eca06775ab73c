"""The worker: what becomes of every letter and job, whatever the mail server, the network and the machine do."""

import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shadowing.background import queue, retries, worker
from shadowing.config import MailTls, Settings
from shadowing.extensions import db
from shadowing.mail import letters, outbox
from shadowing.mail.letters import Sender
from shadowing.mail.outbox import Lane
from shadowing.mail.smtp import NO_STARTTLS, Patience
from shadowing.matching import solving
from shadowing.models import (
    Invitation,
    Job,
    JobState,
    Letter,
    LetterKind,
    LetterState,
    Pairing,
    PairingStatus,
    Round,
    Slot,
    Solve,
    Stage,
)
from shadowing.visiting import invitations
from tests import factories as make
from tests.factories import NOW, at
from tests.postbox import DROP, Sink, by_javascript, by_vobject, calendar_of, calendars, free_port, parsed, serving

HASTE = Patience(connect=2, command=2, dot=5)
SECOND = timedelta(seconds=1)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with serving(Sink()) as sink:
        yield sink


def mailing(app: Flask, port: int, **given: Any) -> Settings:
    """The app's letters go to a server on *port* from now on."""
    facts: dict[str, Any] = {"mail_server": "127.0.0.1", "mail_port": port, "mail_tls": MailTls.NONE}
    before: Settings = app.extensions["settings"]
    settings = before.model_copy(update=facts | {"mail_per_second": 1000.0} | given)
    app.extensions["settings"] = settings
    return settings


def publish(app: Flask, visits: int, **facts: Any) -> Round:
    """A round with *visits* guests, each with a host of their own, and all letters written."""
    round = make.round_(stage=Stage.PUBLISHED, **facts)
    home = make.department()
    for number in range(visits):
        opening = make.opening(round, make.person(department_=home), starts_at=at(1 + number % 4, 9 + number // 4 % 8))
        guest = make.guest(round, make.person(department_=home))
        make.pairing(guest, make.slot(opening), status=PairingStatus.PUBLISHED)
    invitations.tell(round, NOW, Sender.of(app.extensions["settings"]), NOW)
    db.session.commit()
    return round


def run(app: Flask, now: datetime = NOW) -> int:
    """Everything that is due at *now*. The test lets go of its own transaction, which would hold SQLite's lock."""
    db.session.rollback()
    started = time.monotonic()
    return worker.run(
        app,
        until_idle=True,
        stop=threading.Event(),
        patience=HASTE,
        clock=lambda: now + SECOND * (time.monotonic() - started),
    )


def rows() -> list[Letter]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(Letter).order_by(Letter.id)))


def states() -> Counter[LetterState]:
    return Counter(letter.state for letter in rows())


def test_every_letter_of_a_round_arrives_as_it_was_written(app: Flask, session: Session, sink: Sink) -> None:
    settings = mailing(app, sink.port)
    publish(app, 4)
    written = {letter.address: outbox.to_bytes(letter, settings) for letter in rows()}

    assert run(app) == 0

    assert dict(sink.mails) == written
    assert len(sink.mails) == 8
    assert states() == {LetterState.SENT: 8}


@pytest.mark.slow
def test_three_foreign_parsers_read_every_mail_that_arrives(app: Flask, session: Session, sink: Sink) -> None:
    mailing(app, sink.port)
    publish(app, 3)
    run(app)

    contents = [content for _, content in sink.mails]
    for content, said in zip(contents, by_javascript(contents), strict=True):
        fields = by_vobject(calendar_of(parsed(content)))
        assert (said["ical_js"], said["node_ical"]) == (fields, fields)


def test_without_a_mail_server_letters_are_sent_in_house(app: Flask, session: Session) -> None:
    publish(app, 1)

    assert run(app) == 0
    assert states() == {LetterState.SENT: 2}


def test_a_refused_recipient_does_not_hold_up_the_others(app: Flask, session: Session, sink: Sink) -> None:
    mailing(app, sink.port)
    publish(app, 2)
    gone = rows()[0].address
    sink.refuse = lambda address: "550 5.1.1 No such user" if address == gone else None

    run(app)

    assert states() == {LetterState.SENT: 3, LetterState.UNDELIVERABLE: 1}
    assert rows()[0].error == "550 5.1.1 No such user"


@pytest.mark.slow
def test_a_busy_server_is_asked_again_with_growing_pauses(app: Flask, session: Session, sink: Sink) -> None:
    mailing(app, sink.port)
    publish(app, 1)
    sink.digest = lambda content: "451 later"
    now, pauses = NOW, []
    for _ in range(9):
        run(app, now)
        pauses.append((rows()[0].due_at - now).total_seconds())
        now = max(letter.due_at for letter in rows())

    assert all(30 * 2**n <= pause <= 38 * 2**n for n, pause in enumerate(pauses[:7]))
    assert all(3600 <= pause <= 4600 for pause in pauses[7:])
    sink.digest = lambda content: None
    run(app, now)
    assert states() == {LetterState.SENT: 2}


def test_nothing_is_mailed_for_a_visit_that_has_begun(app: Flask, session: Session, sink: Sink) -> None:
    mailing(app, sink.port)
    publish(app, 1)

    run(app, at(1, 9))

    assert (sink.mails, states()) == ([], {LetterState.GAVE_UP: 2})


def test_an_unreachable_server_rests_everything_costs_no_try_and_then_all_arrives_in_order(
    app: Flask, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    mailing(app, port)
    publish(app, 3)
    now = NOW
    for _ in range(4):
        assert run(app, now) == 0
        now = min(letter.due_at for letter in rows())

    assert [letter.attempts for letter in rows()] == [0] * 6
    assert "6 letters wait for a later try. The mail server cannot be reached." in capsys.readouterr().out
    with serving(Sink(), port) as sink:
        run(app, now)
    assert [address for address, _ in sink.mails] == [letter.address for letter in rows()]
    assert states() == {LetterState.SENT: 6}


def test_a_setting_that_is_wrong_stops_all_mail_and_counts_no_try(
    app: Flask, session: Session, sink: Sink, capsys: pytest.CaptureFixture[str]
) -> None:
    mailing(app, sink.port, mail_tls=MailTls.STARTTLS)
    publish(app, 2)

    assert run(app) == 1

    assert NO_STARTTLS in capsys.readouterr().out
    assert [letter.attempts for letter in rows()] == [0] * 4
    assert outbox.trouble(NOW + SECOND * 10) == NO_STARTTLS
    mailing(app, sink.port)
    assert run(app, NOW + 2 * retries.PAUSE) == 0
    assert states() == {LetterState.SENT: 4}
    assert outbox.trouble(NOW) is None


def test_an_invitation_of_unknown_fate_is_sent_again_as_the_same_bytes(
    app: Flask, session: Session, sink: Sink
) -> None:
    mailing(app, sink.port)
    publish(app, 1)
    sink.digest = lambda content: DROP
    run(app)
    sink.digest = lambda content: None
    run(app, NOW + timedelta(minutes=2))

    assert Counter(Counter(sink.mails).values()) == {2: 2}
    assert states() == {LetterState.SENT: 2}
    assert [(len(one.standing), one.ignored) for one in calendars(sink).values()] == [(1, 1), (1, 1)]


def test_a_question_of_unknown_fate_is_not_sent_again(app: Flask, session: Session, sink: Sink) -> None:
    mailing(app, sink.port)
    letters.ask([make.guest(make.round_())], NOW)
    db.session.commit()
    sink.digest = lambda content: DROP

    run(app)
    run(app, NOW + timedelta(hours=2))

    assert len(sink.mails) == 1
    assert states() == {LetterState.UNKNOWN: 1}


def test_five_broken_lines_are_enough(app: Flask, session: Session, sink: Sink) -> None:
    mailing(app, sink.port)
    publish(app, 1)
    sink.digest = lambda content: DROP
    for hours in range(8):
        run(app, NOW + timedelta(hours=2 * hours))

    assert Counter(Counter(sink.mails).values()) == {5: 2}
    assert states() == {LetterState.GAVE_UP: 2}


def test_a_letter_that_cannot_be_rendered_does_not_stop_the_others(
    app: Flask, session: Session, sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    mailing(app, sink.port)
    publish(app, 1)
    broken = rows()[0]
    broken.facts_json = {"name": "of a version that nobody knows"}
    db.session.commit()

    run(app)

    assert states() == {LetterState.SENT: 1, LetterState.READY: 1}
    assert "ValidationError" in rows()[0].error


def test_a_result_that_comes_after_the_lease_was_lost_is_dropped(app: Flask, session: Session, sink: Sink) -> None:
    mailing(app, sink.port)
    publish(app, 1)
    waiting = rows()
    first, address = waiting[0].id, waiting[0].address

    def declare_dead(content: bytes) -> None:
        with app.app_context():
            db.session.execute(update(Letter).where(Letter.id == first).values(fence=Letter.fence + 1))
            db.session.commit()

    sink.digest = declare_dead
    lane = Lane(app.extensions["settings"], HASTE)
    db.session.rollback()
    worker.tick(app, lane, lambda: NOW)
    lane.close()

    assert [to for to, _ in sink.mails] == [address]
    assert rows()[0].state is LetterState.READY


@pytest.mark.slow
def test_a_slow_server_does_not_cost_the_lease(
    app: Flask, session: Session, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "LEASE", SECOND)
    monkeypatch.setattr(queue, "BEAT", SECOND / 5)
    mailing(app, sink.port)
    publish(app, 1)
    claimed: list[Letter] = []

    def think(content: bytes) -> None:
        time.sleep(2)
        with app.app_context():
            while (other := queue.claim(Letter, clock())) is not None:
                claimed.append(other)
            db.session.rollback()

    started = time.monotonic()

    def clock() -> datetime:
        return NOW + SECOND * (time.monotonic() - started)

    sink.digest = think
    lane = Lane(app.extensions["settings"], HASTE)
    db.session.rollback()
    worker.tick(app, lane, clock)
    lane.close()

    assert [letter.id for letter in claimed] == [rows()[1].id]
    assert rows()[0].state is LetterState.SENT


def test_a_change_told_while_the_invitation_is_on_its_way_arrives_after_it(
    app: Flask, session: Session, sink: Sink
) -> None:
    mailing(app, sink.port)
    round = publish(app, 1)
    id, once = round.id, threading.Event()

    def move(content: bytes) -> None:
        if once.is_set():
            return
        once.set()
        with app.app_context():
            slot = db.session.scalars(select(Slot)).one()
            slot.starts_at, slot.ends_at = slot.starts_at + SECOND * 3600, slot.ends_at + SECOND * 3600
            db.session.flush()
            round = db.session.get_one(Round, id)
            invitations.tell(round, NOW, Sender.of(app.extensions["settings"]), NOW)
            db.session.commit()

    sink.digest = move
    run(app)

    host = rows()[0].address
    kinds = [parsed(content)["Subject"].partition(":")[0] for to, content in sink.mails if to == host]
    assert kinds == ["Invitation", "Change"]
    assert [one.standing[0]["starts_at"] for one in calendars(sink).values()] == [at(1, 10)] * 2


def test_a_cancellation_in_time_means_no_mail_of_a_visit(app: Flask, session: Session, sink: Sink) -> None:
    mailing(app, sink.port)
    round = publish(app, 2)
    db.session.execute(update(Pairing).values(status=PairingStatus.DROPPED))
    invitations.tell(round, NOW, Sender.of(app.extensions["settings"]), NOW)
    db.session.commit()

    run(app)

    assert states() == {LetterState.CANCELLED: 8, LetterState.SENT: 2}
    assert {letter.kind for letter in rows() if letter.state is LetterState.SENT} == {LetterKind.UNMATCHED}
    assert len(sink.mails) == 2  # each guest hears that there is no visit, and of none that was planned


def test_a_stopped_worker_finishes_the_letter_in_hand_and_no_more(app: Flask, session: Session, sink: Sink) -> None:
    mailing(app, sink.port)
    publish(app, 2)
    stop = threading.Event()
    sink.digest = lambda content: stop.set()

    assert worker.run(app, stop=stop, patience=HASTE, clock=lambda: NOW) == 0

    assert states() == {LetterState.SENT: 1, LetterState.READY: 3}
    assert [letter.lease_until for letter in rows()] == [None] * 4


class Impatient(threading.Event):
    """Notes how long it is asked to wait, and does not."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout or 0.0)
        return self.is_set()


def test_letters_leave_no_faster_than_the_setting_says(app: Flask, session: Session, sink: Sink) -> None:
    mailing(app, sink.port, mail_per_second=0.001)
    publish(app, 3)
    stop = Impatient()

    worker.run(app, until_idle=True, stop=stop, patience=HASTE, clock=lambda: NOW)

    assert len(sink.mails) == len(stop.waits) == 6
    assert all(900 < wait <= 1000 for wait in stop.waits)


@pytest.mark.slow
def test_killing_the_worker_loses_no_letter_and_doubles_no_entry(app: Flask, session: Session, tmp_path: Path) -> None:
    """Four kills in the middle of twenty-four letters; each restart must take over what the dead one held."""
    publish(app, 12)
    people = {letter.address for letter in rows()}
    db.session.rollback()
    database = str(app.config["SQLALCHEMY_DATABASE_URI"])
    chance = random.Random(7)  # noqa: S311 - which moments, not which secrets
    with serving(Sink(digest=lambda content: time.sleep(0.02))) as sink:
        for kill in range(4):
            process = start(tmp_path, sink.port, database, kill)
            wait_for_mails(sink, len(sink.mails) + chance.randint(1, 4), process)
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert start(tmp_path, sink.port, database, 5).wait(timeout=120) == 0

    assert states() == {LetterState.SENT: 24}
    assert {address for address, _ in sink.mails} == people
    assert all(len(one.standing) == 1 for one in calendars(sink).values())
    copies = Counter(parsed(content)["Message-ID"] for _, content in sink.mails)
    assert len(set(sink.mails)) == len(copies) == 24
    assert sum(copies.values()) <= 24 + 4


def start(instance: Path, port: int, database: str, kill: int) -> "subprocess.Popen[bytes]":
    """A worker whose clock is so far ahead of its dead forerunner's that every lease has run out."""
    ahead = (NOW - datetime.now(UTC)).total_seconds() + 60 * kill
    return subprocess.Popen([sys.executable, "-m", "tests.sending", str(instance), str(port), database, str(ahead)])


def wait_for_mails(sink: Sink, count: int, process: "subprocess.Popen[bytes]") -> None:
    ends_at = time.monotonic() + 60
    while len(sink.mails) < count and process.poll() is None:
        assert time.monotonic() < ends_at
        time.sleep(0.01)


def solvable(app: Flask) -> Round:
    """A round with one guest, one host and a solve that waits for the worker."""
    sales, home = make.department(), make.department()
    round = make.round_()
    visitor, host = make.person(department_=home), make.person(department_=sales)
    make.free(round, visitor, 1, 9, 18)
    make.slot(make.opening(round, host))
    make.guest(round, visitor, wishes=(sales,))
    solving.ask(round, None, 10, 0, NOW)
    db.session.commit()
    return round


def job() -> Job:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Job)).one()


@pytest.mark.slow
def test_a_solve_comes_back_with_its_plan(app: Flask, session: Session) -> None:
    round = solvable(app)

    assert run(app) == 0

    assert (job().state, round.stage) == (JobState.DONE, Stage.REVIEWING)
    assert len(list(db.session.scalars(select(Pairing)))) == 1


@pytest.mark.slow
def test_a_solve_of_a_stopped_worker_goes_back_uncounted(app: Flask, session: Session) -> None:
    solvable(app)
    stop = threading.Event()
    stop.set()

    assert worker.work(app, stop, lambda: NOW)

    assert (job().state, job().attempts, job().lease_until) == (JobState.READY, 0, None)


def test_a_solve_that_fails_five_times_hands_the_round_back(app: Flask, session: Session) -> None:
    round = solvable(app)
    db.session.execute(update(Job).values(attempts=4))
    db.session.execute(update(Solve).values(problem='"not a problem"'))
    db.session.commit()

    assert worker.work(app, threading.Event(), lambda: NOW)

    assert (job().state, round.stage) == (JobState.FAILED, Stage.COLLECTING)
    assert "SolverDied" in job().error


@pytest.mark.slow
def test_a_solve_that_is_stopped_at_once_brings_its_first_plan_and_is_not_tried_again(
    app: Flask, session: Session
) -> None:
    round = solvable(app)
    db.session.execute(update(Job).values(cancel_requested=True))
    db.session.commit()

    assert run(app) == 0

    assert (job().state, job().attempts, round.stage) == (JobState.DONE, 1, Stage.REVIEWING)
    assert db.session.scalars(select(Solve.matched)).one() == 1


def test_a_solve_whose_workers_died_five_times_is_given_up(app: Flask, session: Session) -> None:
    round = solvable(app)
    db.session.execute(update(Job).values(unfinished=5))
    db.session.commit()

    worker.work(app, threading.Event(), lambda: NOW)

    assert (job().state, job().error) == (JobState.FAILED, worker.TOO_OFTEN)
    assert round.stage is Stage.COLLECTING


@pytest.mark.slow
def test_the_newest_revision_of_each_entry_is_what_people_hold(app: Flask, session: Session, sink: Sink) -> None:
    mailing(app, sink.port)
    round = publish(app, 3)
    run(app)
    for number in range(3):
        for slot in db.session.scalars(select(Slot)):
            slot.starts_at, slot.ends_at = slot.starts_at + SECOND * 60, slot.ends_at + SECOND * 60
        if number == 2:
            db.session.scalars(select(Pairing)).first().status = PairingStatus.DROPPED  # type: ignore[union-attr]
        db.session.flush()
        invitations.tell(round, NOW, Sender.of(app.extensions["settings"]), NOW)
        db.session.commit()
        run(app)

    held = [entry["revision"][0] for one in calendars(sink).values() for entry in one.standing]
    standing = db.session.scalars(select(Invitation.sequence).where(Invitation.cancelled_at.is_(None)))
    assert sorted(held) == sorted(standing) == [3] * 4
    assert Counter(letter.kind for letter in rows())[LetterKind.CANCEL] == 2
