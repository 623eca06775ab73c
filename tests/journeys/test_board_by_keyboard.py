"""The review board by keyboard alone: look for somebody, filter, keep, change, swap, take out with a reason, take back, and the
plan before. After each deed the focus is where one was, and can be seen."""

import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from shadowing.app import create_app
from shadowing.extensions import db
from shadowing.matching import before
from shadowing.models import Forbid, Pairing, SignIn
from shadowing.views import auth
from tests import factories
from tests.conftest import settings
from tests.journeys.site import COOKIE, Frame, Site, at_hrs_desk
from tests.views.test_pairings import a_guest, a_round, an_opening

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

KEYS_MOST = 100


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Site]:
    """Gina sits in the first opening, Otto in the second, which has one seat; a third one is free. The plan before had Gina in
    the third."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = create_app(settings(tmp_path))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with app.app_context():
        db.create_all()
        round, hr = a_round(), factories.person("hr", hr=True, locale="en")
        seats = [an_opening(round, hour, title=title) for hour, title in ((0, "First"), (3, "Second"), (6, "Third"))]
        seats[1].opening.seats = seats[1].seats = 1
        gina = factories.pairing(a_guest(round, *seats, display_name="Gina Guest"), seats[2], tags=["wish_3"])
        factories.pairing(a_guest(round, *seats, display_name="Otto Other"), seats[1], tags=["wish_2"])
        before.remember_plan(round, None, datetime.now(UTC))
        gina.slot, gina.tags = seats[0], ["wish_1"]
        ends_at = datetime(2100, 1, 1, tzinfo=UTC)
        db.session.add(SignIn(person=hr, hash=auth.digest(COOKIE), began_at=datetime.now(UTC), ends_at=ends_at))
        db.session.commit()
        made = Site(app, f"http://localhost:{server.server_port}", {"round": round.id})
    yield made
    server.shutdown()


class Keyboard:
    """Tab, Enter, Escape and letters; no pointer."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, selector: str) -> None:
        """Tab until what fits *selector* has the focus, which shows at every step."""
        for _ in range(KEYS_MOST):
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            self.page.keyboard.press("Tab")
            if not self.page.evaluate("document.activeElement == document.body"):  # past the last one, before the first
                self.shows()
        raise AssertionError(f"no key leads to {selector}")

    def press(self, selector: str) -> None:
        self.reach(selector)
        self.page.keyboard.press("Enter")

    def send(self, selector: str) -> None:
        self.reach(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def is_at(self, selector: str) -> None:
        expect(self.page.locator(selector)).to_be_focused()
        self.shows()

    def shows(self) -> None:
        style = "(({outlineStyle, outlineWidth}) => outlineStyle != 'none' && parseFloat(outlineWidth) >= 2)"
        seen = self.page.evaluate(f"{style}(getComputedStyle(document.activeElement))")
        assert seen, self.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def row(name: str) -> str:
    return f"li:has(.gu strong:text-is('{name}'))"


def of_row(company: Site, name: str) -> int:
    with company.app.app_context():
        rows = db.session.scalars(select(Pairing).where(Pairing.stands)).all()
        return next(one.id for one in rows if one.guest.person.display_name == name)


def seats(company: Site) -> dict[str, str]:
    """Guest -> the opening in which they sit."""
    with company.app.app_context():
        rows = db.session.scalars(select(Pairing).where(Pairing.stands)).all()
        return {one.guest.person.display_name: one.slot.opening.title for one in rows}


def test_the_whole_board_works_by_keyboard_alone(browser: Browser, company: Site) -> None:
    page = at_hrs_desk(browser, company)
    frame, keys = Frame(page, company), Keyboard(page)
    page.goto(company.at("/rounds/{round}/pairings"))
    gina = of_row(company, "Gina Guest")

    keys.send(f"#keep-{gina}")
    keys.is_at(f"#keep-{gina}[aria-pressed=true]")

    keys.press(f"#pairing-{gina} a[data-places]")
    keys.is_at("#places")
    page.keyboard.press("Escape")
    keys.is_at(f"#pairing-{gina} a[data-places][aria-expanded=false]")

    keys.press(f"#pairing-{gina} a[data-places]")
    keys.is_at("#places")
    assert frame.findings() == []
    keys.send("form[action$='/move'] button")
    gina = of_row(company, "Gina Guest")
    keys.is_at(f"#pairing-{gina}")
    assert seats(company) == {"Gina Guest": "Third", "Otto Other": "Second"}

    keys.press(f"#pairing-{gina} a[data-places]")
    keys.is_at("#places")
    keys.send("form[action$='/swap'] button")
    gina = of_row(company, "Gina Guest")
    keys.is_at(f"#pairing-{gina}")
    assert seats(company) == {"Gina Guest": "Second", "Otto Other": "Third"}

    page.reload()
    keys.send("form[action$='/undo'] button")
    keys.is_at("#pairings")
    assert seats(company) == {"Gina Guest": "Third", "Otto Other": "Second"}

    find(page, keys)
    take_out(page, keys, company)
    back(page, keys, company)
    frame.check()


def find(page: Page, keys: Keyboard) -> None:
    keys.reach("#name")
    page.keyboard.type("otto")
    keys.send("form.find button")
    keys.is_at("#pairings")
    expect(page.locator(".gu strong")).to_have_text(["Otto Other"])
    keys.reach("#tag")
    page.keyboard.type("Second")
    keys.send("form.find button")
    keys.is_at("#pairings")
    assert "tag=wish_2" in page.url


def take_out(page: Page, keys: Keyboard, company: Site) -> None:
    keys.press("a[data-places]")
    keys.is_at("#places")
    keys.press("#places summary")
    keys.reach("#why")
    page.keyboard.type("Needed at the fair.")
    keys.send("form[action$='/remove'] button")
    keys.is_at("#unmatched")
    assert "name=otto" in page.url
    with company.app.app_context():
        assert db.session.scalars(select(Forbid.why)).all() == ["Needed at the fair."]


def back(page: Page, keys: Keyboard, company: Site) -> None:
    keys.press(".differs summary")
    keys.send("form[action$='/back'] button")
    keys.is_at("#pairings")
    assert seats(company) == {"Gina Guest": "Third", "Otto Other": "Second"}
