"""What the rules allow, or as much as HR pinned: a pin never makes a round impossible."""

from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np

from shadowing.solver.instance import Instance


class Limits:
    """By the keys that a `State` counts with."""

    def __init__(self, instance: Instance) -> None:
        self.rules, self.instance = instance.problem.rules, instance
        slots = instance.slots
        self.halves = np.unique(np.concatenate([slots.first_half, slots.last_half])).tolist()
        sessions = {(int(slots.opening[slot]), int(slots.week[slot]), slot) for _, slot in instance.pinned}
        self._sessions = Counter((opening, week) for opening, week, _ in sessions)
        hosts = instance.roster.hosts
        self._received = Counter(
            (host, int(slots.week[slot]))
            for _, slot in instance.pinned
            for host in hosts.of(int(slots.opening[slot])).tolist()
        )
        self._away: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
        for guest, slot in instance.pinned:
            for key in self._keys(guest, slot):
                self._away[key].add(guest)

    def _keys(self, guest: int, slot: int) -> Iterable[tuple[int, int]]:
        slots, home = self.instance.slots, int(self.instance.home[guest])
        yield home, int(slots.first_half[slot])
        yield home, int(slots.last_half[slot])
        for number, floor in enumerate(self.instance.problem.floors):
            if slots.begin[slot] < floor.start + 30 and slots.finish[slot] > floor.start:
                yield home, -1 - number

    def sessions(self, opening: int, week: int) -> int:
        return max(int(self.instance.sessions_most[opening]), self._sessions[opening, week])

    def received(self, host: int, week: int) -> int:
        return max(self.rules.guests_per_week_most, self._received[host, week])

    def away(self, home: int, key: int) -> int:
        """*key* is a half-day, or -1 - the number of a floor."""
        most = int(self.instance.away_most[home]) if key >= 0 else self.instance.problem.floors[-1 - key].away
        return max(most, len(self._away[home, key]))
