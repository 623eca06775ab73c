"""The goal of the company, and what two departments gain from one another."""

from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from shadowing.company import aims, people
from shadowing.company.aims import CompanyGoalDraft, SentenceDraft
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.models import Department
from shadowing.views import auth, forms
from shadowing.views.forms import Filled

PAGE = 25

bp = Blueprint("aims", __name__)


@bp.get("/aims")
@auth.for_hr
def index() -> str:
    stored = aims.company_goal()
    said = {"text": stored.text, "figure": stored.figure, "due_on": stored.due_on or ""} if stored else {}
    return render_template("aims/index.html", **page(Filled(said)))


@bp.post("/aims")
@auth.for_hr
def set_goal() -> Response:
    auth.came_from("aims/index.html", **page(Filled(request.form)))
    aims.set_goal(forms.read(CompanyGoalDraft, request.form), g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The goal of the company is saved."))
    return redirect(url_for(".index"), code=303)


@bp.get("/aims/pair")
@auth.for_hr
def sentence() -> str | Response:
    """The two are chosen on the page before."""
    if not request.args:
        return redirect(url_for(".index"), code=303)
    one, other = two(request.args)
    kept = aims.gain(one, other)
    form = Filled({"text": kept or aims.proposed(one, other)})
    return render_template("aims/sentence.html", form=form, one=one, other=other, kept=kept)


@bp.post("/aims/pair")
@auth.for_hr
def keep_sentence() -> Response:
    one, other = two(request.args)
    kept = aims.gain(one, other)
    auth.came_from("aims/sentence.html", form=Filled(request.form), one=one, other=other, kept=kept)
    aims.keep_sentence(one, other, forms.read(SentenceDraft, request.form), g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("What “%(one)s” and “%(other)s” gain is saved.", one=one.name, other=other.name))
    return redirect(url_for(".index"), code=303)


def two(said: Mapping[str, str]) -> tuple[Department, Department]:
    g.back = url_for(".index")
    one, other = (db.session.get(Department, forms.row_id(said, name) or 0) for name in ("department", "other"))
    if one is None or other is None:
        abort(404)
    if one is other:
        raise Refusal("Choose two different departments.")
    return one, other


def page(form: Filled) -> dict[str, object]:
    every = [(one.id, one.name) for one in db.session.scalars(people.departments())]
    return {"form": form, "departments": every, "sentences": forms.part(aims.sentences(), request.args, PAGE)}
