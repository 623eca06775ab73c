"""Sections A and B of what makes an invitation work everywhere, line by line."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowing.mail import ical
from shadowing.mail.ical import Occasion
from tests.postbox import by_vobject

HARD = "𠮷野家 髙橋 﨑 ﾊﾝｶｸ 👩‍👩‍👧 “q” \\ ; , :"


def occasion(**facts: object) -> Occasion:
    defaults: dict[str, object] = {
        "uid": "0123456789abcdef0123456789abcdef@example.org",
        "sequence": 0,
        "stamp": datetime(2026, 12, 1, 3, 0, tzinfo=UTC),
        "starts_at": datetime(2027, 1, 19, 1, 0, tzinfo=UTC),
        "ends_at": datetime(2027, 1, 19, 2, 30, tzinfo=UTC),
        "summary": "Visit to Sales",
        "place": "Room 3",
        "description": "Line one\nLine two",
        "url": "https://shadowing.example.org/visits/0123",
        "organizer": "shadowing@example.org",
        "organizer_name": "Example Shadowing",
        "attendee": "guest@example.org",
        "attendee_name": "Hanako Suzuki",
    }
    return Occasion(**defaults | facts)  # type: ignore[arg-type]  # a test names only what it is about


def unfolded(content: bytes) -> list[str]:
    return content.decode().replace("\r\n ", "").split("\r\n")


def property_names(content: bytes) -> list[str]:
    return [line.partition(":")[0].partition(";")[0] for line in unfolded(content) if line]


def test_a_request_says_exactly_what_clients_need() -> None:
    content = ical.request(occasion())

    assert unfolded(content) == [
        "BEGIN:VCALENDAR",
        "PRODID:-//Shadowing//Shadowing 1//EN",
        "VERSION:2.0",
        "CALSCALE:GREGORIAN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        "UID:0123456789abcdef0123456789abcdef@example.org",
        "SEQUENCE:0",
        "DTSTAMP:20261201T030000Z",
        "DTSTART:20270119T010000Z",
        "DTEND:20270119T023000Z",
        "STATUS:CONFIRMED",
        "SUMMARY:Visit to Sales",
        "LOCATION:Room 3",
        "URL:https://shadowing.example.org/visits/0123",
        "DESCRIPTION:Line one\\nLine two",
        "CLASS:PUBLIC",
        'ORGANIZER;CN="Example Shadowing":mailto:shadowing@example.org',
        "TRANSP:OPAQUE",
        "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE",
        "X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY",
        'ATTENDEE;CN="Hanako Suzuki";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT'
        "=NEEDS-ACTION;RSVP=TRUE:mailto:guest@example.org",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_a_cancellation_is_a_cancel_with_the_status_and_no_question() -> None:
    content = ical.cancel(occasion(sequence=3, partstat="ACCEPTED"))

    said = by_vobject(content)
    assert (said["method"], said["status"], said["sequence"]) == ("CANCEL", "CANCELLED", 3)
    assert b"RSVP" not in content
    assert b"PARTSTAT" not in content


def test_status_cancelled_never_stands_in_a_request() -> None:
    assert b"CANCELLED" not in ical.request(occasion())


def test_the_answer_we_know_is_written_into_every_update() -> None:
    assert "PARTSTAT=ACCEPTED" in "".join(unfolded(ical.request(occasion(sequence=1, partstat="ACCEPTED"))))


def test_no_calendar_carries_a_zone_a_recurrence_or_a_name_of_its_own() -> None:
    names = property_names(ical.request(occasion()))

    unwanted = {"TZID", "RRULE", "RDATE", "EXDATE", "DURATION", "NAME", "X-WR-CALNAME", "RECURRENCE-ID"}
    assert unwanted.isdisjoint(names)
    assert names.count("UID") == 1
    assert "VTIMEZONE" not in str(unfolded(ical.request(occasion())))


def test_the_same_occasion_gives_the_same_bytes() -> None:
    assert ical.request(occasion()) == ical.request(occasion())


def test_long_texts_are_cut_in_utf16_units_and_never_inside_a_character() -> None:
    said = by_vobject(ical.request(occasion(summary="𠮷" * 200, place="あ" * 300, description="い" * 5000)))

    assert said["summary"] == "𠮷" * 127 + "…"
    assert said["place"] == "あ" * 254 + "…"
    assert said["description"] == "い" * 3999 + "…"


def test_a_summary_is_one_line_whatever_was_typed() -> None:
    said = by_vobject(ical.request(occasion(summary="a\r\nATTENDEE:mailto:x@y\u2028b\x0bc\x85d")))

    assert said["summary"] == "a  ATTENDEE:mailto:x@y b c d"


def test_text_is_composed_and_rare_characters_survive() -> None:
    said = by_vobject(ical.request(occasion(summary="が", description=HARD)))

    assert said["summary"] == "が"
    assert said["description"] == HARD


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("C:\\new", "C:＼new"),
        ("D:\\\\Net", "D:\\＼Net"),
        ("a\\\nnew", "a\\\nnew"),
        ("\\\\server\\share", "\\\\server\\share"),
        ("本社\\会議室", "本社\\会議室"),
        ("¥new", "¥new"),
    ],
)
def test_a_backslash_before_an_n_is_one_that_no_parser_takes_for_a_line_end(typed: str, read: str) -> None:
    """Only there, and only in calendars: node-ical and Ruby's icalendar unescape in the wrong order."""
    said = by_vobject(ical.request(occasion(summary=typed, place=typed, description=typed)))
    flat = read.replace("\n", " ")

    assert (said["summary"], said["place"], said["description"]) == (flat, flat, read)


def test_names_need_no_escaping() -> None:
    content = ical.request(occasion(attendee_name='Taro "T" ^Yamada^, 営業;1'))

    assert by_vobject(content)["attendee_name"] == "Taro 'T' Yamada 営業 1"
    assert b"^" not in content


def test_a_private_visit_is_marked_so() -> None:
    assert "CLASS:PRIVATE" in unfolded(ical.request(occasion(private=True)))


def test_an_event_must_end_after_it_begins() -> None:
    begin = occasion().starts_at

    with pytest.raises(AssertionError):
        ical.request(occasion(ends_at=begin))


def test_nobody_invites_themselves() -> None:
    with pytest.raises(AssertionError):
        ical.request(occasion(attendee="Shadowing@Example.org"))


@cache
def plain_properties() -> list[str]:
    return property_names(ical.request(occasion()))


@given(
    st.text(max_size=400),
    st.text(max_size=400),
    st.text(max_size=300),
    st.integers(0, 2**31 - 1),
    st.integers(1, 60 * 24 * 400),
)
def test_any_text_folds_into_short_lines_and_adds_no_property(
    summary: str, description: str, name: str, sequence: int, minutes: int
) -> None:
    plain = occasion()
    typed = replace(
        plain,
        summary=summary,
        description=description,
        attendee_name=name,
        sequence=sequence,
        ends_at=plain.starts_at + timedelta(minutes=minutes),
    )

    content = ical.request(typed)

    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert property_names(content) == plain_properties()
    assert content.decode()
