"""Eight parsers that read one mail, beside each other: mailparser and Python's own for the mail; ical.js, node-ical, vobject,
icalendar, libical and Ruby's icalendar for its calendar. Each answers with the fields of `tests/postbox.py: by_vobject`."""

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator
from ctypes import CDLL, c_char_p, c_int, c_void_p
from ctypes.util import find_library
from datetime import UTC, datetime
from functools import cache
from typing import Any

from icalendar import Calendar

from tests.postbox import INTEROP, by_javascript, by_vobject, calendar_of, iso, parsed

Fields = dict[str, Any]
RUBY = ("ruby", "-ricalendar", "-e", "")


def by_icalendar(content: bytes) -> Fields:
    calendar = Calendar.from_ical(content)
    events: Any = calendar.walk("VEVENT")
    event = events[0]
    return {
        "method": str(calendar["METHOD"]),
        "events": len(events),
        "uid": str(event["UID"]),
        "sequence": int(event["SEQUENCE"]),
        "stamp": iso(event["DTSTAMP"].dt),
        "starts_at": iso(event["DTSTART"].dt),
        "ends_at": iso(event["DTEND"].dt),
        "summary": str(event["SUMMARY"]),
        "place": str(event.get("LOCATION", "")),
        "description": str(event["DESCRIPTION"]),
        "status": str(event["STATUS"]),
        "organizer": str(event["ORGANIZER"]),
        "attendee": str(event["ATTENDEE"]),
        "attendee_name": str(event["ATTENDEE"].params.get("CN", "")),
    }


# libical, which Evolution, KDE and Cyrus read with


@cache
def libical() -> Any:
    """None where it is not installed."""
    name = find_library("ical")
    if name is None:
        return None
    library = CDLL(name)
    strings = ("get_uid", "get_summary", "get_location", "get_description")
    results = {
        "icalparser_parse_string": c_void_p,
        "icalcomponent_get_first_component": c_void_p,
        "icalcomponent_get_first_property": c_void_p,
        "icalproperty_get_value_as_string": c_char_p,
        "icalproperty_get_parameter_as_string": c_char_p,
        **{f"icalcomponent_{one}": c_char_p for one in strings},
    }
    for function, result in results.items():
        getattr(library, function).restype = result
    library.icalcomponent_free.restype = None
    library.icalrestriction_check.restype = c_int
    return library


def by_libical(content: bytes) -> Fields:
    """With `breaches`, where libical's tables of RFC 5546 find something wrong."""
    library = libical()
    calendar = c_void_p(library.icalparser_parse_string(content))
    kind = library.icalcomponent_string_to_kind(b"VEVENT")
    event = c_void_p(library.icalcomponent_get_first_component(calendar, kind))

    def value(component: c_void_p, name: str) -> str:
        return text(library.icalproperty_get_value_as_string(first(component, name)))

    def first(component: c_void_p, name: str) -> c_void_p:
        named = library.icalproperty_string_to_kind(name.encode())
        return c_void_p(library.icalcomponent_get_first_property(component, named))

    def utc(name: str) -> str:
        return datetime.strptime(value(event, name), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).isoformat()

    fields = {
        "method": value(calendar, "METHOD"),
        "events": library.icalcomponent_count_components(calendar, kind),
        "uid": text(library.icalcomponent_get_uid(event)),
        "sequence": library.icalcomponent_get_sequence(event),
        "stamp": utc("DTSTAMP"),
        "starts_at": utc("DTSTART"),
        "ends_at": utc("DTEND"),
        "summary": text(library.icalcomponent_get_summary(event)),
        "place": text(library.icalcomponent_get_location(event)),
        "description": text(library.icalcomponent_get_description(event)),
        "status": value(event, "STATUS"),
        "organizer": value(event, "ORGANIZER"),
        "attendee": value(event, "ATTENDEE"),
        "attendee_name": text(library.icalproperty_get_parameter_as_string(first(event, "ATTENDEE"), b"CN")),
    }
    if not library.icalrestriction_check(calendar):
        fields["breaches"] = "of RFC 5546"
    library.icalcomponent_free(calendar)
    return fields


def text(value: bytes | None) -> str:
    return (value or b"").decode()


# Ruby's icalendar


@cache
def has_ruby() -> bool:
    return shutil.which("ruby") is not None and subprocess.run(RUBY, capture_output=True).returncode == 0


def by_ruby(contents: list[bytes]) -> list[Fields]:
    given = json.dumps([base64.b64encode(one).decode() for one in contents])
    said = subprocess.run(["ruby", "parse.rb"], cwd=INTEROP, input=given, capture_output=True, text=True, check=True)
    read: list[Fields] = json.loads(said.stdout)
    return read


# All of them


def missing() -> list[str]:
    return [name for name, there in (("libical", libical()), ("Ruby's icalendar", has_ruby())) if not there]


def disagreeing(mails: list[bytes], expected: list[Fields]) -> Iterator[str]:
    """Each field in which a parser reads something else than is *expected* of a mail."""
    contents = [calendar_of(parsed(mail)) for mail in mails]
    rows = zip(mails, contents, by_javascript(mails), by_ruby(contents), expected, strict=True)
    for mail, content, said, ruby, right in rows:
        readings = {
            "vobject": by_vobject(content),
            "icalendar": by_icalendar(content),
            "ical.js": said["ical_js"],
            "node-ical": said["node_ical"],
            "libical": by_libical(content),
            "Ruby": ruby,
        }
        for parser, fields in readings.items():
            yield from _differing(parser, fields, right)
        yield from _differing("mailparser", _by_mailparser(said), _by_python(mail))
        if _by_python(mail)["to"] != right["attendee"].removeprefix("mailto:"):
            yield f"email: {right['uid']}: the reader is not the attendee"


def _differing(parser: str, fields: Fields, right: Fields) -> Iterator[str]:
    for name in sorted(fields.keys() | right.keys()):
        if fields.get(name) != right.get(name):
            yield f"{parser}: {name}: {fields.get(name)!r} and not {right.get(name)!r}"


def _by_mailparser(said: Fields) -> Fields:
    return {
        "subject": said["subject"],
        "from": said["from"]["address"],
        "to": said["to"]["address"],
        "text": said["text"].strip(),
        "copy": said["calendar_equals_copy"],
    }


def _by_python(mail: bytes) -> Fields:
    message = parsed(mail)
    body, copy = message.get_body(("plain",)), next(message.iter_attachments())
    assert body is not None
    return {
        "subject": message["Subject"],
        "from": message["From"].addresses[0].addr_spec,
        "to": message["To"].addresses[0].addr_spec,
        "text": body.get_content().replace("\r\n", "\n").strip(),
        "copy": copy.get_payload(decode=True) == calendar_of(message),
    }
