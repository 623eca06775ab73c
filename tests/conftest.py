"""What every test may ask for: an app on its own migrated database, a client, a session.

Migrations run once for each database server; every test then gets a copy of the migrated database."""

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import flask_migrate
import pytest
from _pytest.terminal import TerminalReporter
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

from shadowing import config
from shadowing.app import create_app
from shadowing.extensions import db
from tests.faults.zygote import Zygote

SHARED = Path(__file__).parent.parent.parent / "shared"
SECRET = "a secret of the tests, long enough to sign"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real rounds and calendars that lie beside a developer's checkout; the product never needs them."""
    if not SHARED.is_dir():
        pytest.skip(f"NOT TESTED on real data: {SHARED} is not there")
    return SHARED


def settings(tmp_path: Path, **given: object) -> config.Settings:
    facts: dict[str, object] = {
        "secret_key": SECRET,
        "instance": tmp_path / "instance",
        "mail_from": "shadowing@example.org",
    }
    return config.read({}, **facts | given)


def migrated(folder: Path, url: str = "") -> str:
    """The address of a database that all migrations have run on, closed again."""
    app = create_app(settings(folder, database_url=url))
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()
    return str(app.config["SQLALCHEMY_DATABASE_URI"])


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(str(make_url(migrated(tmp_path_factory.mktemp("template"))).database))


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    file = tmp_path / "instance" / "shadowing.db"
    file.parent.mkdir(exist_ok=True)
    shutil.copyfile(sqlite_template, file)
    return f"sqlite:///{file}"


def administer(server: str, statement: str) -> None:
    """One statement about databases, which PostgreSQL takes outside of transactions only."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql_server() -> str:
    server = os.environ.get("SHADOWING_TEST_POSTGRESQL", "")
    if not server:
        pytest.skip("PostgreSQL: NOT TESTED")
    return server


JAPANESE = "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'ja'"


def a_database(server: str, made: str = JAPANESE) -> Iterator[str]:
    """The address of a new database on *server*, dropped afterwards. It sorts as Japanese companies set theirs up to,
    so that an order which depends on it shows."""
    name = f"shadowing_{uuid.uuid4().hex}"
    administer(server, f'CREATE DATABASE "{name}" {made}')
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def postgresql_template(tmp_path_factory: pytest.TempPathFactory, postgresql_server: str) -> Iterator[str]:
    for url in a_database(postgresql_server):
        migrated(tmp_path_factory.mktemp("template"), url)
        yield str(make_url(url).database)


@pytest.fixture
def postgresql_url(postgresql_server: str, postgresql_template: str) -> Iterator[str]:
    yield from a_database(postgresql_server, f'TEMPLATE "{postgresql_template}"')


BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.slow))


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest) -> str:
    """The address of a migrated, empty database: the test runs once on SQLite and once on PostgreSQL."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=BOTH)
def unmigrated(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a table, on either server."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'unmigrated.db'}"
    else:
        yield from a_database(request.getfixturevalue("postgresql_server"))


@pytest.fixture(scope="session")
def warm_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One app for all tests on SQLite: to build its routes, pages and statements anew takes longer than most tests."""
    return create_app(settings(tmp_path_factory.mktemp("site")))


@pytest.fixture
def app(warm_app: Flask, sqlite_template: Path) -> Iterator[Flask]:
    file = Path(str(make_url(warm_app.config["SQLALCHEMY_DATABASE_URI"]).database))
    for left in file.parent.glob(f"{file.name}*"):
        left.unlink()
    shutil.copyfile(sqlite_template, file)
    given = warm_app.extensions["settings"]
    yield from in_tests(warm_app)
    warm_app.extensions["settings"] = given


@pytest.fixture
def app_on_both(tmp_path: Path, database: str) -> Iterator[Flask]:
    """As `app`, but the test runs once on SQLite and once on PostgreSQL."""
    yield from in_tests(create_app(settings(tmp_path, database_url=database)))


def in_tests(app: Flask) -> Iterator[Flask]:
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    with app.app_context():
        yield cast(Session, db.session)


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """Runs deeds of the product in processes that can be killed."""
    warm = Zygote()
    yield warm
    warm.close()


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """How many points each sweep of `faults/test_sweep.py` killed the product at."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", []):
                if name == "sweep" and getattr(report, "when", "") == "call":
                    terminalreporter.write_line(f"sweep: {value}")


os.environ.pop("SHADOWING_DATABASE_URL", None)
