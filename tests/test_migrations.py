"""Migrations: they lead to the models, up, down and up again, lose no row, and leave nothing half done when killed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import alembic.autogenerate
import flask_migrate
import pytest
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Connection, text

from shadowing import config
from shadowing.app import create_app
from shadowing.extensions import db
from shadowing.models import Base
from tests import conftest
from tests.faults import rows
from tests.faults.zygote import Zygote

REVISIONS = [
    script.revision for script in reversed(list(ScriptDirectory(str(config.ROOT / "migrations")).walk_revisions()))
]
Upgrade = Callable[[str], None]


@pytest.fixture
def empty(tmp_path: Path, unmigrated: str) -> Iterator[Flask]:
    app = create_app(conftest.settings(tmp_path, database_url=unmigrated))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def connected() -> Connection:
    return db.engine.connect()


def counted() -> dict[str, int]:
    with connected() as connection:
        return rows.counts(connection)


def filled() -> dict[str, int]:
    with connected() as connection:
        rows.fill(connection, rows.tables(connection))
        connection.commit()
    return counted()


def test_the_migrations_lead_to_the_models(empty: Flask) -> None:
    flask_migrate.upgrade()

    with connected() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = alembic.autogenerate.compare_metadata(context, Base.metadata)
    assert differences == []


def test_there_is_one_newest_migration() -> None:
    assert len(ScriptDirectory(str(config.ROOT / "migrations")).get_heads()) == 1


def test_every_table_of_the_models_takes_a_row(empty: Flask) -> None:
    flask_migrate.upgrade()

    assert filled() == {table.name: 1 for table in Base.metadata.sorted_tables}


@pytest.mark.parametrize(("before", "revision"), list(zip(["base", *REVISIONS], REVISIONS, strict=False)))
def test_a_migration_goes_up_down_and_up_again_without_losing_a_row(empty: Flask, before: str, revision: str) -> None:
    if before != "base":
        flask_migrate.upgrade(revision=before)
    old = filled()

    flask_migrate.upgrade(revision=revision)
    up = counted()
    flask_migrate.downgrade(revision=before)
    down = counted()
    flask_migrate.upgrade(revision=revision)
    again = counted()

    kept = old.keys() & up.keys()
    assert {name: (up[name], down[name], again[name]) for name in kept} == dict.fromkeys(kept, (1, 1, 1))


def test_going_down_takes_the_tables_and_their_rows_away(empty: Flask) -> None:
    flask_migrate.upgrade()
    filled()

    flask_migrate.downgrade(revision="base")

    assert counted() == {}


def test_no_child_is_lost_when_sqlite_recreates_its_parent(tmp_path: Path, sqlite_url: str) -> None:
    app = create_app(conftest.settings(tmp_path, database_url=sqlite_url))

    with app.app_context():
        before = filled()
        with connected() as connection:
            orphans = connection.execute(text("PRAGMA foreign_key_check")).all()
        flask_migrate.downgrade(revision=REVISIONS[-2] if len(REVISIONS) > 1 else "head")
        flask_migrate.upgrade()
        after = counted()
        db.engine.dispose()

    assert (orphans, before) == ([], after)


@pytest.mark.slow
def test_a_migration_that_is_killed_leaves_the_old_tables(empty: Flask, tmp_path: Path, zygote: Zygote) -> None:
    url = empty.config["SQLALCHEMY_DATABASE_URI"]
    survived, point, found = False, 1, []
    while not survived:
        survived = zygote.run("migrate", url, tmp_path, kill_at=point).survived
        found.append(counted())
        point += 7

    before = {} if len(REVISIONS) == 1 else found[0]
    assert set(map(str, found[:-1])) <= {str(before), str(found[-1])}
    assert list(found[-1]) == [table.name for table in Base.metadata.sorted_tables]
