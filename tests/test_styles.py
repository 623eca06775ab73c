"""No rule of a style sheet is dead: what its selectors name stands on a page that loads the sheet."""

import re
from functools import cache
from pathlib import Path

import pytest

from shadowing import config

PACKAGE = config.ROOT / "shadowing"
TEMPLATES = PACKAGE / "templates"
SHEETS = sorted(PACKAGE.glob("static/css/**/*.css"))
PAGES = [path for path in TEMPLATES.glob("**/*.html") if path.parent.name != "mail"]
SCRIPTS = "\n".join(path.read_text("utf-8") for path in PACKAGE.glob("static/js/*.js"))
ANOTHER = re.compile(r"\{%-?\s*(?:extends|include|import)\s+\"([^\"]+)\"")
LINK = re.compile(r"static_url\('(css/[^']+)'\)")
NAMED = re.compile(r"[.#]([a-zA-Z][\w-]*)|(?:^|[\s>+~,(])([a-z][a-z0-9-]*)(?![\w-])")
TAG = re.compile(r"<([a-z][a-z0-9-]*)")


@cache
def whole(path: Path) -> str:
    """The page with all that it extends, includes and imports."""
    text = path.read_text("utf-8")
    return "\n".join([text, *(whole(TEMPLATES / other) for other in ANOTHER.findall(text))])


def selectors(sheet: Path) -> list[str]:
    rules = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
    found = [one.strip() for one in re.findall(r"([^{};]+)\{", rules)]
    states = r"\[[^]]*\]|:(?:lang|nth-child)\([^)]*\)|::?[a-z-]+"
    return [re.sub(states, "", one) for one in found if not one.startswith("@")]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_what_a_selector_names_stands_on_a_page_that_loads_the_sheet(sheet: Path) -> None:
    name = sheet.relative_to(PACKAGE / "static").as_posix()
    loading = "\n".join(whole(page) for page in PAGES if name in LINK.findall(whole(page)))
    words = set(re.findall(r"[\w-]+", loading + SCRIPTS))
    tags = {*TAG.findall(loading), "symbol", "path"}

    dead = [
        (selector, wrong)
        for selector in selectors(sheet)
        for named, tag in NAMED.findall(selector)
        if (wrong := named if named and named not in words else tag if tag and tag not in tags else "")
    ]

    assert loading
    assert dead == []
