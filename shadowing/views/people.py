"""The list of employees: found by words, department, standing and the first letter of the reading."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, g, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import joinedload

from shadowing.company import directory, people
from shadowing.company.directory import PeopleSought, Standing
from shadowing.extensions import db
from shadowing.folders import lists_handed
from shadowing.models import Person
from shadowing.rounds import taking_part
from shadowing.typed import asked, line, one_of
from shadowing.views import auth, forms

PAGE = 25

bp = Blueprint("people", __name__)


@bp.get("/people")
@auth.for_hr
def index() -> str:
    sought, now = sought_in(request.args), datetime.now(UTC)
    today = now.astimezone(ZoneInfo(g.user.zone)).date()
    found = sought.found(today).options(joinedload(Person.department))
    page = db.paginate(found, page=forms.page(request.args), per_page=PAGE, error_out=False)
    rows = sought.rows(today)
    return render_template(
        "people/index.html",
        page=page,
        sought=sought,
        rows=rows,
        indexed=any(row != directory.NO_READING for row in rows),
        row_of=directory.row_of,
        row_words=row_words(),
        departments=[(one.id, one.name) for one in db.session.scalars(people.departments())],
        standings=standing_words(),
        answers=taking_part.answers([person.id for person in page.items], now),
        today=today,
        going=lists_handed.going(),
    )


def sought_in(args: Mapping[str, str]) -> PeopleSought:
    """What no page of ours would have said looks for everybody."""
    rows = {row: row for row in (*directory.ROWS, directory.NO_READING)}
    return PeopleSought(
        words=asked(line(100), args.get("words", "")[:100], ""),
        department_id=forms.row_id(args, "department"),
        standing=asked(one_of({one.value: one for one in Standing}), args.get("who", ""), None),
        row=asked(one_of(rows), args.get("row", ""), ""),
    )


def row_words() -> dict[str, tuple[str, str, str]]:
    """What stands on the link to each row, what it is called, and what stands above the people of the row."""
    kana = {row: chr(ord(row) - 0x60) for row in directory.ROWS}  # in hiragana, as directories are printed
    words = {
        row: (one, gettext("Readings under %(kana)s", kana=one), gettext("%(kana)s row", kana=one))
        for row, one in kana.items()
    }
    without = gettext("Without a Japanese reading")
    return words | {directory.NO_READING: (gettext("Other"), without, without)}


def standing_words() -> list[tuple[str, str]]:
    return [
        (Standing.PAUSED, gettext("Who pauses")),
        (Standing.LEAVING, gettext("Who leaves soon")),
        (Standing.HEADS, gettext("Heads of departments")),
        (Standing.RUNNING, gettext("Who may run rounds")),
        (Standing.LEFT, gettext("Who has left")),
    ]
