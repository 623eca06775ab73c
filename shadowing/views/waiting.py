"""Free places of a running round as HR sees them: on offer to whom and until when, about to be free, not taken; who waits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import func, select
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from shadowing.extensions import db
from shadowing.models import FreeSeat, Guest, Invitation, Opening, Person, PlaceRequest, Round, SeatState, Slot, Stage
from shadowing.models.swaps import SwapOffer
from shadowing.views import auth, forms
from shadowing.visiting import declining, instead, offering, seating, swapping, waiting
from shadowing.visiting.waiting import Waiting

FREE_MOST, ENDED_MOST, SHOWN_MOST = 50, 20, 50

bp = Blueprint("waiting", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """*requests* and *swaps* wait for HR's word. *leaving* are declined visits whose seats are not free yet; *free* are
    slots to come with seats that nobody has or is offered."""

    requests: list[PlaceRequest]
    swaps: list[SwapOffer]
    leaving: list[Invitation]
    offered: list[FreeSeat]
    ended: list[FreeSeat]
    free: list[Slot]
    waiting: list[Waiting]

    @property
    def first(self) -> list[Waiting]:
        """Those that are shown."""
        return self.waiting[:SHOWN_MOST]


@bp.get("/rounds/<int:id>/waiting")
@auth.for_hr
def show(id: int) -> str:
    round = db.get_or_404(Round, id)
    g.back = url_for("rounds.run", id=id)
    places = places_of(round, datetime.now(UTC)) if round.stage is Stage.PUBLISHED else None
    return render_template("waiting/show.html", round=round, places=places, free_at=declining.free_at)


@bp.post("/visits/<int:id>/free-seat")
@auth.for_hr
def free_seat(id: int) -> Response:
    invitation = db.get_or_404(Invitation, id)
    back = at(invitation.slot)
    told = declining.free_now(invitation, g.user, datetime.now(UTC))
    db.session.commit()
    later = gettext("The place is free. Guest and host are told when you publish the change.")
    flash(gettext("The place is free. Guest and host are told.") if told else later)
    return redirect(back, code=303)


@bp.post("/slots/<int:id>/offer-seat")
@auth.for_hr
def offer(id: int) -> Response:
    slot = db.get_or_404(Slot, id)
    back = at(slot)
    seat = offering.offer(slot, g.user, datetime.now(UTC))
    db.session.commit()
    asked = seat.state is SeatState.OPEN
    flash(gettext("The place is offered.") if asked else gettext("Nobody who waits could take this place."))
    return redirect(back, code=303)


@bp.post("/rounds/<int:id>/asks-hr-first")
@auth.for_hr
def set_asking(id: int) -> Response:
    round = db.get_or_404(Round, id)
    instead.set_asking(round, request.form.get("first") == "yes", g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("It is saved."))
    return redirect(url_for(".show", id=id), code=303)


@bp.post("/requests/<int:id>/agree")
@auth.for_hr
def agree(id: int) -> Response:
    return _decided(id, instead.agree, gettext("The guest has the place. Guest and hosts are told."))


@bp.post("/requests/<int:id>/disagree")
@auth.for_hr
def disagree(id: int) -> Response:
    return _decided(id, instead.disagree, gettext("The guest is told by mail, with the way to other times."))


def _decided(id: int, decide: Callable[[PlaceRequest, Person | None, datetime], object], said: str) -> Response:
    asked = db.get_or_404(PlaceRequest, id)
    back = at(asked.invitation.slot)
    decide(asked, g.user, datetime.now(UTC))
    db.session.commit()
    flash(said)
    return redirect(back, code=303)


@bp.post("/seats/<int:id>/stop")
@auth.for_hr
def stop(id: int) -> Response:
    seat = db.get_or_404(FreeSeat, id)
    back = at(seat.slot)
    offering.stop(seat, g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The place is not on offer any more."))
    return redirect(back, code=303)


@bp.post("/seats/<int:id>/hand")
@auth.for_hr
def hand(id: int) -> Response:
    seat = db.get_or_404(FreeSeat, id)
    back = at(seat.slot)
    guest = db.session.get(Guest, forms.row_id(request.form, "guest") or 0)
    if guest is None or guest.round_id != seat.slot.opening.round_id:
        raise NotFound
    offering.hand(seat, guest, g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The place is given. Guest and host are told."))
    return redirect(back, code=303)


def at(slot: Slot) -> str:
    g.back = url_for(".show", id=slot.opening.round_id)
    return str(g.back)


def places_of(round: Round, now: datetime) -> Places:
    seats = select(FreeSeat).join(FreeSeat.slot).join(Slot.opening).where(Opening.round_id == round.id)
    ended = seats.where(FreeSeat.state != SeatState.OPEN, Slot.starts_at > now).order_by(FreeSeat.ended_at.desc())
    return Places(
        requests=list(db.session.scalars(instead.requests(round))),
        swaps=list(db.session.scalars(swapping.waiting(round))),
        leaving=list(db.session.scalars(declining.waiting_to_be_free(round))),
        offered=list(db.session.scalars(seats.where(FreeSeat.state == SeatState.OPEN).order_by(Slot.starts_at))),
        ended=list(db.session.scalars(ended.limit(ENDED_MOST))),
        free=list(db.session.scalars(seating.with_free_seats(round, now + offering.BEFORE_VISIT).limit(FREE_MOST))),
        waiting=waiting.of(round),
    )


def seats_on_offer(round: Round) -> int:
    open_ones = select(func.count()).select_from(FreeSeat).join(FreeSeat.slot).join(Slot.opening)
    open_ones = open_ones.where(Opening.round_id == round.id, FreeSeat.state == SeatState.OPEN)
    return db.session.scalar(open_ones) or 0


def requests_waiting(round: Round) -> int:
    return len(db.session.scalars(instead.requests(round)).all())
