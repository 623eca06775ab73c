"""What the tests of pages share: a client of somebody signed in, the state of all tables, the count of statements."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from shadowing.extensions import db
from shadowing.models import Base, SignIn
from shadowing.views import auth
from tests import factories

Digest = Callable[[], str]


@pytest.fixture
def hr(app: Flask, session: Session) -> FlaskClient:
    """A client signed in as Hanako of HR."""
    hanako = factories.person("hanako", hr=True, display_name="Hanako HR", email="hanako@example.org")
    now = datetime.now(UTC)
    session.add(SignIn(person_id=hanako.id, hash=auth.digest("cookie"), began_at=now, ends_at=now + timedelta(hours=1)))
    session.commit()
    client = app.test_client()
    client.set_cookie("session", "cookie")
    return client


@pytest.fixture
def digest(session: Session) -> Digest:
    """The state of all tables as one word."""

    def read() -> str:
        session.rollback()
        rows = [
            str(session.execute(select(table).order_by(*table.primary_key)).all())
            for table in Base.metadata.sorted_tables
        ]
        session.rollback()
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()

    return read


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that are sent to the database meanwhile."""
    sent: list[str] = []

    def note(conn: object, cursor: object, statement: str, *rest: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)
