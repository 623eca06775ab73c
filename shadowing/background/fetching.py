"""Mails are fetched from a mailbox: each is a row, committed, before it moves out of the way. A crash between the two fetches it
again, and the same bytes are one row."""

import hashlib
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from threading import Event

import structlog
from flask import Flask
from sqlalchemy.exc import IntegrityError, OperationalError

from shadowing.config import Settings
from shadowing.extensions import db
from shadowing.mail import arriving, imap
from shadowing.mail.imap import FoundMail

log = structlog.get_logger()

PAUSE = 30.0
"""Seconds between two looks."""
LONGEST_PAUSE = 600.0
"""While the mailbox cannot be opened, the pauses double up to this."""
SHOWN = 200


def keep_looking(app: Flask, stop: Event) -> None:
    """Every `PAUSE` seconds until *stop*."""
    waits = PAUSE
    while not stop.is_set():
        try:
            look(app, stop)
            waits = PAUSE
        except (*imap.WRONG, OperationalError):
            log.exception("the mailbox cannot be read")
            waits = min(LONGEST_PAUSE, waits * 2)
        stop.wait(waits)


def look(app: Flask, stop: Event) -> int:
    """Keep all that is in the mailbox; answers how many mails that were. Raises what `imap.WRONG` names, and OperationalError."""
    settings: Settings = app.extensions["settings"]
    count = 0
    with imap.opened(settings) as mailbox:
        for mail in mailbox.mails():
            if stop.is_set():
                break
            with app.app_context():
                _keep(mail, settings, datetime.now(UTC))
            mailbox.put_away(mail)
            count += 1
    return count


def _keep(mail: FoundMail, settings: Settings, now: datetime) -> None:
    try:
        if mail.too_big:
            _note(mail, now)
        else:
            arriving.take_in(mail.raw, settings.mail_from, "", now)
        db.session.commit()
    except IntegrityError:
        db.session.rollback()  # another worker keeps the same mail just now


def _note(mail: FoundMail, now: datetime) -> None:
    head = BytesHeaderParser().parsebytes(mail.raw)
    subject, sender = (str(head.get(name, ""))[:SHOWN] for name in ("Subject", "From"))
    arriving.note_too_big(hashlib.sha256(mail.raw).hexdigest(), subject, sender, now)
