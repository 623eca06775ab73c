"""round.toml: the dates, rules and texts of a round."""

import re
import tomllib
from typing import Any

from shadowing import rules
from shadowing.errors import Refusal, RowError
from shadowing.folders import spreadsheets
from shadowing.folders.reading import ROUND, Reading
from shadowing.folders.rows import RoundRow
from shadowing.folders.sheets import Sheet, row_error
from shadowing.i18n import N_
from shadowing.typed import Mistakes, Unfit, read, unknown

KEYS = ("title", "from", "to", "zone", "rsvp", "closed_days", "answers_until", "greeting", "coordinator", "rules")
EXAMPLES = {"title": 'title = "2027 winter"', "from": "from = 2027-01-18", "to": "to = 2027-02-12"}
FILE = Sheet(ROUND, (), {}, ())


def read_round(reading: Reading, data: bytes) -> RoundRow | None:
    """None where anything is wrong: without its round nothing else of the folder can stand."""
    try:
        text = spreadsheets.decode(data)[1].removeprefix("\ufeff")
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        line = re.search(r"at line (\d+)", str(wrong))
        trouble = Unfit("This is not TOML: %(trouble)s.", trouble=str(wrong))
        reading.errors.append(row_error(FILE, int(line[1]) if line else 0, "", "", trouble))
        return None
    except Refusal as refusal:
        reading.errors.append(row_error(FILE, 0, "", "", refusal))
        return None
    try:
        return _row(given, reading)
    except Mistakes as mistakes:
        reading.errors += [_error(text, given, key, refusal) for key, refusal in mistakes.by_field.items()]
        return None


def _row(given: dict[str, Any], reading: Reading) -> RoundRow:
    """Raises Mistakes, by their keys."""
    wrong = _misplaced(given)
    try:
        row = read(RoundRow, {key: value for key, value in given.items() if value != "" and key not in wrong})
    except Mistakes as mistakes:
        raise Mistakes({key.rpartition(".")[2]: one for key, one in mistakes.by_field.items()} | wrong) from None
    if row.ends_on < row.starts_on:
        facts = {"first": row.starts_on, "last": row.ends_on}
        wrong["to"] = Unfit("The round ends on %(last)s, before it begins on %(first)s.", "", **facts)
    if row.coordinator:
        try:
            reading.person(row.coordinator)
        except Unfit as unfit:
            wrong["coordinator"] = unfit
    if wrong:
        raise Mistakes(wrong)
    return row


def _misplaced(given: dict[str, Any]) -> dict[str, Unfit]:
    """Keys that are missing, and keys that nobody knows."""
    wrong = unknown(given, KEYS)
    for key, example in EXAMPLES.items():
        if given.get(key, "") == "":
            wrong[key] = Unfit("“%(key)s” is missing.", N_("Write it like %(example)s."), key=key, example=example)
    if isinstance(given.get("rules", {}), dict):
        return wrong | unknown(given.get("rules", {}), rules.NAMES)
    hint = N_("Write [rules] on a line, and the rules below it.")
    return wrong | {"rules": Unfit("The rules are a table of their own.", hint)}


def _error(text: str, given: dict[str, Any], key: str, refusal: Refusal) -> RowError:
    lines = enumerate(text.splitlines(), 1)
    number = next((n for n, line in lines if re.match(rf"\s*\[?[\"']?{re.escape(key)}\b", line)), 0)
    inside = given.get("rules")
    value = given.get(key, inside.get(key, "") if isinstance(inside, dict) else "")
    return row_error(FILE, number, key, str(value), refusal)
