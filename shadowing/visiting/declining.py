"""Somebody declines: after a time to think better of it a guest's seat is free, and the calendars of those concerned say so.
What a host's no takes away is the business of rounds/dropouts.py.

The end of that time is a job, written with the answer. It does nothing where the answer was taken back."""

from datetime import datetime, timedelta

from sqlalchemy import Select, select

from shadowing.company import audit
from shadowing.errors import WrongStage
from shadowing.extensions import db
from shadowing.matching import pairings, why
from shadowing.models import (
    Answer,
    DeclineArguments,
    Guest,
    Invitation,
    Job,
    JobKind,
    Opening,
    Pairing,
    Person,
    Role,
    Round,
    Slot,
    Stage,
)
from shadowing.visiting import offering, seating, swap_ends, telling

GRACE = timedelta(hours=1)
LATEST = timedelta(hours=24)
"""How long before the visit begins the seat is free at the latest, however short the time to think is then."""


def declined(invitation: Invitation, now: datetime) -> None:
    """What follows from an answer that has just been taken in; nothing but from a no."""
    if invitation.answer is not Answer.NO:
        return
    swap_ends.sweep(invitation.slot.opening.round, now)
    key = f"{JobKind.FREE_SEAT}:{invitation.id}:{now.isoformat()}"
    if db.session.scalar(select(Job.id).where(Job.key == key)) is None:
        arguments = DeclineArguments(invitation_id=invitation.id, answered_at=now)
        due = free_at(invitation.slot, now)
        db.session.add(Job(key=key, kind=JobKind.FREE_SEAT, due_at=due, arguments=arguments))


def free_at(slot: Slot, answered_at: datetime) -> datetime:
    return max(answered_at, min(answered_at + GRACE, slot.starts_at - LATEST))


def when_over(arguments: DeclineArguments, now: datetime) -> None:
    """The time of a guest to think is over."""
    if (invitation := still(arguments)) is not None:
        _free(invitation, None, now)


def still(arguments: DeclineArguments) -> Invitation | None:
    """The invitation, its round locked, where its owner has not thought better of it and the visit is not off already."""
    invitation = db.session.get(Invitation, arguments.invitation_id)
    if invitation is None:
        return None
    seating.locked(invitation.slot.opening.round)
    same = invitation.answer is Answer.NO and invitation.answered_at == arguments.answered_at
    stands = invitation.cancelled_at is None and invitation.slot.opening.round.stage is Stage.PUBLISHED
    return invitation if same and stands else None


def free_now(invitation: Invitation, by: Person | None, now: datetime) -> bool:
    """HR does not wait until the time to think is over. False: it is told by the next publish, with what HR is changing there."""
    seating.locked(invitation.slot.opening.round)
    if invitation.answer is not Answer.NO or invitation.cancelled_at is not None:
        raise WrongStage("This visit is not declined any more. Look at it again.")
    if invitation.slot.opening.round.stage is not Stage.PUBLISHED:
        raise WrongStage("The round is not running, so its places are as they are.")
    return _free(invitation, by, now)


def _free(invitation: Invitation, by: Person | None, now: datetime) -> bool:
    """Whether everybody concerned is told."""
    slot, round = invitation.slot, invitation.slot.opening.round
    pairing = db.session.scalar(visit_of(invitation))
    if pairing is None or slot.starts_at <= now:
        return False
    told = telling.is_told(round, {slot.id}, now)
    pairings.take_out(pairing, why.DECLINED)
    audit.record("free_seat", by, round, now, guest=pairing.guest_id, slot=slot.id)
    if told:
        seating.settle(round, [pairing], now)
        offering.freed(slot, now)
    else:
        seating.leave_to_hr(round, [pairing], now)
    return told


def visit_of(invitation: Invitation) -> Select[Pairing]:
    """The place of an invited guest, as long as they have it."""
    mine = select(Pairing).join(Pairing.guest).where(Guest.person_id == invitation.person_id)
    return mine.where(Pairing.slot_id == invitation.slot_id, Pairing.stands)


def waiting_to_be_free(round: Round) -> Select[Invitation]:
    """Guests' visits that are declined and still theirs, the next first."""
    found = select(Invitation).join(Invitation.slot).join(Slot.opening).join(Invitation.person)
    found = found.where(Opening.round_id == round.id, Invitation.role == Role.GUEST)
    found = found.where(Invitation.cancelled_at.is_(None), Invitation.answer == Answer.NO)
    standing = select(Pairing.id).join(Pairing.guest)
    standing = standing.where(Pairing.slot_id == Slot.id, Guest.person_id == Invitation.person_id, Pairing.stands)
    return found.where(standing.exists()).order_by(Slot.starts_at, Person.sort_key, Invitation.id)
