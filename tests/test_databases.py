"""What both databases must do, and what SQLite has to be told for it."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import Session

from shadowing import extensions
from shadowing.extensions import db, reading, wal_is_safe
from shadowing.models import Attempt
from tests.factories import NOW


@pytest.fixture
def app(sqlite_app: Flask) -> Flask:
    """What is tested on `app` here is SQLite's own."""
    return sqlite_app


@pytest.fixture
def session_on_both(app_on_both: Flask) -> Iterator[Session]:
    with app_on_both.app_context():
        yield db.session  # type: ignore[misc]  # a scoped session


def test_no_thread_meets_a_statement_whose_class_another_one_is_still_building() -> None:
    """SQLAlchemy registers the class before it is complete; two lanes of the worker once met in between."""
    code = (
        "import shadowing.extensions;"
        "from sqlalchemy.sql.annotation import annotated_classes;"
        "print(*(kind.__name__ for kind in annotated_classes))"
    )
    built = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"Insert", "Update", "Delete"} <= set(built.stdout.split())


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 10000), ("trusted_schema", 0)],
)
def test_sqlite_keeps_what_was_acknowledged_and_what_belongs_together(
    session: Session, pragma: str, value: object
) -> None:
    assert session.scalar(text(f"PRAGMA {pragma}")) == value


def test_the_sqlite_library_of_this_process_is_one_that_loses_nothing() -> None:
    assert wal_is_safe()


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
    ],
)
def test_libraries_with_the_wal_reset_bug_are_known(version: tuple[int, ...], safe: bool) -> None:
    assert wal_is_safe(version) is safe


def test_sqlalchemy_speaks_to_the_library_that_was_checked(session: Session) -> None:
    assert session.scalar(text("SELECT sqlite_version()")) == extensions.sqlite.sqlite_version  # type: ignore[attr-defined]  # chosen there


def test_whoever_reads_and_then_writes_waits_instead_of_failing(app: Flask) -> None:
    def read_then_write(barrier: threading.Barrier, failed: list[BaseException]) -> None:
        with app.app_context():
            barrier.wait()
            for number in range(20):
                try:
                    count = len(list(db.session.scalars(select(Attempt))))
                    db.session.add(Attempt(key=f"{count} {number}", at=NOW))
                    db.session.commit()
                except DBAPIError as wrong:
                    failed.append(wrong)

    barrier, failed = threading.Barrier(4), list[BaseException]()
    threads = [threading.Thread(target=read_then_write, args=(barrier, failed)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with app.app_context():
        rows = list(db.session.scalars(select(Attempt.key)))
    assert failed == []
    assert {int(key.split()[0]) for key in rows} == set(range(80))


def test_a_reader_does_not_wait_for_a_writer(app: Flask) -> None:
    with app.app_context():
        db.session.add(Attempt(key="writing", at=NOW))
        db.session.flush()
        found: list[float] = []

        def read() -> None:
            with app.app_context():
                reading.set(True)
                begun = time.monotonic()
                list(db.session.scalars(select(Attempt)))
                found.append(time.monotonic() - begun)

        thread = threading.Thread(target=read)
        thread.start()
        thread.join()

    assert found[0] < 1


def test_the_database_refuses_to_write_while_a_page_is_read(session_on_both: Session) -> None:
    reading.set(True)
    session_on_both.add(Attempt(key="sneaked in", at=NOW))

    with pytest.raises(DBAPIError, match=r"(?i)read.?only"):
        session_on_both.commit()

    session_on_both.rollback()
    reading.set(False)
    assert list(session_on_both.scalars(select(Attempt))) == []


def test_after_a_page_was_read_the_same_connection_writes_again(session_on_both: Session) -> None:
    reading.set(True)
    list(session_on_both.scalars(select(Attempt)))
    session_on_both.rollback()
    reading.set(False)

    session_on_both.add(Attempt(key="written", at=NOW))
    session_on_both.commit()

    assert list(session_on_both.scalars(select(Attempt.key))) == ["written"]


def test_a_row_without_its_parent_is_refused(session_on_both: Session) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"):
        session_on_both.execute(text("INSERT INTO goal (guest_id, rank, text) VALUES (77, 1, '')"))


def test_a_moment_without_a_zone_is_refused(session_on_both: Session) -> None:
    session_on_both.add(Attempt(key="naive", at=datetime(2027, 1, 18, 9, 0)))  # noqa: DTZ001 - the very mistake

    with pytest.raises(StatementError, match="no time zone"):
        session_on_both.flush()


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/St_Johns"])
def test_a_moment_comes_back_as_the_same_instant_in_utc(session_on_both: Session, zone: str) -> None:
    instant = datetime(2027, 3, 28, 2, 30, 15, 123456, ZoneInfo(zone))
    session_on_both.add(Attempt(key="moment", at=instant))
    session_on_both.commit()
    session_on_both.expire_all()

    found = session_on_both.scalars(select(Attempt.at)).one()

    assert (found, found.tzinfo) == (instant.astimezone(UTC), UTC)


def test_moments_are_compared_as_instants(session_on_both: Session) -> None:
    tokyo = datetime(2027, 1, 18, 9, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
    session_on_both.add(Attempt(key="nine in Tokyo", at=tokyo))
    session_on_both.commit()

    later = datetime(2027, 1, 18, 0, 0, tzinfo=UTC) + timedelta(seconds=1)
    found = list(session_on_both.scalars(select(Attempt.key).where(Attempt.at < later)))

    assert found == ["nine in Tokyo"]
