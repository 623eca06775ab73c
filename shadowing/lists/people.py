"""A list of people, from its bytes to what HR sees on the check page: people, new departments, questions, errors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from shadowing.errors import Refusal, Remark, RowError, remark
from shadowing.i18n import N_
from shadowing.lists import addresses, complete, departments, headers, managers, meanings, names, sorting
from shadowing.lists.drafts import Draft, Notes
from shadowing.lists.headers import Header
from shadowing.lists.headings import Meaning
from shadowing.lists.hours import hours_of
from shadowing.lists.meanings import ColumnMeanings
from shadowing.lists.questions import Answers, Question, question
from shadowing.lists.workbooks import Workbook, Worksheet
from shadowing.typed import Unfit, asked, line

SAVE_ANEW = N_("save anew")


@dataclass(frozen=True, slots=True)
class Acquainted:
    """Who and what is known already: people (name and mail address) and the names of departments, by their codes."""

    people: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    departments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPerson:
    """What one row says; None where the list is silent. *manager* is an id. *away*: on leave, not to be asked."""

    sheet: str
    row: int
    person_id: str
    display_name: str
    family_name: str | None
    given_name: str | None
    kana: str | None
    email: str
    department: str
    department_code: str
    manager_id: str | None
    site: str | None
    zone: str | None
    locale: str | None
    roles: str | None
    hours: str | None
    may: str | None
    left: bool
    left_on: date | None
    away: bool


@dataclass(frozen=True, slots=True)
class SheetRead:
    """How one sheet was understood: *columns* are heading, first values and meaning, in the order of the file."""

    name: str
    header_rows: tuple[int, ...]
    columns: tuple[tuple[str, tuple[str, ...], Meaning], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleList:
    """*signature* is what lists of the same system have in common; *left_out* are rows that are no people, with why."""

    file: str
    people: tuple[ListedPerson, ...] = ()
    new_departments: tuple[tuple[str, str], ...] = ()
    questions: tuple[Question, ...] = ()
    errors: tuple[RowError, ...] = ()
    remarks: tuple[Remark, ...] = ()
    left_out: tuple[tuple[str, int, str], ...] = ()
    sheets: tuple[SheetRead, ...] = ()
    signature: str = ""


@dataclass(frozen=True, slots=True)
class _Understood:
    sheet: Worksheet
    header: Header
    columns: ColumnMeanings
    asked: list[Question]


def read(file: str, workbook: Workbook, answers: Answers, today: date, known: Acquainted) -> PeopleList:
    notes = Notes(file, answers)
    if not _ask_about_file(workbook, notes):
        return _closed(file, notes, ())
    found = _sheets(workbook, notes)
    if not found:
        return _closed(file, notes, ())
    rows = {(it.sheet.name, row.number): row for it in found for row in it.sheet.rows}
    drafts: list[Draft] = []
    for it in found:
        notes.questions += it.asked
        drafts += _drafts(it, known, notes)
    complete.refuse_spoilt_numbers(drafts, notes)
    drafts = sorting.one_post_each(drafts, notes)
    sorting.find_leavers(drafts, rows, today, notes)
    drafts = sorting.without_hidden(drafts, notes)
    complete.number_by_mail(drafts, notes)
    complete.refuse_incomplete(drafts, notes)
    sorting.refuse_shared_mail(drafts, notes)
    departments.refuse_nameless(drafts, notes)
    sound = [one for one in drafts if not one.wrong]
    names.tell_lost(sound, notes)
    staying = [one for one in sound if not one.left]
    made = departments.coded(staying, known.departments, notes)
    managers.settle(staying, [one for one in drafts if one.wrong or one.left], rows, known.people, notes)
    if _is_stopped(notes):
        return _closed(file, notes, tuple(map(_shown, found)))
    return PeopleList(
        file=file,
        people=tuple(_listed(one, notes) for one in sound),
        new_departments=tuple(made.items()),
        questions=tuple(notes.questions),
        errors=tuple(sorted(notes.errors, key=lambda error: (error.sheet, error.row))),
        remarks=tuple(notes.remarks),
        left_out=tuple(notes.left_out),
        sheets=tuple(map(_shown, found)),
        signature=headers.signature(found[0].header.headings),
    )


def _closed(file: str, notes: Notes, sheets: tuple[SheetRead, ...]) -> PeopleList:
    return PeopleList(
        file=file,
        questions=tuple(notes.questions),
        errors=tuple(notes.errors),
        remarks=tuple(notes.remarks),
        sheets=sheets,
    )


def _is_stopped(notes: Notes) -> bool:
    """HR's answer to one of the questions was to stop: nothing of the list goes in."""
    stopped = any(it.choice(notes.answers) in ("stop", "correct") for it in notes.questions)
    if stopped:
        notes.refuse_file(Refusal("The list is not read further: correct its columns, or the list itself."))
    return stopped


def _ask_about_file(workbook: Workbook, notes: Notes) -> bool:
    """Is it read in the right encoding, and is it a list at all?"""
    if workbook.readings:
        names = tuple(name for name, _ in workbook.readings)
        samples = "; ".join(f"{name}: {sample}" for name, sample in workbook.readings)
        sentence = N_(
            "This file does not say in which encoding it was written. These read well: %(samples)s. Which one is right?"
        )
        choices = names if len(names) > 1 else (*names, SAVE_ANEW)
        if notes.ask(question("file", sentence, choices, samples=samples)) == SAVE_ANEW:
            notes.refuse_file(Refusal("Save the list again as CSV UTF-8, and choose it again."))
            return False
    if workbook.kind == "page":
        sentence = N_("This is a web page with a table, not a workbook. Take the table?")
        if notes.ask(question("page" if workbook.readings else "file", sentence, (N_("take"), N_("stop")))) == "stop":
            notes.refuse_file(Refusal("Save the list as .xlsx or as CSV, and choose it again."))
            return False
    return True


def _sheets(workbook: Workbook, notes: Notes) -> list[_Understood]:
    """The sheets that hold people. Where several do, HR is asked; none is an error that says what was looked for."""
    seen = [
        _understood(sheet, notes.answers) for whole in workbook.sheets for sheet in headers.blocks(whole) if sheet.rows
    ]
    holding = [it for it in seen if not it.sheet.hidden and _holds_people(it)]
    if len(holding) > 1:
        names = tuple(it.sheet.name or str(place) for place, it in enumerate(holding, start=1))
        counts = ", ".join(f"{name} ({len(it.header.body)})" for name, it in zip(names, holding, strict=True))
        sentence = N_("%(count)s sheets hold people: %(sheets)s. Take all of them?")
        all_of_them = N_("both") if len(names) == 2 else N_("all")
        chosen = notes.ask(question("sheets", sentence, (all_of_them, *names), count=len(names), sheets=counts))
        holding = [it for it, name in zip(holding, names, strict=True) if chosen in (all_of_them, name)]
    if not holding:
        _refuse_all(workbook, seen, notes)
    return holding


def _understood(sheet: Worksheet, answers: Answers) -> _Understood:
    header = headers.find(sheet)
    columns, questions = meanings.assign(header, answers)
    return _Understood(sheet, header, columns, questions)


def _holds_people(it: _Understood) -> bool:
    """Addresses, or names with numbers or departments; a sheet of departments or of choices has neither."""
    named = Meaning.NAME in it.columns or Meaning.FAMILY in it.columns
    return bool(it.header.body) and named and (Meaning.MAIL in it.columns or Meaning.ID in it.columns)


def _refuse_all(workbook: Workbook, seen: Sequence[_Understood], notes: Notes) -> None:
    if not any(sheet.rows for sheet in workbook.sheets):
        notes.refuse_file(Refusal("This file is empty."))
        return
    troubled = next((row.trouble for sheet in workbook.sheets for row in sheet.rows if row.trouble), None)
    if troubled and not any(it.header.rows for it in seen):
        notes.refuse_file(Refusal(troubled.sentence, **dict(troubled.facts)))
        return
    if any(it.header.rows and not it.header.body for it in seen):
        notes.refuse_file(Unfit("This list has headings and nobody below them.", N_("Fill in the people.")))
        return
    hidden = next((it for it in seen if it.sheet.hidden and _holds_people(it)), None)
    if hidden:
        notes.refuse_file(
            Refusal(
                "Only the hidden sheet “%(sheet)s” holds people. Show it in Excel, and save.", sheet=hidden.sheet.name
            )
        )
        return
    names = ", ".join(it.sheet.name for it in seen if it.sheet.name)
    hint = N_("It needs columns for name, mail address and department; a number helps. Take the template if in doubt.")
    where = Unfit("No list of people was found in the sheets %(sheets)s.", hint, sheets=names)
    notes.refuse_file(where if names else Unfit("No list of people was found in this file.", hint))


def _drafts(it: _Understood, known: Acquainted, notes: Notes) -> list[Draft]:
    drafts = sorting.drafts_of(it.sheet, it.header, it.columns, notes)
    rows = {row.number: row for row in it.sheet.rows}
    names.settle(drafts)
    addresses.settle(drafts, (mail for _, mail in known.people.values()), notes)
    departments.settle(drafts, rows, it.columns, notes)
    complete.ask_business_names(drafts, it.columns, notes)
    return drafts


def _listed(one: Draft, notes: Notes) -> ListedPerson:
    for meaning in one.broken:
        if meaning not in (Meaning.ID, Meaning.NAME, Meaning.MAIL):
            heading = one.columns.heading(meaning)
            notes.remarks.append(
                remark(
                    "Row %(row)s: the formula of “%(heading)s” failed; the cell is not read.",
                    row=one.row,
                    heading=heading,
                )
            )
    whole = asked(line(100), one[Meaning.SITE], None)
    return ListedPerson(
        sheet=one.sheet,
        row=one.row,
        person_id=one.code,
        display_name=one.name,
        family_name=one[Meaning.FAMILY] or None,
        given_name=one[Meaning.GIVEN] or None,
        kana=one.kana or None,
        email=one.mail,
        department=one.department,
        department_code=one.department_code,
        manager_id=one.manager,
        site=whole or None,
        zone=one[Meaning.ZONE] or None,
        locale=one[Meaning.LOCALE] or None,
        roles=one[Meaning.ROLES] or None,
        hours=hours_of(one),
        may=one[Meaning.MAY] or None,
        left=one.left,
        left_on=one.left_on,
        away=one.away,
    )


def _shown(it: _Understood) -> SheetRead:
    columns = tuple(
        (meanings.label(heading, place), tuple(meanings.samples(it.header, place)[:3]), it.columns.meaning(place))
        for place, heading in enumerate(it.columns.headings)
    )
    return SheetRead(it.sheet.name, it.header.rows, columns)
