"""A mail arrives: its row is there before its sender hears that it was taken, and the same bytes are taken once."""

import hashlib
from datetime import datetime

from sqlalchemy import select

from shadowing.extensions import db
from shadowing.mail import ical
from shadowing.models import MailOutcome, Received

ADDRESS_MOST = 254


def take_in(raw: bytes, recipient: str, envelope_sender: str, now: datetime) -> Received:
    """The row; the caller commits. Two who take in the same mail at once: one of them gets IntegrityError."""
    key = f"mail:{hashlib.sha256(raw).hexdigest()}"
    known = db.session.scalar(select(Received).where(Received.key == key))
    if known is not None:
        return known
    row = Received(
        key=key,
        recipient=_address(recipient),
        envelope_sender=_address(envelope_sender),
        raw=raw,
        received_at=now,
        due_at=now,
    )
    db.session.add(row)
    db.session.flush()
    return row


def note_too_big(key: str, subject: str, sender: str, now: datetime) -> None:
    """A mail that was left where it is because of its size: HR learns of it once."""
    if db.session.scalar(select(Received.id).where(Received.key == f"big:{key}"[:200])) is None:
        facts = {"sender": _address(sender), "subject": ical.one_line(subject)[:250]}
        db.session.add(
            Received(
                key=f"big:{key}"[:200], state=MailOutcome.TOO_BIG, received_at=now, due_at=now, done_at=now, **facts
            )
        )


def _address(text: str) -> str:
    return ical.one_line(text)[:ADDRESS_MOST]
