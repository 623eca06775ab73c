"""What I offer: my openings in the round, a new one from three presets, change and withdraw."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from shadowing import typed
from shadowing.collecting import availability, demand, hosting, openings
from shadowing.collecting.hosting import HostingLimit
from shadowing.collecting.offers import EXCEPTIONS, RIDING, Offer
from shadowing.collecting.recurrence import WEEKDAYS
from shadowing.extensions import db
from shadowing.models import Consent, Exceptions, Opening, OpeningKind, Participation, Riding, Round
from shadowing.models.reflecting import HostAgain
from shadowing.reflecting import reflections
from shadowing.rounds import meeting_dates
from shadowing.views import auth, forms, language
from shadowing.views.forms import Filled

NTH, LAST = "monthly", "monthly-last"
ONCE, WEEKLY, BIWEEKLY, ANY_TIME = "once", "FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2", "flexible"
USUAL = {
    OpeningKind.DESK: {"repeat": ANY_TIME, "minutes": 120, "seats": 1, "most_per_week": 1},
    OpeningKind.MEETING: {"repeat": WEEKLY, "minutes": 60, "seats": 2},
    OpeningKind.RIDE_ALONG: {
        "repeat": ONCE,
        "minutes": 120,
        "seats": 1,
        "travel_minutes": 30,
        "customer_consent": "asked",
    },
}

FEWEST = {"seats": 1, "most_per_week": 1}
OF_RIDE_ALONGS = ("travel_minutes", "customer_consent", *RIDING)

bp = Blueprint("openings", __name__)


@bp.get("/my/<token>/openings")
@auth.for_participant
def mine() -> str:
    return render_template("openings/mine.html", **offers())


@bp.post("/my/<token>/openings/limit")
@auth.for_participant
def limit() -> Response:
    auth.came_from("openings/mine.html", **offers(Filled(request.form)))
    hosting.limit(g.reader, g.round, forms.read(HostingLimit, request.form), datetime.now(UTC))
    db.session.commit()
    flash(gettext("Your limit is saved."))
    return redirect(url_for(".mine", token=g.token), code=303)


@bp.post("/my/<token>/openings/decline")
@auth.for_participant
def decline() -> Response:
    auth.came_from("openings/mine.html", **offers())
    hosting.decline(g.reader, g.round, datetime.now(UTC))
    db.session.commit()
    flash(gettext("Thank you. You offer nothing this time."))
    return redirect(url_for(".mine", token=g.token), code=303)


@bp.get("/my/<token>/openings/new")
@auth.for_participant
def new() -> str:
    again = reflections.again_of(g.reader, g.round)
    form = preset(request.args.get("kind", ""), g.reader.zone, fewer=again is HostAgain.FEWER)
    return render_template("openings/new.html", **mine_page(form), again=again)


@bp.post("/my/<token>/openings/new")
@auth.for_participant
def offer() -> Response:
    auth.came_from("openings/new.html", **mine_page(Filled(request.form)))
    openings.offer(g.round, [g.reader], offer_of(request.form, g.round), datetime.now(UTC))
    db.session.commit()
    flash(gettext("Thank you. Your seat is offered."))
    return redirect(url_for(".mine", token=g.token), code=303)


@bp.get("/my/<token>/openings/<int:id>/edit")
@auth.for_participant
def edit(id: int) -> str:
    opening = my_opening(id)
    return render_template("openings/edit.html", opening=opening, **mine_page(stored(opening)))


@bp.post("/my/<token>/openings/<int:id>/edit")
@auth.for_participant
def change(id: int) -> Response:
    opening = my_opening(id)
    auth.came_from("openings/edit.html", opening=opening, **mine_page(Filled(request.form)))
    openings.change(opening, offer_of(request.form, g.round), datetime.now(UTC))
    db.session.commit()
    flash(gettext("Your seat is saved."))
    return redirect(url_for(".mine", token=g.token), code=303)


@bp.post("/my/<token>/openings/<int:id>/withdraw")
@auth.for_participant
def withdraw(id: int) -> Response:
    opening, g.back = my_opening(id), url_for(".mine", token=g.token)
    openings.withdraw(opening, datetime.now(UTC))
    db.session.commit()
    flash(gettext("Your seat is withdrawn."))
    return redirect(url_for(".mine", token=g.token), code=303)


def my_opening(id: int) -> Opening:
    opening: Opening = db.first_or_404(openings.ever_of(g.reader, g.round).where(Opening.id == id))
    return opening


def offers(form: Filled | None = None) -> dict[str, object]:
    """What the reader offers, with the *form* of their limit as it was sent, or as it is kept."""
    limit = hosting.given(g.reader, g.round)
    return {
        "form": form or Filled({"half_days_most": limit or ""}),
        "limit": limit,
        "declined_at": hosting.declined_at(g.reader, g.round),
        "openings": list(db.session.scalars(openings.of(g.reader, g.round))),
        "open": g.round.takes_answers(datetime.now(UTC)),
        "free": bool(availability.given(g.reader, g.round)),
        "titles": titles(),
        "notes": notes(),
        "can_change": meeting_dates.can_change,
        "demand": demand.of(g.reader.department, g.round) if g.reader.department else None,
    }


# The form


def offer_of(form: Mapping[str, str], round: Round) -> Offer:
    """What does not belong to the kind or the times that were chosen is not read. Raises Mistakes."""
    said, repeat = forms.given(form), form.get("repeat")
    said.setdefault("title", named(form.get("kind", "")))
    if repeat in (NTH, LAST):
        said["repeat"] = monthly(repeat, typed.asked(typed.day, form.get("first_on", ""), date.min))
    if repeat in (ONCE, ANY_TIME):
        said = {name: value for name, value in said.items() if name not in ("repeat", *EXCEPTIONS)}
    if repeat == ANY_TIME:
        said = {name: value for name, value in said.items() if name not in ("first_on", "local_time")}
    if form.get("kind") != OpeningKind.RIDE_ALONG:
        said = {name: value for name, value in said.items() if name not in OF_RIDE_ALONGS}
    return openings.read(said | {"flexible": repeat == ANY_TIME, "with_exceptions": True, "with_riding": True}, round)


def monthly(repeat: str, first: date) -> str:
    """The same weekday of the month as on the *first* date: as the second one, say, or as the last one."""
    place = (first.day + 6) // 7
    place = -1 if repeat == LAST or place > 4 else place  # not every month has a fifth one
    return f"FREQ=MONTHLY;BYDAY={place}{WEEKDAYS[first.weekday()]}"


def preset(kind: str, zone: str, fewer: bool = False) -> Filled:
    """*fewer*: its host said after the last visit that they would do it less often."""
    chosen = OpeningKind(kind) if kind in USUAL else OpeningKind.DESK
    usual = {"zone": zone, "participation": Participation.OBSERVE}
    less = FEWEST if fewer else {}
    return Filled(usual | {"kind": chosen} | USUAL[chosen] | less)


def stored(opening: Opening) -> Filled:
    zone = ZoneInfo(opening.zone or opening.round.zone)
    start = opening.starts_at or (opening.slots[0].starts_at if opening.slots else None)
    local = start.astimezone(zone) if start else None
    shown: dict[str, object] = {
        name: getattr(opening, name) or ""
        for name in ("kind", "title", "minutes", "seats", "most_per_week", "place", "travel_minutes", "preparation")
    }
    return Filled(
        shown
        | {
            "repeat": repeat_of(opening),
            "first_on": opening.first_on or (local.date() if local else ""),
            "local_time": f"{opening.local_time or (local.time() if local else time(9)):%H:%M}",
            "zone": zone.key,
            "topics": ", ".join(opening.topics),
            "confidential": opening.confidential,
            "participation": opening.participation,
            "customer_consent": opening.customer_consent or "",
        }
        | riding(opening.riding)
        | excepted(opening.exceptions)
    )


def repeat_of(opening: Opening) -> str:
    """A weekly rule on the opening's own weekday needs no BYDAY: the first date says it. Any other rule stays as it is."""
    if opening.flexible or opening.starts_at:
        return ANY_TIME if opening.flexible else ONCE
    rule = opening.rrule or WEEKLY
    bare = ";".join(part for part in rule.split(";") if part != f"BYDAY={opening.weekday}")
    monthlies = (choice for choice in (LAST, NTH) if opening.first_on and rule == monthly(choice, opening.first_on))
    return bare if bare in (WEEKLY, BIWEEKLY) else next(monthlies, rule)


def excepted(exceptions: Exceptions) -> dict[str, object]:
    """As the form shows them."""
    moved = (f"{one.day} {one.to:%Y-%m-%d %H:%M}" for one in exceptions.moved)
    return {
        "not_on": " ".join(map(str, exceptions.not_on)),
        "paused_from": exceptions.paused_from or "",
        "paused_until": exceptions.paused_until or "",
        "moved": "\n".join(moved),
    }


def riding(said: Riding) -> dict[str, object]:
    """As the form shows it."""
    kept = {name: getattr(said, name) or "" for name in RIDING}
    return kept | {"cards": "" if said.cards is None else ("yes" if said.cards else "no")}


def mine_page(form: Filled) -> dict[str, object]:
    return page(form, gettext("Any time I am free")) | {"round": g.round}


def page(form: Filled, any_time: str) -> dict[str, object]:
    """The form of an opening, whoever fills it in; *any_time* is what they call that."""
    repeats = {
        ONCE: gettext("Once"),
        WEEKLY: gettext("Every week"),
        BIWEEKLY: gettext("Every two weeks"),
        NTH: gettext("Every month, in the same week"),
        LAST: gettext("Every month, in the last week"),
        ANY_TIME: any_time,
    }
    repeat = form.value("repeat")
    own = {} if repeat in repeats or not repeat else {repeat: gettext("By the rule %(rule)s", rule=repeat)}
    return {
        "form": form,
        "led": True,
        "repeats": list((repeats | own).items()),
        "kinds": [(kind, named(kind)) for kind in OpeningKind],
        "notes": notes(),
        "participations": [(way, language.word(way)) for way in Participation],
        "consents": consents(),
        "cards": [("", gettext("Not said")), ("yes", gettext("Yes, please")), ("no", gettext("None are needed"))],
    }


def titles() -> dict[OpeningKind, str]:
    """The three presets, in a host's own words: what is pressed, and the title to begin with."""
    return {
        OpeningKind.DESK: gettext("Sit beside me at work"),
        OpeningKind.MEETING: gettext("A seat in our regular meeting"),
        OpeningKind.RIDE_ALONG: gettext("Come along to a customer"),
    }


def named(kind: str) -> str:
    """What a host calls what they offer, as long as they give it no title."""
    known = OpeningKind(kind) if kind in list(OpeningKind) else OpeningKind.DESK
    return titles().get(known) or language.word(known)


def notes() -> dict[OpeningKind, str]:
    return {
        OpeningKind.DESK: gettext("Calls, screens, hands: your work as it is."),
        OpeningKind.MEETING: gettext("One seat more in a meeting that you have anyway."),
        OpeningKind.RIDE_ALONG: gettext("You can offer it before the customer has agreed."),
        OpeningKind.WORKSHOP: gettext("A training or a study meeting."),
        OpeningKind.TEAM: gettext("Some hours within a project."),
    }


def consents() -> list[tuple[Consent, str]]:
    return [
        (Consent.YES, gettext("Yes, the customer has agreed")),
        (Consent.ASKED, gettext("Not yet, I will ask")),
        (Consent.NO, gettext("The customer said no")),
    ]
