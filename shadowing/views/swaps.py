"""Swaps of two visits: what a guest proposes and is asked, and the yes of a host or HR."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import func, select
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from shadowing.extensions import db
from shadowing.models import Entry, Invitation, Round
from shadowing.models.swaps import SwapOffer, SwapState
from shadowing.views import auth, forms, offers, only_a_person
from shadowing.visiting import swap_ends, swapping

ENDED_MOST = 20

bp = Blueprint("swaps", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSwap:
    """*mine* is the reader's visit, *theirs* what they would have for it. *stands*: it is still possible."""

    offer: SwapOffer
    mine: Invitation
    theirs: Entry
    proposed: bool
    stands: bool


@bp.get("/my/<token>/visits/<int:id>/swap")
@auth.for_participant
def choose(id: int) -> str:
    return render_template("swaps/choose.html", **choice_of(offers.my_visit(id)))


@bp.post("/my/<token>/visits/<int:id>/swap")
@auth.for_participant
def propose(id: int) -> Response:
    mine = offers.my_visit(id)
    theirs = db.session.get(Invitation, forms.row_id(request.form, "visit") or 0)
    if theirs is None or theirs.slot.opening.round_id != g.round.id:
        raise NotFound
    g.back = url_for(".choose", token=g.token, id=id)
    only_a_person.refuse_robots(theirs.slot.starts_at)
    swapping.propose(mine, theirs, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The other guest is asked by mail. Until all have said yes you keep your visit."))
    return redirect(url_for(".mine", token=g.token), code=303)


@bp.get("/my/<token>/swaps")
@auth.for_participant
def mine() -> str:
    return render_template("swaps/mine.html", **page())


@bp.post("/my/<token>/swaps/<int:id>/answer")
@auth.for_participant
def answer(id: int) -> Response:
    offer, now = my_swap(id), datetime.now(UTC)
    if offer.theirs.person_id != g.reader.id:
        raise NotFound
    if said_yes(offer):
        swapping.agree(offer, now)
        flash(gettext("Thank you. Now a host or HR has to say yes; a mail tells you what becomes of it."))
    else:
        swapping.refuse(offer, g.reader, now)
        flash(gettext("Thank you. You keep your visit."))
    db.session.commit()
    return redirect(url_for(".mine", token=g.token), code=303)


@bp.post("/my/<token>/swaps/<int:id>/take-back")
@auth.for_participant
def take_back(id: int) -> Response:
    offer = my_swap(id)
    if offer.mine.person_id != g.reader.id:
        raise NotFound
    refuse_robots(offer)
    swapping.take_back(offer, datetime.now(UTC))
    db.session.commit()
    flash(gettext("Your proposal is taken back. You keep your visit."))
    return redirect(url_for(".mine", token=g.token), code=303)


@bp.post("/my/<token>/swaps/<int:id>/allow")
@auth.for_participant
def decide(id: int) -> Response:
    """A host of one of the two visits says yes or no."""
    offer = hosted_swap(id)
    decided(offer, said_yes(offer))
    return redirect(url_for(".mine", token=g.token), code=303)


@bp.post("/swaps/<int:id>/allow")
@auth.for_hr
def allow(id: int) -> Response:
    """HR says yes or no."""
    offer = db.get_or_404(SwapOffer, id)
    g.back = url_for("waiting.show", id=offer.mine.slot.opening.round_id)
    decided(offer, request.form.get("answer") == "yes")
    return redirect(g.back, code=303)


def decided(offer: SwapOffer, yes: bool) -> None:
    by, now = g.get("reader") or g.user, datetime.now(UTC)
    if yes:
        swapping.allow(offer, by, now)
        flash(gettext("The two visits are swapped. Guests and hosts are told."))
    else:
        swapping.refuse(offer, by, now)
        flash(gettext("Both visits stay as they are. The two guests are told."))
    db.session.commit()


def said_yes(offer: SwapOffer) -> bool:
    if request.form.get("answer") not in ("yes", "no"):
        raise NotFound
    refuse_robots(offer)
    return request.form["answer"] == "yes"


def refuse_robots(offer: SwapOffer) -> None:
    """What is refused then is shown on the page; what is refused later, on one of its own that leads back."""
    auth.came_from("swaps/mine.html", **page())
    only_a_person.refuse_robots(min(offer.mine.slot.starts_at, offer.theirs.slot.starts_at))
    g.pop("came_from")


def my_swap(id: int) -> SwapOffer:
    offer: SwapOffer = db.first_or_404(swapping.of_guest(g.reader, g.round).where(SwapOffer.id == id))
    g.back = url_for(".mine", token=g.token)
    return offer


def hosted_swap(id: int) -> SwapOffer:
    """Also one that somebody else has decided meanwhile."""
    offer: SwapOffer = db.first_or_404(swapping.hosted(g.reader, g.round).where(SwapOffer.id == id))
    g.back = url_for(".mine", token=g.token)
    return offer


# What the pages show


def choice_of(invitation: Invitation) -> dict[str, object]:
    waits = db.session.scalars(swapping.open_of(g.reader, g.round)).first() is not None
    found = [] if waits else swapping.choices(invitation, datetime.now(UTC))
    return {"invitation": invitation, "choices": found, "waits": waits}


def page() -> dict[str, object]:
    now = datetime.now(UTC)
    found = db.session.scalars(swapping.of_guest(g.reader, g.round).limit(ENDED_MOST)).all()
    hosted = db.session.scalars(swapping.hosted(g.reader, g.round).where(SwapOffer.state == SwapState.AGREED)).all()
    return {
        "swaps": [shown(one, now) for one in found],
        "hosted": [one for one in hosted if one.until > now and swap_ends.stands(one)],
    }


def shown(offer: SwapOffer, now: datetime) -> ShownSwap:
    proposed = offer.mine.person_id == g.reader.id
    mine = offer.mine if proposed else offer.theirs
    stands = offer.is_open and offer.until > now and swap_ends.stands(offer)
    entry = swapping.part(offer, mine).entry()
    return ShownSwap(offer=offer, mine=mine, theirs=entry, proposed=proposed, stands=stands)


def swaps_waiting(round: Round) -> int:
    """How many wait for a word of HR."""
    return db.session.scalar(select(func.count()).select_from(swapping.waiting(round).subquery())) or 0


def way() -> dict[str, object]:
    """What leads from the reader's visits to their swaps."""
    waits = db.session.scalars(swapping.open_of(g.reader, g.round)).first() is not None
    return {"swaps_asked": asked_of_me(), "swap_open": waits}


def asked_of_me() -> int:
    """How many swaps wait for a word of the reader, as guest or as host."""
    now = datetime.now(UTC)
    to_me = swapping.of_guest(g.reader, g.round).where(SwapOffer.state == SwapState.ASKED, SwapOffer.until > now)
    asked = [one for one in db.session.scalars(to_me) if one.theirs.person_id == g.reader.id]
    hosted = db.session.scalars(swapping.hosted(g.reader, g.round).where(SwapOffer.state == SwapState.AGREED))
    return sum(swap_ends.stands(one) for one in [*asked, *hosted])
