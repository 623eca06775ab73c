"""Mails that came in are read, one after the other, and what they say is written together with their end."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from flask import Flask
from sqlalchemy import select

from shadowing.background import queue
from shadowing.background.trying import tried
from shadowing.extensions import db
from shadowing.mail import arriving, check_ups
from shadowing.mail.reader import MailReader, ReaderDied
from shadowing.mail.received import MailKind, MailRead
from shadowing.models import FOR_EYES, MailOutcome, Received
from shadowing.visiting import answers_by_mail
from shadowing.visiting.answers_by_mail import Settled

log = structlog.get_logger()

DEATHS_MOST = 3
TRIES_MOST = 5
PAUSE = timedelta(seconds=2)
HOUR = timedelta(hours=1)
DIED = "The process that reads mails ended over this one."
UNREADABLE = MailRead(kind=MailKind.HOSTILE)

Clock = Callable[[], datetime]


def tick(app: Flask, reader: MailReader, clock: Clock) -> bool:
    """Read the next mail that is due; False where none is. No transaction is open while it is read."""
    with app.app_context():
        row = queue.claim(Received, clock())
        db.session.commit()
        if row is None:
            return False
        raw = db.session.scalar(select(Received.raw).where(Received.id == row.id)) or b""
        db.session.commit()
        mail = UNREADABLE if queue.given_up(row) else _read(reader, raw)
        if mail is None and row.attempts < DEATHS_MOST:
            _keep(queue.give_back(row, row.fence, clock() + PAUSE, DIED), row)
            return True
        said = mail or UNREADABLE
        failed = tried(lambda: _write(app, row, said, clock()))
        if failed is not None:
            _try_again(row, said, failed, clock())
        return True


class Forgetting:
    """Once an hour, what was in mails of long ago is forgotten, and check-ups of long ago."""

    def __init__(self, app: Flask, clock: Clock) -> None:
        self._app, self._clock = app, clock
        self._due = clock()

    def __call__(self) -> None:
        if (now := self._clock()) >= self._due:
            self._due = now + HOUR
            with self._app.app_context():
                arriving.forget(now)
                check_ups.forget(now)
                db.session.commit()


def _read(reader: MailReader, raw: bytes) -> MailRead | None:
    try:
        return reader.read(raw)
    except ReaderDied:
        log.warning("the reader of mails died")
        return None


def _write(app: Flask, row: Received, mail: MailRead, now: datetime) -> None:
    """Together with the end of the row, or, once declared dead, nothing."""
    stored = db.session.get_one(Received, row.id)
    settled = answers_by_mail.settle(mail, stored, app.extensions["settings"], now)
    _note(stored, mail, settled)
    db.session.flush()
    _keep(queue.finish(row, row.fence, settled.outcome, "", now), row)


def _note(stored: Received, mail: MailRead, settled: Settled) -> None:
    """Of a mail that nobody need look at neither bytes nor words are kept."""
    stored.sender, stored.subject, stored.message_id = mail.sender, mail.subject, mail.message_id
    stored.invitation, stored.letter, stored.given = settled.invitation, settled.letter, settled.given
    if settled.outcome in FOR_EYES:
        stored.text = mail.text
    else:
        stored.raw = None


def _try_again(row: Received, mail: MailRead, error: str, now: datetime) -> None:
    """What cannot be settled again and again is for a person."""
    if row.attempts < TRIES_MOST:
        _keep(queue.give_back(row, row.fence, now + timedelta(seconds=2**row.attempts), error), row)
        return
    stored = db.session.get_one(Received, row.id)
    _note(stored, mail, Settled(outcome=MailOutcome.FOR_HR))
    db.session.flush()
    _keep(queue.finish(row, row.fence, MailOutcome.FOR_HR, error, now), row)


def _keep(mine: bool, row: Received) -> None:
    if mine:
        db.session.commit()
    else:
        log.warning("lease lost", received=row.id, fence=row.fence)
        db.session.rollback()
