"""Who can sit where and when, before anybody is seated: numpy arrays, one entry for each guest who may take a slot.

A slot is an opening at a start. Pins are always among the candidates: HR decided."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from shadowing.solver.eligible import Mask, Roster, allowed
from shadowing.solver.intervals import merged
from shadowing.solver.problem import Opening, OpeningKind, Person, Seat, Span

Numbers = NDArray[np.int64]
Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Slots:
    """Parallel arrays. *begin* and *finish* are what a visit takes of a guest's day, *host_begin* and *host_finish* of a host's."""

    opening: Numbers  # column
    start: Numbers
    begin: Numbers
    finish: Numbers
    host_begin: Numbers
    host_finish: Numbers
    week: Numbers
    first_half: Numbers
    last_half: Numbers


@dataclass(frozen=True, slots=True)
class Candidates:
    """Parallel arrays sorted by guest, then slot: row of the guest, slot, if need be only, pinned."""

    slots: Slots
    guest: Numbers
    slot: Numbers
    maybe: Mask
    pinned: Mask

    @property
    def opening(self) -> Numbers:
        return self.slots.opening[self.slot]


@dataclass(frozen=True, slots=True)
class Clock:
    """Windows of time that occur in a round, once each, and which slot has which."""

    begin: Numbers
    finish: Numbers
    of_slot: NDArray[np.intp]


def candidates(roster: Roster) -> Candidates:
    slots = slots_of(roster)
    open_ = notice_is_given(roster, slots) & hosts_are_free(roster, slots)
    clock = clock_of(slots)
    free, sure = guests_are_free(roster, clock), guests_are_free(roster, clock, level=2)
    pairs = _pairs(roster, slots, open_, free, clock)
    guest, slot, pinned = _with_pins(roster, slots, *pairs)
    return Candidates(slots, guest, slot, ~sure[guest, clock.of_slot[slot]], pinned)


def slots_of(roster: Roster) -> Slots:
    """Every start of every opening, in order; a pinned start of a flexible opening too, listed or not."""
    pairs = {(column, start) for column, opening in enumerate(roster.openings) for start in opening.starts}
    pairs |= {(roster.column[pin.opening], pin.start) for pin in roster.problem.pins}
    mask = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    opening, start = mask[:, 0], mask[:, 1]
    minutes, travel, host_travel = _lengths(roster.openings)
    finish = start + minutes[opening]
    calendar = Calendar(roster.problem.zone)
    return Slots(
        opening,
        start,
        start - travel[opening],
        finish + travel[opening],
        start - host_travel[opening],
        finish + host_travel[opening],
        calendar.each(calendar.week, start),
        calendar.each(calendar.half, start),
        calendar.each(calendar.half, finish - 1),
    )


def _lengths(openings: tuple[Opening, ...]) -> tuple[Numbers, Numbers, Numbers]:
    lengths = [(opening.minutes, opening.travel, host_travel(opening)) for opening in openings]
    mask = np.array(lengths, dtype=np.int64).reshape(-1, 3)
    return mask[:, 0], mask[:, 1], mask[:, 2]


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


def clock_of(slots: Slots) -> Clock:
    windows, of_slot = np.unique(np.stack([slots.begin, slots.finish]), axis=1, return_inverse=True)
    return Clock(windows[0], windows[1], of_slot.reshape(-1))


def notice_is_given(roster: Roster, slots: Slots) -> Mask:
    return np.asarray(slots.start >= roster.problem.earliest)


def guests_are_free(roster: Roster, clock: Clock, level: int = 1) -> Mask:
    """A row for each guest, a column for each window: free for all of it, travel included, and not hosting."""
    duties = duties_of(roster)
    rows = [_free(roster.person[guest.person], duties, clock.begin, clock.finish, level) for guest in roster.guests]
    return np.array(rows, dtype=bool).reshape(len(rows), len(clock.begin))


def hosts_are_free(roster: Roster, slots: Slots) -> Mask:
    """For each slot: flexible openings only take place when every host is free; fixed ones bind whatever was entered."""
    mask, duties = np.ones(len(slots.start), dtype=bool), duties_of(roster)
    bounds = np.searchsorted(slots.opening, np.arange(len(roster.openings) + 1))
    for column, opening in enumerate(roster.openings):
        mine = slice(bounds[column], bounds[column + 1])
        for host in () if opening.fixed else opening.hosts:
            mask[mine] &= _free(roster.person[host], duties, slots.host_begin[mine], slots.host_finish[mine])
    return mask


def duties_of(roster: Roster) -> dict[int, Spans]:
    """When each host is bound by a fixed opening, seated guests or not."""
    duties: defaultdict[int, list[Span]] = defaultdict(list)
    for opening in roster.openings:
        travel = host_travel(opening)
        for host in opening.hosts if opening.fixed else ():
            duties[host] += [Span(start - travel, start + opening.minutes + travel) for start in opening.starts]
    return {host: merged(pieces) for host, pieces in duties.items()}


def _free(person: Person, duties: dict[int, Spans], begin: Numbers, finish: Numbers, level: int = 1) -> Mask:
    free = merged(Span(span.start, span.end) for span in person.free if span.level >= level)
    return covered(free, begin, finish) & ~touched(duties.get(person.id, ()), begin, finish)


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
    mask = np.array([(piece.start, piece.end) for piece in pieces], dtype=np.int64).reshape(-1, 2)
    return mask[:, 0], mask[:, 1]


def _pairs(roster: Roster, slots: Slots, open_: Mask, free: Mask, clock: Clock) -> tuple[Numbers, Numbers]:
    """(guest, slot) that no static rule is against, found opening by opening so that the memory stays small."""
    may, guests, places = allowed(roster), [], []
    bounds = np.searchsorted(slots.opening, np.arange(len(roster.openings) + 1))
    for column in range(len(roster.openings)):
        mine = np.arange(bounds[column], bounds[column + 1])[open_[bounds[column] : bounds[column + 1]]]
        rows = np.flatnonzero(may[:, column])
        row, place = np.nonzero(free[np.ix_(rows, clock.of_slot[mine])])
        guests.append(rows[row])
        places.append(mine[place])
    nothing = np.empty(0, dtype=np.int64)
    return np.concatenate([nothing, *guests]), np.concatenate([nothing, *places])


def _with_pins(roster: Roster, slots: Slots, guest: Numbers, slot: Numbers) -> tuple[Numbers, Numbers, Mask]:
    place = {(int(o), int(s)): number for number, (o, s) in enumerate(zip(slots.opening, slots.start, strict=True))}
    pins = [_numbers(roster, place, pin) for pin in roster.problem.pins]
    pinned = np.array(pins, dtype=np.int64).reshape(-1, 2)
    width = len(slots.start) + 1
    keys = np.union1d(guest * width + slot, pinned[:, 0] * width + pinned[:, 1])
    return keys // width, keys % width, np.isin(keys, pinned[:, 0] * width + pinned[:, 1])


def _numbers(roster: Roster, place: dict[tuple[int, int], int], pin: Seat) -> tuple[int, int]:
    return roster.row[pin.guest], place[roster.column[pin.opening], pin.start]
