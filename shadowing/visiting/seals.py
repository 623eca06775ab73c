"""What shows that a person answers, and no program that opens every link and presses every button of a mail.

A browser's script fetches a seal once somebody has touched the form; it works for half an hour and for one answer to one
visit. Without a script one types the day of the visit."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from shadowing.mail import links
from shadowing.models import Invitation

LIVES = timedelta(minutes=30)
PURPOSE = "seal"


def seal(secret: str, invitation: Invitation, now: datetime) -> str:
    return links.sign(secret, PURPOSE, invitation.id, _answered(invitation), int(now.timestamp()))


def holds(secret: str, token: str, invitation: Invitation, now: datetime) -> bool:
    """Whether *token* is a seal for this visit that is neither spent nor too old."""
    what = links.read(secret, PURPOSE, token)
    if what is None or len(what) != 3:
        return False
    age = now - datetime.fromtimestamp(what[2], UTC)
    return what[:2] == (invitation.id, _answered(invitation)) and timedelta(seconds=-1) < age <= LIVES


def _answered(invitation: Invitation) -> int:
    """Rises with every answer and with every one that is taken back, so that a seal is good for one."""
    return int(invitation.answered_at.timestamp() * 1_000_000) if invitation.answered_at else 0


def names_day(typed: str, invitation: Invitation, zone: str) -> bool:
    """Whether somebody typed the day of the month on which the visit begins on their clock: `18`, `１８日`."""
    starts_at = invitation.told.entry.starts_at.astimezone(ZoneInfo(zone))
    digits = re.fullmatch(r"(\d{1,2})\s*日?", unicodedata.normalize("NFKC", typed).strip())
    return digits is not None and int(digits[1]) == starts_at.day
