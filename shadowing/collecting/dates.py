"""The slots that an opening's dates give it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, inspect, or_, select

from shadowing.collecting.recurrence import unfold
from shadowing.extensions import db
from shadowing.models import FreeSeat, Opening, Pairing, Round, Slot


def lay_out(opening: Opening, round: Round, now: datetime) -> None:
    """Make the slots of a fixed opening what its times say. The caller flushes.

    A slot that is no longer there is deleted, or only marked where somebody was ever put into it; a visit that has begun stays
    as it was. When a flexible opening takes place is the plan's: here its slots only become as long as the opening is."""
    wanted = {} if opening.withdrawn_at else dict(unfold(opening, round))
    if opening.flexible and not opening.withdrawn_at:
        _lengthen(opening, now)
        return
    for slot in list(opening.slots):
        if slot.starts_at <= now and _used(slot):
            wanted.pop(slot.starts_at, None)
        elif slot.starts_at in wanted:
            slot.ends_at, slot.seats, slot.cancelled_at = wanted.pop(slot.starts_at), opening.seats, None
        else:
            _take_away(slot, opening, now)
    opening.slots.extend(
        Slot(starts_at=start, ends_at=end, seats=opening.seats) for start, end in sorted(wanted.items())
    )


def _lengthen(opening: Opening, now: datetime) -> None:
    for slot in opening.slots:
        if slot.starts_at > now:
            slot.ends_at, slot.seats = slot.starts_at + timedelta(minutes=opening.minutes), opening.seats


def _used(slot: Slot) -> bool:
    """Whether somebody was ever put into it, or offered a seat in it."""
    known = or_(exists().where(Pairing.slot_id == slot.id), exists().where(FreeSeat.slot_id == slot.id))
    return inspect(slot).persistent and bool(db.session.scalar(select(known)))


def _take_away(slot: Slot, opening: Opening, now: datetime) -> None:
    if _used(slot):
        slot.cancelled_at = slot.cancelled_at or now
        return
    opening.slots.remove(slot)
    if inspect(slot).persistent:
        db.session.delete(slot)
    elif slot in db.session:
        db.session.expunge(slot)


def move(opening: Opening, now: datetime) -> None:
    """Visits go along: where a week has as many new dates as old ones go, or one date alone becomes another one, the old one
    becomes the new one."""
    if opening.flexible:
        return
    wanted, zone = dict(unfold(opening, opening.round)), ZoneInfo(opening.zone or opening.round.zone)
    going = [slot for slot in opening.slots if slot.starts_at > now and slot.starts_at not in wanted]
    going = [slot for slot in going if slot.cancelled_at is None]
    coming = sorted(wanted.keys() - {slot.starts_at for slot in opening.slots})
    alone = len(going) == len(coming) == 1
    for week in {_week(slot.starts_at, zone) for slot in going}:
        old = [slot for slot in going if alone or _week(slot.starts_at, zone) == week]
        new = [start for start in coming if alone or _week(start, zone) == week]
        if len(old) == len(new):
            for slot, start in zip(sorted(old, key=_begins), new, strict=True):
                slot.starts_at, slot.ends_at = start, wanted[start]


def _week(moment: datetime, zone: ZoneInfo) -> tuple[int, int]:
    return moment.astimezone(zone).isocalendar()[:2]


def _begins(slot: Slot) -> datetime:
    return slot.starts_at
