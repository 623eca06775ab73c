"""A reader of pages without JavaScript: opens addresses, fills in the form that a page offers, presses its button."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

Values = dict[str, Any]


@dataclass
class Form:
    """*values* are what the browser would send if nothing was touched; a name that stands twice has a list."""

    action: str
    values: Values = field(default_factory=dict)

    def add(self, name: str, value: str) -> None:
        if name in self.values:
            known = self.values[name]
            self.values[name] = [*(known if isinstance(known, list) else [known]), value]
        else:
            self.values[name] = value


class Forms(HTMLParser):
    """All forms of a page with the values they hold."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.select, self.first, self.textarea = "", True, ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(facts.get("action", "")))
        elif tag == "select":
            self.select, self.first = facts.get("name", ""), True
        elif tag == "textarea":
            self.textarea = facts.get("name", "")
        elif tag == "option" and self.select and (self.first or "selected" in facts):
            self.found[-1].values[self.select] = facts.get("value", "")
            self.first = False
        elif tag == "input" and self.found and facts.get("name") and self._is_sent(facts):
            self.found[-1].add(facts["name"], facts.get("value", "on"))

    def _is_sent(self, facts: dict[str, str]) -> bool:
        kind = facts.get("type", "text")
        return "checked" in facts if kind in ("checkbox", "radio") else kind not in ("file", "submit")

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.found[-1].values[self.textarea] = data
            self.textarea = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""


class Reader:
    """One person at a browser."""

    def __init__(self, client: FlaskClient, language: str = "en") -> None:
        self.client, self.headers = client, {"Accept-Language": language}
        self.page: TestResponse

    def open(self, address: str, status: int = 200) -> str:
        parts = urlsplit(address)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return self._arrive(self.client.get(path, headers=self.headers, follow_redirects=True), status)

    def press(self, action: str, status: int = 200, **typed: Any) -> str:
        """Send the form of the page that leads to *action*, with *typed* in place of what it holds."""
        here = self.page.request.path
        form = next(form for form in Forms(self.page.text).found if urlsplit(form.action or here).path.endswith(action))
        sent = {name: value for name, value in (form.values | typed).items() if value is not None}
        return self._arrive(
            self.client.post(form.action or here, data=sent, headers=self.headers, follow_redirects=True), status
        )

    def _arrive(self, page: TestResponse, status: int) -> str:
        assert page.status_code == status, page.text
        self.page = page
        return page.text
