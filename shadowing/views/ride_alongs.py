"""A ride-along on the pages of its two people: the customer's word as the host notes it, the guest's promise,
and the end where one of them stops it."""

from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from shadowing.extensions import db
from shadowing.models import Consent, OpeningKind, Role
from shadowing.rounds import opening_changes
from shadowing.views import auth, visit_answers
from shadowing.views.visits import my_invitation
from shadowing.visiting import ride_alongs

bp = Blueprint("ride_alongs", __name__)


@bp.post("/my/<token>/visits/<int:id>/consent")
@auth.for_participant
def consent(id: int) -> Response:
    """The host says what the customer said; the people who run the round see it, and tell the guest."""
    invitation, g.back = my_invitation(id), url_for("visits.mine", token=g.token)
    opening, said = invitation.slot.opening, request.form.get("consent", "")
    if invitation.role is not Role.HOST or opening.kind is not OpeningKind.RIDE_ALONG or said not in list(Consent):
        raise NotFound
    visit_answers.refuse_programs(invitation, datetime.now(UTC))
    opening_changes.record_consent(opening, Consent(said), g.reader, datetime.now(UTC))
    db.session.commit()
    flash(gettext("Thank you. The people who run the round see it and tell your guest."))
    return redirect(url_for("visits.mine", token=g.token), code=303)


@bp.post("/my/<token>/visits/<int:id>/promise")
@auth.for_participant
def promise(id: int) -> Response:
    invitation, g.back = my_invitation(id), url_for("visits.mine", token=g.token)
    if request.form.get("promise") != "yes":
        flash(gettext("Please tick the box first, then press the button."))
        return redirect(url_for("visits.mine", token=g.token), code=303)
    ride_alongs.promise(invitation, datetime.now(UTC))
    db.session.commit()
    seen = not ride_alongs.shown(invitation).masked
    thanks = gettext("Thank you. Now you see whom you visit.")
    flash(thanks if seen else gettext("Thank you. You are told by mail whom you visit."))
    return redirect(url_for("visits.mine", token=g.token), code=303)


@bp.post("/my/<token>/visits/<int:id>/stop")
@auth.for_participant
def stop(id: int) -> Response:
    """One press, and nobody is asked why."""
    invitation, g.back = my_invitation(id), url_for("visits.mine", token=g.token)
    ride_alongs.stop(invitation, datetime.now(UTC))
    db.session.commit()
    flash(gettext("That is all right. It is noted, and you need not say why. The people who run the round see it."))
    return redirect(url_for("visits.mine", token=g.token), code=303)
