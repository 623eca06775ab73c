"""How every command behaves: it commits once at its end, answers in words or with `--json`, and ends with 0 for done or
1 for refused, the reason on standard error. Click itself ends with 2 for wrong usage."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click
import flask_migrate
from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from shadowing import folders
from shadowing.errors import Refusal, RowError, Unreadable, fill
from shadowing.extensions import db, revisions
from shadowing.models.columns import Unstorable, storable
from shadowing.typed import shown


@dataclass(frozen=True, slots=True)
class Report:
    """What a command answers: *text* to people, *facts* to machines. *well* is False where the answer is bad news."""

    text: str
    facts: dict[str, object] = field(default_factory=dict)
    well: bool = True


def deed(body: Callable[..., Report]) -> Callable[..., None]:
    """The command around *body*. An empty database gets its tables first."""

    @click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
    @wraps(body)
    def run(*args: Any, as_json: bool, **options: Any) -> None:
        try:
            refuse_unstorable(args, options)
            prepare_database()
            said = body(*args, **options)
            db.session.commit()
        except Refusal as refusal:
            db.session.rollback()
            refuse(refusal, as_json)
        except (SQLAlchemyError, Unstorable) as wrong:
            db.session.rollback()
            refuse(refused_by_database(wrong), as_json)
        answer(said, as_json)

    return run


def refuse_unstorable(args: tuple[object, ...], options: dict[str, object]) -> None:
    """What a terminal sent in another encoding than UTF-8 reaches us as half characters."""
    for typed in (*args, *options.values()):
        if isinstance(typed, str) and not storable(typed):
            raise Refusal(
                "“%(typed)s” contains a character that cannot be saved. Type it in UTF-8.", typed=shown(typed)
            )


def refused_by_database(wrong: Exception) -> Refusal:
    """In one line: further down PostgreSQL shows the whole row, with somebody's name and address."""
    trouble = str(getattr(wrong, "orig", None) or wrong).partition("\n")[0]
    return Refusal("The database refused, and nothing was changed: %(trouble)s", trouble=trouble)


def answer(said: Report, as_json: bool) -> None:
    click.echo(json.dumps(said.facts, ensure_ascii=False) if as_json else said.text)
    if not said.well:
        sys.exit(1)


def prepare_database() -> None:
    """A database without any table is a new one and gets them. Raises Refusal where it is of another version than we are."""
    found, wanted = revisions()
    if found == wanted:
        return
    if inspect(db.engine).get_table_names():
        raise Refusal(
            "The database is at version %(found)s, and this program needs %(wanted)s. Run: flask --app wsgi db upgrade",
            found=found or "-",
            wanted=wanted,
        )
    flask_migrate.upgrade()


def refuse(refusal: Refusal, as_json: bool) -> NoReturn:
    errors = refusal.errors if isinstance(refusal, Unreadable) else ()
    click.echo(str(refusal), err=True)
    for error in errors:
        click.echo(line(error), err=True)
    if as_json:
        click.echo(
            json.dumps({"error": str(refusal), "errors": [as_facts(error) for error in errors]}, ensure_ascii=False)
        )
    sys.exit(1)


def line(error: RowError) -> str:
    """file, row, column, value: reason, suggestion."""
    facts = dict(error.facts)
    where = [error.file, f"row {error.row}" if error.row else "", error.column]
    value = f" “{error.value}”" if error.value else ""
    reason = " ".join(fill(text, facts) for text in (error.reason, error.suggestion) if text)
    return f"{', '.join(filter(None, where))}{value}: {reason}"


def as_facts(error: RowError) -> dict[str, object]:
    facts = dict(error.facts)
    known = asdict(error)
    del known["facts"]
    return known | {"reason": fill(error.reason, facts), "suggestion": fill(error.suggestion, facts)}


# What the commands share that read folders


FOLDER = click.Path(exists=True, path_type=Path)
GOOD_ROWS = click.option("--good-rows", is_flag=True, help="Import what is sound, and leave out what is not.")


def mention(found: folders.Folder, good_rows: bool) -> None:
    """On standard error: how files were read, what is remarkable, and which rows stay out."""
    for file, encoding in found.encodings:
        click.echo(f"{file}: {encoding}", err=True)
    for remark in found.warnings:
        click.echo(str(remark), err=True)
    for error in found.errors if good_rows else ():
        click.echo(line(error), err=True)


def troubles(found: folders.Folder, errors: tuple[RowError, ...]) -> dict[str, object]:
    left_out: dict[str, object] = {"errors": [as_facts(error) for error in errors]} if errors else {}
    return {"warnings": [str(remark) for remark in found.warnings], **left_out}
