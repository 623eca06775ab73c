"""All pages: their blueprints, what every answer carries, and how a refusal is shown."""

import hashlib
import re
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request, url_for
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.wrappers import Response

from shadowing.config import Settings
from shadowing.extensions import db, reading, settings
from shadowing.mail import letters as letters_of_mail
from shadowing.mail import outbox, reasons
from shadowing.models import GivenAnswer, Guest, Invitation
from shadowing.models.columns import storable
from shadowing.views import (
    aims,
    answers,
    auth,
    briefs,
    calendars,
    cancellation,
    contracts,
    departments,
    doctor,
    dropouts,
    exclusions,
    feeds,
    held_answers,
    holding,
    home,
    joiners,
    language,
    letters,
    lists,
    mail_aliases,
    mailings,
    meeting_dates,
    offers,
    open_as,
    openings,
    outcomes,
    pairings,
    persons,
    previews,
    received,
    reflections,
    refusals,
    repairs,
    ride_alongs,
    round_answers,
    round_folders,
    round_lists,
    round_openings,
    rounds,
    sites,
    slots,
    swaps,
    takeaway,
    trail,
    trials,
    visit_answers,
    visits,
    waiting,
    whom,
)
from shadowing.views.language import filled, locale_of_reader, zone_of_reader
from shadowing.visiting import answers_by_mail

__all__ = ["locale_of_reader", "register", "zone_of_reader"]

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
ID_MOST = 2**31 - 1  # of a column of whole numbers
INDENTATION = re.compile(r"\s*\n\s*(?=<)(?!</(?:textarea|pre)>)")
TWO_YEARS = 2 * 365 * 24 * 3600
PAGES = (
    home,
    auth,
    persons,
    lists,
    departments,
    aims,
    exclusions,
    contracts,
    sites,
    rounds,
    round_folders,
    round_lists,
    pairings,
    letters,
    briefs,
    ride_alongs,
    mailings,
    meeting_dates,
    answers,
    calendars,
    feeds,
    openings,
    slots,
    repairs,
    dropouts,
    visits,
    visit_answers,
    outcomes,
    reflections,
    trials,
    joiners,
    cancellation,
    whom,
    takeaway,
    trail,
    round_answers,
    round_openings,
    holding,
    previews,
    open_as,
    offers,
    swaps,
    waiting,
    received,
    held_answers,
    mail_aliases,
    doctor,
)


def register(app: Flask) -> None:
    for page in PAGES:
        app.register_blueprint(page.bp)
    language.register(app)
    app.config["TRUSTED_HOSTS"] = trusted_hosts(app.extensions["settings"])
    app.before_request(begin)
    app.teardown_request(finish)
    app.after_request(secure)
    refusals.register(app)
    functions = (
        static_url,
        here,
        whom.open_link,
        mailings.on_the_way,
        company,
        sample,
        mails_go_out,
        trouble,
        why,
        what_helps,
        waiting.requests_waiting,
        waiting.seats_on_offer,
        swaps.swaps_waiting,
        answers_held,
    )
    app.jinja_env.globals.update({function.__name__: function for function in functions})
    app.jinja_env.filters["unindented"] = unindented


def trusted_hosts(settings: Settings) -> list[str]:
    return [urlsplit(settings.public_url).hostname or "localhost", "localhost", "127.0.0.1", "[::1]"]


def begin() -> None:
    """A safe method may not write (the database holds it to that); an unsafe one must come from our own pages."""
    for name in ("user", "watched_by", "reader", "round", "token", "back", "came_from"):
        g.pop(name, None)
    reading.set(request.method in SAFE_METHODS)
    if request.method not in SAFE_METHODS and request.headers.get("Sec-Fetch-Site", "none") not in (
        "same-origin",
        "none",
    ):
        raise Forbidden
    if not all(map(nameable, (request.view_args or {}).values())):
        raise NotFound


def nameable(part: object) -> bool:
    """Whether a row could have *part* of an address as its id or key."""
    return part <= ID_MOST if isinstance(part, int) else not isinstance(part, str) or storable(part)


def finish(wrong: BaseException | None) -> None:
    """The transaction ends before the read-only mode does, so that the next one is begun in its own mode."""
    db.session.rollback()
    reading.set(False)


def secure(answer: Response) -> Response:
    answer.headers.update({name: value for name, value in HEADERS.items() if name not in answer.headers})
    if settings().https:
        answer.headers["Strict-Transport-Security"] = f"max-age={TWO_YEARS}"
    fixed = request.endpoint == "static" and "v" in request.args and answer.status_code in (200, 304)
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if fixed else "no-store"
    return answer


def unindented(html: Markup) -> Markup:
    """Without the indentation and the empty lines of its templates; what was typed into a larger field stays as it is."""
    return Markup(INDENTATION.sub("\n", html))  # noqa: S704 - only white space between tags is gone


def here() -> str:
    """The path to come back to after the language was switched."""
    if request.method not in SAFE_METHODS:
        is_page = g.get("came_from") and current_app.url_map.bind("").test(request.path, "GET")
        return request.path if is_page else str(g.get("back", "")) or refusals.page_above(there=True)
    return request.full_path if request.query_string else request.path


def static_url(filename: str) -> str:
    """The address of a static file with the hash of its content, so that it may be kept for ever."""
    path = Path(str(current_app.static_folder)) / filename
    return url_for("static", filename=filename, v=content_hash(path, path.stat().st_mtime_ns))


@lru_cache(maxsize=256)
def content_hash(path: Path, changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def company() -> str:
    return settings().company


def sample() -> bool:
    """Whether the company is the one of `make demo`."""
    return bool(current_app.extensions["settings"].demo)


def mails_go_out() -> bool:
    return bool(settings().mail_server)


def why(guest: Guest) -> str:
    """Why somebody has no visit, in the reader's language."""
    return reasons.why(guest.reason.code, gettext) if guest.reason else ""


def what_helps(guest: Guest) -> str:
    """The smallest change that gives them one, and where."""
    if guest.reason is None or not (told := reasons.remedy(guest.reason.remedy, gettext)):
        return ""
    return f"{told} {reasons.where(letters_of_mail.example(guest), language.reader(guest.person.zone))}".rstrip()


def answers_held(invitations: list[Invitation]) -> tuple[GivenAnswer, ...]:
    """Answers by mail that do not count until their owner says so."""
    return answers_by_mail.held(invitations)


def trouble() -> str:
    """What keeps mails from going out, for the banner."""
    return filled(outbox.trouble(datetime.now(UTC)) or "")
