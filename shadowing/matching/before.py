"""What stood before the last deed of HR and before the last search, kept so that either can be taken back."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import Select, delete, func, select

from shadowing.extensions import db
from shadowing.matching.spans import minutes
from shadowing.models import (
    Audit,
    Forbid,
    ForbidBefore,
    Guest,
    GuestBefore,
    Pairing,
    PairingStatus,
    Person,
    PlaceBefore,
    PlanBefore,
    Round,
    Slot,
)

SOLVE = "solve"
"""The deed of a search, and of going back to what stood before one. Every other is one of HR by hand."""
LOSE = "lose_time"
"""The deed by which days were lost. It is taken back with the days themselves, and not on the board."""
TAKEN_BACK = ""
"""The deed of a row whose own was taken back."""


def remember(round: Round, guests: Collection[int], deed: str, by: Person | None, now: datetime) -> None:
    """Keep what the *guests* (ids of `Guest`) have now, in the place of what was kept before the deed before."""
    db.session.flush()
    known = select(PlanBefore.id).where(PlanBefore.round_id == round.id)
    gone = list(db.session.scalars(known if deed == SOLVE else known.where(PlanBefore.deed != SOLVE)))
    kept = tuple(_as_they_stand(guests))
    db.session.add(PlanBefore(round_id=round.id, deed=deed, by_id=by and by.id, at=now, guests=kept))
    db.session.flush()  # before the old rows go: SQLite would give their numbers anew, to pages that show the old ones
    db.session.execute(delete(PlanBefore).where(PlanBefore.id.in_(gone)))


def remember_plan(round: Round, by: Person | None, now: datetime) -> None:
    """Keep the whole plan, where there is one."""
    guests = select(Guest.id).where(Guest.round_id == round.id)
    if db.session.scalar(select(Pairing.id).where(Pairing.round_id == round.id, Pairing.stands).limit(1)):
        remember(round, list(db.session.scalars(guests)), SOLVE, by, now)


def last_deed(round: Round) -> Select[PlanBefore]:
    """The last deed by hand, unless it was told to people since: then taking it back is another change."""
    told = select(func.max(Audit.at)).where(Audit.round_id == round.id, Audit.deed == "publish").scalar_subquery()
    found = select(PlanBefore).where(PlanBefore.round_id == round.id, func.coalesce(told < PlanBefore.at, True))
    return found.where(PlanBefore.deed.not_in((SOLVE, LOSE, TAKEN_BACK)))


def last_lost(round: Round) -> Select[PlanBefore]:
    """The days that were lost, unless they were told to people since."""
    told = select(func.max(Audit.at)).where(Audit.round_id == round.id, Audit.deed == "publish").scalar_subquery()
    found = select(PlanBefore).where(PlanBefore.round_id == round.id, func.coalesce(told < PlanBefore.at, True))
    return found.where(PlanBefore.deed == LOSE)


def last_plan(round: Round) -> Select[PlanBefore]:
    return select(PlanBefore).where(PlanBefore.round_id == round.id, PlanBefore.deed == SOLVE)


def _as_they_stand(guests: Collection[int]) -> Iterator[GuestBefore]:
    places, forbids = defaultdict(list), defaultdict(list)
    columns = select(
        Pairing.guest_id, Slot.opening_id, Slot.starts_at, Pairing.pinned, Pairing.by_hand, Pairing.status, Pairing.tags
    ).join(Slot, Slot.id == Pairing.slot_id)
    standing = columns.where(Pairing.guest_id.in_(guests), Pairing.stands).order_by(Pairing.id)
    for guest, opening, start, pinned, by_hand, status, tags in db.session.execute(standing):
        told = status is not PairingStatus.PLANNED
        place = PlaceBefore(
            opening=opening, start=minutes(start), pinned=pinned, by_hand=by_hand, told=told, tags=tuple(tags)
        )
        places[guest].append(place)
    rows = select(Forbid.guest_id, Forbid.opening_id, Forbid.why).where(Forbid.guest_id.in_(guests)).order_by(Forbid.id)
    for guest, opening, why in db.session.execute(rows):
        forbids[guest].append(ForbidBefore(opening=opening, why=why))
    reasons = select(Guest.id, Guest.reason).where(Guest.id.in_(guests)).order_by(Guest.id)
    for guest, reason in db.session.execute(reasons):
        yield GuestBefore(guest=guest, reason=reason, places=tuple(places[guest]), forbids=tuple(forbids[guest]))
