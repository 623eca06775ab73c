"""Try one pair: why not this guest there, on that day?"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from flask import Blueprint, g, render_template, request, url_for
from flask_babel import gettext

from shadowing.extensions import db
from shadowing.matching import trials
from shadowing.matching.trials import Trial
from shadowing.models import Guest, Opening, Pairing
from shadowing.typed import Day, by, number
from shadowing.views import auth, forms, pairings
from shadowing.views.forms import Filled

bp = Blueprint("trials", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnePair:
    """What is to be tried with a guest."""

    opening: Annotated[int, by(number(1, 999_999_999))]
    day: Day


@bp.get("/guests/<int:id>/trial")
@auth.for_hr
def show(id: int) -> str:
    guest = pairings.the_guest(id)
    g.back = url_for("pairings.alternatives", id=id, pairing=request.args.get("pairing"))
    instead = db.session.scalar(pairings.pairing_of(guest, forms.row_id(request.args, "pairing")))
    openings = trials.openings(guest.round)
    asked = "opening" in request.args
    first = {"day": guest.round.starts_on.isoformat()}
    form = Filled(request.args, mistakes(openings)) if asked else Filled(first)
    found = tried(guest, openings, instead) if asked and not form.errors else []
    return render_template(
        "trials/show.html", guest=guest, round=guest.round, instead=instead, form=form, openings=openings, trials=found
    )


def mistakes(openings: list[Opening]) -> dict[str, str]:
    errors = forms.errors_of(OnePair, request.args)
    chosen = forms.row_id(request.args, "opening")
    if "opening" in errors or chosen not in {one.id for one in openings}:
        errors["opening"] = gettext("Please choose one of the openings.")
    return errors


def tried(guest: Guest, openings: list[Opening], instead: Pairing | None) -> list[Trial]:
    asked = forms.read(OnePair, request.args)
    opening = next(one for one in openings if one.id == asked.opening)
    return trials.of(guest, opening, asked.day, instead, datetime.now(UTC))
