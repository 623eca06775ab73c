"""An answer that may be somebody else's: the person it is given for says whether it is theirs."""

from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, url_for
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from shadowing.extensions import db
from shadowing.models import GivenAnswer
from shadowing.views import auth
from shadowing.visiting import answers_by_mail, invitations

bp = Blueprint("held_answers", __name__)


@bp.post("/my/<token>/held/<int:id>/confirm")
@auth.for_participant
def confirm(id: int) -> Response:
    answers_by_mail.confirm(my_answer(id), datetime.now(UTC))
    db.session.commit()
    flash(gettext("Thank you. Your answer is noted."))
    return to_visits()


@bp.post("/my/<token>/held/<int:id>/disown")
@auth.for_participant
def disown(id: int) -> Response:
    answers_by_mail.disown(my_answer(id), datetime.now(UTC))
    db.session.commit()
    flash(gettext("Thank you. That answer does not count."))
    return to_visits()


def my_answer(id: int) -> GivenAnswer:
    g.back = url_for("visits.mine", token=g.token)
    own = [one.id for one in db.session.scalars(invitations.of(g.reader, g.round))]
    given: GivenAnswer = db.first_or_404(
        select(GivenAnswer).where(GivenAnswer.id == id, GivenAnswer.invitation_id.in_(own))
    )
    return given


def to_visits() -> Response:
    return redirect(url_for("visits.mine", token=g.token), code=303)
