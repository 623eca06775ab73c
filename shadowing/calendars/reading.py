"""A calendar file becomes the times in which its owner is busy, and figures of what could not be understood; nothing else."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from shadowing.calendars.blocks import Block, Property, split
from shadowing.calendars.series import TooLong, occurrences
from shadowing.calendars.values import FileClock, clock_for, span_of
from shadowing.calendars.zones import BROKEN, Zones
from shadowing.errors import Refusal
from shadowing.solver.intervals import merged
from shadowing.solver.problem import Span

OCCURRENCES_MOST = 20_000
TOO_LONG_MOST = 3
FREE_STATES = ("FREE", "WORKINGELSEWHERE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose calendar it is. *address* is theirs, as an invitation that they declined names them."""

    zone: tzinfo
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BusyTimes:
    """*spans* are in minutes since 1970, merged and within the window. *entries* counts all events of the file; *unknown* those
    whose zone nobody knows, or that name none, *unreadable* those that are left out."""

    spans: tuple[tuple[int, int], ...]
    entries: int
    unknown: int
    unreadable: int


@dataclass(slots=True)
class _Found:
    """What has been read so far."""

    begin: datetime
    end: datetime
    owner: Owner
    spans: list[Span] = field(default_factory=list)
    seen: int = 0
    too_long: int = 0
    unknown: int = 0
    unreadable: int = 0

    def take(self, begin: datetime, end: datetime) -> None:
        self.seen += 1
        if self.seen > OCCURRENCES_MOST:
            raise Refusal(
                "This calendar has more than %(most)s entries in the days of the round.", most=OCCURRENCES_MOST
            )
        first, last = max(begin, self.begin), min(end, self.end)
        if first < last:
            self.spans.append(Span(int(first.timestamp()) // 60, -(-int(last.timestamp()) // 60)))


def read(data: bytes, owner: Owner, begin: datetime, end: datetime) -> BusyTimes:
    """The busy times of *data* between two instants. Raises Refusal."""
    blocks = split(data)
    clock = clock_for(Zones(blocks.zones), owner.zone, blocks.zone)
    found = _Found(begin, end, owner)
    for series in _series(blocks.events):
        _read_series(series, clock, found)
    spans = tuple((span.start, span.end) for span in merged(found.spans))
    return BusyTimes(spans=spans, entries=len(blocks.events), unknown=found.unknown, unreadable=found.unreadable)


def _series(events: Iterable[Block]) -> Iterator[list[Block]]:
    """What bears the same UID speaks of the same event. A block that is broken speaks for itself."""
    named: dict[str, list[Block]] = defaultdict(list)
    for number, block in enumerate(events):
        uid = block.first("UID")
        alone = block.broken or block.name != "VEVENT" or uid is None or not uid.value
        named[f"#{number}" if alone or uid is None else f"={uid.value}"].append(block)
    yield from named.values()


def _read_series(series: list[Block], clock: FileClock, found: _Found) -> None:
    """All of it, or none of it."""
    clock.guessed = False
    spans: list[tuple[datetime, datetime]] = []
    try:
        spans += _spans(series, clock, found)
    except TooLong:
        found.unreadable += len(series)
        found.too_long += 1
        if found.too_long >= TOO_LONG_MOST:
            raise Refusal(
                "The repeated entries of this calendar take too long to work out. Export the days of the round only."
            ) from None
    except BROKEN:
        if len(series) > 1:
            for block in series:
                _read_series([block], clock, found)
        else:
            found.unreadable += 1
    for begin, end in spans:
        found.take(begin, end)
    found.unknown += len(series) if clock.guessed else 0
    clock.guessed = False


def _spans(series: list[Block], clock: FileClock, found: _Found) -> Iterator[tuple[datetime, datetime]]:
    if series[0].name == "VFREEBUSY":
        yield from _periods(series[0], clock)
        return
    plain = len(series) == 1 and not any(series[0].all(name) for name in ("RRULE", "RDATE", "EXRULE"))
    dates = [(series[0], *span_of(series[0], clock))] if plain else occurrences(series, clock, found.begin, found.end)
    for block, begin, end in dates:
        if not free(block, found.owner):
            yield clock.instant(begin), clock.instant(end)


def _periods(block: Block, clock: FileClock) -> Iterator[tuple[datetime, datetime]]:
    """RFC 5545 3.6.4; what has no type is busy."""
    for line in block.all("FREEBUSY"):
        if line.parameters.get("FBTYPE", "BUSY").upper() != "FREE":
            for text in filter(None, line.value.upper().replace(" ", "").split(",")):
                begin, _, end = text.partition("/")
                first, last = clock.period(begin, end, line)
                yield clock.instant(first), clock.instant(last)


def free(block: Block, owner: Owner) -> bool:
    """Whether the entry leaves its owner free."""
    return (
        block.value("STATUS") == "CANCELLED"
        or block.value("TRANSP") == "TRANSPARENT"
        or block.value("X-MICROSOFT-CDO-BUSYSTATUS") in FREE_STATES
        or any(_declined(line, owner) for line in block.all("ATTENDEE"))
    )


def _declined(line: Property, owner: Owner) -> bool:
    address = line.value.strip().lower().removeprefix("mailto:")
    declined = line.parameters.get("PARTSTAT", "").upper() == "DECLINED"
    return declined and bool(owner.address) and address == owner.address.lower()
