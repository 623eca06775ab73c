"""Calendars that a person hands over with their answer: a file, an address, and what has become of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import Blueprint, g, redirect, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from shadowing.calendars import process, taking
from shadowing.calendars.addresses import place
from shadowing.errors import Refusal
from shadowing.extensions import db, settings
from shadowing.models import BusyCalendar
from shadowing.views import auth, language

bp = Blueprint("calendars", __name__)


@bp.post("/my/<token>/calendars/<int:id>/remove")
@auth.for_participant
def remove(id: int) -> Response:
    g.back = url_for("answers.thanks", token=g.token)
    taking.take_back(_mine(id), datetime.now(UTC))
    db.session.commit()
    return redirect(g.back, code=303)


@bp.post("/my/<token>/calendars/<int:id>/again")
@auth.for_participant
def again(id: int) -> Response:
    g.back = url_for("answers.thanks", token=g.token)
    taking.again(_mine(id), datetime.now(UTC))
    db.session.commit()
    return redirect(g.back, code=303)


def _mine(id: int) -> BusyCalendar:
    calendar: BusyCalendar = db.first_or_404(taking.of(g.reader, g.round).where(BusyCalendar.id == id))
    return calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What came with an answer. *errors* are beside the fields `calendar_file` and `calendar_url`."""

    file: taking.ReadCalendarFile | None = None
    url: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


def handed() -> Handed:
    """The file is read here, while no transaction is open."""
    url, file, errors = request.form.get("calendar_url", "").strip(), request.files.get("calendar_file"), {}
    found = None
    try:
        found = _read(file) if file and file.filename else None
    except Refusal as refusal:
        errors["calendar_file"] = language.said(refusal)
    try:
        if url:
            place(url, settings().calendar_hosts)
    except Refusal as refusal:
        errors["calendar_url"] = language.said(refusal)
    return Handed(file=found, url=url, errors=errors)


def _read(file: FileStorage) -> taking.ReadCalendarFile:
    data, wanted = file.read(process.BYTES_MOST + 1), taking.wanted(g.reader, g.round)
    db.session.rollback()
    return taking.read(data, wanted)


def lost(handed: Handed) -> dict[str, str]:
    """What to do again where something else on the page is wrong."""
    return {"calendar_file": gettext("Please choose the calendar file again.")} if handed.file else {}


def keep(handed: Handed, now: datetime) -> None:
    if handed.file:
        taking.take_in(g.reader, g.round, handed.file, now)
    if handed.url:
        taking.ask(g.reader, g.round, handed.url, settings().calendar_hosts, now)
