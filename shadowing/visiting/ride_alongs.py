"""What the guest of a ride-along sees and says: their promise before the customer is named to them."""

from datetime import datetime

from shadowing.company import audit
from shadowing.errors import Refusal
from shadowing.extensions import db, settings
from shadowing.mail.letters import Sender
from shadowing.models import Entry, Invitation, OpeningKind, Role
from shadowing.visiting import seating, telling


def promise(invitation: Invitation, now: datetime) -> None:
    """What the guest sees stays with them. With it the calendar is told at once, where HR is not changing the visit just now;
    else the next publish tells it. Twice is once."""
    entry = invitation.told.entry
    if entry.kind is not OpeningKind.RIDE_ALONG or entry.role is not Role.GUEST:
        raise Refusal("This visit asks for no such promise.")
    round = seating.locked(invitation.slot.opening.round)
    if invitation.discreet_at is not None:
        return
    slots = {invitation.slot_id}
    told = telling.is_told(round, slots, now)
    invitation.discreet_at = now
    audit.record("promise", invitation.person, round, now, slot=invitation.slot_id)
    db.session.flush()
    if told:
        telling.tell(slots, round, Sender.of(settings()), now)


def promise_wanted(invitation: Invitation) -> bool:
    """Whether the guest has not promised yet; before the customer's yes, too, so that it is then told with everything."""
    entry = invitation.told.entry
    ride = entry.kind is OpeningKind.RIDE_ALONG and entry.role is Role.GUEST
    return ride and invitation.discreet_at is None


def shown(invitation: Invitation) -> Entry:
    """What the page may show of the visit to its owner."""
    entry = invitation.told.entry
    return entry.without_customer if promise_wanted(invitation) else entry
