"""An answer that may be somebody else's: the person it is given for says whether it is theirs."""

from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.models import GivenAnswer
from shadowing.views import auth, visit_answers
from shadowing.visiting import answers_by_mail, invitations

bp = Blueprint("held_answers", __name__)


@bp.post("/my/<token>/held/<int:id>")
@auth.for_participant
def say(id: int) -> Response:
    """No program says so: a mail filter that presses every button would answer for its owner."""
    given, now, mine = my_answer(id), datetime.now(UTC), request.form.get("mine")
    if mine not in ("yes", "no"):
        raise Refusal("Please choose whether this answer was yours.")
    visit_answers.refuse_programs(given.invitation, now)
    if mine == "yes":
        answers_by_mail.confirm(given, now)
        flash(gettext("Thank you. Your answer is noted."))
    else:
        answers_by_mail.disown(given, now)
        flash(gettext("Thank you. That answer does not count."))
    db.session.commit()
    return redirect(url_for("visits.mine", token=g.token), code=303)


def my_answer(id: int) -> GivenAnswer:
    g.back = url_for("visits.mine", token=g.token)
    own = [one.id for one in db.session.scalars(invitations.of(g.reader, g.round))]
    given: GivenAnswer = db.first_or_404(
        select(GivenAnswer).where(GivenAnswer.id == id, GivenAnswer.invitation_id.in_(own))
    )
    return given
