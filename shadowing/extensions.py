"""The extensions, unbound, and the one place that chooses and sets up the database library."""

from contextvars import ContextVar

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask_babel import Babel
from flask_mail import Mail
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, Engine, delete, event, insert, update
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from shadowing.config import ROOT, Settings
from shadowing.models import Base
from shadowing.models.columns import to_json

try:
    import pysqlite3 as sqlite  # brings an SQLite that has no WAL-reset bug
except ImportError:  # no wheel for this machine: the interpreter's own
    import sqlite3 as sqlite  # noqa: TID251

db = SQLAlchemy(metadata=Base.metadata)
mail = Mail()
babel = Babel()
csrf = CSRFProtect()
migrate = Migrate(render_as_batch=True, compare_type=True)

for _statement in (insert, update, delete):
    # SQLAlchemy 2.1 builds the annotated class of each when first used; a second thread would meet it half-made
    _statement(next(iter(Base.metadata.tables.values())))._annotate({})

reading: ContextVar[bool] = ContextVar("reading", default=False)
"""True while a safe HTTP method is answered: the database itself then refuses to write."""


def settings() -> Settings:
    """Those that the running app was made with."""
    found: Settings = current_app.extensions["settings"]
    return found


def wal_is_safe(version: tuple[int, ...] = sqlite.sqlite_version_info) -> bool:
    """SQLite 3.7.0 to 3.51.2 can lose committed writes when a WAL is reset; 3.44.6 and 3.50.7 carry the fix."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def engine_options(url: str) -> dict[str, object]:
    """Parameters stay out of errors and logs: they are people's names and addresses."""
    usual = {"hide_parameters": True, "json_serializer": to_json}
    if url.startswith("sqlite"):
        return usual | {"module": sqlite, "connect_args": {"timeout": 10, "isolation_level": None}}
    return usual | {"pool_pre_ping": True, "connect_args": {"options": "-c lock_timeout=3000"}}


@event.listens_for(Engine, "connect")
def _set_up_sqlite(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    if not isinstance(connection, sqlite.Connection):
        return
    journal = "WAL" if wal_is_safe() else "DELETE"
    for pragma in (
        f"journal_mode={journal}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=10000",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """SQLite: whoever may write takes the lock at once, or a read-then-write transaction fails under contention."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reading.get() else 'OFF'}")
        connection.exec_driver_sql("BEGIN" if reading.get() else "BEGIN IMMEDIATE")
    elif reading.get():
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


@event.listens_for(Engine, "handle_error")
def _name_nobody(context: ExceptionContext) -> None:
    """From its second line on PostgreSQL shows the row, with somebody's name and address: it comes into no log."""
    wrong = context.sqlalchemy_exception
    if isinstance(wrong, DBAPIError):
        for shown in (wrong, context.original_exception):
            shown.args = (str(shown.args[0]).partition("\n")[0], *shown.args[1:]) if shown.args else ()


def revisions() -> tuple[str | None, str | None]:
    """The migration that the database is at, and the newest one there is."""
    with db.engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found, ScriptDirectory(str(ROOT / "migrations")).get_current_head()
