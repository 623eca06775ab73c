"""A posted form becomes a frozen dataclass, or what was typed with one message per field."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from zoneinfo import available_timezones

from flask_babel import gettext
from werkzeug.datastructures import FileStorage, MultiDict

from shadowing.errors import Refusal
from shadowing.models import Round, Rsvp
from shadowing.rounds import rounds
from shadowing.rounds.rounds import RoundDraft
from shadowing.rules import CHOICES, RoundRules, read_rules

Value = TypeVar("Value")
YES = "yes"
TITLE_MOST = 200
TEXT_MOST = 4000
MEGABYTE = 1024 * 1024
FILE_MOST = 5 * MEGABYTE
TABLES = ("people", "departments")
SOLVE_SECONDS = (10, 30, 60, 180, 600)


@dataclass(frozen=True, slots=True)
class Filled:
    """What a form shows: the values typed (or stored) and the messages beside them."""

    typed: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> Any:
        return self.typed.get(name, "")

    def values(self, name: str) -> list[str]:
        """All values of a field that may be sent several times, such as a group of checkboxes."""
        if isinstance(self.typed, MultiDict):
            return list(self.typed.getlist(name))
        value = self.typed.get(name, [])
        return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]

    def error(self, name: str) -> str:
        return self.errors.get(name, "")

    def day(self, name: str) -> date | None:
        """The day typed, to be written out in the page's own language."""
        try:
            return date.fromisoformat(str(self.value(name)))
        except ValueError:
            return None


class Wrong(Exception):
    """A field that cannot be read; the text is the message beside it."""


class Fields:
    """Reads one form field after the other and collects the messages."""

    def __init__(self, form: Mapping[str, str]) -> None:
        self.form = form
        self.errors: dict[str, str] = {}

    def take(self, name: str, read: Callable[[str], Value], instead: Value) -> Value:
        try:
            return read(self.form.get(name, "").strip())
        except Wrong as wrong:
            self.errors[name] = str(wrong)
            return instead

    def filled(self) -> Filled:
        return Filled(self.form, self.errors)


# Kinds of fields


def text(most: int, needed: str = "") -> Callable[[str], str]:
    """A text of at most *most* characters; *needed* is the message where it is empty."""

    def read(typed: str) -> str:
        if needed and not typed:
            raise Wrong(needed)
        if len(typed) > most:
            raise Wrong(gettext("Please use at most %(most)s characters.", most=most))
        return typed.replace("\r\n", "\n")

    return read


def day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Wrong(gettext("Please enter a day.")) from None


def days(typed: str) -> tuple[date, ...]:
    """Days parted by commas, spaces or lines."""
    found = set()
    for part in typed.replace(",", " ").replace("、", " ").split():
        try:
            found.add(date.fromisoformat(part.replace("/", "-")))
        except ValueError:
            raise Wrong(
                gettext("“%(part)s” is not a day. Write days like 2027-01-11, one in a line.", part=part)
            ) from None
    return tuple(sorted(found))


def zone(typed: str) -> str:
    if typed not in available_timezones():
        raise Wrong(gettext("“%(zone)s” is not a time zone. Write it like Asia/Tokyo.", zone=typed))
    return typed


def number(least: int, most: int) -> Callable[[str], int]:
    def read(typed: str) -> int:
        if not (typed.isascii() and typed.isdigit() and len(typed) <= len(str(most)) and least <= int(typed) <= most):
            raise Wrong(gettext("Please enter a whole number from %(least)s to %(most)s.", least=least, most=most))
        return int(typed)

    return read


def one_of(choices: Iterable[str]) -> Callable[[str], str]:
    known = tuple(choices)

    def read(typed: str) -> str:
        if typed not in known:
            raise Wrong(gettext("Please choose one of the possibilities."))
        return typed

    return read


def ticked(typed: str) -> bool:
    return typed == YES


# The forms of HR


def round_form(form: Mapping[str, str]) -> RoundDraft | Filled:
    fields = Fields(form)
    first = fields.take("starts_on", day, date.min)
    last = fields.take("ends_on", day, date.max)
    until = fields.take("answers_until", day, date.min)
    where = fields.take("zone", zone, "UTC")
    title = fields.take("title", text(TITLE_MOST, gettext("Please give the round a name.")), "")
    greeting = fields.take("greeting", text(TEXT_MOST), "")
    rsvp = fields.take("rsvp", one_of(Rsvp), str(Rsvp.NONE))
    none: tuple[date, ...] = ()
    other = fields.take("closed_days", days, none)
    rules = round_rules(fields)
    if not fields.errors:
        fields.errors |= wrong_order(first, last, until)
    if fields.errors:
        return fields.filled()
    closed = {*other, *(rounds.public_holidays(where, first, last) if form.get("holidays") == YES else ())}
    return RoundDraft(
        title=title,
        starts_on=first,
        ends_on=last,
        answers_until=until,
        zone=where,
        greeting=greeting,
        rsvp=Rsvp(rsvp),
        rules=rules,
        closed_days=tuple(sorted(closed)),
    )


def wrong_order(first: date, last: date, until: date) -> dict[str, str]:
    if last < first:
        return {"ends_on": gettext("The last day is before the first day.")}
    if (last - first).days > 366:
        return {"ends_on": gettext("A round can be one year long at the most.")}
    if until >= last:
        return {"answers_until": gettext("Answers must be in before the round ends.")}
    return {}


def round_rules(fields: Fields) -> dict[str, Any]:
    """Every rule has its field, named `rule_` and the rule."""
    known = RoundRules()
    kinds = {name: getattr(known, name) for name in RoundRules.__dataclass_fields__}
    return {name: fields.take(f"rule_{name}", reader_of(name, usual), usual) for name, usual in kinds.items()}


def reader_of(name: str, usual: bool | int | str) -> Callable[[str], Any]:
    if isinstance(usual, bool):
        return ticked
    return number(0, 999) if isinstance(usual, int) else one_of(CHOICES[name])


def of_draft(given: RoundDraft | Round) -> Filled:
    """A round, or the defaults of a new one, as its form shows it."""
    closed = {str(one) for one in given.closed_days}
    known = {str(one) for one in rounds.public_holidays(given.zone, given.starts_on, given.ends_on)}
    rules = read_rules(given.rules)
    typed = {f"rule_{name}": shown(getattr(rules, name)) for name in RoundRules.__dataclass_fields__}
    return Filled(
        typed
        | {
            "title": given.title,
            "starts_on": given.starts_on.isoformat(),
            "ends_on": given.ends_on.isoformat(),
            "answers_until": given.answers_until.isoformat(),
            "zone": given.zone,
            "greeting": given.greeting,
            "rsvp": given.rsvp,
            "holidays": shown(known <= closed),
            "closed_days": "\n".join(sorted(closed - known if known <= closed else closed)),
        }
    )


def shown(value: bool | int | str) -> str:
    return (YES if value else "") if isinstance(value, bool) else str(value)


def page(args: Mapping[str, str]) -> int:
    """The page asked for; the first for anything that is no number."""
    asked = args.get("page", "")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1


def row_id(args: Mapping[str, str], name: str) -> int | None:
    asked = args.get(name, "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None


def stamp(typed: str) -> datetime | None:
    """The instant of a preview, as the page posts it back."""
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def seconds(form: Mapping[str, str]) -> int:
    """How long the search may take; a minute where nothing sensible was sent."""
    asked = form.get("seconds", "")
    return int(asked) if asked in map(str, SOLVE_SECONDS) else 60


def place(form: Mapping[str, str]) -> tuple[int, int]:
    """The opening and the start (minutes since 1970) that a button of the alternatives names; 0 names none."""
    return row_id(form, "opening") or 0, row_id(form, "start") or 0


def previewed(form: Mapping[str, str]) -> tuple[int, datetime]:
    """Version and instant of the preview that is being published; long ago where they cannot be read."""
    return row_id(form, "version") or 0, stamp(form.get("stamp", "")) or datetime(1970, 1, 1, tzinfo=UTC)


# Files


def uploads(files: Mapping[str, FileStorage]) -> dict[str, bytes] | Filled:
    """The uploaded tables by their names in a round folder; the list of people is needed, the departments are not."""
    found = {f"{name}{suffix(file)}": file.read() for name in TABLES if (file := files.get(name)) and file.filename}
    errors = {
        name.partition(".")[0]: gettext("This file is larger than %(most)s MB.", most=FILE_MOST // MEGABYTE)
        for name, content in found.items()
        if len(content) > FILE_MOST
    }
    if not any(name.startswith("people.") for name in found):
        errors["people"] = gettext("Please choose the file with your list of employees.")
    return Filled({}, errors) if errors else found


def suffix(file: FileStorage) -> str:
    """Content tells what a file is; its name only has to be one that the reader looks at."""
    return ".xlsx" if (file.filename or "").lower().endswith(".xlsx") else ".csv"


def packed(files: Mapping[str, bytes]) -> dict[str, str]:
    """The files as hidden fields, so that what was previewed is what is imported."""
    return {f"file:{name}": b64encode(content).decode() for name, content in files.items()}


def unpacked(form: Mapping[str, str]) -> dict[str, bytes]:
    try:
        return {
            name.removeprefix("file:"): b64decode(content, validate=True)
            for name, content in form.items()
            if name.startswith("file:")
        }
    except ValueError:
        raise Refusal("The file did not come through. Please choose it again.") from None
