"""What every test may ask for: an app on its own migrated database, a client, a session.

Migrations run once for each database server; every test then gets a copy of the migrated database."""

import fcntl
import os
import re
import shutil
import subprocess
import uuid
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from traceback import walk_stack
from typing import cast

import flask_migrate
import pytest
from _pytest.terminal import TerminalReporter
from alembic.script import ScriptDirectory
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import create_engine, event, inspect, make_url, text
from sqlalchemy.orm import Session

from shadowing import config
from shadowing.app import create_app
from shadowing.extensions import db
from shadowing.models import Base, Round, Stage
from tests import factories
from tests.faults.zygote import Zygote
from tests.long import ASKED, Portion, portion_of

SHARED = Path(__file__).parent.parent.parent / "shared"
NEWEST = ScriptDirectory(str(config.ROOT / "migrations")).get_current_head()
HERE = Path(__file__)
CHROMIUM = "/usr/bin/chromium"
QUIET = "--no-sandbox --disable-gpu --disable-background-networking --no-first-run --disable-component-update --disable-sync"
SECRET = "a secret of the tests, long enough to sign"


@event.listens_for(Round.stage, "set")
def no_stage_is_set_by_the_product(round: Round, new: Stage, old: object, initiator: object) -> None:
    """`Round.moved` alone changes a stage, in the row; then it is read anew. Tests may set it: they arrange."""
    callers = (Path(frame.f_code.co_filename) for frame, _ in walk_stack(None))
    caller = next(
        path for path in callers if path.suffix == ".py" and "sqlalchemy" not in path.parts[:-1] and path != HERE
    )
    made = inspect(round).transient and not isinstance(old, Stage)
    if config.ROOT / "shadowing" in caller.parents and not made:
        raise AssertionError(f"{caller} sets the stage {new}, past Round.moved")


def pytest_configure() -> None:
    """No test sees the settings of whoever runs it; what is meant for the tests is named TESTS_..."""
    for name in [name for name in os.environ if name.startswith(config.PREFIX)]:
        del os.environ[name]


@pytest.fixture(scope="session")
def sentences(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What code and templates say now, gathered with the Makefile's own keywords."""
    keywords = re.search(r"^SENTENCES = (.*)$", (config.ROOT / "Makefile").read_text(), re.MULTILINE)
    assert keywords
    target = tmp_path_factory.mktemp("pot") / "messages.pot"
    command = [
        ".venv/bin/pybabel",
        "-q",
        "extract",
        "-F",
        "pyproject.toml",
        *keywords[1].split(),
        "-o",
        str(target),
        ".",
    ]
    subprocess.run(command, cwd=config.ROOT, check=True)
    with target.open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real rounds and calendars that lie beside a developer's checkout; the product never needs them."""
    if not SHARED.is_dir():
        pytest.skip(f"NOT TESTED on real data: {SHARED} is not there")
    return SHARED


@pytest.fixture
def portion(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Portion:
    """What a long test tries in this run: its sample, or the slice that `make test-long` asks for."""
    mark = request.node.get_closest_marker("long")
    assert mark, "only a test that is marked long has portions"
    return portion_of(mark, os.environ.get(ASKED, ""), record_property)


def settings(tmp_path: Path, **given: object) -> config.Settings:
    facts: dict[str, object] = {
        "secret_key": SECRET,
        "instance": tmp_path / "instance",
        "mail_from": "shadowing@example.org",
        "mail_hours": "0-24",  # pages read the real clock
    }
    return config.read({}, **facts | given)


def migrated(folder: Path, url: str = "") -> str:
    """The address of a database that all migrations have run on, closed again."""
    app = create_app(settings(folder, database_url=url))
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()
    return str(app.config["SQLALCHEMY_DATABASE_URI"])


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that the first of the processes that run the tests has made."""
    own = factory.getbasetemp()
    folder = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / name).is_dir():
            make(folder / f"{name}.making")
            (folder / f"{name}.making").rename(folder / name)
    return folder / name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """To migrate takes two seconds of the machine."""
    return made_once(tmp_path_factory, "template", migrated) / "instance" / "shadowing.db"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One for all: to start it takes seconds of the machine."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield browser
        browser.close()


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
    server = os.environ.get("TESTS_POSTGRESQL", "")
    if not server:
        pytest.skip("PostgreSQL: NOT TESTED")
    return server


def japanese(server: str) -> str:
    """How an empty database is made that sorts as Japanese companies set theirs up to, so that an order which depends on
    it shows. PostgreSQL 14 cannot make one."""
    engine = create_engine(server)
    with engine.connect() as connection:
        version = int(connection.scalar(text("SHOW server_version_num")) or 0)
    engine.dispose()
    return "TEMPLATE template0" + (" LOCALE_PROVIDER icu ICU_LOCALE 'ja'" if version >= 150_000 else "")


def a_database(server: str, made: str = "") -> Iterator[str]:
    """The address of a new database on *server*, dropped afterwards."""
    name = f"shadowing_{uuid.uuid4().hex}"
    administer(server, f'CREATE DATABASE "{name}" {made or japanese(server)}')
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


PAGES = Path(__file__).parent / "views"
TURNS = "TESTS_TURNS"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What rooms do is tried on both databases in each run. Pages are tried on SQLite, and where `make test` asks for turns one
    part of so many on PostgreSQL: which one follows from the order of the run, so each has its turn within a few."""
    turns = int(os.environ.get(TURNS) or 1)
    turn = int(config.getoption("randomly_seed", 0)) % turns
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        name = DATABASE.search(item.name)
        on_postgresql = PAGES in item.path.parents and name is not None and name[1] == "postgresql"
        (left if on_postgresql and zlib.crc32(item.nodeid.encode()) % turns != turn else kept).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=left)


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


@pytest.fixture(scope="session")
def warm_postgresql_app(tmp_path_factory: pytest.TempPathFactory, postgresql_server: str) -> Iterator[Flask]:
    """The same on PostgreSQL, with one database for all its tests."""
    for url in a_database(postgresql_server):
        migrated(tmp_path_factory.mktemp("template"), url)
        app = create_app(settings(tmp_path_factory.mktemp("site"), database_url=url))
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def sqlite_app(warm_app: Flask, sqlite_template: Path) -> Iterator[Flask]:
    file = Path(str(make_url(warm_app.config["SQLALCHEMY_DATABASE_URI"]).database))
    for left in file.parent.glob(f"{file.name}*"):
        left.unlink()
    shutil.copyfile(sqlite_template, file)
    yield from in_tests(warm_app)
    with warm_app.app_context():
        db.engine.dispose()


@pytest.fixture
def postgresql_app(warm_postgresql_app: Flask) -> Iterator[Flask]:
    with warm_postgresql_app.app_context():
        emptied()
    yield from in_tests(warm_postgresql_app)


def emptied() -> None:
    """No row is left, and ids begin with 1. This takes 1 ms; TRUNCATE takes 40 ms, a new database 400 ms."""
    tables = [table.name for table in Base.metadata.sorted_tables]
    with db.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica; SET LOCAL synchronous_commit = off"))
        connection.execute(text("; ".join(f'DELETE FROM "{name}"' for name in tables)))
        connection.execute(text("SELECT " + ", ".join(f"setval('{name}_id_seq', 1, false)" for name in tables)))
        kept = connection.scalar(text("SELECT version_num FROM alembic_version"))
        if kept != NEWEST:
            connection.execute(text("UPDATE alembic_version SET version_num = :newest"), {"newest": NEWEST})


@pytest.fixture(params=BOTH)
def app(request: pytest.FixtureRequest) -> Flask:
    """A migrated, empty product: the test runs once on SQLite and once on PostgreSQL."""
    return cast(Flask, request.getfixturevalue(f"{request.param}_app"))


@pytest.fixture
def app_on_both(tmp_path: Path, database: str) -> Iterator[Flask]:
    """As `app`, with a database of its own: for tests that change tables."""
    new = create_app(settings(tmp_path, database_url=database))
    yield from in_tests(new)
    with new.app_context():
        db.engine.dispose()


@pytest.fixture(autouse=True)
def other_people(request: pytest.FixtureRequest) -> None:
    """Every test meets other people first, and the same ones whenever it runs."""
    factories.begin(zlib.crc32(request.node.originalname.encode()))


def in_tests(app: Flask) -> Iterator[Flask]:
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    given = app.extensions["settings"]
    yield app
    app.extensions["settings"] = given


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


DATABASE = re.compile(r"\[(?:.*-)?(sqlite|postgresql)(?:-.*)?\]$")


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """On which databases the tests ran, and how many points each sweep of `faults/test_sweep.py` killed the product at."""
    terminalreporter.write_line(databases(terminalreporter))
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", []):
                if name == "sweep" and getattr(report, "when", "") == "call":
                    terminalreporter.write_line(f"sweep: {value}")


def databases(terminalreporter: TerminalReporter) -> str:
    ran = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    names = [DATABASE.search(report.nodeid) for report in ran if report.when == "call"]
    counts = Counter(name[1] for name in names if name)
    missing = "" if counts["postgresql"] else " (NOT TESTED)"
    return f"databases: {counts['sqlite']} tests on SQLite, {counts['postgresql']} on PostgreSQL{missing}"
