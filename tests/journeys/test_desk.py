"""HR's desk, in a real browser: what people could have done is done for them, the plan is changed and changed back, published
and mended afterwards. HR goes where a link or a button leads that can be read on the page.

The whole way is walked in Japanese; then HR reads the main pages in English. Screenshots are kept in `artefacts/screenshots`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from shadowing import config
from shadowing.extensions import db
from shadowing.models import Consent, Opening, Pairing
from tests import factories, postbox
from tests.journeys import small_company
from tests.journeys.conftest import on_a_copy
from tests.journeys.site import SHOTS, Frame, Site, at_hrs_desk
from tests.journeys.small_company import MEETING, RIDE, SPARE, STUBBORN, TITLE, WORKSHOP, WRONG
from tests.journeys.story import Company, Visitor
from tests.postbox import Sink

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

KATO, KIMURA, SHIMIZU = "加藤 舞", "木村 翔", "清水 亮"
RIGHT = "kato@example.org"


@pytest.fixture
def company(served: tuple[Flask, str], sqlite_template: Path) -> Iterator[Company]:
    app, address = served
    given = app.extensions["settings"]
    with postbox.serving(Sink()) as sink, on_a_copy(app, sqlite_template):
        factories.begin(0)
        with app.app_context():
            small_company.fill()
        mail = {"mail_server": "127.0.0.1", "mail_port": sink.port, "mail_tls": "none", "mail_per_second": 1000}
        app.extensions["settings"] = given.model_copy(update=mail)
        yield Company(app, sink, {f"{config.PREFIX}PUBLIC_URL": address})
    app.extensions["settings"] = given


@pytest.fixture
def hr(company: Company, browser: Browser) -> Visitor:
    page = at_hrs_desk(browser, Site(company.app, company.environment[f"{config.PREFIX}PUBLIC_URL"], {}))
    return Visitor(company, page, "ja")


def test_hr_does_everything_at_the_desk(hr: Visitor) -> None:
    frame = Frame(hr.page, Site(hr.company.app, hr.home, {}))
    type_in_an_answer(hr)
    make_the_pairings(hr)
    find_by_name(hr)
    swap_and_take_it_back(hr)
    withdraw_an_opening(hr)
    solve_again_and_go_back(hr)
    place_by_hand(hr)
    publish(hr)
    correct_an_address(hr)
    send_again(hr)
    record_a_customers_word(hr)
    take_the_plan_away(hr)
    read_it_in_english(hr)
    assert [one for one in frame.faults if "422" not in one] == []  # the page that asks first says so by its status


def shot(hr: Visitor, name: str) -> None:
    hr.page.screenshot(path=SHOTS / f"desk-{name}-{hr.language}.png", full_page=True)


def work(hr: Visitor) -> None:
    hr.company.work_at(datetime.now(UTC))


def type_in_an_answer(hr: Visitor) -> None:
    hr.open(hr.home)
    hr.follow("See who has answered")
    hr.follow("Read the answers one by one")
    hr.page.get_by_label(hr.words("Name, reading, mail or number")).fill("木村")
    hr.press(hr.words("Search"))
    hr.page.get_by_role("link", name=KIMURA).click()
    hr.follow("Enter the answer for them")
    hr.page.get_by_label("管理部", exact=True).check()
    hr.page.get_by_label("開発部", exact=True).check()
    for half in ("火 午前", "水 午後", "金 午前"):
        hr.page.get_by_role("checkbox", name=half).check()
    shot(hr, "typing-in")
    hr.press(hr.words("Enter this answer"))
    hr.sees(hr.words("Typed in by HR"), KIMURA, "管理部")
    shot(hr, "typed-in")
    work(hr)
    assert len(hr.company.texts("kimura@example.org")) == 1


def make_the_pairings(hr: Visitor) -> None:
    go(hr, "Home")
    hr.follow("Make the pairings")
    hr.press(hr.words("Make the pairings"))
    work(hr)
    hr.follow("Review the pairings")
    hr.sees(hr.words("%(matched)s of %(guests)s guests have a visit", matched=3, guests=3))
    shot(hr, "board")


def find_by_name(hr: Visitor) -> None:
    """By the reading or a part of the name; the whole board by keys alone."""
    keys = Keys(hr.page)
    assert keys.walk() == keys.all()
    keys.reach(hr.words("Name or reading"))
    hr.page.keyboard.type("加藤")
    keys.enter()
    hr.sees(KATO)
    assert KIMURA not in hr.page.locator("main").inner_text()
    keys.press(f"{hr.words('Keep')}: {KATO}")
    kept = hr.page.get_by_role("button", name=f"{hr.words('Keep')}: {KATO}")
    expect(kept).to_have_attribute("aria-pressed", "true")
    keys.press(f"{hr.words('Keep')}: {KATO}")
    expect(kept).to_have_attribute("aria-pressed", "false")


def swap_and_take_it_back(hr: Visitor) -> None:
    keys = Keys(hr.page)
    keys.reach(f"{hr.words('Change')}: {KATO}")
    hr.page.keyboard.press("Enter")  # opens the other places in their row
    hr.sees(hr.words("%(name)s takes the place that is given up.", name=KIMURA))
    shot(hr, "another-place")
    keys.press(hr.words("Swap"))
    hr.sees(hr.words("The two guests have each other’s places."))
    assert places(hr) == {KATO: WORKSHOP, KIMURA: MEETING, SHIMIZU: RIDE}
    shot(hr, "swapped")
    keys.press(hr.words("Take it back"))
    hr.sees(hr.words("It is taken back."))
    assert places(hr) == {KATO: MEETING, KIMURA: WORKSHOP, SHIMIZU: RIDE}


def withdraw_an_opening(hr: Visitor) -> None:
    look_through_the_openings(hr)
    hr.page.get_by_role("link", name=WORKSHOP).click()
    hr.press(hr.words("Withdraw this opening"))
    hr.sees(hr.counted("%(num)d visit changes by this", "%(num)d visits change by this", 1), KIMURA)
    shot(hr, "withdrawing")
    hr.press(hr.words("Do it all the same"))
    hr.sees(hr.words("Offer it again"))
    assert places(hr) == {KATO: MEETING, SHIMIZU: RIDE}


def solve_again_and_go_back(hr: Visitor) -> None:
    go(hr, "Home")
    hr.follow("Review the pairings")
    hr.press(hr.words("Make the pairings again"))
    work(hr)
    hr.follow("Review the pairings")
    assert places(hr) == {KATO: MEETING, KIMURA: SPARE, SHIMIZU: RIDE}
    hr.page.get_by_text(
        hr.counted("%(num)d guest differs from the plan before", "%(num)d guests differ from the plan before", 1)
    ).click()
    hr.sees(KIMURA, SPARE)
    shot(hr, "solved-again")
    hr.press(hr.words("Back to the plan before"))
    hr.sees(hr.words("The plan before stands again."))
    assert places(hr) == {KATO: MEETING, SHIMIZU: RIDE}


def place_by_hand(hr: Visitor) -> None:
    hr.follow("Look for a place")
    hr.page.get_by_role("row", name=SPARE).get_by_role("button").click()
    hr.sees(hr.words("The guest has a new place. It is kept when you make the pairings again."))
    assert places(hr) == {KATO: MEETING, KIMURA: SPARE, SHIMIZU: RIDE}


def publish(hr: Visitor) -> None:
    """Two mails do not come through."""
    hr.company.sink.refuse = lambda address: "550 5.1.1 no such user" if address in (WRONG, STUBBORN) else None
    hr.follow("Look at the mails")
    shot(hr, "mails")
    hr.press(hr.counted("Publish and send %(num)d mail", "Publish and send %(num)d mails", 6))
    work(hr)
    assert any(SPARE in text for text in hr.company.texts("kimura@example.org"))
    go(hr, "Home")
    shot(hr, "home")


def correct_an_address(hr: Visitor) -> None:
    see(hr, "Mend %(num)d mail that did not arrive", "Mend %(num)d mails that did not arrive", 2)
    hr.page.get_by_role("link", name=KATO).first.click()
    hr.page.get_by_label(hr.words("Mail address")).fill(RIGHT)
    hr.press(hr.words("Correct the address and send"))
    work(hr)
    assert any(MEETING in text for text in hr.company.texts(RIGHT))


def send_again(hr: Visitor) -> None:
    """Once the mail server knows the reader."""
    hr.company.sink.refuse = lambda address: None
    go(hr, "Mail")
    hr.page.get_by_label(hr.words("Name or address of the reader")).fill("清水")
    hr.press(hr.words("Search"))
    shot(hr, "letters-found")
    hr.follow("Mend and send")
    hr.press(hr.words("Send again"))
    work(hr)
    assert len(hr.company.texts(STUBBORN)) == 1


def record_a_customers_word(hr: Visitor) -> None:
    look_through_the_openings(hr)
    hr.page.get_by_label(hr.words("State"), exact=True).select_option(
        label=f"{hr.words('Customer has not agreed')} (1)"
    )
    hr.press(hr.words("Search"))
    hr.page.get_by_role("link", name=RIDE).click()
    hr.press(hr.words("The customer has agreed"))
    shot(hr, "customers-word")
    with hr.company.app.app_context():
        assert db.session.scalars(select(Opening.customer_consent).where(Opening.title == RIDE)).one() is Consent.YES


def take_the_plan_away(hr: Visitor) -> None:
    """As a workbook for the boss."""
    hr.page.get_by_role("link", name=TITLE).first.click()
    hr.follow("Files to take away")
    with hr.page.expect_download() as taken:
        hr.page.get_by_role("link", name=f"{hr.words('Download')} ({hr.words('Pairings')})").click()
    sheet = load_workbook(BytesIO(taken.value.path().read_bytes())).active
    assert sheet
    head, *rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    columns = [head.index(hr.words(words)) for words in ("Guest", "Seat", "Placed by hand")]
    assert [[row[column] or "" for column in columns] for row in rows] == [
        [KATO, MEETING, ""],
        [SHIMIZU, RIDE, ""],
        [KIMURA, SPARE, "はい"],
    ]
    assert taken.value.suggested_filename == f"{TITLE} {hr.words('Pairings')}.xlsx"


def read_it_in_english(hr: Visitor) -> None:
    """The pages that HR meets most."""
    hr.page.get_by_role("button", name="English").click()
    hr = replace(hr, language="en")
    go(hr, "Home")
    hr.sees("Needs your eye", "Follow the visits")
    shot(hr, "home")
    hr.follow("Follow the visits")
    hr.sees("3 visits", KATO, KIMURA, SHIMIZU)
    shot(hr, "visits")
    hr.follow("Change a pairing")
    hr.sees("3 of 3 guests have a visit")
    shot(hr, "board")
    hr.page.get_by_role("link", name=f"Change: {KATO}").click()
    hr.sees("Try one pair")
    shot(hr, "another-place")
    go(hr, "Mail")
    hr.sees("What was sent")
    shot(hr, "letters")


def go(hr: Visitor, words: str) -> None:
    """By the main menu."""
    hr.page.get_by_role("navigation", name=hr.words("Main menu")).get_by_role("link", name=hr.words(words)).click()


def look_through_the_openings(hr: Visitor) -> None:
    go(hr, "Home")
    hr.page.get_by_role("link", name=TITLE).first.click()
    hr.follow("Look through the openings")


def see(hr: Visitor, one: str, many: str, count: int) -> None:
    """What home says needs a look."""
    hr.page.get_by_role("link", name=hr.counted(one, many, count)).click()


def places(hr: Visitor) -> dict[str, str]:
    """Who visits what, as the plan stands."""
    with hr.company.app.app_context():
        standing = db.session.scalars(select(Pairing).where(Pairing.stands))
        return {one.guest.person.display_name: one.slot.opening.title for one in standing}


@dataclass
class Keys:
    """Somebody who uses no mouse: Tab goes on, Enter does."""

    page: Page

    def here(self) -> str:
        """What has the focus, by the name that a screen reader says."""
        said: str = self.page.evaluate(
            f"document.activeElement == document.body ? '' : ({NAME})(document.activeElement)"
        )
        return said

    def all(self) -> list[str]:
        """Everything on the page that can be used, from top to bottom."""
        usable = self.page.locator("a[href], button, input:not([type=hidden]), select, summary").filter(visible=True)
        return [str(name) for name in usable.evaluate_all(f"all => all.map({NAME})")]

    def walk(self) -> list[str]:
        """What Tab meets, each time with a mark that shows where one is."""
        self.page.evaluate("document.activeElement.blur()")
        met = []
        for _ in self.all():
            self.page.keyboard.press("Tab")
            met.append(self.here())
            assert self.page.evaluate(MARKED), met[-1]
        return met

    def reach(self, name: str) -> None:
        """By Tab, from where the focus is: after a deed it stays with what was worked on."""
        for _ in self.all():
            if name in self.here():
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no key leads to {name}")

    def press(self, name: str) -> None:
        self.reach(name)
        self.enter()

    def enter(self) -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")


NAME = "one => (one.getAttribute('aria-label') || one.labels?.[0]?.innerText || one.textContent).trim()"
MARKED = "getComputedStyle(document.activeElement).outlineStyle != 'none'"
