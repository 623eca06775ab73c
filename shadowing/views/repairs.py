"""Visits were lost after publishing: what the solver proposes, whom each proposal mails, and the press that takes one."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from shadowing.errors import Changed
from shadowing.extensions import db, settings
from shadowing.mail.letters import Sender
from shadowing.matching import asked_repairs, before, board, pairings
from shadowing.matching import repairs as repairs_of_plans
from shadowing.models import LetterKind, Opening, Person, Repair, RepairLimits, Round
from shadowing.rounds import repairs
from shadowing.typed import by, number
from shadowing.views import auth, forms

USUAL_HOURS = 48

bp = Blueprint("repairs", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedLimits:
    """Where *people_most* is blank, nothing is done by itself."""

    people_most: Annotated[int, by(number(1, 999))]
    hours_ahead: Annotated[int, by(number(0, 999))] = USUAL_HOURS


@bp.get("/rounds/<int:id>/repair")
@auth.for_hr
def show(id: int) -> str:
    return render_template("repairs/show.html", **page_of(the_round(id)))


@bp.post("/rounds/<int:id>/repair/look")
@auth.for_hr
def look(id: int) -> Response:
    repairs.look(the_round(id), g.user, datetime.now(UTC))
    db.session.commit()
    return redirect(url_for(".show", id=id), code=303)


@bp.post("/rounds/<int:id>/repair/take")
@auth.for_hr
def take(id: int) -> Response:
    """Takes a proposal, and tells it in the same press unless HR wants to see the board first."""
    repair, number = the_repair(the_round(id)), forms.row_id(request.form, "proposal") or 0
    now = datetime.now(UTC)
    if "look" in request.form:
        repairs.take(repair, number, g.user, now)
        db.session.commit()
        flash(gettext("The proposal stands in the plan. Its people are told when you publish the change."))
        return redirect(url_for("pairings.board", id=id), code=303)
    sent = repairs.take_and_tell(repair, number, g.user, Sender.of(settings()), now)
    db.session.commit()
    flash(
        ngettext("Published. %(num)d mail waits for its turn.", "Published. %(num)d mails wait for their turn.", sent)
    )
    return redirect(url_for("rounds.run", id=id), code=303)


@bp.post("/rounds/<int:id>/repair/put-aside")
@auth.for_hr
def put_aside(id: int) -> Response:
    repairs.put_aside(the_repair(the_round(id)), g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The proposal is put aside. The plan stays as it is."))
    return redirect(url_for("rounds.run", id=id), code=303)


@bp.post("/rounds/<int:id>/repair/limits")
@auth.for_hr
def limit(id: int) -> Response:
    round = the_round(id)
    auth.came_from("repairs/show.html", **page_of(round) | {"form": forms.Filled(request.form)})
    limits = None
    if request.form.get("people_most", "").strip():
        typed = forms.read(TypedLimits, request.form)
        limits = RepairLimits(people_most=typed.people_most, hours_ahead=typed.hours_ahead)
    repairs.set_limits(round, limits, g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("It is saved.") if limits else gettext("Every proposal waits for you from now on."))
    return redirect(url_for(".show", id=id), code=303)


def the_round(id: int) -> Round:
    g.back = url_for(".show", id=id)
    return db.get_or_404(Round, id)


def the_repair(round: Round) -> Repair:
    """The one whose page was looked at."""
    repair = repairs_of_plans.of_round(round, forms.row_id(request.form, "repair") or 0)
    if repair is None:
        raise NotFound
    if repair is not db.session.scalar(asked_repairs.last_of(round)):
        raise Changed("Another proposal has taken the place of this one. Look at it, then repeat your step.")
    return repair


def page_of(round: Round) -> dict[str, object]:
    now = datetime.now(UTC)
    repair = db.session.scalar(asked_repairs.last_of(round))
    shown = repairs.shown(repair) if repair else ()
    ids = {place.opening for one in shown for place in one.places}
    waiting = db.session.scalars(board.unmatched(round)).all()
    return {
        "round": round,
        "repair": repair,
        "shown": shown,
        "openings": {one.id: one for one in db.session.scalars(pairings.with_hosts().where(Opening.id.in_(ids)))},
        "concerned": people(repair.concerned) if repair else [],
        "lost": len({seat.guest for seat in asked_repairs.lost(round, now)}),
        "waiting": waiting,
        "deed": db.session.scalar(before.last_deed(round)),
        "kinds": words_of_mails(),
        "form": of_limits(round.repairs_alone),
    }


def people(ids: list[int]) -> list[Person]:
    rows = select(Person).where(Person.id.in_(ids)).order_by(Person.sort_key, Person.code)
    return list(db.session.scalars(rows))


def of_limits(limits: RepairLimits | None) -> forms.Filled:
    if limits is None:
        return forms.Filled({"hours_ahead": USUAL_HOURS})
    return forms.Filled({"people_most": limits.people_most, "hours_ahead": limits.hours_ahead})


def words_of_mails() -> dict[LetterKind, str]:
    return {
        LetterKind.REQUEST: gettext("invited"),
        LetterKind.CHANGE: gettext("told of a change"),
        LetterKind.CANCEL: gettext("a visit is called off"),
        LetterKind.UNMATCHED: gettext("told that there is no visit"),
    }
