"""A program with a whole browser, which runs the scripts of the pages behind a mail and presses every link and button once."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Error, Page, expect

from shadowing.extensions import db
from shadowing.models import Answer, AnswerWhy, GivenAnswer, Invitation
from tests import factories
from tests.journeys.conftest import on_a_copy
from tests.journeys.site import opened
from tests.robots import Mailed, firm, mailed

PAGES_MOST = 25
PRESSABLE = "main a[href], main button, main summary, main input[type=submit]"

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture
def house(served: tuple[Flask, str], sqlite_template: Path) -> Iterator[tuple[Flask, str]]:
    app, address = served
    with on_a_copy(app, sqlite_template), app.app_context():
        factories.begin(0)
        yield app, address


def robot(page: Page, address: str, link: str) -> set[str]:
    """The paths that were posted to."""
    posted, waiting, seen = set[str](), [link], set[str]()
    page.on("request", lambda asked: posted.add(urlsplit(asked.url).path) if asked.method == "POST" else None)
    while waiting and len(seen) < PAGES_MOST:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        page.goto(address + path)
        for place in range(page.locator(PRESSABLE).count()):
            page.goto(address + path)
            pressed = page.locator(PRESSABLE)
            if place < pressed.count():
                waiting += press(page, address, place)
    return posted


def press(page: Page, address: str, place: int) -> list[str]:
    """Where one press leads; a press that a page does not take leads nowhere."""
    link = page.locator(PRESSABLE).nth(place)
    target = link.get_attribute("href") or ""
    if target.startswith(("http", "mailto:")) or target.endswith(".ics"):
        return []
    try:
        link.click(timeout=500, no_wait_after=False)
        page.wait_for_load_state()
    except Error:
        return []
    return [page.url.removeprefix(address).partition("#")[0]] if page.url.startswith(address) else []


@pytest.mark.parametrize("wanted", [Answer.NONE, Answer.NO, "wish"])
def test_no_robot_with_scripts_declines_proposes_or_takes_a_no_back(
    browser: Browser, house: tuple[Flask, str], wanted: object
) -> None:
    mail = first(wanted)
    before = firm()

    posted = robot(opened(browser, "en").new_page(), house[1], mail.link)

    assert firm() == before
    assert any(path.endswith("/answer") for path in posted) is (wanted is Answer.NONE)


def test_a_person_declines_with_a_reason_and_a_second_press(browser: Browser, house: tuple[Flask, str]) -> None:
    mail = first(Answer.NONE)
    page = opened(browser, "en", width=360).new_page()
    page.goto(house[1] + mail.link.partition("/undo")[0])
    page.get_by_role("link", name="I cannot make it").click()
    button = page.get_by_role("button", name="I cannot make it")

    expect(button).to_be_disabled()
    expect(page.get_by_label("The day of the month of this visit")).to_be_hidden()
    page.get_by_role("radio", name="Not well").check()
    expect(button).to_be_enabled()
    button.click()

    expect(page.get_by_text("You said that you cannot make it.")).to_be_visible()
    db.session.expire_all()
    assert db.session.get_one(Invitation, mail.invitation_id).answer is Answer.NO
    [row] = db.session.query(GivenAnswer).filter_by(invitation_id=mail.invitation_id)
    assert row.why is AnswerWhy.ILL


def first(wanted: object) -> Mailed:
    """The first mail before which *wanted* was answered; every other is forgotten."""
    for number in range(100):
        mail = mailed(number)
        if mail.before == wanted:
            return mail
    raise AssertionError(wanted)
