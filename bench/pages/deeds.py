"""What people do, counted in taps, clicks and keys, and done once more without JavaScript."""

import time
from dataclasses import dataclass

from playwright.sync_api import Browser, Page

from bench.pages import company
from bench.pages.company import DESK, PHONE, Site, opened
from shadowing.extensions import db
from shadowing.models import Availability, FreeTimes, Goal, Guest, Round

KEYS_MOST = 60
NEW_PEOPLE, MANY_PEOPLE = 150, 20_000


@dataclass(frozen=True, slots=True)
class Done:
    """A deed of the goals: *count* of what was pressed, 0 where it only had to work; *works* says whether it came to its end."""

    goal: str
    what: str
    count: int = 0
    works: bool = True


class Hand:
    """One finger, or the button of a mouse: counts what it presses."""

    def __init__(self, page: Page) -> None:
        self.page, self.presses = page, 0

    def press(self, what: str) -> None:
        self.presses += 1
        self.page.locator(what).first.click()


def of_answers(there: Site, browser: Browser) -> list[Done]:
    """The deeds of an employee who answers."""
    finger, keys, plain, again = company.links_of_silent(there, 4)
    _has_answered_before(there, again)
    return [
        Done("U1", "taps for an answer: a department, a goal, three half-days", _answer(there, browser, finger)),
        Done("U3", "taps for the answer of last time", _repeat(there, browser, again)),
        Done("U15", "keys for an answer: a department, three half-days", _answer_by_keys(there, browser, keys)),
        Done("U14", "answer without JavaScript", works=_answer_plainly(there, browser, plain)),
    ]


def _has_answered_before(there: Site, link: str) -> None:
    """A wish and a week in the last round, as whoever took part in it has them."""
    with there.app.app_context():
        now = next(one for one in db.session.query(Guest) if company.link_of(one) == link)
        earlier = db.session.query(Round).filter(Round.id != there.round_id)
        last = earlier.order_by(Round.starts_on.desc()).limit(1).one()
        other = db.session.query(Guest).filter(Guest.round_id == there.round_id, Guest.goals.any()).limit(1).one()
        before = db.session.query(Guest).filter_by(round_id=last.id, person_id=now.person_id).one_or_none()
        before = before or Guest(round=last, person=now.person)
        before.asked_at = before.answered_at = last.asked_at
        wish = next(one.department for one in other.goals if one.department_id != now.person.department_id)
        before.goals = [Goal(rank=1, department=wish, text="")]
        week = db.session.query(Availability).filter_by(round_id=there.round_id, person_id=other.person_id).one()
        db.session.add_all(
            [before, Availability(round_id=last.id, person_id=now.person_id, given=FreeTimes(week=week.given.week))]
        )
        db.session.commit()


def _answer(there: Site, browser: Browser, link: str) -> int:
    """Of a department from the list: opening it and choosing are two taps. The goal is one, and its words are not counted."""
    page = opened(there, browser, PHONE)
    page.goto(there.address + link)
    hand = Hand(page)
    chips = page.locator(".chips.rank label:has(input[name=wish]):visible")
    if chips.count():
        hand.press(".chips.rank label:has(input[name=wish]):visible")
    else:
        hand.presses += 2
        page.locator("select:visible").first.select_option(index=1)
    hand.press("input[name=line]")
    page.keyboard.type("どう決めるのか")
    for place in range(3):
        hand.presses += 1
        page.locator("input[name=half]:visible").nth(place * 2).click()
    hand.press("form.answer .bar button.primary")
    _arrive(page, "**/thanks")
    return hand.presses


def _repeat(there: Site, browser: Browser, link: str) -> int:
    page = opened(there, browser, PHONE)
    page.goto(there.address + link)
    hand = Hand(page)
    hand.press("form[action$='/again'] button")
    _arrive(page, "**/thanks")
    return hand.presses


def _answer_by_keys(there: Site, browser: Browser, link: str) -> int:
    page = opened(there, browser, PHONE)
    page.goto(there.address + link)
    keys = 0

    def press(*names: str) -> None:
        nonlocal keys
        for name in names:
            keys += 1
            page.keyboard.press(name)

    def reach(what: str) -> None:
        while not page.evaluate("what => document.activeElement.matches(what)", what):
            if keys > KEYS_MOST:
                raise RuntimeError(f"{what} is not reached in {KEYS_MOST} keys")
            press("Tab")

    reach("input[name=wish], select")
    press("Space" if page.evaluate("document.activeElement.matches('input')") else "ArrowDown")
    reach("input[name=half]")
    press("Space", "ArrowRight", "Space", "ArrowDown", "Space")
    reach(".bar .primary")
    press("Enter")
    _arrive(page, "**/thanks")
    return keys


def _answer_plainly(there: Site, browser: Browser, link: str) -> bool:
    page = opened(there, browser, PHONE, script=False)
    page.goto(there.address + link)
    page.locator("select:visible").first.select_option(index=1)
    page.locator("input[name=half]:visible").first.check()
    page.locator("form.answer .bar button.primary").click()
    _arrive(page, "**/thanks")
    return True


def of_review(there: Site, browser: Browser, pages: dict[str, str]) -> list[Done]:
    """The deeds of HR on the board; the last one publishes the round."""
    return [
        Done(
            "U15",
            "a pairing kept by keyboard: the focus stays on its button",
            works=_keep(there, browser, pages["board"]),
        ),
        Done("U14", "keep a pairing without JavaScript", works=_keep_plainly(there, browser, pages["board"])),
        Done("U14", "take an alternative without JavaScript", works=_change(there, browser, pages["alternatives"])),
        Done("U14", "publish without JavaScript", works=_publish(there, browser, pages["publish"])),
    ]


KEEP = ".acts button[aria-pressed]"


def _keep(there: Site, browser: Browser, board: str) -> bool:
    page = opened(there, browser)
    page.goto(there.address + board, wait_until="networkidle")
    name = page.locator(KEEP).first.get_attribute("aria-label")
    page.locator(KEEP).first.focus()
    page.keyboard.press("Enter")
    page.locator(f"{KEEP}[aria-pressed=true]").first.wait_for()
    page.wait_for_load_state("networkidle")
    return bool(page.evaluate("name => document.activeElement.getAttribute('aria-label') == name", name))


def _keep_plainly(there: Site, browser: Browser, board: str) -> bool:
    page = opened(there, browser, script=False)
    page.goto(there.address + board)
    before = page.locator(f"{KEEP}[aria-pressed=true]").count()
    page.locator(f"{KEEP}[aria-pressed=false]").first.click()
    return page.locator(f"{KEEP}[aria-pressed=true]").count() == before + 1


def _change(there: Site, browser: Browser, alternatives: str) -> bool:
    page = opened(there, browser, script=False)
    page.goto(there.address + alternatives)
    page.locator("table.alt button").first.click()
    _arrive(page, "**/pairings*")
    return True


def _publish(there: Site, browser: Browser, preview: str) -> bool:
    page = opened(there, browser, script=False)
    page.goto(there.address + preview)
    page.locator(f"form[action$='{preview}'] button").first.click()
    _arrive(page, "**/run")
    return True


def of_visits(there: Site, browser: Browser) -> list[Done]:
    """The deeds of a guest who is invited."""
    page = opened(there, browser, PHONE, script=False)
    page.goto(f"{there.address}{company.link_of_guest(there)}/visits")
    said = []
    for answer, state in (("yes", "ACCEPTED"), ("no", "DECLINED")):
        page.locator(f".answers form:has(input[value={answer}]) button").first.click()
        said.append(page.locator(f".state[data-answer={state}]").count() == 1)
    return [Done("U14", "accept, then decline, without JavaScript", works=all(said))]


def of_long_list(fresh: Site, browser: Browser) -> list[Done]:
    """HR chooses a long list; reading it is left to the worker. The CPU is that of this process, which serves."""
    page = opened(fresh, browser)
    page.goto(f"{fresh.address}/people/import")
    page.locator("input[name=people]").set_input_files(_list_of(MANY_PEOPLE))  # type: ignore[arg-type] # a plain dict
    begun = time.process_time()
    page.locator("main form button.primary").first.click()
    _arrive(page, "**/people/import/*")
    spent = round((time.process_time() - begun) * 1000)
    return [Done("CPU ms", "of handing over a list of 20,000 people", spent)]


def _list_of(many: int) -> dict[str, object]:
    head = "person_id,family_name,given_name,kana,email,department\n"
    rows = (f"N{number},青山,{number},アオヤマ,n{number}@example.com,営業部\n" for number in range(many))
    return {"name": "people.csv", "mimeType": "text/csv", "buffer": (head + "".join(rows)).encode()}


def of_launch(there: Site, browser: Browser) -> list[Done]:
    page = opened(there, browser, DESK)
    page.goto(there.address)
    hand = Hand(page)
    _launch(hand, "main a[href='/rounds/new']")
    with company.empty() as fresh:
        page = opened(fresh, browser, DESK)
        page.goto(fresh.address)
        first = Hand(page)
        _bring_in(first)
        page.goto(fresh.address)
        _launch(first, "main a[href='/rounds/new']")
    return [
        Done("U5", "clicks from home to a round that is launched", hand.presses),
        Done("U6", f"clicks to bring in {NEW_PEOPLE} people and launch the first round", first.presses),
    ]


def _launch(hand: Hand, new: str) -> None:
    hand.press(new)
    hand.press("main form button.primary")
    _arrive(hand.page, "**/ask")
    hand.press("main form[action$='/ask'] button.primary")
    _arrive(hand.page, "**/collect")


def _bring_in(hand: Hand) -> None:
    """The file is chosen in a window of the browser, which is not counted."""
    hand.press("main a[href='/people/import']")
    hand.page.locator("input[name=people]").set_input_files(_list_of(NEW_PEOPLE))  # type: ignore[arg-type] # a plain dict
    hand.press("main form button.primary")
    hand.press("main form .deed button.primary")
    _arrive(hand.page, "**/people")


def _arrive(page: Page, where: str) -> None:
    page.wait_for_url(where, timeout=60_000)
