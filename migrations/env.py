"""Runs the migrations, offline or on the app's own engine. On SQLite a batch migration recreates tables: with foreign keys
on that would delete the children of every recreated parent, so they are off outside the transaction and checked within it."""

from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

from shadowing.models.base import Moment, Stored
from shadowing.models.columns import LongText, ShortText

config = context.config
database = current_app.extensions["migrate"].db


def render(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """Migrations stand alone: they must still run when our column types have moved on."""
    if kind != "type":
        return False
    if isinstance(item, ShortText):
        return f"sa.String(length={item.length})"
    ours: dict[type, str] = {Moment: "sa.DateTime(timezone=True)", LongText: "sa.Text()", Stored: "sa.JSON()"}
    return ours.get(type(item), False)


def configure(**where: Any) -> None:
    options = current_app.extensions["migrate"].configure_args
    context.configure(target_metadata=database.metadata, render_item=render, **where, **options)


def offline() -> None:
    configure(url=database.engine.url.render_as_string(hide_password=False), literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def online() -> None:
    with database.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        try:
            migrate(connection, sqlite)
        finally:
            if sqlite:
                connection.connection.cursor().execute("PRAGMA foreign_keys=ON")


def migrate(connection: Connection, sqlite: bool) -> None:
    configure(connection=connection)
    with connection.begin(), context.begin_transaction():
        context.run_migrations()
        if sqlite and (orphans := connection.execute(text("PRAGMA foreign_key_check")).all()):
            raise RuntimeError(f"the migration would leave rows without their parents: {orphans[:5]}")


if context.is_offline_mode():
    offline()
else:
    online()
