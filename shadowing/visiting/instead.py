"""Another place instead of a visit that a guest declined: what is possible with nobody else moved, and taking it."""

from datetime import datetime, timedelta

from sqlalchemy import Select, select

from shadowing.company import audit
from shadowing.errors import Changed, Refusal
from shadowing.extensions import db
from shadowing.matching import choices, pairings, why
from shadowing.matching.choices import Choice
from shadowing.matching.spans import moment
from shadowing.models import Answer, GivenAnswer, GivenState, Guest, Invitation, Opening, Pairing, Slot, Stage
from shadowing.visiting import declining, offering, seating

NOTICE = timedelta(hours=48)
"""How far ahead a visit is that a guest takes without a word of HR."""


def is_declined(invitation: Invitation) -> bool:
    """Its guest said no, and it counts; also once the visit is off by it."""
    if invitation.cancelled_at is None:
        return invitation.answer is Answer.NO
    said = select(GivenAnswer.answer).where(GivenAnswer.invitation_id == invitation.id)
    last = said.where(GivenAnswer.state == GivenState.STANDS).order_by(GivenAnswer.id.desc()).limit(1)
    return db.session.scalar(last) is Answer.NO


def guest_of(invitation: Invitation) -> Select[Guest]:
    round_id = invitation.slot.opening.round_id
    return select(Guest).where(Guest.person_id == invitation.person_id, Guest.round_id == round_id)


def places(invitation: Invitation, now: datetime) -> list[Choice]:
    """A few in the order of time, none of which costs anybody else theirs or is on offer to the waiting list."""
    guest = db.session.scalar(guest_of(invitation))
    if guest is None or not is_declined(invitation) or guest.round.stage is not Stage.PUBLISHED:
        return []
    found = choices.alternatives(guest, db.session.scalar(declining.visit_of(invitation)), now)
    free = [one for one in found if one.displaced is None and one.starts_at - now >= NOTICE]
    declined = (invitation.slot.opening_id, seating.start_of(invitation.slot))
    open_to = [one for one in free if (one.opening.id, one.start) != declined and _has_room(one.opening, one.start)]
    return sorted(open_to, key=lambda one: (one.start, one.opening.id))


def _has_room(opening: Opening, start: int) -> bool:
    slot = _slot(opening, start)
    return slot is None or seating.free_seats(slot) > 0


def _slot(opening: Opening, start: int) -> Slot | None:
    return db.session.scalar(select(Slot).where(Slot.opening_id == opening.id, Slot.starts_at == moment(start)))


def take(invitation: Invitation, opening: Opening, start: int, now: datetime) -> Pairing:
    """The guest sits there (*start* in minutes since 1970) and no longer here; host and guest hear of both at once, and the seat
    that they give up goes to the waiting list. Refused where anything is against it by now."""
    guest = db.session.scalars(guest_of(invitation)).one()
    round = seating.locked(guest.round)
    if not is_declined(invitation) or round.stage is not Stage.PUBLISHED:
        raise Refusal("You have not declined this visit, so you keep it.")
    if moment(start) - now < NOTICE:
        raise Refusal("It begins within two days. Please speak to the people who run the round.")
    if opening.round_id != round.id or not _has_room(opening, start):
        raise Changed("Somebody was faster, so this place is taken. Look at the others.")
    slots = {invitation.slot_id, *([there.id] if (there := _slot(opening, start)) else [])}
    seating.refuse_untold(round, slots, now)
    old = db.session.scalar(declining.visit_of(invitation))
    if old is not None:
        pairings.take_out(old, why.DECLINED)
    made = seating.seat(guest, opening, start, seating.BY_GUEST, now, soon=False)
    seating.settle(round, [*([old] if old else []), made], now)
    audit.record("take_instead", guest.person, round, now, guest=guest.id, opening=opening.id, start=start)
    if old is not None:
        offering.freed(old.slot, now)
    return made
