"""A plan that is asked about guests who have no visit: which rule is against which slot, each rule by itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from shadowing.solver import eligible, instance
from shadowing.solver.arrays import Mask, Numbers, laid_out, numbers
from shadowing.solver.eligible import Roster
from shadowing.solver.intervals import merged
from shadowing.solver.problem import Problem, Seat, Span
from shadowing.solver.slots import (
    Choices,
    Clock,
    Slots,
    Spans,
    covered,
    duties_of,
    hosts_are_free,
    notice_is_given,
    suits,
    touched,
)
from shadowing.solver.state import State

CELLS = 500_000  # of guests by openings that are asked at once

PUBLIC: tuple[tuple[str, eligible.PairRule], ...] = (
    ("own_department", eligible.other_department),
    ("own_department", eligible.nobody_visits_themselves),
    ("own_boss", eligible.no_boss_and_no_report),
    ("met_before", eligible.past_pairs_rest),
    ("contract", eligible.contracts_allow),
    ("no_consent", eligible.customers_consent),
)
PRIVATE = (eligible.excluded_never_meet, eligible.forbids_hold)


def planned(problem: Problem, seats: tuple[Seat, ...]) -> State:
    """The plan of *seats* as a state."""
    return seated(instance.compiled(problem), seats)


def seated(compiled: instance.Instance, seats: tuple[Seat, ...]) -> State:
    state = State(compiled)
    for guest, slot in compiled.seated(seats):
        if slot not in state.visits[guest]:
            state.add(guest, slot)
    return state


@dataclass(frozen=True, slots=True)
class Table:
    """Some guests by all openings. *decent*: no pair rule but that of wishes is against it; *public*: what may be told."""

    rows: Numbers
    wished: Mask
    decent: Mask
    public: list[tuple[str, Mask]]


@dataclass(frozen=True, slots=True)
class Inquiry:
    """*held* slots take place if the notice allows; *ever* are openings with any. *roomy* slots could take somebody as they
    are. *full_weeks* of openings in which no further session is held, *full_hosts* in which a host sees nobody else."""

    state: State
    duties: dict[int, Spans]
    held: Mask
    noticed: Mask
    ever: Mask
    fixed: Mask
    ids: Numbers
    roomy: Numbers
    full_weeks: Mask
    full_hosts: Mask
    occupied: Mask

    @property
    def roster(self) -> Roster:
        return self.state.instance.roster

    @property
    def slots(self) -> Slots:
        return self.state.instance.slots

    @property
    def clock(self) -> Clock:
        return self.state.instance.clock

    def tables(self, rows: Numbers) -> Iterator[Table]:
        """The guests of *rows*, as many at once as memory allows."""
        width = len(self.roster.openings)
        many = max(1, CELLS // max(1, width))
        for first in range(0, len(rows), many):
            yield self._table(rows[first : first + many], width)

    def _table(self, rows: Numbers, width: int) -> Table:
        guest, opening = np.repeat(rows, width), np.tile(np.arange(width), len(rows))

        def asked(rule: eligible.PairRule) -> Mask:
            return rule(self.roster, guest, opening).reshape(len(rows), width)

        public = [(code, asked(rule)) for code, rule in PUBLIC]
        decent = np.logical_and.reduce([mask for _, mask in public] + [asked(rule) for rule in PRIVATE])
        return Table(rows, asked(eligible.wishes_are_granted), decent, public)

    def slots_of(self, columns: Numbers) -> Numbers:
        first = self.state.instance.first_slot
        row, number = laid_out(first[columns + 1] - first[columns])
        return first[columns[row]] + number

    def choices(self, slot: Numbers) -> Choices:
        slots = self.slots
        nothing = np.zeros(len(slot), dtype=np.int64)
        return Choices(slots, slot, nothing, slots.opening[slot])

    def fitting(self, row: int, slot: Numbers) -> Numbers:
        """Those where no rule that looks at the guest's other visits and people is against a visit."""
        if len(slot):
            slot = slot[self.state.suits(row, self.choices(slot)) & self.returned(row, slot)]
        return slot

    def fitting_with_half_days(self, row: int, slot: Numbers) -> Numbers:
        """Those that would fit if the guest gave as many half-days as the round allows."""
        if len(slot):
            slot = slot[self.state.goes_along(row, self.choices(slot)) & self.returned(row, slot)]
        most = self.state.rules.half_days_most
        return slot[1 + (self.slots.first_half[slot] != self.slots.last_half[slot]) <= most] if most else slot

    def at_work(self, row: int, slot: Numbers) -> Numbers:
        """Those that lie in one half-day of the guest's working hours, in which they do not host either."""
        person = self.roster.person[self.roster.guests[row].person]
        slot = slot[self.slots.first_half[slot] == self.slots.last_half[slot]]
        begin, finish = self.slots.begin[slot], self.slots.finish[slot]
        fine = ~touched(self.duties.get(person.id, ()), begin, finish)
        fine &= ~touched(person.elsewhere, begin, finish)
        if person.hours:
            travel = self.clock.travel[self.clock.of_slot[slot]]
            fine &= covered(
                merged(Span(span.start, span.end) for span in person.hours), begin + travel, finish - travel
            )
        return slot[fine]

    def given(self, row: int, slot: Numbers) -> Mask:
        """When the guest would be free but for visits of other rounds and for what they offer themselves."""
        free: Mask = self.state.instance.free[row, self.clock.of_slot[slot]]
        person = self.roster.person[self.roster.guests[row].person]
        if not person.elsewhere and person.id not in self.duties:
            return free
        either = merged(Span(span.start, span.end) for span in (*person.free, *person.elsewhere))
        begin, finish = self.slots.begin[slot], self.slots.finish[slot]
        return free | suits(either, person.hours, begin, finish, self.clock.travel[self.clock.of_slot[slot]])

    def offering(self, row: int, slot: Numbers) -> Mask:
        """When the guest hosts at a fixed time, visitors or not."""
        duties = self.duties.get(self.roster.guests[row].person, ())
        return touched(duties, self.slots.begin[slot], self.slots.finish[slot])

    def hosting(self, row: int, slot: Numbers) -> Mask:
        """When the guest, who has no visit, is taken by sessions of their own."""
        mask = np.zeros(len(slot), dtype=bool)
        for begin, finish in self.state.busy[self.roster.place[row]]:
            mask |= (self.slots.finish[slot] > begin) & (self.slots.begin[slot] < finish)
        return mask

    def taken(self, host: int, slot: int) -> bool:
        """Whether the host is elsewhere when the slot would be held."""
        begin, finish = int(self.slots.host_begin[slot]), int(self.slots.host_finish[slot])
        return any(one < finish and begin < other for one, other in self.state.busy[host])

    def _is_full(self, home: int, key: int) -> bool:
        return len(self.state.away.get((home, key), ())) >= self.state.limits.away(home, key)

    def too_many_away(self, row: int, slot: Numbers) -> Mask:
        mask, home = np.zeros(len(slot), dtype=bool), int(self.state.instance.home[row])
        limited = self.state.instance.away_most[home] >= 0
        for half in self.state.limits.halves if limited else ():
            if self._is_full(home, half):
                mask |= (self.slots.first_half[slot] == half) | (self.slots.last_half[slot] == half)
        return mask

    def under_floor(self, row: int, slot: Numbers) -> Mask:
        mask, home = np.zeros(len(slot), dtype=bool), int(self.state.instance.home[row])
        for begin, finish, key in self.state.floors.get(home, ()):
            if self._is_full(home, key):
                mask |= (self.slots.finish[slot] > begin) & (self.slots.begin[slot] < finish)
        return mask

    def used_up(self, slot: Numbers) -> Mask:
        """Where the opening takes place as often in the week as its hosts offer, but not then."""
        return self.full_weeks[self.slots.opening[slot], self.slots.week[slot]] & ~self.occupied[slot]

    def host_is_full(self, slot: Numbers) -> Mask:
        return self.full_hosts[self.slots.opening[slot], self.slots.week[slot]]

    def returned(self, row: int, slot: Numbers) -> Mask:
        """Where visits must be returned: whether a host of each slot visits the guest already."""
        if self.state.rules.reciprocal != "require":
            return np.ones(len(slot), dtype=bool)
        mask, place = np.zeros(len(self.roster.openings), dtype=bool), int(self.roster.place[row])
        for column in self.roster.hosted.of(place).tolist():
            for one in self.slots_of(numbers([column])).tolist():
                for visitor in self.state.sitting.get(one, ()):
                    mask[self.roster.hosted.of(int(self.roster.place[visitor]))] = True
        return mask[self.slots.opening[slot]]


def inquiry_of(state: State) -> Inquiry:
    compiled = state.instance
    held = compiled.slots.listed & hosts_are_free(compiled.roster, compiled.slots)
    ever = np.zeros(len(compiled.seats), dtype=bool)
    ever[compiled.slots.opening[held]] = True
    occupied = np.zeros(len(held), dtype=bool)
    occupied[list(state.sitting)] = True
    return Inquiry(
        state,
        duties_of(compiled.roster),
        held,
        notice_is_given(compiled.roster, compiled.slots),
        ever,
        compiled.fixed,
        numbers(opening.id for opening in compiled.roster.openings),
        np.flatnonzero(compiled.open & (state.left > 0) & (state.shut == 0)),
        _weeks(state, lambda column, week: _is_used_up(state, column, week)),
        _weeks(state, lambda column, week: _host_is_full(state, column, week)),
        occupied,
    )


def _weeks(state: State, asked: Callable[[int, int], bool]) -> Mask:
    weeks = range(max(1, state.instance.weeks))
    table = [[asked(column, week) for week in weeks] for column in range(len(state.instance.seats))]
    return np.array(table, dtype=bool).reshape(-1, len(weeks))


def _is_used_up(state: State, column: int, week: int) -> bool:
    most = int(state.instance.sessions_most[column])
    return most >= 0 and int(state.held[column, week]) >= state.limits.sessions(column, week)


def _host_is_full(state: State, column: int, week: int) -> bool:
    if not state.rules.guests_per_week_most:
        return False
    hosts = state.instance.roster.hosts.of(column).tolist()
    return any(state.received[host, week] >= state.limits.received(host, week) for host in hosts)
