"""Did it take place? One tap of the guest or a host on their page; and HR's word, which decides."""

from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.models import Guest, Happened, Invitation, Pairing, Role, Slot
from shadowing.views import auth, forms, visit_answers
from shadowing.visiting import outcomes

HAPPENED = {str(one): one for one in Happened}

bp = Blueprint("outcomes", __name__)


@bp.post("/my/<token>/visits/<int:id>/outcome")
@auth.for_participant
def say(id: int) -> Response:
    """Nothing is chosen beforehand, so that a program that sends every form as it stands says nothing."""
    invitation = visit_answers.my_invitation(id)
    outcomes.say(mine(invitation, request.form), g.reader, said(request.form), datetime.now(UTC))
    db.session.commit()
    flash(gettext("Thank you. It is noted."))
    return redirect(url_for("visits.mine", token=g.token), code=303)


@bp.post("/slots/<int:id>/outcome")
@auth.for_hr
def decide(id: int) -> Response:
    slot = db.get_or_404(Slot, id)
    g.back = url_for("slots.show", id=id)
    outcomes.decide(in_slot(slot, request.form), g.user, said(request.form), datetime.now(UTC))
    db.session.commit()
    flash(gettext("It is noted."))
    return redirect(url_for("slots.show", id=id), code=303)


def said(form: Mapping[str, str]) -> Happened:
    found = HAPPENED.get(form.get("said", ""))
    if found is None:
        raise Refusal("Please choose what became of the visit.")
    return found


def mine(invitation: Invitation, form: Mapping[str, str]) -> Pairing:
    """The guest's own visit, or that of the host's guest whom the form names."""
    pairing = in_slot(invitation.slot, form)
    if invitation.role is Role.GUEST and pairing.guest.person_id != g.reader.id:
        raise NotFound
    return pairing


def in_slot(slot: Slot, form: Mapping[str, str]) -> Pairing:
    found = select(Pairing).join(Pairing.guest).join(Guest.person).where(Pairing.slot_id == slot.id)
    pairing: Pairing = db.first_or_404(found.where(Pairing.id == (forms.row_id(form, "pairing") or 0)))
    return pairing
