"""What the check page of a list shows: the first of each kind and how many there are, so that a list of any length makes a
page of the same size, and the page of a long one can be kept until HR looks at it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from shadowing.errors import Remark
from shadowing.folders import wrong_cells
from shadowing.folders.lists_in import ListPreview
from shadowing.folders.people_in import FieldChange, PersonChange
from shadowing.folders.rows import PersonRow
from shadowing.folders.wrong_cells import WrongCells
from shadowing.lists.people import SheetRead
from shadowing.lists.questions import Question
from shadowing.models import Person

SHOWN_MOST = 25

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Some(Generic[Item]):
    """The first of *count*."""

    first: tuple[Item, ...]
    count: int

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, part: slice) -> tuple[Item, ...]:
        return self.first[part]


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """Somebody's name in both languages."""

    ja: str
    en: str

    def name(self, locale: str) -> str:
        return self.ja if locale == "ja" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    name: str
    beside: str
    department: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedPerson:
    name: str
    code: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListShown:
    """Of a `ListPreview`. *brakes_now* and *brakes_absent*: whether HR is asked if it is the right list, without and with those
    let go who are not in it."""

    sheets: tuple[SheetRead, ...]
    questions: tuple[Question, ...]
    answers: dict[str, str]
    new: Some[NewPerson]
    changed: Some[ChangedPerson]
    same: int
    new_departments: Some[str]
    changed_departments: Some[str]
    leavers: Some[NamedPerson]
    returning: Some[NamedPerson]
    absent: Some[NamedPerson]
    gone: int
    on_leave: int
    known: int
    errors: int
    causes: Some[WrongCells]
    remarks: Some[Remark]
    left_out: Some[tuple[str, int, str]]
    changes_anything: bool
    brakes_now: bool
    brakes_absent: bool

    def brakes(self, absent_left: bool) -> bool:
        return self.brakes_absent if absent_left else self.brakes_now


KEPT = TypeAdapter(ListShown)


def of(found: ListPreview) -> ListShown:
    seen, causes, homes = found.changes, wrong_cells.causes(found.errors), found.department_names
    return ListShown(
        sheets=found.read.sheets,
        questions=found.read.questions,
        answers=dict(found.answers),
        new=_some((_new(row, homes) for row in seen.new), len(seen.new)),
        changed=_some(map(_changed, seen.changed), len(seen.changed)),
        same=seen.same,
        new_departments=_some((row.name for row in seen.new_departments), len(seen.new_departments)),
        changed_departments=_some((row.name for row in seen.changed_departments), len(seen.changed_departments)),
        leavers=_some((_named(person) for person, _ in found.leavers), len(found.leavers)),
        returning=_some(map(_named, found.returning), len(found.returning)),
        absent=_some(map(_named, found.absent), len(found.absent)),
        gone=found.gone,
        on_leave=found.on_leave,
        known=found.known,
        errors=len(found.errors),
        causes=_some(causes, len(causes)),
        remarks=_some(found.remarks, len(found.remarks)),
        left_out=_some(sorted(found.read.left_out), len(found.read.left_out)),
        changes_anything=found.changes_anything,
        brakes_now=found.brakes(False),
        brakes_absent=found.brakes(True),
    )


def _some(items: Iterable[Item], count: int) -> Some[Item]:
    return Some(tuple(islice(items, SHOWN_MOST)), count)


def _named(person: Person) -> NamedPerson:
    return NamedPerson(person.name("ja"), person.name("en"))


def _new(row: PersonRow, homes: Mapping[str, str]) -> NewPerson:
    home = homes.get(row.department, row.department)
    return NewPerson(name=row.display_name, beside=row.kana or row.code, department=home, email=row.email)


def _changed(change: PersonChange) -> ChangedPerson:
    return ChangedPerson(name=change.row.display_name, code=change.row.code, fields=change.fields)
