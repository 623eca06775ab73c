"""Budgets: in how many half-days of a round a guest is away, and in how many the hosts have visitors in what has no fixed time.

The rows of the model, and the counters of a plan that seats are added to. Half-days are those of a visit without its travel. A
budget yields to what is pinned."""

from collections import Counter, defaultdict

import numpy as np

from shadowing.solver.arrays import Mask, Numbers, joined, numbers
from shadowing.solver.instance import Instance
from shadowing.solver.model import Model


def guests_half_days_hold(model: Model) -> None:
    """Nobody is a guest in more half-days than the round, and they themselves, allow."""
    instance, guest = model.instance, model.seats.guest
    slots, most = instance.slots, instance.half_days.guest[guest]
    crossing = slots.first_half[model.seats.slot] != slots.last_half[model.seats.slot]
    long = np.bincount(guest, crossing, len(instance.weights)) > 0
    seat = np.flatnonzero((most >= 0) & (instance.visits_most[guest] * (1 + long[guest]) > most))
    _few_half_days(model, guest[seat], seat, instance.half_days.guest)


def hosts_half_days_hold(model: Model) -> None:
    """Nobody has visitors in more half-days than they give, fixed openings left out."""
    instance = model.instance
    seat, host = model.by_host()
    mine = ~instance.fixed[model.seats.opening[seat]] & (instance.half_days.host[host] >= 0)
    _few_half_days(model, host[mine], seat[mine], instance.half_days.host)


def _few_half_days(model: Model, who: Numbers, seat: Numbers, most: Numbers) -> None:
    """A column for each half-day of each person, which is 1 when one of their seats is in it."""
    slots, slot = model.instance.slots, model.seats.slot[seat]
    crossing = np.flatnonzero(slots.first_half[slot] != slots.last_half[slot])
    half = np.concatenate([slots.first_half[slot], slots.last_half[slot[crossing]]])
    who, seat = np.concatenate([who, who[crossing]]), np.concatenate([seat, seat[crossing]])
    width = int(slots.last_half.max(initial=0)) + 1
    taken, back = np.unique(who * width + half, return_inverse=True)
    column = model.matrix.new(np.ones(len(taken), dtype=np.int64))
    model.implies(seat, column[back])
    owner = taken // width
    held = np.bincount(taken[np.unique(back[model.seats.held[seat]])] // width, minlength=len(most))
    people = np.unique(owner)
    model.matrix.at_most(owner, column, np.maximum(most[people], held[people]))


class Budgets:
    """What is left of every budget while seats come and go. *hosted*: the slots of each host who has one; *spent* counts, for
    each slot, the hosts who give no further half-day for it."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        slots, hosts = instance.slots, instance.roster.hosts
        self.spent = np.zeros(len(slots.start), dtype=np.int32)
        self._used: defaultdict[int, Counter[int]] = defaultdict(Counter)
        self._pinned: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
        for guest, slot in instance.pinned:
            opening = int(slots.opening[slot])
            self._pinned["guest", guest] |= self._halves(slot)
            for host in () if instance.fixed[opening] else hosts.of(opening).tolist():
                self._pinned["host", host] |= self._halves(slot)
        self.hosted = {host: self._hosted(host) for host in np.flatnonzero(instance.half_days.host >= 0).tolist()}
        for host, mine in self.hosted.items():
            self.spent[mine] += self._over(host)

    def _halves(self, slot: int) -> set[int]:
        return {int(self.instance.slots.first_half[slot]), int(self.instance.slots.last_half[slot])}

    def _hosted(self, host: int) -> Numbers:
        """The slots of what the person hosts without a fixed time."""
        instance = self.instance
        mine = [column for column in instance.roster.hosted.of(host).tolist() if not instance.fixed[column]]
        return joined(np.arange(*instance.first_slot[column : column + 2]) for column in mine)

    def leave(self, guest: int, visits: list[int], slot: Numbers) -> Mask:
        """Which of the slots a guest with these *visits* has half-days left for."""
        if (most := int(self.instance.half_days.guest[guest])) < 0:
            return np.ones(len(slot), dtype=bool)
        most = max(most, len(self._pinned["guest", guest]))
        used = set().union(*map(self._halves, visits))
        return np.asarray(self._more(used, slot) <= max(0, most - len(used)))

    def turn(self, host: int, slot: int, by: int) -> Numbers:
        """A session of the host begins to be held, or is no more: what *spent* changes by, for each of their slots."""
        before, used = self._over(host), self._used[host]
        for half in self._halves(slot):
            used[half] += by
            if not used[half]:
                del used[half]
        change = self._over(host) - before
        self.spent[self.hosted[host]] += change
        return change

    def _over(self, host: int) -> Numbers:
        """1 for each slot of the host that would take more half-days than are left."""
        used = set(self._used[host])
        most = max(int(self.instance.half_days.host[host]), len(self._pinned["host", host]))
        return (self._more(used, self.hosted[host]) > max(0, most - len(used))).astype(np.int32)

    def _more(self, used: set[int], slot: Numbers) -> Numbers:
        """How many half-days each slot has beside those that are *used*."""
        first, last = self.instance.slots.first_half[slot], self.instance.slots.last_half[slot]
        known = numbers(sorted(used))
        second = ~np.isin(last, known) & (first != last)
        return np.asarray(np.where(np.isin(first, known), 0, 1) + second)
