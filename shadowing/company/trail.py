"""The audit as HR reads it: who did what, when, with whom and in which round, in words instead of codes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, or_, select

from shadowing.company.deeds import DEEDS, DISCREET, FIGURES, UNMAILED
from shadowing.extensions import db
from shadowing.folding import fold
from shadowing.i18n import Reader
from shadowing.models import Audit, Guest, Opening, Person, Round, Slot

AT_ONCE = 500
OF_NO_PERSON = ("hand_over_list", "undo_import")
"""Deeds whose `of` is the id of something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedsSought:
    """What the audit is narrowed to; nothing said is everything. *name* is of who did it or whom it concerns."""

    name: str = ""
    person_id: int | None = None
    deed: str = ""
    round_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailEntry:
    """*by* is nobody where the service itself or the command line did it; *about* is whom it concerns, if one person;
    *what* the seat that it concerns; *unmailed* are those to whom it sent no mail."""

    at: datetime
    by: Person | None
    deed: str
    round: Round | None
    about: Person | None
    what: str
    unmailed: tuple[Person, ...]
    facts: dict[str, object]


def found(sought: DeedsSought) -> Select[Audit]:
    """Newest first."""
    rows = select(Audit).order_by(Audit.id.desc())
    if sought.name:
        rows = rows.where(_names(Person.folded.contains(fold(sought.name), autoescape=True)))
    if sought.person_id is not None:
        rows = rows.where(Audit.person_id == sought.person_id)
    if sought.deed:
        rows = rows.where(Audit.deed == sought.deed)
    return rows if sought.round_id is None else rows.where(Audit.round_id == sought.round_id)


def _names(which: ColumnElement[bool]) -> ColumnElement[bool]:
    """The doer, or whom it concerns; never by way of a deed that names nobody."""
    people = select(Person.id).where(which)
    guests = select(Guest.id).join(Guest.person).where(which)
    of = Audit.facts["of"].as_integer().in_(people) & Audit.deed.not_in(OF_NO_PERSON)
    return or_(Audit.person_id.in_(people), of, Audit.facts["guest"].as_integer().in_(guests))


def doers() -> Select[Person]:
    """Everybody who stands in the audit, in the order of a directory."""
    did = select(Audit.person_id).where(Audit.person_id.is_not(None))
    return select(Person).where(Person.id.in_(did)).order_by(Person.sort_key, Person.code)


def entries(rows: Sequence[Audit]) -> list[TrailEntry]:
    """Five statements for any number of rows."""
    guests = _by_id(select(Guest.id, Guest.person_id).where(Guest.id.in_(_ids(rows, "guest"))))
    slots = _by_id(select(Slot.id, Slot.opening_id).where(Slot.id.in_(_ids(rows, "slot"))))
    openings = {*_ids(rows, "opening"), *slots.values()}
    titles = dict(db.session.execute(select(Opening.id, Opening.title).where(Opening.id.in_(openings))).all())
    concerned = {row.id: _about(row, guests) for row in rows}
    wanted = {row.person_id for row in rows if row.person_id} | {id for id in concerned.values() if id}
    wanted |= {id for row in rows for id in _unmailed(row)}
    people = {one.id: one for one in db.session.scalars(select(Person).where(Person.id.in_(wanted)))}
    rounds = {row.round_id for row in rows if row.round_id}
    known = {one.id: one for one in db.session.scalars(select(Round).where(Round.id.in_(rounds)))}
    return [
        TrailEntry(
            at=row.at,
            by=people.get(row.person_id or 0),
            deed=row.deed,
            round=known.get(row.round_id or 0),
            about=people.get(concerned[row.id]),
            what=titles.get(_id(row, "opening") or slots.get(_id(row, "slot"), 0), ""),
            unmailed=tuple(people[id] for id in _unmailed(row) if id in people),
            facts={} if row.deed in DISCREET else row.facts,
        )
        for row in rows
    ]


def all_entries(sought: DeedsSought) -> Iterator[TrailEntry]:
    """For a workbook: some hundred at a time."""
    rows = db.session.scalars(found(sought).execution_options(yield_per=AT_ONCE))
    for some in rows.partitions(AT_ONCE):
        yield from entries(some)


def deed(entry: TrailEntry, translate: Callable[[str], str]) -> str:
    return translate(DEEDS[entry.deed]) if entry.deed in DEEDS else entry.deed.replace("_", " ")


def details(entry: TrailEntry, translate: Callable[[str], str], reader: Reader) -> str:
    """What the row keeps of the deed, but for whom and which seat it concerns."""
    said = [(words, _shown(entry.facts[name], reader)) for name, words in FIGURES.items() if name in entry.facts]
    said.append((UNMAILED, reader.people(one.name(reader.locale) for one in entry.unmailed)))
    return reader.listed(translate(words) % {"value": value} for words, value in said if value)


def _shown(value: object, reader: Reader) -> str:
    if isinstance(value, list):
        return " – ".join(str(one) for one in value if isinstance(one, str))
    try:
        return reader.day(date.fromisoformat(str(value)))
    except ValueError:
        return "" if value in (None, "") else str(value)


def _unmailed(row: Audit) -> list[int]:
    ids = row.facts.get("without_mail")
    return [id for id in ids if isinstance(id, int)] if isinstance(ids, list) else []


def _about(row: Audit, guests: dict[int, int]) -> int:
    if row.deed in OF_NO_PERSON or row.deed in DISCREET:
        return 0
    return _id(row, "of") or guests.get(_id(row, "guest"), 0)


def _id(row: Audit, name: str) -> int:
    value = row.facts.get(name)
    return value if isinstance(value, int) else 0


def _ids(rows: Sequence[Audit], name: str) -> set[int]:
    return {id for row in rows if (id := _id(row, name))}


def _by_id(pairs: Select[int, int]) -> dict[int, int]:
    return {row[0]: row[1] for row in db.session.execute(pairs)}
