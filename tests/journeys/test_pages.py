"""Every page, on a phone and on a desk and in both languages: it stays within the frame, and everybody can read it.

Screenshots are kept in `artefacts/screenshots`; `make test-long` takes all of them."""

import re
from functools import cache
from itertools import product

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from tests.journeys.pages import DESK, EVERYBODY, NO_PAGES, REFUSALS
from tests.journeys.site import LOCALES, SHOTS, Frame, Site, at_hrs_desk, opened
from tests.long import Portion

WIDTHS = (320, 360, 1280)
PAGES = (*DESK, *EVERYBODY, *REFUSALS)
SIGHTS = tuple(product(LOCALES, WIDTHS))


def sight(number: int) -> tuple[str, str, int]:
    """What is looked at: each turn shows every page once, each in another language or width than the turn before."""
    turn, place = divmod(number, len(PAGES))
    return PAGES[place], *SIGHTS[(place + turn) % len(SIGHTS)]


def test_every_page_is_looked_at_in_every_way() -> None:
    seen = {sight(number) for number in range(len(PAGES) * len(SIGHTS))}

    assert seen == {(name, *one) for name, one in product(PAGES, SIGHTS)}


def test_every_page_stands_in_the_table(warm_app: Flask) -> None:
    routes = warm_app.url_map
    where = routes.bind("localhost")
    paths = [re.sub(r"\{\w+\}", "1", path).partition("?")[0] for path in (DESK | EVERYBODY).values()]

    known = {where.match(path)[0] for path in paths}

    assert known | NO_PAGES == {rule.endpoint for rule in routes.iter_rules() if "GET" in (rule.methods or ())}
    assert known.isdisjoint(NO_PAGES)


@pytest.mark.xdist_group("browser")
@pytest.mark.long(slices=len(LOCALES), count=len(PAGES), sample=len(PAGES))
def test_every_page_keeps_to_the_frame(browser: Browser, site: Site, portion: Portion) -> None:
    """In each width; a slice shows every page in one language, every second one in the other."""
    readers = cache(lambda language: Readers(browser, site, language))

    def wrong(number: int) -> None:
        turn, place = divmod(number, len(PAGES))
        language = tuple(LOCALES)[(place + turn) % len(LOCALES)]
        frame = readers(language).open(PAGES[place])
        for width in WIDTHS:
            frame.page.set_viewport_size({"width": width, "height": 900})
            frame.check()
        expect(frame.page.locator("html")).to_have_attribute("lang", language)

    assert portion.failing(wrong) == {}


@pytest.mark.xdist_group("browser")
@pytest.mark.long(slices=2 * len(SIGHTS), count=-(-len(PAGES) // 2), sample=len(PAGES))
def test_everybody_can_read_every_page(browser: Browser, site: Site, portion: Portion) -> None:
    """By the rules of axe."""
    readers = cache(lambda language: Readers(browser, site, language))

    def wrong(number: int) -> object:
        name, language, width = sight(number)
        frame = readers(language).open(name)
        frame.page.set_viewport_size({"width": width, "height": 900})
        frame.page.screenshot(path=SHOTS / f"{name}-{language}-{width}.png", full_page=True)
        return frame.findings()

    found = portion.failing(wrong)

    assert {sight(number): findings for number, findings in found.items()} == {}


class Readers:
    """Somebody of HR and somebody without a sign-in, both of *language*."""

    def __init__(self, browser: Browser, site: Site, language: str) -> None:
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.site, self.language = site, language
        self.hr = Frame(at_hrs_desk(browser, site, language), site)
        self.anybody = Frame(opened(browser, language).new_page(), site)

    def open(self, name: str) -> Frame:
        self.site.everybody_reads(self.language)
        if name in REFUSALS:
            path, status = REFUSALS[name]
            self.anybody.open(self.site.at(path), status)
            self.anybody.faults.clear()  # a browser itself calls such an answer an error
            return self.anybody
        frame = self.hr if name in DESK else self.anybody
        frame.open(self.site.at((DESK | EVERYBODY)[name]))
        return frame
