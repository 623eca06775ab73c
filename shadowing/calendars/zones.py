"""Names of time zones as calendars write them: Windows' names, a maker's prefix, a zone that the file itself defines."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from shadowing.calendars.blocks import Block

ALIASES = {"JST": "Asia/Tokyo", "東京 (標準時)": "Asia/Tokyo"}
ALIASES |= {"Z": "UTC", "GMT": "UTC", "TZONE://MICROSOFT/UTC": "UTC"}
WINDOWS = {name.upper(): zone for name, zone in WINDOWS_TO_OLSON.items()}
OWN_MOST = 200
"""Lines of a zone that a file defines; a real one has 20."""
BROKEN = (ValueError, TypeError, KeyError, AttributeError, IndexError, ArithmeticError)
"""What icalendar and dateutil raise at values that are none."""


class Zones:
    """Those that one file may name. What the system knows by name is believed over what the file says of it: files often hold
    a few transitions only."""

    def __init__(self, defined: Iterable[Block]) -> None:
        self._defined = {_name(line.value): block for block in defined if (line := block.first("TZID"))}
        self._found: dict[str, tzinfo | None] = {}

    def of(self, name: str) -> tzinfo | None:
        """None where nobody knows it."""
        name = _name(name)
        if name not in self._found:
            self._found[name] = known(name) or self._own(name)
        return self._found[name]

    def _own(self, name: str) -> tzinfo | None:
        block = self._defined.get(name)
        if block is None or block.broken or len(block.text) > OWN_MOST:
            return None
        location = block.first("X-LIC-LOCATION")
        if location and (zone := known(location.value)):
            return zone
        try:
            defined = Timezone.from_ical("\r\n".join([*block.text, "END:VTIMEZONE", ""]).encode())
            return defined.to_tz() if isinstance(defined, Timezone) else None
        except BROKEN:
            return None


def _name(name: str) -> str:
    """As a parameter says it; in the zone itself it is a text, with its commas escaped."""
    return re.sub(r"\\([,;\\])", r"\1", name.strip().strip('"'))


@lru_cache(maxsize=512)
def known(name: str) -> tzinfo | None:
    """The zone that *name* means by itself, such as `Tokyo Standard Time` or `/mozilla.org/20070129_1/Europe/Berlin`."""
    return next(filter(None, map(_system, _spellings(name))), None)


def _spellings(name: str) -> Iterator[str]:
    plain = name.strip().strip('"').rstrip(":").strip()
    yield ALIASES.get(plain.upper(), "") or WINDOWS.get(plain.upper(), "")
    parts = [part for part in re.split(r"[/\\]", plain) if part]
    for most in (3, 2, 1):
        yield "/".join(parts[-most:])
    yield WINDOWS.get(parts[-1].upper(), "") if parts else ""


def _system(name: str) -> tzinfo | None:
    if name.upper() == "UTC":
        return UTC
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}", name):
        return None
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # KeyError: there is none; OSError: it names a folder
        return None
