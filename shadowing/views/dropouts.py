"""HR enters that a host drops out, puts a deputy in their place, or takes days out of a round. What it breaks is shown first."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Select, select
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from shadowing.company import people
from shadowing.extensions import db
from shadowing.models import Host, LostTime, Opening, Pairing, Person, Round, Slot, Stage
from shadowing.rounds import deputies, dropouts
from shadowing.rounds.dropouts import HostOut
from shadowing.typed import Day, asked, by, day
from shadowing.views import auth, forms
from shadowing.views.forms import Filled
from shadowing.views.round_openings import asking
from shadowing.visiting import lost_days
from shadowing.visiting.lost_days import LostDays

PAGE = "dropouts/show.html"
VISITS_MOST = 50

bp = Blueprint("dropouts", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackOn:
    back_on: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Deputy:
    deputy: Annotated[Person, by(people.named)]


@bp.get("/rounds/<int:id>/drop-outs")
@auth.for_hr
def show(id: int) -> str:
    """With a host, or days, in the address it shows what they would break."""
    round = the_round(id)
    wrong = forms.errors_of(LostDays, request.args) if "first_on" in request.args else {}
    return render_template(PAGE, **page_of(round), form=Filled(request.args, wrong))


@bp.post("/rounds/<int:id>/drop-outs/ill")
@auth.for_hr
def ill(id: int) -> Response:
    round, host = form_of(id), the_host()
    dropouts.ill(round, host, forms.read(BackOn, request.form).back_on, g.user, datetime.now(UTC))
    return to_repair(round, gettext("It is entered. Nobody is told yet; places for the guests are being looked for."))


@bp.post("/rounds/<int:id>/drop-outs/moved")
@auth.for_hr
def moved(id: int) -> Response:
    round = form_of(id)
    dropouts.moved(round, the_host(), g.user, datetime.now(UTC))
    return to_repair(round, gettext("It is entered. Nobody is told yet; places for the guests are being looked for."))


@bp.post("/rounds/<int:id>/drop-outs/one-visit")
@auth.for_hr
def one_visit(id: int) -> Response:
    round = form_of(id)
    dropouts.one_visit(the_slot(round), the_host(), g.user, datetime.now(UTC))
    return to_repair(round, gettext("It is entered. Nobody is told yet; places for the guests are being looked for."))


@bp.post("/rounds/<int:id>/drop-outs/deputy")
@auth.for_hr
def give(id: int) -> Response:
    """A deputy goes on with the visit; guests whom a rule keeps from them are shown before."""
    round = form_of(id)
    slot, host, deputy = the_slot(round), the_host(), forms.read(Deputy, request.form).deputy
    seen = asking(round, PAGE, page_of(round) | {"form": Filled(request.form)})
    effects = deputies.give(slot, host, deputy, g.user, datetime.now(UTC), seen)
    db.session.commit()
    flash(gettext("The deputy is entered. The people of the visit are told when you publish the change."))
    return redirect(url_for("repairs.show" if effects else "rounds.publish", id=id), code=303)


@bp.post("/rounds/<int:id>/drop-outs/days")
@auth.for_hr
def lose(id: int) -> Response:
    round = form_of(id)
    lost_days.lose(round, forms.read(LostDays, request.form), g.user, datetime.now(UTC))
    return to_repair(round, gettext("The days are taken out. Nobody is told yet; places are being looked for."))


@bp.post("/rounds/<int:id>/drop-outs/take-back")
@auth.for_hr
def take_back(id: int) -> Response:
    round = form_of(id)
    lost = db.session.get(LostTime, forms.row_id(request.form, "lost") or 0)
    if lost is None or lost.round_id != id:
        raise NotFound
    lost_days.take_back(lost, g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The days are given back, with their visits."))
    return redirect(url_for(".show", id=round.id), code=303)


def to_repair(round: Round, words: str) -> Response:
    db.session.commit()
    flash(words)
    return redirect(url_for("repairs.show", id=round.id), code=303)


# What is asked for


def the_round(id: int) -> Round:
    g.back = url_for(".show", id=id)
    return db.get_or_404(Round, id)


def form_of(id: int) -> Round:
    """The round of a form that was sent; a refusal is shown on the page that it came from."""
    round = the_round(id)
    auth.came_from(PAGE, **page_of(round), form=Filled(request.form))
    return round


def the_host() -> Person:
    return db.get_or_404(Person, forms.row_id(request.values, "host") or 0)


def the_slot(round: Round) -> Slot:
    slot = db.get_or_404(Slot, forms.row_id(request.form, "slot") or 0)
    if slot.opening.round_id != round.id:
        raise NotFound
    return slot


# What the page shows


def page_of(round: Round) -> dict[str, object]:
    now = datetime.now(UTC)
    id = forms.row_id(request.values, "host")
    host = db.session.get(Person, id) if id else None
    days = sought_days()
    return {
        "round": round,
        "open": round.stage is Stage.PUBLISHED,
        "hosts": list(db.session.scalars(hosts(round, now))),
        "site_choices": [(site, site) for site in sites(round)],
        "department_choices": [(one.id, one.name) for one in db.session.scalars(people.departments())],
        "days": days,
        "breaks": lost_days.broken(round, days, now) if days else None,
        "taken_out": list(db.session.scalars(lost_days.of_round(round))),
        "undoable": lost_days.can_be_taken_back(round),
        "effects": [],
        **(of_host(round, host, now) if host else {"host": None}),
    }


def of_host(round: Round, host: Person, now: datetime) -> dict[str, object]:
    visits: dict[Slot, list[Pairing]] = {}
    for one in db.session.scalars(dropouts.hosted(round, host, now).limit(VISITS_MOST)):
        visits.setdefault(one.slot, []).append(one)
    next_visit = next(iter(visits)).starts_at if visits else now
    after_it = next_visit.astimezone(ZoneInfo(host.zone)).date() + timedelta(days=1)
    back_on = asked(day, request.values.get("back_on", ""), after_it)
    return {
        "host": host,
        "visits": visits,
        "back_on": back_on,
        "ill": dropouts.of_host(round, host, HostOut.ILL, back_on, now),
        "moved": dropouts.of_host(round, host, HostOut.MOVED, None, now),
    }


def sought_days() -> LostDays | None:
    """The days of the address, where they can be read."""
    if "first_on" not in request.args or forms.errors_of(LostDays, request.args):
        return None
    return forms.read(LostDays, request.args)


def hosts(round: Round, now: datetime) -> Select[Person]:
    """Who hosts a visit to come, in the order of a directory."""
    hosting = select(Host.person_id).join(Slot, Slot.opening_id == Host.opening_id)
    hosting = hosting.join(Pairing, Pairing.slot_id == Slot.id).where(Pairing.round_id == round.id)
    hosting = hosting.where(Pairing.stands, Slot.starts_at > now)
    return select(Person).where(Person.id.in_(hosting)).order_by(Person.sort_key, Person.code)


def sites(round: Round) -> list[str]:
    """Where visits of the round may take place, by name."""
    named = select(Opening.site).where(Opening.round_id == round.id, Opening.site != "").distinct()
    at_work = select(Person.site).join(Host).join(Opening).where(Opening.round_id == round.id, Person.site != "")
    return sorted({*db.session.scalars(named), *db.session.scalars(at_work.distinct())})
