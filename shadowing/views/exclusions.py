"""Who must not meet: seen and changed by HR alone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from shadowing.company import exclusions
from shadowing.company.exclusions import ExclusionDraft
from shadowing.extensions import db
from shadowing.models import Exclusion, Person
from shadowing.views import auth, forms
from shadowing.views.forms import Filled

PAGE = 25

bp = Blueprint("exclusions", __name__)


@bp.get("/exclusions")
@auth.for_hr
def index() -> str:
    """With a person in the address, they stand in the form already."""
    person = db.session.get(Person, forms.row_id(request.args, "person") or 0)
    return render_template("exclusions/index.html", **page(Filled({"one": person.email} if person else {})))


@bp.post("/exclusions")
@auth.for_hr
def add() -> Response:
    auth.came_from("exclusions/index.html", **page(Filled(request.form)))
    exclusions.add(forms.read(ExclusionDraft, request.form), g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The two are kept apart from the next plan on."))
    return redirect(url_for(".index"), code=303)


@bp.post("/exclusions/<int:id>/remove")
@auth.for_hr
def remove(id: int) -> Response:
    """Pressing the button twice is the same as once."""
    if (exclusion := db.session.get(Exclusion, id)) is not None:
        exclusions.remove(exclusion, g.user, datetime.now(UTC))
        db.session.commit()
    flash(gettext("The next plan may bring the two together again."))
    return redirect(url_for(".index"), code=303)


def page(form: Filled) -> dict[str, object]:
    now = datetime.now(UTC)
    listed = exclusions.listed(now.astimezone(ZoneInfo(g.user.zone)).date(), now)
    return {"form": form, "listed": forms.part(listed, request.args, PAGE)}
