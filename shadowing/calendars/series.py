"""Entries that repeat: their dates within a window, for a bounded price.

What a calendar program writes is cheap. What would burn seconds is not tried: rules that go below the day, rules that exclude,
and rules that have to be counted from long ago; and each series has so much CPU time and no more."""

import re
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import FrameType

import recurring_ical_events
from dateutil import rrule
from icalendar import Calendar, Event, vDDDTypes, vRecur
from recurring_ical_events import EventAdapter

from shadowing.calendars.blocks import Block, Property
from shadowing.calendars.values import BadEntry, Day, FileClock, span_of

CPU_SECONDS = 0.2
AGAIN_SECONDS = 0.01
WALKERS = (rrule.__file__, recurring_ical_events.__path__[0])
"""The code that walks over dates: there the time is spent, and there it may be stopped."""
PARTS = {
    *("FREQ", "UNTIL", "COUNT", "INTERVAL", "WKST"),
    *("BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS"),
}
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
OLDEST = 1990
STEP = {"DAILY": timedelta(days=1), "WEEKLY": timedelta(weeks=1)}
AROUND = timedelta(days=2)
"""A whole day is another one in another zone; whoever asks cuts to the window."""
NUMBER = "X-NUMBER"
UNTIL = re.compile(r"\d{8}")


class TooLong(Exception):
    """This series used up its time."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """So much CPU time for walking over dates, in the main thread of a process. Raises TooLong.

    What a signal raises while Python collects garbage is lost, and the walk would go on without a limit. So it is raised only
    in the code that walks, and the signal comes again until it meets it."""

    def stop(number: int, frame: FrameType | None) -> None:
        if frame is not None and frame.f_code.co_filename.startswith(WALKERS):
            raise TooLong

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


class _Dates(EventAdapter):  # type: ignore[misc]  # it is not typed
    """Answers dates instead of copies of the event, which take nine tenths of the time."""

    def as_component(
        self, start: Day | None = None, stop: Day | None = None, keep_recurrence_attributes: bool = True
    ) -> dict[str, object]:
        return {"number": self._component[NUMBER], "start": start or self.start, "end": stop or self.end}


def occurrences(
    series: Sequence[Block], clock: FileClock, begin: datetime, end: datetime
) -> Iterator[tuple[Block, Day, Day]]:
    """Each date of a *series*, with the block that speaks of it: the event, or an override of that one date.

    Raises what icalendar and dateutil raise at values that are none, and TooLong."""
    calendar = Calendar()
    for number, block in enumerate(series):
        calendar.add_component(_event(block, number, clock, begin))
    with limited(CPU_SECONDS):
        query = recurring_ical_events.of(calendar, components=[_Dates])
        found = list(query.between(begin - AROUND, end + AROUND))
    for one in found:
        yield series[int(one["number"])], one["start"], one["end"]


def _event(block: Block, number: int, clock: FileClock, window: datetime) -> Event:
    """The times of a block alone, in zones that are known."""
    begin, end = span_of(block, clock)
    rules = [rule_of(line.value) for line in block.all("RRULE")]
    if block.all("EXRULE"):
        raise BadEntry
    if len(rules) == 1:
        begin, end = _nearer(rules[0], begin, end, clock, window)
    event = Event()
    event.add("UID", "one")
    event.add(NUMBER, str(number))
    event["DTSTART"], event["DTEND"] = vDDDTypes(begin), vDDDTypes(end)
    for rule in rules:
        event.add("RRULE", vRecur.from_ical(rule_text(rule)))
    for name in ("RDATE", "EXDATE"):
        for line in block.all(name):
            if values := list(clock.all_of(line)):
                event.add(name, values)
    if sequence := re.match(r"\d{1,9}", block.value("SEQUENCE")):
        event.add("SEQUENCE", int(sequence[0]))
    if (recurrence := block.first("RECURRENCE-ID")) is not None:
        event["RECURRENCE-ID"] = _recurrence_id(recurrence, clock)
    return event


def _recurrence_id(line: Property, clock: FileClock) -> vDDDTypes:
    found = vDDDTypes(clock.of(line))
    if line.parameters.get("RANGE", "").upper() == "THISANDFUTURE":
        found.params["RANGE"] = "THISANDFUTURE"
    return found


def rule_of(text: str) -> Mapping[str, str]:
    """The parts of an `RRULE`. Raises BadEntry for one that is none, or that is not to be unfolded."""
    parts = dict(part.strip().upper().split("=", 1) for part in text.split(";") if "=" in part)
    if parts.keys() - PARTS:
        raise BadEntry
    if parts.get("FREQ") not in FREQUENCIES:
        raise BadEntry
    if not re.fullmatch(r"[1-9]\d{0,3}", parts.get("INTERVAL", "1")):
        raise BadEntry
    return parts


def rule_text(rule: Mapping[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in rule.items())


def _nearer(rule: Mapping[str, str], begin: Day, end: Day, clock: FileClock, window: datetime) -> tuple[Day, Day]:
    """A series of days or weeks that began long ago begins later, on a date of the same beat, still before the window."""
    step = STEP.get(rule["FREQ"])
    if step is None or "COUNT" in rule:
        if begin.year < OLDEST and (step or "COUNT" in rule):
            raise BadEntry
        return begin, end
    beat = step * int(rule.get("INTERVAL", "1"))
    least = clock.instant(end) - clock.instant(begin) + 2 * beat + timedelta(days=2)
    until = UNTIL.match(rule.get("UNTIL", ""))
    target = min(window, datetime.strptime(until[0], "%Y%m%d").replace(tzinfo=UTC)) if until else window
    beats = max(0, (target - least - clock.instant(begin)) // beat)
    return begin + beats * beat, end + beats * beat
