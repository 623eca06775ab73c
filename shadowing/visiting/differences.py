"""Calendars against the plan: which invitations are off, which show something else from now on, and which parts are new."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Select, Text, cast, select
from sqlalchemy.orm import contains_eager, selectinload

from shadowing.extensions import db
from shadowing.models import TOLD, Invitation, Opening, Round, Slot
from shadowing.visiting import entries
from shadowing.visiting.entries import Part

SOME_PEOPLE = 500  # so many ids are no trouble to a statement
Key = tuple[int, int, str]
"""As `Part.key`: a slot, a person, and the address that was written to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Calendars against the plan: *every* invitation there ever was, those to call off, those that stay with the part they
    show from now on, and the parts that no calendar shows; each in the order of time. *wanted* are all parts of the plan."""

    every: list[Invitation]
    wanted: list[Part]
    gone: list[Invitation]
    kept: list[tuple[Invitation, Part]]
    fresh: list[Part]


def difference(round: Round, stamp: datetime, rows: Select[Invitation], some: bool) -> Difference:
    """Of what begins after *stamp*: nothing is told of the past. *some*: few of what differs will be written, and only the
    invitations of people for whom something differs are read as a whole."""
    wanted = {part.key: part for part in entries.standing(round) if part.slot.starts_at > stamp}
    whole = wanted
    if some:
        people = _concerned(round, wanted, stamp)
        rows = rows.where(Invitation.person_id.in_(people)) if len(people) <= SOME_PEOPLE else rows
        wanted = {key: part for key, part in wanted.items() if part.person.id in people}
    else:
        entries.load_goals(round)
    every = list(db.session.scalars(rows))
    standing = {
        (row.slot_id, row.person_id, row.address): row
        for row in every
        if row.cancelled_at is None and starts_at(row) > stamp
    }
    gone = [row for key, row in standing.items() if key not in wanted]
    fresh = [part for key, part in wanted.items() if key not in standing]
    moved = _moved(gone, fresh)
    kept = [(row, wanted[key]) for key, row in standing.items() if key in wanted]
    return Difference(
        every=every,
        wanted=list(whole.values()),
        gone=sorted((row for row in gone if row not in moved), key=starts_at),
        kept=sorted([*kept, *moved.items()], key=lambda pair: pair[1].order),
        fresh=sorted((part for part in fresh if part not in moved.values()), key=lambda part: part.order),
    )


def _concerned(round: Round, wanted: dict[Key, Part], stamp: datetime) -> set[int]:
    """The ids of people whose calendars differ from what is *wanted*, found in columns: mostly there are few among thousands."""
    told_as_text = cast(Invitation.told_json, Text)
    columns = select(Invitation.slot_id, Invitation.person_id, Invitation.address, told_as_text)
    rows = db.session.execute(
        columns.join(Invitation.slot)
        .join(Slot.opening)
        .where(Opening.round_id == round.id, Invitation.cancelled_at.is_(None))
    )
    shown = {(slot, person, address): _shown(told) for slot, person, address, told in rows}
    standing = {key: news for key, (starts_at, news) in shown.items() if starts_at > stamp}
    differing = {key[1] for key, news in standing.items() if key not in wanted or wanted[key].news != news}
    return differing | {part.person.id for key, part in wanted.items() if key not in standing}


@lru_cache(maxsize=4096)
def _shown(told: str) -> tuple[datetime, tuple[object, ...]]:
    """When a visit begins by the JSON of what was told, and what a calendar is told of: read once in this process."""
    entry = TOLD.validate_json(told).entry
    return entry.starts_at, entry.news


def _moved(gone: list[Invitation], fresh: list[Part]) -> dict[Invitation, Part]:
    """Who has the same part in the same opening at another time keeps the calendar entry, which moves."""
    places: defaultdict[tuple[object, ...], list[Part]] = defaultdict(list)
    for part in sorted(fresh, key=lambda part: part.order, reverse=True):
        places[part.person.id, part.person.email, part.role, part.slot.opening_id].append(part)
    found = {}
    for row in sorted(gone, key=starts_at):
        other_times = places[row.person_id, row.address, row.role, row.slot.opening_id]
        if other_times:
            found[row] = other_times.pop()
    return found


def generation(every: list[Invitation], row: Invitation | None, part: Part) -> int:
    """The first number that is free for this person in this slot."""
    if row is not None and row.slot_id == part.slot.id:
        return row.generation
    same = [other.generation for other in every if (other.slot_id, other.person_id) == (part.slot.id, part.person.id)]
    return max(same, default=-1) + 1


def of_round(round: Round) -> Select[Invitation]:
    found = select(Invitation).join(Invitation.slot).join(Slot.opening).where(Opening.round_id == round.id)
    return found.options(contains_eager(Invitation.slot), selectinload(Invitation.person)).order_by(Invitation.id)


def starts_at(row: Invitation) -> datetime:
    """As its calendar shows it, which may not be where the slot is now."""
    return row.told.entry.starts_at
