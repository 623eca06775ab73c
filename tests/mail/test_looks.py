"""Every kind of mail as a phone shows it, in both languages, light and dark and as plain text: kept as pictures in
artefacts/mails, readable for everybody, and no wider than the phone."""

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, sync_playwright
from sqlalchemy.orm import Session

from shadowing.mail import text
from shadowing.mail.letters import Sender
from shadowing.mail.text import MailText
from tests.mail import gallery
from tests.postbox import INTEROP

ROOT = Path(__file__).parent.parent.parent
PICTURES = ROOT / "artefacts" / "mails"
AXE = INTEROP / "node_modules" / "axe-core" / "axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
SHOWN = (
    *(
        "sign_in",
        "personal_link",
        "ask",
        "nudge",
        "new_dates",
        "answered_for",
        "open_for_you",
        "unmatched",
        "round_cancelled",
    ),
    *("request-guest", "request-host", "request-open", "change-time-guest", "change-both-guest", "change-details-host"),
    *("cancel-instead", "cancel-host_gone", "cancel-round", "cancel-address"),
)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def phone() -> Iterator[Page]:
    if not Path("/usr/bin/chromium").exists():
        pytest.skip("NOT TESTED in a browser: /usr/bin/chromium is not there")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 360, "height": 740})
        browser.close()


@pytest.mark.parametrize("locale", ["ja", "en"])
def test_every_mail_is_good_to_look_at_and_to_listen_to(app: Flask, session: Session, phone: Page, locale: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    sender = Sender.of(app.extensions["settings"].model_copy(update={"company": "みなと精機"}))
    found: dict[str, Any] = {}
    for name, letter in gallery.every(locale):
        if name in SHOWN:
            found |= wrong(phone, text.write(letter, sender), f"{name}-{locale}")

    assert found == {}


def wrong(phone: Page, written: MailText, name: str) -> dict[str, Any]:
    """What axe finds, and how far the mail runs off the screen."""
    found: dict[str, Any] = {}
    for scheme in ("light", "dark"):
        phone.emulate_media(color_scheme=scheme)
        phone.set_content(written.html)
        phone.screenshot(path=PICTURES / f"{name}-{scheme}.png", full_page=True)
        phone.add_script_tag(path=AXE)
        said = phone.evaluate("rules => axe.run(document, rules)", RULES)
        seen = [(each["id"], [node["target"] for node in each["nodes"]]) for each in said["violations"]]
        off = phone.evaluate("document.documentElement.scrollWidth - innerWidth")
        found |= {f"{name}-{scheme}": (seen, off)} if seen or off > 0 else {}
    phone.set_content(
        f'<pre style="white-space:pre-wrap;overflow-wrap:anywhere;font-size:14px">{escape(written.body)}</pre>'
    )
    phone.screenshot(path=PICTURES / f"{name}-text.png", full_page=True)
    return found
