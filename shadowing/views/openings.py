"""What I offer: my openings in the round, a new one from three presets, change and withdraw."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from shadowing.collecting import availability, openings
from shadowing.collecting.openings import MINUTES_LEAST, MINUTES_MOST, Offer
from shadowing.extensions import db
from shadowing.models import Consent, Opening, OpeningKind
from shadowing.views import auth, forms, language
from shadowing.views.forms import Fields, Filled

Page = str | tuple[str, int]
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

bp = Blueprint("openings", __name__)


@bp.get("/my/<token>/openings")
@auth.for_participant
def mine() -> str:
    offered = list(db.session.scalars(openings.of(g.reader, g.round)))
    free = bool(availability.given(g.reader, g.round))
    return render_template(
        "openings/mine.html", openings=offered, open=g.round.takes_answers, free=free, titles=titles()
    )


@bp.get("/my/<token>/openings/new")
@auth.for_participant
def new() -> str:
    return render_template("openings/new.html", **page(preset(request.args.get("kind", ""))))


@bp.post("/my/<token>/openings/new")
@auth.for_participant
def offer() -> Response | Page:
    auth.came_from("openings/new.html", **page(Filled(request.form)))
    given = read(request.form)
    if isinstance(given, Filled):
        return render_template("openings/new.html", **page(given)), 422
    openings.offer(g.round, [g.reader], given, datetime.now(UTC))
    db.session.commit()
    flash(gettext("Thank you. Your opening is offered."))
    return redirect(url_for(".mine", token=g.token), code=303)


@bp.get("/my/<token>/openings/<int:id>/edit")
@auth.for_participant
def edit(id: int) -> str:
    opening = my_opening(id)
    return render_template("openings/edit.html", opening=opening, **page(stored(opening)))


@bp.post("/my/<token>/openings/<int:id>/edit")
@auth.for_participant
def change(id: int) -> Response | Page:
    opening = my_opening(id)
    auth.came_from("openings/edit.html", opening=opening, **page(Filled(request.form)))
    given = read(request.form)
    if isinstance(given, Filled):
        return render_template("openings/edit.html", opening=opening, **page(given)), 422
    openings.change(opening, given, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The opening is saved."))
    return redirect(url_for(".mine", token=g.token), code=303)


@bp.post("/my/<token>/openings/<int:id>/withdraw")
@auth.for_participant
def withdraw(id: int) -> Response:
    opening, g.back = my_opening(id), url_for(".mine", token=g.token)
    openings.withdraw(opening, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The opening is withdrawn."))
    return redirect(url_for(".mine", token=g.token), code=303)


def my_opening(id: int) -> Opening:
    opening: Opening = db.first_or_404(openings.of(g.reader, g.round).where(Opening.id == id))
    return opening


# The form


def read(form: Mapping[str, str]) -> Offer | Filled:
    fields = Fields(form)
    repeat = fields.take("repeat", repeated, ONCE)
    kind = OpeningKind(fields.take("kind", forms.one_of(OpeningKind), "desk"))
    flexible = repeat == ANY_TIME
    offer = Offer(
        kind=kind,
        title=fields.take("title", forms.text(200, gettext("Write what the guest will see.")), ""),
        minutes=fields.take("minutes", forms.number(MINUTES_LEAST, MINUTES_MOST), 60),
        seats=fields.take("seats", forms.number(1, 99), 1),
        flexible=flexible,
        first_on=None if flexible else fields.take("first_on", forms.day, date.min),
        local_time=None if flexible else fields.take("local_time", clock, time.min),
        zone=fields.take("zone", forms.zone, "UTC"),
        rrule="" if repeat in (ONCE, ANY_TIME) else repeat,
        most_per_week=fields.take("most_per_week", number_or_none, None),
        topics=fields.take("topics", topics, ()),
        place=fields.take("place", forms.text(200), ""),
        travel_minutes=fields.take("travel_minutes", travel, 0) if kind is OpeningKind.RIDE_ALONG else 0,
        preparation=fields.take("preparation", forms.text(2000), ""),
        confidential=fields.take("confidential", forms.ticked, False),
        customer_consent=fields.take("customer_consent", consent, None) if kind is OpeningKind.RIDE_ALONG else None,
    )
    return fields.filled() if fields.errors else offer


def repeated(typed: str) -> str:
    """Once, any time, or a rule: that of an imported opening may be one which the form itself does not offer."""
    if typed not in (ONCE, ANY_TIME):
        openings.read_rule(typed)
    return typed


def clock(typed: str) -> time:
    try:
        return time.fromisoformat(typed).replace(tzinfo=None, second=0, microsecond=0)
    except ValueError:
        raise forms.Wrong(gettext("Please enter a time like 13:30.")) from None


def number_or_none(typed: str) -> int | None:
    return forms.number(1, 99)(typed) if typed else None


def travel(typed: str) -> int:
    return forms.number(0, MINUTES_MOST)(typed or "0")


def topics(typed: str) -> tuple[str, ...]:
    named = dict.fromkeys(topic.strip() for topic in typed.replace("、", ",").split(",") if topic.strip())
    if len(named) > 10 or any(len(topic) > 100 for topic in named):
        raise forms.Wrong(gettext("At most 10 topics of at most 100 characters."))
    return tuple(named)


def consent(typed: str) -> Consent:
    if typed not in list(Consent):
        raise forms.Wrong(gettext("Say whether the customer of the ride-along has agreed."))
    return Consent(typed)


def preset(kind: str) -> Filled:
    chosen = OpeningKind(kind) if kind in USUAL else OpeningKind.DESK
    return Filled({"kind": chosen, "title": titles()[chosen], "zone": g.reader.zone} | USUAL[chosen])


def stored(opening: Opening) -> Filled:
    zone = ZoneInfo(opening.zone or opening.round.zone)
    start = opening.starts_at or (opening.slots[0].starts_at if opening.slots else None)
    local = start.astimezone(zone) if start else None
    typed: dict[str, Any] = {
        name: getattr(opening, name) or ""
        for name in ("kind", "title", "minutes", "seats", "most_per_week", "place", "travel_minutes", "preparation")
    }
    return Filled(
        typed
        | {
            "repeat": repeat_of(opening),
            "first_on": opening.first_on or (local.date() if local else ""),
            "local_time": f"{opening.local_time or (local.time() if local else time(9)):%H:%M}",
            "zone": zone.key,
            "topics": ", ".join(opening.topics),
            "confidential": opening.confidential,
            "customer_consent": opening.customer_consent or "",
        }
    )


def repeat_of(opening: Opening) -> str:
    """A weekly rule on the opening's own weekday needs no BYDAY: the first date says it."""
    if opening.flexible or opening.starts_at:
        return ANY_TIME if opening.flexible else ONCE
    rule = opening.rrule or WEEKLY
    return rule.replace(f";BYDAY={opening.weekday}", "") if rule.startswith(WEEKLY) else rule


def page(form: Filled) -> dict[str, Any]:
    repeats = {
        ONCE: gettext("Once"),
        WEEKLY: gettext("Every week"),
        BIWEEKLY: gettext("Every two weeks"),
        ANY_TIME: gettext("Any time I am free"),
    }
    repeat = form.value("repeat")
    own = {} if repeat in repeats or not repeat else {repeat: gettext("By the rule %(rule)s", rule=repeat)}
    kinds = [(kind, language.word(kind)) for kind in OpeningKind]
    return {"form": form, "repeats": list((repeats | own).items()), "kinds": kinds, "consents": consents()}


def titles() -> dict[OpeningKind, str]:
    """The three presets, in a host's own words: what is pressed, and the title to begin with."""
    return {
        OpeningKind.DESK: gettext("Sit beside me at work"),
        OpeningKind.MEETING: gettext("A seat in our regular meeting"),
        OpeningKind.RIDE_ALONG: gettext("Come along to a customer"),
    }


def consents() -> list[tuple[Consent, str]]:
    return [
        (Consent.YES, gettext("Yes, the customer has agreed")),
        (Consent.ASKED, gettext("Not yet, I will ask")),
        (Consent.NO, gettext("The customer said no")),
    ]
