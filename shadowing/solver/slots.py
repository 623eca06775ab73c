"""When openings can be held and when people are free: a slot is an opening at a start.

Numpy arrays, times in minutes since 1970."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from shadowing.solver.arrays import Mask, Numbers, joined, laid_out, numbers
from shadowing.solver.eligible import Roster
from shadowing.solver.intervals import EVER, merged, without
from shadowing.solver.problem import Opening, OpeningKind, Person, Rules, Span

Spans = tuple[Span, ...]
MINUTES_PER_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Slots:
    """Parallel arrays, sorted by opening and start. *begin* and *finish* are what a visit takes of a guest's day,
    *host_begin* and *host_finish* of a host's. *day* (in UTC), *week* and the halves (in the round's zone) count from 0.
    *listed* is False where only a pin names the start."""

    opening: Numbers  # column
    start: Numbers
    begin: Numbers
    finish: Numbers
    host_begin: Numbers
    host_finish: Numbers
    day: Numbers
    week: Numbers
    first_half: Numbers
    last_half: Numbers
    listed: Mask

    def of(self, column: int) -> slice:
        return slice(*np.searchsorted(self.opening, [column, column + 1]))


@dataclass(frozen=True, slots=True)
class Choices:
    """The seats that a guest could take if nobody else sat anywhere, by opening and start: parallel arrays. What depends on the
    slot alone is looked up when asked for: these lists are most of the memory of a large round."""

    slots: Slots
    slot: Numbers
    pair: Numbers
    opening: Numbers

    @property
    def week(self) -> Numbers:
        return self.slots.week[self.slot]

    @property
    def begin(self) -> Numbers:
        return self.slots.begin[self.slot]

    @property
    def finish(self) -> Numbers:
        return self.slots.finish[self.slot]


@dataclass(frozen=True, slots=True)
class Clock:
    """Windows of time that occur in a round, once each, and which slot has which. *travel* is how much of a window on either
    side need not be working time."""

    begin: Numbers
    finish: Numbers
    travel: Numbers
    of_slot: Numbers


def slots_of(roster: Roster) -> Slots:
    """Every start of every opening; a pinned start of a flexible opening too, listed or not."""
    opening, start, listed = _starts(roster)
    minutes, travel, host_travels = _lengths(roster.openings)
    finish = start + minutes[opening]
    calendar = Calendar(roster.problem.zone)
    halves = _counted(calendar.each(calendar.half, np.concatenate([start, finish - 1])))
    return Slots(
        opening,
        start,
        start - travel[opening],
        finish + travel[opening],
        start - host_travels[opening],
        finish + host_travels[opening],
        _counted(start // MINUTES_PER_DAY),
        _counted(calendar.each(calendar.week, start)),
        halves[: len(start)],
        halves[len(start) :],
        listed,
    )


def _starts(roster: Roster) -> tuple[Numbers, Numbers, Mask]:
    opening, _ = laid_out(numbers(len(opening.starts) for opening in roster.openings))
    start = joined(np.array(opening.starts, dtype=np.int64) for opening in roster.openings)
    pins = [(roster.column[pin.opening], pin.start) for pin in roster.problem.pins]
    pinned = np.array(pins, dtype=np.int64).reshape(-1, 2)
    column, minute = np.concatenate([opening, pinned[:, 0]]), np.concatenate([start, pinned[:, 1]])
    both, first = np.unique(np.stack([column, minute], axis=1), axis=0, return_index=True)
    return both[:, 0].copy(), both[:, 1].copy(), np.asarray(first < len(opening))


def _counted(keys: Numbers) -> Numbers:
    """The same numbers, the smallest of them as 0."""
    return np.asarray(keys - keys.min(initial=1 << 40))


def _lengths(openings: tuple[Opening, ...]) -> tuple[Numbers, Numbers, Numbers]:
    lengths = [(opening.minutes, opening.travel, host_travel(opening)) for opening in openings]
    table = np.array(lengths, dtype=np.int64).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]


def host_travel(opening: Opening) -> int:
    return opening.travel if opening.kind is OpeningKind.RIDE_ALONG else 0


@dataclass(frozen=True, slots=True)
class Calendar:
    """Numbers for the weeks (from Monday) and half-days (before and after noon) of a zone."""

    zone: str

    def week(self, minute: int) -> int:
        return (self._local(minute).toordinal() - 1) // 7

    def half(self, minute: int) -> int:
        local = self._local(minute)
        return local.toordinal() * 2 + (local.hour >= 12)

    def each(self, question: Callable[[int], int], minutes: Numbers) -> Numbers:
        distinct, back = np.unique(minutes, return_inverse=True)
        return np.array([question(int(minute)) for minute in distinct], dtype=np.int64)[back]

    def _local(self, minute: int) -> datetime:
        return datetime.fromtimestamp(minute * 60, ZoneInfo(self.zone))


def clock_of(slots: Slots, rules: Rules) -> Clock:
    travel = off_work(rules, slots.start, slots.begin)
    width, deep = int((slots.finish - slots.begin).max(initial=0)) + 1, int(travel.max(initial=0)) + 1
    keys = (slots.begin * width + slots.finish - slots.begin) * deep + travel
    windows, of_slot = np.unique(keys, return_inverse=True)
    whole = windows // deep
    begin = whole // width
    return Clock(begin, begin + whole % width, windows % deep, of_slot.astype(np.int64))


def off_work(rules: Rules, start: Numbers, begin: Numbers) -> Numbers:
    """How much of the travel between *begin* and *start* may lie outside the working hours: all or nothing."""
    return np.zeros(len(start), dtype=np.int64) if rules.travel_is_work else start - begin


def notice_is_given(roster: Roster, slots: Slots) -> Mask:
    return np.asarray(slots.start >= roster.problem.earliest)


def hosts_are_free(roster: Roster, slots: Slots) -> Mask:
    """For each slot: flexible openings only take place when every host is free; fixed ones bind whatever was entered."""
    mask, duties = np.ones(len(slots.start), dtype=bool), duties_of(roster)
    travel = off_work(roster.problem.rules, slots.start, slots.host_begin)
    for column, opening in enumerate(roster.openings):
        mine = slots.of(column)
        for host in () if opening.fixed else opening.hosts:
            times = slots.host_begin[mine], slots.host_finish[mine], travel[mine]
            mask[mine] &= _free(roster.person[host], duties, *times)
    return mask


SLOT_RULES: tuple[Callable[[Roster, Slots], Mask], ...] = (notice_is_given, hosts_are_free)


def guests_are_free(roster: Roster, clock: Clock, level: int = 1) -> Mask:
    """A row for each guest, a column for each window: free for all of it, travel included, and not hosting."""
    duties = duties_of(roster)
    times = clock.begin, clock.finish, clock.travel
    rows = [_free(roster.person[guest.person], duties, *times, level) for guest in roster.guests]
    return np.array(rows, dtype=bool).reshape(len(rows), len(clock.begin))


def duties_of(roster: Roster) -> dict[int, Spans]:
    """When each host is bound by a fixed opening, seated guests or not."""
    duties: defaultdict[int, list[Span]] = defaultdict(list)
    for opening in roster.openings:
        travel = host_travel(opening)
        for host in opening.hosts if opening.fixed else ():
            duties[host] += [Span(start - travel, start + opening.minutes + travel) for start in opening.starts]
    return {host: merged(pieces) for host, pieces in duties.items()}


def _free(
    person: Person, duties: dict[int, Spans], begin: Numbers, finish: Numbers, travel: Numbers, level: int = 1
) -> Mask:
    free = merged(Span(span.start, span.end) for span in person.free if span.level >= level)
    if not free:
        return np.zeros(len(begin), dtype=bool)
    mask = suits(free, person.hours, begin, finish, travel) & ~touched(person.elsewhere, begin, finish)
    if pieces := duties.get(person.id, ()):
        mask &= ~touched(pieces, begin, finish)
    return mask


def suits(free: Spans, hours: Spans, begin: Numbers, finish: Numbers, travel: Numbers) -> Mask:
    """Which windows are *free*, but for *travel* on either side where it lies outside the *hours*, if these are known."""
    mask = covered(free, begin + travel, finish - travel)
    if travel.any():
        outside = without((Span(-EVER, EVER),), merged(hours)) if hours else ()
        mask &= covered(merged((*free, *outside)), begin, finish)
    return mask


def covered(pieces: Spans, begin: Numbers, finish: Numbers) -> Mask:
    """Which windows lie inside one of the disjoint *pieces*."""
    starts, ends = _edges(pieces)
    last = np.searchsorted(starts, begin, side="right")
    return np.asarray(np.concatenate([[-1], ends])[last] >= finish) & (last > 0)


def touched(pieces: Spans, begin: Numbers, finish: Numbers) -> Mask:
    """Which windows overlap one of the disjoint *pieces*."""
    starts, ends = _edges(pieces)
    return np.asarray(np.searchsorted(starts, finish, side="left") > np.searchsorted(ends, begin, side="right"))


def _edges(pieces: Spans) -> tuple[Numbers, Numbers]:
    table = np.array([(piece.start, piece.end) for piece in pieces], dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]
