"""What people type becomes a value, or an Unfit says what is wrong with it and what would be right.

One set of field types for forms, cells of files, round.toml, stored rules and the command line. Each is a function of the text;
`by` marks the field of a dataclass with one, and `read` makes the dataclass, naming all mistakes at once."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time
from functools import cache, lru_cache
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import PlainValidator, TypeAdapter, ValidationError

from shadowing.errors import Refusal
from shadowing.folding import fold, katakana, near
from shadowing.i18n import N_
from shadowing.zones import zone_like, zone_of_place, zones

MAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]*[A-Za-z0-9]|[^@\s]+@localhost"
)
UNFIT_FOR_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
YES = ("yes", "true", "1", "on", "はい", "○", "する")
NO = ("no", "false", "0", "いいえ", "×", "しない")
LONG = 10_000
SHOWN = 60
FIRST_YEAR, LAST_YEAR = 1900, 2999  # beyond them a zone shifts a day out of the calendar, or somebody mistyped
Value = TypeVar("Value")
Other = TypeVar("Other")
Name = TypeVar("Name", bound=str)


class Unfit(Refusal, ValueError):
    """A text that is not what its field asks for; *hint* says what would be. As a ValueError it is collected by Pydantic."""

    def __init__(self, sentence: str, hint: str = "", **facts: object) -> None:
        super().__init__(sentence, **{name: shown(fact) if name == "value" else fact for name, fact in facts.items()})
        self.hint = hint


class Mistakes(Refusal):
    """All that is wrong with what was typed, by the name of the field. As a sentence it is the first of them."""

    def __init__(self, by_field: Mapping[str, Refusal]) -> None:
        first = next(iter(by_field.values()))
        super().__init__(first.sentence, **first.facts)
        self.hint, self.by_field = first.hint, by_field


def shown(value: object, most: int = SHOWN) -> str:
    """A value within a sentence: short, in one line, and � for what no page can show."""
    text = UNFIT_FOR_TEXT.sub("\ufffd", re.sub(r"[\t\n\r]+", " ", str(value)))
    return text if len(text) <= most else f"{text[:most]}…"


# A whole form or row


def by(read: Callable[[str], Any]) -> PlainValidator:
    """The mark of a dataclass's field that *read* makes out of what was typed, or stands in TOML or JSON."""
    return PlainValidator(lambda given: read(plain(given)))


def read(kind: type[Value], given: Mapping[str, object], context: object = None) -> Value:
    """The dataclass *kind*; what is not given takes its default. *context* is what its fields look things up in.

    Raises Mistakes."""
    try:
        made: Value = _adapter(kind).validate_python(given, context=context)  # type: ignore[arg-type]  # a class is hashable
    except ValidationError as wrong:
        raise Mistakes(
            {".".join(map(str, one["loc"])): _unfit(one) for one in wrong.errors(include_url=False)}
        ) from None
    return made


def asked(read: Callable[[str], Value], typed: str, instead: Other) -> Value | Other:
    """*instead* where *typed* cannot be read: for what only links and buttons say."""
    try:
        return read(typed)
    except Unfit:
        return instead


@cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _unfit(error: Any) -> Unfit:
    if error["type"] == "missing":
        return Unfit("This must not be empty.")
    unfit: object = error.get("ctx", {}).get("error")
    return unfit if isinstance(unfit, Unfit) else Unfit("“%(value)s” cannot stand here.", value=error["input"])


def plain(given: object) -> str:
    """A value of TOML or JSON as somebody would type it."""
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, date | time):
        return given.isoformat()
    if isinstance(given, list | tuple):
        return ";".join(map(plain, given))
    if isinstance(given, str | int):
        return str(given)
    raise Unfit("“%(value)s” cannot stand here.", value=given)


def unknown(given: Iterable[str], known: Iterable[str]) -> dict[str, Unfit]:
    """What is given under a name that is not *known*, each with the nearest one that is."""
    names = tuple(known)
    near = {name: difflib.get_close_matches(name, names, n=1, cutoff=0.0)[0] for name in given if name not in names}
    hint = N_("Did you mean “%(near)s”?")
    return {name: Unfit("There is no key “%(key)s”.", hint, key=name, near=like) for name, like in near.items()}


def _narrow(typed: str) -> str:
    """Full-width digits and signs are the same digits and signs."""
    return unicodedata.normalize("NFKC", typed).strip()


# Texts


def text(most: int) -> Callable[[str], str]:
    """Several lines of at most *most* characters."""

    def read(typed: str) -> str:
        found = unicodedata.normalize("NFC", typed.replace("\r\n", "\n").replace("\r", "\n")).strip()
        if UNFIT_FOR_TEXT.search(found):
            hint = N_("Delete what is shown as �, or type it anew.")
            raise Unfit("“%(value)s” contains a character that is no text.", hint, value=found)
        if len(found) > most:
            raise Unfit("This text has more than %(most)s characters.", most=most)
        return found

    return read


def line(most: int) -> Callable[[str], str]:
    """A text in one line."""
    return lambda typed: text(most)(re.sub(r"[\t\n\v\f\r]+", " ", typed))


def name(typed: str) -> str:
    """As it was typed, but for blanks around and doubled ones within."""
    return text(200)(re.sub(r"\s+", " ", typed))


def kana(typed: str) -> str:
    return name(katakana(typed))


def key(typed: str) -> str:
    """An id: full-width letters and stray blanks are the same id. Spreadsheets make 1001 into 1001.0."""
    code = text(LONG)(re.sub(r"^(\d+)\.0$", r"\1", _narrow(typed)))
    if len(code) > 60:
        raise Unfit("This id has more than 60 characters.")
    return code


def mail(typed: str) -> str:
    address = _narrow(typed)
    wrong = len(address) > 254 or ".." in address or UNFIT_FOR_TEXT.search(address)
    if wrong or not MAIL.fullmatch(address):
        raise Unfit("“%(value)s” is not a mail address.", N_("Write it like taro.yamada@example.co.jp."), value=typed)
    return address


# Numbers and choices


def number(least: int, most: int) -> Callable[[str], int]:
    def read(typed: str) -> int:
        digits = re.sub(r"\.0+$", "", _narrow(typed))
        if not re.fullmatch(r"[+-]?\d{1,9}", digits) or not least <= int(digits) <= most:
            raise Unfit(
                "“%(value)s” is not a whole number from %(least)s to %(most)s.", value=typed, least=least, most=most
            )
        return int(digits)

    return read


def yes(typed: str) -> bool:
    if fold(typed) not in map(fold, (*YES, *NO)):
        raise Unfit("“%(value)s” is neither yes nor no.", value=typed)
    return fold(typed) in map(fold, YES)


def one_of(choices: Mapping[str, Value]) -> Callable[[str], Value]:
    """*choices* by every word for them; those in Latin letters are told to whoever mistypes."""
    known = {fold(word): choice for word, choice in choices.items()}

    def read(typed: str) -> Value:
        if fold(typed) in known:
            return known[fold(typed)]
        allowed = ", ".join(word for word in choices if word.isascii())
        like = near(typed, choices)
        hint = N_("Did you mean “%(near)s”?") if like else ""
        raise Unfit("“%(value)s” is not one of: %(allowed)s.", hint, value=typed, allowed=allowed, near=like)

    return read


def each(names: Iterable[Name]) -> dict[str, Name]:
    """Choices whose words are the names themselves, such as the members of an enumeration."""
    return {str(name): name for name in names}


def several(read: Callable[[str], Value]) -> Callable[[str], tuple[Value, ...]]:
    """Several values, parted by `;` (or `,` or 、), each once, in their order."""

    def read_all(typed: str) -> tuple[Value, ...]:
        return tuple(dict.fromkeys(read(part.strip()) for part in re.split("[;；,、]", typed) if part.strip()))

    return read_all


# Days and times


def day(typed: str) -> date:
    """2027-01-18, and 2027/1/18 as spreadsheets have it."""
    match = re.fullmatch(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})", _narrow(typed))
    try:
        if match:
            found = date(*(int(part) for part in match.groups()))
            if FIRST_YEAR <= found.year <= LAST_YEAR:
                return found
    except ValueError:
        pass
    raise Unfit("“%(value)s” is not a date.", N_("Write it like 2027-01-18."), value=typed)


def days(typed: str) -> tuple[date, ...]:
    """Days parted by commas, blanks or lines."""
    return tuple(sorted({day(part) for part in re.split(r"[\s;；,、]+", typed) if part}))


def clock(typed: str) -> time:
    match = re.fullmatch(r"(\d{1,2}):(\d\d)(?::00)?", _narrow(typed))
    if not match or int(match[1]) > 23 or int(match[2]) > 59:
        raise Unfit("“%(value)s” is not a time of day.", N_("Write it like 09:30."), value=typed)
    return time(int(match[1]), int(match[2]))


@lru_cache(maxsize=1000)
def zone(typed: str) -> str:
    found = _narrow(typed)
    found = found if found in zones() else zone_of_place(found) or found
    if found in zones():
        return found
    like = zone_like(found)
    hint = N_("Did you mean “%(near)s”?") if like else N_("Write it like Asia/Tokyo.")
    raise Unfit("There is no time zone “%(value)s”.", hint, value=typed, near=like)


def moment(typed: str, zone: str | None) -> datetime:
    """An instant in UTC: ISO 8601 with an offset, or wall-clock time in *zone*. 2027/1/18 9:00 is understood as well."""
    padded = re.sub(r"(?<![\d.])(\d)(?=[-/:T\s]|$)", r"0\1", _narrow(typed)).replace("/", "-")
    try:
        at = datetime.fromisoformat(padded)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        hint = N_("Write it like 2027-01-18T09:00+09:00.")
        raise Unfit("“%(value)s” is not a date and time.", hint, value=typed) from None
    if zone is None:
        hint = N_("Write it like 2027-01-18T09:00+09:00, or name the zone in a column of its own.")
        raise Unfit("“%(value)s” has no time zone.", hint, value=typed)
    return instant(at, zone)


def instant(at: datetime, zone: str) -> datetime:
    """The wall-clock time *at* of *zone* as UTC; of an hour that comes twice the first. Raises Unfit where clocks skip it."""
    try:
        found = at.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        skipped = found.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != at
    except OverflowError:
        raise Unfit("“%(value)s” is not a date.", N_("Write it like 2027-01-18."), value=at.date()) from None
    if skipped:
        raise Unfit("In %(zone)s the clocks skip “%(value)s”.", value=f"{at:%Y-%m-%d %H:%M}", zone=zone)
    return found


Yes = Annotated[bool, by(yes)]
Day = Annotated[date, by(day)]
Days = Annotated[tuple[date, ...], by(days)]
Clock = Annotated[time, by(clock)]
Zone = Annotated[str, by(zone)]
