"""The pictures of the README, of the sample company as it stands: written anew by `make pictures`, never by hand."""

import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select, update

from bench.pages import company as pages
from bench.pages.company import Site
from shadowing.extensions import db
from shadowing.models import Goal, Guest, Invitation, Pairing, Person, Role

PICTURES = Path(__file__).parent.parent / "pictures"
LOCALES = {"ja": "ja-JP", "en": "en-GB"}
DESK, PHONE = {"width": 1280, "height": 860}, {"width": 360, "height": 740}


def taken(folder: Path, browser: Browser) -> Iterator[Path]:
    """Each picture as it is written."""
    there = pages.site(folder, branches=1)
    for language in LOCALES:
        yield _shot(_read(there, browser, language, PHONE), there.address + there.guest_link, f"answer-{language}")
    board = there.address + pages.under_review(there)["board"]
    for language in LOCALES:
        yield _shot(_read(there, browser, language, DESK), board, f"board-{language}")
    for language in LOCALES:
        reader = _read(there, browser, language, PHONE)
        yield _shot(
            reader, f"{there.address}/rounds/{there.round_id}/mailing?person={_visitor(there)}", f"mail-{language}"
        )
    pages.publish(there)
    visits = there.address + _visits(there)
    for language in LOCALES:
        yield _shot(_read(there, browser, language, PHONE), visits, f"visit-{language}")


def _read(there: Site, browser: Browser, language: str, size: dict[str, int]) -> Page:
    """A page for somebody who reads *language*."""
    with there.app.app_context():
        db.session.execute(update(Person).values(locale=language))
        db.session.commit()
    cookie = {"Cookie": "session=bench"}
    context = browser.new_context(extra_http_headers=cookie, locale=LOCALES[language], viewport=size)  # type: ignore[arg-type] # a plain dict
    return context.new_page()


def _visitor(there: Site) -> int:
    """Somebody who is invited once the plan is published."""
    seated = select(Guest.person_id).join(Pairing, Pairing.guest_id == Guest.id).where(Pairing.stands)
    with there.app.app_context():
        return int(db.session.scalars(seated.where(Guest.round_id == there.round_id).limit(1)).one())


def _visits(there: Site) -> str:
    """The page of a guest who is invited and wrote what they want to see."""
    wrote = select(Goal.guest_id).where(Goal.text != "")
    invited = select(Invitation.person_id).where(Invitation.role == Role.GUEST)
    with there.app.app_context():
        found = select(Guest).where(Guest.round_id == there.round_id, Guest.id.in_(wrote), Guest.person_id.in_(invited))
        return f"{pages.link_of(db.session.execute(found.limit(1)).scalar_one())}/visits"


def _shot(page: Page, address: str, name: str) -> Path:
    page.goto(address, wait_until="networkidle")
    file = PICTURES / f"{name}.png"
    page.screenshot(path=file)
    page.context.close()
    return file


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=pages.CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for file in taken(Path(folder), browser):
            print(file, flush=True)
        browser.close()


if __name__ == "__main__":
    main()
