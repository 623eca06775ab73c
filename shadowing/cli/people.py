"""`flask people`: the list of employees from files."""

from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from shadowing import folders
from shadowing.cli.commands import FOLDER, GOOD_ROWS, Report, deed, mention, troubles

group = AppGroup("people", help="The list of employees.")


@group.command("import")
@click.argument("folder", type=FOLDER)
@GOOD_ROWS
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@deed
def import_people(folder: Path, good_rows: bool, dry_run: bool) -> Report:
    """Import people.csv and departments.csv of FOLDER, or one file of people."""
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
