"""Departments: added and changed with their cards, merged into one another, deleted while nothing hangs on them.

Whatever a mail or a page calls a department is read when it is written, so that a new name needs no deed but this one."""

from dataclasses import astuple, dataclass, fields
from datetime import datetime
from typing import Annotated

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import aliased

from shadowing import typed
from shadowing.company import audit, people
from shadowing.errors import Changed, Refusal
from shadowing.extensions import db
from shadowing.folding import fold
from shadowing.i18n import N_
from shadowing.models import (
    Base,
    Department,
    Goal,
    Guest,
    Opening,
    Pairing,
    PairingStatus,
    PastPairing,
    Person,
    Round,
    Slot,
    Stage,
)
from shadowing.typed import LONG, Mistakes, Unfit, by

SHORT_MOST = 12
Text = Annotated[str, by(typed.text(LONG))]


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentDraft:
    """What HR says about a department, under the names of its columns. Without a *code* of its own it takes its name."""

    name: Annotated[str, by(typed.name)]
    code: Annotated[str, by(typed.key)] = ""
    short_name: Annotated[str, by(typed.line(SHORT_MOST))] = ""
    parent_id: Annotated[int | None, by(typed.number(1, 999_999_999))] = None
    goal: Text = ""
    kpi: Text = ""
    card: Text = ""
    problem: Text = ""
    wish_known: Text = ""
    words: Text = ""


NAMING: tuple[type[Person | Opening | Goal | PastPairing], ...] = (Person, Opening, Goal, PastPairing)
"""Whose rows name a department; its own kind does as well."""
COLUMNS = tuple(field.name for field in fields(DepartmentDraft))


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


def add(draft: DepartmentDraft, by: Person, now: datetime) -> Department:
    """Raises Mistakes."""
    code = draft.code or typed.key(draft.name[:60])
    department = Department(code=code)
    _refuse_taken(department, draft, code)
    _refuse_parent(department, draft.parent_id)
    _put(department, draft, code)
    db.session.add(department)
    db.session.flush()
    audit.record("add_department", by, None, now, department=department.id, name=department.name)
    return department


def change(department: Department, draft: DepartmentDraft, by: Person, now: datetime) -> None:
    """Raises Mistakes. Previews made before are no longer what would be sent: they name the department."""
    code = draft.code or department.code
    _refuse_taken(department, draft, code)
    _refuse_parent(department, draft.parent_id)
    changed = _put(department, draft, code)
    if changed:
        _spoil_previews()
        audit.record("change_department", by, None, now, department=department.id, columns=changed)


def _put(department: Department, draft: DepartmentDraft, code: str) -> list[str]:
    said = {name: getattr(draft, name) for name in COLUMNS} | {"code": code}
    changed = [name for name, value in said.items() if getattr(department, name) != value]
    for name in changed:
        setattr(department, name, said[name])
    return changed


def _refuse_taken(department: Department, draft: DepartmentDraft, code: str) -> None:
    """Two departments of one name are told apart by the department above them; two of one number by nothing."""
    others = [other for other in db.session.scalars(select(Department)) if other.id != department.id]
    if any(other.code == code for other in others):
        hint = N_("Give it a number of its own.")
        raise Mistakes(
            {"code": Unfit("The number “%(value)s” belongs to another department already.", hint, value=code)}
        )
    for other in others:
        if fold(other.name) == fold(draft.name) and other.parent_id == draft.parent_id:
            hint = N_("Give it another name, or merge the two on the page of one of them.")
            raise Mistakes({"name": Unfit("There is a department “%(value)s” already.", hint, value=other.name)})


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


def _spoil_previews() -> None:
    change = update(Round).where(Round.stage == Stage.REVIEWING).values(version=Round.version + 1)
    db.session.execute(change)


# What hangs on a department


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeEffects:
    """What a merge would move. *left* are people who have left. *doubled* wishes name both and become one, *own* wishes come
    to name the guest's own department. *visits* of rounds that go on lead from one of the two to the other."""

    people: int
    left: int
    openings: int
    goals: int
    doubled: int
    own: int
    history: int
    below: int
    visits: int

    @property
    def told(self) -> str:
        """What a page carries, so that nothing else is done than what it told."""
        return "-".join(map(str, astuple(self)))


def merge_effects(source: Department, target: Department) -> MergeEffects:
    return MergeEffects(
        people=_count(Person, Person.department_id == source.id, Person.left_at.is_(None)),
        left=_count(Person, Person.department_id == source.id, Person.left_at.is_not(None)),
        openings=_count(Opening, Opening.department_id == source.id),
        goals=_count(Goal, Goal.department_id == source.id),
        doubled=len(_doubled(source, target)),
        own=_own_wishes(source, target),
        history=_count(PastPairing, PastPairing.department_id == source.id),
        below=_count(Department, Department.parent_id == source.id),
        visits=_visits_between(source, target),
    )


def _count(table: type[Base], *where: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(table).where(*where)) or 0


def _doubled(source: Department, target: Department) -> list[Goal]:
    """Of two wishes of one guest for the two departments the one that counts less."""
    other = aliased(Goal)
    pairs = select(Goal).join(other, other.guest_id == Goal.guest_id).where(Goal.rank > other.rank)
    ids = {source.id, target.id}
    twice = pairs.where(Goal.department_id.in_(ids), other.department_id.in_(ids))
    return list(db.session.scalars(twice.order_by(Goal.guest_id, Goal.rank)).unique())


def _own_wishes(source: Department, target: Department) -> int:
    crossed = or_(*(
        (Goal.department_id == one.id) & (Person.department_id == other.id)
        for one, other in ((source, target), (target, source))
    ))  # fmt: skip
    query = select(func.count()).select_from(Goal).join(Goal.guest).join(Guest.person).join(Guest.round)
    return db.session.scalar(query.where(crossed, Round.stage != Stage.ENDED)) or 0


def _visits_between(source: Department, target: Department) -> int:
    both = (source.id, target.id)
    query = select(func.count()).select_from(Pairing).join(Pairing.guest).join(Guest.person)
    query = query.join(Pairing.slot).join(Slot.opening).join(Guest.round)
    crossing = (Person.department_id.in_(both), Opening.department_id.in_(both))
    apart = (Person.department_id != Opening.department_id, Round.stage != Stage.ENDED)
    return db.session.scalar(query.where(*crossing, *apart, Pairing.status != PairingStatus.DROPPED)) or 0


def merge(source: Department, target: Department | None, told: str, by: Person, now: datetime) -> Department:
    """*source* is no more: all that hung on it belongs to *target*, whose name, card and rules stay. Cannot be undone.

    Raises Changed where it would not do what was *told*."""
    if target is None:
        raise Refusal("The other department is not there any more. Go back and choose another one.")
    if source.id == target.id:
        raise Refusal("A department cannot be merged into itself. Go back and choose another one.")
    effects = merge_effects(source, target)
    if effects.told != told:
        raise Changed("What would move is no longer what you were shown. Look again, then repeat your step.")
    for goal in _doubled(source, target):
        _drop(goal)
    _lift_out(source, target)
    for table in NAMING:
        db.session.execute(update(table).where(table.department_id == source.id).values(department_id=target.id))
    names = {"source": source.name, "target": target.name, "department": target.id}
    db.session.delete(source)
    db.session.flush()
    _spoil_previews()
    audit.record("merge_departments", by, None, now, **names, people=effects.people, openings=effects.openings)
    return target


def _drop(goal: Goal) -> None:
    """The wishes behind it move up one by one: no two may hold one rank, not even within a flush. Its words are kept."""
    guest = goal.guest
    first = next(one for one in guest.goals if one is not goal)
    first.text = first.text or goal.text
    guest.goals.remove(goal)
    db.session.flush()
    for later in [one for one in guest.goals if one.rank > goal.rank]:
        later.rank -= 1
        db.session.flush()


def _lift_out(source: Department, target: Department | None) -> None:
    """What stood below *source* stands below *target*, and *target* itself where *source* stood if it was below it."""
    if target is not None and target.id in below(source):
        target.parent_id = source.parent_id
        db.session.flush()
    parent = source.parent_id if target is None else target.id
    not_itself = Department.id != (0 if target is None else target.id)
    db.session.execute(update(Department).where(Department.parent_id == source.id, not_itself).values(parent_id=parent))


def remove(department: Department, by: Person, now: datetime) -> None:
    """Only while nothing hangs on it. What stood below it moves up."""
    if _count(Person, Person.department_id == department.id, Person.left_at.is_(None)):
        raise Refusal(
            "People work in “%(name)s”. Move them first, or merge it into another department.", name=department.name
        )
    if not is_bare(department):
        raise Refusal(
            "Wishes, openings or people who left belong to “%(name)s” still. Merge it into another department instead.",
            name=department.name,
        )
    _lift_out(department, None)
    audit.record("remove_department", by, None, now, name=department.name, code=department.code)
    db.session.delete(department)


def is_bare(department: Department) -> bool:
    """Whether no row names it but departments below it."""
    return not any(_count(table, table.department_id == department.id) for table in NAMING)
