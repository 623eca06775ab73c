"""Departments: added and changed with their cards, merged into one another, deleted while nothing hangs on them.

Whatever a mail or a page calls a department is read when it is written, so that a new name needs no deed but this one."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Annotated

from sqlalchemy import ColumnElement, func, select, update

from shadowing import typed
from shadowing.company import audit, cards, people, reasons, short_names
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.folding import fold
from shadowing.i18n import N_
from shadowing.models import (
    Base,
    Department,
    Goal,
    LostTime,
    Opening,
    PastPairing,
    Person,
    Round,
    Stage,
)
from shadowing.typed import LONG, Mistakes, Unfit, by

SHORT_MOST = 12
PEOPLE_MOST = 9999
Text = Annotated[str, by(typed.text(LONG))]


def stored_days(said: str) -> list[str]:
    """As the column keeps them."""
    return [day.isoformat() for day in typed.days(said)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentDraft:
    """What HR says about a department, under the names of its columns. Without a *code* of its own it takes its name."""

    name: Annotated[str, by(typed.name)]
    code: Annotated[str, by(typed.key)] = ""
    short_name: Annotated[str, by(short_names.short_name)] = ""
    parent_id: Annotated[int | None, by(typed.number(1, 999_999_999))] = None
    goal: Text = ""
    kpi: Text = ""
    card: Text = ""
    problem: Text = ""
    wish_known: Text = ""
    words: Text = ""
    seated_least: Annotated[int | None, by(typed.number(1, PEOPLE_MOST))] = None
    away_most: Annotated[int | None, by(typed.number(1, PEOPLE_MOST))] = None
    hours: Annotated[str, by(people.hours)] = ""
    closed_days: Annotated[list[str], by(stored_days)] = field(default_factory=list)


NAMING: tuple[type[Person | Opening | Goal | PastPairing | LostTime], ...] = (
    Person,
    Opening,
    Goal,
    PastPairing,
    LostTime,
)
"""Whose rows name a department; its own kind does as well."""
COLUMNS = tuple(column.name for column in fields(DepartmentDraft))


@dataclass(frozen=True, slots=True)
class Headcount:
    """A department and how many people work there today."""

    department: Department
    people: int


def headcounts() -> list[Headcount]:
    here = select(Person.department_id, func.count().label("people")).where(Person.left_at.is_(None))
    counts = here.group_by(Person.department_id).subquery()
    rows = select(Department, func.coalesce(counts.c.people, 0)).outerjoin(
        counts, counts.c.department_id == Department.id
    )
    return [Headcount(row[0], row[1]) for row in db.session.execute(rows.order_by(Department.code))]


def fits(department: Department, words: str) -> bool:
    """Whether one of its names or its number carries *words*, however they were typed."""
    return any(fold(words) in fold(name) for name in (department.name, department.short_name, department.code))


def heads(department: Department) -> int:
    return count(Person, Person.department_id == department.id, Person.left_at.is_(None))


def without_hours(department: Department) -> int:
    """How many of its people follow its working hours."""
    follow = (Person.department_id == department.id, Person.left_at.is_(None), Person.own_hours.is_(None))
    return count(Person, *follow)


def add(draft: DepartmentDraft, by: Person, now: datetime) -> Department:
    """Raises Mistakes."""
    code = draft.code or typed.key(draft.name[:60])
    department = Department(code=code)
    _refuse_taken(department, draft, code)
    _refuse_parent(department, draft.parent_id)
    _put(department, draft, code)
    db.session.add(department)
    db.session.flush()
    if any(getattr(department, name) for name in cards.TEXTS):
        cards.sign(department, by, now)
    audit.record("add_department", by, None, now, department=department.id, name=department.name)
    return department


def change(department: Department, draft: DepartmentDraft, by: Person, now: datetime) -> None:
    """Raises Mistakes. Previews made before are no longer what would be sent: they name the department."""
    code = draft.code or department.code
    _refuse_taken(department, draft, code)
    _refuse_parent(department, draft.parent_id)
    changed = _put(department, draft, code)
    if set(changed) & set(cards.TEXTS):
        cards.sign(department, by, now)
    if changed:
        spoil_previews()
        audit.record("change_department", by, None, now, department=department.id, columns=changed)
        reasons.look_anew(now)


def _put(department: Department, draft: DepartmentDraft, code: str) -> list[str]:
    said = {name: getattr(draft, name) for name in COLUMNS} | {"code": code}
    changed = [name for name, value in said.items() if getattr(department, name) != value]
    for name in changed:
        setattr(department, name, said[name])
    return changed


def _refuse_taken(department: Department, draft: DepartmentDraft, code: str) -> None:
    """Two departments of one name are told apart by the department above them; two of one number by nothing."""
    others = [other for other in db.session.scalars(select(Department)) if other.id != department.id]
    for other in others:
        if fold(other.name) == fold(draft.name) and other.parent_id == draft.parent_id:
            hint = N_("Give it another name, or merge the two on the page of one of them.")
            raise Mistakes({"name": Unfit("There is a department “%(value)s” already.", hint, value=other.name)})
    if any(other.code == code for other in others):
        hint = N_("Give it a number of its own.")
        raise Mistakes(
            {"code": Unfit("The number “%(value)s” belongs to another department already.", hint, value=code)}
        )
    _refuse_namesake(department, draft.short_name, others)


def _refuse_namesake(department: Department, short: str, others: list[Department]) -> None:
    if short and short != department.short_name and (other := short_names.namesake(department, short, others)):
        hint = N_("Choose one that differs.")
        facts = {"value": short, "name": other.name}
        raise Mistakes({"short_name": Unfit("“%(name)s” goes by “%(value)s” already.", hint, **facts)})


def _refuse_parent(department: Department, parent_id: int | None) -> None:
    if parent_id is not None and db.session.get(Department, parent_id) is None:
        hint = N_("Choose another one, or none.")
        raise Mistakes({"parent_id": Unfit("This department is not there any more.", hint)})
    if department.id is None or parent_id is None:
        return
    if parent_id == department.id:
        hint = N_("Choose another one, or none.")
        raise Mistakes({"parent_id": Unfit("A department cannot stand above itself.", hint)})
    if parent_id in below(department):
        hint = N_("Move that one elsewhere first, or choose another one.")
        raise Mistakes({"parent_id": Unfit("This one stands below “%(name)s” already.", hint, name=department.name)})


def below(department: Department) -> set[int]:
    """All departments that belong to this one, at any depth."""
    rows = db.session.execute(select(Department.id, Department.parent_id)).all()
    found: set[int] = set()
    while more := {id for id, parent in rows if parent in found | {department.id}} - found - {department.id}:
        found |= more
    return found


def possible_parents(department: Department | None) -> list[Department]:
    """Those that may stand above it."""
    barred = below(department) | {department.id} if department else set()
    return [one for one in db.session.scalars(people.departments()) if one.id not in barred]


def others(department: Department) -> list[Department]:
    return list(db.session.scalars(people.departments().where(Department.id != department.id)))


def spoil_previews() -> None:
    change = update(Round).where(Round.stage == Stage.REVIEWING).values(version=Round.version + 1)
    db.session.execute(change)


# What hangs on a department


def count(table: type[Base], *where: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(table).where(*where)) or 0


def lift_out(source: Department, target: Department | None) -> None:
    """What stood below *source* stands below *target*, and *target* itself where *source* stood if it was below it."""
    if target is not None and target.id in below(source):
        target.parent_id = source.parent_id
        db.session.flush()
    parent = source.parent_id if target is None else target.id
    not_itself = Department.id != (0 if target is None else target.id)
    db.session.execute(update(Department).where(Department.parent_id == source.id, not_itself).values(parent_id=parent))


def remove(department: Department, by: Person, now: datetime) -> None:
    """Only while nothing hangs on it. What stood below it moves up."""
    if heads(department):
        raise Refusal(
            "People work in “%(name)s”. Move them first, or merge it into another department.", name=department.name
        )
    if not is_bare(department):
        raise Refusal(
            "Wishes, openings or people who left belong to “%(name)s” still. Merge it into another department instead.",
            name=department.name,
        )
    lift_out(department, None)
    audit.record("remove_department", by, None, now, name=department.name, code=department.code)
    db.session.delete(department)


def is_bare(department: Department) -> bool:
    """Whether no row names it but departments below it."""
    return not any(count(table, table.department_id == department.id) for table in NAMING)
