"""Another place instead of a visit that a guest declined: what is possible with nobody else moved, and taking it."""

from datetime import datetime, timedelta

from sqlalchemy import Select, select, update

from shadowing.company import audit
from shadowing.errors import Changed, Refusal
from shadowing.extensions import db
from shadowing.mail import letters
from shadowing.matching import choices, pairings, why
from shadowing.matching.choices import Choice
from shadowing.matching.spans import minutes, moment
from shadowing.models import (
    Answer,
    GivenAnswer,
    GivenState,
    Guest,
    Invitation,
    Letter,
    LetterKind,
    Opening,
    Pairing,
    Person,
    PlaceRequest,
    RequestState,
    Round,
    Slot,
    Stage,
)
from shadowing.models.facts import PlaceRefusedFacts
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
    free = [one for one in found if one.displaced is None]
    declined = (invitation.slot.opening_id, seating.start_of(invitation.slot))
    open_to = [one for one in free if (one.opening.id, one.start) != declined and _has_room(one.opening, one.start)]
    return sorted(open_to, key=lambda one: (one.start, one.opening.id))


def _has_room(opening: Opening, start: int) -> bool:
    slot = _slot(opening, start)
    return slot is None or seating.free_seats(slot) > 0


def _slot(opening: Opening, start: int) -> Slot | None:
    return db.session.scalar(select(Slot).where(Slot.opening_id == opening.id, Slot.starts_at == moment(start)))


def take(invitation: Invitation, opening: Opening, start: int, now: datetime) -> Pairing | PlaceRequest:
    """The guest sits there (*start* in minutes since 1970) and no longer here; host and guest hear of both at once, and the seat
    that they give up goes to the waiting list. Where HR is to be asked it is a request. Refused where anything is against it
    by now."""
    round = seating.locked(invitation.slot.opening.round)
    if not is_declined(invitation) or round.stage is not Stage.PUBLISHED:
        raise Refusal("You have not declined this visit, so you keep it.")
    if (opening.id, start) not in [(one.opening.id, one.start) for one in places(invitation, now)]:
        raise Changed("This place is not free any more. Look at the others.")
    _void(invitation, now)
    if needs_hr(round, start, now):
        asked = PlaceRequest(invitation=invitation, opening=opening, starts_at=moment(start), asked_at=now)
        db.session.add(asked)
        return asked
    made = _taken(invitation, opening, start, now)
    audit.record("take_instead", made.guest.person, round, now, guest=made.guest_id, opening=opening.id, start=start)
    return made


def needs_hr(round: Round, start: int, now: datetime) -> bool:
    return round.asks_hr_first or moment(start) - now < NOTICE


def _taken(invitation: Invitation, opening: Opening, start: int, now: datetime) -> Pairing:
    guest = db.session.scalars(guest_of(invitation)).one()
    slots = {invitation.slot_id, *([there.id] if (there := _slot(opening, start)) else [])}
    seating.refuse_untold(guest.round, slots, now)
    old = db.session.scalar(declining.visit_of(invitation))
    if old is not None:
        pairings.take_out(old, why.DECLINED)
    made = seating.seat(guest, opening, start, seating.BY_GUEST, now)
    seating.settle(guest.round, [*([old] if old else []), made], now)
    if old is not None:
        offering.freed(old.slot, now)
    return made


# HR is asked


def requests(round: Round) -> Select[PlaceRequest]:
    """Those that wait for a word of HR, the oldest first."""
    found = select(PlaceRequest).join(PlaceRequest.opening).where(Opening.round_id == round.id)
    return found.where(PlaceRequest.state == RequestState.ASKED).order_by(PlaceRequest.id)


def request_of(invitation: Invitation) -> Select[PlaceRequest]:
    """The last one."""
    found = select(PlaceRequest).where(PlaceRequest.invitation_id == invitation.id)
    return found.order_by(PlaceRequest.id.desc()).limit(1)


def agree(asked: PlaceRequest, by: Person | None, now: datetime) -> Pairing:
    """HR says yes: as if the guest had taken it now. Refused where the place is not free any more."""
    _decide(asked, RequestState.GRANTED, now)
    opening, start = asked.opening, minutes(asked.starts_at)
    if not _has_room(opening, start) or asked.starts_at <= now or not is_declined(asked.invitation):
        raise Changed("This place is not free any more. Say no, so that the guest can look at the others.")
    made = _taken(asked.invitation, opening, start, now)
    audit.record("agree", by, opening.round, now, guest=made.guest_id, opening=opening.id, start=start)
    return made


def disagree(asked: PlaceRequest, by: Person | None, now: datetime) -> None:
    """HR says no; the guest hears it by mail, with the way to other times."""
    _decide(asked, RequestState.REFUSED, now)
    letters.keep([refusal_of(asked, now)])
    audit.record("disagree", by, asked.opening.round, now, of=asked.invitation.person_id)


def refusal_of(asked: PlaceRequest, now: datetime) -> Letter:
    """The unsaved mail of HR's no."""
    reader, round = asked.invitation.person, asked.opening.round
    facts = PlaceRefusedFacts(
        heading=letters.heading_of(reader, round, f"/visits/{asked.invitation_id}/instead"),
        declined=asked.invitation.told.entry,
        stands=is_declined(asked.invitation),
        department=asked.opening.department.name,
        starts_at=asked.starts_at,
        ends_at=asked.ends_at,
    )
    name = f"{LetterKind.PLACE_REFUSED}:{asked.id}"
    letter = letters.addressed(reader, round, LetterKind.PLACE_REFUSED, name, now, facts)
    letter.expires_at = round.instants[1]
    return letter


def _decide(asked: PlaceRequest, state: RequestState, now: datetime) -> None:
    seating.locked(asked.opening.round)
    if asked.state is not RequestState.ASKED:
        raise Changed("This has been decided already. Look at it again.")
    asked.state, asked.decided_at = state, now


def _void(invitation: Invitation, now: datetime) -> None:
    """Whoever asks again, or takes another place, does not ask for the one before any more."""
    before = update(PlaceRequest).where(PlaceRequest.invitation_id == invitation.id)
    before = before.where(PlaceRequest.state == RequestState.ASKED)
    db.session.execute(before.values(state=RequestState.VOID, decided_at=now))


def set_asking(round: Round, first: bool, by: Person | None, now: datetime) -> None:
    """Whether HR is asked before a guest takes another place."""
    if round.asks_hr_first is not first:
        round.asks_hr_first = first
        audit.record("set_asking", by, round, now)
