"""people.csv and departments.csv: who is in the company, checked against each other and against those already known."""

import re
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import aliased

from shadowing import typed
from shadowing.extensions import db
from shadowing.folders import cells
from shadowing.folders.admins import is_provisional
from shadowing.folders.reading import Reading
from shadowing.folders.rows import DepartmentRow, PersonRow, remark
from shadowing.folders.sheets import Line
from shadowing.i18n import N_
from shadowing.models import Department, Person
from shadowing.typed import LONG, Unfit

NAME_MOST = 100
JAPANESE = re.compile(r"[぀-ヿ㐀-鿿豈-﫿\U00020000-\U0003ffff]")


def read_departments(reading: Reading) -> tuple[DepartmentRow, ...]:
    known = db.session.execute(select(Department.code, Department.name))
    reading.departments |= {row.code: row.name for row in known}
    if "departments" in reading.sheets:
        made = reading.rows("departments", _department)
        sound = tuple(reading.once("departments", "department_id", made, lambda row: row.code))
    else:
        sound = tuple(_departments_of_people(reading))
    reading.departments |= {row.code: row.name for row in sound}
    reading.spoilt |= _codes(reading, "departments", "department_id") - set(reading.departments)
    return sound


def _department(line: Line) -> Iterator[DepartmentRow]:
    yield DepartmentRow(
        row=line.number,
        goal=line.take("goal", typed.text(LONG)),
        kpi=line.take("kpi", typed.text(LONG)),
        card=line.take("card", typed.text(LONG)),
        problem=line.take("problem", typed.text(LONG)),
        wish_known=line.take("wish_known", typed.text(LONG)),
        words=line.take("words", typed.text(LONG)),
        code=line.need("department_id", typed.key),
        name=line.need("name", typed.name),
    )


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
    query = select(Person.code, Person.display_name, Person.email, manager.code).outerjoin(
        manager, Person.manager_id == manager.id
    )
    return {code: (name, mail, above) for code, name, mail, above in db.session.execute(query)}


def _person(line: Line, reading: Reading) -> Iterator[PersonRow]:
    names = _names(line)
    yield PersonRow(
        row=line.number,
        family_name=names[0],
        given_name=names[1],
        display_name=names[2],
        kana=line.take("kana", typed.kana),
        manager=line.take("manager_id", typed.key),
        site=line.take("site", typed.line(100)),
        zone=line.take("zone", typed.zone),
        locale=line.take("locale", cells.locale),
        roles=line.take("roles", typed.several(cells.role)),
        hours=line.take("hours", cells.hours),
        may=line.take("may", typed.several(lambda cell: cells.kind(cell).value)),
        department=line.need("department_id", reading.department),
        code=line.need("person_id", typed.key),
        email=line.need("email", typed.mail),
    )


def _names(line: Line) -> tuple[str | None, str | None, str]:
    """Family, given and display name. A Japanese name with one blank in it is parted there; any other is left whole."""
    family, given = line.take("family_name", typed.line(NAME_MOST)), line.take("given_name", typed.line(NAME_MOST))
    shown = line.take("display_name", typed.name)
    parts = shown.split(" ") if shown and JAPANESE.search(shown) else []
    if len(parts) == 2 and not (family or given) and len(max(parts, key=len)) <= NAME_MOST:
        family, given = parts
    if not line.text("display_name") and not (family and given):
        line.refuse(
            "display_name",
            Unfit("This person has no name.", N_("Fill in family name and given name, or the display name.")),
        )
    return family, given, shown or f"{family} {given}"[:200]


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
    looped = {code: loop for loop in _loops(above) for code in loop}
    for row in made:
        if row.code in looped:
            loop = looped[row.code]
            trouble = Unfit("The managers go round in a circle: %(loop)s.", loop=" → ".join((*loop, loop[0])))
            reading.refuse("people", row.row, "manager_id", row.manager or "", trouble)
    return [row for row in made if row.code not in looped]


def _loops(above: dict[str, str | None]) -> Iterator[list[str]]:
    done: set[str] = set()
    for start in above:
        path: dict[str, None] = {}
        code: str | None = start
        while code is not None and code not in done and code not in path:
            path[code] = None
            code = above.get(code)
        if code is not None and code in path:
            yield list(path)[list(path).index(code) :]
        done |= path.keys()


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
