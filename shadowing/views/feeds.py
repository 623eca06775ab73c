"""Calendars to subscribe to, and new addresses for them. Whoever has one reads the calendar: it bears nobody's mail address."""

from collections.abc import Iterable
from datetime import UTC, datetime

from flask import Blueprint, current_app, flash, g, redirect, request, url_for
from flask_babel import force_locale, gettext
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from shadowing.extensions import db, settings
from shadowing.mail import ical, links
from shadowing.mail.ical import FeedEvent
from shadowing.models import Department, Entry, Invitation, OpeningKind, Person
from shadowing.views import auth, language
from shadowing.visiting import feeds, ride_alongs

OWN, DEPARTMENT = "feed", "department_feed"

bp = Blueprint("feeds", __name__)


@bp.get("/feeds/mine/<key>.ics")
@auth.for_everyone
def mine(key: str) -> Response:
    person = db.session.get(Person, opened(OWN, key)[0])
    if person is None or person.left_at or opened(OWN, key)[1] != person.feed_version:
        raise NotFound
    with force_locale(person.locale):
        found = db.session.scalars(feeds.unmailed(person, datetime.now(UTC)))
        events = [event(one, ride_alongs.shown(one), masked=False) for one in found]
        return calendar(gettext("My job shadowing"), events)


@bp.get("/feeds/department/<key>.ics")
@auth.for_everyone
def of_department(key: str) -> Response:
    department = db.session.get(Department, opened(DEPARTMENT, key)[0])
    if department is None or opened(DEPARTMENT, key)[1] != department.feed_version:
        raise NotFound
    found = feeds.hosted(department, datetime.now(UTC))
    events = [event(one, one.told.entry, one.told.entry.kind is OpeningKind.RIDE_ALONG) for one in found]
    return calendar(gettext("Job shadowing: %(what)s", what=department.name), events)


@bp.post("/my/<token>/feed/renew")
@auth.for_participant
def renew() -> Response:
    feeds.renew(g.reader)
    db.session.commit()
    flash(gettext("Your calendar address is made. An older one has ended."))
    return redirect(url_for("visits.mine", token=g.token), code=303)


@bp.post("/departments/<int:id>/feed/renew")
@auth.for_hr
def renew_of(id: int) -> Response:
    feeds.renew_of(db.get_or_404(Department, id), g.user, datetime.now(UTC))
    db.session.commit()
    flash(gettext("The calendar address is made. An older one has ended."))
    return redirect(url_for("departments.edit", id=id), code=303)


def opened(purpose: str, key: str) -> tuple[int, int]:
    """Whose calendar a key opens, and its version. Raises NotFound."""
    what = links.read(settings().secret_key, purpose, key)
    if what is None or len(what) != 2 or what[1] < 1:
        raise NotFound
    return what[0], what[1]


def address(purpose: str, of: Person | Department) -> str:
    """Of the newest calendar; empty where none was ever made."""
    if not of.feed_version:
        return ""
    key = links.sign(settings().secret_key, purpose, of.id, of.feed_version)
    endpoint = "feeds.mine" if purpose == OWN else "feeds.of_department"
    return settings().running_url + url_for(endpoint, key=key)


def event(invitation: Invitation, entry: Entry, masked: bool) -> FeedEvent:
    """*masked* says nothing of a customer; the title, which may name one, nobody's calendar says."""
    what = language.word(entry.kind) if entry.private else entry.title or entry.department
    guests = ", ".join(f"{one.name} ({one.department})" for one in entry.guests)
    lines = [gettext("Hosts: %(names)s", names=", ".join(entry.hosts)), gettext("Guests: %(names)s", names=guests)]
    return FeedEvent(
        uid=invitation.uid,
        sequence=invitation.sequence,
        stamp=invitation.told.stamp,
        starts_at=entry.leaves_at,
        ends_at=entry.back_at,
        summary=gettext("Job shadowing: %(what)s", what=what),
        place="" if masked or not entry.firm else entry.place,
        description="\n".join(lines),
        private=entry.private,
    )


def calendar(name: str, events: Iterable[FeedEvent]) -> Response:
    """Not sent again where the reader has it already (RFC 9110 13.1.2)."""
    answer = current_app.response_class(ical.feed(name, events), mimetype="text/calendar")
    answer.add_etag()
    return answer.make_conditional(request)
