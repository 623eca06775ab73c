"""Mails that came in: each row is there before its sender hears that it was taken, the same bytes are taken once, HR puts aside
what it has looked at, and nothing is kept longer than it is needed."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import joinedload

from shadowing.company import audit
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.mail import ical
from shadowing.models import FOR_EYES, Invitation, MailOutcome, Person, Received

ADDRESS_MOST = 254
KEPT_FOR = timedelta(days=30)


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


def for_eyes(seen: bool) -> Select[Received]:
    """The mails that a person of HR has put aside, or has not; newest first."""
    found = select(Received).where(Received.state.in_(FOR_EYES))
    found = found.where(Received.seen_at.is_not(None) if seen else Received.seen_at.is_(None))
    whose = joinedload(Received.invitation).joinedload(Invitation.person)
    return found.options(whose).order_by(Received.received_at.desc(), Received.id.desc())


def put_aside(row: Received, by: Person, now: datetime) -> None:
    """HR needs it no more, so the mail itself is forgotten. Raises Refusal."""
    if not row.waits_for_eyes:
        raise Refusal("This mail is put aside already.")
    row.seen_at, row.seen_by = now, by
    _forget(row)
    audit.record("put_aside", by, None, now, mail=row.id)


def settled(given_answer_id: int, now: datetime) -> None:
    """Its owner has said whether a held answer is theirs: nobody of HR need look at its mail."""
    for row in db.session.scalars(select(Received).where(Received.given_answer_id == given_answer_id)):
        row.seen_at = row.seen_at or now
        _forget(row)


def forget(now: datetime) -> None:
    """What was in mails that came long ago, looked at or not."""
    old = update(Received).where(Received.received_at < now - KEPT_FOR, Received.done_at.is_not(None))
    held = or_(Received.raw.is_not(None), Received.text != "", Received.subject != "", Received.sender != "")
    bare = {"raw": None, "text": "", "subject": "", "sender": "", "recipient": "", "envelope_sender": ""}
    db.session.execute(old.where(held).values(bare).execution_options(synchronize_session=False))


def _forget(row: Received) -> None:
    row.raw, row.text = None, ""


def _address(text: str) -> str:
    return ical.one_line(text)[:ADDRESS_MOST]
