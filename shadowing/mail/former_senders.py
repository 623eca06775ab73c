"""Addresses that mails came from before: calendars go on answering to the one that their entry names."""

from datetime import datetime

from sqlalchemy import select

from shadowing.config import Settings
from shadowing.extensions import db
from shadowing.mail.received import is_ours
from shadowing.models import Invitation, Slot


def unheard(settings: Settings, now: datetime) -> list[str]:
    """Those that entries of coming visits name, and for which no mail is taken in."""
    named = select(Invitation.organizer).distinct().join(Invitation.slot)
    named = named.where(Invitation.cancelled_at.is_(None), Slot.starts_at > now)
    return sorted(one for one in db.session.scalars(named) if not is_ours(one, settings.mail_addresses))
