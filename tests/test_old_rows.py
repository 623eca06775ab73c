"""Rows that an older version wrote are read by this one, and given back as they were when it is taken back."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask

from shadowing.app import create_app
from shadowing.extensions import db
from shadowing.mail import outbox
from shadowing.models import (
    Answer,
    Appointment,
    Entry,
    Invitation,
    Letter,
    OpeningKind,
    Role,
    Rsvp,
    Told,
    Visitor,
)
from tests import conftest
from tests import factories as make
from tests.faults import rows

BEFORE = "0002"
"""The migration before entries_are_typed."""
STAMP = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
LINK = {"purpose": "personal", "what": [1, 1, 1], "path": "/visits"}
OF_ROUND = {"name": "田中 太郎", "round": "Spring", "coordinator": {"name": "Hanako", "email": "hr@example.org"}}
WORDS = {
    "role": "guest",
    "kind": "ride_along",
    "title": "",
    "department": "営業部",
    "starts_at": "2027-01-19T01:00:00+00:00",
    "ends_at": "2027-01-19T02:00:00+00:00",
    "place": "Room 3",
    "preparation": "Bring a notebook",
    "confidential": True,
    "travel_minutes": 30,
    "private": True,
    "hosts": ["鈴木 花子"],
    "guests": [{"name": "田中 太郎", "department": "開発部", "goal": "how you plan a week"}],
    "rsvp": "ask",
}
MAILED = {
    "uid": "0123@example.org",
    "organizer": "s@example.org",
    "address": "g@example.org",
    "revision": 1,
    "sequence": 0,
    "partstat": "ACCEPTED",
}
OLD = {"starts_at": "2027-01-19T01:00:00+00:00", "ends_at": "2027-01-19T02:00:00+00:00", "place": "Room 3"}
ESSENCE = OLD | {"title": "", "preparation": "Bring a notebook", "hosts": [7, 8], "guests": []}
TOLD = {"essence": ESSENCE, "words": WORDS, "stamp": STAMP.isoformat()}
DAYS = {"starts_on": "2027-01-18", "ends_on": "2027-02-12", "answers_until": "2027-01-04"}
REASON = {"code": "full", "remedy": "one_more_seat", "facts": {}}
WHEN = {"starts_at": "2027-01-20T01:00:00+00:00", "ends_at": "2027-01-20T02:00:00+00:00"}
FACTS: dict[str, list[dict[str, Any]]] = {
    "sign_in": [
        {
            "name": "Hanako",
            "link": {"purpose": "sign_in", "what": [1], "path": ""},
            "until": "2026-12-01T03:10:00+00:00",
        }
    ],
    "personal_link": [OF_ROUND | {"link": LINK}],
    "ask": [OF_ROUND | DAYS | {"link": LINK, "greeting": "Come and see"}],
    "nudge": [OF_ROUND | DAYS | {"link": LINK, "greeting": "", "coordinator": None}],
    "unmatched": [
        OF_ROUND | {"link": LINK, "reason": REASON, "example": {"department": "営業部"} | WHEN},
        OF_ROUND | {"link": LINK, "reason": REASON, "example": {"department": "営業部"}},
        OF_ROUND | {"link": LINK, "reason": {"code": "", "remedy": "", "facts": {}}, "example": None},
    ],
    "request": [OF_ROUND | {"link": LINK} | WORDS | MAILED],
    "change": [
        OF_ROUND | {"link": LINK} | WORDS | MAILED | {"old": OLD, "minor": True},
        OF_ROUND | {"link": LINK} | WORDS | MAILED | {"old": OLD | {"place": "Room 4"}, "minor": False},
    ],
    "cancel": [OF_ROUND | {"link": LINK} | WORDS | MAILED | {"role": "host", "kind": "desk", "private": False}],
}
HOSTS = WORDS | {"role": "host", "kind": "desk", "private": False, "title": "朝会"}
TOLD_TO_HOST = TOLD | {"words": HOSTS, "essence": ESSENCE | {"title": "朝会", "hosts": [], "guests": [9]}}


@pytest.fixture
def old(tmp_path: Path, unmigrated: str) -> Iterator[Flask]:
    """A database of the version before, with a letter of every kind and an invitation of either side."""
    app = create_app(conftest.settings(tmp_path, database_url=unmigrated))
    with app.app_context():
        flask_migrate.upgrade(revision=BEFORE)
        write_old_rows()
        yield app
        db.session.remove()
        db.engine.dispose()


def write_old_rows() -> None:
    with db.engine.begin() as connection:
        tables = rows.tables(connection)
        rows.fill(connection, tables)
        invitation, letter = tables.tables["invitation"], tables.tables["letter"]
        first = dict(connection.execute(sa.select(letter)).one()._mapping)
        connection.execute(sa.update(invitation).values(told=TOLD, role="guest", answer="ACCEPTED"))
        host = dict(connection.execute(sa.select(invitation)).one()._mapping)
        second = {"id": 2, "uid": "y", "generation": 2, "role": "host", "told": TOLD_TO_HOST}
        connection.execute(invitation.insert().values(host | second))
        given = [(kind, facts) for kind, each in FACTS.items() for facts in each]
        for id, (kind, facts) in enumerate(given, start=2):
            known = {"id": id, "key": f"k{id}", "kind": kind, "state": "sent", "locale": "en", "zone": "Asia/Tokyo"}
            known["address"] = "g@example.org"
            connection.execute(letter.insert().values(first | known | {"facts": facts, "stamp": STAMP}))
        connection.execute(letter.delete().where(letter.c.id == 1))


def stored() -> tuple[list[Any], list[Any]]:
    with db.engine.connect() as connection:
        tables = rows.tables(connection).tables
        return (
            list(connection.scalars(sa.select(tables["invitation"].c.told).order_by(tables["invitation"].c.id))),
            list(connection.scalars(sa.select(tables["letter"].c.facts).order_by(tables["letter"].c.id))),
        )


def test_what_an_older_version_told_is_read_as_an_entry(old: Flask) -> None:
    flask_migrate.upgrade()

    guest, host = (row.told for row in db.session.scalars(sa.select(Invitation).order_by(Invitation.id)))
    assert guest == Told(
        stamp=STAMP,
        entry=Entry(
            role=Role.GUEST,
            kind=OpeningKind.RIDE_ALONG,
            title="",
            department="営業部",
            starts_at=make.at(1, 10),
            ends_at=make.at(1, 11),
            place="Room 3",
            preparation="Bring a notebook",
            confidential=True,
            travel_minutes=30,
            hosts=("鈴木 花子",),
            guests=(Visitor(name="田中 太郎", department="開発部", goal="how you plan a week"),),
            others=(7, 8),
            rsvp=Rsvp.ASK,
        ),
    )
    assert (host.entry.role, host.entry.others, host.entry.title) == (Role.HOST, (9,), "朝会")


def test_every_letter_of_an_older_version_still_becomes_a_mail(old: Flask) -> None:
    flask_migrate.upgrade()

    letters = list(db.session.scalars(sa.select(Letter).order_by(Letter.id)))
    mails = [outbox.to_bytes(letter, old.extensions["settings"]) for letter in letters]
    assert len(set(mails)) == sum(map(len, FACTS.values()))
    changes = [make.revision_of(letter) for letter in letters if letter.kind.value == "change"]
    begin, end = make.at(1, 10), make.at(1, 11)
    rooms = [Appointment(starts_at=begin, ends_at=end, place=place) for place in ("Room 3", "Room 4")]
    assert [said.before for said in changes] == rooms
    assert [(said.minor, said.answer, said.number) for said in changes] == [
        (True, Answer.YES, 1),
        (False, Answer.YES, 1),
    ]


def test_an_older_version_gets_its_rows_back(old: Flask) -> None:
    before = stored()

    flask_migrate.upgrade()
    assert stored() != before
    rewrite_as_this_version()
    flask_migrate.downgrade(revision=BEFORE)

    assert stored() == before


def rewrite_as_this_version() -> None:
    """Every row is read and written anew, in this version's own spelling."""
    for letter in db.session.scalars(sa.select(Letter)):
        facts, letter.facts_json = letter.facts, {}
        letter.facts = facts
    for invitation in db.session.scalars(sa.select(Invitation)):
        told, invitation.told_json = invitation.told, {}
        invitation.told = told
    db.session.commit()
    db.session.remove()
