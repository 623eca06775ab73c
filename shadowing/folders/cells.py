"""The text of one cell becomes a value, or an Unfit says what is wrong with it and what would be right."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time
from functools import cache, lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

from shadowing.collecting import openings
from shadowing.collecting.openings import WEEKDAYS
from shadowing.company.people import DAYS, fold, katakana, read_hours
from shadowing.errors import Refusal
from shadowing.models import Consent, OpeningKind

MAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]*[A-Za-z0-9]|[^@\s]+@localhost"
)
JAPANESE_DAYS = dict(zip("月火水木金土日", WEEKDAYS, strict=True))
YES = ("yes", "true", "1", "はい", "○", "する")
NO = ("no", "false", "0", "いいえ", "×", "しない")
KINDS = {
    "隣で見る": "desk",
    "定例会議の席": "meeting",
    "会議": "meeting",
    "営業同行": "ride_along",
    "同行": "ride_along",
}
LEVELS = {"yes": 2, "○": 2, "はい": 2, "maybe": 1, "△": 1}
Value = TypeVar("Value")


class Unfit(Refusal):
    """A cell that is not what its column asks for; *hint* says what would be."""

    def __init__(self, sentence: str, hint: str = "", **facts: object) -> None:
        super().__init__(sentence, **facts)
        self.hint = hint


def hint(sentence: str) -> str:
    """Marks *sentence* for translation."""
    return sentence


def near(value: str, names: Iterable[str]) -> str:
    """The name most like *value*, however it was typed; empty when none is like it."""
    folded = {fold(name): name for name in sorted(names)}
    wanted = fold(value)
    around = sorted((name for name in folded if wanted and wanted in name), key=lambda name: (len(name), name))
    like = around or difflib.get_close_matches(wanted, folded, n=1, cutoff=0.5)
    return folded[like[0]] if like else ""


def text(cell: str) -> str:
    return cell.strip()


def key(cell: str) -> str:
    """An id: full-width letters and stray blanks are the same id. Spreadsheets make 1001 into 1001.0."""
    code = re.sub(r"^(\d+)\.0$", r"\1", unicodedata.normalize("NFKC", cell).strip())
    if len(code) > 60:
        raise Unfit("This id has more than 60 characters.")
    return code


def short(most: int) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if len(cell.strip()) > most:
            raise Unfit("This text has more than %(most)s characters.", most=most)
        return cell.strip()

    return read


def name(cell: str) -> str:
    """As it was typed, but for blanks around and doubled ones within."""
    return short(200)(re.sub(r"\s+", " ", cell))


def mail(cell: str) -> str:
    address = unicodedata.normalize("NFKC", cell).strip()
    if len(address) > 254 or not MAIL.fullmatch(address) or ".." in address:
        raise Unfit(
            "“%(value)s” is not a mail address.", hint("Write it like taro.yamada@example.co.jp."), value=cell.strip()
        )
    return address


def kana(cell: str) -> str:
    return short(200)(re.sub(r"\s+", " ", katakana(cell)))


def number(least: int, most: int) -> Callable[[str], int]:
    def read(cell: str) -> int:
        digits = re.sub(r"\.0+$", "", unicodedata.normalize("NFKC", cell).strip())
        if not re.fullmatch(r"[+-]?\d{1,9}", digits) or not least <= int(digits) <= most:
            raise Unfit(
                "“%(value)s” is not a whole number from %(least)s to %(most)s.", value=cell, least=least, most=most
            )
        return int(digits)

    return read


def minutes(cell: str) -> int:
    length = number(-999_999, 24 * 60)(cell)
    if length <= 0:
        raise Unfit("This ends before it begins: its length is %(length)s minutes.", length=length)
    return length


def yes(cell: str) -> bool:
    if fold(cell) not in (*YES, *NO):
        raise Unfit("“%(value)s” is neither yes nor no.", value=cell)
    return fold(cell) in YES


def one_of(choices: Mapping[str, Value]) -> Callable[[str], Value]:
    def read(cell: str) -> Value:
        if fold(cell) in choices:
            return choices[fold(cell)]
        allowed = ", ".join(choice for choice in choices if choice.isascii())
        like = near(cell, choices)
        if like:
            raise Unfit(
                "“%(value)s” is not one of: %(allowed)s.",
                hint("Did you mean “%(near)s”?"),
                value=cell,
                allowed=allowed,
                near=like,
            )
        raise Unfit("“%(value)s” is not one of: %(allowed)s.", value=cell, allowed=allowed)

    return read


kind = one_of(
    {member.value: member for member in OpeningKind} | {ja: OpeningKind(value) for ja, value in KINDS.items()}
)
consent = one_of({member.value: member for member in Consent})
level = one_of(LEVELS)
locale = one_of({"ja": "ja", "en": "en", "日本語": "ja", "english": "en"})
weekday = one_of(
    {day.casefold(): day for day in WEEKDAYS}
    | {**dict(zip(DAYS, WEEKDAYS, strict=True))}
    | JAPANESE_DAYS
    | {f"{day}曜日": code for day, code in JAPANESE_DAYS.items()}
)
role = one_of({"hr": "hr", "人事": "hr", "lead": "lead", "リーダー": "lead"})


def several(read: Callable[[str], Value]) -> Callable[[str], tuple[Value, ...]]:
    """A cell with several values, parted by `;` (or `,` or 、), each once, in their order."""

    def read_all(cell: str) -> tuple[Value, ...]:
        return tuple(dict.fromkeys(read(part.strip()) for part in re.split("[;；,、]", cell) if part.strip()))

    return read_all


@cache
def _zones() -> frozenset[str]:
    """Read once: asking the machine takes milliseconds, and every row has a zone."""
    return frozenset(available_timezones())


@lru_cache(maxsize=1000)
def zone(cell: str) -> str:
    if cell.strip() in _zones():
        return cell.strip()
    like = near(cell, _zones())
    if like:
        raise Unfit("There is no time zone “%(value)s”.", hint("Did you mean “%(near)s”?"), value=cell, near=like)
    raise Unfit("There is no time zone “%(value)s”.", hint("Write it like Asia/Tokyo."), value=cell)


def hours(cell: str) -> str:
    plain = short(200)(unicodedata.normalize("NFKC", cell).lower())
    read_hours(plain)
    return plain


def day(cell: str) -> date:
    """2027-01-18, and 2027/1/18 as spreadsheets have it."""
    match = re.fullmatch(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})", unicodedata.normalize("NFKC", cell).strip())
    try:
        if match:
            return date(*(int(part) for part in match.groups()))
    except ValueError:
        pass
    raise Unfit("“%(value)s” is not a date.", hint("Write it like 2027-01-18."), value=cell)


def clock(cell: str) -> time:
    match = re.fullmatch(r"(\d{1,2}):(\d\d)(?::00)?", unicodedata.normalize("NFKC", cell).strip())
    if not match or int(match[1]) > 23 or int(match[2]) > 59:
        raise Unfit("“%(value)s” is not a time of day.", hint("Write it like 09:30."), value=cell)
    return time(int(match[1]), int(match[2]))


def moment(cell: str, zone: str | None) -> datetime:
    """An instant in UTC: ISO 8601 with an offset, or wall-clock time in *zone*."""
    try:
        at = datetime.fromisoformat(cell.strip().replace("/", "-"))
    except ValueError:
        raise Unfit(
            "“%(value)s” is not a date and time.", hint("Write it like 2027-01-18T09:00+09:00."), value=cell
        ) from None
    if at.tzinfo is None:
        at = _in_zone(at, zone, cell)
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise Unfit(
            "“%(value)s” is not a date and time.", hint("Write it like 2027-01-18T09:00+09:00."), value=cell
        ) from None


def _in_zone(at: datetime, zone: str | None, cell: str) -> datetime:
    if zone is None:
        raise Unfit(
            "“%(value)s” has no time zone.",
            hint("Write it like 2027-01-18T09:00+09:00, or name the zone in a column of its own."),
            value=cell,
        )
    there = at.replace(tzinfo=ZoneInfo(zone))
    if there.astimezone(UTC).astimezone(there.tzinfo).replace(tzinfo=None) != at:
        raise Unfit("In %(zone)s the clocks skip “%(value)s”.", value=cell, zone=zone)
    return there


def rule(cell: str) -> str:
    """A recurrence as openings unfold it."""
    plain = unicodedata.normalize("NFKC", cell).strip().upper().removeprefix("RRULE:").rstrip(";")
    openings.read_rule(plain)
    return plain
