"""People who came after a round asked: the mails they would get, and the button that asks them."""

from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from shadowing.extensions import db, settings
from shadowing.mail.planned import Planned
from shadowing.models import Round
from shadowing.rounds import joiners, previews
from shadowing.rounds.previews import Mailing, What
from shadowing.views import auth, forms

bp = Blueprint("joiners", __name__)


@bp.get("/rounds/<int:id>/joiners")
@auth.for_hr
def show(id: int) -> str:
    """The mail to whom the address names, and to all new people."""
    round, now, one = db.get_or_404(Round, id), datetime.now(UTC), forms.row_id(request.args, "person")
    new, alone = joiners.asking(round, None, now), joiners.asking(round, one, now) if one else []
    shown = new if not alone or any(letter.person.id == one for letter in new) else alone
    facts = {"new": len(new), "open": joiners.asks(round, now), "one": alone[0].person if alone else None}
    return render_template("joiners/show.html", round=round, mailing=mailing_of(shown, now), **facts)


def mailing_of(shown: list[Planned], now: datetime) -> Mailing:
    looking = forms.looking(request.args, What.JOINERS, now.replace(microsecond=0))
    return previews.mailing(shown, looking, g.user, settings())


@bp.post("/rounds/<int:id>/joiners/ask")
@auth.for_hr
def ask(id: int) -> Response:
    g.back = url_for("rounds.collect", id=id)
    only = forms.row_id(request.form, "person")
    asked = joiners.ask(db.get_or_404(Round, id), only, g.user, datetime.now(UTC))
    db.session.commit()
    flash(ngettext("%(num)d person more is asked.", "%(num)d people more are asked.", asked))
    return redirect(url_for("rounds.collect", id=id), code=303)
