"""What the two people of a ride-along see and say: the guest's promise before the customer is named to them."""

from dataclasses import replace
from datetime import datetime

from shadowing.company import audit
from shadowing.errors import Refusal
from shadowing.models import Entry, Invitation, OpeningKind, Role


def promise(invitation: Invitation, now: datetime) -> None:
    """What the guest sees stays with them. Twice is once."""
    entry = invitation.told.entry
    if entry.kind is not OpeningKind.RIDE_ALONG or entry.role is not Role.GUEST:
        raise Refusal("This visit asks for no such promise.")
    if invitation.discreet_at is None:
        invitation.discreet_at = now
        audit.record("promise", invitation.person, invitation.slot.opening.round, now, slot=invitation.slot_id)


def promise_wanted(invitation: Invitation) -> bool:
    """Whether the page names no customer because the guest has not promised yet; before the customer's yes it names none anyway."""
    entry = invitation.told.entry
    ride = entry.kind is OpeningKind.RIDE_ALONG and entry.role is Role.GUEST
    return ride and entry.firm and invitation.discreet_at is None


def shown(invitation: Invitation) -> Entry:
    """What the page may show of the visit to its owner."""
    entry = invitation.told.entry
    return replace(entry, title="", place="", preparation="") if promise_wanted(invitation) else entry
