"""After publishing a host changes single dates of their regular meeting: leaves one out or puts it back, pauses it, moves one.

Whoever moves is asked again at once. Whoever loses a visit hears of it together with what comes instead: a repair is asked for."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from sqlalchemy import select

from shadowing.collecting import openings
from shadowing.errors import Changed, Refusal
from shadowing.extensions import db, settings
from shadowing.mail.letters import Sender
from shadowing.matching import asked_repairs
from shadowing.models import Exceptions, MovedDate, Opening, OpeningKind, Pairing, Person, Slot, Stage
from shadowing.rounds import dates_back, opening_changes
from shadowing.rounds.opening_changes import Effects, Seen
from shadowing.typed import Clock, Day, Mistakes, Unfit, by, each, number, one_of
from shadowing.visiting import seating, telling

NOTICE = timedelta(hours=24)
"""What begins sooner is changed by HR alone."""
ROW_IDS = number(1, 999_999_999)


class DateChange(StrEnum):
    """What a host does to dates of a meeting."""

    LEAVE_OUT = "leave_out"
    PUT_BACK = "put_back"
    PAUSE = "pause"
    MOVE = "move"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingChange:
    """*left_out* and *moved* are ids of slots; days and time are on the meeting's own clock. A pause without a first day ends."""

    what: Annotated[DateChange, by(one_of(each(DateChange)))]
    left_out: Annotated[int | None, by(ROW_IDS)] = None
    put_back: Day | None = None
    paused_from: Day | None = None
    paused_until: Day | None = None
    moved: Annotated[int | None, by(ROW_IDS)] = None
    to_day: Day | None = None
    to_time: Clock | None = None


def can_change(opening: Opening) -> bool:
    """Whether it is a regular meeting of a published round."""
    regular = opening.kind is OpeningKind.MEETING and not opening.flexible and opening.starts_at is None
    return regular and opening.withdrawn_at is None and opening.round.stage is Stage.PUBLISHED


def coming(opening: Opening, now: datetime) -> list[Slot]:
    """The dates to come, in their order."""
    held = (slot for slot in opening.slots if slot.cancelled_at is None and slot.starts_at > now)
    return sorted(held, key=lambda slot: slot.starts_at)


def change(opening: Opening, said: MeetingChange, by: Person, now: datetime, seen: Seen) -> Effects:
    """Raises Mistakes, or Refusal where HR has to do it."""
    openings.refuse_withdrawn(opening)
    opening.round.refuse_other_than(Stage.PUBLISHED)
    seating.locked(opening.round)
    openings.lock(opening)
    if not can_change(opening):
        raise Refusal("Only dates of a regular meeting are changed here.")
    wanted, before = _exceptions(opening, said, now), _starts(opening, now)

    def far_off(effects: Effects) -> None:
        touched = (before ^ _starts(opening, now)) | {visit.before for visit in effects.visits}
        if not touched:
            raise Refusal("No date of the meeting changes by this.")
        if min(touched) < now + NOTICE:
            raise _too_soon(opening)
        seen(effects)

    back = (
        dates_back.starts_at(opening, said.put_back, now)
        if said.what is DateChange.PUT_BACK and said.put_back
        else None
    )
    effects = opening_changes.except_dates(opening, wanted, by, now, far_off)
    if back is not None:
        _put_back(opening, effects, back, now)
    _tell(opening, effects, now)
    return effects


def _starts(opening: Opening, now: datetime) -> set[datetime]:
    return {slot.starts_at for slot in coming(opening, now)}


def _too_soon(opening: Opening) -> Refusal:
    contact = opening.round.responsible
    if contact is None:
        return Refusal("This begins within 24 hours. Please speak to the people who run the round.")
    return Refusal(
        "This begins within 24 hours, so only the people who run the round can change it. Please speak to %(name)s: %(email)s",
        name=contact.display_name,
        email=contact.email,
    )


def _put_back(opening: Opening, effects: Effects, back: datetime, now: datetime) -> None:
    """At once: they and the host read it in their calendars."""
    if effects:
        raise Refusal("You or your guests have another visit then by now, so this date cannot be put back.")
    dates_back.seat_again(opening, back, now)
    asked_repairs.look_again(opening.round, now)
    slots = {slot.id for slot in opening.slots if slot.starts_at == back}
    telling.tell(slots, opening.round, Sender.of(settings()), now)


def _tell(opening: Opening, effects: Effects, now: datetime) -> None:
    """Those who moved; who lost a visit hears of it from the repair."""
    moved = {visit.after for visit in effects.visits if visit.after and visit.opening == opening.id}
    slots = {slot.id for slot in opening.slots if slot.starts_at in moved}
    lost = frozenset(visit.guest.id for visit in effects.visits if visit.after is None)
    if slots:
        telling.tell(slots, opening.round, Sender.of(settings()), now, without=lost)


# What the meeting excepts from now on


def _exceptions(opening: Opening, said: MeetingChange, now: datetime) -> Exceptions:
    known = opening.exceptions or Exceptions()
    match said.what:
        case DateChange.LEAVE_OUT:
            return _left_out(known, day_of(opening, _chosen(opening, "left_out", said.left_out, now)))
        case DateChange.PUT_BACK:
            return _back(opening, said, now)
        case DateChange.PAUSE:
            return _paused(known, said)
        case DateChange.MOVE:
            return _moved(opening, known, said, now)


def _chosen(opening: Opening, field: str, id: int | None, now: datetime) -> Slot:
    if id is None:
        raise Mistakes({field: Unfit("Choose a date.")})
    for slot in coming(opening, now):
        if slot.id == id:
            return slot
    raise Changed("This date is not there any more. Look at the others.")


def day_of(opening: Opening, slot: Slot) -> datetime:
    """When the rule of the meeting has it, on the meeting's own clock: that may be another day than the one it is moved to."""
    local = slot.starts_at.astimezone(dates_back.zone_of(opening)).replace(tzinfo=None)
    moved = (one.day for one in (opening.exceptions or Exceptions()).moved if one.to == local)
    return datetime.combine(next(moved, local.date()), local.time())


def _left_out(known: Exceptions, when: datetime) -> Exceptions:
    """Also where it was moved before, which would go before the rest."""
    stay = tuple(one for one in known.moved if one.day != when.date())
    return replace(known, moved=stay, not_on=tuple(sorted({*known.not_on, when.date()})))


def _back(opening: Opening, said: MeetingChange, now: datetime) -> Exceptions:
    if said.put_back is None:
        raise Mistakes({"put_back": Unfit("Choose a date.")})
    if said.put_back not in dates_back.days(opening, now):
        raise Changed("This date is not left out any more. Look at the others.")
    return dates_back.with_day(opening, said.put_back)


def _paused(known: Exceptions, said: MeetingChange) -> Exceptions:
    """What was moved into the pause is off as well."""
    first, last = said.paused_from, said.paused_until
    if first is None and (last is not None or known.paused_from is None):
        raise Mistakes({"paused_from": Unfit("Give the first day of the pause.")})
    if first is not None and last is not None and last < first:
        raise Mistakes({"paused_until": Unfit("The pause ends before it begins.")})
    paused = replace(known, paused_from=first, paused_until=last)
    off = [one for one in known.moved if Exceptions(paused_from=first, paused_until=last).leave_out(one.to.date())]
    for one in off:
        paused = _left_out(paused, datetime.combine(one.day, one.to.time()))
    return paused


def _moved(opening: Opening, known: Exceptions, said: MeetingChange, now: datetime) -> Exceptions:
    slot = _chosen(opening, "moved", said.moved, now)
    if said.to_day is None or said.to_time is None:
        raise Mistakes(
            {name: Unfit("Say when it is instead.") for name in ("to_day", "to_time") if not getattr(said, name)}
        )
    to, day = datetime.combine(said.to_day, said.to_time), day_of(opening, slot).date()
    start = to.replace(tzinfo=dates_back.zone_of(opening))
    if start <= now:
        raise Mistakes({"to_day": Unfit("The new time is in the past. Choose a later one.")})
    seating.refuse_untold(opening.round, {slot.id}, now)
    if any(one.starts_at == start and one is not slot for one in coming(opening, now)):
        raise Mistakes({"to_day": Unfit("The meeting takes place then already.")})
    stay = tuple(one for one in known.moved if one.day != day)
    found = replace(known, moved=tuple(sorted((*stay, MovedDate(day=day, to=to)))))
    if not dates_back.is_held(opening, found, start):
        raise Mistakes({"to_day": Unfit("That day is not within the round, or nobody works then.")})
    return found


def guests(opening: Opening) -> dict[int, int]:
    """Slot -> how many guests it has."""
    ids = select(Pairing.slot_id).join(Pairing.slot).where(Slot.opening_id == opening.id, Pairing.stands)
    found = list(db.session.scalars(ids))
    return {id: found.count(id) for id in set(found)}
