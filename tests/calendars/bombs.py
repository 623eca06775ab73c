"""Hostile calendars: small files that burn time or memory of whoever unfolds them as they ask for."""

from collections.abc import Iterator

HEAD, TAIL = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//bombs//EN\r\n", "END:VCALENDAR\r\n"


def calendar(*bodies: str) -> bytes:
    return (HEAD + "".join(bodies) + TAIL).encode()


def event(rule: str = "", start: str = "20200101T000000Z", more: str = "", uid: str = "a") -> str:
    rule = f"RRULE:{rule}\r\n" if rule else ""
    return f"BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART:{start}\r\nDURATION:PT1H\r\n{rule}{more}END:VEVENT\r\n"


def numbers(first: int, last: int) -> str:
    return ",".join(map(str, range(first, last)))


CROSS = f"BYHOUR={numbers(0, 24)};BYMINUTE={numbers(0, 60)};BYSECOND={numbers(0, 60)}"
RULES = {
    "every second since 2020": "FREQ=SECONDLY",
    "every second of ten years": "FREQ=SECONDLY;INTERVAL=1;UNTIL=20300101T000000Z",
    "every second, counted": "FREQ=SECONDLY;COUNT=1000000000",
    "every second of no day": "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
    "every minute since 2020": "FREQ=MINUTELY",
    "every minute, counted": "FREQ=MINUTELY;COUNT=1000000000",
    "every hour": "FREQ=HOURLY",
    "every hour of no day": "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
    "every day at every second": f"FREQ=DAILY;{CROSS}",
    "every year at every second": f"FREQ=YEARLY;BYMONTHDAY={numbers(1, 32)};BYMONTH={numbers(1, 13)};{CROSS};COUNT=1",
    "every day of no month": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "every week of no day": "FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=31;BYDAY=MO",
    "every month of no day": "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2,4,6",
    "every year of no day": "FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1",
    "every year in no week": "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
    "the 400th of a set": "FREQ=MONTHLY;BYDAY=MO,TU,WE;BYSETPOS=366",
    "no interval": "FREQ=DAILY;INTERVAL=0",
    "an interval backwards": "FREQ=DAILY;INTERVAL=-1",
    "an endless interval": "FREQ=DAILY;INTERVAL=99999999999999999999",
    "counted to a billion": "FREQ=DAILY;COUNT=1000000000",
    "no frequency": "COUNT=5",
    "an unknown frequency": "FREQ=FOO",
    "until the end of time": "FREQ=DAILY;UNTIL=99991231T235959Z",
    "a rule of 100,000 days": f"FREQ=DAILY;BYMONTHDAY={'1,' * 100_000}1",
    "a rule of 100,000 places": f"FREQ=MONTHLY;BYDAY=MO;BYSETPOS={'1,' * 100_000}1",
}


def all_of() -> Iterator[tuple[str, bytes]]:
    """Each with its name."""
    for name, rule in RULES.items():
        yield name, calendar(event(rule))
    for rule in ("FREQ=DAILY", "FREQ=SECONDLY", "FREQ=DAILY;COUNT=800000", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"):
        yield f"since the year 1: {rule}", calendar(event(rule, "00010101T000000Z"))
    yield "every minute but never", calendar(event("FREQ=MINUTELY", more="EXRULE:FREQ=MINUTELY\r\n"))
    yield "every day but never", calendar(event("FREQ=DAILY", more="EXRULE:FREQ=DAILY\r\n"))
    never = (event("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", uid=str(number)) for number in range(2000))
    yield "2,000 rules that never come true", calendar(*never)
    yield "4,000 daily series", calendar(*(event("FREQ=DAILY", uid=str(number)) for number in range(4000)))
    yield "50,000 events", calendar(*(event(uid=str(number)) for number in range(50_000)))
    yield "100,000 nested components", ("BEGIN:VEVENT\r\n" * 100_000).encode()
    yield "4,900 nested components", (HEAD + "BEGIN:VALARM\r\n" * 4900).encode()
    yield "4,900 nested calendars", ("BEGIN:VCALENDAR\r\n" * 4900).encode()
    yield "one line of 20 MB", calendar("X-LONG:" + "x" * 20_000_000 + "\r\n")
    yield "one folded line of 1.9 MB", calendar("X-LONG:" + "x\r\n " * 475_000 + "\r\n")
    yield "one property of 1.9 MB of parameters", calendar("BEGIN:VEVENT\r\nDTSTART" + ";A=b" * 475_000 + ":2020\r\n")
    yield "one parameter of 1.9 MB of values", calendar("BEGIN:VEVENT\r\nATTENDEE;A=" + '"b",' * 475_000 + ":x\r\n")
    yield "half quotes", calendar("BEGIN:VEVENT\r\nDTSTART;TZID=" + '"' * 1_900_001 + ":x\r\nEND:VEVENT\r\n")
    yield "900,000 empty lines", b"\r\n" * 900_000
    yield "200,000 dates of one event", calendar(event(more="RDATE:" + "20270118T010000Z," * 100_000 + "\r\n"))
    yield "100,000 exceptions", calendar(event("FREQ=DAILY", more="EXDATE:" + "20270118T010000Z," * 100_000 + "\r\n"))
    yield "an event of 9,000 years", calendar(event("FREQ=DAILY", more="DTEND:99991231T235959Z\r\n"))
    yield "a length beyond time", calendar(event(more="").replace("PT1H", "P99999999999D"))
    yield (
        "an alarm two billion times",
        calendar(event(more="BEGIN:VALARM\r\nTRIGGER:-PT1M\r\nDURATION:PT1S\r\nREPEAT:2147483647\r\nEND:VALARM\r\n")),
    )
    zone = "BEGIN:VTIMEZONE\r\nTZID:Own\r\n{}END:VTIMEZONE\r\n"
    part = "BEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0100\r\nRRULE:{}\r\nEND:STANDARD\r\n"
    own = event("FREQ=DAILY").replace("DTSTART:20200101T000000Z", "DTSTART;TZID=Own:20200101T000000")
    for rule in ("FREQ=SECONDLY", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"):
        yield f"a zone that changes {rule}", calendar(zone.format(part.format(rule)), own)
    yield "a zone of 2,000 parts", calendar(zone.format(part.format("FREQ=YEARLY") * 2000), own)
    yield "2,000 zones", calendar(*(zone.format(part.format("FREQ=YEARLY")) for _ in range(2000)), own)
    yield "a zone that is a path", calendar(event().replace("DTSTART:", "DTSTART;TZID=../../../etc/passwd:"))
    yield "UTF-16", b"\xff\xfe" + calendar(event("FREQ=SECONDLY")).decode().encode("utf-16-le")
    yield "half a UTF-16", b"\xff\xfe\x00"
    yield "bytes of nothing", bytes(range(256)) * 4000
    days = [f"2020{month:02}{day:02}" for month in range(1, 13) for day in range(1, 29)]
    overrides = (event(more=f"RECURRENCE-ID:{day}T000000Z\r\n") for day in days * 12)
    yield "one series with 4,000 overrides", calendar(event("FREQ=DAILY"), *overrides)
