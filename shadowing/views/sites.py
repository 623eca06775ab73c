"""The sites of the company, and how long it takes from one to another."""

from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from shadowing.company import sites, workdays
from shadowing.company.sites import JourneyDraft
from shadowing.extensions import db
from shadowing.models import Journey
from shadowing.views import auth, forms
from shadowing.views.forms import Filled

PAGE = 25

bp = Blueprint("sites", __name__)


@bp.get("/sites")
@auth.for_hr
def index() -> str:
    return render_template("sites/index.html", **page(Filled()))


@bp.post("/sites")
@auth.for_hr
def set_minutes() -> Response:
    auth.came_from("sites/index.html", **page(Filled(request.form)))
    sites.set_minutes(forms.read(JourneyDraft, request.form), g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The way is saved. It counts from the next plan on."))
    return redirect(url_for(".index"), code=303)


@bp.post("/sites/<int:id>/remove")
@auth.for_hr
def remove(id: int) -> Response:
    """Pressing the button twice is the same as once."""
    if (journey := db.session.get(Journey, id)) is not None:
        sites.remove(journey, g.user, datetime.now(UTC))
        db.session.commit()
    flash(gettext("The two sites count as next door from the next plan on."))
    return redirect(url_for(".index"), code=303)


def page(form: Filled) -> dict[str, object]:
    known = sites.known()
    options = [(site, site) for site in known]
    journeys = forms.part(sites.journeys(), request.args, PAGE)
    return {
        "form": form,
        "sites": options,
        "journeys": journeys,
        "untold": sites.untold(),
        "no_holidays": workdays.unknown_zones(),
    }
