"""What a calendar file says of its owner: busy or free, on whose clock, and how much could not be understood."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from shadowing.calendars import reading
from shadowing.calendars.reading import BusyTimes, Owner
from shadowing.errors import Refusal
from tests.calendars.bombs import calendar

TOKYO = Owner(zone=ZoneInfo("Asia/Tokyo"), address="Taro.Takahashi@Example.org")
BEGIN, END = datetime(2027, 1, 17, 15, tzinfo=UTC), datetime(2027, 2, 12, 15, tzinfo=UTC)


def read(*bodies: str, owner: Owner = TOKYO) -> BusyTimes:
    return reading.read(calendar(*bodies), owner, BEGIN, END)


def event(*lines: str, start: str = "DTSTART;TZID=Asia/Tokyo:20270118T100000", end: str = "DURATION:PT1H") -> str:
    return "\r\n".join(["BEGIN:VEVENT", *filter(None, (start, end)), *lines, "END:VEVENT", ""])


def said(busy: BusyTimes) -> list[str]:
    """On Tokyo's clock."""
    moments = [[datetime.fromtimestamp(minute * 60, ZoneInfo("Asia/Tokyo")) for minute in span] for span in busy.spans]
    return [f"{begin:%d %H:%M}-{end:%d %H:%M}" for begin, end in moments]


TEN = ["18 10:00-18 11:00"]


@pytest.mark.parametrize(
    "lines",
    [
        ("STATUS:CANCELLED",),
        ("TRANSP:TRANSPARENT",),
        ("X-MICROSOFT-CDO-BUSYSTATUS:FREE",),
        ("X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE",),
        ("ATTENDEE;CN=髙橋;PARTSTAT=DECLINED:mailto:taro.takahashi@example.org",),
        ("status:cancelled",),
    ],
)
def test_what_does_not_keep_its_owner_leaves_them_free(lines: tuple[str, ...]) -> None:
    assert said(read(event(*lines))) == []


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("STATUS:TENTATIVE",),
        ("X-MICROSOFT-CDO-BUSYSTATUS:OOF",),
        ("X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE",),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:somebody.else@example.org",),
        ("ATTENDEE;PARTSTAT=ACCEPTED:mailto:taro.takahashi@example.org",),
        ("SUMMARY:𠮷野家で d'Artagnan と 🙂", "DESCRIPTION:a\r\n  folded line: with; marks"),
    ],
)
def test_what_keeps_its_owner_or_may_is_busy(lines: tuple[str, ...]) -> None:
    assert said(read(event(*lines))) == TEN


def test_a_whole_day_is_busy_on_the_owners_own_clock() -> None:
    whole = event(start="DTSTART;VALUE=DATE:20270120", end="")

    assert said(read(whole)) == ["20 00:00-21 00:00"]
    assert said(read(whole, owner=Owner(zone=ZoneInfo("America/New_York")))) == ["20 14:00-21 14:00"]


@pytest.mark.parametrize(
    "zone",
    [
        "Tokyo Standard Time",
        "/mozilla.org/20070129_1/Asia/Tokyo",
        "/freeassociation.sourceforge.net/Tzfile/Asia/Tokyo",
        '"Asia/Tokyo"',
        "JST",
    ],
)
def test_names_of_zones_are_known_as_programs_write_them(zone: str) -> None:
    busy = read(event(start=f"DTSTART;TZID={zone}:20270118T100000"), owner=Owner(zone=ZoneInfo("Europe/Berlin")))

    assert (said(busy), busy.unknown) == (TEN, 0)


@pytest.mark.parametrize("start", ["DTSTART:20270118T100000", "DTSTART;TZID=Somewhere:20270118T100000"])
def test_a_time_without_a_known_zone_is_the_owners_and_is_counted(start: str) -> None:
    busy = read(event(start=start), event())

    assert (said(busy), busy.unknown, busy.unreadable) == (TEN, 1, 0)


def test_a_zone_that_only_the_file_knows_is_read_from_the_file() -> None:
    part = "TZOFFSETFROM:+0900\r\nTZOFFSETTO:+0900\r\nDTSTART:19700101T000000\r\n"
    zone = f"BEGIN:VTIMEZONE\r\nTZID:Our\\, zone\r\nBEGIN:STANDARD\r\n{part}END:STANDARD\r\nEND:VTIMEZONE\r\n"

    busy = read(zone, event(start='DTSTART;TZID="Our, zone":20270118T100000'), owner=Owner(zone=ZoneInfo("UTC")))

    assert (said(busy), busy.unknown) == (TEN, 0)


def test_the_zone_that_a_producer_names_for_the_whole_file_counts_for_times_without_one() -> None:
    busy = read(
        "X-WR-TIMEZONE:Asia/Tokyo\r\n", event(start="DTSTART:20270118T100000"), owner=Owner(zone=ZoneInfo("UTC"))
    )

    assert (said(busy), busy.unknown) == (TEN, 0)


def test_of_free_and_busy_times_the_free_ones_are_left_out() -> None:
    lines = ["BEGIN:VFREEBUSY", "FREEBUSY;FBTYPE=FREE:20270118T000000Z/PT1H", "FREEBUSY:20270118T010000Z/PT1H"]
    lines += ["FREEBUSY;FBTYPE=BUSY-TENTATIVE:20270118T040000Z/20270118T050000Z", "END:VFREEBUSY", ""]

    assert said(read("\r\n".join(lines))) == ["18 10:00-18 11:00", "18 13:00-18 14:00"]


def test_one_date_of_a_series_is_where_its_override_says() -> None:
    series = event("UID:a", "RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;TZID=Asia/Tokyo:20270201T100000")
    moved = event(
        "UID:a", "RECURRENCE-ID;TZID=Asia/Tokyo:20270125T100000", start="DTSTART;TZID=Asia/Tokyo:20270126T150000"
    )
    called_off = event("UID:a", "STATUS:CANCELLED", "RECURRENCE-ID;TZID=Asia/Tokyo:20270118T100000")

    assert said(read(series, moved)) == ["18 10:00-18 11:00", "26 15:00-26 16:00"]
    assert said(read(moved, called_off, series)) == ["26 15:00-26 16:00"]


def test_a_series_that_began_decades_ago_keeps_its_beat() -> None:
    first, monday = date(1987, 1, 5), date(2027, 2, 1)
    assert (monday - first).days % 21 == 0

    third_weeks = event("RRULE:FREQ=WEEKLY;INTERVAL=3", start=f"DTSTART;TZID=Asia/Tokyo:{first:%Y%m%d}T100000")

    assert said(read(third_weeks)) == ["01 10:00-01 11:00"]


def test_a_broken_entry_is_counted_and_the_others_are_kept() -> None:
    busy = read(
        event(),
        event("UID:b", start="DTSTART:Next Year"),
        event("UID:c", end="DTEND;TZID=Asia/Tokyo:20270118T090000"),
        event("UID:d", "RRULE:FREQ=SECONDLY"),
        event("UID:e", start=""),
        "BEGIN:VEVENT\r\nDTSTART:20270119T010000Z\r\n",
    )

    assert (said(busy), busy.entries, busy.unreadable) == (TEN, 6, 5)


def test_times_are_merged_and_cut_to_the_days_asked_for() -> None:
    long = event(start="DTSTART:20261201T000000Z", end="DTEND:20270118T013000Z")

    assert said(read(long, event())) == ["18 00:00-18 11:00"]


def test_what_is_no_calendar_is_refused_with_a_sentence() -> None:
    for data in (b"", b"name,mail\r\n", b"PK\x03\x04", "氏名,部署".encode("cp932")):
        with pytest.raises(Refusal, match="no calendar file"):
            reading.read(data, TOKYO, BEGIN, END)
