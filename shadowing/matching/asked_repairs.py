"""After publishing: which visits fell away and are not replaced yet, and the repair that is asked for by it.

Whatever changes a published plan ends in `look_again`, so that a proposal is never older than the plan that it is for."""

from collections import Counter, defaultdict
from datetime import datetime

from sqlalchemy import Select, func, select

from shadowing.extensions import db
from shadowing.matching import presence
from shadowing.matching.spans import minutes
from shadowing.models import (
    Because,
    Guest,
    Invitation,
    Job,
    JobKind,
    Opening,
    Pairing,
    PairingStatus,
    Person,
    Repair,
    RepairArguments,
    RepairState,
    Role,
    Round,
    Slot,
    Stage,
)
from shadowing.solver import problem as p

OPEN = (RepairState.WAITING, RepairState.PROPOSED)
"""The states in which a repair may still become something."""


def open_of(round: Round) -> Select[Repair]:
    return select(Repair).where(Repair.round_id == round.id, Repair.state.in_(OPEN))


def last_of(round: Round) -> Select[Repair]:
    return select(Repair).where(Repair.round_id == round.id).order_by(Repair.id.desc()).limit(1)


def look_again(round: Round, now: datetime) -> None:
    """The plan has changed: what was proposed for it before is overtaken, and is asked for anew; and where visits have fallen away
    for the first time, that asks for a repair."""
    if round.stage is not Stage.PUBLISHED:
        return
    db.session.flush()
    known = db.session.scalar(open_of(round))
    if known is not None and known.version is None:
        return  # the worker has not begun, and will find the plan as it is then
    overtake(round, now)
    if known is not None and known.because is Because.WITHOUT:
        ask(round, Because.WITHOUT, None, now)
    elif lost(round, now):
        ask(round, Because.LOST, None, now)


def overtake(round: Round, now: datetime) -> None:
    for repair in db.session.scalars(open_of(round)):
        repair.state, repair.settled_at = RepairState.OVERTAKEN, now


def ask(round: Round, because: Because, by: Person | None, now: datetime) -> Repair:
    """Leave it to the worker, in the transaction of what made it needed. It takes the place of what was asked before."""
    overtake(round, now)
    repair = Repair(round=round, because=because, asked_at=now, asked_by_id=by and by.id)
    db.session.add(repair)
    db.session.flush()
    arguments = RepairArguments(repair_id=repair.id)
    db.session.add(Job(key=f"repair:{repair.id}", kind=JobKind.REPAIR, due_at=now, arguments=arguments))
    return repair


def lost(round: Round, now: datetime) -> tuple[p.Seat, ...]:
    """The seats to come that fell away and of which nobody has told their guests yet, but for those who have another one."""
    gone = defaultdict(list)
    for person, opening, start in db.session.execute(_fallen_away(round, now)):
        gone[person].append(p.Seat(guest=person, opening=opening, start=minutes(start)))
    told, has = _told(round, now), _standing(round, now)
    return p.in_order(seat for person, seats in gone.items() for seat in seats[: max(0, told[person] - has[person])])


def _fallen_away(round: Round, now: datetime) -> Select[int, int, datetime]:
    shown = select(Invitation.id).where(
        Invitation.slot_id == Slot.id, Invitation.person_id == Guest.person_id, Invitation.cancelled_at.is_(None)
    )
    gone = select(Guest.person_id, Slot.opening_id, Slot.starts_at).select_from(Pairing).join(Pairing.slot)
    gone = gone.join(Pairing.guest).join(Guest.person).where(Pairing.round_id == round.id, Slot.starts_at > now)
    gone = gone.where(Pairing.status == PairingStatus.DROPPED, Pairing.lost, shown.exists())
    gone = gone.where(Guest.answered_at.is_not(None), Guest.visits > 0, presence.all_along(round))
    return gone.order_by(Slot.starts_at, Slot.id)


def _told(round: Round, now: datetime) -> Counter[int]:
    """Person -> the visits to come that their calendar shows."""
    shown = select(Invitation.person_id, func.count()).join(Invitation.slot).join(Slot.opening)
    shown = shown.where(Opening.round_id == round.id, Invitation.role == Role.GUEST, Slot.starts_at > now)
    rows = db.session.execute(shown.where(Invitation.cancelled_at.is_(None)).group_by(Invitation.person_id))
    return Counter({row[0]: row[1] for row in rows})


def _standing(round: Round, now: datetime) -> Counter[int]:
    """Person -> the visits to come that they have in the plan."""
    seats = select(Guest.person_id, func.count()).select_from(Pairing).join(Pairing.guest)
    seats = seats.join(Slot, Slot.id == Pairing.slot_id).where(Pairing.round_id == round.id, Slot.starts_at > now)
    rows = db.session.execute(seats.where(Pairing.stands).group_by(Guest.person_id))
    return Counter({row[0]: row[1] for row in rows})
