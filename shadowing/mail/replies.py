"""iCalendar in: the calendar part of a mail becomes the answer in it (RFC 5546), however its program writes.

What is missing is put right (ORGANIZER, PRODID, METHOD, line ends, charset); what could mean two things is doubted."""

import contextlib
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import cast

from icalendar import Calendar, Component
from icalendar.timezone import tzp

from shadowing.mail import ical, japanese
from shadowing.mail.received import COMMENT_MOST, Attending, CalendarAnswer, Method

SEQUENCE_MOST = 2**31 - 1
ADDRESS_MOST = 254
UID_MOST = 1000
SERIES = ("RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")
WEIGHTY = ("UID", "SEQUENCE", "ATTENDEE", *SERIES)
"""Properties that nothing is done without understanding them."""
ATTENDEES_MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCalendar:
    """*method* is what the calendar says of itself, or else what its MIME part says; empty where neither does."""

    method: str
    events: tuple[Component, ...]


def read(content: bytes, charset: str, labelled: str) -> FoundCalendar | None:
    """None: it is no calendar. Raises ValueError for one that cannot be understood."""
    tzp.use_default()  # forgets the zones that the mails before have defined
    text = repaired(content, charset)
    if "BEGIN:VCALENDAR" not in text.upper():
        return None
    calendars = Calendar.from_ical(text.encode(), multiple=True)
    if len(calendars) != 1:
        raise ValueError("several calendars")
    method = str(calendars[0].get("METHOD", "") or labelled).strip().upper()
    return FoundCalendar(method=method, events=tuple(calendars[0].walk("VEVENT")))


def repaired(content: bytes, charset: str) -> str:
    """Without BOM and NUL, with the line ends that iCalendar wants."""
    text = decoded(content, charset).replace("\0", "").removeprefix("\ufeff")
    lines = re.split(r"\r*\n|\r", text)
    return "\r\n".join(line for line in lines if line.strip()) + "\r\n"


def decoded(content: bytes, charset: str) -> str:
    """UTF-8 wherever it is that, whatever its label says; but what is written in seven bits looks like it and is not."""
    if charset.lower().replace("_", "-").startswith("iso-2022-jp"):
        with contextlib.suppress(ValueError):
            return japanese.decode(content)
    for name in ("utf-8-sig", charset, "cp932"):
        try:
            return content.decode(name)
        except (LookupError, ValueError):
            continue
    return content.decode("latin-1")


def answer(found: FoundCalendar, method: Method, words: str) -> CalendarAnswer:
    """*words* are what the mail says beside its calendar. Raises ValueError where no event is in it."""
    if not found.events:
        raise ValueError("no event")
    event = found.events[0]
    attending = tuple(one for event in found.events for one in _attending(event))
    return CalendarAnswer(
        method=method,
        uid=str(event.get("UID", "")).strip()[:UID_MOST],
        sequence=_sequence(event),
        stamp=_moment(event, "DTSTAMP"),
        attending=tuple(dict.fromkeys(attending))[:ATTENDEES_MOST],
        comment=_comment(event) or ical.many_lines(words).strip()[:COMMENT_MOST],
        another_time=_another_time(event) if method is Method.COUNTER else None,
        doubt=_doubt(found.events),
        organizer=address(str(next(iter(_all(event, "ORGANIZER")), ""))),
    )


def _doubt(events: tuple[Component, ...]) -> str:
    if len({str(event.get("UID", "")) for event in events}) > 1:
        return "several visits"
    if any(name in event for event in events for name in SERIES):
        return "series"
    if any(name in WEIGHTY for event in events for name, _ in event.errors):
        return "unreadable"
    return "several answers" if len({(_sequence(event), _moment(event, "DTSTAMP")) for event in events}) > 1 else ""


def _sequence(event: Component) -> int:
    """0 where it is missing (RFC 5545 3.8.7.4)."""
    given = event.get("SEQUENCE", 0)
    number = int(given) if isinstance(given, int) else 0
    return min(max(number, 0), SEQUENCE_MOST)


def _moment(event: Component, name: str) -> datetime | None:
    """None for one that is missing, a whole day, or of an unknown zone."""
    given = event.get(name)
    value = getattr(given, "dt", None)
    if not isinstance(value, datetime):
        return None
    if value.tzinfo is None:
        return value.replace(tzinfo=UTC) if name == "DTSTAMP" else None
    try:
        return value.astimezone(UTC)
    except OverflowError:
        return None


def _another_time(event: Component) -> tuple[datetime, datetime] | None:
    begin, end = _moment(event, "DTSTART"), _moment(event, "DTEND")
    duration = getattr(event.get("DURATION"), "dt", None)
    if begin is not None and end is None and duration is not None and not isinstance(duration, date):
        end = begin + duration
    if begin is None or end is None or end <= begin:
        return None
    return begin, end


def _all(event: Component, name: str) -> list[object]:
    given = event.get(name)
    if given is None:
        return []
    return cast("list[object]", given) if isinstance(given, list) else [given]


def _attending(event: Component) -> list[Attending]:
    found = []
    for one in _all(event, "ATTENDEE"):
        parameters = getattr(one, "params", {})
        partstat = str(parameters.get("PARTSTAT", "NEEDS-ACTION")).strip().upper()
        delegates = parameters.get("DELEGATED-TO", "")
        delegate = str(delegates[0] if isinstance(delegates, list) and delegates else delegates or "")
        found.append(Attending(address=address(str(one)), partstat=partstat[:40], delegate=address(delegate)))
    return found


def address(text: str) -> str:
    """Of a CAL-ADDRESS, in lower case; empty for what is none."""
    bare = re.sub(r"(?i)^\s*(?:mailto|smtp)\s*:\s*", "", text.strip().strip('"<>')).strip().strip("<>")
    return bare.lower() if "@" in bare and len(bare) <= ADDRESS_MOST else ""


def _comment(event: Component) -> str:
    """COMMENT, or what Google writes into ATTENDEE."""
    said = [str(one) for one in _all(event, "COMMENT")]
    said += [str(getattr(one, "params", {}).get("X-RESPONSE-COMMENT", "")) for one in _all(event, "ATTENDEE")]
    return ical.many_lines("\n".join(dict.fromkeys(text for text in said if text))).strip()[:COMMENT_MOST]
