"""What all tables share: the base class, moments, values kept as JSON, and the columns of a piece of work."""

from datetime import UTC, datetime
from enum import Enum, StrEnum
from typing import Any, Generic, TypeVar, overload

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy import JSON, MetaData
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from shadowing.models.columns import LongText, ShortText

Held = TypeVar("Held")
EAST_ASIAN = "\u2e80"
"""The first letter of the Han, kana and hangul scripts; everything before it is written in other parts of the world."""


class Moment(TypeDecorator[datetime]):
    """An instant: refuses a naive value, stores UTC, gives back an aware one, on every database."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC).replace(tzinfo=None) if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Stored(TypeDecorator[Held]):
    """A frozen value that a column keeps as its JSON, read together with its row."""

    impl = sa.JSON
    cache_ok = True

    def __init__(self, kind: type[Held] | TypeAdapter[Held]) -> None:
        super().__init__(none_as_null=True)
        self.kind = kind
        self._adapter = kind if isinstance(kind, TypeAdapter) else TypeAdapter(kind)

    def process_bind_param(self, value: Held | None, dialect: Dialect) -> object:
        return None if value is None else self._adapter.dump_python(value, mode="json")

    def process_result_value(self, value: object, dialect: Dialect) -> Held | None:
        return None if value is None else self._adapter.validate_python(value)


class DeferredValue(Generic[Held]):
    """A frozen value that a row keeps as JSON in its column *stored*, where one that cannot be read must not spoil the others.

    It is read when it is asked for, and not with the row: of many letters that are due, one that cannot be read is found
    out when its own turn comes, and the others leave. What was read is known until the column holds another value."""

    def __init__(self, shape: TypeAdapter[Held], stored: str) -> None:
        self.shape, self.stored, self.known = shape, stored, f"_{stored}_read"

    @overload
    def __get__(self, row: None, owner: type) -> "DeferredValue[Held]": ...

    @overload
    def __get__(self, row: object, owner: type) -> Held: ...

    def __get__(self, row: object | None, owner: type) -> "DeferredValue[Held] | Held":
        if row is None:
            return self
        stored, known = getattr(row, self.stored), row.__dict__.get(self.known)
        if known is None or known[0] is not stored:
            known = row.__dict__[self.known] = stored, self.shape.validate_python(stored)
        value: Held = known[1]
        return value

    def __set__(self, row: object, value: Held) -> None:
        setattr(row, self.stored, self.shape.dump_python(value, mode="json"))


def _values(kind: type[Enum]) -> list[str]:
    return [str(member.value) for member in kind]


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: Moment,
        dict[str, Any]: JSON,
        list[str]: JSON,
        list[int]: JSON,
        StrEnum: sa.Enum(StrEnum, native_enum=False, length=20, values_callable=_values),
    }

    id: Mapped[int] = mapped_column(primary_key=True)


class Work:
    """A row is a piece of work until *done_at*. Claimed by lease and fence, see background/queue.py.

    *attempts* counts the tries; *unfinished* those of which nobody knows how they ended: the worker died, or the line broke
    after the final dot."""

    key: Mapped[str] = mapped_column(ShortText(200), unique=True)
    due_at: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    unfinished: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(LongText, default="")
