"""Days on which the company is closed, as people write them: `12/29-1/3`, `2027年1月4日`, `1/4, 1/5`, `29 Dec - 3 Jan`."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from pydantic import PlainValidator, ValidationInfo

from shadowing.i18n import N_
from shadowing.typed import Unfit, plain

REIWA = 2018
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = rf"({'|'.join(MONTHS)})[a-z]*\.?"
DAY_MONTH = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+{MONTH}(?:,?\s+(\d{{4}}))?")
MONTH_DAY = re.compile(rf"\b{MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(\d{{4}}))?")
YEAR = r"(?:(\d{4})|(?:令和|r)(\d{1,2}|元))[-/.年]\s*"
DAY = rf"(?:{YEAR}(\d{{1,2}})[-/.月]\s*(\d{{1,2}})|(\d{{1,2}})[/.月]\s*(\d{{1,2}}))日?(?:\s*\([^)]*\))?"
SPAN = re.compile(rf"\s*{DAY}(?:\s*(?:[-–—―−~〜]|から|to|until)\s*(?:{DAY}|(\d{{1,2}})日?)(?:まで)?)?(?=\s|$)\s*")
SPAN_MOST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class WrittenDay:
    """A day as it is written, which often leaves out the year."""

    year: int | None
    month: int
    day: int

    def in_year(self, year: int) -> date | None:
        try:
            return date(year, self.month, self.day)
        except ValueError:
            return None


def read(typed: str, first: date, last: date) -> tuple[date, ...]:
    """The days of *typed*, for a round from *first* to *last*: a day without a year is the one that the round meets."""
    narrow = unicodedata.normalize("NFKC", typed).lower()
    narrow = MONTH_DAY.sub(lambda found: _numbers(found[3], found[1], found[2]), narrow)
    narrow = DAY_MONTH.sub(lambda found: _numbers(found[3], found[2], found[1]), narrow)
    pieces = (piece.strip() for piece in re.split(r"[\n;,、]", narrow))
    return tuple(sorted({day for piece in pieces for day in _days(piece, first, last)}))


def _numbers(year: str | None, month: str, day: str) -> str:
    return f"{year or ''}{'/' if year else ''}{MONTHS.index(month) + 1}/{day}"


def _days(piece: str, first: date, last: date) -> Iterator[date]:
    at = 0
    while at < len(piece):
        found = SPAN.match(piece, at)
        days = _span(found, first, last) if found else None
        if found is None or days is None:
            hint = N_("Write it like 2027-01-11, 1/11 or 12/29-1/3.")
            raise Unfit("“%(value)s” is not a date.", hint, value=piece)
        yield from days
        at = found.end()


def _span(found: re.Match[str], first: date, last: date) -> list[date] | None:
    """All days of one span; None where there are no such days."""
    begin, end, day_of_end = _written(found, 1), _written(found, 7), found[13]
    assert begin
    if begin.year is None and end and end.year:
        opens = _nearest(begin, (end.year - 1, end.year), lambda day: day <= (end.in_year(end.year or 0) or day))
    else:
        opens = _met(begin, first, last)
    if opens is None:
        return None
    closes: date | None = opens
    if day_of_end:
        closes = WrittenDay(opens.year, opens.month, int(day_of_end)).in_year(opens.year)
    elif end:
        years = (end.year,) if end.year else (opens.year + 1, opens.year)
        closes = _nearest(end, years, lambda day: day >= opens)
    if closes is None or not timedelta() <= closes - opens <= SPAN_MOST:
        return None
    return [opens + timedelta(days=n) for n in range((closes - opens).days + 1)]


def _written(found: re.Match[str], place: int) -> WrittenDay | None:
    """The day in the six groups of *found* from *place* on."""
    year, reiwa, *long, month, day = found.groups()[place - 1 : place + 5]
    if not (long[0] or month):
        return None
    full = int(year) if year else REIWA + (1 if reiwa == "元" else int(reiwa)) if reiwa else None
    return WrittenDay(full, int(long[0] or month), int(long[1] or day))


def _met(written: WrittenDay, first: date, last: date) -> date | None:
    """The day itself; without a year the one within the round, or else the nearest to its beginning."""
    if written.year:
        return written.in_year(written.year)
    days = [day for year in range(first.year - 1, last.year + 2) if (day := written.in_year(year))]
    within = [day for day in days if first <= day <= last]
    return min(within or days, key=lambda day: abs(day - first), default=None)


def _nearest(written: WrittenDay, years: Iterable[int], fits: Callable[[date], bool]) -> date | None:
    """The day in the last of *years* in which it *fits*."""
    days = [day for year in years if (day := written.in_year(year)) and fits(day)]
    return days[-1] if days else None


def _of_draft(given: object, info: ValidationInfo) -> tuple[date, ...]:
    """Nothing where the first day of the round is no day: that is named at its own field."""
    first = info.data.get("starts_on")
    return read(plain(given), first, info.data.get("ends_on") or first) if first else ()


ClosedDays = Annotated[tuple[date, ...], PlainValidator(_of_draft)]
