"""Every mail as a telephone and a desk show it, in both languages, light and dark, and as plain text: side by side on the sheets
of artefacts/mails, also where people typed what breaks lines; readable for everybody, and none runs off its screen."""

from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Any, Literal

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from shadowing.mail import text
from shadowing.mail.letters import Sender
from shadowing.mail.text import MailText
from tests.mail import gallery
from tests.postbox import INTEROP

ROOT = Path(__file__).parent.parent.parent
PICTURES = ROOT / "artefacts" / "mails"
AXE = INTEROP / "node_modules" / "axe-core" / "axe.min.js"
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
PHONE, DESK = 360, 700
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
SHEET = 2960
HEARD = (
    *("sign_in", "ask", "new_dates", "unmatched", "round_cancelled", "request-host", "request-open"),
    *("offered_for", "offered_for-changed", "heard-wish-guest"),
    *("change-both-guest", "change-details-host", "cancel-instead", "cancel-host_gone", "cancel-address"),
)
"""One for each part that a mail can have."""
FIT = """() => [...document.querySelectorAll("iframe")].map(frame => {
  const shown = frame.contentDocument.documentElement;
  frame.style.height = shown.scrollHeight + "px";
  return [frame.title, shown.scrollWidth - frame.clientWidth];
}).filter(([_, off]) => off > 0)"""

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
LOCALES = pytest.mark.parametrize("locale", ["ja", "en"])


@pytest.fixture(scope="module")
def browser(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    yield page
    page.close()


def written_in(app: Flask, named: Callable[[str], Iterator[gallery.Named]], locale: str) -> dict[str, MailText]:
    """No database has a part in how a mail looks."""
    sender = Sender.of(app.extensions["settings"].model_copy(update={"company": "みなと精機"}))
    with app.app_context():
        return {name: text.write(letter, sender) for name, letter in named(locale)}


@LOCALES
def test_every_mail_is_good_to_listen_to_and_has_contrast(sqlite_app: Flask, browser: Page, locale: str) -> None:
    found: dict[str, Any] = {}
    browser.set_viewport_size({"width": PHONE, "height": 740})
    mails = written_in(sqlite_app, gallery.every, locale)
    for name, scheme in ((name, scheme) for name in HEARD for scheme in SCHEMES):
        if scheme == "light":
            browser.set_content(mails[name].html)
            browser.evaluate(AXE.read_text("utf-8"))
        browser.emulate_media(color_scheme=scheme)
        said = browser.evaluate("rules => axe.run(document, rules)", RULES)
        assert said["passes"]
        seen = [(each["id"], [node["target"] for node in each["nodes"]]) for each in said["violations"]]
        found |= {f"{name}-{scheme}": seen} if seen else {}

    assert found == {}


@LOCALES
def test_every_mail_is_good_to_look_at(sqlite_app: Flask, browser: Page, locale: str) -> None:
    usual, hard = (written_in(sqlite_app, named, locale) for named in (gallery.every, gallery.hard))
    PICTURES.mkdir(parents=True, exist_ok=True)
    off = {}
    for scheme in SCHEMES:
        browser.emulate_media(color_scheme=scheme)
        for group, mails, width in (("", usual, PHONE), ("", usual, DESK), ("hard-", hard, PHONE)):
            shown = {name: written.html for name, written in mails.items()}
            name = f"{group}{locale}-{width}-{scheme}"
            off[name] = sheet(browser, name, shown, width)
    for group, mails in (("", usual), ("hard-", hard)):
        off[f"{group}text"] = sheet(
            browser, f"{group}{locale}-text", {name: plain(one) for name, one in mails.items()}, 480
        )

    assert {name: found for name, found in off.items() if found} == {}


def sheet(browser: Page, name: str, shown: dict[str, str], width: int) -> list[tuple[str, int]]:
    """All of them side by side in one picture, each as wide as its screen; answers which run off it, and how far."""
    frames = "".join(
        f'<p><b>{title}</b><br><iframe title="{title}" style="border:0;width:{width}px" srcdoc="{escape(source)}"></iframe></p>'
        for title, source in shown.items()
    )
    browser.set_viewport_size({"width": SHEET, "height": 800})
    browser.set_content(
        '<body style="margin:0;display:flex;flex-wrap:wrap;align-items:start;gap:0 8px;background:#b8b">' + frames
    )
    off: list[tuple[str, int]] = browser.evaluate(FIT)
    browser.screenshot(path=PICTURES / f"{name}.png", full_page=True)
    return off


def plain(written: MailText) -> str:
    said = escape(f"{written.sender}\n{written.subject}\n\n{written.body}")
    return f'<pre style="white-space:pre-wrap;overflow-wrap:anywhere;font-size:14px;background:#fff;color:#000">{said}</pre>'
