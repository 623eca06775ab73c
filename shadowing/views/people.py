"""The list of employees: found, and brought in from a file that is previewed first."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from shadowing import folders
from shadowing.company import people
from shadowing.extensions import db
from shadowing.models import OpeningKind, Person
from shadowing.typed import asked, line
from shadowing.views import auth, forms, language

PAGE = 100

bp = Blueprint("people", __name__)


@bp.get("/people")
@auth.for_hr
def index() -> str:
    words, gone = asked(line(100), request.args.get("words", "")[:100], ""), request.args.get("left") == forms.YES
    found = (people.gone() if gone else people.search(words)).options(joinedload(Person.department))
    page = db.paginate(found, page=forms.page(request.args), per_page=PAGE, error_out=False)
    return render_template("people/index.html", page=page, words_typed=words, gone=gone)


@bp.get("/people/import")
@auth.for_hr
def choose() -> str:
    return render_template("people/choose.html", form=forms.Filled())


@bp.post("/people/import/check")
@auth.for_hr
def check() -> str | tuple[str, int]:
    auth.came_from("people/choose.html", form=forms.Filled())
    files = forms.uploads(request.files)
    found = folders.preview(folders.read(files))
    page = render_template(
        "people/check.html",
        found=found,
        carried=forms.packed(files),
        columns=column_words(),
        written=written,
        most=PAGE,
    )
    return page, 422 if found.errors else 200


@bp.post("/people/import")
@auth.for_hr
def take_in() -> Response:
    files, good_rows = forms.unpacked(request.form), request.form.get("good_rows") == forms.YES
    taken = folders.take_in_people(folders.read(files), good_rows, datetime.now(UTC))
    db.session.commit()
    flash(ngettext("%(num)d person is new.", "%(num)d people are new.", taken.new))
    flash(ngettext("%(num)d person was changed.", "%(num)d people were changed.", taken.changed))
    return redirect(url_for(".index"), code=303)


def column_words() -> dict[str, str]:
    """What the preview calls the columns of a person."""
    return {
        "family_name": gettext("Family name"),
        "given_name": gettext("Given name"),
        "kana": gettext("Reading"),
        "display_name": gettext("Name shown"),
        "email": gettext("Mail address"),
        "department": gettext("Department"),
        "manager": gettext("Boss"),
        "site": gettext("Site"),
        "zone": gettext("Time zone"),
        "locale": gettext("Language"),
        "hours": gettext("Working hours"),
        "may": gettext("Kinds of visit allowed"),
        "hr": gettext("HR"),
        "lead": gettext("Head of department"),
    }


def written(column: str, value: str | bool | list[str]) -> str:
    """What the preview writes for a value of a person's column."""
    if isinstance(value, bool):
        return str(gettext("Yes") if value else gettext("No"))
    if isinstance(value, list):
        kinds = language.listed(language.word(OpeningKind(kind)) for kind in value)
        return kinds or str(gettext("all kinds"))
    words = {"locale": language.language_name, "zone": language.zone_name}
    return words.get(column, str)(value) if value else str(gettext("empty"))
