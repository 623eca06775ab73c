"""The text of a calendar file as blocks of the lines that say when something is (RFC 5545 3.1); all other text is dropped here."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from shadowing.errors import Refusal

COMPONENTS_MOST = 5000
LINE_MOST = 64 * 1024
"""Of a line that says when something is: 4,000 dates."""
TIMED = ("VEVENT", "VFREEBUSY")
ZONE = "VTIMEZONE"
KEPT = (
    *("UID", "SEQUENCE", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID"),
    *("STATUS", "TRANSP", "FREEBUSY", "ATTENDEE", "X-MICROSOFT-CDO-BUSYSTATUS", "X-LIC-LOCATION", "TZID"),
)
END_OF_LINE = re.compile(r"\r*\n|\r+")
NAME = re.compile(r"[A-Za-z0-9-]+")
PARAMETER = re.compile(r';([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:,])*(?:,(?:"[^"]*"|[^";:,])*)*)')


@dataclass(frozen=True, slots=True)
class Property:
    """A property. Names are in capitals, as they count in any case."""

    name: str
    parameters: Mapping[str, str]
    value: str


@dataclass(slots=True)
class Block:
    """A component. *text* is all of it, for time zones alone; *broken*: a line of it cannot be read, or it has no end."""

    name: str
    lines: list[Property] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    broken: bool = False

    def all(self, name: str) -> list[Property]:
        return [line for line in self.lines if line.name == name]

    def first(self, name: str) -> Property | None:
        return next((line for line in self.lines if line.name == name), None)

    def value(self, name: str) -> str:
        """In capitals; empty where it is not said."""
        line = self.first(name)
        return line.value.upper() if line else ""


@dataclass(slots=True)
class Blocks:
    """What a file holds. *zone* is the X-WR-TIMEZONE that some producers write for the whole file."""

    events: list[Block] = field(default_factory=list)
    zones: list[Block] = field(default_factory=list)
    zone: str = ""


def split(data: bytes) -> Blocks:
    """Raises Refusal for what is no calendar, or has too many entries."""
    found, path, calendars, components = Blocks(), list[tuple[str, Block | None]](), 0, 0
    for text in _unfolded(data):
        word, _, rest = text.partition(":")
        word, rest = word.strip().upper(), rest.strip().upper()
        if word == "BEGIN":
            components += 1
            calendars += rest in ("VCALENDAR", *TIMED)
            _refuse_many(components)
            _begin(found, path, rest)
        elif word == "END":
            _end(path, rest)
        elif not path or path[-1][0] == "VCALENDAR":
            found.zone = text.partition(":")[2].strip() if word == "X-WR-TIMEZONE" else found.zone
        elif (block := path[-1][1]) is not None:
            _keep(block, text)
        if path and (block := path[-1][1]) is not None and block.name == ZONE:
            block.text.append(text)
    for _, block in path:
        _break(block)
    if not calendars:
        raise Refusal("This is no calendar file. Choose a file that ends in .ics, as your calendar exports it.")
    return found


def _refuse_many(components: int) -> None:
    if components > COMPONENTS_MOST:
        raise Refusal(
            "This calendar has more than %(most)s entries. Export the days of the round only.", most=COMPONENTS_MOST
        )


def _unfolded(data: bytes) -> Iterator[str]:
    """Lines, each put together again where it was folded."""
    parts: list[str] = []
    for line in END_OF_LINE.split(_decoded(data)):
        if line[:1] in (" ", "\t") and parts:
            parts.append(line[1:])
            continue
        if parts:
            yield "".join(parts)
        parts = [line] if line else []
    if parts:
        yield "".join(parts)


def _decoded(data: bytes) -> str:
    """What is no UTF-8 in it is text, which is dropped."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "replace")


def _begin(found: Blocks, path: list[tuple[str, Block | None]], name: str) -> None:
    """An event that begins within an event: the outer one has lost its end."""
    inside = next((block for _, block in reversed(path) if block is not None), None)
    if name in TIMED or (name == ZONE and inside is None):
        _break(inside)
        while path and path[-1][0] != "VCALENDAR":
            path.pop()
        block = Block(name)
        (found.zones if name == ZONE else found.events).append(block)
        path.append((name, block))
    elif inside is not None and inside.name == ZONE:
        path.append((name, inside))
    else:
        path.append((name, None))


def _end(path: list[tuple[str, Block | None]], name: str) -> None:
    """One that was never begun is passed over; one that was ends whatever was left open in it."""
    if any(one == name for one, _ in path):
        while (left := path.pop())[0] != name:
            _break(left[1])


def _break(block: Block | None) -> None:
    if block is not None:
        block.broken = True


def _keep(block: Block, text: str) -> None:
    found = NAME.match(text)
    if found is None or (name := found[0].upper()) not in KEPT:
        return
    if len(text) > LINE_MOST:
        block.broken = True
        return
    position, parameters = found.end(), {}
    while parameter := PARAMETER.match(text, position):
        parameters[parameter[1].upper()] = parameter[2].replace('"', "")
        position = parameter.end()
    if text[position : position + 1] == ":":
        block.lines.append(Property(name, parameters, text[position + 1 :].strip()))
    else:
        block.broken = block.broken or name != "ATTENDEE"
