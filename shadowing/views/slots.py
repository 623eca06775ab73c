"""After publishing: move a visit to another time, or call it off."""

from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from shadowing.extensions import db
from shadowing.matching import pairings
from shadowing.models import Slot
from shadowing.views import auth, forms
from shadowing.visiting import slots

bp = Blueprint("slots", __name__)


@bp.get("/slots/<int:id>")
@auth.for_hr
def show(id: int) -> str:
    slot = the_slot(id)
    return render_template("slots/show.html", form=of_slot(slot), **page_of(slot))


@bp.post("/slots/<int:id>/reschedule")
@auth.for_hr
def reschedule(id: int) -> Response | tuple[str, int]:
    slot = the_slot(id)
    starts_at = new_start(slot)
    if isinstance(starts_at, forms.Filled):
        return render_template("slots/show.html", form=starts_at, **page_of(slot)), 422
    auth.came_from("slots/show.html", form=forms.Filled(request.form), **page_of(slot))
    slots.reschedule(slot, starts_at, g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The visit is moved. Its people are told when you publish the change."))
    return redirect(url_for("rounds.publish", id=slot.opening.round_id), code=303)


@bp.post("/slots/<int:id>/call-off")
@auth.for_hr
def call_off(id: int) -> Response:
    slot = the_slot(id)
    slots.call_off(slot, g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The visit is called off. Its people are told when you publish the change."))
    return redirect(url_for("rounds.publish", id=slot.opening.round_id), code=303)


def the_slot(id: int) -> Slot:
    slot = db.get_or_404(Slot, id)
    g.back = url_for("rounds.run", id=slot.opening.round_id)
    return slot


def page_of(slot: Slot) -> dict[str, Any]:
    visitors = list(db.session.scalars(pairings.in_slot(slot)))
    return {"slot": slot, "round": slot.opening.round, "visitors": visitors}


def of_slot(slot: Slot) -> forms.Filled:
    local = slot.starts_at.astimezone(ZoneInfo(slot.opening.round.zone))
    return forms.Filled({"day": local.date().isoformat(), "clock": f"{local:%H:%M}"})


def new_start(slot: Slot) -> datetime | forms.Filled:
    """The typed day and time, read on the round's clock."""
    fields = forms.Fields(request.form)
    day, clock = fields.take("day", forms.day, slot.starts_at.date()), fields.take("clock", a_clock, time())
    if fields.errors:
        return fields.filled()
    return datetime.combine(day, clock, ZoneInfo(slot.opening.round.zone)).astimezone(UTC)


def a_clock(typed: str) -> time:
    try:
        return time.fromisoformat(typed).replace(tzinfo=None)
    except ValueError:
        raise forms.Wrong(gettext("Please enter a time such as 14:30.")) from None
