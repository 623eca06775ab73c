"""A host leaves out, puts back, pauses or moves dates of their meeting in a published round. What it breaks is shown first."""

from collections.abc import Iterator
from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from shadowing.errors import fill
from shadowing.extensions import db
from shadowing.models import Opening
from shadowing.rounds import dates_back, meeting_dates
from shadowing.rounds.meeting_dates import MeetingChange
from shadowing.rounds.opening_changes import Effects, Seen
from shadowing.views import auth, forms, language
from shadowing.views.forms import Filled
from shadowing.views.openings import excepted, my_opening
from shadowing.visiting.slots import NotSure

PAGE = "openings/dates.html"

bp = Blueprint("meeting_dates", __name__)


@bp.get("/my/<token>/openings/<int:id>/dates")
@auth.for_participant
def show(id: int) -> str:
    opening = my_opening(id)
    return render_template(PAGE, **page_of(opening, Filled(excepted(opening.exceptions))))


@bp.post("/my/<token>/openings/<int:id>/dates")
@auth.for_participant
def change(id: int) -> Response:
    """Nothing is chosen beforehand, so that a program that sends every form as it stands changes nothing."""
    opening = my_opening(id)
    page = page_of(opening, Filled(excepted(opening.exceptions) | dict(request.form)))
    auth.came_from(PAGE, **page)
    said = forms.read(MeetingChange, request.form)
    meeting_dates.change(opening, said, g.reader, datetime.now(UTC), asking(opening, page))
    db.session.commit()
    flash(gettext("The dates of your meeting are changed."))
    return redirect(url_for("openings.mine", token=g.token), code=303)


def asking(opening: Opening, page: dict[str, object]) -> Seen:
    """Raises NotSure, on the *page*, unless the host has seen just these effects; what was done is taken back with it."""

    def seen(effects: Effects) -> None:
        if not effects or request.form.get("seen") == effects.digest:
            return
        carried = {name: value for name, value in request.form.items() if name not in ("seen", "csrf_token")}
        shown = {
            "effects": list(lines(effects, opening)),
            "visits": len({(visit.opening, visit.before) for visit in effects.visits}),
            "guests": len({visit.guest.id for visit in effects.visits}),
            "carried": carried | {"seen": effects.digest},
        }
        auth.came_from(PAGE, **page | shown)
        raise NotSure("Nothing is changed yet. See what becomes of these visits, then press again.")

    return seen


def lines(effects: Effects, opening: Opening) -> Iterator[str]:
    """What becomes of each visit, in a sentence. Why a guest cannot come is theirs."""
    for visit in effects.visits:
        zone = opening.zone or opening.round.zone
        facts = {"guest": language.person_name(visit.guest), "time": language.moment(visit.before, zone)}
        if visit.after:
            moves = gettext("%(guest)s, %(time)s: moves to %(new)s.")
            yield fill(moves, facts | {"new": language.moment(visit.after, zone)})
        else:
            yield fill(gettext("%(guest)s, %(time)s: falls away."), facts)


def page_of(opening: Opening, form: Filled) -> dict[str, object]:
    slots, guests = meeting_dates.coming(opening, datetime.now(UTC)), meeting_dates.guests(opening)
    return {
        "opening": opening,
        "round": g.round,
        "form": form,
        "can_change": meeting_dates.can_change(opening),
        "dates": [(slot, guests.get(slot.id, 0)) for slot in slots],
        "left_out": dates_back.days(opening, datetime.now(UTC)),
        "zone": opening.zone or opening.round.zone,
    }
