"""Texts as every database keeps them: what one would refuse, all refuse, so that SQLite in a test hides nothing.

The borders (pages, files, commands) answer such a text with a sentence; what comes as far as here is a mistake of ours."""

import json
import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

NUL_IN_JSON = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


class Unstorable(ValueError):
    """Does not say which text it is: that may be somebody's name."""


def storable(text: str) -> bool:
    """Without NUL, which PostgreSQL has no room for, and without half characters (surrogates), which are no UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def to_json(value: object) -> str:
    """How JSON columns are written. Raises Unstorable for what `storable` refuses, wherever it stands in *value*."""
    text = json.dumps(value, ensure_ascii=False)
    if NUL_IN_JSON.search(text) or not storable(text):
        raise Unstorable("this JSON holds NUL or half a character")
    return json.dumps(value)


class LongText(TypeDecorator[str]):
    """Text of any length."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is not None and not storable(value):
            raise Unstorable("this text holds NUL or half a character")
        return value


class ShortText(TypeDecorator[str]):
    """Text of at most *length* characters: PostgreSQL alone would hold to it."""

    impl = sa.String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if not storable(value):
            raise Unstorable("this text holds NUL or half a character")
        if len(value) > self.length:
            raise Unstorable(f"this text has {len(value)} characters, and its column takes {self.length}")
        return value

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[str]:
        """A text to compare with may be longer: nothing equals it."""
        return LongText()


class OrderedText(ShortText):
    """Text that is sorted by code point on every database, whatever language PostgreSQL was set up for."""

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        collation = "C" if dialect.name == "postgresql" else None
        return dialect.type_descriptor(sa.String(self.length, collation=collation))
