"""Free places offered to me, and other places instead of a visit that I declined."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import ColumnElement, Select, select
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from shadowing.collecting import goals
from shadowing.extensions import db
from shadowing.matching.spans import moment
from shadowing.models import (
    Entry,
    Guest,
    Invitation,
    OfferState,
    Opening,
    PlaceRequest,
    Role,
    SeatOffer,
    SeatState,
    Slot,
    Stage,
)
from shadowing.views import auth, forms, language, only_a_person
from shadowing.visiting import instead, offering, seating, waiting
from shadowing.visiting.entries import Part

bp = Blueprint("offers", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOffer:
    """*entry* is what the calendar would hold. *others* are asked at the same time; *can_take* while it is still there."""

    offer: SeatOffer
    entry: Entry
    others: int
    can_take: bool


@bp.get("/my/<token>/offers")
@auth.for_participant
def mine() -> str:
    return render_template("offers/mine.html", **page())


@bp.post("/my/<token>/offers/<int:id>/take")
@auth.for_participant
def take(id: int) -> Response:
    offer = my_offer(id)
    auth.came_from("offers/mine.html", **page())
    only_a_person.refuse_robots(offer.seat.slot.starts_at)
    g.pop("came_from")
    offering.claim(offer, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The place is yours. The invitation for your calendar comes by mail."))
    return redirect(url_for("visits.mine", token=g.token), code=303)


@bp.post("/my/<token>/offers/<int:id>/decline")
@auth.for_participant
def decline(id: int) -> Response:
    offer = my_offer(id)
    auth.came_from("offers/mine.html", **page())
    only_a_person.refuse_robots(offer.seat.slot.starts_at)
    g.pop("came_from")
    offering.decline(offer, datetime.now(UTC))
    db.session.commit()
    flash(gettext("Thank you. You stay on the waiting list."))
    return redirect(url_for(".mine", token=g.token), code=303)


@bp.get("/my/<token>/visits/<int:id>/instead")
@auth.for_participant
def others(id: int) -> str:
    return render_template("offers/instead.html", **other_places(my_visit(id)))


@bp.post("/my/<token>/visits/<int:id>/instead")
@auth.for_participant
def take_instead(id: int) -> Response:
    invitation = my_visit(id)
    opening_id, start = forms.place(request.form)
    opening = db.session.get(Opening, opening_id)
    if opening is None or opening.round_id != g.round.id:
        raise NotFound
    g.back = url_for(".others", token=g.token, id=id)
    only_a_person.refuse_robots(moment(start))
    made = instead.take(invitation, opening, start, datetime.now(UTC))
    db.session.commit()
    if isinstance(made, PlaceRequest):
        flash(gettext("The people who run the round are asked. If they agree, the invitation comes by mail."))
        return redirect(url_for(".others", token=g.token, id=id), code=303)
    time = language.span(made.slot.starts_at, made.slot.ends_at)
    flash(gettext("You have the new place: %(time)s. Mails tell it.", time=time))
    return redirect(url_for("visits.mine", token=g.token), code=303)


# What the pages show


def page() -> dict[str, object]:
    now = datetime.now(UTC)
    guest = db.session.scalar(goals.of(g.reader, g.round))
    found = list(db.session.scalars(offers_of(guest))) if guest else []
    shown = [shown_offer(one, now) for one in found]
    return {"offers": shown, "waits": waits(guest), "declined": declined_visits(now)}


def shown_offer(offer: SeatOffer, now: datetime) -> ShownOffer:
    part = Part(slot=offer.seat.slot, person=offer.guest.person, role=Role.GUEST, guests=(offer.guest,))
    same_time = [one for one in offer.seat.offers if one.wave == offer.wave]
    can_take = offer.state in (OfferState.OPEN, OfferState.DECLINED) and is_there(offer, now)
    return ShownOffer(offer=offer, entry=part.entry(), others=len(same_time) - 1, can_take=can_take)


def is_there(offer: SeatOffer, now: datetime) -> bool:
    return offer.seat.state is SeatState.OPEN and seating.takes_place(offer.seat.slot) and offer.until > now


def waits(guest: Guest | None) -> bool:
    """Whether the reader is on the waiting list."""
    return guest is not None and g.round.stage is Stage.PUBLISHED and waiting.waits(guest)


def other_places(invitation: Invitation) -> dict[str, object]:
    found = instead.places(invitation, datetime.now(UTC))
    return {
        "invitation": invitation,
        "places": found,
        "is_declined": instead.is_declined(invitation),
        "asked": db.session.scalar(instead.request_of(invitation)),
    }


def declined_visits(now: datetime) -> list[Invitation]:
    """Visits to come that the reader said no to, in the order of time."""
    found = db.session.scalars(visits_of(Slot.starts_at > now))
    return sorted((one for one in found if instead.is_declined(one)), key=lambda one: one.slot.starts_at)


def open_to(guest: Guest | None) -> int:
    """How many free places the reader may take."""
    now = datetime.now(UTC)
    found = db.session.scalars(offers_of(guest)) if guest else ()
    return sum(one.state is OfferState.OPEN and is_there(one, now) for one in found)


def offers_of(guest: Guest) -> Select[SeatOffer]:
    """The newest first."""
    return select(SeatOffer).where(SeatOffer.guest_id == guest.id).order_by(SeatOffer.id.desc()).limit(20)


def my_offer(id: int) -> SeatOffer:
    found = select(SeatOffer).join(SeatOffer.guest).where(SeatOffer.id == id, Guest.person_id == g.reader.id)
    offer: SeatOffer = db.first_or_404(found.where(Guest.round_id == g.round.id))
    g.back = url_for(".mine", token=g.token)
    return offer


def my_visit(id: int) -> Invitation:
    """Of mine as a guest, also one that is off."""
    invitation: Invitation = db.first_or_404(visits_of(Invitation.id == id))
    return invitation


def visits_of(which: ColumnElement[bool]) -> Select[Invitation]:
    found = select(Invitation).join(Invitation.slot).join(Slot.opening)
    found = found.where(Opening.round_id == g.round.id, Invitation.person_id == g.reader.id, which)
    return found.where(Invitation.role == Role.GUEST).order_by(Invitation.id)
