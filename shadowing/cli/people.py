"""`flask people`: the list of employees from files."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from shadowing import folders
from shadowing.cli.commands import FOLDER, GOOD_ROWS, Report, deed, mention, troubles
from shadowing.errors import Refusal, RowError, Unreadable, fill
from shadowing.folders import lists_in, lists_taken
from shadowing.folders.lists_in import ListPreview
from shadowing.lists.people import ListedPerson

group = AppGroup("people", help="The list of employees.")


@group.command("import")
@click.argument("source", type=FOLDER)
@GOOD_ROWS
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option(
    "--answers",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON: your choices by what a question is about.",
)
@click.option("--absent-left", is_flag=True, help="The list names everybody: whoever it does not name has left.")
@click.option("--sure", is_flag=True, help="Go on although more than a fifth of all people would change or leave.")
@deed
def import_people(
    source: Path, good_rows: bool, dry_run: bool, answers: Path | None, absent_left: bool, sure: bool
) -> Report:
    """Import a list of people in whatever shape HR has it, or people.csv and departments.csv of a folder.

    The sound rows of a list go in, and the others are named; a folder with an error goes in only with --good-rows."""
    if source.is_dir():
        return _import_folder(source, good_rows, dry_run)
    now, said = datetime.now(UTC), _answers(answers)
    found = lists_in.look_at(source.name, source.read_bytes(), said, now)
    if not found.read.people and found.errors:
        raise Unreadable("Nothing of this list can be taken in.", found.errors)
    if not dry_run:
        lists_taken.take_in_list(found, said, None, now, absent_left=absent_left, sure=sure)
    facts = {**contract(found), "dry_run": dry_run}
    return Report(_words(found), facts)


def _answers(file: Path | None) -> dict[str, str]:
    if file is None:
        return {}
    try:
        given = json.loads(file.read_text("utf-8-sig"))
    except ValueError:
        raise Refusal("The answers must be JSON: what a question is about, and your choice.") from None
    if not isinstance(given, Mapping) or not all(isinstance(value, str) for value in given.values()):
        raise Refusal("The answers must be JSON: what a question is about, and your choice.")
    return {str(about): value for about, value in given.items()}


def contract(found: ListPreview) -> dict[str, object]:
    """What a machine reads about a list."""
    return {
        "people": [_person(person) for person in found.read.people],
        "departments": [name for _, name in found.read.new_departments],
        "questions": [
            {"about": it.about, "question": str(it), "choices": list(it.choices), "proposal": it.proposal}
            for it in found.read.questions
        ],
        "errors": [_error(error) for error in found.errors],
        "left_out": len(found.read.left_out),
        "warnings": [str(remark) for remark in found.remarks],
        "sheets": [
            {
                "sheet": sheet.name,
                "header_rows": list(sheet.header_rows),
                "columns": [[heading, str(meaning)] for heading, _, meaning in sheet.columns],
            }
            for sheet in found.read.sheets
        ],
        "new": len(found.changes.new),
        "changed": len(found.changes.changed),
        "same": found.changes.same,
        "leaving": len(found.leavers),
        "absent": len(found.absent),
    }


def _person(person: ListedPerson) -> dict[str, object]:
    return {
        "row": person.row,
        "sheet": person.sheet,
        "person_id": person.person_id,
        "display_name": person.display_name,
        "family_name": person.family_name,
        "given_name": person.given_name,
        "kana": person.kana,
        "email": person.email,
        "department": person.department,
        "department_code": person.department_code,
        "manager_id": person.manager_id,
        "site": person.site,
        "hours": person.hours,
        "zone": person.zone,
        "locale": person.locale,
        "left": person.left,
        "left_on": person.left_on.isoformat() if person.left_on else None,
        "on_leave": person.away,
    }


def _error(error: RowError) -> dict[str, object]:
    facts = dict(error.facts)
    return {
        "file": error.file,
        "sheet": error.sheet,
        "row": error.row,
        "column": error.column,
        "value": error.value,
        "reason": fill(error.reason, facts),
        "suggestion": fill(error.suggestion, facts),
    }


def sentence(error: RowError) -> str:
    return " ".join(filter(None, (fill(error.reason, dict(error.facts)), fill(error.suggestion, dict(error.facts)))))


def _words(found: ListPreview) -> str:
    seen = found.changes
    figures = {
        "new": len(seen.new),
        "changed": len(seen.changed),
        "same": seen.same,
        "leaving": len(found.leavers),
        "errors": len(found.errors),
        "left out": len(found.read.left_out),
    }
    lines = [", ".join(f"{name} {count}" for name, count in figures.items())]
    lines += [f"{it.about}: {it} [{it.proposal}]" for it in found.read.questions]
    lines += [f"row {error.row} {error.column}: {sentence(error)}" for error in found.errors[:20]]
    return "\n".join(lines)


def _import_folder(folder: Path, good_rows: bool, dry_run: bool) -> Report:
    found = folders.read(folder)
    mention(found, good_rows)
    if dry_run:
        seen = folders.preview(found)
        counts = {"new": len(seen.new), "changed": len(seen.changed), "same": seen.same, "unlisted": seen.unlisted}
        departments, errors = len(seen.new_departments) + len(seen.changed_departments), seen.errors
    else:
        taken = folders.take_in_people(found, good_rows, datetime.now(UTC))
        counts = {"new": taken.new, "changed": taken.changed, "same": taken.same}
        departments, errors = taken.departments, taken.errors
    facts = {"people": len(found.people), **counts, "departments": departments, "dry_run": dry_run}
    return Report(", ".join(f"{name} {count}" for name, count in counts.items()), facts | troubles(found, errors))
