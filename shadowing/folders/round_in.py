"""A whole folder goes into the tables, in the caller's transaction. The same folder again changes not one row."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import InstrumentedAttribute, selectinload

from shadowing.collecting import dates, openings
from shadowing.company import audit
from shadowing.errors import Unreadable, WrongStage
from shadowing.extensions import db
from shadowing.folders.people_in import Columns, put, refuse, write_people
from shadowing.folders.rows import Folder, GoalRow, GuestRow, OpeningRow, RoundRow
from shadowing.matching import busy, spans
from shadowing.models import (
    Availability,
    Base,
    DatedSpan,
    Department,
    Exclusion,
    FreeTimes,
    Goal,
    Guest,
    Opening,
    PastPairing,
    Person,
    Round,
    Stage,
)

ANSWERS_BEFORE = timedelta(days=14)
CHUNK = 1000
OPEN_STAGES = (Stage.DRAFT, Stage.COLLECTING, Stage.REVIEWING)
Rows = TypeVar("Rows", bound=Base)


@dataclass(frozen=True, slots=True)
class Ids:
    """Row ids by code."""

    people: dict[str, int]
    departments: dict[str, int]

    def department(self, code: str | None) -> int | None:
        return None if code is None else self.departments[code]


def take_in(folder: Folder, good_rows: bool, now: datetime) -> Round:
    """People, departments and the round. Raises Unreadable when anything is wrong, unless the *good_rows* are to go in
    alone, and WrongStage once the round is published."""
    refuse(folder.errors, good_rows)
    if folder.round is None:
        raise Unreadable("This folder has no round.toml that can be read, so it holds no round.", folder.errors)
    taken = write_people(folder, folder.errors)
    ids = Ids(_ids(Person.code, Person.id), _ids(Department.code, Department.id))
    round, changes = _write_round(folder.round, ids)
    frame_moved = changes > 0
    changes += _write_openings(folder.openings, round, ids, frame_moved, now)
    guests = {guest.person_id: guest for guest in db.session.scalars(select(Guest).where(Guest.round_id == round.id))}
    changes += _write_guests(folder.guests, round, guests, ids, now)
    changes += _write_goals(folder.goals, round, guests, ids)
    changes += _write_availability(folder, round, ids) + _write_history(folder, round, ids)
    changes += _write_exclusions(folder, ids)
    if changes or taken.new or taken.changed or taken.departments:
        round.version += 1
        audit.record("import_round", None, round, now, left_out=len(folder.errors))
    db.session.flush()
    return round


def _ids(code: InstrumentedAttribute[str], id: InstrumentedAttribute[int]) -> dict[str, int]:
    return {row[0]: row[1] for row in db.session.execute(select(code, id))}


def _write_round(row: RoundRow, ids: Ids) -> tuple[Round, int]:
    same = select(Round).where(Round.title == row.title, Round.starts_on == row.starts_on)
    round = db.session.scalar(same)
    if round is None:
        deadline = row.answers_until or row.starts_on - ANSWERS_BEFORE
        round = Round(title=row.title, starts_on=row.starts_on, answers_until=deadline, stage=Stage.DRAFT, version=0)
        db.session.add(round)
    elif round.stage not in OPEN_STAGES:
        raise WrongStage("The round “%(title)s” is past the stage in which a folder can change it.", title=round.title)
    said: Columns = {
        "ends_on": row.ends_on,
        "zone": row.zone,
        "rsvp": row.rsvp,
        "closed_days": None if row.closed_days is None else [day.isoformat() for day in row.closed_days],
        "rules": row.rules,
        "answers_until": row.answers_until,
        "greeting": row.greeting,
        "coordinator_id": row.coordinator and ids.people[row.coordinator],
    }
    changed = put(round, {name: value for name, value in said.items() if value is not None})
    db.session.flush()
    if round.stage is Stage.DRAFT:
        round.step(Stage.DRAFT, Stage.COLLECTING)
        changed = True
    return round, int(changed)


def _write_openings(rows: Iterable[OpeningRow], round: Round, ids: Ids, moved: bool, now: datetime) -> int:
    standing = openings.to_lay_out(Opening.round_id == round.id)
    found = db.session.scalars(standing.options(selectinload(Opening.hosts)))
    known = {opening.code: opening for opening in found}
    changes = 0
    with db.session.no_autoflush:
        for row in rows:
            opening = known.get(row.code) or Opening(round_id=round.id, code=row.code)
            changed = put(opening, _opening_facts(row, ids)) | openings.put_hosts(
                opening, [ids.people[host] for host in row.hosts]
            )
            if changed:
                dates.lay_out(opening, round, now)
                db.session.add(opening)
            changes += changed
        for opening in known.values() if moved else ():
            dates.lay_out(opening, round, now)
    db.session.flush()
    return changes


def _opening_facts(row: OpeningRow, ids: Ids) -> Columns:
    """The shape of an opening is said as a whole, so its blanks count; other blanks keep what is known."""
    shape = ("flexible", "starts_at", "weekday", "local_time", "zone", "rrule", "first_on")
    other = ("kind", "title", "minutes", "seats", "most_per_week", "site", "travel_minutes", "customer_consent", "note")
    more = ("place", "preparation", "confidential", "participation")
    facts: Columns = {name: getattr(row, name) for name in shape}
    facts |= {name: getattr(row, name) for name in other + more if getattr(row, name) is not None}
    if row.topics is not None:
        facts["topics"] = list(row.topics)
    return facts | {"department_id": ids.departments[row.department]}


def _write_guests(rows: Iterable[GuestRow], round: Round, guests: dict[int, Guest], ids: Ids, now: datetime) -> int:
    changes = 0
    for row in rows:
        person = ids.people[row.person]
        if person not in guests:
            guests[person] = Guest(round_id=round.id, person_id=person)
            db.session.add(guests[person])
        guest = guests[person]
        facts: Columns = {"visits": row.visits, "half_days_most": row.half_days_most, "note": row.note}
        facts["surprise"] = row.surprise
        facts["answered_at"] = None if guest.answered_at else now
        changes += put(guest, {name: value for name, value in facts.items() if value is not None})
    db.session.flush()
    return changes


def _write_goals(rows: Iterable[GoalRow], round: Round, guests: dict[int, Guest], ids: Ids) -> int:
    """The rows of a guest are all of their goals; a guest without rows keeps theirs."""
    known: dict[int, dict[int, Goal]] = defaultdict(dict)
    for goal in db.session.scalars(select(Goal).join(Goal.guest).where(Guest.round_id == round.id)):
        known[goal.guest_id][goal.rank] = goal
    said: dict[int, dict[int, GoalRow]] = defaultdict(dict)
    for row in rows:
        said[guests[ids.people[row.person]].id][row.rank] = row
    changes = 0
    for guest, wanted in said.items():
        for rank in known[guest].keys() - wanted.keys():
            db.session.delete(known[guest][rank])
            changes += 1
        changes += sum(_write_goal(known[guest].get(rank), guest, row, ids) for rank, row in wanted.items())
    return changes


def _write_goal(goal: Goal | None, guest: int, row: GoalRow, ids: Ids) -> bool:
    if goal is None:
        goal = Goal(guest_id=guest, rank=row.rank)
        db.session.add(goal)
    text = {} if row.text is None else {"text": row.text}
    return put(goal, {"department_id": ids.department(row.department), "topic": row.topic} | text)


def _write_availability(folder: Folder, round: Round, ids: Ids) -> int:
    """The rows of a person are all of their free time in the round; a person without rows keeps theirs, and a week that says
    the same stays a week."""
    said: dict[int, list[DatedSpan]] = defaultdict(list)
    for row in folder.availability:
        said[ids.people[row.person]].append(DatedSpan(row.starts_at, row.ends_at, row.level))
    frame, away, old = spans.frame_of(round), busy.of(round), []
    columns = (Availability.id, Availability.person_id, Availability.given, Person.hours, Person.zone)
    query = select(*columns).join_from(Availability, Person).where(Availability.round_id == round.id)
    for id, person, given, hours, zone in db.session.execute(query):
        known = busy.less(spans.dated(given, hours, zone, frame), away.get(person, ()))
        if person in said and sorted(known) == sorted(said[person]):
            del said[person]
        elif person in said:
            old.append(id)
    new = [
        {"round_id": round.id, "person_id": person, "given": FreeTimes(spans=tuple(sorted(rows)))}
        for person, rows in sorted(said.items())
    ]
    return _replace(Availability, old, new)


def _write_history(folder: Folder, round: Round, ids: Ids) -> int:
    """Where there is a history, it is the whole of it."""
    if not folder.history:
        return 0
    names = ("past_round", "position", "guest_id", "host_id", "department_id")
    said = {
        (
            row.past_round,
            row.position,
            ids.people[row.guest],
            ids.people[row.host],
            ids.department(row.department),
        ): None
        for row in folder.history
    }
    query = select(PastPairing.id, *(getattr(PastPairing, name) for name in names))
    known = {tuple(row)[1:]: row[0] for row in db.session.execute(query.where(PastPairing.round_id == round.id))}
    new = [dict(zip(names, past, strict=True)) | {"round_id": round.id} for past in said if past not in known]
    return _replace(PastPairing, [id for past, id in known.items() if past not in said], new)


def _write_exclusions(folder: Folder, ids: Ids) -> int:
    """One that has ended before the round holds again where the folder names it."""
    known = {(one.person_id, one.other_id): one for one in db.session.scalars(select(Exclusion))}
    changes, new = 0, []
    for row in folder.exclusions:
        low, high = sorted((ids.people[row.person], ids.people[row.other]))
        if (one := known.get((low, high))) is None:
            new.append({"person_id": low, "other_id": high, "ends_on": row.ends_on})
        elif row.ends_on or (one.ends_on and folder.round and one.ends_on < folder.round.starts_on):
            changes += put(one, {"ends_on": row.ends_on})
    return changes + _replace(Exclusion, (), sorted(new, key=lambda one: (one["person_id"], one["other_id"])))


def _replace(table: type[Rows], old: Collection[int], new: list[dict[str, Any]]) -> int:
    """Whole columns at once: a round has tens of thousands of free times."""
    db.session.flush()
    gone = sorted(old)
    for first in range(0, len(gone), CHUNK):
        db.session.execute(delete(table).where(table.id.in_(gone[first : first + CHUNK])))
    if new:
        db.session.execute(insert(table), new)
    return len(gone) + len(new)
