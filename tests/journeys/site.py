"""The sample company with a round at each step, served to a real browser, and the frame that every page keeps to."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import Select, select, update

from shadowing.background import jobs
from shadowing.cli import demo
from shadowing.company import audit, people
from shadowing.extensions import db
from shadowing.folders import lists_handed
from shadowing.mail import links
from shadowing.mail.letters import Sender
from shadowing.models import (
    AnotherTime,
    Answer,
    Base,
    CheckUp,
    Department,
    GivenState,
    Guest,
    HandedList,
    Invitation,
    Letter,
    LetterKind,
    MailOutcome,
    Opening,
    Pairing,
    Person,
    Received,
    Round,
    SignIn,
    SignInKey,
    Stage,
    Way,
    Whom,
)
from shadowing.rounds import rounds
from shadowing.views import auth
from shadowing.visiting import answers
from shadowing.visiting.answers import NewAnswer
from tests import factories
from tests.conftest import SECRET
from tests.postbox import INTEROP

SHOTS = Path(__file__).parent.parent.parent / "artefacts" / "screenshots"
AXE = INTEROP / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOCALES = {"ja": "ja-JP", "en": "en-GB"}
COOKIE = "of-hr"
MARK = 32  # px
SEARCH_SECONDS = 2
REVIEWING, COLLECTING, VOLUNTEERS = "第3回ジョブシャドウイング", "第4回ジョブシャドウイング", "有志の回"
PUBLISHED, DRAFT = "先行の回", "第5回ジョブシャドウイング"
PATIENCE = 15_000  # ms; two other processes may have the machine
Row = TypeVar("Row", bound=Base)


@dataclass(frozen=True)
class Site:
    app: Flask
    address: str
    ids: dict[str, Any]
    """What stands for itself in the addresses of `pages.py`."""

    def at(self, path: str) -> str:
        return self.address + path.format(**self.ids)

    def everybody_reads(self, language: str) -> None:
        with self.app.app_context():
            db.session.execute(update(Person).values(locale=language))
            db.session.commit()


class Frame:
    """What holds on every page: no violation of the policy, nothing from elsewhere, no sideways scrolling, the mark in full."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page, self.faults = page, list[str]()
        page.on("console", lambda line: self.faults.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith(site.address) else self.faults.append(asked.url))

    def open(self, address: str, status: int = 200) -> None:
        """The page itself, not another one to which it leads."""
        answer = self.page.goto(address)
        assert answer
        assert (self.page.url.partition("#")[0], answer.status) == (address.partition("#")[0], status)

    def check(self) -> None:
        width = self.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert width[0] <= width[1], f"{self.page.url} scrolls sideways: {width}"
        mark = self.page.evaluate("document.querySelector('.brand .mark').getBoundingClientRect().width")
        assert mark == MARK, f"{self.page.url} squeezes the mark: {mark}"
        assert self.faults == []

    def findings(self) -> list[tuple[str, str, str]]:
        """Of axe by WCAG 2.2 AA and its best practices."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate("rules => axe.run({runOnly: rules, resultTypes: ['violations']})", RULES)
        assert found["passes"]
        return [
            (rule["id"], node["html"], node["failureSummary"]) for rule in found["violations"] for node in rule["nodes"]
        ]


def opened(browser: Browser, language: str = "ja", width: int = 1280, script: bool = True) -> BrowserContext:
    size = {"width": width, "height": 900}
    context = browser.new_context(locale=LOCALES[language], viewport=size, java_script_enabled=script)  # type: ignore[arg-type] # a plain dict
    context.set_default_timeout(PATIENCE)
    return context


def at_hrs_desk(browser: Browser, site: Site, language: str = "ja", **facts: Any) -> Page:
    """A page of somebody of HR who has signed in."""
    context = opened(browser, language, **facts)
    context.add_cookies([{"name": "session", "value": COOKIE, "url": site.address}])
    return context.new_page()


def fill() -> None:
    """A round under review, one that collects answers, one for volunteers, one that is published, and a draft."""
    now = datetime.now(UTC)
    reviewing = demo.company(now)
    hr = reviewing.coordinator
    assert hr
    collecting, volunteers, published, _ = (
        _draft(title, hr, now) for title in (COLLECTING, VOLUNTEERS, PUBLISHED, DRAFT)
    )
    volunteers.whom = Whom(way=Way.VOLUNTEERS)
    for round in (collecting, volunteers):
        rounds.ask(round, None, now)
    _publish(published, hr, now)
    db.session.add(SignIn(person=hr, hash=auth.digest(COOKIE), began_at=now, ends_at=now + timedelta(days=1)))
    key = SignInKey(person=hr, hash="of the test", expires_at=now + timedelta(days=1))
    db.session.add(key)
    db.session.flush()
    key.hash = auth.digest(links.sign(SECRET, "sign_in", key.id))
    lists_handed.hand_over("名簿.csv", b"", b"", {}, hr, now)
    factories.received(MailOutcome.FOR_HR, received_at=now)
    factories.check_up(hr, begun_at=now)
    jobs.here_and_now(reviewing, SEARCH_SECONDS, 0, lambda job, progress: False, now)
    audit.record("open_as", hr, collecting, now + timedelta(days=1), of=_answering(collecting).id)
    db.session.commit()


def _draft(title: str, hr: Person, now: datetime) -> Round:
    round = rounds.draft(rounds.defaults(now, "Asia/Tokyo", title), hr, now)
    db.session.flush()
    return round


def _publish(round: Round, hr: Person, now: datetime) -> None:
    """A visit of one guest to one host, on the first day on which the company works."""
    heads = {person.home.code: person for person in db.session.scalars(people.active().where(Person.lead))}
    guest, host = heads["factory"], heads["sales"]  # who have not met in an earlier round
    days = (round.starts_on + timedelta(days=more) for more in range(5))
    begin = people.at(next(day for day in days if day.isoformat() not in round.closed_days), time(10), demo.TOKYO)
    opening = factories.opening(round, host, starts_at=begin, title="企画会議")
    factories.free_at(round, guest, begin, begin + timedelta(hours=2))
    factories.pairing(factories.guest(round, guest, (host.home,)), factories.slot(opening, begin))
    round.stage = Stage.REVIEWING
    db.session.flush()
    sender = Sender(secret=SECRET, mail_from="shadowing@example.org", public_url="http://localhost:8000", company="")
    rounds.publish(round, hr, round.version, now.replace(microsecond=0), sender, now)
    db.session.flush()
    wish = AnotherTime(starts_at=begin + timedelta(days=1), ends_at=begin + timedelta(days=1, hours=1))
    said = NewAnswer(answer=Answer.NONE, another_time=wish, comment="月次の締めのあとでお願いします")
    visit = _first(select(Pairing).where(Pairing.round_id == round.id))
    answers.keep(_invitation(visit), said, GivenState.STANDS, now)


def _answering(collecting: Round) -> Person:
    """Whose pages are looked at: an employee who was asked and has not answered."""
    asked = select(Person).join(Guest).where(Guest.round_id == collecting.id, Person.hr.is_(False))
    return db.session.scalars(asked.order_by(Person.id)).all()[10]


def ids() -> dict[str, Any]:
    """Of the company that `fill` made."""
    by_title = {round.title: round for round in db.session.scalars(select(Round))}
    reviewing, collecting, volunteers, published, draft = (
        by_title[title] for title in (REVIEWING, COLLECTING, VOLUNTEERS, PUBLISHED, DRAFT)
    )
    guest = _first(select(Guest).where(Guest.round_id == reviewing.id, Guest.answered_at.is_not(None)))
    opening = _first(select(Opening).where(Opening.round_id == reviewing.id))
    visit = _first(select(Pairing).where(Pairing.round_id == published.id))
    person = _answering(collecting)
    return {
        "reviewing": reviewing.id,
        "collecting": collecting.id,
        "volunteers": volunteers.id,
        "published": published.id,
        "draft": draft.id,
        "guest": guest.id,
        "opening": opening.id,
        "slot": visit.slot_id,
        "letter": _first(select(Letter).where(Letter.kind == LetterKind.REQUEST)).id,
        "person": person.id,
        "department": person.department_id,
        "other": _first(select(Department).where(Department.id != person.department_id)).id,
        "handed": _first(select(HandedList)).id,
        "received": _first(select(Received)).id,
        "check_up": _first(select(CheckUp)).id,
        "key": links.sign(SECRET, "sign_in", _first(select(SignInKey)).id),
        "join": links.sign(SECRET, "join", volunteers.id),
        "link": _link(person, collecting),
        "host_link": _link(opening.hosts[0].person, reviewing),
        "visitor_link": _link(visit.guest.person, published),
        "visit": _first(select(Invitation).where(Invitation.person_id == visit.guest.person_id)).id,
    }


def _invitation(visit: Pairing) -> Invitation:
    own = select(Invitation).where(Invitation.slot_id == visit.slot_id)
    return _first(own.where(Invitation.person_id == visit.guest.person_id))


def _first(rows: Select[Row]) -> Row:
    return db.session.scalars(rows.limit(1)).one()


def _link(person: Person, round: Round) -> str:
    return links.sign(SECRET, "personal", person.id, person.link_version, round.id)
