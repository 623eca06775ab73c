"""Letters that came back: what another mail server reports of a letter becomes its state, as if it had been refused at once."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from shadowing.config import Settings
from shadowing.extensions import db
from shadowing.mail import outbox
from shadowing.mail.received import Returned
from shadowing.models import Letter, LetterState

BACK_WITHIN = timedelta(days=14)
"""Mail servers try for five days (RFC 5321 4.5.4.1); what comes back later than this is not looked for."""
LETTERS_MOST = 500
MAY_COME_BACK = (LetterState.SENT, LetterState.UNKNOWN)


def mark(returned: Returned, settings: Settings, now: datetime) -> Letter | None:
    """The letter that *returned* is about; where it failed for good it did not arrive. None: it is about none of ours."""
    letter = _letter(returned, settings, now)
    if letter is not None and returned.failed:
        here = update(Letter).where(Letter.id == letter.id, Letter.state.in_(MAY_COME_BACK))
        db.session.execute(here.values(state=LetterState.UNDELIVERABLE, error=returned.diagnosis))
        db.session.expire(letter)
    return letter


def _letter(returned: Returned, settings: Settings, now: datetime) -> Letter | None:
    """By its Message-ID; where the report names none, the newest letter to that address. A report that names only other
    mails is about those."""
    sent = select(Letter).where(Letter.done_at > now - BACK_WITHIN).order_by(Letter.id.desc()).limit(LETTERS_MOST)
    recipients = returned.recipients
    if not (recipients or returned.message_ids):
        return None
    mine = sent.where(Letter.state.in_((*MAY_COME_BACK, LetterState.UNDELIVERABLE)))
    for letter in db.session.scalars(mine.where(Letter.address.in_(_spellings(recipients))) if recipients else mine):
        if not returned.message_ids or outbox.message_id(letter, letter.revision, settings) in returned.message_ids:
            return letter
    return None


def _spellings(addresses: tuple[str, ...]) -> list[str]:
    """As letters have them, whatever the case in which a report writes them."""
    lower = db.session.scalars(select(Letter.address).where(db.func.lower(Letter.address).in_(addresses)).distinct())
    return list(lower)
