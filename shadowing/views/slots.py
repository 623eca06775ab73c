"""After publishing: move a visit to another time, call it off, or find other places for those who lost their host."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from shadowing.errors import fill
from shadowing.extensions import db
from shadowing.matching import leaving, pairings
from shadowing.models import Happened, Round, Slot
from shadowing.typed import Clock, Day, instant
from shadowing.views import auth, followed, forms
from shadowing.views.language import listed, person_name
from shadowing.visiting import outcomes, slots
from shadowing.visiting.slots import Against, Doubt

bp = Blueprint("slots", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTime:
    """On the round's clock. *seen* is the instant whose doubts stood on the page that was sent."""

    day: Day
    clock: Clock
    seen: str = ""


@bp.get("/slots/<int:id>")
@auth.for_hr
def show(id: int) -> str:
    slot = the_slot(id)
    return render_template("slots/show.html", form=of_slot(slot), **page_of(slot))


@bp.post("/slots/<int:id>/reschedule")
@auth.for_hr
def reschedule(id: int) -> Response:
    slot = the_slot(id)
    auth.came_from("slots/show.html", form=forms.Filled(request.form), **page_of(slot))
    new = forms.read(NewTime, request.form)
    starts_at = instant(datetime.combine(new.day, new.clock), slot.opening.round.zone)
    against = {"against": words_of(slots.doubts(slot, starts_at)), "seen": starts_at.isoformat()}
    auth.came_from("slots/show.html", form=forms.Filled(request.form), **page_of(slot) | against)
    slots.reschedule(slot, starts_at, g.user, datetime.now(UTC), sure=new.seen == starts_at.isoformat())
    db.session.commit()
    flash(gettext("The visit is moved. Its people are told when you publish the change."))
    return redirect(url_for("rounds.publish", id=slot.opening.round_id), code=303)


@bp.post("/slots/<int:id>/call-off")
@auth.for_hr
def call_off(id: int) -> Response:
    slot = the_slot(id)
    slots.call_off(slot, g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The visit is called off. Its people are told when you publish the change."))
    return redirect(url_for("rounds.publish", id=slot.opening.round_id), code=303)


@bp.post("/rounds/<int:id>/place-again")
@auth.for_hr
def place_again(id: int) -> Response:
    """Whoever lost their visit because the host is not there gets the best place that costs nobody theirs."""
    round, g.back = db.get_or_404(Round, id), url_for("pairings.board", id=id)
    placed = leaving.place_again(round, g.user, datetime.now(UTC))
    db.session.commit()
    flash(ngettext("%(num)d guest has another place.", "%(num)d guests have another place.", placed))
    return redirect(url_for("pairings.board", id=id), code=303)


def the_slot(id: int) -> Slot:
    slot = db.get_or_404(Slot, id)
    g.back = url_for("rounds.run", id=slot.opening.round_id)
    return slot


def page_of(slot: Slot) -> dict[str, object]:
    visitors = list(db.session.scalars(pairings.in_slot(slot)))
    return {
        "slot": slot,
        "round": slot.opening.round,
        "visitors": visitors,
        "over": outcomes.of_slots([slot.id], datetime.now(UTC)),
        "happened": tuple(Happened),
        "verdicts": followed.verdicts(),
        "who": followed.who,
    }


def words_of(doubts: tuple[Doubt, ...]) -> list[str]:
    sentences = {
        Against.CLOSED_DAY: gettext("The company is closed on that day."),
        Against.OUTSIDE_ROUND: gettext("It is outside the days of this round."),
        Against.OUTSIDE_WORK: gettext("It is outside the working time of: %(names)s."),
        Against.NOT_FREE: gettext("These people have not marked it as free time: %(names)s."),
    }
    names = [listed(person_name(person) for person in doubt.people) for doubt in doubts]
    return [fill(sentences[doubt.against], {"names": said}) for doubt, said in zip(doubts, names, strict=True)]


def of_slot(slot: Slot) -> forms.Filled:
    local = slot.starts_at.astimezone(ZoneInfo(slot.opening.round.zone))
    return forms.Filled({"day": local.date().isoformat(), "clock": f"{local:%H:%M}"})
