"""Every page of HR and of an employee in a company of 1,208 people: CPU of the server, weight, requests, height in screens,
findings of axe, the smallest target. Writes bench/PAGES.md."""

import argparse
import gzip
import logging
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from statistics import median

from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Request, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from bench.report import machine, table
from shadowing import config
from shadowing.app import create_app
from shadowing.background import jobs
from shadowing.cli import demo
from shadowing.extensions import db
from shadowing.extensions import settings as settings_of
from shadowing.mail import links
from shadowing.mail.letters import Sender
from shadowing.models import Guest, Letter, Pairing, Round, SignIn, Slot
from shadowing.rounds import rounds
from shadowing.views import auth

BRANCHES = 8
SOLVE_SECONDS = 20
SECRET = "s" * 32
RESULTS = Path(__file__).parent / "PAGES.md"
AXE = Path(__file__).parent.parent / "tests" / "interop" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = "/usr/bin/chromium"
SCREENS = {"desk": (1280, 800), "phone": (360, 740)}
MOST_SCREENS = 6
MOST_CPU = 0.2
TRIES = 5
SMALLEST = """[...document.querySelectorAll("a, button, summary, select, input:not([type=hidden], [type=checkbox], [type=radio])")]
  .filter(one => !one.closest(".vh, .skip") && getComputedStyle(one).display != "inline")
  .map(one => one.getBoundingClientRect()).filter(box => box.height)
  .reduce((least, box) => Math.min(least, Math.round(box.width), Math.round(box.height)), 99)"""
HEAD = (
    "page",
    "CPU s",
    "KB raw",
    "KB packed",
    "requests",
    "screens at 1280 × 800",
    "at 360 × 740",
    "axe",
    "smallest target",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Bytes are of the page and of all that it asks for; *screens* are heights over that of the window."""

    name: str
    cpu: float
    raw: int
    packed: int
    requests: int
    screens: tuple[float, ...]
    findings: tuple[str, ...]
    target: int

    def line(self) -> tuple[str, ...]:
        sizes = (f"{self.raw / 1024:.0f}", f"{self.packed / 1024:.1f}", str(self.requests))
        heights = tuple(f"{one:.1f}{'' if one <= MOST_SCREENS else ' (too long)'}" for one in self.screens)
        slow = "" if self.cpu <= MOST_CPU else " (too slow)"
        return (
            self.name,
            f"{self.cpu:.3f}{slow}",
            *sizes,
            *heights,
            ", ".join(self.findings) or "0",
            f"{self.target} px",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    app: Flask
    address: str
    client: FlaskClient
    round_id: int
    guest_link: str


def site(folder: Path, branches: int = BRANCHES) -> Site:
    """A company of so many *branches* whose answers are coming in, served."""
    app = create_app(config.read({}, secret_key=SECRET, instance=folder))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address, now = f"http://localhost:{server.server_port}", datetime.now(UTC)
    with app.app_context():
        db.create_all()
        round = demo.company(now, branches)
        answered = select(Guest).where(Guest.round_id == round.id, Guest.answered_at.is_not(None)).limit(1)
        guest = db.session.execute(answered).scalar_one()
        year = now + timedelta(days=365)
        db.session.add(SignIn(person=round.coordinator, hash=auth.digest("bench"), began_at=now, ends_at=year))
        db.session.commit()
        link = link_of(guest)
        client = app.test_client()
        client.set_cookie("session", "bench")
        return Site(app=app, address=address, client=client, round_id=round.id, guest_link=link)


def link_of(guest: Guest) -> str:
    """The personal page, from the root of the site."""
    return f"/my/{links.sign(SECRET, 'personal', guest.person_id, guest.person.link_version, guest.round_id)}"


def answering(site: Site) -> dict[str, str]:
    return {
        "collect": f"/rounds/{site.round_id}/collect",
        "answers": f"/rounds/{site.round_id}/answers",
        "answer": site.guest_link,
        "openings": f"{site.guest_link}/openings",
    }


def under_review(site: Site) -> dict[str, str]:
    """Makes the plan."""
    round = f"/rounds/{site.round_id}"
    with site.app.app_context():
        found = db.session.get_one(Round, site.round_id)
        jobs.here_and_now(found, SOLVE_SECONDS, 0, lambda job, progress: False, datetime.now(UTC))
        db.session.commit()
        seated = select(Pairing).where(Pairing.round_id == site.round_id, Pairing.stands).limit(1)
        pairing = db.session.execute(seated).scalar_one()
        person, alternatives = pairing.guest.person_id, f"/guests/{pairing.guest_id}/alternatives?pairing={pairing.id}"
        answer, opening = f"/guests/{pairing.guest_id}/answer", f"/openings/{pairing.slot.opening_id}"
    return {
        "home": "/",
        "people": "/people",
        "person": f"/people/{person}",
        "departments": "/departments",
        "new round": "/rounds/new",
        "round": round,
        "board": f"{round}/pairings",
        "alternatives": alternatives,
        "publish": f"{round}/publish",
        "an answer": answer,
        "entering an answer": f"{round}/answers/type-in?person={person}",
        "openings of the round": f"{round}/openings",
        "an opening": opening,
    }


def published(site: Site) -> dict[str, str]:
    """Publishes the round."""
    with site.app.app_context():
        round, now = db.session.get_one(Round, site.round_id), datetime.now(UTC)
        rounds.publish(
            round, round.coordinator, round.version, now.replace(microsecond=0), Sender.of(settings_of()), now
        )
        db.session.commit()
        slot = db.session.scalars(
            select(Slot.id).join(Pairing).where(Pairing.round_id == round.id, Pairing.stands)
        ).first()
        letter = db.session.scalars(select(Letter.id).where(Letter.round_id == round.id)).first()
    return {
        "home, published": "/",
        "run": f"/rounds/{site.round_id}/run",
        "a visit": f"/slots/{slot}",
        "mail": "/letters",
        "a mail": f"/letters/{letter}",
        "visits": f"{site.guest_link}/visits",
    }


def measured(site: Site, browser: Browser, name: str, path: str) -> Measured:
    seconds = [_cpu(site, path) for _ in range(TRIES)]
    page = browser.new_context(extra_http_headers={"Cookie": "session=bench"}, locale="ja-JP").new_page()
    bodies: list[bytes] = []
    page.on("requestfinished", lambda request: bodies.append(_body(request)))
    page.goto(site.address + path, wait_until="networkidle")
    screens, findings = [], set[str]()
    for size in SCREENS.values():
        page.set_viewport_size({"width": size[0], "height": size[1]})
        screens.append(page.evaluate("document.documentElement.scrollHeight") / size[1])
        findings |= _findings(page)
    found = Measured(
        name=name,
        cpu=median(seconds),
        raw=sum(map(len, bodies)),
        packed=sum(len(gzip.compress(body)) for body in bodies),
        requests=len(bodies),
        screens=tuple(screens),
        findings=tuple(sorted(findings)),
        target=page.evaluate(SMALLEST),
    )
    page.context.close()
    return found


def _body(request: Request) -> bytes:
    answer = request.response()
    return answer.body() if answer else b""


def _cpu(site: Site, path: str) -> float:
    """Of this process, in which nothing else happens meanwhile."""
    begun = time.process_time()
    answer = site.client.get(path)
    spent = time.process_time() - begun
    if answer.status_code != HTTPStatus.OK:
        raise RuntimeError(f"{path}: {answer.status}")
    return spent


def _findings(page: Page) -> set[str]:
    page.evaluate(AXE.read_text("utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("tags => axe.run({runOnly: tags})", tags)
    return {rule["id"] for rule in found["violations"]}


def rows(folder: Path) -> Iterator[Measured]:
    there = site(folder)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for pages in (answering, under_review, published):
            for name, path in pages(there).items():
                yield measured(there, browser, name, path)
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write bench/PAGES.md")
    write = parser.parse_args().write
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    lines = []
    print(" | ".join(HEAD))
    with tempfile.TemporaryDirectory() as folder:
        for row in rows(Path(folder)):
            lines.append(row.line())
            print(" | ".join(lines[-1]), flush=True)
    if write:
        about = "\n".join(f"- {line}" for line in ("`python -m bench.pages --write`", *machine()))
        RESULTS.write_text("\n\n".join(("# What the pages weigh", about, NOTE, table(HEAD, lines))) + "\n", "utf-8")


NOTE = re.sub(
    r"\s+",
    " ",
    """1,208 people in 48 departments on SQLite, a round under review and then published. CPU is that of the server for one page,
    the median of five; the weight is that of the page and of all it asks for, packed as gzip does; axe with its best
    practices at both sizes; the smallest target leaves out links within a sentence, and ticks, whose label is the target.""",
)

if __name__ == "__main__":
    main()
