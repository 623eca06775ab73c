"""Frozen dataclasses as JSON values and back, by their annotations, with nothing but the standard library.

Reading is strict: no text for a number, no number for a truth. Keys that are not known are left out, so that what a later
release adds does not hinder an older one."""

from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import TypeVar, Union, cast, get_args, get_origin, get_type_hints

Value = TypeVar("Value")
Reader = Callable[[object], object]
PLAIN: dict[object, tuple[type, str]] = {
    int: (int, "a whole number"),
    str: (str, "a text"),
    bool: (bool, "true or false"),
    NoneType: (NoneType, "null"),
}


READERS: dict[object, Reader] = {}
"""One for each annotation that was met."""


class WrongValue(ValueError):
    """*where* it stands, such as ``guests[3].wishes[0].rank``, what was *expected* there and what was *found*."""

    def __init__(self, expected: str, found: object, where: str = "") -> None:
        self.where, self.expected, self.found = where, expected, found
        super().__init__(f"{where.lstrip('.') or 'the value'}: {expected} is expected, not {_shown(found)}")

    def within(self, outer: str) -> "WrongValue":
        return WrongValue(self.expected, self.found, outer + self.where)


def _shown(found: object) -> str:
    if isinstance(found, dict | list):
        return "an object" if isinstance(found, dict) else "a list"
    text = repr(found)
    return text if len(text) <= 40 else f"{text[:40]}…"


def read(kind: type[Value], value: object) -> Value:
    """*value*, as json.loads gives it, as a *kind*. Raises WrongValue."""
    return cast(Value, _reader(kind)(value))


def written(value: object) -> object:
    """What json.dumps takes: objects, lists, and what is plain."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: written(getattr(value, name)) for name in _names(type(value))}
    if isinstance(value, tuple):
        return [written(one) for one in value]
    if isinstance(value, dict):
        return {key: written(one) for key, one in value.items()}
    return value.value if isinstance(value, StrEnum) else value


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _reader(kind: object) -> Reader:
    if kind not in READERS:
        READERS[kind] = _made(kind)
    return READERS[kind]


def _made(kind: object) -> Reader:
    if kind in PLAIN:
        return _plain(*PLAIN[kind])
    if kind is float:
        return _real
    if get_origin(kind) is tuple:
        return _tuple(get_args(kind))
    if get_origin(kind) is dict:
        return _dict(*get_args(kind))
    if get_origin(kind) in (Union, UnionType):
        return _either(get_args(kind))
    assert isinstance(kind, type), kind
    return _word(kind) if issubclass(kind, StrEnum) else _dataclass(kind)


def _plain(kind: type, said: str) -> Reader:
    def plain(value: object) -> object:
        if type(value) is not kind:
            raise WrongValue(said, value)
        return value

    return plain


def _real(value: object) -> object:
    if type(value) is float:
        return value
    if type(value) is int:
        return float(value)
    raise WrongValue("a number", value)


def _word(kind: type[StrEnum]) -> Reader:
    known = {word.value: word for word in kind}

    def word(value: object) -> object:
        if not isinstance(value, str) or value not in known:
            raise WrongValue(f"one of {', '.join(known)}", value)
        return known[value]

    return word


def _tuple(kinds: tuple[object, ...]) -> Reader:
    if kinds[-1] is not Ellipsis:
        return _row(tuple(map(_reader, kinds)))
    member = _reader(kinds[0])

    def members(value: object) -> object:
        if type(value) is not list:
            raise WrongValue("a list", value)
        try:
            return tuple(map(member, value))
        except WrongValue:
            for place, one in enumerate(value):
                _at(member, one, f"[{place}]")
            raise

    return members


def _row(columns: tuple[Reader, ...]) -> Reader:
    def row(value: object) -> object:
        if type(value) is not list or len(value) != len(columns):
            raise WrongValue(f"a list of {len(columns)}", value)
        return tuple(
            _at(column, one, f"[{place}]") for place, (column, one) in enumerate(zip(columns, value, strict=True))
        )

    return row


def _dict(key: object, kind: object) -> Reader:
    keys, members = _reader(key), _reader(kind)

    def pairs(value: object) -> object:
        if type(value) is not dict:
            raise WrongValue("an object", value)
        return {keys(name): _at(members, one, f".{name}") for name, one in value.items()}

    return pairs


def _either(kinds: tuple[object, ...]) -> Reader:
    """Of several kinds the one that takes the value; no two of them look alike in JSON."""
    readers = [_reader(kind) for kind in kinds if kind is not NoneType]
    nothing = NoneType in kinds

    def either(value: object) -> object:
        if value is None and nothing:
            return None
        wrong: list[WrongValue] = []
        for reader in readers:
            try:
                return reader(value)
            except WrongValue as other:
                wrong.append(other)
        raise max(wrong, key=lambda one: len(one.where))

    return either


def _dataclass(kind: type) -> Reader:
    hints = get_type_hints(kind)
    readers = [(field.name, _reader(hints[field.name])) for field in fields(kind)]
    needed = {field.name for field in fields(kind) if field.default is MISSING and field.default_factory is MISSING}

    def made(value: object) -> object:
        if type(value) is not dict:
            raise WrongValue(f"an object ({kind.__name__})", value)
        try:
            given = {name: reader(value[name]) for name, reader in readers if name in value}
        except WrongValue:
            for name, reader in readers:
                if name in value:
                    _at(reader, value[name], f".{name}")
            raise
        if missing := needed.difference(value):
            raise WrongValue(f"an object with {', '.join(sorted(missing))}", value)
        return kind(**given)

    return made


def _at(reader: Reader, value: object, where: str) -> object:
    try:
        return reader(value)
    except WrongValue as wrong:
        raise wrong.within(where) from None
