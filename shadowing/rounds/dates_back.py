"""A host puts a date back that they left out of their regular meeting: it takes place again, with the guests who lost it.

Where one of them has another visit by now, or could not come any more, it is not undone by a press: HR knows the others."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from shadowing.collecting.recurrence import unfold
from shadowing.errors import Changed, Refusal
from shadowing.extensions import db
from shadowing.models import Exceptions, Guest, Opening, Pairing, PairingStatus, Slot
from shadowing.visiting import seating


def days(opening: Opening, now: datetime) -> list[date]:
    """Those left out that are to come, and on which the meeting would be."""
    return [day for day in (opening.exceptions or Exceptions()).not_on if starts_at(opening, day, now) is not None]


def starts_at(opening: Opening, day: date, now: datetime) -> datetime | None:
    """When it would begin, if *day* were not left out."""
    if opening.local_time is None:
        return None
    start = datetime.combine(day, opening.local_time, zone_of(opening))
    return start if start > now and is_held(opening, with_day(opening, day), start) else None


def with_day(opening: Opening, day: date) -> Exceptions:
    known = opening.exceptions or Exceptions()
    return replace(known, not_on=tuple(one for one in known.not_on if one != day))


def zone_of(opening: Opening) -> ZoneInfo:
    return ZoneInfo(opening.zone or opening.round.zone)


def is_held(opening: Opening, exceptions: Exceptions, start: datetime) -> bool:
    """Whether the meeting would take place at *start*."""
    kept, opening.exceptions = opening.exceptions, exceptions
    try:
        with db.session.no_autoflush:
            return start in dict(unfold(opening, opening.round))
    finally:
        opening.exceptions = kept


def seat_again(opening: Opening, start: datetime, now: datetime) -> None:
    """The date is there again: so are the guests who lost it. Raises Refusal where they cannot be."""
    db.session.flush()
    for pairing in list(_lost(opening, start)):
        if _visits(pairing.guest) >= pairing.guest.visits:
            raise _given_away(opening)
        kept = (list(pairing.tags), pairing.pinned, pairing.by_hand)
        try:
            made = seating.seat(pairing.guest, opening, seating.start_of(pairing.slot), seating.BY_GUEST, now)
        except Refusal as refusal:
            raise _given_away(opening) from refusal
        made.tags, made.pinned, made.by_hand = kept
    db.session.flush()


def _lost(opening: Opening, start: datetime) -> Iterator[Pairing]:
    gone = select(Pairing).join(Pairing.slot).where(Slot.opening_id == opening.id, Slot.starts_at == start)
    gone = gone.where(Pairing.status == PairingStatus.DROPPED, Pairing.lost).order_by(Pairing.id)
    return iter(db.session.scalars(gone).all())


def _visits(guest: Guest) -> int:
    has = select(func.count()).select_from(Pairing).where(Pairing.guest_id == guest.id, Pairing.stands)
    return db.session.scalar(has) or 0


def _given_away(opening: Opening) -> Refusal:
    contact = opening.round.responsible
    if contact is None:
        return Changed("Guests of this date have other plans by now. Please speak to the people who run the round.")
    return Changed(
        "Guests of this date have other plans by now, so only the people who run the round can put it back."
        " Please speak to %(name)s: %(email)s",
        name=contact.display_name,
        email=contact.email,
    )
