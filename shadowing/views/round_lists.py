"""One list of free times or of openings goes into a round: chosen, checked with its questions, taken in."""

from base64 import b64encode
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import PurePath

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from shadowing.extensions import db
from shadowing.folders import wrong_cells
from shadowing.lists import clocks, marks
from shadowing.lists.offers import COUNTS, ListedOffer
from shadowing.models import OpeningKind, Round
from shadowing.rounds import lists
from shadowing.rounds.lists import RoundList
from shadowing.typed import Mistakes, Unfit
from shadowing.views import auth, forms, language

SHOWN_MOST = 25
ANSWER = "answer:"
CARRIED = "file:"

bp = Blueprint("round_lists", __name__)


@bp.get("/rounds/<int:id>/list")
@auth.for_hr
def choose(id: int) -> str:
    return render_template("round_lists/choose.html", **page(the_round(id)))


@bp.post("/rounds/<int:id>/list/check")
@auth.for_hr
def check(id: int) -> str | tuple[str, int]:
    round = the_round(id)
    auth.came_from("round_lists/choose.html", **page(round))
    name, data = file_of(request.form, request.files)
    told = lists.preview(round, name, data, answers_of(request.form), datetime.now(UTC))
    found = render_template("round_lists/check.html", round=round, told=told, **shown(told, round, name, data))
    return found, 422 if told.errors else 200


@bp.post("/rounds/<int:id>/list")
@auth.for_hr
def take_in(id: int) -> Response:
    round, g.back = the_round(id), url_for(".choose", id=id)
    name, data = file_of(request.form, request.files)
    told = lists.take_in(round, name, data, answers_of(request.form), g.user, datetime.now(UTC))
    db.session.commit()
    flash(done(told))
    return redirect(url_for("rounds.show", id=id), code=303)


def page(round: Round) -> dict[str, object]:
    return {"round": round, "open": round.takes_answers(datetime.now(UTC)), "form": forms.Filled()}


def the_round(id: int) -> Round:
    g.back = url_for("rounds.show", id=id)
    return db.get_or_404(Round, id)


def file_of(form: Mapping[str, str], files: Mapping[str, FileStorage]) -> tuple[str, bytes]:
    """Its name and its bytes: carried along from the page before, or chosen now. Raises Mistakes."""
    carried = next((name for name in form if name.startswith(CARRIED)), None)
    if carried:
        return carried.removeprefix(CARRIED), forms.decoded(form[carried])
    chosen = files.get("list")
    data = chosen.read() if chosen else b""
    if chosen is None or not chosen.filename:
        raise Mistakes({"list": Unfit("Please choose the file with the list.")})
    if len(data) > forms.FILE_MOST:
        raise Mistakes({"list": Unfit("This file is larger than %(most)s MB.", most=forms.FILE_MOST // forms.MEGABYTE)})
    return PurePath(chosen.filename).name, data


def answers_of(form: Mapping[str, str]) -> dict[str, str]:
    return {name.removeprefix(ANSWER): choice for name, choice in form.items() if name.startswith(ANSWER)}


def done(told: RoundList) -> str:
    """What has happened, in figures."""
    count = len(told.new) + len(told.changed)
    if told.of_times:
        return str(
            ngettext("The times of %(num)d person are taken in.", "The times of %(num)d people are taken in.", count)
        )
    return str(ngettext("%(num)d opening is taken in.", "%(num)d openings are taken in.", count))


# What the check page shows


def shown(told: RoundList, round: Round, name: str, data: bytes) -> dict[str, object]:
    return {
        "file": name,
        "carried": {f"file:{name}": b64encode(data).decode()},
        "asked": [(one, choices(one.choices, round), chosen(one.about, one.proposal)) for one in told.questions],
        "people": people(told),
        "openings": [(one, when(one)) for one in (*told.offers, *told.waiting)],
        "causes": wrong_cells.causes(told.errors),
        "columns": {},
        "most": SHOWN_MOST,
    }


def chosen(about: str, proposal: str) -> str:
    return str(request.form.get(f"{ANSWER}{about}", proposal))


def choices(values: tuple[str, ...], round: Round) -> list[tuple[str, str]]:
    """Each with the words for it in the reader's language."""
    words = {f"{day.day} {day:%b}": language.short_day(day) for day in lists.days_of(round).open()}
    words |= {kind.value: language.word(kind) for kind in OpeningKind}
    words |= dict.fromkeys((*COUNTS.values(), "all"), gettext("an opening on each of them"))
    words |= {"○": gettext("yes (○)"), "△": gettext("if need be (△)"), "yes": gettext("Yes")}
    return [(value, words.get(value) or language.filled(value)) for value in values]


def people(told: RoundList) -> list[tuple[str, list[str]]]:
    """Who is free when, by their names."""
    times: dict[str, list[str]] = defaultdict(list)
    for span in told.spans:
        level = "△ " if span.level == marks.MAYBE else ""
        clock = f"{clocks.shown(span.begin)}–{clocks.shown(span.end)}"
        times[span.person].append(f"{level}{language.short_day(span.day)} {clock}")
    return [(told.names.get(code, code), said) for code, said in times.items()]


def when(offer: ListedOffer) -> str:
    """When an opening of the list takes place, in words."""
    if offer.begin is None:
        return str(gettext("Any time I am free"))
    clock = f"{clocks.shown(offer.begin)}–{clocks.shown(offer.begin + offer.minutes)}"
    if not offer.rule:
        return f"{language.listed(map(language.short_day, offer.days))} {clock}"
    first = offer.first_on and language.short_day(offer.first_on)
    regular = gettext("regularly, first on %(day)s", day=first or "?")
    return f"{regular}, {clock}"
