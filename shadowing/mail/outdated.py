"""Letters that must not be sent any more, for what became of their visit since they were written."""

from datetime import datetime

from sqlalchemy import exists, select

from shadowing.extensions import db
from shadowing.mail import hearing
from shadowing.models import BY_ITSELF, Answer, Guest, Invitation, Letter, LetterKind, LetterState, Pairing, Role
from shadowing.models.facts import BriefFacts


def overtaken(letter: Letter, now: datetime) -> LetterState | None:
    """The state of a waiting letter that must not be sent any more; None for one that must.

    A mail about something past is not sent, nor an older revision once there is a newer one, nor a second copy of an
    invitation whose answer has come: the answer proves that the first one arrived. A visit that is called off before
    anybody heard of it is never mentioned."""
    if letter.expires_at is not None and letter.expires_at <= now:
        return LetterState.GAVE_UP
    if letter.invitation_id is None:
        return None
    if letter.kind in BY_ITSELF:
        return _of_visit(letter)
    told = select(Letter).where(Letter.invitation_id == letter.invitation_id, Letter.kind.not_in(BY_ITSELF))
    newest = db.session.scalar(told.order_by(Letter.revision.desc()).limit(1))
    if (
        newest is not None
        and newest.kind is LetterKind.CANCEL
        and not hearing.heard_of(letter.invitation_id, besides=letter)
    ):
        return LetterState.CANCELLED
    if newest is not None and newest.revision > letter.revision:
        return LetterState.SUPERSEDED
    return LetterState.SENT if letter.unfinished and _answered(letter) else None


def _answered(letter: Letter) -> bool:
    invitation = db.session.get_one(Invitation, letter.invitation_id)
    return invitation.answered_at is not None and invitation.answered_at > letter.stamp


def _of_visit(letter: Letter) -> LetterState | None:
    """Of a mail that goes by itself around a visit. Of one that says what holds no longer the
    planner (visiting/briefs.py) writes another, where it is not too late."""
    row = db.session.get_one(Invitation, letter.invitation_id)
    if row.cancelled_at is not None or row.answer is Answer.NO:
        return LetterState.CANCELLED
    if row.revision > letter.revision or _changed(row) or _declined(letter, row):
        return LetterState.SUPERSEDED
    return None


def _changed(row: Invitation) -> bool:
    """Whether HR has changed the visit, though nobody was told yet."""
    slot, entry = row.slot, row.told.entry
    if slot.starts_at != entry.starts_at or slot.cancelled_at or slot.opening.withdrawn_at:
        return True
    seated = select(Pairing.id).join(Pairing.guest).where(Pairing.slot_id == slot.id, Pairing.stands)
    guests = (row.person_id,) if entry.role is Role.GUEST else entry.others
    return db.session.scalar(seated.where(Guest.person_id.in_(guests)).limit(1)) is None


def _declined(letter: Letter, row: Invitation) -> bool:
    """Whether somebody whom the mail names has said no meanwhile."""
    facts = letter.facts
    assert isinstance(facts, BriefFacts)
    others = (Invitation.slot_id == row.slot_id, Invitation.person_id.in_(facts.entry.others))
    refused = (Invitation.answer == Answer.NO, Invitation.cancelled_at.is_(None))
    return bool(db.session.scalar(select(exists().where(*others, *refused))))
