"""Whether visits took place, as guests, hosts and HR say: one word of either side is enough, HR's word decides, and what a side
said is read by HR alone."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from shadowing.company import audit
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.models import (
    Guest,
    Happened,
    Host,
    Opening,
    Pairing,
    PairingStatus,
    Person,
    Round,
    Slot,
    VisitOutcome,
)

SILENT_DAYS = 3
SATURDAY = 5


class WhatBecame(StrEnum):
    """What is known of a visit that is over. `waiting`: nobody has said; `unknown`: and three working days are over; `differ`: the
    two sides say different things."""

    HELD = "held"
    MOVED = "moved"
    LOST = "lost"
    DIFFER = "differ"
    WAITING = "waiting"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastVisit:
    """One guest's visit that is over, and who *said* what of it, the first one first."""

    pairing: Pairing
    said: tuple[VisitOutcome, ...]
    verdict: WhatBecame

    def by(self, person_id: int) -> Happened | None:
        """What that guest or host says."""
        return next((one.said for one in self.said if one.person_id == person_id and not one.by_hr), None)

    @property
    def missed(self) -> bool:
        """Whether somebody, and HR not otherwise, says that it did not take place."""
        return self.verdict is WhatBecame.LOST or (
            self.verdict is WhatBecame.DIFFER and any(one.said is Happened.LOST for one in self.said)
        )


# Said


def say(pairing: Pairing, person: Person, said: Happened, now: datetime) -> None:
    """By the guest or a host of the visit; a later word of theirs replaces the earlier."""
    refuse_early(pairing, now)
    _put(pairing, person, said, False, now)


def decide(pairing: Pairing, hr: Person, said: Happened, now: datetime) -> None:
    """By HR, over what the sides say."""
    refuse_early(pairing, now)
    for row in _rows([pairing.id]):
        if row.by_hr and row.person_id != hr.id:
            db.session.delete(row)
    db.session.flush()
    _put(pairing, hr, said, True, now)
    audit.record("say_outcome", hr, pairing.guest.round, now, of=pairing.guest.person_id)


def refuse_early(pairing: Pairing, now: datetime) -> None:
    if not pairing.stands or pairing.slot.cancelled_at is not None:
        raise Refusal("This visit does not take place any more.")
    if pairing.slot.ends_at > now:
        raise Refusal("This visit is not over yet. Please come back afterwards.")


def _put(pairing: Pairing, person: Person, said: Happened, by_hr: bool, now: datetime) -> None:
    rows = _rows([pairing.id])
    mine = next((row for row in rows if row.person_id == person.id and row.by_hr is by_hr), None)
    if mine is None:
        mine = VisitOutcome(pairing=pairing, person=person, by_hr=by_hr, said=said, at=now)
        db.session.add(mine)
        rows.append(mine)
    mine.said, mine.at = said, now
    held = _word(rows) is WhatBecame.HELD
    pairing.status = PairingStatus.HELD if held else PairingStatus.PUBLISHED
    db.session.flush()


def _word(rows: Sequence[VisitOutcome]) -> WhatBecame | None:
    """What HR says, else what all say; None where nobody does."""
    said = {row.said for row in rows if row.by_hr} or {row.said for row in rows}
    if not said:
        return None
    return WhatBecame(said.pop().value) if len(said) == 1 else WhatBecame.DIFFER


# Read


def of_slots(slot_ids: Sequence[int], now: datetime) -> tuple[PastVisit, ...]:
    """Of each guest whose visit in one of these slots is over, in the order of time."""
    return _told(list(db.session.scalars(_over(now).where(Pairing.slot_id.in_(slot_ids)))), now)


def of_round(round: Round, now: datetime) -> tuple[PastVisit, ...]:
    return _told(list(db.session.scalars(_over(now).where(Pairing.round_id == round.id))), now)


def _told(pairings: list[Pairing], now: datetime) -> tuple[PastVisit, ...]:
    said: defaultdict[int, list[VisitOutcome]] = defaultdict(list)
    for row in _rows([one.id for one in pairings]) if pairings else ():
        said[row.pairing_id].append(row)
    return tuple(
        PastVisit(pairing=one, said=tuple(said[one.id]), verdict=verdict(one, said[one.id], now)) for one in pairings
    )


def verdict(pairing: Pairing, rows: Sequence[VisitOutcome], now: datetime) -> WhatBecame:
    silent = WhatBecame.UNKNOWN if now >= speaks_until(pairing.slot, pairing.guest.round) else WhatBecame.WAITING
    return _word(rows) or silent


def speaks_until(slot: Slot, round: Round) -> datetime:
    """The end of the third working day after the visit, on the round's clock and among its open days."""
    zone = ZoneInfo(round.zone)
    day, left = slot.ends_at.astimezone(zone).date(), SILENT_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < SATURDAY and day.isoformat() not in round.closed_days
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), zone)


def _rows(pairing_ids: Sequence[int]) -> list[VisitOutcome]:
    found = (
        select(VisitOutcome).where(VisitOutcome.pairing_id.in_(pairing_ids)).options(joinedload(VisitOutcome.person))
    )
    found = found.order_by(VisitOutcome.at, VisitOutcome.id)
    return list(db.session.scalars(found))


def _over(now: datetime) -> Select[Pairing]:
    """Visits that are over, with all that a list of them shows."""
    found = select(Pairing).join(Pairing.slot).join(Slot.opening).join(Pairing.guest)
    found = found.where(Pairing.stands, Pairing.status != PairingStatus.PLANNED)
    found = found.where(Slot.cancelled_at.is_(None), Slot.ends_at <= now)
    slot = contains_eager(Pairing.slot).contains_eager(Slot.opening)
    return found.options(
        contains_eager(Pairing.guest).joinedload(Guest.person),
        contains_eager(Pairing.guest).joinedload(Guest.round),
        slot.joinedload(Opening.department),
        slot.selectinload(Opening.hosts).joinedload(Host.person),
    ).order_by(Slot.starts_at, Slot.id, Pairing.id)
