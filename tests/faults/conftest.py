"""What the fault tests share: a stage to play each fault on, and the summary of the sweeps at the end of a test run."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from shadowing.app import create_app
from shadowing.extensions import db
from tests import postbox
from tests.conftest import settings
from tests.faults.frozen import Frozen
from tests.faults.zygote import Outcome, Zygote
from tests.postbox import Sink

SWEEP = "sweep"


@dataclass
class Stage:
    """A database, a mail server, and processes of the product that may be killed while they use both."""

    folder: Path
    url: str
    sink: Sink
    zygote: Zygote

    @property
    def given(self) -> dict[str, Any]:
        """A server with few rows needs few letters a second less: mail is not slowed down."""
        local = {"mail_server": "127.0.0.1", "mail_port": self.sink.port, "mail_tls": "none"}
        return local | {"mail_per_second": 10_000, "mail_from": "shadowing@example.org"}

    @property
    def kind(self) -> str:
        return self.url.split(":")[0].split("+")[0]

    def run(self, deed: str, kill_at: int = 0, **order: Any) -> Outcome:
        return self.zygote.run(deed, self.url, self.folder, kill_at, self.given, **order)

    @cached_property
    def app(self) -> Flask:
        app = create_app(settings(self.folder, database_url=self.url, **self.given))
        app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        return app

    @contextmanager
    def seen(self) -> Iterator[Flask]:
        """The database from the test's own side, disconnected again afterwards."""
        with self.app.app_context():
            yield self.app
            db.session.remove()
            db.engine.dispose()

    def frozen(self) -> Frozen:
        return Frozen(self.url)

    def let_leases_end(self) -> None:
        """As time would."""
        with self.seen():
            for table in ("letter", "job"):
                past = "UPDATE {} SET lease_until = '2020-01-01 00:00:00' WHERE lease_until IS NOT NULL"
                db.session.execute(text(past.format(table)))
            db.session.commit()


@pytest.fixture
def stage(tmp_path: Path, database: str, zygote: Zygote) -> Iterator[Stage]:
    with postbox.serving(Sink()) as sink:
        yield Stage(tmp_path, database, sink, zygote)


def check_integrity() -> None:
    """SQLite only: PostgreSQL has neither check, and needs none."""
    if db.engine.dialect.name == "sqlite":
        assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
        assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []
