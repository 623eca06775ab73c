"""A database that can be put back to the state it was frozen in, on either server, in a few milliseconds."""

import shutil
from pathlib import Path

from sqlalchemy import create_engine, make_url

from shadowing.extensions import engine_options
from shadowing.models import Base

TABLES = [table.name for table in Base.metadata.sorted_tables]


class Frozen:
    """Nobody may be connected while it is frozen or put back. PostgreSQL keeps the copy in a schema of its own."""

    def __init__(self, url: str) -> None:
        self.url, self.file = url, str(make_url(url).database)
        self.postgresql = url.startswith("postgresql")
        if self.postgresql:
            self._do(_copies())
        else:
            self._do(["PRAGMA wal_checkpoint(TRUNCATE)"])  # a copy of the main file alone would miss what is in the log
            shutil.copyfile(self.file, f"{self.file}.frozen")

    def put_back(self) -> None:
        if self.postgresql:
            self._do(_originals())
        else:
            for suffix in ("-wal", "-shm"):
                Path(self.file + suffix).unlink(missing_ok=True)
            shutil.copyfile(f"{self.file}.frozen", self.file)

    def _do(self, statements: list[str]) -> None:
        """Past SQLAlchemy, which would begin a transaction."""
        engine = create_engine(self.url, **engine_options(self.url))
        connection = engine.raw_connection()
        connection.cursor().execute("; ".join(statements))
        connection.commit()
        connection.close()
        engine.dispose()


def _copies() -> list[str]:
    copies = [f"CREATE TABLE frozen.{name} AS TABLE public.{name}" for name in TABLES]
    return ["DROP SCHEMA IF EXISTS frozen CASCADE", "CREATE SCHEMA frozen", *copies]


def _originals() -> list[str]:
    """Foreign keys are not looked at meanwhile; numbers go on after the highest that is there."""
    rows = [f"DELETE FROM {name}; INSERT INTO {name} SELECT * FROM frozen.{name}" for name in TABLES]
    serials = [
        f"SELECT setval('{name}_id_seq', COALESCE((SELECT max(id) FROM {name}), 0) + 1, false)" for name in TABLES
    ]
    return ["SET LOCAL session_replication_role = replica", *rows, *serials]
