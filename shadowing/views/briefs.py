"""The mails that go by themselves around the visits of a round: HR reads them before they go, and stops them or lets them go."""

from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from shadowing.extensions import db
from shadowing.rounds.previews import What
from shadowing.views import auth
from shadowing.views.rounds import mailing, the_round
from shadowing.visiting import briefs

bp = Blueprint("briefs", __name__)


@bp.get("/rounds/<int:id>/briefs")
@auth.for_hr
def show(id: int) -> str:
    round = the_round(id)
    shown = mailing(round, What.BRIEFS)
    return render_template("rounds/briefs.html", round=round, mailing=shown, counts=briefs.counts(round))


@bp.post("/rounds/<int:id>/briefs")
@auth.for_hr
def switch(id: int) -> Response:
    round, g.back = the_round(id), url_for(".show", id=id)
    briefs.switch(round, request.form.get("on") == "yes", g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The mails go by themselves.") if round.briefs else gettext("No mail goes by itself any more."))
    return redirect(url_for(".show", id=id), code=303)
