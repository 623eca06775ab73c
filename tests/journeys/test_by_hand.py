"""HR does by hand what people could have done, in a real browser without JavaScript and in both languages: an answer typed in,
an opening withdrawn and offered again, a customer's word recorded after publishing."""

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from shadowing.app import create_app
from shadowing.extensions import db
from shadowing.models import Consent, Guest, Letter, LetterKind, Opening, OpeningKind, Pairing, Round, Slot, Stage
from tests.conftest import settings
from tests.journeys.test_browser import CHROMIUM, QUIET, SHOTS, Frame, Site, _everybody_reads, _fill, _signed_in

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Site]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = create_app(settings(tmp_path))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with app.app_context():
        db.create_all()
        made = _fill(app, f"http://localhost:{server.server_port}")
    yield made
    server.shutdown()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield browser
        browser.close()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_hr_does_by_hand_what_people_could_have_done(chromium: Browser, company: Site, language: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    _everybody_reads(company, language)
    page = _signed_in(chromium, company, script=False)
    frame = Frame(page, company)

    type_in_an_answer(page, company, language)
    withdraw_and_offer_again(page, company, language)
    publish(page, company)
    record_a_customers_word(page, company, language)

    assert [
        fault for fault in frame.faults if "422" not in fault
    ] == []  # the page that asks first says so by its status


def type_in_an_answer(page: Page, company: Site, language: str) -> None:
    guest_id, name = unanswered(company)
    page.goto(f"{company.address}/rounds/{company.collecting_id}/collect")
    page.locator(f"a[href$='/rounds/{company.collecting_id}/answers']").click()
    page.locator("#words").fill(name)
    page.locator(".find button").click()
    page.locator(f"a[href='/guests/{guest_id}/answer']").click()
    page.locator("main a.primary").click()
    page.locator("select[name=choice]").first.select_option(index=1)
    page.locator("input[name=half]:visible").first.check()
    shot(page, "typing-in", language)
    page.locator("form.answer button.primary").click()
    expect(page.locator("main")).to_contain_text({"ja": "代理入力", "en": "Typed in by HR"}[language])
    shot(page, "typed-in", language)
    with company.app.app_context():
        told = db.session.scalars(select(Letter.kind).where(Letter.kind == LetterKind.ANSWERED_FOR)).all()
        assert (len(told), db.session.get_one(Guest, guest_id).visits) == (1, 1)


def withdraw_and_offer_again(page: Page, company: Site, language: str) -> None:
    opening_id, visits = visited(company)
    page.goto(f"{company.address}/openings/{opening_id}")
    page.locator("form[action$='/withdraw'] button").click()
    expect(page.locator(".problems li")).to_have_count(visits)
    shot(page, "withdrawing", language)
    page.locator("main button.danger").first.click()
    page.locator("form[action$='/offer-again'] button").click()
    with company.app.app_context():
        left = select(Pairing).join(Slot, Slot.id == Pairing.slot_id).where(Slot.opening_id == opening_id)
        assert db.session.scalars(left).all() == []
        assert db.session.get_one(Opening, opening_id).withdrawn_at is None


def publish(page: Page, company: Site) -> None:
    page.goto(f"{company.address}/rounds/{company.round_id}/publish")
    page.locator(f"form[action$='/rounds/{company.round_id}/publish'] button").click()
    with company.app.app_context():
        assert db.session.get_one(Round, company.round_id).stage is Stage.PUBLISHED


def record_a_customers_word(page: Page, company: Site, language: str) -> None:
    page.goto(f"{company.address}/rounds/{company.round_id}/openings?kind=ride_along")
    page.locator("ul.list a").first.click()
    ride = int(page.url.rpartition("/")[2])
    page.locator("form[action$='/consent']:has([value=asked]) button").click()
    shot(page, "customers-word", language)
    with company.app.app_context():
        opening = db.session.get_one(Opening, ride)
        assert (opening.kind, opening.customer_consent) == (OpeningKind.RIDE_ALONG, Consent.ASKED)


def unanswered(company: Site) -> tuple[int, str]:
    with company.app.app_context():
        waiting = select(Guest).where(Guest.round_id == company.collecting_id, Guest.answered_at.is_(None))
        guest = db.session.scalars(waiting.order_by(Guest.id)).first()
        assert guest
        return guest.id, guest.person.display_name


def visited(company: Site) -> tuple[int, int]:
    """An opening under review, and how many visit there."""
    with company.app.app_context():
        planned = select(Slot.opening_id).join(Pairing, Pairing.slot_id == Slot.id)
        found = db.session.scalars(planned.where(Pairing.round_id == company.round_id).order_by(Slot.opening_id)).all()
        return found[0], found.count(found[0])


def shot(page: Page, name: str, language: str) -> None:
    page.screenshot(path=SHOTS / f"by-hand-{name}-{language}.png", full_page=True)
