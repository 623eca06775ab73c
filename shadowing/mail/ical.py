"""iCalendar out: values in, bytes out; the only module that knows icalendar.

One VEVENT with one ATTENDEE and UTC times, and neither RRULE nor VTIMEZONE: icalendar's generated VTIMEZONE is an hour
late at each start of summer time, and recurrence is where clients disagree. The same value gives the same bytes.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, vCalAddress

PRODID = "-//Shadowing//Shadowing 1//EN"
SHORT = 255  # UTF-16 units; Exchange cuts SUMMARY and LOCATION there (MS-OXCICAL 2.1.3.1.1.20.24)
LONG = 4000
LIKE_A_LINE_END = re.compile(r"\\(?=[nN])")
LOOKS_ALIKE = "\N{FULLWIDTH REVERSE SOLIDUS}"
LINE_ENDS = {0x0B: " ", 0x0C: " ", 0x85: " ", 0x2028: " ", 0x2029: " "}
BIDI = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
UNSAFE_IN_NAMES = str.maketrans({'"': "'", "^": " ", ";": " ", ":": " ", ",": " ", "\\": " "})


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What one person's calendar shows of one visit. *stamp* is the instant of the revision, not of the sending.

    *rsvp* is what makes clients show their answer buttons; without it Gmail only offers "Add to calendar"."""

    uid: str
    sequence: int
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    place: str
    description: str
    url: str
    organizer: str
    organizer_name: str
    attendee: str
    attendee_name: str
    partstat: str = "NEEDS-ACTION"
    rsvp: bool = True
    status: str = "CONFIRMED"
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEvent:
    """A visit in a calendar to subscribe to. It bears no address of anybody, and asks nothing."""

    uid: str
    sequence: int
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    place: str
    description: str
    private: bool


def feed(name: str, events: Iterable[FeedEvent]) -> bytes:
    """A calendar without METHOD, to be fetched anew every hour (RFC 7986 5.7; Outlook reads X-PUBLISHED-TTL)."""
    calendar = _empty()
    calendar.add("x-wr-calname", unmistakable(one_line(name)))
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for one in events:
        event = _dated(one, "CONFIRMED")
        event.add("transp", "OPAQUE")
        calendar.add_component(event)
    content: bytes = calendar.to_ical(sorted=False)
    return content


def request(occasion: Occasion) -> bytes:
    """METHOD:REQUEST, which a client shows with its answer buttons (RFC 5546 3.2.2)."""
    event = _event(occasion, occasion.status)
    event.add("transp", "OPAQUE")
    event.add("x-microsoft-cdo-busystatus", "TENTATIVE")  # the pair that Outlook.com itself sends
    event.add("x-microsoft-cdo-intendedstatus", "BUSY")
    attendee = _attendee(occasion)
    attendee.params["PARTSTAT"] = occasion.partstat
    attendee.params["RSVP"] = "TRUE" if occasion.rsvp else "FALSE"
    event.add("attendee", attendee)
    return _calendar(event, "REQUEST")


def cancel(occasion: Occasion) -> bytes:
    """METHOD:CANCEL, the only message that may say STATUS:CANCELLED (RFC 5546 3.2.5)."""
    event = _event(occasion, "CANCELLED")
    event.add("transp", "OPAQUE")
    event.add("attendee", _attendee(occasion))
    return _calendar(event, "CANCEL")


def one_line(text: str) -> str:
    """Text that is safe in a header or a calendar line: NFC, no line end of any script, no control, no bidi override."""
    return " ".join(
        _printable(text.translate(LINE_ENDS).replace("\r", " ").replace("\n", " ").replace("\t", " ")).split(" ")
    )


def many_lines(text: str) -> str:
    return _printable(text.replace("\r\n", "\n").replace("\r", "\n").translate(LINE_ENDS), keep="\n\t")


def shorten(text: str, units: int) -> str:
    """At most *units* UTF-16 code units, never half a character."""
    if _units(text) <= units:
        return text
    kept, room = [], units - 1
    for character in text:
        room -= _units(character)
        if room < 0:
            break
        kept.append(character)
    return "".join(kept).rstrip("\u200d\ufe0f ") + "…"


def unmistakable(text: str) -> str:
    """With another sign for a typed backslash before an n: in what RFC 5545 3.3.11 writes for it (`C:\\\\new`) node-ical and
    Ruby's icalendar read a line end, since they look for those first."""
    return LIKE_A_LINE_END.sub(LOOKS_ALIKE, text)


def name_of(text: str) -> str:
    """A common name that needs no escaping: RFC 6868's `^'` is shown as such by Outlook."""
    return " ".join(one_line(text).translate(UNSAFE_IN_NAMES).split())


def _printable(text: str, keep: str = "") -> str:
    text = unicodedata.normalize("NFC", text).translate(BIDI)
    return "".join(letter for letter in text if letter in keep or unicodedata.category(letter) not in ("Cc", "Cs"))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _event(occasion: Occasion, status: str) -> Event:
    assert occasion.organizer.casefold() != occasion.attendee.casefold(), occasion.uid
    event = _dated(occasion, status)
    event.add("organizer", _address(occasion.organizer, occasion.organizer_name))
    return event


def _dated(occasion: Occasion | FeedEvent, status: str) -> Event:
    assert occasion.ends_at > occasion.starts_at, occasion.uid
    url = occasion.url if isinstance(occasion, Occasion) else ""
    event = Event()
    event.add("uid", occasion.uid)
    event.add("sequence", occasion.sequence)
    for name, moment in (("dtstamp", occasion.stamp), ("dtstart", occasion.starts_at), ("dtend", occasion.ends_at)):
        event.add(name, moment.astimezone(UTC).replace(microsecond=0))
    event.add("status", status)
    event.add("summary", unmistakable(shorten(one_line(occasion.summary), SHORT)))
    for name, text in (("location", shorten(one_line(occasion.place), SHORT)), ("url", url)):
        if text:
            event.add(name, unmistakable(text))
    event.add("description", unmistakable(shorten(many_lines(occasion.description), LONG)))
    event.add("class", "PRIVATE" if occasion.private else "PUBLIC")
    return event


def _attendee(occasion: Occasion) -> vCalAddress:
    attendee = _address(occasion.attendee, occasion.attendee_name)
    attendee.params["CUTYPE"] = "INDIVIDUAL"
    attendee.params["ROLE"] = "REQ-PARTICIPANT"
    return attendee


def _address(address: str, name: str) -> vCalAddress:
    value = vCalAddress(f"mailto:{address}")
    if name_of(name):
        value.params["CN"] = name_of(name)
    return value


def _calendar(event: Event, method: str) -> bytes:
    calendar = _empty()
    calendar.add("method", method)
    calendar.add_component(event)
    content: bytes = calendar.to_ical(sorted=False)
    return content


def _empty() -> Calendar:
    calendar = Calendar()  # Calendar.new() would add a fresh UID of its own to every call
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return calendar
