"""A round compiled to arrays: who may sit where, and when. Everything that searches works on this.

Pairs are (guest, opening) that may meet at some start; the starts they have in common are listed only where asked for, as
there are tens of millions of them in a large round. A pinned seat is always there: HR decided."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from shadowing.solver.arrays import Groups, Mask, Numbers, groups, joined, numbers, within
from shadowing.solver.eligible import Roster, eligible, roster
from shadowing.solver.places import HalfDays, away_most, half_days, minutes_between, sites_of
from shadowing.solver.problem import Opening, Problem, Seat, canonical, in_order
from shadowing.solver.slots import SLOT_RULES, Clock, Slots, clock_of, guests_are_free, slots_of

Seated = list[tuple[int, int]]
"""(row of the guest, slot) of each seat."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Parallel arrays, sorted by guest and opening. *starts*: common starts of each pair in each week, at most 255 counted;
    *allowed* is False where only a pin brings the two together."""

    guest: Numbers
    opening: Numbers
    points: Numbers
    starts: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]"
    allowed: Mask
    first: Numbers  # of each guest, as in Groups


@dataclass(frozen=True, slots=True)
class Columns:
    """Seats that may be taken, as parallel arrays sorted by guest, opening and start; *held* ones must be taken."""

    guest: Numbers
    opening: Numbers
    pair: Numbers
    slot: Numbers
    held: Mask

    def __len__(self) -> int:
        return len(self.slot)

    def only(self, keep: Mask) -> "Columns":
        return Columns(self.guest[keep], self.opening[keep], self.pair[keep], self.slot[keep], self.held[keep])


@dataclass(frozen=True, slots=True)
class Instance:
    """*open*: slots that no slot rule is against, and *usable* the same by opening. *free* and *sure* have a row for each
    guest and a column for each window of the clock. *visits_most* of each guest, pins beyond it counted in. *pinned*: guest,
    slot."""

    roster: Roster
    slots: Slots
    clock: Clock
    open: Mask
    free: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]"
    sure: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]"
    pairs: Pairs
    pinned: Seated
    visits_most: Numbers
    weights: Numbers
    seats: Numbers
    fixed: Mask
    sessions_most: Numbers  # a week, -1 without a limit
    first_slot: Numbers
    usable: Groups
    departments: dict[int, int]
    home: Numbers  # of each guest, department as a place in *departments*
    offered: Numbers  # of each opening, the same
    away_most: Numbers  # of each department, in one half-day; -1 without a limit
    half_days: HalfDays
    pin_keys: Numbers
    site: Numbers  # of each opening
    between: Numbers  # minutes from site to site; 0 where none are known

    @property
    def problem(self) -> Problem:
        return self.roster.problem

    @property
    def weeks(self) -> int:
        return int(self.slots.week.max(initial=-1)) + 1

    def seat(self, guest: int, slot: int) -> Seat:
        opening = self.roster.openings[self.slots.opening[slot]]
        return Seat(guest=self.roster.guests[guest].person, opening=opening.id, start=int(self.slots.start[slot]))

    def seat_tuple(self, seated: Iterable[tuple[int, int]]) -> tuple[Seat, ...]:
        return in_order(self.seat(guest, slot) for guest, slot in seated)

    def seated(self, seats: Iterable[Seat]) -> Seated:
        """Raises KeyError for a seat of what does not exist."""
        return [(self.roster.row[seat.guest], self.slot(seat.opening, seat.start)) for seat in seats]

    def slot(self, opening: int, start: int) -> int:
        column = self.roster.column[opening]
        first, last = self.first_slot[column : column + 2]
        place = first + int(np.searchsorted(self.slots.start[first:last], start))
        if place >= last or self.slots.start[place] != start:
            raise KeyError((opening, start))
        return int(place)

    def points(self, guest: Numbers, opening: Numbers) -> Numbers:
        return self.roster.fits.of(guest * len(self.seats) + opening)

    def capacity(self) -> Numbers:
        """Guests that each opening can take in each week: a row for each opening. Pins beyond a limit are counted in."""
        pins = np.unique(self.pin_keys % max(1, len(self.slots.start)))
        held, sure = self._by_week(np.union1d(np.flatnonzero(self.open), pins)), self._by_week(pins)
        most = self.sessions_most[:, None]
        return np.where(most >= 0, np.minimum(held, np.maximum(most, sure)), held) * self.seats[:, None]

    def _by_week(self, slot: Numbers) -> Numbers:
        weeks = max(1, self.weeks)
        keys = self.slots.opening[slot] * weeks + self.slots.week[slot]
        return np.bincount(keys, minlength=len(self.seats) * weeks).reshape(len(self.seats), weeks).astype(np.int64)

    def starts(self) -> int:
        """How many seats there are to choose from, over all guests."""
        return int(self.pairs.starts.sum(dtype=np.int64)) + len(self.pinned)

    def is_pinned(self, guest: Numbers, slot: Numbers) -> Mask:
        return within(guest * len(self.slots.start) + slot, self.pin_keys)


def compiled(problem: Problem, ask: Callable[[], None] = lambda: None) -> Instance:
    """*ask* is called now and then, and may raise to break off."""
    people = roster(shuffled(canonical(problem)))
    slots = slots_of(people)
    ask()
    clock, open_ = clock_of(slots, problem.rules), slots.listed.copy()
    for rule in SLOT_RULES:
        open_ &= rule(people, slots)
    ask()
    free = guests_are_free(people, clock)
    sure = _sure(people, clock, free)
    ask()
    first_slot = np.searchsorted(slots.opening, np.arange(len(people.openings) + 1)).astype(np.int64)
    pinned = _pinned(people, slots, first_slot)
    departments = _departments(people)
    return Instance(
        roster=people,
        slots=slots,
        clock=clock,
        open=open_,
        free=free,
        sure=sure,
        pairs=_pairs(people, slots, clock, open_, free, pinned, ask),
        pinned=pinned,
        visits_most=_visits_most(people, pinned),
        weights=numbers(guest.weight for guest in people.guests),
        seats=numbers(opening.seats for opening in people.openings),
        fixed=np.array([opening.fixed for opening in people.openings], dtype=bool),
        sessions_most=numbers(_sessions_most(opening) for opening in people.openings),
        first_slot=first_slot,
        usable=_usable(slots, open_, len(people.openings)),
        departments=departments,
        home=numbers(departments[int(number)] for number in people.home),
        offered=numbers(departments[int(number)] for number in people.offered),
        away_most=away_most(people.problem, departments),
        half_days=half_days(people),
        site=(site := sites_of(people)),
        between=minutes_between(people, site),
        pin_keys=np.unique(numbers(guest * len(slots.start) + slot for guest, slot in pinned)),
    )


def _sure(people: Roster, clock: Clock, free: Mask) -> Mask:
    """As *free*, but without what is only if need be."""
    certain = all(span.level == 2 for person in people.problem.people for span in person.free)
    return free if certain else guests_are_free(people, clock, level=2)


def shuffled(problem: Problem) -> Problem:
    """Guests and openings in an order drawn by lot out of the seed and their numbers: ties never fall by order of import."""
    return replace(
        problem,
        guests=tuple(sorted(problem.guests, key=lambda guest: _lot(problem.seed, guest.person))),
        openings=tuple(sorted(problem.openings, key=lambda opening: _lot(problem.seed, opening.id))),
    )


def _lot(seed: int, number: int) -> bytes:
    return hashlib.blake2b(f"{seed} {number}".encode()).digest()


def _usable(slots: Slots, open_: Mask, openings: int) -> Groups:
    usable = np.flatnonzero(open_)
    found = groups(slots.opening[usable], openings)
    return Groups(found.first, usable[found.members])


def _sessions_most(opening: Opening) -> int:
    return -1 if opening.most_per_week is None else opening.most_per_week


def _departments(people: Roster) -> dict[int, int]:
    named = sorted({int(number) for number in np.concatenate([people.home, people.offered])})
    return {number: place for place, number in enumerate(named)}


def _visits_most(people: Roster, pinned: Seated) -> Numbers:
    most = people.problem.rules.visits_most
    wanted = numbers(min(guest.visits, most) if most else guest.visits for guest in people.guests)
    return np.maximum(wanted, np.bincount(numbers(guest for guest, _ in pinned), minlength=len(wanted)))


def _pinned(people: Roster, slots: Slots, first_slot: Numbers) -> Seated:
    seated = []
    for pin in people.problem.pins:
        first, last = first_slot[people.column[pin.opening] :][:2]
        seated.append((people.row[pin.guest], int(first + np.searchsorted(slots.start[first:last], pin.start))))
    return seated


def _pairs(
    people: Roster, slots: Slots, clock: Clock, open_: Mask, free: Mask, pinned: Seated, ask: Callable[[], None]
) -> Pairs:
    guest, opening = eligible(people)
    ask()
    starts = _starts(slots, clock, open_, free, guest, groups(opening, len(people.openings)), ask)
    common = starts.any(axis=1)
    width = max(1, len(people.openings))
    keys = (guest * width + opening)[common]
    both = np.union1d(keys, numbers(row * width + int(slots.opening[slot]) for row, slot in pinned))
    wide = np.zeros((len(both), starts.shape[1]), dtype=np.uint8)
    allowed = within(both, keys)
    wide[allowed] = starts[common]
    first = np.searchsorted(both, np.arange(len(people.guests) + 1) * width).astype(np.int64)
    return Pairs(both // width, both % width, people.fits.of(both), wide, allowed, first)


def _starts(
    slots: Slots,
    clock: Clock,
    open_: Mask,
    free: Mask,
    guest: Numbers,
    asked: Groups,
    ask: Callable[[], None],
) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    """How many starts each pair has in common, week by week; found opening by opening, so that the memory stays small."""
    table = np.zeros((len(guest), int(slots.week.max(initial=-1)) + 1), dtype=np.uint8)
    for column in range(len(asked.first) - 1):
        rows = asked.of(column)
        mine = np.arange(*np.searchsorted(slots.opening, [column, column + 1]))
        mine = mine[open_[mine]]
        if len(mine) and len(rows):
            week = slots.week[mine]
            cuts = np.flatnonzero(np.concatenate([[True], week[1:] != week[:-1]]))
            common = free[np.ix_(guest[rows], clock.of_slot[mine])]
            counts = np.minimum(np.add.reduceat(common, cuts, axis=1, dtype=np.uint16), 255)
            table[rows[:, None], week[cuts][None, :]] = counts
            if column % 64 == 0:
                ask()
    return table


def columns(instance: Instance, pairs: Numbers | None = None) -> Columns:
    """Every seat of these pairs (or of all), the pinned ones held."""
    chosen = np.arange(len(instance.pairs.guest)) if pairs is None else pairs
    by_opening = groups(instance.pairs.opening[chosen], len(instance.seats))
    found, places = [], []
    for column in np.unique(instance.pairs.opening[chosen]).tolist():
        rows = chosen[by_opening.of(column)]
        rows = rows[instance.pairs.allowed[rows]]
        mine = instance.usable.of(column)
        row, place = np.nonzero(instance.free[np.ix_(instance.pairs.guest[rows], instance.clock.of_slot[mine])])
        found.append(rows[row])
        places.append(mine[place])
    return with_held(instance, joined(found), joined(places), instance.pinned)


def with_held(instance: Instance, pair: Numbers, slot: Numbers, held: Seated) -> Columns:
    """Columns of (pair, slot), and of the *held* seats, each once and in order."""
    width = len(instance.slots.start) + 1
    guest = numbers(row for row, _ in held)
    place = numbers(slot for _, slot in held)
    fixed = pair_of(instance, guest, instance.slots.opening[place]) * width + place
    keys = np.union1d(pair * width + slot, fixed)
    pair, slot = keys // width, keys % width
    return Columns(instance.pairs.guest[pair], instance.pairs.opening[pair], pair, slot, within(keys, np.unique(fixed)))


def pair_of(instance: Instance, guest: Numbers, opening: Numbers) -> Numbers:
    width = max(1, len(instance.seats))
    return np.searchsorted(instance.pairs.guest * width + instance.pairs.opening, guest * width + opening).astype(
        np.int64
    )
