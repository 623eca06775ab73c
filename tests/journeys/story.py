"""What a story in a real browser needs: the product as `make run` starts it, a mail server, and people who read their language."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Flask
from flask_babel import force_locale, gettext, ngettext
from playwright.sync_api import Browser, Page, expect

from shadowing import config
from shadowing.app import create_app
from shadowing.background import worker
from tests import postbox
from tests.conftest import SECRET, settings
from tests.journeys.site import opened
from tests.postbox import Sink

LINK = re.compile(r"http://localhost:\d+/\S+")
PATIENCE = 180


@dataclass(frozen=True)
class Company:
    """A served product without a person in it, and the mails that leave it."""

    app: Flask
    sink: Sink
    environment: dict[str, str]

    def command(self, *words: str) -> dict[str, str]:
        line = [sys.executable, "-m", "flask", "--app", "wsgi", *words, "--json"]
        done = subprocess.run(line, cwd=config.ROOT, env=self.environment, capture_output=True, text=True, check=True)
        found: dict[str, str] = json.loads(done.stdout)
        return found

    def texts(self, address: str) -> list[str]:
        """Subject and text of every mail to *address*, oldest first."""
        return [text_of(content) for reader, content in list(self.sink.mails) if reader == address]

    def newest(self, address: str, count: int) -> str:
        """The newest mail to *address* once *count* are there."""
        wait_until(lambda: len(self.texts(address)) >= count, f"{count} mails to {address}")
        return self.texts(address)[-1]

    def work_at(self, now: datetime) -> None:
        """The worker does what is due at *now*."""
        worker.run(self.app, until_idle=True, stop=threading.Event(), clock=lambda: now)


def text_of(content: bytes) -> str:
    message = postbox.parsed(content)
    body = message.get_body(("plain",))
    assert body
    return f"{message['Subject']}\n\n{body.get_content()}"


def wait_until(holds: Callable[[], bool], what: str) -> None:
    last = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < last, f"waited in vain for {what}"
        time.sleep(0.1)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def served(folder: Path, **more: object) -> Iterator[Company]:
    """`make run` with a database of its own and a mail server that keeps everything; *more* are settings for `make run`."""
    port = postbox.free_port()
    with postbox.serving(Sink()) as sink:
        given = {"secret_key": SECRET, "instance": folder / "instance", "mail_from": "shadowing@example.org"}
        given |= {"mail_server": "127.0.0.1", "mail_port": sink.port, "mail_tls": "none", "mail_per_second": 1000}
        told = given | more
        environment = dict(os.environ) | {f"{config.PREFIX}{name.upper()}": str(value) for name, value in told.items()}
        environment[f"{config.PREFIX}PUBLIC_URL"] = f"http://localhost:{port}"
        environment[f"{config.PREFIX}MAIL_HOURS"] = "0-24"  # the story is told at any hour
        line = [sys.executable, "-m", "shadowing", "serve", "--port", str(port)]
        with (folder / "serve.log").open("wb") as log:
            serving = subprocess.Popen(line, cwd=config.ROOT, env=environment, stdout=log, stderr=log)
        try:
            wait_until(lambda: listens(port), "the product")
            app = create_app(settings(folder, **given, public_url=f"http://localhost:{port}"))
            yield Company(app, sink, environment)
        finally:
            serving.terminate()
            serving.wait(PATIENCE)


@dataclass(frozen=True)
class Visitor:
    """Somebody at a browser who reads *language*: what is looked for and pressed is named as the page names it."""

    company: Company
    page: Page
    language: str

    def words(self, sentence: str, **facts: object) -> str:
        with self.company.app.test_request_context(), force_locale(self.language):
            said = str(gettext(sentence, **facts))
        return self._translated(said, sentence)

    def counted(self, one: str, many: str, count: int) -> str:
        with self.company.app.test_request_context(), force_locale(self.language):
            said = str(ngettext(one, many, count))
        return self._translated(said, one)

    def _translated(self, said: str, sentence: str) -> str:
        assert self.language == "en" or said != sentence, f"no Japanese for {sentence}"
        return said

    def open(self, address: str) -> None:
        self.page.goto(address)

    @property
    def home(self) -> str:
        return self.company.environment[f"{config.PREFIX}PUBLIC_URL"]

    def follow(self, words: str, **facts: object) -> None:
        self.page.get_by_role("main").get_by_role("link", name=self.words(words, **facts)).first.click()

    def press(self, words: str) -> None:
        self.page.get_by_role("main").get_by_role("button", name=words, exact=True).first.click()

    def sees(self, *sentences: str) -> None:
        for sentence in sentences:
            expect(self.page.locator("main")).to_contain_text(sentence)


def visitor(company: Company, browser: Browser, language: str) -> Visitor:
    return Visitor(company, opened(browser, language).new_page(), language)
