"""The migration that makes weeks of spans, with data on both databases: whoever was free stays so, at the same times."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import flask_migrate
import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import select

from shadowing import config
from shadowing.app import create_app
from shadowing.extensions import db
from tests import conftest
from tests.faults import rows

TOKYO, LOS_ANGELES = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/Los_Angeles")
SCRIPTS = ScriptDirectory(str(config.ROOT / "migrations"))
AS_GIVEN = next(script for script in SCRIPTS.walk_revisions() if "stored_as_given" in script.path)
BEFORE, AFTER = str(AS_GIVEN.down_revision), AS_GIVEN.revision
MORNING = {f"tue-{clock}": 2 for clock in ("0900", "0930", "1000", "1030", "1100", "1130")}
NOON = {"wed-1200": 1, "wed-1230": 1}
Spans = list[tuple[datetime, datetime, int]]


def span(day: int, begin: int, end: int, level: int = 2, zone: ZoneInfo = TOKYO) -> tuple[datetime, datetime, int]:
    """A day of January 2027, in whole hours."""
    starts_at, ends_at = (datetime(2027, 1, day, hour, tzinfo=zone).astimezone(UTC) for hour in (begin, end))
    return starts_at, ends_at, level


# Who they are, what they last painted, what they had entered; 20 January 2027 is a Wednesday. The round ends on the 29th.
ENTERED: dict[str, tuple[dict[str, Any], dict[str, int], Spans]] = {
    "weekly": ({}, {}, [span(19, 9, 12), span(20, 12, 13, 1), span(26, 9, 12), span(27, 12, 13, 1)]),
    "away once": ({}, {}, [span(19, 9, 12), span(20, 12, 13, 1), span(27, 12, 13, 1)]),
    "away on every Tuesday": ({}, MORNING | NOON, [span(20, 12, 13, 1), span(27, 12, 13, 1)]),
    "day by day": ({}, MORNING, [span(19, 9, 12), span(26, 10, 12)]),
    "touching": ({}, {}, [span(19, 9, 10), span(19, 10, 12), span(26, 9, 12)]),
    "at night": ({"hours": "mon-fri 20:00-24:00"}, {}, [span(19, 20, 23), span(26, 20, 23)]),
    "far away": ({"zone": "America/Los_Angeles"}, {}, [span(19, 9, 10, 2, LOS_ANGELES), span(26, 9, 10, 2, LOS_ANGELES)]),
    "nowhere": ({"zone": "Moon/Tranquility"}, {}, [span(19, 9, 12), span(26, 9, 12)]),
}  # fmt: skip


@pytest.fixture
def before(tmp_path: Path, unmigrated: str) -> Iterator[Flask]:
    """A database of the last version that had a row for each span."""
    app = create_app(conftest.settings(tmp_path, database_url=unmigrated))
    with app.app_context():
        flask_migrate.upgrade(revision=BEFORE)
        enter()
        yield app
        db.session.remove()
        db.engine.dispose()


def enter() -> None:
    with db.engine.connect() as connection:
        tables = rows.tables(connection)

        def insert(name: str, **facts: Any) -> None:
            table = tables.tables[name]
            whole = {column.name: rows.value(column) for column in table.columns if not column.nullable}
            connection.execute(table.insert().values(whole | facts))

        insert("department")
        days = {"starts_on": date(2027, 1, 18), "ends_on": date(2027, 1, 29), "closed_days": ["2027-01-22"]}
        insert("round", zone="Asia/Tokyo", **days)
        number = 0
        for id, (code, (facts, week, entered)) in enumerate(ENTERED.items(), start=1):
            known = {"zone": "Asia/Tokyo", "hours": "mon-fri 09:00-18:00", "week": week}
            insert("person", id=id, code=code, email=code, **known | facts)
            for begin, end, level in entered:
                number += 1
                insert("availability", id=number, person_id=id, starts_at=begin, ends_at=end, level=level)
        connection.commit()


def stored(*columns: str) -> dict[str, list[Any]]:
    """What the table holds for each person, in order of its first columns."""
    with db.engine.connect() as connection:
        tables = rows.tables(connection).tables
        person, table = tables["person"], tables["availability"]
        found = connection.execute(
            select(person.c.code, *(table.c[name] for name in columns)).join_from(table, person).order_by(person.c.id)
        )
        by_code: dict[str, list[Any]] = {}
        for code, *values in found:
            by_code.setdefault(code, []).append(tuple(map(aware, values)))
    return by_code


def aware(value: Any) -> Any:
    naive = isinstance(value, datetime) and value.tzinfo is None
    return value.replace(tzinfo=UTC) if naive else value


def given() -> dict[str, dict[str, Any]]:
    return {code: values[0][0] for code, values in stored("given").items()}


def test_spans_that_recur_become_a_week_with_days_off(before: Flask) -> None:
    flask_migrate.upgrade(revision=AFTER)

    weeks = {code: (row["week"], row["days_off"]) for code, row in given().items() if row["week"]}
    assert weeks == {
        "weekly": (MORNING | NOON, []),
        "away once": (MORNING | NOON, ["2027-01-26"]),
        "away on every Tuesday": (MORNING | NOON, ["2027-01-19", "2027-01-26"]),
        "at night": ({f"tue-{hour}{half}": 2 for hour in (20, 21, 22) for half in ("00", "30")}, []),
        "far away": ({"tue-0900": 2, "tue-0930": 2}, []),
    }


def test_spans_that_no_week_can_say_stay_as_they_are(before: Flask) -> None:
    flask_migrate.upgrade(revision=AFTER)

    dated = {code: row["spans"] for code, row in given().items() if row["spans"]}
    assert {
        code: [
            (datetime.fromisoformat(one["starts_at"]), datetime.fromisoformat(one["ends_at"]), one["level"])
            for one in spans
        ]
        for code, spans in dated.items()
    } == {code: ENTERED[code][2] for code in ("day by day", "touching", "nowhere")}


def test_the_same_spans_come_back_on_the_way_down_and_the_weeks_again_on_the_way_up(before: Flask) -> None:
    flask_migrate.upgrade(revision=AFTER)
    up = given()

    flask_migrate.downgrade(revision=BEFORE)
    down = {code: sorted(spans) for code, spans in stored("starts_at", "ends_at", "level").items()}
    flask_migrate.upgrade(revision=AFTER)

    assert down == {code: entered for code, (_, _, entered) in ENTERED.items()}
    assert given() == up
