"""The mails of a round that wait: HR pauses them, lets them go on, or sends what was held back at publishing."""

from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from shadowing.extensions import db
from shadowing.rounds import holding
from shadowing.views import auth
from shadowing.views.rounds import the_round

bp = Blueprint("holding", __name__)


@bp.post("/rounds/<int:id>/mail/pause")
@auth.for_hr
def pause(id: int) -> Response:
    holding.pause(the_round(id), g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The mails of this round are paused. None leaves until you let them go on."))
    return back(id)


@bp.post("/rounds/<int:id>/mail/resume")
@auth.for_hr
def resume(id: int) -> Response:
    holding.resume(the_round(id), g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The mails of this round go on."))
    return back(id)


@bp.post("/rounds/<int:id>/mail/release")
@auth.for_hr
def release(id: int) -> Response:
    sent = holding.release(the_round(id), g.user, datetime.now(UTC))
    db.session.commit()
    flash(ngettext("%(num)d mail that was held back goes out.", "%(num)d mails that were held back go out.", sent))
    return back(id)


def back(id: int) -> Response:
    """To the page on which the button stood."""
    pages = {"letters": url_for("letters.index", round=id), "mailings": url_for("mailings.show", id=id)}
    return redirect(pages.get(request.form.get("page", ""), url_for("rounds.show", id=id)), code=303)
