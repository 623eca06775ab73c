"""A person's own pages as HR sees them: their answer and their visits, in their language and on their clock, with nothing to
press. What they write of their visits afterwards is not among them.

A press is noted in the audit and opens the pages for half an hour. No token is made: the pages' own links lead back here."""

import inspect
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Blueprint, g, redirect, url_for
from flask_babel import refresh
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from shadowing.company import audit
from shadowing.extensions import db
from shadowing.models import Person, Round
from shadowing.rounds import taking_part
from shadowing.views import answers, auth, visits
from shadowing.views.persons import the_person

OPEN_FOR = timedelta(minutes=30)
NOBODYS = "-"
"""Stands where a token would."""

bp = Blueprint("open_as", __name__)


@bp.post("/people/<int:id>/as-seen/<int:round_id>")
@auth.for_hr
def begin(id: int, round_id: int) -> Response:
    person, round = both(id, round_id)
    audit.record("open_as", g.user, round, datetime.now(UTC), of=person.id)
    db.session.commit()
    return redirect(url_for(".answer", id=id, round_id=round_id), code=303)


@bp.get("/people/<int:id>/as-seen/<int:round_id>")
@auth.for_hr
def answer(id: int, round_id: int) -> Response | str:
    return as_seen(id, round_id, answers.show)


@bp.get("/people/<int:id>/as-seen/<int:round_id>/visits")
@auth.for_hr
def their_visits(id: int, round_id: int) -> Response | str:
    return as_seen(id, round_id, visits.mine)


@bp.get("/people/<int:id>/as-seen/<int:round_id>/<path:rest>")
@auth.for_hr
def elsewhere(id: int, round_id: int, rest: str) -> Response:
    """Any other page of theirs is not shown."""
    return redirect(url_for(".answer", id=id, round_id=round_id), code=303)


def as_seen(id: int, round_id: int, view: Callable[..., object]) -> Response | str:
    """The page of *view*, without the link that guards it."""
    person, round = both(id, round_id)
    since = datetime.now(UTC) - OPEN_FOR
    if db.session.scalar(audit.done_since(since, "open_as", g.user, round, person)) is None:
        return redirect(url_for("people.show", id=id), code=303)
    g.watched_by, g.user, g.reader, g.round, g.token = g.user, None, person, round, NOBODYS
    refresh()  # from here on the page is written for its reader
    shown = inspect.unwrap(view)()
    return str(shown).replace(f"/my/{NOBODYS}", url_for(".answer", id=id, round_id=round_id))


def both(id: int, round_id: int) -> tuple[Person, Round]:
    """Somebody, and a round that they take part in."""
    person = the_person(id)
    for part in taking_part.of(person):
        if part.round.id == round_id:
            return person, part.round
    raise NotFound
