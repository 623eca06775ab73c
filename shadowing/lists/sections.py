"""Rows between the people that name what those below have in common: 【営業部】, ■ 総務課, Sales Team, 【退職者】."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shadowing.i18n import N_
from shadowing.lists import contents
from shadowing.lists.drafts import NO_PERSON, Draft, Notes
from shadowing.lists.headers import Header
from shadowing.lists.headings import Meaning
from shadowing.lists.questions import question
from shadowing.lists.workbooks import Worksheet, WorksheetRow

LONGEST = 40
FRAME = re.compile(r"^[\s【〔「『<＜≪《\[■□◆◇●○◎★☆▼▲▽▶・*#-]+|[\s】〕」』>＞≫》\]:：*#-]+$")
LABEL = re.compile(r"(?:部署|部門|所属|組織|department|dept\.?|team|unit)(?:名)?\s*[:：]\s*", re.IGNORECASE)
COUNT = re.compile(r"[（(\[]?\s*(?:計|全)?\s*\d+\s*(?:名|人|people|persons|employees)\s*[）)\]]?", re.IGNORECASE)
UNIT = re.compile(
    r"(?:部|課|室|係|局|所|店|班|グループ|チーム|センター|工場|department|division|team|unit|office)\Z", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Section:
    """*title* is what HR sees, *name* is without frame and count; *people* stand below, up to the next section."""

    title: str
    name: str
    people: tuple[Draft, ...]


def settle(sheet: Worksheet, header: Header, drafts: Sequence[Draft], notes: Notes) -> None:
    """Sections of leavers are asked about one by one; sections of departments once, where the columns name none."""
    units = []
    for section in _sections(sheet, header, drafts):
        standing = contents.standing(section.name, "")
        if standing == "left":
            sentence = N_("%(count)s people stand below “%(word)s”. Have they left?")
            asked = question(
                section.title, sentence, (N_("yes"), N_("no")), count=len(section.people), word=section.title
            )
            left = notes.ask(asked) == "yes"
            for one in section.people:
                one.left = left
        elif standing == "away":
            sentence = N_("People with “%(word)s”: %(count)s. Shall they be asked to take part?")
            asked = question(
                section.title, sentence, (N_("no"), N_("yes")), count=len(section.people), word=section.title
            )
            away = notes.ask(asked) == "no"
            for one in section.people:
                one.away = away
        else:
            units.append(section)
    nameless = [one for one in drafts if not any(one[meaning] for meaning in OF_UNITS)]
    if units and len(nameless) * 2 > len(drafts):
        _ask_units(units, notes)


OF_UNITS = (Meaning.DEPARTMENT, Meaning.DEPARTMENT_CODE, Meaning.LEVEL)


def _ask_units(units: Sequence[Section], notes: Notes) -> None:
    sentence = N_(
        "%(count)s rows between the people look like titles, such as “%(example)s”. Are they the departments of those below?"
    )
    asked = question("sections", sentence, (N_("yes"), N_("no")), count=len(units), example=units[0].title)
    if notes.ask(asked) == "yes":
        for section in units:
            for one in section.people:
                one.cells.setdefault(Meaning.DEPARTMENT, section.name)


def _sections(sheet: Worksheet, header: Header, drafts: Sequence[Draft]) -> Iterator[Section]:
    """Titles that have people below. Above the headings only what is surely a unit: a title of the whole list is none."""
    by_row = {one.row: one for one in drafts}
    first = header.rows[0] if header.rows else 0
    title, name, people = "", "", list[Draft]()
    for row in sheet.rows:
        if row.number in by_row:
            people.append(by_row[row.number])
        elif found := _name(row):
            if row.number < first and not (LABEL.match(found[0]) or UNIT.search(found[1])):
                continue
            if name and people:
                yield Section(title, name, tuple(people))
            (title, name), people = found, []
    if name and people:
        yield Section(title, name, tuple(people))


def _name(row: WorksheetRow) -> tuple[str, str] | None:
    """The title and the name in it, where the row says nothing else; a merged cell says it in every column."""
    said = [cell for cell in dict.fromkeys(row.filled()) if not COUNT.fullmatch(cell)]
    if len(said) != 1 or len(said[0]) > LONGEST or said[0].startswith(("※", "注")):
        return None
    text = unicodedata.normalize("NFKC", LABEL.sub("", said[0]))
    name = FRAME.sub("", COUNT.sub("", FRAME.sub("", text))).strip()
    if not name or contents.is_mail(name) or not re.search(r"[^\W\d_]", name) or NO_PERSON.fullmatch(name):
        return None
    return said[0], name
