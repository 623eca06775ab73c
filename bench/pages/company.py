"""The company of 1,208 people whose pages are measured, served, and its pages while a round goes from stage to stage."""

import gc
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from sqlalchemy import Select, select, update
from werkzeug.serving import make_server

from shadowing import config
from shadowing.app import create_app
from shadowing.background import jobs, worker
from shadowing.cli import demo
from shadowing.extensions import db
from shadowing.extensions import settings as settings_of
from shadowing.mail import links
from shadowing.mail.letters import Sender
from shadowing.models import (
    Department,
    Guest,
    HandedList,
    Invitation,
    Letter,
    Pairing,
    Person,
    Role,
    Round,
    SignIn,
    Slot,
)
from shadowing.rounds import rounds
from shadowing.views import auth

BRANCHES = 8
SOLVE_SECONDS = 20
SECRET = "s" * 32
LOCALES = {"ja": "ja-JP", "en": "en-GB"}
DESK, PHONE = (1280, 800), (360, 740)
EMPLOYEE = "/my/"
CHROMIUM = "/usr/bin/chromium"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    app: Flask
    address: str
    client: FlaskClient
    round_id: int
    guest_link: str


def site(folder: Path, branches: int = BRANCHES) -> Site:
    """A company of so many *branches* whose answers are coming in, served."""
    app, address = _served(folder)
    now = datetime.now(UTC)
    with app.app_context():
        round = demo.company(now, branches)
        answered = select(Guest).where(Guest.round_id == round.id, Guest.answered_at.is_not(None)).limit(1)
        link = link_of(db.session.execute(answered).scalar_one())
        hr = db.session.scalars(select(Person).where(Person.hr)).one()
        return _signed_in(app, address, hr, round.id, link)


@contextmanager
def empty() -> Iterator[Site]:
    """A company in which there is nobody yet but HR."""
    with tempfile.TemporaryDirectory() as folder:
        app, address = _served(Path(folder))
        with app.app_context():
            home = Department(code="office", name="管理部")
            hr = Person(code="S1", display_name="人事 一郎", email="hr@example.com", department=home, hr=True)
            db.session.add(hr)
            db.session.flush()
            there = _signed_in(app, address, hr, 0, "")
        yield there


def _served(folder: Path) -> tuple[Flask, str]:
    app = create_app(config.read({}, secret_key=SECRET, instance=folder))
    with app.app_context():
        db.create_all()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    gc.collect()  # as wsgi.py does
    gc.freeze()
    gc.set_threshold(50_000)
    return app, f"http://localhost:{server.server_port}"


def _signed_in(app: Flask, address: str, hr: Person, round_id: int, link: str) -> Site:
    now = datetime.now(UTC)
    db.session.add(SignIn(person=hr, hash=auth.digest("bench"), began_at=now, ends_at=now + timedelta(days=365)))
    db.session.commit()
    client = app.test_client()
    client.set_cookie("session", "bench")
    return Site(app=app, address=address, client=client, round_id=round_id, guest_link=link)


def link_of(guest: Guest) -> str:
    """The personal page, from the root of the site."""
    return f"{EMPLOYEE}{links.sign(SECRET, 'personal', guest.person_id, guest.person.link_version, guest.round_id)}"


def read(there: Site, language: str) -> None:
    """Everybody reads *language* from now on: a page speaks its reader's own."""
    with there.app.app_context():
        db.session.execute(update(Person).values(locale=language))
        db.session.commit()


def opened(
    there: Site, browser: Browser, size: tuple[int, int] = DESK, *, language: str = "ja", script: bool = True
) -> Page:
    """A browser of its own, in which HR is signed in and nothing is kept yet."""
    window = {"width": size[0], "height": size[1]}
    context = browser.new_context(locale=LOCALES[language], viewport=window, java_script_enabled=script)  # type: ignore[arg-type] # a plain dict
    context.add_cookies([{"name": "session", "value": "bench", "url": there.address}])
    return context.new_page()


# The pages, stage by stage


def answering(there: Site) -> dict[str, str]:
    round = f"/rounds/{there.round_id}"
    return {
        "collect": f"{round}/collect",
        "answers": f"{round}/answers",
        "remind": f"{round}/nudge",
        "solve before the deadline": f"{round}/solve/early",
        "change the round": f"{round}/edit",
        "list of times": f"{round}/list",
        "entering an answer": f"{round}/answers/type-in?person={_somebody(there)}",
        "answer": there.guest_link,
        "thanks": f"{there.guest_link}/thanks",
        "my openings": f"{there.guest_link}/openings",
        "a new opening": f"{there.guest_link}/openings/new",
    }


def _somebody(there: Site) -> int:
    with there.app.app_context():
        return db.session.execute(_unanswered(there.round_id)).scalars().all()[-1].person_id


def _unanswered(round_id: int) -> Select[Guest]:
    return select(Guest).where(Guest.round_id == round_id, Guest.answered_at.is_(None)).order_by(Guest.id)


def links_of_silent(there: Site, many: int) -> list[str]:
    """The personal pages of so many people who have not answered yet."""
    with there.app.app_context():
        return [link_of(guest) for guest in db.session.scalars(_unanswered(there.round_id).limit(many))]


def under_review(there: Site) -> dict[str, str]:
    """Makes the plan."""
    round = f"/rounds/{there.round_id}"
    with there.app.app_context():
        found = db.session.get_one(Round, there.round_id)
        jobs.here_and_now(found, SOLVE_SECONDS, 0, lambda job, progress: False, datetime.now(UTC))
        db.session.commit()
        seated = select(Pairing).where(Pairing.round_id == there.round_id, Pairing.stands).limit(1)
        pairing = db.session.execute(seated).scalar_one()
        person, guest, opening = pairing.guest.person_id, pairing.guest_id, pairing.slot.opening_id
    return {
        "home": "/",
        "round": round,
        "board": f"{round}/pairings",
        "alternatives": f"/guests/{guest}/alternatives?pairing={pairing.id}",
        "trial": f"/guests/{guest}/trial?pairing={pairing.id}",
        "unmatched": f"{round}/unmatched",
        "publish": f"{round}/publish",
        "solve": f"{round}/solve",
        "open the answers again": f"{round}/reopen",
        "an answer": f"/guests/{guest}/answer",
        "openings of the round": f"{round}/openings",
        "an opening": f"/openings/{opening}",
        "change an opening": f"/openings/{opening}/edit",
        "joiners": f"{round}/joiners",
        "files": f"{round}/files",
        "people": "/people",
        "person": f"/people/{person}",
        "change a person": f"/people/{person}/edit",
        "somebody leaves": f"/people/{person}/leave",
        "somebody is away": f"/people/{person}/away",
        "import people": "/people/import",
        "who runs rounds": "/people/running-rounds",
        "departments": "/departments",
        "change a department": "/departments/1/edit",
        "new round": "/rounds/new",
        "exclusions": "/exclusions",
        "contracts": "/contracts",
        "sites": "/sites",
    }


def publish(there: Site) -> None:
    with there.app.app_context():
        round, now = db.session.get_one(Round, there.round_id), datetime.now(UTC)
        stamp = now.replace(microsecond=0)
        rounds.publish(round, round.coordinator, round.version, stamp, Sender.of(settings_of()), now)
        db.session.commit()


def published(there: Site) -> dict[str, str]:
    """Of a round that is published."""
    round = f"/rounds/{there.round_id}"
    with there.app.app_context():
        taken = select(Slot.id).join(Pairing).where(Pairing.round_id == there.round_id, Pairing.stands)
        slot = db.session.scalars(taken.limit(1)).one()
        letter = db.session.scalars(select(Letter.id).where(Letter.round_id == there.round_id).limit(1)).one()
    return {
        "home, published": "/",
        "run": f"{round}/run",
        "a visit": f"/slots/{slot}",
        "board, published": f"{round}/pairings",
        "publish again": f"{round}/publish",
        "call off": f"{round}/cancel?why=Sorry",
        "mailings": f"{round}/mailings",
        "mail": "/letters",
        "mail, one by one": "/letters?state=ready",
        "a mail": f"/letters/{letter}",
        "audit": "/audit",
        "visits": f"{link_of_guest(there)}/visits",
    }


def long_list(there: Site) -> dict[str, str]:
    """The check page of the list that was handed over, once the worker has read it."""
    while worker.work(there.app, threading.Event(), lambda: datetime.now(UTC)):
        pass
    with there.app.app_context():
        return {"check of 20,000 people": f"/people/import/{db.session.scalars(select(HandedList.id)).one()}"}


def link_of_guest(there: Site) -> str:
    """The personal page of a guest who is invited."""
    invited = select(Invitation.person_id).where(Invitation.role == Role.GUEST, Invitation.cancelled_at.is_(None))
    with there.app.app_context():
        found = select(Guest).where(Guest.round_id == there.round_id, Guest.person_id.in_(invited)).order_by(Guest.id)
        return link_of(db.session.execute(found.limit(1)).scalar_one())
