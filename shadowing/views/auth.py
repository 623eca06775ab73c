"""Who is asking: sign-in for HR by a mailed link, personal links for everybody else, and the three access marks.

Every route carries exactly one of `for_hr`, `for_everyone`, `for_participant`; the mark stays on the function as
`access`, so that a test can hold the whole url_map against the permission table."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flask import Blueprint, g, redirect, render_template, request, url_for
from sqlalchemy import Select, func, or_, select
from werkzeug.wrappers import Response

from shadowing.company import audit
from shadowing.errors import Expired
from shadowing.extensions import db, settings
from shadowing.mail import letters, links
from shadowing.models import Attempt, Guest, Host, Opening, Person, Round, SignIn, SignInKey, Stage
from shadowing.rounds import joiners, rounds
from shadowing.typed import asked, mail
from shadowing.visiting import visits

View = TypeVar("View", bound=Callable[..., Any])
KEY_LIVES = timedelta(minutes=10)
SIGNED_IN_FOR = timedelta(hours=12)
LINK_OUTLIVES_VISITS = timedelta(days=35)
HOUR = timedelta(hours=1)
ASKS_PER_ADDRESS = 5
ASKS_PER_CLIENT = 30

bp = Blueprint("auth", __name__)


# Who is asking


def for_everyone(view: View) -> View:
    view.access = "everyone"  # type: ignore[attr-defined]  # a mark on the function
    return view


def for_hr(view: View) -> View:
    """Lets in whoever is signed in (as `g.user`); everybody else goes to the sign-in page."""

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        if signed_in() is None:
            return redirect(url_for("auth.ask"), code=303)
        return view(*args, **kwargs)

    checked.access = "hr"  # type: ignore[attr-defined]
    return checked  # type: ignore[return-value]  # wraps keeps the signature


def for_participant(view: View) -> View:
    """Opens `/my/<token>/...`: the person is `g.reader`, the round `g.round`, the token `g.token`; the view gets no token."""

    @wraps(view)
    def checked(*args: Any, token: str, **kwargs: Any) -> Any:
        opened = read_link(token, datetime.now(UTC))
        if opened is None:
            raise Expired("This personal link does not work any more.")
        g.token, (g.reader, g.round) = token, opened
        return view(*args, **kwargs)

    checked.access = "participant"  # type: ignore[attr-defined]
    return checked  # type: ignore[return-value]


def signed_in() -> Person | None:
    """The HR person of the session cookie; looked up once a request."""
    if "user" not in g:
        cookie = request.cookies.get(cookie_name("session"), "")
        row = db.session.scalar(live_sign_in(cookie, datetime.now(UTC))) if cookie else None
        g.user = row and row.person
    user: Person | None = g.user
    return user


def live_sign_in(cookie: str, now: datetime) -> Select[SignIn]:
    return (
        select(SignIn)
        .join(SignIn.person)
        .where(SignIn.hash == digest(cookie), SignIn.ended_at.is_(None), SignIn.ends_at > now)
        .where(Person.hr, Person.left_at.is_(None))
    )


def read_link(token: str, now: datetime) -> tuple[Person, Round] | None:
    """Whom and which round a personal link opens; None once it is revoked, the person left or the round is long over."""
    what = links.read(settings().secret_key, "personal", token)
    if what is None or len(what) != 3:
        return None
    person, round = db.session.get(Person, what[0]), db.session.get(Round, what[2])
    if person is None or round is None or person.left_at or person.link_version != what[1]:
        return None
    return (person, round) if is_open(round, now) else None


def is_open(round: Round, now: datetime) -> bool:
    """Whether links to *round* live: as long as it lasts, and so many days after its last visit, wherever that was moved; without
    a visit, after its last day."""
    zone = ZoneInfo(round.zone)
    today = now.astimezone(zone).date()
    if today <= round.ends_on:
        return True
    last = db.session.scalar(visits.last_end(round))
    return today <= (last.astimezone(zone).date() if last else round.ends_on) + LINK_OUTLIVES_VISITS


def person_of_link(token: str) -> Person | None:
    opened = read_link(token, datetime.now(UTC))
    return opened and opened[0]


def came_from(template: str, **facts: object) -> None:
    """The page that a refusal of what follows is shown on, with what was typed; without it, an error page is."""
    g.came_from = (template, facts)


# Sign in and out


@bp.get("/sign-in")
@for_everyone
def ask() -> str:
    return render_template("auth/ask.html")


@bp.post("/sign-in")
@for_everyone
def send_key() -> Response:
    """Answers the same for every address, known or not."""
    address, now = asked(mail, request.form.get("address", ""), ""), datetime.now(UTC)
    browser = request.cookies.get(cookie_name("browser")) or secrets.token_urlsafe(24)
    if within_ration(address, now):
        answer_asker(address, browser, now)
    db.session.commit()
    answer = redirect(url_for("auth.sent"), code=303)
    set_cookie(answer, "browser", browser, KEY_LIVES)
    return answer


@bp.get("/sign-in/sent")
@for_everyone
def sent() -> str:
    return render_template("auth/sent.html")


@bp.get("/sign-in/<token>")
@for_everyone
def confirm(token: str) -> str:
    find_key(token, datetime.now(UTC))
    return render_template("auth/confirm.html", token=token)


@bp.post("/sign-in/<token>")
@for_everyone
def spend_key(token: str) -> Response:
    now = datetime.now(UTC)
    key = find_key(token, now)
    key.used_at, cookie = now, secrets.token_urlsafe(32)
    db.session.add(SignIn(person_id=key.person_id, hash=digest(cookie), began_at=now, ends_at=now + SIGNED_IN_FOR))
    audit.record("sign_in", key.person, None, now)
    db.session.commit()
    answer = redirect(first_page(), code=303)
    set_cookie(answer, "session", cookie, SIGNED_IN_FOR)
    return answer


def first_page() -> str:
    """The sample company opens where there is something to decide."""
    reviewing = select(Round.id).where(Round.stage == Stage.REVIEWING).limit(1)
    id = db.session.scalar(reviewing) if settings().demo else None
    return url_for("pairings.board", id=id) if id else url_for("home.show")


@bp.post("/sign-out")
@for_hr
def sign_out() -> Response:
    now = datetime.now(UTC)
    row = db.session.scalars(live_sign_in(request.cookies.get(cookie_name("session"), ""), now)).one()
    row.ended_at = now
    db.session.commit()
    answer = redirect(url_for("auth.ask"), code=303)
    answer.delete_cookie(cookie_name("session"), secure=settings().https, httponly=True, samesite="Lax")
    return answer


@bp.post("/links")
@for_everyone
def send_links() -> Response:
    """New personal links, to the address on file only; the same answer for every address."""
    address, now = asked(mail, request.form.get("address", ""), ""), datetime.now(UTC)
    person = db.session.scalar(active_person(address)) if within_ration(address, now) else None
    if person is not None:
        mail_links(person, now)
    db.session.commit()
    return redirect(url_for("auth.sent"), code=303)


# What stands behind


def answer_asker(address: str, browser: str, now: datetime) -> None:
    """HR gets a key to sign in, everybody else their personal links, an unknown address nothing."""
    person = db.session.scalar(active_person(address))
    if person is not None and person.hr:
        letters.sign_in(new_key(person, digest(browser), now), now)
    elif person is not None:
        mail_links(person, now)


def new_key(person: Person, browser_hash: str | None, now: datetime) -> SignInKey:
    """The key's hash is that of its token, and the token names the key, so the row is written in two steps."""
    key = SignInKey(person=person, hash=secrets.token_hex(32), browser_hash=browser_hash, expires_at=now + KEY_LIVES)
    db.session.add(key)
    db.session.flush()
    key.hash = digest(links.sign(settings().secret_key, "sign_in", key.id))
    return key


def find_key(token: str, now: datetime) -> SignInKey:
    """A key that may be spent now in this browser; raises Expired."""
    key = db.session.scalar(select(SignInKey).where(SignInKey.hash == digest(token)))
    if key is None or key.used_at or key.expires_at <= now or key.person.left_at or not key.person.hr:
        raise Expired("This sign-in link has been used or has expired.")
    if key.browser_hash not in (None, digest(request.cookies.get(cookie_name("browser"), ""))):
        raise Expired("This sign-in link works only in the browser in which you asked for it.")
    return key


def mail_links(person: Person, now: datetime) -> None:
    """To their rounds, and to those that they may still join without having been asked."""
    for round in dict.fromkeys([*current_rounds_of(person, now), *joiners.open_to(person, now)]):
        letters.personal_link(person, round, now)


def current_rounds_of(person: Person, now: datetime) -> list[Round]:
    """Those to which their links live."""
    asked = select(Guest.round_id).where(Guest.person_id == person.id)
    hosting = select(Opening.round_id).join(Host).where(Host.person_id == person.id)
    late = Round.id.in_(visits.rounds_with_visits_after(now - LINK_OUTLIVES_VISITS - timedelta(days=1)))
    alive = Round.stage.not_in((Stage.DRAFT, Stage.CANCELLED))
    running = (alive, or_(Round.ends_on >= now.date() - LINK_OUTLIVES_VISITS, late))
    found = rounds.current().where(*running, or_(Round.id.in_(asked), Round.id.in_(hosting)))
    return [round for round in db.session.scalars(found) if is_open(round, now)]


def active_person(address: str) -> Select[Person]:
    return select(Person).where(func.lower(Person.email) == address.lower(), Person.left_at.is_(None))


def within_ration(address: str, now: datetime) -> bool:
    """Counts this try against the address and against the client; False once either asked too often in an hour."""
    rations = ((f"address:{address.lower()}", ASKS_PER_ADDRESS), (f"client:{request.remote_addr}", ASKS_PER_CLIENT))
    within = all(tries(key, now - HOUR) < most for key, most in rations)
    db.session.add_all(Attempt(key=digest(key), at=now) for key, _ in rations)
    return within


def tries(key: str, since: datetime) -> int:
    counted = select(func.count()).select_from(Attempt).where(Attempt.key == digest(key), Attempt.at > since)
    return db.session.scalar(counted) or 0


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def cookie_name(name: str) -> str:
    """With https the `__Host-` prefix makes the browser refuse a cookie set by a neighbour domain."""
    return f"__Host-{name}" if settings().https else name


def set_cookie(answer: Response, name: str, value: str, lives: timedelta) -> None:
    answer.set_cookie(
        cookie_name(name), value, max_age=lives, secure=settings().https, httponly=True, samesite="Lax", path="/"
    )
