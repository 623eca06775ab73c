"""In a real browser an employee answers, with JavaScript and without, by taps and by keys; HR publishes without it."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from shadowing.extensions import db
from shadowing.models import Guest, Round, Stage
from tests.journeys.site import Frame, Site, at_hrs_desk, opened

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


def link_of(site: Site) -> str:
    """Where somebody answers who has not answered yet."""
    return site.at("/my/{link}")


def test_an_employee_answers_without_javascript(browser: Browser, site: Site) -> None:
    page = opened(browser, width=360, script=False).new_page()
    page.goto(link_of(site))

    for place, chosen in enumerate((2, 1, 0)):
        page.locator("select:visible").nth(place).select_option(index=chosen)
    page.locator("input[name=half]:visible").nth(0).check()
    page.locator("form.answer .bar button.primary").click()

    assert "/thanks" in page.url
    with site.app.app_context():
        answered = db.session.scalars(
            select(Guest).where(Guest.round_id == site.ids["collecting"], Guest.answered_at.is_not(None))
        )
        assert len(answered.all()) == 1


def test_wishes_keep_the_order_of_taps_and_the_answer_is_said_in_words(browser: Browser, site: Site) -> None:
    page = opened(browser, width=360).new_page()
    frame = Frame(page, site)
    page.goto(link_of(site))
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
    expect(page.locator("form.answer [role=status]")).to_have_text("火 午後が空き、水 午前は調整可。")
    expect(page.locator("[data-wishes]")).to_have_text(re.compile(" → .+ → "))
    page.locator("form.answer .bar button.primary").click()
    page.wait_for_url("**/thanks")
    expect(page.locator("main dd").filter(has_text=names[0])).to_contain_text(
        re.compile(".*".join(f"{rank} {name}" for rank, name in enumerate(names, 1)))
    )
    assert frame.faults == []


def test_a_whole_answer_takes_at_most_forty_keys(browser: Browser, site: Site) -> None:
    page = opened(browser, width=360).new_page()
    page.goto(link_of(site))
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


def test_whoever_changes_the_view_finds_there_what_they_painted(browser: Browser, site: Site) -> None:
    page = opened(browser).new_page()
    frame = Frame(page, site)
    _sends(page, site, "half", "mon-am", "tue-am")
    page.goto(link_of(site))

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
    page = opened(browser).new_page()
    _sends(page, site, "half", "mon-am", "tue-am")
    page.goto(link_of(site))

    _tap(page, "mon-am", 0)
    _tap(page, "tue-am", 0)
    page.locator("form.answer .bar button.primary").click()

    expect(page.locator("#times .error")).to_have_text("ふだん空いている半日を、1つ以上選んでください。")


def _sends(page: Page, site: Site, view: str, *boxes: str) -> None:
    """An answer in *view* with these boxes and no others."""
    page.goto(link_of(site))
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
    page = at_hrs_desk(browser, site, script=False)
    page.goto(site.at("/rounds/{reviewing}/publish"))

    page.get_by_role("button", name=re.compile("通を送る")).click()

    page.goto(site.at("/letters"))
    expect(page.locator("main")).to_contain_text(re.compile("招待|Invitation"))
    with site.app.app_context():
        assert db.session.get_one(Round, site.ids["reviewing"]).stage is Stage.PUBLISHED
