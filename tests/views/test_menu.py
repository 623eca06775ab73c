"""The menu of HR: on every page one entry is current, so that everybody sees in which room they are."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.views.test_permissions import HR, World, paths, rules
from tests.views.test_permissions import world as world  # a fixture

MENU = re.compile(r'<nav class="site-nav" aria-label="Main menu">(.*?)</nav>', re.DOTALL)
CURRENT = re.compile(r'<a href="([^"]+)" aria-current="(page|true)"')


def current(page: str) -> list[tuple[str, str]]:
    """The entries of the menu that are marked, and as what."""
    menu = MENU.search(page)
    return CURRENT.findall(menu[1]) if menu else []


def test_on_every_page_of_hr_exactly_one_entry_is_current(app: Flask, hr: FlaskClient, world: World) -> None:
    found = {}
    for path in [paths(rule, world, "") for rule in rules(app, HR) if "GET" in (rule.methods or ())]:
        page = hr.get(path, headers={"Accept-Language": "en"})
        if page.status_code == 200 and page.mimetype == "text/html" and MENU.search(page.text):
            found[path] = current(page.text)
        page.close()

    assert len(found) > 40
    assert {path: marked for path, marked in found.items() if len(marked) != 1} == {}


@pytest.mark.parametrize(
    ("path", "room", "mark"),
    [
        ("/", "/", "page"),
        ("/rounds/new", "/", "true"),
        ("/audit", "/", "true"),
        ("/people", "/people", "page"),
        ("/people/import", "/people", "true"),
        ("/exclusions", "/people", "true"),
        ("/contracts", "/people", "true"),
        ("/sites", "/people", "true"),
        ("/departments/new", "/departments", "true"),
        ("/letters", "/letters", "page"),
    ],
)
def test_the_current_entry_is_the_room_of_the_page(hr: FlaskClient, path: str, room: str, mark: str) -> None:
    assert current(hr.get(path, headers={"Accept-Language": "en"}).text) == [(room, mark)]


def test_an_address_that_is_none_keeps_the_menu_for_whoever_runs_rounds_and_for_nobody_else(
    hr: FlaskClient, client: FlaskClient
) -> None:
    assert MENU.search(hr.get("/no-such-page", headers={"Accept-Language": "en"}).text)
    assert not MENU.search(client.get("/no-such-page", headers={"Accept-Language": "en"}).text)
