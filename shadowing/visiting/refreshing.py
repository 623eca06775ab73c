"""Somebody's calendar asks for its entry again (METHOD:REFRESH, RFC 5546 3.2.6): the invitation as it was told last, to the
address that it was told to, with what was answered until now. Whatever else has changed waits for the next publish."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from shadowing.config import Settings
from shadowing.extensions import db
from shadowing.mail.letters import Sender
from shadowing.models import Contact, Invitation, Letter, LetterKind, MailOutcome, Received, Stage
from shadowing.models.facts import VisitFacts
from shadowing.visiting import invitations
from shadowing.visiting.invitations import Step

NOT_SOONER = timedelta(hours=1)
"""One invitation goes out again at most once in so long, so that two programs cannot keep each other writing."""


def ask(invitation: Invitation, row: Received, settings: Settings, now: datetime) -> MailOutcome:
    """What becomes of the mail *row* in which the owner's calendar asks; the *invitation* is locked."""
    round = invitation.slot.opening.round
    over = invitation.cancelled_at is not None or invitation.told.entry.starts_at <= now
    if over or round.stage is not Stage.PUBLISHED:
        return MailOutcome.OLD_ANSWER
    if _asked_lately(invitation, row, now):
        return MailOutcome.DUPLICATE
    invitations.take(_step(invitation, Sender.of(settings), now.replace(microsecond=0)), round, now)
    return MailOutcome.ASKS_AGAIN


def _asked_lately(invitation: Invitation, row: Received, now: datetime) -> bool:
    before = select(Received.id).where(Received.invitation_id == invitation.id, Received.id != row.id)
    lately = before.where(Received.state == MailOutcome.ASKS_AGAIN, Received.done_at > now - NOT_SOONER)
    return db.session.scalar(lately.limit(1)) is not None


def _step(invitation: Invitation, sender: Sender, stamp: datetime) -> Step:
    """One word more, which says the same: SEQUENCE stays (RFC 5546 2.1.4)."""
    said = replace(invitations.following(invitations.told_last(invitation), stamp), hears=sender.hears)
    return Step(
        kind=LetterKind.REQUEST,
        invitation=invitation,
        person=invitation.person,
        address=invitation.address,
        slot_id=invitation.slot_id,
        generation=invitation.generation,
        revision=said,
        contacts=_contacts(invitation),
    )


def _contacts(invitation: Invitation) -> tuple[Contact, ...]:
    """Those that the last mail about it named."""
    mails = select(Letter).where(Letter.invitation_id == invitation.id, Letter.kind != LetterKind.CANCEL)
    facts = (mail.facts for mail in db.session.scalars(mails.order_by(Letter.revision.desc(), Letter.id.desc())))
    return next((one.contacts for one in facts if isinstance(one, VisitFacts)), ())
