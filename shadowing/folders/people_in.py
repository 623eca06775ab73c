"""A folder's people and departments go into the tables: what would change, and the change itself.

A blank cell keeps what is known; nobody is ever removed because a list does not name them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from shadowing.company import audit, cards, people, reasons
from shadowing.errors import Remark, RowError, Unreadable
from shadowing.extensions import db
from shadowing.folders.admins import is_provisional
from shadowing.folders.rows import DepartmentRow, Folder, PersonRow
from shadowing.models import Base, Department, Person

PEOPLE_FILES = ("people", "departments")
NAMELESS = {"family_name": "", "given_name": "", "kana": ""}
Columns = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """Both values as the person's column keeps them; department and boss by name and id."""

    column: str
    old: str | bool | list[str]
    new: str | bool | list[str]


@dataclass(frozen=True, slots=True)
class PersonChange:
    row: PersonRow
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What taking the sound rows in would do. *unlisted* people are known and not in the file; they stay."""

    new: tuple[PersonRow, ...]
    changed: tuple[PersonChange, ...]
    same: int
    unlisted: int
    new_departments: tuple[DepartmentRow, ...]
    changed_departments: tuple[DepartmentRow, ...]
    errors: tuple[RowError, ...]
    warnings: tuple[Remark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """How many rows did what; *errors* are the rows that were left out."""

    new: int
    changed: int
    same: int
    departments: int
    errors: tuple[RowError, ...] = ()


def errors_of(folder: Folder) -> tuple[RowError, ...]:
    """Those that concern people and departments."""
    return tuple(error for error in folder.errors if error.file.rpartition(".")[0].casefold() in PEOPLE_FILES)


def preview(folder: Folder) -> Preview:
    known = _known(folder.people)
    homes = {department.code: department.name for department in known.departments.values()}
    homes |= {row.code: row.name for row in folder.departments}
    changes = [_change(row, known, homes) for row in folder.people if row.code in known.people]
    listed = {row.code for row in folder.people}
    return Preview(
        new=tuple(row for row in folder.people if row.code not in known.people),
        changed=tuple(change for change in changes if change.fields),
        same=sum(not change.fields for change in changes),
        unlisted=sum(person.left_at is None and code not in listed for code, person in known.people.items()),
        new_departments=tuple(row for row in folder.departments if row.code not in known.departments),
        changed_departments=tuple(row for row in folder.departments if _department_changes(row, known)),
        errors=errors_of(folder),
        warnings=folder.warnings,
    )


@dataclass(frozen=True, slots=True)
class _Known:
    departments: dict[str, Department]
    people: dict[str, Person]
    codes: dict[int, str]


def _known(rows: Iterable[PersonRow]) -> _Known:
    """Who was let in before the list was there is found under the id that the list gives them."""
    persons = list(db.session.scalars(select(Person)))
    departments = {department.code: department for department in db.session.scalars(select(Department))}
    found = {person.code: person for person in persons}
    waiting = {person.email.casefold(): person.code for person in persons if is_provisional(person.code)}
    for row in rows:
        if row.code not in found and row.email.casefold() in waiting:
            found[row.code] = found.pop(waiting.pop(row.email.casefold()))
    return _Known(departments, found, {person.id: code for code, person in found.items()})


def _change(row: PersonRow, known: _Known, homes: dict[str, str]) -> PersonChange:
    person = known.people[row.code]
    fields = [FieldChange(name, old, new) for name, (old, new) in differences(person, facts_of(row)).items()]
    if person.department is None or person.department.code != row.department:
        old = person.department.name if person.department else ""
        fields.append(FieldChange("department", old, homes[row.department]))
    boss = known.codes.get(person.manager_id or 0, "")
    if row.manager is not None and row.manager != boss:
        fields.append(FieldChange("manager", boss, row.manager))
    return PersonChange(row, tuple(fields))


def _department_changes(row: DepartmentRow, known: _Known) -> bool:
    department = known.departments.get(row.code)
    if department is None:
        return False
    above = known.departments.get(row.parent or "")
    moved = row.parent is not None and (above is None or above.id != department.parent_id)
    return moved or bool(differences(department, department_facts(row)))


def facts_of(row: PersonRow) -> Columns:
    """What the row says about the person's own columns; blanks are left out."""
    said: Columns = {
        "code": row.code,
        "family_name": row.family_name,
        "given_name": row.given_name,
        "kana": row.kana,
        "display_name": row.display_name,
        "email": row.email,
        "site": row.site,
        "zone": row.zone,
        "locale": row.locale,
        "hours": row.hours,
        "may": None if row.may is None else list(row.may),
        "hr": None if row.roles is None else "hr" in row.roles,
        "lead": None if row.roles is None else "lead" in row.roles,
    }
    return {name: value for name, value in said.items() if value is not None}


def department_facts(row: DepartmentRow) -> Columns:
    card = ("name", "short_name", "goal", "kpi", "card", "problem", "wish_known", "words")
    names = (*card, "seated_least", "away_most", "hours")
    facts: Columns = {name: getattr(row, name) for name in names if getattr(row, name) is not None}
    return facts | ({} if row.closed_days is None else {"closed_days": [day.isoformat() for day in row.closed_days]})


def differences(row: Base, facts: Columns) -> dict[str, tuple[Any, Any]]:
    return {name: (getattr(row, name), new) for name, new in facts.items() if getattr(row, name) != new}


def put(row: Base, facts: Columns) -> bool:
    """Set what differs, and only that; says whether anything did."""
    changes = differences(row, facts)
    for name, (_, new) in changes.items():
        setattr(row, name, new)
    return bool(changes)


def take_in_people(folder: Folder, good_rows: bool, now: datetime) -> Taken:
    """Raises Unreadable when rows have errors, unless the *good_rows* are to go in alone."""
    errors = errors_of(folder)
    refuse(errors, good_rows)
    if not folder.people and not folder.departments:
        raise Unreadable("There is nothing in this list that could be imported.", errors)
    taken = write_people(folder, errors)
    if taken.new or taken.changed or taken.departments:
        audit.record("import_people", None, None, now, new=taken.new, changed=taken.changed)
        reasons.look_anew(now)
    return taken


def refuse(errors: tuple[RowError, ...], good_rows: bool) -> None:
    if errors and not good_rows:
        raise Unreadable("Nothing was imported. Rows or files with errors: %(count)s.", errors, count=len(errors))


def write_people(folder: Folder, errors: tuple[RowError, ...]) -> Taken:
    known = _known(folder.people)
    written = {row.code for row in folder.departments if _write_department(row, known)}
    db.session.flush()
    written |= {row.code for row in folder.departments if _write_parent(row, known)}
    db.session.flush()
    _free_addresses(folder.people, known)
    zone = {"zone": folder.round.zone} if folder.round and folder.round.zone else {}
    new = [row.code for row in folder.people if row.code not in known.people]
    changed = {row.code for row in folder.people if _write_person(row, known, zone)} - set(new)
    db.session.flush()
    changed |= {row.code for row in folder.people if _write_manager(row, known)} - set(new)
    db.session.flush()
    same = len(folder.people) - len(new) - len(changed)
    return Taken(new=len(new), changed=len(changed), same=same, departments=len(written), errors=errors)


def _write_department(row: DepartmentRow, known: _Known) -> bool:
    if row.code not in known.departments:
        known.departments[row.code] = Department(code=row.code)
        db.session.add(known.departments[row.code])
    department = known.departments[row.code]
    changed = differences(department, facts := department_facts(row))
    if department.id is not None and changed.keys() & set(cards.TEXTS):
        cards.unsign(department)
    return put(department, facts)


def _write_parent(row: DepartmentRow, known: _Known) -> bool:
    if row.parent is None:
        return False
    return put(known.departments[row.code], {"parent_id": known.departments[row.parent].id})


def _free_addresses(rows: Iterable[PersonRow], known: _Known) -> None:
    """Two people who swap their addresses must not hold the same one in between."""
    moving = [row for row in rows if row.code in known.people and known.people[row.code].email != row.email]
    held = {person.email.casefold() for person in known.people.values()}
    for row in moving:
        if row.email.casefold() in held:
            known.people[row.code].email = f"{uuid4().hex}@invalid"
    db.session.flush()


def _write_person(row: PersonRow, known: _Known, zone: Columns) -> bool:
    facts = facts_of(row) | {"department": known.departments[row.department]}
    if row.code not in known.people:
        known.people[row.code] = Person(**NAMELESS | zone | facts)
        db.session.add(known.people[row.code])
    elif not put(known.people[row.code], facts):
        return False
    people.index(known.people[row.code])
    return True


def _write_manager(row: PersonRow, known: _Known) -> bool:
    if row.manager is None:
        return False
    return put(known.people[row.code], {"manager_id": known.people[row.manager].id})
