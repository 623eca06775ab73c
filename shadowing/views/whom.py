"""Whom a round asks, as HR chooses it; and the open link by which volunteers come."""

from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from shadowing import typed
from shadowing.company import people
from shadowing.errors import Expired
from shadowing.extensions import db, settings
from shadowing.mail import links
from shadowing.models import Person, Round
from shadowing.rounds import whom
from shadowing.rounds.whom import WhomDraft
from shadowing.typed import mail
from shadowing.views import auth, forms
from shadowing.views.rounds import the_round

bp = Blueprint("whom", __name__)


@bp.get("/rounds/<int:id>/whom")
@auth.for_hr
def show(id: int) -> str:
    round = the_round(id)
    return render_template("rounds/whom.html", **page(round), form=stored(round))


@bp.post("/rounds/<int:id>/whom")
@auth.for_hr
def choose(id: int) -> Response:
    round = the_round(id)
    auth.came_from("rounds/whom.html", **page(round), form=forms.Filled(request.form))
    said = {"departments": ";".join(request.form.getlist("departments"))}
    whom.choose(round, forms.read(WhomDraft, request.form.to_dict() | said), g.user, datetime.now(UTC))
    db.session.commit()
    if asked := whom.count(round, datetime.now(UTC)):
        flash(ngettext("%(num)d person will be asked.", "%(num)d people will be asked.", asked))
    return redirect(url_for("rounds.ask", id=id), code=303)


@bp.get("/join/<token>")
@auth.for_everyone
def ask(token: str) -> str:
    return render_template("rounds/join.html", round=open_round(token), token=token)


@bp.post("/join/<token>")
@auth.for_everyone
def join(token: str) -> Response:
    """Answers the same for every address, known or not."""
    round, now = open_round(token), datetime.now(UTC)
    address = typed.asked(mail, request.form.get("address", ""), "")
    person = db.session.scalar(auth.active_person(address)) if auth.within_ration(address, now) else None
    if person is not None:
        whom.join(round, person, now)
    db.session.commit()
    return redirect(url_for(".sent", token=token), code=303)


@bp.get("/join/<token>/sent")
@auth.for_everyone
def sent(token: str) -> str:
    return render_template("rounds/joined.html", round=open_round(token), token=token)


def open_round(token: str) -> Round:
    """The round that an open link leads to; raises Expired once nobody can come by it."""
    what = links.read(settings().secret_key, "join", token)
    round = db.session.get(Round, what[0]) if what else None
    if round is None or not whom.open_to_volunteers(round, datetime.now(UTC)):
        raise Expired("Nobody can join by this link any more. Please speak to the people who run the round.")
    return round


def page(round: Round) -> dict[str, object]:
    departments = list(db.session.scalars(people.departments()))
    return {"round": round, "departments": departments, "everybody": whom.everybody(round, datetime.now(UTC))}


def stored(round: Round) -> forms.Filled:
    listed = people.active().where(Person.id.in_(round.whom.people)).with_only_columns(Person.email)
    said = {"way": round.whom.way, "departments": round.whom.departments}
    return forms.Filled(said | {"people": "\n".join(db.session.scalars(listed))})


def open_link(round: Round) -> str:
    """The address that HR passes on."""
    token = links.sign(settings().secret_key, "join", round.id)
    return f"{settings().public_url}{url_for('whom.ask', token=token)}"
