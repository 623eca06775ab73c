"""Two guests swap their visits: one proposes it, the other agrees, and a host of one of the two visits or HR allows it.

Who is asked has 48 hours, and no longer than until a day before the first of the two visits. Until all have said yes both visits
stay as they are; then all rules are asked once more, and only those concerned are told."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import aliased

from shadowing.company import audit
from shadowing.errors import Changed, Refusal
from shadowing.extensions import db
from shadowing.mail import letters
from shadowing.matching import swaps
from shadowing.models import (
    Answer,
    Guest,
    Host,
    Invitation,
    Job,
    JobKind,
    Letter,
    LetterKind,
    Opening,
    Pairing,
    Person,
    Role,
    Round,
    Slot,
)
from shadowing.models.background import SwapArguments
from shadowing.models.swaps import OPEN_SWAPS, SwapOffer, SwapOfferFacts, SwapState
from shadowing.visiting import declining, seating, swap_ends, swap_hosts
from shadowing.visiting.entries import Part

NOTICE = timedelta(hours=48)
"""How far ahead both visits are when it is proposed."""
TIME_TO_ANSWER = timedelta(hours=48)
BEFORE_VISIT = timedelta(hours=24)
CHOICES_MOST = 20


def may_propose(invitation: Invitation, now: datetime) -> bool:
    """Whether it is a guest's visit, far enough ahead, that could be swapped at all, if they still have it."""
    return invitation.role is Role.GUEST and invitation.slot.starts_at - now >= NOTICE


def choices(invitation: Invitation, now: datetime) -> list[Invitation]:
    """The visits that its guest could have for it, one of each date, in the order of time."""
    mine = db.session.scalar(declining.visit_of(invitation))
    if mine is None or not may_propose(invitation, now) or not swap_ends.keeps(invitation):
        return []
    told = {(row.slot_id, row.person_id): row for row in db.session.scalars(_others(invitation, now))}
    pairs = db.session.scalars(_visits(invitation.slot.opening.round))
    there = [one for one in pairs if (one.slot_id, one.guest.person_id) in told]
    found: dict[int, Invitation] = {}
    for other in swaps.possible(mine, _one_of_each(there, found), now):
        found[other.slot_id] = told[other.slot_id, other.guest.person_id]
        if len(found) == CHOICES_MOST:
            break
    return list(found.values())


def _one_of_each(there: list[Pairing], found: dict[int, Invitation]) -> Iterator[Pairing]:
    """Without those of a slot that is *found* by then."""
    return (one for one in there if one.slot_id not in found)


def _visits(round: Round) -> Select[Pairing]:
    found = select(Pairing).join(Pairing.slot).where(Pairing.round_id == round.id, Pairing.stands)
    return found.order_by(Slot.starts_at, Slot.id, Pairing.id)


def _others(invitation: Invitation, now: datetime) -> Select[Invitation]:
    """Visits of other guests, far enough ahead, that nobody has declined or is swapping already, and whose guests have not said no
    to this one."""
    agreed = select(SwapOffer.id).where(SwapOffer.state == SwapState.AGREED)
    agreed = agreed.where(or_(SwapOffer.mine_id == Invitation.id, SwapOffer.theirs_id == Invitation.id))
    refused = select(SwapOffer.theirs_id).where(SwapOffer.mine_id == invitation.id)
    refused = refused.where(SwapOffer.state == SwapState.REFUSED)
    found = select(Invitation).join(Invitation.slot).join(Slot.opening)
    found = found.where(Opening.round_id == invitation.slot.opening.round_id, Opening.withdrawn_at.is_(None))
    found = found.where(Slot.cancelled_at.is_(None), Slot.starts_at >= now + NOTICE)
    found = found.where(Invitation.role == Role.GUEST, Invitation.person_id != invitation.person_id)
    found = found.where(Invitation.cancelled_at.is_(None), Invitation.answer != Answer.NO)
    return found.where(~agreed.exists(), Invitation.id.not_in(refused))


# What there is


def of_guest(person: Person, round: Round) -> Select[SwapOffer]:
    """Those that a guest proposed or was asked for, the newest first."""
    one, other = aliased(Invitation), aliased(Invitation)
    found = swap_ends.of_round(round).join(one, one.id == SwapOffer.mine_id)
    found = found.join(other, other.id == SwapOffer.theirs_id)
    return (
        found.where(or_(one.person_id == person.id, other.person_id == person.id))
        .order_by(None)
        .order_by(SwapOffer.id.desc())
    )


def open_of(person: Person, round: Round) -> Select[SwapOffer]:
    """The swap that a guest waits for: one that they proposed, or to which they agreed."""
    one = aliased(Invitation)
    proposed = SwapOffer.mine_id.in_(select(one.id).where(one.person_id == person.id))
    waits = or_(SwapOffer.state == SwapState.AGREED, and_(SwapOffer.state == SwapState.ASKED, proposed))
    return of_guest(person, round).where(waits)


def hosted(person: Person, round: Round) -> Select[SwapOffer]:
    """Those of a visit that *person* hosts."""
    hosted = select(Slot.id).join(Host, Host.opening_id == Slot.opening_id).where(Host.person_id == person.id)
    one, other = aliased(Invitation), aliased(Invitation)
    found = swap_ends.of_round(round).join(one, one.id == SwapOffer.mine_id)
    found = found.join(other, other.id == SwapOffer.theirs_id)
    return found.where(or_(one.slot_id.in_(hosted), other.slot_id.in_(hosted)))


def waiting(round: Round) -> Select[SwapOffer]:
    """Those to which both guests said yes."""
    return swap_ends.of_round(round).where(SwapOffer.state == SwapState.AGREED)


def part(offer: SwapOffer, row: Invitation) -> Part:
    """What the guest of *row* would have by the swap."""
    other = offer.theirs if row.id == offer.mine_id else offer.mine
    guests = select(Guest).where(Guest.person_id == row.person_id, Guest.round_id == row.slot.opening.round_id)
    return Part(slot=other.slot, person=row.person, role=Role.GUEST, guests=tuple(db.session.scalars(guests)))


# What is done


def propose(mine: Invitation, theirs: Invitation, now: datetime) -> SwapOffer:
    """The guest of *theirs* is asked by mail. A second press changes nothing. Refused where the two could not swap, or where the
    guest of *mine* waits for another one."""
    round = seating.locked(mine.slot.opening.round)
    waits = db.session.scalars(open_of(mine.person, round)).first()
    if waits is not None and (waits.mine_id, waits.theirs_id) == (mine.id, theirs.id):
        return waits
    if waits is not None:
        raise Refusal("You wait for an answer to another swap. Take that back first, or wait for it.")
    eligible = may_propose(mine, now) and swap_ends.keeps(mine) and swap_ends.keeps(theirs)
    if not eligible or db.session.scalar(_others(mine, now).where(Invitation.id == theirs.id)) is None:
        raise Changed("This visit cannot be swapped with yours any more. Look at the others.")
    swaps.refuse_broken(*_pairings(mine, theirs), now)
    seating.refuse_untold(round, {mine.slot_id, theirs.slot_id}, now)
    offer = SwapOffer(
        mine=mine,
        theirs=theirs,
        mine_revision=mine.revision,
        theirs_revision=theirs.revision,
        asked_at=now,
        until=_until(mine, theirs, now),
        state=SwapState.ASKED,
    )
    db.session.add(offer)
    db.session.flush()
    letters.keep([letter_of(offer, now)])
    _wait(offer)
    audit.record("propose_swap", mine.person, round, now)
    return offer


def _until(mine: Invitation, theirs: Invitation, now: datetime) -> datetime:
    first = min(mine.slot.starts_at, theirs.slot.starts_at)
    return min(now + TIME_TO_ANSWER, first - BEFORE_VISIT)


def _wait(offer: SwapOffer) -> None:
    name = f"{JobKind.END_SWAP}:{offer.id}:{offer.state}"
    arguments = SwapArguments(swap_id=offer.id)
    db.session.add(Job(key=name, kind=JobKind.END_SWAP, due_at=offer.until, arguments=arguments))


def letter_of(offer: SwapOffer, now: datetime) -> Letter:
    """The unsaved mail that proposes it. It names nobody: whoever says no says it to no colleague."""
    reader, round = offer.theirs.person, offer.theirs.slot.opening.round
    facts = SwapOfferFacts(
        heading=letters.heading_of(reader, round, "/swaps"),
        yours=offer.theirs.told.entry,
        theirs=part(offer, offer.theirs).entry(),
        until=offer.until,
    )
    letter = letters.addressed(reader, round, LetterKind.SWAP_OFFER, swap_ends.key(offer), now, facts)
    letter.expires_at = offer.until
    return letter


def agree(offer: SwapOffer, now: datetime) -> None:
    """The other guest says yes: of several proposals for a visit the first to which somebody agrees goes on alone."""
    round = _locked(offer)
    if offer.state is SwapState.AGREED:
        return
    _refuse_over(offer, SwapState.ASKED, now)
    swaps.refuse_broken(*_pairings(offer.mine, offer.theirs), now)
    offer.state, offer.until = SwapState.AGREED, _until(offer.mine, offer.theirs, now)
    _wait(offer)
    swap_hosts.ask(offer, now)
    for other in _beside(offer):
        swap_ends.end(other, SwapState.OVERTAKEN, now)
    audit.record("agree_swap", offer.theirs.person, round, now)


def _beside(offer: SwapOffer) -> list[SwapOffer]:
    """Other open swaps of the two visits."""
    both = (offer.mine_id, offer.theirs_id)
    same = or_(SwapOffer.mine_id.in_(both), SwapOffer.theirs_id.in_(both))
    found = select(SwapOffer).where(and_(same, SwapOffer.id != offer.id, SwapOffer.state.in_(OPEN_SWAPS)))
    return list(db.session.scalars(found.order_by(SwapOffer.id)))


def refuse(offer: SwapOffer, by: Person | None, now: datetime) -> None:
    """The other guest says no, or a host or HR where both guests agreed. Twice is once."""
    round = _locked(offer)
    if offer.state is SwapState.REFUSED:
        return
    _refuse_ended(offer)
    swap_ends.end(offer, SwapState.REFUSED, now)
    audit.record("refuse_swap", by, round, now)


def take_back(offer: SwapOffer, now: datetime) -> None:
    """Who proposed it thinks better of it. Twice is once."""
    _locked(offer)
    if offer.state is not SwapState.TAKEN_BACK:
        _refuse_ended(offer)
        swap_ends.end(offer, SwapState.TAKEN_BACK, now)


def allow(offer: SwapOffer, by: Person | None, now: datetime) -> None:
    """A host or HR says yes: both guests change places, and their calendars and those of the hosts say so. Twice is once."""
    round = _locked(offer)
    if offer.state is SwapState.DONE:
        return
    _refuse_over(offer, SwapState.AGREED, now)
    seating.refuse_untold(round, {offer.mine.slot_id, offer.theirs.slot_id}, now)
    one, other = _pairings(offer.mine, offer.theirs)
    changed = swaps.by_themselves(one, other, seating.BY_GUEST, now)
    offer.state, offer.ended_at = SwapState.DONE, now
    swap_ends.take_back_mails(offer, now)
    seating.settle(round, changed, now)
    audit.record("allow_swap", by, round, now, guest=one.guest_id, other=other.guest_id)


def _locked(offer: SwapOffer) -> Round:
    round = seating.locked(offer.mine.slot.opening.round)
    db.session.refresh(offer, with_for_update=True)
    return round


def _refuse_ended(offer: SwapOffer) -> None:
    if not offer.is_open:
        raise Changed("This swap is over already. Both visits are as they stand on this page.")


def _refuse_over(offer: SwapOffer, state: SwapState, now: datetime) -> None:
    _refuse_ended(offer)
    if offer.state is not state or offer.until <= now:
        raise Changed("The time for this swap is over. Both visits stay as they are.")
    if not swap_ends.stands(offer):
        raise Changed("One of the two visits has changed since, so they cannot be swapped.")


def _pairings(mine: Invitation, theirs: Invitation) -> tuple[Pairing, Pairing]:
    one, other = (db.session.scalars(declining.visit_of(row)).one() for row in (mine, theirs))
    return one, other
