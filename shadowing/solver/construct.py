"""The first plan: guests one after the other take their best seat, and where nothing is free, somebody moves on.

Guests with the highest weight and the fewest choices come first; everybody gets a first visit before anybody gets a second.
A guest without a seat may push another one out who finds a new seat in turn (an ejection chain). Work is limited by the
number of guests looked at, never by the clock."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from shadowing.solver.arrays import Numbers, Reals, numbers
from shadowing.solver.instance import Instance
from shadowing.solver.objectives import discomfort
from shadowing.solver.slots import Choices
from shadowing.solver.state import State

DAY = 1e-3  # points that a day earlier is worth
DEPTHS = (1, 2, 4)
SELDOM = 20  # where chains for a further visit find less than one seat in so many tries, longer ones are not tried


@dataclass(slots=True)
class Guide:
    """What the relaxation says of each pair, in points; nothing where none has been solved. *price* of each opening. *wall*
    and *started*: what an opened wall and a session that is held anyway are worth."""

    bonus: Reals
    price: Reals
    wall: float = 8.0
    started: float = 0.5


def best_fit(instance: Instance) -> Guide:
    """Only the guest's own points and the earliest date count."""
    return Guide(np.zeros(len(instance.pairs.guest)), np.zeros(len(instance.seats)), wall=0.0, started=0.0)


def unguided(instance: Instance) -> Guide:
    """Popular openings cost up to six points."""
    wanted = np.bincount(instance.pairs.opening, minlength=len(instance.seats))
    price = 2.0 * np.minimum(3.0, wanted / np.maximum(1, instance.capacity().sum(axis=1)) / 3)
    return Guide(np.zeros(len(instance.pairs.guest)), price)


@dataclass(slots=True)
class Construction:
    """*frozen* seats are never taken from anybody. *nodes* counts the guests looked at for one seat, *looked*
    those of a whole round of visits."""

    state: State
    guide: Guide
    frozen: set[tuple[int, int]]
    nodes: int = 0
    looked: int = 0
    budget: int = 0
    keep: int = 0
    seen: set[int] = field(default_factory=set)

    def place(self, guest: int, depth: int, budget: int = 0, keep: int = 0) -> bool:
        """Give *guest* a visit more; others may move along a chain of *depth*. Whoever has *keep* visits may lose one (0:
        nobody). On failure all is as it was."""
        self.nodes, self.budget, self.keep, self.seen = 0, budget, keep, {guest}
        found = self._place(guest, depth)
        self.looked += self.nodes
        return found

    def _place(self, guest: int, depth: int) -> bool:
        self.nodes += 1
        state, choices = self.state, self.state.choices(guest)
        if not len(choices.slot):
            return False
        suits, shut = state.suits(guest, choices), state.shut[choices.slot] > 0
        full = state.left[choices.slot] <= 0
        if len(free := np.flatnonzero(suits & ~shut & ~full)):
            state.add(guest, int(choices.slot[free[np.argmax(self.score(guest, choices, free))]]))
            return True
        if depth == 0 or self.nodes > self.budget:
            return False
        crowded = np.flatnonzero(suits & ~shut & full)
        return self._push_out(guest, choices, crowded, depth) or self._make_way(guest, choices, suits & shut, depth)

    def score(self, guest: int, choices: Choices, places: Numbers) -> Reals:
        """How good each of these places is for the guest, in points."""
        state, instance = self.state, self.state.instance
        slot, pair, opening = choices.slot[places], choices.pair[places], choices.opening[places]
        points = instance.pairs.points[pair] + self.guide.bonus[pair] - self.guide.price[opening]
        points += self.guide.wall * state.wall_gain(guest, opening)
        points += self.guide.started * (state.left[slot] < instance.seats[opening])
        return np.asarray(points - DAY * discomfort(instance, np.full(len(slot), guest), slot))

    def _push_out(self, guest: int, choices: Choices, crowded: Numbers, depth: int) -> bool:
        """Sit where somebody else does, who moves on."""
        state = self.state
        best = np.argsort(-self.score(guest, choices, crowded), kind="stable")
        for slot in choices.slot[crowded[best]].tolist():
            for other in list(state.sitting.get(slot, ())):
                if self._may_move(other, slot):
                    state.drop(other, slot)
                    if state.may_add(guest, slot):
                        state.add(guest, slot)
                        if self._moves_on(other, depth):
                            return True
                        state.drop(guest, slot)
                    state.add(other, slot)
                if self.nodes > self.budget:
                    return False
        return False

    def _make_way(
        self, guest: int, choices: Choices, shut: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]", depth: int
    ) -> bool:
        """Another session of the same opening and week is given up, so that this guest's can be held."""
        state, instance = self.state, self.state.instance
        rows = np.flatnonzero(shut & ~instance.fixed[choices.opening])
        for opening, week in dict.fromkeys(
            zip(choices.opening[rows].tolist(), choices.week[rows].tolist(), strict=True)
        ):
            here = np.flatnonzero((choices.opening == opening) & (choices.week == week))
            for slot in self._sessions(opening, week):
                if len(sitting := state.sitting[slot]) != 1 or not self._may_move(sitting[0], slot):
                    continue
                other = sitting[0]
                state.drop(other, slot)
                if self._take_first(guest, choices, here):
                    if self._moves_on(other, depth):
                        return True
                    state.drop(guest, state.visits[guest][-1])
                state.add(other, slot)
                if self.nodes > self.budget:
                    return False
        return False

    def _sessions(self, opening: int, week: int) -> list[int]:
        slots, first = self.state.instance.slots, self.state.instance.first_slot
        return [
            slot
            for slot in range(*first[opening : opening + 2])
            if slots.week[slot] == week and slot in self.state.sitting
        ]

    def _take_first(self, guest: int, choices: Choices, here: Numbers) -> bool:
        state = self.state
        slot = choices.slot[here]
        fine = state.suits(guest, choices)[here] & (state.left[slot] > 0) & (state.shut[slot] == 0)
        if fine.any():
            state.add(guest, int(slot[np.argmax(fine)]))
        return bool(fine.any())

    def both(self, guest: int, opening: int, host: int) -> None:
        """Let the guest visit the opening, and its host an opening of the guest's: both or neither."""
        state, hosted = self.state, self.state.instance.roster.hosted
        there = self._best(guest, numbers((opening,)))
        if there is None:
            return
        state.add(guest, there)
        back = self._best(host, hosted.of(int(state.instance.roster.place[guest])))
        if back is not None:
            state.add(host, back)
        elif not state.is_returned(guest, there):
            state.drop(guest, there)

    def _best(self, guest: int, openings: Numbers) -> int | None:
        """The best slot in one of these openings that the guest can have at once."""
        state, choices = self.state, self.state.choices(guest)
        fine = np.flatnonzero(state.possible(guest, choices) & np.isin(choices.opening, openings))
        if not len(fine) or not state.wants_more(guest):
            return None
        return int(choices.slot[fine[np.argmax(self.score(guest, choices, fine))]])

    def _may_move(self, other: int, slot: int) -> bool:
        if other in self.seen or (other, slot) in self.frozen:
            return False
        self.seen.add(other)
        return True

    def _moves_on(self, other: int, depth: int) -> bool:
        """The other has lost a visit: it is one too many, or there is a new seat for them."""
        return bool(self.keep and len(self.state.visits[other]) >= self.keep) or self._place(other, depth - 1)


@dataclass(frozen=True, slots=True)
class Chains:
    """How far chains go: *first* guests are looked at for a first visit, *later* for another; none where there can be no more
    than *guests* (weighted) with a visit and *twice* with two. *most*: guests looked at in one round of visits, for each guest."""

    first: int = 60
    later: int = 6
    most: int = 40
    guests: int = 1 << 60
    twice: int = 1 << 60

    def depths(self, state: State, visit: int) -> Iterator[int]:
        """For the visits after *visit* others: seats that are free, and then longer and longer chains while they can help."""
        yield 0
        most = (self.guests, self.twice)[visit] if visit < 2 else 1 << 60
        for depth in DEPTHS if self.first else ():
            if _reached(state, visit) < most:
                yield depth


NO_CHAINS = Chains(first=0, later=0)


def fill(state: State, guide: Guide, ask: Callable[[], None], chains: Chains) -> None:
    """Add visits round by round while there are seats. *ask* may raise to break off: between two guests the plan is sound."""
    if state.rules.reciprocal == "require":
        _fill_returned(state, guide, ask)
        return
    construction = Construction(state, guide, set(state.instance.pinned))
    order = order_of(state.instance)
    for visit in range(int(state.instance.visits_most.max(initial=0))):
        construction.looked = 0
        for depth in chains.depths(state, visit):
            tried = placed = 0
            for guest in order:
                if depth and construction.looked > chains.most * len(order):
                    break
                if len(state.visits[guest]) == visit < state.instance.visits_most[guest]:
                    ask()
                    tried += 1
                    placed += construction.place(guest, depth, chains.later if visit else chains.first, visit + 2)
            if depth and visit and placed * SELDOM < tried:
                break


def _reached(state: State, visit: int) -> int:
    """What the guests with more than *visit* visits count."""
    weights = state.instance.weights.tolist() if visit == 0 else [1] * len(state.visits)
    return sum(weight for weight, visits in zip(weights, state.visits, strict=True) if len(visits) > visit)


def _fill_returned(state: State, guide: Guide, ask: Callable[[], None]) -> None:
    """Where visits have to be returned: two at a time, of people who can visit each other. Answers to pins come first."""
    instance, roster = state.instance, state.instance.roster
    construction = Construction(state, guide, set(instance.pinned))
    for guest in [*dict.fromkeys(guest for guest, _ in instance.pinned), *order_of(instance)]:
        ask()
        first, last = instance.pairs.first[guest : guest + 2]
        for opening in instance.pairs.opening[first:last].tolist():
            for host in roster.hosts.of(opening).tolist():
                row = roster.row.get(instance.problem.people[host].id)
                if row is not None and row != guest:
                    construction.both(guest, opening, row)


def order_of(instance: Instance) -> list[int]:
    """Guests with any choice, the heaviest first, those with few choices before those with many; then by lot."""
    starts = np.bincount(instance.pairs.guest, instance.pairs.starts.sum(axis=1, dtype=np.int64), len(instance.weights))
    order = np.lexsort((np.arange(len(starts)), starts, -instance.weights))
    return [guest for guest in order.tolist() if starts[guest]]
