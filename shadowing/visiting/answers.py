"""Answers to invitations."""

from datetime import datetime

from shadowing.errors import Refusal
from shadowing.models import Answer, Invitation


def on_the_page(invitation: Invitation, answer: Answer, now: datetime) -> None:
    if invitation.cancelled_at is not None:
        raise Refusal("This visit does not take place any more.")
    if invitation.slot.starts_at <= now:
        raise Refusal("This visit has begun already, so its answer cannot be changed.")
    invitation.answer, invitation.answered_at = answer, now
