"""Mails that go by themselves around a visit: what became of the visit since they were written."""

from sqlalchemy import exists, select

from shadowing.extensions import db
from shadowing.models import Answer, BriefFacts, Guest, Invitation, Letter, LetterState, Pairing, Role


def state(letter: Letter) -> LetterState | None:
    """The state of one that must not be sent any more; None for one that must. Of one that says what holds no longer the
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
