"""One row for every table, whatever its columns are, and what all tables hold."""

from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, func, select

SAMPLES: dict[type, Any] = {
    int: 1,
    float: 1.0,
    bool: True,
    str: "x",
    bytes: b"x",
    datetime: datetime(2027, 1, 18, 3, 0, tzinfo=UTC),
    date: date(2027, 1, 18),
    time: time(9, 30),
    object: {"some": "fact"},  # JSON
}


GIVEN: dict[str, Any] = {  # what a migration reads must have its shape
    "availability.given": {
        "spans": [{"starts_at": "2027-01-18T03:00:00Z", "ends_at": "2027-01-18T04:00:00Z", "level": 2}]
    },
}


def tables(connection: Connection) -> MetaData:
    """The tables as they are in the database, not as the models say."""
    found = MetaData()
    found.reflect(connection)
    return found


def fill(connection: Connection, metadata: MetaData) -> None:
    """A first row in every table, each column of it with a value; parents come before children."""
    for table in metadata.sorted_tables:
        if table.name != "alembic_version":
            connection.execute(table.insert().values({column.name: value(column) for column in table.columns}))


def value(column: Column[Any]) -> Any:
    if column.foreign_keys or column.primary_key:
        return 1
    return GIVEN.get(str(column), SAMPLES[column.type.python_type])


def counts(connection: Connection) -> dict[str, int]:
    return {
        table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in all_tables(connection)
    }


def all_tables(connection: Connection) -> list[Table]:
    return [table for table in tables(connection).sorted_tables if table.name != "alembic_version"]


def digest(connection: Connection, metadata: MetaData) -> dict[str, int]:
    """A number for each table that changes whenever one of its values does."""
    return {
        table.name: hash(tuple(sorted(repr(tuple(row)) for row in connection.execute(select(table)))))
        for table in metadata.sorted_tables
    }
