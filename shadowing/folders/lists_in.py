"""A list of people beside those who are here: who is new, changed, gone, back or absent, and which rows no field of ours takes.

A blank cell keeps what is known. `lists_taken.py` makes the change."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from shadowing import typed
from shadowing.errors import Refusal, Remark, RowError, remark
from shadowing.extensions import db
from shadowing.folders import cells
from shadowing.folders.admins import is_provisional
from shadowing.folders.company import parted
from shadowing.folders.people_in import Preview, preview
from shadowing.folders.reading import Reading
from shadowing.folders.rows import DepartmentRow, Folder, PersonRow
from shadowing.lists import people as lists_of_people
from shadowing.lists import process
from shadowing.lists.people import Acquainted, ListedPerson, PeopleList
from shadowing.lists.questions import Answers
from shadowing.models import Department, ListAnswers, Person
from shadowing.typed import Mistakes, Unfit

BRAKE_LEAST = 10
BRAKE_SHARE = 5
"""Where ten people or more are known and more than a fifth of them would change or leave, HR is asked: is it the right list?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPreview:
    """What taking the list in would do. *leavers* are here and gone according to it, *returning* the other way round; *absent*
    are here and not in it, but for those who run rounds. *known* counts who is here."""

    read: PeopleList
    answers: Answers
    folder: Folder
    changes: Preview
    leavers: tuple[tuple[Person, date], ...]
    returning: tuple[Person, ...]
    absent: tuple[Person, ...]
    known: int

    @property
    def errors(self) -> tuple[RowError, ...]:
        return tuple(sorted((*self.read.errors, *self.folder.errors), key=lambda error: (error.sheet, error.row)))

    @property
    def remarks(self) -> tuple[Remark, ...]:
        return (*self.read.remarks, *self.folder.warnings)

    @property
    def department_names(self) -> dict[str, str]:
        return {person.department_code: person.department for person in self.read.people}

    @property
    def gone(self) -> int:
        """Leavers whom nobody knew: they are not taken in."""
        return sum(person.left for person in self.read.people) - len(self.leavers)

    @property
    def on_leave(self) -> int:
        return sum(person.away and not person.left for person in self.read.people)

    def brakes(self, absent_left: bool) -> bool:
        concerned = len(self.changes.changed) + len(self.leavers) + len(self.absent) * absent_left
        return self.known >= BRAKE_LEAST and concerned * BRAKE_SHARE > self.known

    @property
    def changes_anything(self) -> bool:
        seen = self.changes
        return bool(
            seen.new
            or seen.changed
            or seen.new_departments
            or seen.changed_departments
            or self.leavers
            or self.returning
        )


def look_at(
    file: str, data: bytes, answers: Answers, now: datetime, departments: tuple[DepartmentRow, ...] = ()
) -> ListPreview:
    """Read the list *data*; HR's *answers*, and those remembered from lists with the same headings, decide what it leaves open.
    Raises Refusal for what is no list at all."""
    known = acquainted(departments)
    book = process.read(data, answers.get("file", ""))
    today = now.astimezone(ZoneInfo(home_zone())).date()
    read = lists_of_people.read(file, book, answers, today, known)
    remembered = _remembered(read.signature)
    if remembered and not answers:
        answers = remembered
        read = lists_of_people.read(file, book, answers, today, known)
    return _preview(read, answers, departments)


def home_zone() -> str:
    """Where most people are; a list's "today" is there."""
    counted = select(Person.zone).group_by(Person.zone).order_by(db.func.count().desc(), Person.zone).limit(1)
    return db.session.scalar(counted) or "Asia/Tokyo"


def acquainted(departments: tuple[DepartmentRow, ...] = ()) -> Acquainted:
    """Who and what is here already, and the *departments* that come with the list in a file of their own."""
    found = db.session.execute(select(Person.code, Person.display_name, Person.email).where(Person.left_at.is_(None)))
    named = db.session.execute(select(Department.code, Department.name))
    units = {row.code: row.name for row in named} | {row.code: row.name for row in departments}
    return Acquainted({code: (name, mail) for code, name, mail in found}, units)


def _remembered(signature: str) -> dict[str, str]:
    kept = db.session.scalar(select(ListAnswers).where(ListAnswers.signature == signature)) if signature else None
    return dict(kept.answers) if kept else {}


def _preview(read: PeopleList, answers: Answers, departments: tuple[DepartmentRow, ...]) -> ListPreview:
    persons = list(db.session.scalars(select(Person)))
    here = {person.code: person for person in persons if not person.left_at}
    folder = _folder(read, departments, here)
    changes = preview(folder)
    listed = {person.person_id for person in read.people}
    mails = {person.email.casefold() for person in read.people}
    left = {person.code: person for person in persons if person.left_at}
    return ListPreview(
        read=read,
        answers=answers,
        folder=folder,
        changes=changes,
        leavers=tuple(_leavers(read, here)),
        returning=tuple(left[row.code] for row in folder.people if row.code in left),
        absent=tuple(
            person
            for code, person in here.items()
            if code not in listed and person.email.casefold() not in mails and not person.hr
        ),
        known=len(here),
    )


def _leavers(read: PeopleList, here: Mapping[str, Person]) -> Iterator[tuple[Person, date]]:
    """With their last day: the one that the list names, else yesterday. Whose day is known already is not told again."""
    for person in read.people:
        known = here.get(person.person_id)
        is_news = known is not None and (person.left_on is None or known.last_day != person.left_on)
        if known and is_news and (person.left or person.left_on):
            yield known, person.left_on or date.min


def _folder(read: PeopleList, departments: tuple[DepartmentRow, ...], here: Mapping[str, Person]) -> Folder:
    """The sound rows as a round folder has them; what a field of ours does not take is an error of its row."""
    given = {row.code for row in departments}
    made = tuple(DepartmentRow(code=code, name=name) for code, name in read.new_departments if code not in given)
    reading = Reading(departments=dict(acquainted((*departments, *made)).departments))
    foreign = set(_foreign_addresses(read, here))
    rows: list[PersonRow] = []
    for person in read.people:
        if person.person_id in foreign:
            trouble = Unfit("This mail address belongs to somebody else already: “%(value)s”.", value=person.email)
            reading.errors.append(_error(read.file, person, "email", trouble))
        elif not person.left:
            rows += _row(read.file, person, reading)
    sound = {row.code for row in rows} | here.keys()
    kept = tuple(row if row.manager in sound else replace(row, manager=None) for row in rows)
    return Folder(
        departments=(*departments, *made), people=kept, errors=tuple(reading.errors), warnings=tuple(reading.warnings)
    )


def _foreign_addresses(read: PeopleList, here: Mapping[str, Person]) -> Iterator[str]:
    """Who has the address of somebody that is here, stays, and keeps it."""
    owners = {person.email.casefold(): code for code, person in here.items() if not is_provisional(code)}
    listed = {person.person_id: person for person in read.people}
    for person in read.people:
        owner = owners.get(person.email.casefold(), person.person_id)
        keeps = owner not in listed or not (
            listed[owner].left or listed[owner].email.casefold() != person.email.casefold()
        )
        if owner != person.person_id and keeps and not person.left:
            yield person.person_id


def _row(file: str, person: ListedPerson, reading: Reading) -> Iterator[PersonRow]:
    said = {
        "row": person.row,
        "person_id": person.person_id,
        "display_name": person.display_name,
        "family_name": person.family_name,
        "given_name": person.given_name,
        "kana": person.kana,
        "email": person.email,
        "department_id": person.department_code,
        "manager_id": person.manager_id,
        "site": person.site,
        "hours": person.hours,
        "zone": _optional(person, "zone", typed.zone, reading),
        "locale": _optional(person, "locale", cells.language, reading),
        "roles": typed.asked(typed.several(cells.role), person.roles or "", None) and person.roles,
        "may": typed.asked(typed.several(cells.kind), person.may or "", None) and person.may,
    }
    try:
        yield parted(typed.read(PersonRow, {name: value for name, value in said.items() if value is not None}, reading))
    except Mistakes as mistakes:
        for column, refusal in mistakes.by_field.items():
            reading.errors.append(_error(file, person, column, refusal))


def _optional(person: ListedPerson, column: str, read: Callable[[str], str], reading: Reading) -> str | None:
    """What helps but is not needed does not cost somebody their row."""
    text = str(getattr(person, column) or "")
    found = typed.asked(read, text, None) if text else None
    if text and found is None:
        reading.warnings.append(
            remark("“%(value)s” of row %(row)s is not understood; what is known stays.", value=text, row=person.row)
        )
    return found


def _error(file: str, person: ListedPerson, column: str, refusal: Refusal) -> RowError:
    return RowError(
        file=file,
        sheet=person.sheet,
        row=person.row,
        column=column,
        value=typed.shown(getattr(person, column, "") or ""),
        reason=refusal.sentence,
        suggestion=refusal.hint,
        facts=tuple((name, str(fact)) for name, fact in refusal.facts.items()),
    )
