"""The departments: their names, their cards, who stands above whom, and two that become one."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from shadowing import typed
from shadowing.company import cards, departments, merging, short_names
from shadowing.company.departments import COLUMNS, DepartmentDraft
from shadowing.extensions import db
from shadowing.models import Department
from shadowing.rounds import closed_days
from shadowing.views import auth, feeds, forms
from shadowing.views.forms import Filled

PAGE = 25
YEAR = timedelta(days=365)

bp = Blueprint("departments", __name__)


@bp.get("/departments")
@auth.for_hr
def index() -> str:
    every, words = departments.headcounts(), request.args.get("words", "")[:100]
    names = {one.department.id: one.department.name for one in every}
    found = [one for one in every if departments.fits(one.department, words)]
    listed = forms.part(found, request.args, PAGE)
    return render_template("departments/index.html", page=listed, every=len(every), words_typed=words, names=names)


@bp.get("/departments/new")
@auth.for_hr
def new() -> str:
    return render_template("departments/new.html", **page(None, Filled()))


@bp.post("/departments/new")
@auth.for_hr
def add() -> Response:
    auth.came_from("departments/new.html", **page(None, Filled(request.form)))
    department = departments.add(forms.read(DepartmentDraft, told(request.form)), g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The department “%(name)s” is there.", name=department.name))
    return redirect(url_for(".index"), code=303)


@bp.get("/departments/<int:id>/edit")
@auth.for_hr
def edit(id: int) -> str:
    department = the_department(id)
    return render_template("departments/edit.html", **page(department, stored(department)))


@bp.post("/departments/<int:id>/edit")
@auth.for_hr
def change(id: int) -> Response:
    department = the_department(id)
    auth.came_from("departments/edit.html", **page(department, Filled(request.form)))
    departments.change(department, forms.read(DepartmentDraft, told(request.form)), g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The department is saved."))
    return redirect(url_for(".index"), code=303)


@bp.get("/departments/<int:id>/merge")
@auth.for_hr
def merge(id: int) -> str | Response:
    """The target is chosen on the page before."""
    source, target = the_department(id), the_other(request.args)
    if target is None:
        return redirect(url_for(".edit", id=id), code=303)
    effects = merging.merge_effects(source, target)
    return render_template("departments/merge.html", source=source, target=target, effects=effects)


@bp.post("/departments/<int:id>/merge")
@auth.for_hr
def merge_into(id: int) -> Response:
    """Pressing the button twice is the same as once."""
    if db.session.get(Department, id) is None:
        flash(gettext("This department is deleted already."))
        return redirect(url_for(".index"), code=303)
    source, target = the_department(id), the_other(request.form)
    source_name = source.name
    kept = merging.merge(source, target, request.form.get("told", ""), g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("“%(source)s” is part of “%(target)s” now.", source=source_name, target=kept.name))
    return redirect(url_for(".index"), code=303)


@bp.post("/departments/<int:id>/remove")
@auth.for_hr
def remove(id: int) -> Response:
    if db.session.get(Department, id) is None:
        flash(gettext("This department is deleted already."))
        return redirect(url_for(".index"), code=303)
    department = the_department(id)
    name = department.name
    departments.remove(department, g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The department “%(name)s” is deleted.", name=name))
    return redirect(url_for(".index"), code=303)


def the_department(id: int) -> Department:
    g.back = url_for(".edit", id=id)
    return db.get_or_404(Department, id)


def the_other(said: Mapping[str, str]) -> Department | None:
    return db.session.get(Department, forms.row_id(said, "into") or 0)


def told(form: Mapping[str, str]) -> dict[str, str]:
    """Closed days are read as those of a round: without a year they are in the year that begins today."""
    today = datetime.now(UTC).date()
    days = partial(closed_days.read, first=today, last=today + YEAR)
    read = typed.asked(days, form.get("closed_days", ""), None)
    return dict(form.items()) | ({} if read is None else {"closed_days": " ".join(map(str, read))})


def stored(department: Department) -> Filled:
    said = {name: "" if (value := getattr(department, name)) is None else value for name in COLUMNS}
    return Filled(said | {"closed_days": "\n".join(department.closed_days)})


def page(department: Department | None, form: Filled) -> dict[str, object]:
    """What the form needs; a stored department may be merged and, while it is bare, deleted."""
    parents = [(one.id, one.name) for one in departments.possible_parents(department)]
    if department is None:
        return {"form": form, "parents": parents, "heads": 0, "without_hours": 0}
    found = departments.others(department)
    others = [(one.id, one.name) for one in found]
    return {
        "short": short_names.proposed(department.name),
        "namesake": short_names.namesake(department, short_names.of(department), found),
        "form": form,
        "parents": parents,
        "heads": departments.heads(department),
        "without_hours": departments.without_hours(department),
        "department": department,
        "signed": cards.signature(department),
        "merged": cards.merged(department),
        "feed": feeds.address(feeds.DEPARTMENT, department),
        "others": others,
        "bare": departments.is_bare(department),
    }
