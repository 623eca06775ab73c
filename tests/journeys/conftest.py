"""The whole product for a story: its pages with their protection on, its worker, its commands, and a mail server."""

import json
import logging
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import make_url
from werkzeug.serving import make_server

from shadowing.app import create_app
from shadowing.background import worker
from shadowing.extensions import db
from tests import factories, postbox
from tests.conftest import made_once, settings
from tests.journeys import site as sample
from tests.journeys.browser import Reader
from tests.journeys.site import Site
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


@pytest.fixture(scope="session")
def sample_file(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A database that holds the sample company. To make its plan takes seconds, so it is made once."""

    def make(folder: Path) -> None:
        app = create_app(settings(folder))
        file = database_of(app)
        shutil.copyfile(sqlite_template, file)
        with app.app_context():
            factories.begin(0)
            sample.fill()
            db.engine.dispose()

    return made_once(tmp_path_factory, "sample", make) / "instance" / "shadowing.db"


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, str]]:
    """An app for all tests in a browser, and its address."""
    app = create_app(settings(tmp_path_factory.mktemp("served")))
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield app, f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def site(served: tuple[Flask, str], sample_file: Path) -> Iterator[Site]:
    """The sample company, as nobody has touched it yet."""
    app, address = served
    with on_a_copy(app, sample_file):
        with app.app_context():
            ids = sample.ids()
        yield Site(app, address, ids)


@contextmanager
def on_a_copy(app: Flask, file: Path) -> Iterator[None]:
    """The database of *app* is what lies in *file*, as long as this lasts."""
    own = database_of(app)
    for left in own.parent.glob(f"{own.name}*"):
        left.unlink()
    shutil.copyfile(file, own)
    yield
    with app.app_context():
        db.engine.dispose()


def database_of(app: Flask) -> Path:
    return Path(str(make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database))


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """No page outlives its test."""
    yield chromium
    for context in list(chromium.contexts):
        context.close()
