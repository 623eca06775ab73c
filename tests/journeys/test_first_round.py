"""A stranger's first round, from `make run` to a round that is called off, in a real browser and in both languages.

Everything that people do is done on pages; the worker that `make run` starts sends the mails. Only the deadline is not
waited for: a worker with a clock of its own does then what is due."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from shadowing.extensions import db
from shadowing.models import Letter, LetterKind, LetterState, Round
from tests.journeys.messy_list import DEPARTMENTS, HIDDEN, HOST, LEFT, SECOND_HOST, workbook
from tests.journeys.story import LINK, Company, Visitor, served, visitor

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

HR = "you@example.co.jp"
GUEST, COLLEAGUE, LEAVER, STAYER, JOINER = (
    f"{name}@example.org" for name in ("takahashi", "wang", "sean", "sakiyama", "dartagnan")
)
WHY = "𠮷田さんへ: it’s off 🙇"


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    with served(tmp_path) as company:
        yield company


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_stranger_runs_a_first_round_and_changes_their_mind(
    company: Company, browser: Browser, language: str
) -> None:
    hr = visitor(company, browser, language)
    sign_in(hr)
    import_the_messy_list(hr)
    launch_to_two_departments(hr)
    ask_a_joiner(hr)
    guest, host = by_their_link(hr, GUEST), by_their_link(hr, STAYER)
    answer(guest)
    answer(by_their_link(hr, COLLEAGUE))
    offer(by_their_link(hr, LEAVER), "10:00")
    close_by_the_clock(hr)
    make_pairings(hr, asked=5)
    hr.sees(HOST, "定例会議 10:00")
    reopen(hr)
    offer(host, "14:00")
    let_the_host_go(hr)
    make_pairings(hr, asked=4)
    hr.sees(hr.words("%(matched)s of %(guests)s guests have a visit", matched=2, guests=2), SECOND_HOST)
    publish(hr)
    call_off(hr)


def sign_in(hr: Visitor) -> None:
    hr.open(hr.company.command("admin", "create", HR)["url"])
    hr.press(hr.words("Sign in now"))
    hr.page.locator(f"button[lang={hr.language}]").click()
    hr.sees(hr.words("Bring in your list of employees"))


def import_the_messy_list(hr: Visitor) -> None:
    hr.follow("Import people")
    hr.page.set_input_files("#people", {"name": "名簿 2026.xlsx", "mimeType": "", "buffer": workbook(hr.language)})
    hr.press(hr.words("Check the list"))
    hr.sees(
        hr.words("Nothing is saved yet: look at what the list would change, then import it."), *DEPARTMENTS[hr.language]
    )
    hr.sees(
        hr.counted(
            "%(num)d person of the list has left and is not taken in.",
            "%(num)d people of the list have left and are not taken in.",
            1,
        )
    )
    assert HIDDEN not in hr.page.locator("main").inner_text()

    hr.page.get_by_role("radio", name=hr.words("take in")).check()
    hr.press(hr.words("Read the list again with these answers"))
    hr.sees(HIDDEN)
    hr.press(hr.counted("Import %(num)d person", "Import %(num)d people", 6))

    hr.sees(hr.counted("%(num)d person is new.", "%(num)d people are new.", 6), SECOND_HOST, HIDDEN)
    assert LEFT not in hr.page.locator("main").inner_text()


def launch_to_two_departments(hr: Visitor) -> None:
    hr.open(hr.home)
    hr.follow("New round")
    hr.page.get_by_role("main").locator("#title").fill("冬のラウンド ☃")
    hr.press(hr.words("Look at the mail"))
    hr.sees(hr.counted("%(num)d mail", "%(num)d mails", 6))  # whoever was let in without a list is nobody's guest
    hr.follow("Choose whom to ask")
    hr.page.get_by_role("radio", name=hr.words("The departments ticked below")).check()
    for department in DEPARTMENTS[hr.language][:2]:
        hr.page.get_by_role("checkbox", name=department).check()
    hr.press(hr.words("Save and look at the mail"))
    hr.sees(hr.words("The people of the departments that you ticked are asked."))
    hr.press(hr.counted("Send to %(num)d person and start the round", "Send to %(num)d people and start the round", 4))
    hr.sees(
        hr.counted(
            "%(num)d person is asked. The mail waits for its turn.",
            "%(num)d people are asked. The mails wait for their turn.",
            4,
        )
    )
    for address in (GUEST, COLLEAGUE, LEAVER, STAYER):
        hr.company.newest(address, 1)
    assert hr.company.texts("kim@example.org") == []


def ask_a_joiner(hr: Visitor) -> None:
    hr.open(f"{hr.home}/people/new")
    hr.page.locator("#family_name").fill("d’Artagnan")
    hr.page.locator("#given_name").fill("Charles")
    hr.page.locator("#email").fill(JOINER)
    hr.page.locator("#department").select_option(label=DEPARTMENTS[hr.language][0])
    hr.page.locator(f"input[name=locale][value={hr.language}]").check()
    hr.press(hr.words("Add this person"))
    hr.open(f"{hr.home}/rounds/1/collect")
    hr.sees(hr.counted("%(num)d new person has not been asked.", "%(num)d new people have not been asked.", 1))
    hr.follow("Look at the mail and ask them")
    hr.press(hr.counted("Ask the %(num)d new person", "Ask the %(num)d new people", 1))
    assert "d’Artagnan" in hr.company.newest(JOINER, 1)


def by_their_link(hr: Visitor, address: str) -> Visitor:
    """Who was asked, on the page to which the mail leads."""
    person = visitor(hr.company, hr.page.context.browser or pytest.fail("no browser"), hr.language)
    link = LINK.search(hr.company.newest(address, 1))
    assert link
    person.open(link[0].rstrip("."))
    return person


def answer(guest: Visitor) -> None:
    guest.sees(guest.words("Which department would you like to sit beside?"))
    guest.page.get_by_label(DEPARTMENTS[guest.language][1], exact=True).check()
    guest.page.locator("#line").fill("検収の流れ 🧭")
    for half in ("mon-am", "mon-pm", "tue-am", "tue-pm"):
        guest.page.locator(f"input[name=half][value={half}]").check()
    guest.press(guest.words("Send my answer"))
    guest.sees(guest.words("Thank you. Your answer is in."))


def offer(host: Visitor, clock: str) -> None:
    host.page.goto(re.sub(r"(/my/[^/?]+).*", r"\1/openings/new?kind=meeting", host.page.url))
    host.page.locator("#title").fill(f"定例会議 {clock}")
    host.page.locator("#first_on").fill(first_monday(host.company))
    host.page.locator("#local_time").fill(clock)
    host.press(host.words("Offer this seat"))
    host.sees(host.words("What you offer"), f"定例会議 {clock}")


def first_monday(company: Company) -> str:
    with company.app.app_context():
        return db.session.get_one(Round, 1).starts_on.isoformat()


def close_by_the_clock(hr: Visitor) -> None:
    with hr.company.app.app_context():
        over = db.session.get_one(Round, 1).answers_end
    hr.company.work_at(over + timedelta(minutes=1))
    hr.open(f"{hr.home}/rounds/1")
    hr.sees(hr.words("The answers are closed: make the pairings"))


def make_pairings(hr: Visitor, asked: int) -> None:
    """Two of *asked* people have answered, about which HR is asked once."""
    hr.open(f"{hr.home}/rounds/1/collect")
    hr.page.locator("#seconds").select_option(index=0)
    hr.press(hr.words("Make the pairings"))
    hr.sees(hr.words("%(answered)s of %(asked)s people have answered", answered=2, asked=asked))
    hr.press(hr.words("Make the pairings all the same"))
    review = hr.page.get_by_role("main").get_by_role("link", name=hr.words("Review the pairings"))
    review.first.wait_for(timeout=90_000)
    review.first.click()


def reopen(hr: Visitor) -> None:
    hr.follow("Open the answers again")
    hr.sees(hr.words("Nobody gets a mail by this. You can remind those without an answer afterwards."))
    hr.press(hr.words("Open the answers again"))


def let_the_host_go(hr: Visitor) -> None:
    """The page tells before who loses a visit, and afterwards names them."""
    hr.open(f"{hr.home}/people?words={LEAVER}")
    hr.page.get_by_role("main").get_by_role("link", name="O’Brien-Smith").click()
    hr.follow("Leaves the company …")
    hr.sees(
        hr.counted(
            "Nobody else hosts %(num)d opening of theirs: it is not offered any more.",
            "Nobody else hosts %(num)d openings of theirs: they are not offered any more.",
            1,
        ),
        "髙橋",
        "王",
    )
    hr.press(hr.words("Let go at once"))
    hr.sees(hr.counted("%(num)d guest needs another place.", "%(num)d guests need another place.", 2))


def publish(hr: Visitor) -> None:
    hr.follow("Look at the mails")
    hr.page.locator("form[action$='/publish'] button").click()
    for address in (GUEST, COLLEAGUE, STAYER):
        assert "定例会議 14:00" in hr.company.newest(address, 2)


def call_off(hr: Visitor) -> None:
    hr.open(f"{hr.home}/rounds/1")
    hr.follow("Call this round off")
    hr.page.locator("#why").fill(WHY)
    hr.press(hr.words("Look at the mails"))
    hr.sees(WHY, hr.words("This cannot be undone."))
    hr.page.locator("form[action$='/cancel'] button.danger").click()
    for address, count in {GUEST: 4, COLLEAGUE: 4, STAYER: 4, JOINER: 2}.items():
        hr.company.newest(address, count)
        assert any(WHY in text for text in hr.company.texts(address)), address
    assert not any(WHY in text for text in hr.company.texts(LEAVER) + hr.company.texts("kim@example.org"))
    with hr.company.app.app_context():
        kinds = {letter.kind for letter in db.session.query(Letter).filter_by(state=LetterState.SENT)}
    assert kinds >= {LetterKind.ASK, LetterKind.REQUEST, LetterKind.CANCEL, LetterKind.ROUND_CANCELLED}
