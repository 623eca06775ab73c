"""round.toml: the dates, rules and texts of a round."""

import difflib
import re
import tomllib
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

from shadowing.errors import Refusal
from shadowing.folders import cells, tables
from shadowing.folders.cells import Unfit, hint
from shadowing.folders.reading import ROUND, Reading
from shadowing.folders.rows import RoundRow
from shadowing.folders.sheets import Sheet, row_error
from shadowing.models import Rsvp
from shadowing.models.columns import printable, storable
from shadowing.rules import read_rules

KEYS = ("title", "from", "to", "zone", "rsvp", "closed_days", "answers_until", "greeting", "coordinator", "rules")
FILE = Sheet(ROUND, (), {}, ())
Value = TypeVar("Value")


def read_round(reading: Reading, data: bytes) -> RoundRow | None:
    """None where anything is wrong: without its round nothing else of the folder can stand."""
    before = len(reading.errors)
    try:
        text = tables.decode(data)[1].removeprefix("\ufeff")
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        line = re.search(r"at line (\d+)", str(wrong))
        trouble = Unfit("This is not TOML: %(trouble)s.", trouble=str(wrong))
        reading.errors.append(row_error(FILE, int(line[1]) if line else 0, "", "", trouble))
        return None
    except Refusal as refusal:
        reading.errors.append(row_error(FILE, 0, "", "", refusal))
        return None
    row = _row(_Keys(reading, text, given))
    return row if len(reading.errors) == before else None


class _Keys:
    """The keys of the file, each asked for by name; what is wrong is written down with its line."""

    def __init__(self, reading: Reading, text: str, given: dict[str, Any]) -> None:
        self.reading, self.lines, self.given = reading, text.splitlines(), given

    def refuse(self, key: str, refusal: Refusal) -> None:
        number = next(
            (n for n, line in enumerate(self.lines, 1) if re.match(rf"\s*\[?[\"']?{re.escape(key)}\b", line)), 0
        )
        value = self.given.get(
            key, self.given["rules"].get(key, "") if isinstance(self.given.get("rules"), dict) else ""
        )
        self.reading.errors.append(row_error(FILE, number, printable(key), printable(str(value)), refusal))

    def take(self, key: str, read: Callable[[Any], Value]) -> Value | None:
        if key not in self.given or self.given[key] == "":
            return None
        try:
            return read(self.given[key])
        except Refusal as refusal:
            self.refuse(str(refusal.facts.get("name", key)), refusal)
            return None

    def need(self, key: str, read: Callable[[Any], Value], instead: Value) -> Value:
        value = self.take(key, read)
        if value is None and self.given.get(key, "") == "":
            self.refuse(
                key, Unfit("“%(key)s” is missing.", hint("Write it like %(example)s."), key=key, example=EXAMPLES[key])
            )
        return instead if value is None else value


EXAMPLES = {"title": 'title = "2027 winter"', "from": "from = 2027-01-18", "to": "to = 2027-02-12"}


def _row(keys: _Keys) -> RoundRow:
    _refuse_unknown(keys)
    first, last = keys.need("from", _day, date.min), keys.need("to", _day, date.max)
    if last < first:
        keys.refuse("to", Unfit("The round ends on %(last)s, before it begins on %(first)s.", first=first, last=last))
    return RoundRow(
        title=keys.need("title", _text(200), ""),
        starts_on=first,
        ends_on=last,
        zone=keys.take("zone", lambda value: cells.zone(_text(60)(value))),
        rsvp=keys.take("rsvp", lambda value: cells.one_of({member.value: member for member in Rsvp})(_text(10)(value))),
        closed_days=keys.take("closed_days", _days),
        rules=keys.take("rules", _rules),
        answers_until=keys.take("answers_until", _day),
        greeting=keys.take("greeting", _text(10_000)),
        coordinator=keys.take("coordinator", lambda value: keys.reading.person(_text(60)(value))),
    )


def _refuse_unknown(keys: _Keys) -> None:
    for key in keys.given:
        if key not in KEYS:
            like = difflib.get_close_matches(key, KEYS, n=1, cutoff=0.0)[0]
            keys.refuse(key, Unfit("There is no key “%(key)s”.", hint("Did you mean “%(near)s”?"), key=key, near=like))


def _day(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return cells.day(str(value))


def _days(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Unfit("“%(value)s” is not a list of dates.", hint("Write it like [2027-02-11, 2027-02-23]."), value=value)
    return tuple(sorted({_day(item).isoformat() for item in value}))


def _text(most: int) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise Unfit("“%(value)s” is not a text between quotation marks.", value=value)
        if not storable(value):
            raise Unfit("This text contains a character that cannot be saved (NUL).", hint("Delete “\\u0000”."))
        return cells.short(most)(value)

    return read


def _rules(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Unfit("The rules are a table of their own.", hint("Write [rules] on a line, and the rules below it."))
    read_rules(value)
    return value
