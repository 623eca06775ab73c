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
from shadowing.company import people
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
        older = counted()
        flask_migrate.upgrade()
        after = counted()
        db.engine.dispose()

    assert orphans == []
    assert {name: before[name] for name in older} == {name: after[name] for name in older}


@pytest.mark.slow
def test_a_migration_that_is_killed_leaves_the_old_tables(empty: Flask, tmp_path: Path, zygote: Zygote) -> None:
    url = empty.config["SQLALCHEMY_DATABASE_URI"]
    survived, point, found = False, 1, []
    while not survived:
        survived = zygote.run("migrate", url, tmp_path, kill_at=point).survived
        found.append(counted())
        point += 7

    assert set(map(str, found[:-1])) <= {str({}), *map(str, stages())}
    assert list(found[-1]) == [table.name for table in Base.metadata.sorted_tables]


def stages() -> Iterator[dict[str, int]]:
    """The tables after each migration, one by one: each leaves a whole state, from which the next start goes on."""
    flask_migrate.downgrade(revision="base")
    for revision in REVISIONS:
        flask_migrate.upgrade(revision=revision)
        yield counted()


def test_people_sorted_by_the_old_key_are_sorted_by_the_new_one_and_back(tmp_path: Path) -> None:
    """SQLite alone could hold the old key, with its NUL."""
    app = create_app(conftest.settings(tmp_path, database_url=f"sqlite:///{tmp_path / 'old.db'}"))
    old = [("a", "サトウ\0サトウ"), ("b", "サトウ ハナ\0サトウ ハナ"), ("c", "\U0010ffffabe")]

    with app.app_context():
        flask_migrate.upgrade(revision="0001")
        _people(old)
        flask_migrate.upgrade(revision="0002")
        up = _sort_keys()
        flask_migrate.downgrade(revision="0001")
        down = _sort_keys()
        db.engine.dispose()

    assert up == [("a", people.sort_key("サトウ")), ("b", people.sort_key("サトウ ハナ")), ("c", "\U0010ffffabe")]
    assert down == old


def test_who_had_the_usual_hours_has_none_of_their_own_and_has_them_again_on_the_way_back(empty: Flask) -> None:
    flask_migrate.upgrade(revision="0040")
    _people([("a", "ア"), ("b", "イ")])
    _execute("UPDATE person SET hours = 'mon-fri 09:00-18:00' WHERE code = 'a'")

    flask_migrate.upgrade(revision="0041")
    up = _hours()
    flask_migrate.downgrade(revision="0040")

    assert (up, _hours()) == ([None, "x"], ["mon-fri 09:00-18:00", "x"])


def _execute(statement: str) -> None:
    with connected() as connection:
        connection.execute(text(statement))
        connection.commit()


def _hours() -> list[str | None]:
    with connected() as connection:
        return list(connection.scalars(text("SELECT hours FROM person ORDER BY code")))


def test_long_words_to_find_people_by_are_cut_on_the_way_back(empty: Flask) -> None:
    flask_migrate.upgrade(revision="0002")
    _people([("a", "ア")])
    with connected() as connection:
        connection.execute(text("UPDATE person SET folded = :long"), {"long": "𠮷" * 1200})
        connection.commit()

    flask_migrate.downgrade(revision="0001")

    with connected() as connection:
        assert connection.scalar(text("SELECT folded FROM person")) == "𠮷" * 600


def test_on_the_way_back_who_left_gives_up_an_address_that_somebody_else_has(empty: Flask) -> None:
    flask_migrate.upgrade(revision="0030")
    _people([("gone", "ア"), ("alone", "イ"), ("here", "ウ")])
    with connected() as connection:
        connection.execute(text("UPDATE person SET left_at = NULL WHERE code = 'here'"))
        connection.execute(text("UPDATE person SET email = 'gone' WHERE code = 'here'"))
        connection.commit()

    flask_migrate.downgrade(revision="0006")

    with connected() as connection:
        found = {row.code: row.email for row in connection.execute(text("SELECT code, email FROM person"))}
    assert found == {"gone": "left-1@invalid", "alone": "alone", "here": "gone"}


def test_hr_without_a_department_gets_one_on_the_way_down(empty: Flask) -> None:
    flask_migrate.upgrade()
    _people([("hr", "ア")])
    with connected() as connection:
        connection.execute(text("UPDATE person SET department_id = NULL"))
        connection.commit()

    flask_migrate.downgrade(revision="0044")

    with connected() as connection:
        homes = "SELECT department.id FROM person JOIN department ON department.id = person.department_id"
        assert connection.scalars(text(homes)).all() == [1]


def _people(keys: list[tuple[str, str]]) -> None:
    with connected() as connection:
        metadata = rows.tables(connection)
        department = metadata.tables["department"]
        connection.execute(
            department.insert().values({column.name: rows.value(column) for column in department.columns})
        )
        person = metadata.tables["person"]
        usual = {column.name: rows.value(column) for column in person.columns} | {
            "department_id": 1,
            "manager_id": None,
        }
        for id, (code, key) in enumerate(keys, start=1):
            own = {"id": id, "code": code, "email": code, "sort_key": key}
            connection.execute(person.insert().values(usual | own))
        connection.commit()


def _sort_keys() -> list[tuple[str, str]]:
    with connected() as connection:
        return [
            (code, key) for code, key in connection.execute(text("SELECT code, sort_key FROM person ORDER BY sort_key"))
        ]
