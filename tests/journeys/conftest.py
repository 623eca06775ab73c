"""The whole product for a story: its pages with their protection on, its worker, its commands, and a mail server."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from shadowing.background import worker
from tests import postbox
from tests.conftest import settings
from tests.journeys.browser import Reader
from tests.postbox import Calendar, Sink

LINK = re.compile(r"http://localhost:8000(/\S+)")


@dataclass
class House:
    app: Flask
    sink: Sink

    def reader(self, language: str = "en") -> Reader:
        return Reader(self.app.test_client(), language)

    def hr(self, address: str, language: str = "en") -> Reader:
        """Somebody whom the operator lets in, signed in by the button behind the link."""
        reader = self.reader(language)
        link = self.command("admin", "create", address)["url"]
        reader.open(link)
        reader.press(urlsplit(link).path)
        reader.press("/language", language=language)
        return reader

    def command(self, *words: str | Path) -> Any:
        done = self.app.test_cli_runner().invoke(args=[*(str(word) for word in words), "--json"])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def deliver(self) -> None:
        """The worker does all that is due."""
        assert worker.run(self.app, until_idle=True) == 0

    def mails(self, address: str) -> list[str]:
        """The texts of all mails to *address*, oldest first."""
        return [self._text(content) for reader, content in self.sink.mails if reader == address]

    def _text(self, content: bytes) -> str:
        message = postbox.parsed(content)
        body = message.get_body(("plain",))
        assert body
        return f"{message['Subject']}\n\n{body.get_content()}"

    def link(self, address: str) -> str:
        """Where the newest mail to *address* leads."""
        found = LINK.search(self.mails(address)[-1])
        assert found
        return found[1].rstrip(".")

    def calendar(self, address: str) -> Calendar:
        return postbox.calendars(self.sink).get(address, Calendar())


@pytest.fixture
def house(app: Flask, tmp_path: Path) -> Iterator[House]:
    with postbox.serving(Sink()) as sink:
        mail = {"mail_server": "127.0.0.1", "mail_port": sink.port, "mail_tls": "none", "mail_per_second": 10_000}
        app.extensions["settings"] = settings(tmp_path, **mail)
        app.config["WTF_CSRF_ENABLED"] = True
        yield House(app, sink)
