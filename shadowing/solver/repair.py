"""After publishing the question is another one: who lost a visit, and who can be seated again while how many others move?

`repair` answers with a frontier: nobody else moves and so many are seated; one other moves and so many more; and so on. A second
visit never moves anybody, and nobody who moves has fewer visits than before."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from ortools.graph.python import max_flow

from shadowing.solver.arrays import Numbers, numbers
from shadowing.solver.check import breaches
from shadowing.solver.constraints import obey
from shadowing.solver.construct import Construction, unguided
from shadowing.solver.engine import Watch, maximize
from shadowing.solver.frontier import Frontier, Option
from shadowing.solver.improve import given_up, guided, neighbourhood
from shadowing.solver.instance import Columns, Instance, Seated, compiled
from shadowing.solver.model import Model, blank
from shadowing.solver.objectives import Objective
from shadowing.solver.problem import Plan, Problem, Seat, Status, in_order
from shadowing.solver.standing import seat_again
from shadowing.solver.state import State

DEPTHS = (1, 2, 3)
EXACT_COLUMNS = 20_000  # more seats to choose from than this are not searched to the end


@dataclass(frozen=True, slots=True, kw_only=True)
class Leeway:
    """*others* who may move at most; *own*: whether the concerned may be given other times for the visits that they kept.
    *nodes*: guests looked at for one seat."""

    others: int = 50
    own: bool = False
    nodes: int = 100


def repair(problem: Problem, plan: Iterable[Seat], lost: Iterable[int], leeway: Leeway | None = None) -> Frontier:
    """*problem* is the round as it is now, its pins as HR has set them; *plan* the seats that stood. Whoever loses a seat by
    this is to be seated again, and so are the people in *lost*: joiners, and whoever else waits for a visit."""
    instance, before = compiled(problem), set(plan)
    state = seat_again(instance, before)
    gone = in_order(seat for seat in before if not _stays(state, seat))
    people = {*lost, *(seat.guest for seat in gone)} & instance.roster.row.keys()
    wish = _wanted(instance, state, people, gone)
    return _Repair(problem, instance, state, wish, leeway or Leeway()).frontier(gone)


def _stays(state: State, seat: Seat) -> bool:
    row = state.instance.roster.row.get(seat.guest)
    return row is not None and any(state.instance.seat(row, slot) == seat for slot in state.visits[row])


def _wanted(instance: Instance, state: State, people: set[int], gone: tuple[Seat, ...]) -> dict[int, int]:
    """How many visits more each concerned guest (a row) is to get: as many as were lost; whoever had none, the first."""
    wanted = {}
    for person in sorted(people):
        row = instance.roster.row[person]
        free = int(instance.visits_most[row]) - len(state.visits[row])
        wanted[row] = min(free, max(1 if not state.visits[row] else 0, sum(seat.guest == person for seat in gone)))
    return {row: visits for row, visits in wanted.items() if visits > 0}


class _Repair:
    """*wanted* visits of each concerned row; *start* is what everybody had before."""

    def __init__(
        self, problem: Problem, instance: Instance, state: State, wanted: dict[int, int], leeway: Leeway
    ) -> None:
        self.problem, self.instance, self.state, self.wanted, self.leeway = problem, instance, state, wanted, leeway
        self.start = [frozenset(visits) for visits in state.visits]
        self.returned = state.rules.reciprocal == "require"
        self.construction = Construction(state, unguided(instance), set(instance.pinned))

    def frontier(self, gone: tuple[Seat, ...]) -> Frontier:
        most = self._with_other_times() if self.leeway.own and not self.returned else self._nobody_else()
        found = [(0, self.state.seated())]
        for depth in () if self.returned else DEPTHS:
            for row in self._without_visit():
                if self._chain(row, depth):
                    moved = len(self._moved())
                    if moved > self.leeway.others:
                        self._back_to(found[-1][1])
                        break
                    found = [one for one in found if one[0] < moved] + [(moved, self.state.seated())]
        people = tuple(sorted(self.instance.roster.guests[row].person for row in self.wanted))
        options = tuple(self._option(seated, most) for _, seated in _few(found))
        for option in {options[0], options[-1]}:  # those between are on the way from the one to the other
            self._checked(option)
        return Frontier(concerned=people, gone=gone, options=options)

    def _with_other_times(self) -> int:
        """The concerned give up what they kept to get more; where somebody would have less, all keep what they had."""
        kept, start, wanted = self.state.seated(), list(self.start), dict(self.wanted)
        for row, slot in given_up(self.state, self.wanted):
            self.wanted[row] += 1
            self.start[row] -= {slot}
        most = self._nobody_else()
        if any(len(self.state.visits[row]) < len(start[row]) for row in wanted):
            self._back_to(kept)
            self.start, self.wanted = start, wanted
            most = self._nobody_else()
        return most

    def _checked(self, option: Option) -> None:
        plan = Plan(status=Status.FEASIBLE, seats=option.seats, reasons=(), tiers=(), gap=1.0, seconds=0.0)
        assert not (broken := breaches(self.problem, plan)), broken

    def _nobody_else(self) -> int:
        """Best first, then exactly where that is small enough; answers how many of the concerned can have a visit at most."""
        order = [] if self.returned else self._hardest_first()
        kept, waiting = frozenset(self.state.seated()), [row for row in self.wanted if not self.state.visits[row]]
        most = self._at_most(sorted(waiting))
        for depth in (0, *DEPTHS):
            for row in (row for row in order if not self.state.visits[row]):
                if sum(map(bool, (self.state.visits[one] for one in waiting))) < most:
                    self._along(kept, row, depth)
        most = len(self.wanted) - len(waiting) + self._exactly(sorted(waiting), most)
        for row in order:
            while self._lacks(row) and self.construction.place(row, 0):
                pass
        return most

    def _along(self, kept: frozenset[tuple[int, int]], row: int, depth: int) -> None:
        """A seat for the guest, for which those of the concerned move along who had none in what was *kept*."""
        frozen, self.construction.frozen = self.construction.frozen, set(kept)
        self.construction.place(row, depth, self.leeway.nodes)
        self.construction.frozen = frozen

    def _lacks(self, row: int) -> bool:
        new = [slot for slot in self.state.visits[row] if slot not in self.start[row]]
        return len(new) < self.wanted[row]

    def _hardest_first(self) -> list[int]:
        weights = self.instance.weights
        return sorted(self.wanted, key=lambda row: (-weights[row], len(self.state.choices(row).slot), row))

    def _exactly(self, waiting: list[int], most: int) -> int:
        """Seat as many of those *waiting* without a visit as can be while nobody else moves: how many that are at most."""
        new = [(row, slot) for row in self.wanted for slot in self.state.visits[row] if slot not in self.start[row]]
        for row, slot in new:
            self.state.drop(row, slot)
        best, count = new, len({row for row, _ in new} & set(waiting))
        # a visit more for who has one opens no seat to others, unless it returns theirs
        rows = sorted(self.wanted) if self.returned else waiting
        if count < most and (found := self._searched(rows, new)) is not None:
            best, count = found, len({row for row, _ in found} & set(waiting))
            most = count
        if len(best) < sum(self.wanted.values()):
            best = self._best_for(count, best)
        for row, slot in best:
            self.state.add(row, slot)
        return most

    def _model(self, rows: list[int], new: Seated) -> tuple[Model, Objective] | None:
        """What these rows can have while nobody else moves, and how many of them have a visit; None where that is too much to
        be searched to the end."""
        seats, outside = neighbourhood(self.state, rows, new, None)
        if len(seats) > EXACT_COLUMNS:
            return None
        model = blank(self.instance, seats, outside)
        obey(model)
        columns = np.flatnonzero(~seats.held)
        limits = numbers(self.wanted[row] for row in np.unique(seats.guest[columns]).tolist())
        model.matrix.at_most(seats.guest[columns], columns, limits)
        mine = (model.step_number == 0) & np.isin(model.step_guest, numbers(rows))
        return model, Objective(model.step[mine], np.ones(int(mine.sum()), dtype=np.int64))

    def _searched(self, rows: list[int], new: Seated) -> Seated | None:
        """As many of these with a visit as can be; None where that is not known."""
        if (asked := self._model(rows, new)) is None:
            return None
        model, count = asked
        whole = maximize(model.matrix, count.on(model.matrix), Watch())
        return None if whole.x is None or not whole.proven else _chosen(model.seats, whole.x)

    def _best_for(self, count: int, new: Seated) -> Seated:
        """The best of all tiers in which *count* of those without a visit have one."""
        if (asked := self._model(sorted(self.wanted), new)) is None:
            return new
        model, mine = asked
        already = sum(1 for row in self.wanted if self.state.visits[row])
        model.matrix.at_least(mine.column, mine.weight, count + already)
        whole = maximize(model.matrix, guided(model), Watch(), nodes=self.leeway.nodes)
        return new if whole.x is None else _chosen(model.seats, whole.x)

    def _at_most(self, waiting: list[int]) -> int:
        """How many of these guests the free seats allow, as a network of guests and openings."""
        state, instance, slots = self.state, self.instance, self.instance.slots
        seats, _ = neighbourhood(state, waiting, [], None)
        new = ~seats.held
        guest, opening = np.unique(np.stack([seats.guest[new], seats.opening[new]]), axis=1)
        slot = np.unique(seats.slot[new])
        weeks = max(1, instance.weeks)
        key = slots.opening[slot] * weeks + slots.week[slot]
        begun = np.isin(slot, numbers(sorted(state.sitting)))
        inside = np.bincount(key, state.left[slot] * begun, len(instance.seats) * weeks)
        empty = np.bincount(key[~begun], minlength=len(inside))
        most = np.repeat(instance.sessions_most, weeks)
        more = np.where(most >= 0, np.minimum(empty, np.maximum(0, most - state.held.reshape(-1))), empty)
        room = (inside + more * np.repeat(instance.seats, weeks)).reshape(-1, weeks).sum(axis=1).astype(np.int64)
        return _assigned(guest, opening, room, len(instance.weights))

    def _without_visit(self) -> list[int]:
        return [row for row in self._hardest_first() if not self.state.visits[row]]

    def _chain(self, row: int, depth: int) -> bool:
        """A seat for the guest, for which at most *depth* others move along."""
        self.construction.frozen |= {(one, slot) for one in self.wanted for slot in self.state.visits[one]}
        return self.construction.place(row, depth, self.leeway.nodes)

    def _moved(self) -> list[int]:
        visits = self.state.visits
        return [
            row for row, before in enumerate(self.start) if row not in self.wanted and before != frozenset(visits[row])
        ]

    def _back_to(self, kept: Seated) -> None:
        now = set(self.state.seated())
        for row, slot in now - set(kept):
            self.state.drop(row, slot)
        for row, slot in set(kept) - now:
            self.state.add(row, slot)

    def _option(self, seated: Seated, most: int) -> Option:
        self._back_to(seated)
        seats = self.instance.seat_tuple(seated)
        people, moved = self.instance.roster.guests, self._moved()
        return Option(
            moved=tuple(sorted(people[row].person for row in moved)),
            seats=seats,
            seated=sum(1 for row in self.wanted if self.state.visits[row]),
            bound=min(len(self.wanted), most + len(moved) if not moved or self._frees_one_seat() else len(self.wanted)),
        )

    def _frees_one_seat(self) -> bool:
        """Whoever moves frees one seat and nothing else: nobody has a second visit, and where every opening is fixed, no host
        gets time by it, and no session. Then every guest beyond those who are seated while nobody moves takes another
        person's seat: no more than move."""
        once, fixed = bool((self.instance.visits_most <= 1).all()), bool(self.instance.fixed.all())
        return once and fixed and not (self.instance.sessions_most >= 0).any() and not self._shared_limits()

    def _shared_limits(self) -> bool:
        away = (self.instance.away_most >= 0).any() or self.problem.floors
        return bool(self.state.rules.guests_per_week_most or away or self.problem.excluded)


def _chosen(seats: Columns, x: Numbers) -> Seated:
    """What is taken beside the seats that are held."""
    on = np.flatnonzero((x[: len(seats)] > 0) & ~seats.held)
    return list(zip(seats.guest[on].tolist(), seats.slot[on].tolist(), strict=True))


def _few(found: list[tuple[int, Seated]]) -> list[tuple[int, Seated]]:
    """Of many points the first, the last, and some between, further apart the more people move."""
    marks = [0, 1, 2, 5, 10, 20, found[-1][0]]
    chosen = {max(moved for moved, _ in found if moved <= mark) for mark in marks}
    return [one for one in found if one[0] in chosen]


def _assigned(guest: Numbers, opening: Numbers, room: Numbers, guests: int) -> int:
    """The most guests that can each have one of these openings."""
    network = max_flow.SimpleMaxFlow()
    source, sink, column = guests + len(room), guests + len(room) + 1, guests + np.arange(len(room))
    rows = np.unique(guest)
    tail = np.concatenate([np.full(len(rows), source), guest, column]).astype(np.int32)
    head = np.concatenate([rows, guests + opening, np.full(len(room), sink)]).astype(np.int32)
    capacity = np.concatenate([np.ones(len(rows) + len(guest), dtype=np.int64), room])
    network.add_arcs_with_capacity(tail, head, capacity)
    status = network.solve(source, sink)
    return int(network.optimal_flow()) if status == network.OPTIMAL else len(rows)
