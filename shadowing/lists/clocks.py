"""Times of day as people type them, in minutes after midnight: 9-12, 9時半〜11時, 午後2時から, 10:00–, AM, 25:00; and lengths.

Texts come through `plain`: one width, one dash, one tilde."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from shadowing.i18n import N_
from shadowing.typed import Unfit

NOON, AFTERNOON, MIDNIGHT = 12 * 60, 13 * 60, 24 * 60
LATEST = 30 * 60
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－ｰ─━", "-") | dict.fromkeys("〜～∼˜〰", "~"))
CIRCLED = re.compile("[①-⑳❶-❿]")
NOON_WORD = re.compile(r"正午|\bnoon\b", re.IGNORECASE)
BARE = re.compile(r"(?<![\d/-])(?!20[23]\d)([01]\d|2[0-4])([0-5]\d)\s*[-~]\s*([01]\d|2[0-4])([0-5]\d)(?![\d-])")
HALF = r"午前|午後|[ap]\.?m\.?(?![a-z])"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a day. Where *begin* or *end* is None, it reaches to the working hours; a moment begins and ends at once."""

    begin: int | None = None
    end: int | None = None

    @property
    def is_moment(self) -> bool:
        return self.begin is not None and self.begin == self.end


ALL_DAY, MORNING, EVENING = Piece(), Piece(None, NOON), Piece(AFTERNOON, None)
BANDS = (
    (re.compile(r"終日|(?:丸|まる)?[一1]日中?(?!目)|全日(?!程)|(?:all|full|whole)[ -]day", re.IGNORECASE), ALL_DAY),
    (re.compile(r"午前中?|am(?![a-z])|a\.m\.|mornings?(?![a-z])", re.IGNORECASE), MORNING),
    (re.compile(r"午後中?|pm(?![a-z])|p\.m\.|afternoons?(?![a-z])", re.IGNORECASE), EVENING),
)


def plain(text: str) -> str:
    """Full width is half width, every dash is `-`, every tilde `~`; a long vowel between digits was meant as a dash.

    Circled numbers count paragraphs. 0900-1200 has its colons left out, noon is 12:00."""
    narrow = unicodedata.normalize("NFKC", CIRCLED.sub(" ", text).translate(DASHES)).translate(DASHES)
    narrow = re.sub(r"(?<=[\d時分半])\s*ー\s*(?=\d)", "-", narrow)
    narrow = BARE.sub(r"\1:\2-\3:\4", NOON_WORD.sub("12:00", narrow))
    return re.sub(r"(:\d\d|[時半分])\s*/\s*(?=\d{1,2}[:時])", r"\1, ", narrow).strip()


def _clock(number: int, bare: bool) -> str:
    """A clock as a pattern; with *bare* also a number alone, as in 9-12."""
    marked = rf":(?P<m{number}>[0-5]\d)(?::[0-5]\d)?|時(?:(?P<f{number}>\d{{1,2}})分|(?P<h{number}>半))?"
    dotted = rf"|\.(?P<d{number}>[0-5]\d)(?!\d)"
    ending = rf"(?:{marked}{dotted})?" if bare else rf"(?:{marked}|(?=\s?[ap]\.?m))"
    half = rf"(?:(?P<b{number}>{HALF})\s?)?"
    after = rf"(?![\d:/月日年人名席])(?:\s?(?P<a{number}>[ap]\.?m\.?(?![a-z])))?"
    return rf"{half}(?<![\d.:/])(?P<n{number}>\d{{1,2}}){ending}{after}"


TO = r"\s?(?:~|-|から|to|until|till)\s?"
RANGE = re.compile(rf"{_clock(1, True)}{TO}{_clock(2, True)}(?:\s?まで|の間)?", re.IGNORECASE)
AFTER = re.compile(
    rf"(?:(?:after|from)\s+{_clock(1, True)}(?!\s?-)|{_clock(2, True)}\s?(?:以降|以後|から|~|-|or later|onwards?))",
    re.IGNORECASE,
)
BEFORE = re.compile(
    rf"(?:(?:~|-|until|till|before|by)\s?{_clock(1, True)}(?:まで)?|{_clock(2, True)}\s?(?:まで|以前))", re.IGNORECASE
)
AT = re.compile(rf"{_clock(1, False)}|(?P<b2>午前|午後)\s?(?P<n2>\d{{1,2}})(?![\d:/月日年])", re.IGNORECASE)
SPANNED = re.compile(
    r"(?P<hours>\d{1,2}(?:\.\d)?)\s?(?:時間|hours?|hrs?|h(?![a-z]))(?P<half>半)?|(?P<minutes>\d{1,3})\s?(?:分間?|minutes?|mins?|m(?![a-z]))",
    re.IGNORECASE,
)


def piece(text: str, at: int) -> tuple[Piece, int] | None:
    """The piece of a day that stands in *text* at *at*, and where it ends. Raises Unfit where no clock shows it."""
    if found := RANGE.match(text, at):
        return _range(found), found.end()
    if found := AFTER.match(text, at):
        return Piece(_first(found), None), found.end()
    if found := BEFORE.match(text, at):
        return Piece(None, _first(found)), found.end()
    if found := AT.match(text, at):
        moment = _first(found)
        return Piece(moment, moment), found.end()
    bands = ((band.match(text, at), which) for band, which in BANDS)
    return next(((which, match.end()) for match, which in bands if match), None)


def _range(found: re.Match[str]) -> Piece:
    """9pm-11 and 2-4pm: what one of the two says of the half-day counts for the other where it must."""
    begin, end = _minutes(found, 1), _minutes(found, 2)
    if _half(found, 1) == "p" and not _half(found, 2) and end <= NOON and end + NOON > begin:
        end += NOON
    if _half(found, 2) == "p" and not _half(found, 1) and begin + NOON < end and begin < NOON:
        begin += NOON
    if end <= begin and begin >= 17 * 60 and end <= 6 * 60:
        end += MIDNIGHT
    if end <= begin:
        raise Unfit("“%(value)s” ends before it begins.", value=found[0])
    return Piece(begin, end)


def _first(found: re.Match[str]) -> int:
    return _minutes(found, 1 if found["n1"] else 2)


def _half(found: re.Match[str], number: int) -> str:
    groups = found.groupdict()
    word = groups.get(f"b{number}") or groups.get(f"a{number}") or ""
    return {"午前": "a", "午後": "p"}.get(word, word[:1].lower())


def _minutes(found: re.Match[str], number: int) -> int:
    said, groups = _half(found, number), found.groupdict()
    hour = int(groups[f"n{number}"])
    typed = [groups.get(f"{name}{number}") for name in "mfd"]
    minute = 30 if groups.get(f"h{number}") else int(next(filter(None, typed), 0))
    if said == "p" and hour < 12:
        hour += 12
    if said == "a" and hour == 12:
        hour = 0
    if hour * 60 + minute > LATEST or minute > 59:
        raise Unfit("“%(value)s” is not a time of day.", N_("Write it like 09:30."), value=found[0])
    return hour * 60 + minute


def duration(text: str) -> int | None:
    """Minutes of 90分, 1時間半, 1.5h, 1:30 and of a bare 60; None where *text* is no length."""
    narrow = plain(text)
    if re.fullmatch(r"\d{1,3}(?:\.0+)?", narrow):
        return int(narrow.partition(".")[0])
    if clock := re.fullmatch(r"0?(\d):([0-5]\d)(?::00)?", narrow):
        return int(clock[1]) * 60 + int(clock[2])
    found = list(SPANNED.finditer(narrow))
    rest = SPANNED.sub("", narrow).strip(" 約程度くらいほど")
    return sum(map(_length, found)) if found and not rest else None


def _length(found: re.Match[str]) -> int:
    if found["minutes"]:
        return int(found["minutes"])
    return round(float(found["hours"]) * 60) + (30 if found["half"] else 0)


def shown(minutes: int) -> str:
    """09:00; the midnight that ends a day is 24:00."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def hours_across(texts: Sequence[str]) -> tuple[Piece | None, ...]:
    """Headings that are hours, such as 9:00, 10:00 or 9, 10, 11: each is the hour (or half-hour) that begins there."""
    begins = [_begin(text) for text in texts]
    known = [begin for begin in begins if begin is not None]
    gaps = [later - sooner for sooner, later in pairwise(known) if later > sooner]
    step = min(60, *gaps) if gaps else 60
    return tuple(None if begin is None else Piece(begin, begin + step) for begin in begins)


def _begin(text: str) -> int | None:
    narrow = plain(text)
    if re.fullmatch(r"\d{1,2}", narrow):
        return int(narrow) * 60 if int(narrow) < 24 else None
    found = AT.fullmatch(narrow.rstrip("~-"))
    return _first(found) if found and found["n1"] else None
