"""A round that is not to be: what calling it off means, the mails before they leave, and the button of a draft."""

from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from shadowing.extensions import db, settings
from shadowing.models import OVER, LetterKind, Round, Stage
from shadowing.rounds import cancellation, previews
from shadowing.rounds.cancellation import Cancellation
from shadowing.rounds.previews import What
from shadowing.views import auth, forms
from shadowing.views.rounds import looking_at, the_round
from shadowing.visiting import calling_off

bp = Blueprint("cancellation", __name__)


@bp.post("/rounds/<int:id>/delete")
@auth.for_hr
def delete_draft(id: int) -> Response:
    """Pressing the button twice is the same as once."""
    if db.session.get(Round, id) is not None:
        cancellation.delete_draft(the_round(id), g.user, datetime.now(UTC))
        db.session.commit()
    flash(gettext("The draft is deleted."))
    return redirect(url_for("home.show"), code=303)


@bp.get("/rounds/<int:id>/cancel")
@auth.for_hr
def ask(id: int) -> str:
    """The words are typed first; with them in the address the page shows the mails before they leave."""
    round = the_round(id)
    wrong = forms.errors_of(Cancellation, request.args) if "why" in request.args else {}
    return render_template("rounds/cancel.html", **cancelling(round), form=forms.Filled(request.args, wrong))


@bp.post("/rounds/<int:id>/cancel")
@auth.for_hr
def cancel(id: int) -> Response:
    round, now = the_round(id), datetime.now(UTC)
    auth.came_from("rounds/cancel.html", **cancelling(round), form=forms.Filled(request.form))
    written = cancellation.cancel(round, forms.read(Cancellation, request.form).why, g.user, now)
    db.session.commit()
    flash(
        ngettext(
            "The round is called off. %(num)d mail waits for its turn.",
            "The round is called off. %(num)d mails wait for their turn.",
            written,
        )
    )
    return redirect(url_for("rounds.show", id=id), code=303)


def cancelling(round: Round) -> dict[str, object]:
    """What calling *round* off means, with the words of the address, and the mails with them."""
    why = request.values.get("why", "").strip()
    looking = looking_at(What.CANCEL)
    rows = calling_off.standing(round, looking.stamp)
    over = round.stage in (Stage.DRAFT, *OVER)
    planned = [] if over else cancellation.planned(round, looking.why, looking.stamp, rows)
    shown = previews.mailing(planned, looking, g.user, settings())
    told = sum(count for kind, _, count in shown.kinds if kind is LetterKind.ROUND_CANCELLED)
    return {"round": round, "why": why, "told": told, "entries": len(rows), "mailing": shown}
