"""What the two people of a ride-along see and say: the guest's promise before the customer is named to them, and that it is
over where one of them stops it."""

from datetime import datetime
from zoneinfo import ZoneInfo

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


def may_stop(invitation: Invitation, now: datetime) -> bool:
    """On the day of the visit, by the clock of who stops it."""
    entry, zone = invitation.told.entry, ZoneInfo(invitation.person.zone)
    same_day = entry.starts_at.astimezone(zone).date() == now.astimezone(zone).date()
    return entry.kind is OpeningKind.RIDE_ALONG and same_day


def stop(invitation: Invitation, now: datetime) -> None:
    """Guest or host ends the ride-along, without a reason; HR hears of it. Twice is once."""
    if not may_stop(invitation, now):
        raise Refusal("A ride-along is stopped here on its own day. Before that, say that you cannot make it.")
    if invitation.stopped_at is None:
        invitation.stopped_at = now
        audit.record("stop_ride_along", invitation.person, invitation.slot.opening.round, now, slot=invitation.slot_id)


def promise_wanted(invitation: Invitation) -> bool:
    """Whether the guest has not promised yet; before the customer's yes, too, so that it is then told with everything."""
    entry = invitation.told.entry
    ride = entry.kind is OpeningKind.RIDE_ALONG and entry.role is Role.GUEST
    return ride and invitation.discreet_at is None


def shown(invitation: Invitation) -> Entry:
    """What the page may show of the visit to its owner."""
    entry = invitation.told.entry
    return entry.without_customer if promise_wanted(invitation) else entry
