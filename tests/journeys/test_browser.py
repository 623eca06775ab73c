"""A round in a real browser: HR reviews and publishes, an employee answers without JavaScript, every page keeps to the frame.

Screenshots of every page, 360 and 1280 pixels wide, in both languages, are kept in `artefacts/screenshots`."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from sqlalchemy import delete, select, update
from werkzeug.serving import make_server

from shadowing.app import create_app
from shadowing.cli import demo
from shadowing.company import people
from shadowing.extensions import db
from shadowing.mail import links
from shadowing.models import (
    Availability,
    Department,
    Guest,
    Letter,
    LetterKind,
    Opening,
    Person,
    Round,
    SignInKey,
    Stage,
)
from shadowing.rounds import rounds
from shadowing.views import auth
from tests.conftest import SECRET, settings
from tests.postbox import INTEROP

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

SHOTS = Path(__file__).parent.parent.parent / "artefacts" / "screenshots"
CHROMIUM = "/usr/bin/chromium"
QUIET = "--no-sandbox --disable-gpu --disable-background-networking --no-first-run --disable-component-update --disable-sync"
AXE = INTEROP / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = (360, 1280)
LOCALES = {"ja": "ja-JP", "en": "en-GB"}


@dataclass(frozen=True)
class Site:
    """The served demo company. *collecting* is a second round, in which employees still answer."""

    app: Flask
    address: str
    round_id: int
    collecting_id: int
    draft_id: int
    guest_link: str
    key_id: int

    def hr_link(self) -> str:
        return f"{self.address}/sign-in/{links.sign(SECRET, 'sign_in', self.key_id)}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    app = create_app(settings(tmp_path_factory.mktemp("site")))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with app.app_context():
        db.create_all()
        site = _fill(app, f"http://localhost:{server.server_port}")
    yield site
    server.shutdown()


def _fill(app: Flask, address: str) -> Site:
    now = datetime.now(UTC)
    round = demo.fill(now)
    draft = rounds.draft(rounds.defaults(now, "Asia/Tokyo", "第5回ジョブシャドウイング"), round.coordinator, now)
    db.session.flush()
    later = rounds.draft(rounds.defaults(now, "Asia/Tokyo", "第4回ジョブシャドウイング"), round.coordinator, now)
    db.session.flush()
    rounds.ask(later, None, now)
    person = db.session.scalars(people.active().where(Person.hr.is_(False), Person.locale == "ja")).all()[10]
    assert round.coordinator
    key = SignInKey(person=round.coordinator, hash="of the test", expires_at=datetime(2100, 1, 1, tzinfo=UTC))
    db.session.add(key)
    db.session.flush()
    key.hash = auth.digest(links.sign(SECRET, "sign_in", key.id))
    db.session.commit()
    token = links.sign(SECRET, "personal", person.id, person.link_version, later.id)
    return Site(app, address, round.id, later.id, draft.id, f"{address}/my/{token}", key.id)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield browser
        browser.close()


class Frame:
    """What holds on every page: no violation of the policy, nothing from elsewhere, no sideways scrolling."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page, self.faults = page, list[str]()
        page.on("console", lambda line: self.faults.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith(site.address) else self.faults.append(asked.url))

    def check_access(self) -> None:
        """No finding of axe by WCAG 2.2 AA."""
        self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})")
        wrong = [
            (rule["id"], node["html"], node["failureSummary"]) for rule in found["violations"] for node in rule["nodes"]
        ]
        assert found["passes"]
        assert wrong == [], self.page.url

    def check(self) -> None:
        width = self.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert width[0] <= width[1], f"{self.page.url} scrolls sideways: {width}"
        assert self.faults == []


def _context(browser: Browser, language: str = "ja", width: int = 1280, script: bool = True) -> BrowserContext:
    size = {"width": width, "height": 900}
    return browser.new_context(locale=LOCALES[language], viewport=size, java_script_enabled=script)  # type: ignore[arg-type] # a plain dict


def _signed_in(browser: Browser, site: Site, script: bool = True) -> Page:
    with site.app.app_context():
        key = db.session.get_one(SignInKey, site.key_id)
        key.used_at = None
        db.session.commit()
    page = _context(browser, script=script).new_page()
    page.set_default_timeout(10_000)
    page.goto(site.hr_link())
    page.get_by_role("main").get_by_role("button").first.click()
    return page


def test_every_page_keeps_to_the_frame_in_both_languages_on_phone_and_desk(browser: Browser, site: Site) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page = _signed_in(browser, site)
    frame = Frame(page, site)

    for language in LOCALES:
        page.goto(site.address)
        page.locator(f"button[lang={language}]").click()
        _everybody_reads(site, language)
        for name, path in _pages(site).items():
            page.goto(path)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                page.screenshot(path=SHOTS / f"{name}-{language}-{width}.png", full_page=True)
                frame.check()
                if (language, width) in (("ja", 360), ("en", 1280)):
                    frame.check_access()
            page.set_viewport_size({"width": 320, "height": 900})
            frame.check()
            expect(page.locator("html")).to_have_attribute("lang", language)
    _everybody_reads(site, "ja")


def _everybody_reads(site: Site, language: str) -> None:
    """An employee's page speaks the employee's language, not that of who is signed in."""
    with site.app.app_context():
        db.session.execute(update(Person).values(locale=language))
        db.session.commit()


def _pages(site: Site) -> dict[str, str]:
    reviewing, collecting = f"{site.address}/rounds/{site.round_id}", f"{site.address}/rounds/{site.collecting_id}"
    with site.app.app_context():
        guest = db.session.scalars(
            select(Guest).where(Guest.round_id == site.round_id, Guest.answered_at.is_not(None))
        ).first()
        letter = db.session.scalars(select(Letter).where(Letter.kind == LetterKind.ASK)).first()
        assert guest
        assert letter
        other = db.session.scalar(select(Department.id).where(Department.id != guest.person.department_id).limit(1))
        opening = db.session.scalars(select(Opening).where(Opening.round_id == site.round_id)).first()
        assert opening
        places = {
            "answer-read": f"/guests/{guest.id}/answer",
            "opening": f"/openings/{opening.id}",
            "opening-edit": f"/openings/{opening.id}/edit",
            "opening-new": f"/rounds/{site.round_id}/openings/new?host={guest.person_id}",
            "type-in": f"/rounds/{site.collecting_id}/answers/type-in?person={guest.person_id}",
            "alternatives": f"/guests/{guest.id}/alternatives",
            "trial": f"/guests/{guest.id}/trial",
            "letter": f"/letters/{letter.id}",
            "person": f"/people/{guest.person_id}",
            "person-edit": f"/people/{guest.person_id}/edit",
            "person-leave": f"/people/{guest.person_id}/leave",
            "person-away": f"/people/{guest.person_id}/away",
            "department-edit": f"/departments/{guest.person.department_id}/edit",
            "department-merge": f"/departments/{guest.person.department_id}/merge?into={other}",
        }
    return {
        "home": site.address,
        "people": f"{site.address}/people",
        "import": f"{site.address}/people/import",
        "round-new": f"{site.address}/rounds/new",
        "round": reviewing,
        "board": f"{reviewing}/pairings",
        "publish": f"{reviewing}/publish",
        "run": f"{reviewing}/run",
        "collect": f"{collecting}/collect",
        "answers": f"{collecting}/answers",
        "round-openings": f"{reviewing}/openings",
        "nudge": f"{collecting}/nudge",
        "early": f"{collecting}/solve/early",
        "edit": f"{collecting}/edit",
        "tell": f"{collecting}/tell",
        "cancel": f"{collecting}/cancel?why=Sorry",
        "reopen": f"{reviewing}/reopen",
        "whom": f"{site.address}/rounds/{site.draft_id}/whom",
        "joiners": f"{collecting}/joiners",
        "mailings": f"{collecting}/mailings",
        "list-of-times": f"{collecting}/list",
        "person-new": f"{site.address}/people/new",
        "running": f"{site.address}/people/running-rounds",
        "departments": f"{site.address}/departments",
        "department-new": f"{site.address}/departments/new",
        "exclusions": f"{site.address}/exclusions",
        "contracts": f"{site.address}/contracts",
        "sites": f"{site.address}/sites",
        "letters": f"{site.address}/letters",
        "letters-found": f"{site.address}/letters?state=ready",
        "files": f"{reviewing}/files",
        "audit": f"{site.address}/audit",
        "answer": site.guest_link,
        "openings": f"{site.guest_link}/openings",
        "visits": f"{site.guest_link}/visits",
    } | {name: site.address + path for name, path in places.items()}


def test_an_employee_answers_without_javascript(browser: Browser, site: Site) -> None:
    page = _context(browser, width=360, script=False).new_page()
    page.goto(site.guest_link)

    for place, chosen in enumerate((2, 1, 0)):
        page.locator("select:visible").nth(place).select_option(index=chosen)
    page.locator("input[name=half]:visible").nth(0).check()
    page.locator("form.answer .bar button.primary").click()

    assert "/thanks" in page.url
    with site.app.app_context():
        answered = db.session.scalars(
            select(Guest).where(Guest.round_id == site.collecting_id, Guest.answered_at.is_not(None))
        )
        assert len(answered.all()) == 1


def test_wishes_keep_the_order_of_taps_and_the_answer_is_said_in_words(browser: Browser, site: Site) -> None:
    _forgets(site)
    page = _context(browser, width=360).new_page()
    frame = Frame(page, site)
    page.goto(site.guest_link)
    while page.locator("input[name=wish]:checked").count():
        page.locator("input[name=wish]:checked").first.uncheck()
    chips = page.locator(".rank label:has(input[name=wish])")
    names = [chips.nth(place).inner_text() for place in (2, 0, 1)]

    for place in (2, 0, 1):
        chips.nth(place).locator("input").check()
    for name, level in (("tue-pm", 2), ("wed-am", 1), ("mon-am", 2)):
        _tap(page, name, level)
    page.locator("[data-undo]:visible").click()

    assert [chips.nth(place).locator("span").get_attribute("data-rank") for place in (2, 0, 1)] == ["1", "2", "3"]
    assert chips.nth(3).locator("input").is_disabled()
    expect(page.locator("form.answer [role=status]")).to_have_text("火 午後が空き、水 午前はできれば避けたい。")
    expect(page.locator("[data-wishes]")).to_have_text(re.compile(" → .+ → "))
    page.locator("form.answer .bar button.primary").click()
    page.wait_for_url("**/thanks")
    expect(page.locator("main dd").filter(has_text=names[0])).to_contain_text(
        re.compile(".*".join(f"{rank} {name}" for rank, name in enumerate(names, 1)))
    )
    assert frame.faults == []


def test_a_whole_answer_takes_at_most_forty_keys(browser: Browser, site: Site) -> None:
    _forgets(site)
    page = _context(browser, width=360).new_page()
    page.goto(site.guest_link)
    keys = 0

    def press(key: str) -> None:
        nonlocal keys
        keys += 1
        page.keyboard.press(key)

    def reach(what: str) -> None:
        for _ in range(30):
            if page.evaluate("what => document.activeElement.matches(what)", what):
                return
            press("Tab")
        raise AssertionError(what)

    reach("input[name=wish]")
    press("Space")
    reach("input[name=half]")
    for key in ("Space", "ArrowRight", "Space", "ArrowDown", "Space"):
        press(key)
    reach(".bar .primary")
    press("Enter")
    page.wait_for_url("**/thanks")

    assert keys <= 40


def _forgets(site: Site) -> None:
    """Nobody has answered the round that is collecting."""
    with site.app.app_context():
        for guest in db.session.scalars(select(Guest).where(Guest.round_id == site.collecting_id)):
            guest.answered_at, guest.goals = None, []
        db.session.execute(delete(Availability).where(Availability.round_id == site.collecting_id))
        db.session.commit()


def test_whoever_changes_the_view_finds_there_what_they_painted(browser: Browser, site: Site) -> None:
    page = _context(browser).new_page()
    frame = Frame(page, site)
    _sends(page, site, "half", "mon-am", "tue-am")
    page.goto(site.guest_link)

    _tap(page, "mon-am", 0)
    _tap(page, "wed-pm", 2)
    _view(page, "grid")
    halves = {box[:3] + ("-am" if box[4:] < "1200" else "-pm") for box in _painted(page, "cell")}
    _tap(page, "fri-1000", 2)
    _tap(page, "wed-1400", 0)
    _view(page, "half")
    coarse = _painted(page, "half")
    _tap(page, "thu-am", 2)
    _view(page, "grid")
    fine = _painted(page, "cell")

    assert halves == {"tue-am", "wed-pm"}
    assert coarse == ["tue-am"]
    assert {"fri-1000", "thu-0900", "thu-1130", "tue-0900", "wed-1330", "wed-1430"} <= set(fine)
    assert not {"wed-1400", "mon-0900", "fri-1030", "thu-1300"} & set(fine)
    assert frame.faults == []


def test_half_days_that_were_all_unticked_are_not_thanked_for(browser: Browser, site: Site) -> None:
    page = _context(browser).new_page()
    _sends(page, site, "half", "mon-am", "tue-am")
    page.goto(site.guest_link)

    _tap(page, "mon-am", 0)
    _tap(page, "tue-am", 0)
    page.locator("form.answer .bar button.primary").click()

    expect(page.locator("#times .error")).to_have_text("ふだん空いている半日を、1つ以上選んでください。")


def _sends(page: Page, site: Site, view: str, *boxes: str) -> None:
    """An answer in *view* with these boxes and no others."""
    page.goto(site.guest_link)
    if not page.locator("input[name=wish]:checked").count():
        page.locator("input[name=wish]").first.check()
    _view(page, view)
    for name in [box.get_attribute("value") or "" for box in page.locator("tbody input:visible").all()]:
        _tap(page, name.removesuffix("-1"), 2 if name.removesuffix("-1") in boxes else 0)
    page.locator("form.answer .bar button.primary").click()
    page.wait_for_url("**/thanks")


def _view(page: Page, view: str) -> None:
    page.locator(f"input[name=times][value={view}]").check()


def _tap(page: Page, name: str, level: int) -> None:
    """A cell until it says *level*: each tap goes on from not free to free, to if need be, to not free."""
    box = page.locator(f"tbody input[value={name}]:visible, tbody input[value={name}-1]:visible")
    for _ in range(3):
        if level == (2 - int(box.get_attribute("data-level") or 0) if box.is_checked() else 0):
            return
        box.click()
    raise AssertionError(name)


def _painted(page: Page, view: str) -> list[str]:
    boxes = page.locator(f"tbody input[name={view}]:checked:visible").all()
    return [box.get_attribute("value") or "" for box in boxes]


def test_hr_publishes_without_javascript_and_finds_the_very_mails(browser: Browser, site: Site) -> None:
    page = _signed_in(browser, site, script=False)
    page.goto(f"{site.address}/rounds/{site.round_id}/publish")

    page.locator(f"form[action$='/rounds/{site.round_id}/publish'] button").click()

    page.goto(f"{site.address}/letters")
    expect(page.locator("main")).to_contain_text(re.compile("招待|Invitation"))
    with site.app.app_context():
        assert db.session.get_one(Round, site.round_id).stage is Stage.PUBLISHED
