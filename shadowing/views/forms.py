"""A posted form becomes a frozen dataclass, or is shown again as it was typed with one message beside each field."""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from werkzeug.datastructures import FileStorage, MultiDict

from shadowing import typed
from shadowing.company import workdays
from shadowing.errors import Refusal
from shadowing.matching.board import Grouping, PairingsSought
from shadowing.models import Answer, Round
from shadowing.rounds.drafts import RoundDates, RoundDraft, today_for
from shadowing.rounds.previews import Looking, What
from shadowing.rules import NAMES, RoundRules
from shadowing.typed import Mistakes, Unfit
from shadowing.views import language
from shadowing.visiting.visits import Sought

Value = TypeVar("Value")
YES = "yes"
MEGABYTE = 1024 * 1024
FILE_MOST = 5 * MEGABYTE
SOLVE_SECONDS = (10, 30, 60, 180, 600)
UNTICKED = {rule.name: "no" for rule in fields(RoundRules) if isinstance(rule.default, bool)}


@dataclass(frozen=True, slots=True)
class Filled:
    """What a form shows: the values typed (or stored) and the messages beside them."""

    typed: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> object:
        return self.typed.get(name, "")

    def values(self, name: str) -> list[str]:
        """All values of a field that may be sent several times, such as a group of checkboxes."""
        if isinstance(self.typed, MultiDict):
            return list(self.typed.getlist(name))
        value = self.typed.get(name, [])
        return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]

    @property
    def first(self) -> str:
        """The field that the reader is led to."""
        return next(iter(self.errors), "")

    @property
    def problems(self) -> dict[str, list[str]]:
        """The fields of each message, in the order of the form."""
        found: dict[str, list[str]] = {}
        for name, message in self.errors.items():
            found.setdefault(message, []).append(name)
        return found

    def error(self, name: str) -> str:
        return self.errors.get(name, "")

    def day(self, name: str) -> date | None:
        """The day typed, to be written out in the page's own language."""
        return typed.asked(typed.day, str(self.value(name)), None)


def given(form: Mapping[str, str]) -> dict[str, object]:
    """What was filled in: a blank field is none."""
    return {name: value for name, value in form.items() if value.strip()}


def read(kind: type[Value], form: Mapping[str, str]) -> Value:
    """Raises Mistakes, which are shown on the page that `auth.came_from` names."""
    return typed.read(kind, given(form))


def messages(mistakes: Mistakes) -> dict[str, str]:
    return {name: language.said(refusal) for name, refusal in mistakes.by_field.items()}


def errors_of(kind: type[Value], form: Mapping[str, str]) -> dict[str, str]:
    """The messages beside the fields of *kind*; none where all is well."""
    try:
        read(kind, form)
    except Mistakes as mistakes:
        return messages(mistakes)
    return {}


# The form of a round


def round_draft(form: Mapping[str, str], round: Round | None, now: datetime) -> RoundDraft:
    """Every rule has its field, named `rule_` and the rule. Raises Mistakes: where another field is wrong, those of the
    dates of *round* (None: a new one) too."""
    rules = {name: form.get(f"rule_{name}") or UNTICKED.get(name, "") for name in NAMES}
    try:
        return typed.read(RoundDraft, {"reminders": "no", "briefs": "no"} | given(form) | {"rules": rules})
    except Mistakes as wrong:
        named = {name.replace("rules.", "rule_"): mistake for name, mistake in wrong.by_field.items()}
        raise Mistakes(named | _unfit_dates(form, round, now)) from None


def _unfit_dates(form: Mapping[str, str], round: Round | None, now: datetime) -> dict[str, Unfit]:
    names = {one.name for one in fields(RoundDates)}
    try:
        dates = typed.read(RoundDates, {name: value for name, value in given(form).items() if name in names})
    except Mistakes:
        return {}
    return dates.unfit(today_for(dates, round, now))


def of_draft(given: RoundDraft | Round) -> Filled:
    """A round, or the defaults of a new one, as its form shows it."""
    closed = {str(one) for one in given.closed_days}
    known = {str(one) for one in workdays.usual(given.zone, given.starts_on, given.ends_on)}
    said = {f"rule_{name}": shown(getattr(given.rules, name)) for name in NAMES}
    return Filled(
        said
        | {
            "title": given.title,
            "starts_on": given.starts_on.isoformat(),
            "ends_on": given.ends_on.isoformat(),
            "answers_until": given.answers_until.isoformat(),
            "zone": given.zone,
            "greeting": given.greeting,
            "rsvp": given.rsvp,
            "holidays": shown(known <= closed),
            "late_answers": shown(given.late_answers),
            "reminders": shown(given.reminders),
            "briefs": shown(given.briefs),
            "closed_days": "\n".join(sorted(closed - known if known <= closed else closed)),
        }
    )


def shown(value: bool | int | str) -> str:
    return (YES if value else "") if isinstance(value, bool) else str(value)


# What a link or a button says; what cannot be read, our own pages would not have said


def page(args: Mapping[str, str]) -> int:
    """The page asked for; the first for anything that is no number."""
    return typed.asked(typed.number(1, 999_999), args.get("page", ""), 1)


@dataclass(frozen=True, slots=True)
class ListPart(Generic[Value]):
    """One page of a list that was read as a whole, under the names that `db.paginate` uses."""

    items: Sequence[Value]
    page: int
    pages: int
    total: int


def part(found: Sequence[Value], args: Mapping[str, str], per_page: int) -> ListPart[Value]:
    """The page that *args* ask for, or the last one where there are fewer."""
    pages = max(1, -(-len(found) // per_page))
    asked = min(page(args), pages)
    return ListPart(found[(asked - 1) * per_page : asked * per_page], asked, pages, len(found))


def row_id(args: Mapping[str, str], name: str) -> int | None:
    return typed.asked(typed.number(0, 999_999_999), args.get(name, ""), None)


def visits_sought(args: Mapping[str, str]) -> Sought:
    answer = typed.asked(typed.one_of({one.value: one for one in Answer}), args.get("answer", ""), None)
    return Sought(name=args.get("name", "").strip(), answer=answer, department_id=row_id(args, "department"))


def pairings_sought(args: Mapping[str, str]) -> PairingsSought:
    return PairingsSought(
        name=args.get("name", "").strip(),
        department_id=row_id(args, "department"),
        guests_of=row_id(args, "guests"),
        hosts_of=row_id(args, "hosts"),
        tag=args.get("tag", ""),
        order=typed.asked(typed.one_of({one.value: one for one in Grouping}), args.get("order", ""), Grouping.DAY),
    )


def query_of(args: Mapping[str, str], names: Iterable[str]) -> str:
    """What the address says of *names*, to come back to it."""
    return urlencode({name: args[name] for name in names if args.get(name)})


def seconds(form: Mapping[str, str]) -> int:
    """How long the search may take; a minute where nothing sensible was sent."""
    return typed.asked(typed.one_of({str(one): one for one in SOLVE_SECONDS}), form.get("seconds", ""), 60)


def place(form: Mapping[str, str]) -> tuple[int, int]:
    """The opening and the start (minutes since 1970) that a button of the alternatives names; 0 names none."""
    return row_id(form, "opening") or 0, row_id(form, "start") or 0


def previewed(form: Mapping[str, str]) -> tuple[int, datetime]:
    """Version and instant of the preview that is being published; long ago where they cannot be read."""
    stamp = typed.asked(lambda said: typed.moment(said, None), form.get("stamp", ""), datetime(1970, 1, 1, tzinfo=UTC))
    return row_id(form, "version") or 0, stamp


def ids(given: MultiDict[str, str], name: str) -> frozenset[int]:
    """Row ids that were ticked one by one or stand in one field with commas between."""
    words = ",".join(given.getlist(name)).split(",")
    return frozenset(int(word) for word in words if word.isascii() and word.isdecimal() and len(word) < 10)


def looking(given: MultiDict[str, str], what: What, now: datetime) -> Looking:
    """Which mailing an address asks to look at; as of *now* where it names no instant."""
    return Looking(
        what=what,
        stamp=typed.asked(lambda said: typed.moment(said, None), given.get("stamp", ""), now),
        person=row_id(given, "person"),
        name=given.get("name", "").strip(),
        without=ids(given, "without"),
        why=given.get("why", "").strip(),
    )


# Files


@dataclass(frozen=True, slots=True)
class Carried:
    """HR's files between the look and the import, so that what was looked at is what is imported. *name* is HR's own."""

    name: str
    people: bytes
    departments: bytes = b""

    def fields(self) -> dict[str, str]:
        """As hidden fields."""
        found = {"name": self.name, "people": b64encode(self.people).decode()}
        return found | ({"departments": b64encode(self.departments).decode()} if self.departments else {})


def carried(form: Mapping[str, str], files: Mapping[str, FileStorage]) -> Carried:
    """The uploaded list of people, and of departments where there is one; or those that the page carries.

    Raises Mistakes."""
    given = {
        name: (file.filename, file.read())
        for name in ("people", "departments")
        if (file := files.get(name)) and file.filename
    }
    wrong: dict[str, Refusal] = {
        name: Unfit("This file is larger than %(most)s MB.", most=FILE_MOST // MEGABYTE)
        for name, (_, content) in given.items()
        if len(content) > FILE_MOST
    }
    if "people" not in given and "people" not in form:
        wrong["people"] = Unfit("Please choose the file with your list of employees.")
    if wrong:
        raise Mistakes(wrong)
    if "people" in given:
        name, content = given["people"]
        return Carried(shown_name(name), content, given.get("departments", ("", b""))[1])
    content, units = (decoded(form.get(name, "")) for name in ("people", "departments"))
    return Carried(shown_name(form.get("name", "")), content, units)


def decoded(field: str) -> bytes:
    """A file out of a hidden field. Raises Refusal."""
    try:
        return b64decode(field, validate=True)
    except ValueError:
        raise Refusal("The file did not come through. Please choose it again.") from None


def shown_name(name: str | None) -> str:
    """The name of HR's own file, without folders."""
    return typed.shown(re.split(r"[\\\\/]", name or "")[-1], 100) or "people"
