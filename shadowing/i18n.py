"""How a reader of one language on one clock reads days, times, zones and names; and the mark of sentences that are kept in
English, in a row or a table of words, and translated where they are shown.

Times are converted first and formatted then: Babel's own intervals ignore the zone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, get_timezone_name

SHORT_DAY = {"ja": "M月d日(E)", "en": "EEE d MMM"}
DAY = {"ja": "M月d日(E)", "en": "EEE d MMM y"}
MONTH = {"ja": "y年M月", "en": "MMMM y"}
LONG_DAY = {"ja": "y年M月d日(E)", "en": "EEE d MMM y"}
ZONED = {"ja": "%(time)s %(zone)s", "en": "%(time)s (%(zone)s)"}


def N_(sentence: str) -> str:
    return sentence


@dataclass(frozen=True, slots=True)
class Reader:
    locale: str
    zone: ZoneInfo

    def short_day(self, day: date) -> str:
        """As subjects and narrow columns have room for it."""
        return str(format_date(day, SHORT_DAY[self.locale], locale=self.locale))

    def day(self, day: date) -> str:
        return str(format_date(day, DAY[self.locale], locale=self.locale))

    def long_day(self, day: date) -> str:
        """With the year in every language: where rounds of several years stand together, and where a day was typed."""
        return str(format_date(day, LONG_DAY[self.locale], locale=self.locale))

    def month(self, day: date) -> str:
        return str(format_date(day, MONTH[self.locale], locale=self.locale))

    def clock(self, moment: datetime) -> str:
        return f"{self.local(moment):%H:%M}"

    def short_moment(self, moment: datetime) -> str:
        return f"{self.short_day(self.local(moment))} {self.clock(moment)}"

    def moment(self, moment: datetime) -> str:
        return f"{self.day(self.local(moment))} {self.clock(moment)}"

    def span(self, begin: datetime, end: datetime) -> str:
        """`Mon 18 Jan 2027, 10:00–11:30`, with the second day where it is another one."""
        comma = "" if self.locale == "ja" else ","
        first, last = self.local(begin).date(), self.local(end).date()
        until = f" – {self.day(last)}{comma} " if last != first else "–"
        return f"{self.day(first)}{comma} {self.clock(begin)}{until}{self.clock(end)}"

    def clocks(self, begin: datetime, end: datetime) -> str:
        """`10:00–11:30` below the head of its day; the day of the end where it is another one."""
        first, last = self.local(begin).date(), self.local(end).date()
        return f"{self.clock(begin)}–{self.clock(end) if first == last else self.short_moment(end)}"

    def zoned(self, time: str) -> str:
        """*time*, and whose clock it is."""
        return ZONED[self.locale] % {"time": time, "zone": self.zone_name}

    @property
    def zone_name(self) -> str:
        """Of a zone without a country, such as UTC, Babel would say “Unknown Region (UTC) Time”."""
        name = str(get_timezone_name(self.zone, locale=self.locale))
        nowhere = Locale(self.locale).territories["ZZ"] in name
        return f"UTC{offset(self.zone)}" if nowhere else name

    def listed(self, words: Iterable[str]) -> str:
        return ("、" if self.locale == "ja" else ", ").join(words)

    def people(self, names: Iterable[str]) -> str:
        """Names as one speaks to or of somebody."""
        return self.listed(f"{name}さん" if self.locale == "ja" else name for name in names)

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)


def offset(zone: ZoneInfo) -> str:
    """`+09:00`; nothing for a zone that is UTC. Only for zones whose clocks are never changed."""
    ahead = f"{datetime(2027, 1, 1, tzinfo=zone):%z}"
    return "" if ahead == "+0000" else f"{ahead[:3]}:{ahead[3:]}"
