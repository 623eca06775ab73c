"""What a line of an entry says: days, instants, lengths and lists of them, with the reader's zone where nobody knows theirs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from shadowing.calendars.blocks import Block, Property
from shadowing.calendars.zones import Zones, known

DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
INSTANT = re.compile(r"(\d{8})T(\d{2})(\d{2})(\d{2})?(Z?)")
LENGTH = re.compile(r"([+-]?)P(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?")
Day = date | datetime
Stretch = tuple[datetime, datetime]


class BadEntry(ValueError):
    """An entry, not the file: it is counted, and the others are kept."""


@dataclass(slots=True)
class FileClock:
    """How one file tells time. *reader* is the zone of whoever hands it over; *whole* that of X-WR-TIMEZONE, None where there
    is none. *guessed* is set by a time whose zone nobody knows, and taken back by whoever counts the entries."""

    zones: Zones
    reader: tzinfo
    whole: tzinfo | None = None
    guessed: bool = field(default=False, init=False)

    def of(self, line: Property) -> Day:
        """A day, or an instant with its zone. A day has none, whatever is written beside it. Raises BadEntry."""
        return self._value(line.value, line)

    def all_of(self, line: Property) -> Iterator[Day | Stretch]:
        """The values of a line that holds several, such as `RDATE`; a period is a pair of instants."""
        for text in filter(None, line.value.replace(" ", "").split(",")):
            begin, _, end = text.upper().partition("/")
            yield self.period(begin, end, line) if end else self._value(begin, line)

    def period(self, begin: str, end: str, line: Property) -> Stretch:
        first = self._value(begin, line)
        last = first + length(end) if end.startswith(("P", "+P", "-P")) else self._value(end, line)
        if not isinstance(first, datetime) or not isinstance(last, datetime):
            raise BadEntry
        return first, last

    def _value(self, text: str, line: Property) -> Day:
        text = text.strip().upper()
        if found := DAY.fullmatch(text):
            return date(*map(int, found.groups()))
        found = INSTANT.fullmatch(text)
        if found is None:
            raise BadEntry
        day, hour, minute, second, utc = found.groups()
        clock = time(int(hour), int(minute), min(int(second or 0), 59))
        zone = UTC if utc else self._zone(line.parameters.get("TZID", ""))
        moment = datetime.combine(date(int(day[:4]), int(day[4:6]), int(day[6:])), clock, zone)
        return moment.astimezone(self.whole) if utc and self.whole else moment

    def _zone(self, name: str) -> tzinfo:
        if name and (zone := self.zones.of(name)):
            return zone
        if self.whole and not name:
            return self.whole
        self.guessed = True
        return self.reader

    def instant(self, moment: Day) -> datetime:
        """A day begins at the reader's midnight."""
        zoned = moment if isinstance(moment, datetime) else datetime.combine(moment, time(), self.reader)
        return zoned.astimezone(UTC)


def clock_for(zones: Zones, reader: tzinfo, whole: str) -> FileClock:
    return FileClock(zones, reader, known(whole) if whole else None)


def length(text: str) -> timedelta:
    """RFC 5545 3.3.6, signs and sums that it does not know included. Raises BadEntry."""
    found = LENGTH.fullmatch(text.strip().upper())
    if found is None or not any(found.groups()[1:]):
        raise BadEntry
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    whole = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -whole if found[1] == "-" else whole


def span_of(block: Block, clock: FileClock) -> tuple[Day, Day]:
    """Begin and end; without an end it is the whole day, or an instant (RFC 5545 3.6.1). Raises BadEntry."""
    start, end, lasts = block.first("DTSTART"), block.first("DTEND"), block.first("DURATION")
    if block.broken or start is None:
        raise BadEntry
    begin = clock.of(start)
    if end is not None:
        finish = clock.of(end)
    elif lasts is not None:
        finish = begin + length(lasts.value)
    else:
        finish = begin if isinstance(begin, datetime) else begin + timedelta(days=1)
    if clock.instant(finish) < clock.instant(begin):
        raise BadEntry
    return begin, finish
