"""people.csv and departments.csv: who is in the company, checked against each other and against those already known."""

import re
from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import case, select
from sqlalchemy.orm import aliased

from shadowing import typed
from shadowing.errors import remark
from shadowing.extensions import db
from shadowing.folders.admins import is_provisional
from shadowing.folders.reading import Reading
from shadowing.folders.rows import DepartmentRow, PersonRow
from shadowing.folders.sheets import Line
from shadowing.i18n import N_
from shadowing.lists.managers import loops
from shadowing.models import Department, Person
from shadowing.typed import Unfit

NAME_MOST = 100
JAPANESE = re.compile(r"[぀-ヿ㐀-鿿豈-﫿\U00020000-\U0003ffff]")


def read_departments(reading: Reading) -> tuple[DepartmentRow, ...]:
    known = db.session.execute(select(Department.code, Department.name))
    reading.departments |= {row.code: row.name for row in known}
    if "departments" in reading.sheets:
        made = reading.rows("departments", lambda line: [reading.read(line, DepartmentRow)])
        sound = tuple(
            _under_known(reading, list(reading.once("departments", "department_id", made, lambda row: row.code)))
        )
    else:
        sound = tuple(_departments_of_people(reading))
    reading.departments |= {row.code: row.name for row in sound}
    reading.spoilt |= _codes(reading, "departments", "department_id") - set(reading.departments)
    return sound


def _under_known(reading: Reading, made: list[DepartmentRow]) -> list[DepartmentRow]:
    """Without those under a department that is nowhere, or that stand above themselves."""
    mother = aliased(Department)
    known = select(Department.code, mother.code).outerjoin(mother, Department.parent_id == mother.id)
    above: dict[str, str | None] = {row[0]: row[1] for row in db.session.execute(known)}
    above |= {row.code: row.parent or above.get(row.code) for row in made}
    looped = {code: loop for loop in loops(above) for code in loop}
    for row in made:
        if row.code in looped:
            loop = looped[row.code]
            circle = " → ".join((*loop, loop[0]))
            trouble = Unfit(
                "The departments go round in a circle: %(loop)s. Leave one of these cells empty.", loop=circle
            )
            reading.refuse("departments", row.row, "parent_id", row.parent or "", trouble)
    return _without_orphans(reading, [row for row in made if row.code not in looped])


def _without_orphans(reading: Reading, made: list[DepartmentRow]) -> list[DepartmentRow]:
    """What stands under a department left out is left out as well, and so on down."""
    known = {*reading.departments, *(row.code for row in made)}
    lost = [row for row in made if row.parent and row.parent not in known]
    for row in lost:
        hint = N_("Add it to this file, or leave the cell empty.")
        trouble = Unfit("There is no department “%(value)s”.", hint, value=row.parent)
        reading.refuse("departments", row.row, "parent_id", row.parent or "", trouble)
    kept = [row for row in made if row not in lost]
    return _without_orphans(reading, kept) if lost else made


def _departments_of_people(reading: Reading) -> Iterator[DepartmentRow]:
    """Departments as people.csv carries them beside its people; from the name alone only in an empty company."""
    sheet = reading.sheets.get("people")
    named = bool(sheet and "department_name" in sheet.places)
    if not sheet or not (named or not reading.departments):
        return
    found: dict[str, str] = {}
    for line in sheet.lines():
        if code := typed.asked(typed.key, line.text("department_id"), ""):
            called = line.text("department_name" if named else "department_id")
            found.setdefault(code, typed.asked(typed.name, called, "") or code)
    if found:
        reading.warnings.append(
            remark(
                "There is no departments.csv: %(count)s departments are taken from %(file)s.",
                count=len(found),
                file=sheet.file,
            )
        )
    yield from (DepartmentRow(code=code, name=name) for code, name in found.items())


def read_people(reading: Reading) -> tuple[PersonRow, ...]:
    before = _known_people()
    made = reading.rows("people", lambda line: _person(line, reading))
    sound = list(reading.once("people", "person_id", made, lambda row: row.code))
    sound = list(reading.once("people", "email", sound, lambda row: row.email.casefold()))
    sound = list(_with_own_mail(reading, sound, before))
    sound = _without_loops(reading, sound, {code: manager for code, (_, _, manager) in before.items()})
    reading.people |= {code: name for code, (name, _, _) in before.items()}
    sound = _with_known_managers(reading, sound)
    reading.people |= {row.code: row.display_name for row in sound}
    reading.spoilt |= _codes(reading, "people", "person_id") - set(reading.people)
    return tuple(sound)


def _known_people() -> dict[str, tuple[str, str, str | None]]:
    manager = aliased(Person)
    mail = case((Person.left_at.is_(None), Person.email), else_="")  # who left leaves the address to others
    query = select(Person.code, Person.display_name, mail, manager.code).outerjoin(
        manager, Person.manager_id == manager.id
    )
    return {code: (name, mail, above) for code, name, mail, above in db.session.execute(query)}


def _person(line: Line, reading: Reading) -> Iterator[PersonRow]:
    said = line.said()
    if "display_name" not in said and not {"family_name", "given_name"} <= said.keys():
        hint = N_("Fill in family name and given name, or the display name.")
        line.refuse("display_name", Unfit("This person has no name.", hint))
    yield parted(reading.read(line, PersonRow, said))


def parted(row: PersonRow) -> PersonRow:
    """A Japanese name with one blank in it is parted there; any other is left whole."""
    if not row.display_name:
        return replace(row, display_name=f"{row.family_name} {row.given_name}"[:200])
    parts = row.display_name.split(" ") if JAPANESE.search(row.display_name) else []
    if len(parts) != 2 or row.family_name or row.given_name or len(max(parts, key=len)) > NAME_MOST:
        return row
    return replace(row, family_name=parts[0], given_name=parts[1])


def _with_own_mail(
    reading: Reading, made: list[PersonRow], before: dict[str, tuple[str, str, str | None]]
) -> Iterator[PersonRow]:
    owners = {mail.casefold(): code for code, (_, mail, _) in before.items()}
    new = {row.code: row.email.casefold() for row in made}
    for row in made:
        owner = owners.get(row.email.casefold(), row.code)
        moves_on = new.get(owner, row.email.casefold()) != row.email.casefold()
        if owner != row.code and not moves_on and not is_provisional(owner):
            trouble = Unfit("This mail address belongs to %(owner)s already.", owner=owner)
            reading.refuse("people", row.row, "email", row.email, trouble)
        else:
            yield row


def _without_loops(reading: Reading, made: list[PersonRow], before: dict[str, str | None]) -> list[PersonRow]:
    above = before | {row.code: row.manager for row in made if row.manager}
    looped = {code: loop for loop in loops(above) for code in loop}
    for row in made:
        if row.code in looped:
            loop = looped[row.code]
            trouble = Unfit("The managers go round in a circle: %(loop)s.", loop=" → ".join((*loop, loop[0])))
            reading.refuse("people", row.row, "manager_id", row.manager or "", trouble)
    return [row for row in made if row.code not in looped]


def _with_known_managers(reading: Reading, made: list[PersonRow]) -> list[PersonRow]:
    """Who reports to somebody left out is left out as well, and so on down."""
    while True:
        known = {**reading.people, **{row.code: row.display_name for row in made}}
        inside = Reading(
            people=known, spoilt=_codes(reading, "people", "person_id") - known.keys(), hints=reading.hints
        )
        lost = {row.code for row in made if row.manager and not _is_known(reading, inside, row)}
        if not lost:
            return made
        reading.hints = inside.hints
        made = [row for row in made if row.code not in lost]


def _is_known(reading: Reading, inside: Reading, row: PersonRow) -> bool:
    try:
        inside.person(row.manager or "")
    except Unfit as trouble:
        reading.refuse("people", row.row, "manager_id", row.manager or "", trouble)
        return False
    return True


def _codes(reading: Reading, name: str, column: str) -> set[str]:
    """All ids that a file mentions as its own, sound or not."""
    if name not in reading.sheets:
        return set()
    found = {typed.asked(typed.key, line.text(column), "") for line in reading.sheets[name].lines()}
    return found - {""}
