"""A plan that seats are added to and taken from one at a time, with the counters that say at once what is still possible.

Every rule that depends on the plan is counted here: `add` and `drop` are exact inverses of each other. `possible` asks all of
them about every seat that a guest could take."""

from collections import Counter, defaultdict

import numpy as np

from shadowing.solver.arrays import NOTHING, Mask, Numbers, joined
from shadowing.solver.half_days import Budgets
from shadowing.solver.instance import Instance, Seated
from shadowing.solver.limits import Limits
from shadowing.solver.objectives import wall_weights
from shadowing.solver.slots import Choices


class State:
    """*left*: free seats of each slot. *shut*: how many reasons close it to anybody else (its host is elsewhere, its week is
    full). *visits* of each guest, *sitting* in each slot."""

    def __init__(self, instance: Instance, like: "State | None" = None) -> None:
        """Nobody but the pinned sits anywhere. What *like* found out of the round itself is shared with it."""
        self.instance = instance
        slots, rules = instance.slots, instance.problem.rules
        weeks, people = max(1, instance.weeks), len(instance.problem.people)
        self.rules = rules
        self.left = instance.seats[slots.opening].copy()
        self.shut = np.zeros(len(slots.start), dtype=np.int32)
        self.visits: list[list[int]] = [[] for _ in instance.weights]
        self.sitting: dict[int, list[int]] = {}
        self.busy: list[list[tuple[int, int]]] = [[] for _ in range(people)]
        self.of_week = np.zeros((len(instance.weights), weeks), dtype=np.int16)
        self.held = np.zeros((len(instance.seats), weeks), dtype=np.int32)
        self.received: Counter[tuple[int, int]] = Counter()
        self.away: defaultdict[tuple[int, int], Counter[int]] = defaultdict(Counter)
        self.through: Counter[tuple[int, int]] = Counter()
        self.met = np.zeros(len(instance.departments) ** 2, dtype=np.int64)
        self.worth = np.pad(wall_weights(instance), ((0, 0), (0, 1)))
        self.apart = self._apart()
        self.floors = self._floors()
        self.limits, self.budgets = Limits(instance), Budgets(instance)
        self.shut += self.budgets.spent
        self._choices: dict[int, Choices] = {} if like is None else like._choices
        self._own: dict[int, tuple[Numbers, Numbers, Numbers]] = {} if like is None else like._own
        self._bar = np.zeros(len(instance.seats), dtype=bool)
        self.shut[instance.sessions_most[slots.opening] == 0] += 1
        self.shut[
            sorted({slot for _, slot in instance.pinned if instance.sessions_most[slots.opening[slot]] == 0})
        ] -= 1
        for guest, slot in instance.pinned:
            self.add(guest, slot)

    def _apart(self) -> defaultdict[int, list[int]]:
        """Rows of the guests that each guest must not sit beside."""
        row, apart = self.instance.roster.row, defaultdict(list)
        for one, other in self.instance.problem.excluded:
            if one in row and other in row:
                apart[row[one]].append(row[other])
                apart[row[other]].append(row[one])
        return apart

    def _floors(self) -> defaultdict[int, list[tuple[int, int, int]]]:
        """By department: begin, finish and number of each half-hour in which only so many may be away."""
        floors, place = defaultdict(list), self.instance.departments
        for number, floor in enumerate(self.instance.problem.floors):
            if floor.department in place:
                floors[place[floor.department]].append((floor.start, floor.start + 30, -1 - number))
        return floors

    def choices(self, guest: int) -> Choices:
        if guest not in self._choices:
            self._choices[guest] = self.among(guest, np.arange(*self.instance.pairs.first[guest : guest + 2]))
        return self._choices[guest]

    def among(self, guest: int, pairs: Numbers) -> Choices:
        """The guest's choices within these of their pairs."""
        instance, slots = self.instance, self.instance.slots
        pairs = pairs[instance.pairs.allowed[pairs]]
        number, slot = instance.usable.each(instance.pairs.opening[pairs])
        pair = pairs[number]
        free = instance.free[guest, instance.clock.of_slot[slot]]
        slot, pair = slot[free], pair[free]
        return Choices(slots, slot, pair, slots.opening[slot])

    def narrow(self, guest: int, pairs: Numbers) -> None:
        """From now on only these pairs of the guest are looked at, here and in all states that share with this one."""
        self._choices[guest] = self.among(guest, pairs)

    def suits(self, guest: int, choices: Choices) -> Mask:
        """Which choices go together with what this guest has and gives and where the guest's people are; whether there is
        room in the session is another question."""
        return self.goes_along(guest, choices) & self.budgets.leave(guest, self.visits[guest], choices.slot)

    def goes_along(self, guest: int, choices: Choices) -> Mask:
        """As `suits`, but for the half-days that the guest gives."""
        mask = np.ones(len(choices.slot), dtype=bool)
        if busy := self.busy[self.instance.roster.place[guest]]:
            begins, finishes = choices.begin, choices.finish
            for begin, finish in busy:
                mask &= (finishes <= begin) | (begins >= finish)
        if most := self.rules.visits_per_week_most:
            mask &= self.of_week[guest, choices.week] < most
        if self.visits[guest]:
            mask &= ~self._met(guest)[choices.opening]
        for other in self.apart.get(guest, ()):
            for slot in self.visits[other]:
                mask &= choices.slot != slot
        if self.instance.between.any():
            mask &= self._reaches(guest, choices)
        home = self.instance.home[guest]
        if self.instance.away_most[home] >= 0 or home in self.floors:
            mask &= self._may_leave(guest, choices)
        return mask

    def _reaches(self, guest: int, choices: Choices) -> Mask:
        """Which choices leave time to come from, or to go to, the guest's other visits."""
        mask, instance = np.ones(len(choices.slot), dtype=bool), self.instance
        for slot in self.visits[guest]:
            need = instance.between[instance.site[instance.slots.opening[slot]], instance.site[choices.opening]]
            after = choices.begin - instance.slots.finish[slot] >= need
            mask &= after | (instance.slots.begin[slot] - choices.finish >= need)
        return mask

    def _met(self, guest: int) -> Mask:
        """The openings whose hosts the guest meets already."""
        roster, bar = self.instance.roster, self._bar
        bar[:] = False
        for slot in self.visits[guest]:
            for host in roster.hosts.of(int(self.instance.slots.opening[slot])).tolist():
                bar[roster.hosted.of(host)] = True
        return bar

    def _may_leave(self, guest: int, choices: Choices) -> Mask:
        instance, slots = self.instance, self.instance.slots
        home, mask = int(instance.home[guest]), np.ones(len(choices.slot), dtype=bool)
        for half in self.limits.halves if instance.away_most[home] >= 0 else ():
            if self._is_full(home, half, guest):
                mask &= (slots.first_half[choices.slot] != half) & (slots.last_half[choices.slot] != half)
        for begin, finish, number in self.floors.get(home, ()):
            if self._is_full(home, number, guest):
                mask &= (choices.finish <= begin) | (choices.begin >= finish)
        return mask

    def _is_full(self, home: int, key: int, guest: int) -> bool:
        """As many of the department are away as may be, and the guest is none of them."""
        away = self.away.get((home, key), ())
        return guest not in away and len(away) >= self.limits.away(home, key)

    def possible(self, guest: int, choices: Choices | None = None) -> Mask:
        """Which choices could be added at once without breaking a rule; the number of visits is not asked."""
        choices = choices or self.choices(guest)
        return np.asarray(self.suits(guest, choices) & (self.left[choices.slot] > 0) & (self.shut[choices.slot] == 0))

    def may_add(self, guest: int, slot: int) -> bool:
        """Whether this seat could be added at once without breaking a rule, the number of visits included."""
        pairs, opening = self.instance.pairs, self.instance.slots.opening[slot]
        first, last = pairs.first[guest : guest + 2]
        choices = self.among(guest, first + np.flatnonzero(pairs.opening[first:last] == opening))
        return self.wants_more(guest) and bool(self.possible(guest, choices)[choices.slot == slot].any())

    def is_returned(self, guest: int, slot: int) -> bool:
        """Whether a host of the visit visits the guest."""
        instance, roster = self.instance, self.instance.roster
        me = int(roster.place[guest])
        for host in roster.hosts.of(int(instance.slots.opening[slot])).tolist():
            row = roster.row.get(instance.problem.people[host].id)
            mine = self.visits[row] if row is not None else []
            if any(me in roster.hosts.of(int(instance.slots.opening[back])) for back in mine):
                return True
        return False

    def wants_more(self, guest: int) -> bool:
        return len(self.visits[guest]) < int(self.instance.visits_most[guest])

    def add(self, guest: int, slot: int) -> None:
        self._seat(guest, slot, 1)
        self.visits[guest].append(slot)
        sitting = self.sitting.setdefault(slot, [])
        sitting.append(guest)
        if len(sitting) == 1:
            self._session(slot, 1)

    def drop(self, guest: int, slot: int) -> None:
        self.visits[guest].remove(slot)
        sitting = self.sitting[slot]
        sitting.remove(guest)
        if not sitting:
            del self.sitting[slot]
            self._session(slot, -1)
        self._seat(guest, slot, -1)

    def _seat(self, guest: int, slot: int, by: int) -> None:
        instance, slots = self.instance, self.instance.slots
        opening, week = int(slots.opening[slot]), int(slots.week[slot])
        self.left[slot] -= by
        self.of_week[guest, week] += by
        self._bind(int(instance.roster.place[guest]), int(slots.begin[slot]), int(slots.finish[slot]), by)
        if self.rules.guests_per_week_most:
            self._receive(opening, week, by)
        home = int(instance.home[guest])
        self._leave(guest, home, slot, by)
        wall = home * len(instance.departments) + int(instance.offered[opening])
        self.through[wall, guest] += by
        if self.through[wall, guest] == (by > 0):
            self.met[wall] += by

    def _bind(self, person: int, begin: int, finish: int, by: int, but: int = -1) -> None:
        """The person is taken from *begin* to *finish*, which closes what they host in that time, *but* for one session."""
        if by > 0:
            self.busy[person].append((begin, finish))
        else:
            self.busy[person].remove((begin, finish))
        slot, begins, finishes = self._hosting(person)
        if len(slot):
            hit = slot[(begins < finish) & (finishes > begin)]
            self.shut[hit] += by
            if but >= 0:
                self.shut[but] -= by

    def _hosting(self, person: int) -> tuple[Numbers, Numbers, Numbers]:
        """The slots of the flexible openings that the person hosts, and when each would bind them."""
        if person not in self._own:
            instance = self.instance
            mine = [column for column in instance.roster.hosted.of(person).tolist() if not instance.fixed[column]]
            slot = joined(np.arange(*instance.first_slot[column : column + 2]) for column in mine) if mine else NOTHING
            self._own[person] = (slot, instance.slots.host_begin[slot], instance.slots.host_finish[slot])
        return self._own[person]

    def _session(self, slot: int, by: int) -> None:
        """A session begins to be held, or is no more."""
        instance, slots = self.instance, self.instance.slots
        opening, week = int(slots.opening[slot]), int(slots.week[slot])
        for host in () if instance.fixed[opening] else instance.roster.hosts.of(opening).tolist():
            self._bind(host, int(slots.host_begin[slot]), int(slots.host_finish[slot]), by, but=slot)
            if (mine := self.budgets.hosted.get(host)) is not None:
                self.shut[mine] += self.budgets.turn(host, slot, by)
        most = int(instance.sessions_most[opening])
        if most < 0:
            return
        most = self.limits.sessions(opening, week)
        full = int(self.held[opening, week]) + (by > 0) == most
        self.held[opening, week] += by
        if full and most:
            self._close(opening, week, by, but=slot)

    def _close(self, opening: int, week: int, by: int, but: int) -> None:
        """No further session in this week; those that are held go on."""
        slots = np.arange(*self.instance.first_slot[opening : opening + 2])
        slots = slots[self.instance.slots.week[slots] == week]
        idle = [slot for slot in slots.tolist() if slot != but and slot not in self.sitting]
        self.shut[idle] += by

    def _receive(self, opening: int, week: int, by: int) -> None:
        """A host sees one guest more (or less) in the week; nobody else is let in when that is as many as may be."""
        instance = self.instance
        for host in instance.roster.hosts.of(opening).tolist():
            full = self.received[host, week] + (by > 0) == self.limits.received(host, week)
            self.received[host, week] += by
            for column in instance.roster.hosted.of(host).tolist() if full else ():
                slots = np.arange(*instance.first_slot[column : column + 2])
                self.shut[slots[instance.slots.week[slots] == week]] += by

    def _leave(self, guest: int, home: int, slot: int, by: int) -> None:
        slots = self.instance.slots
        if self.instance.away_most[home] >= 0:
            for half in {int(slots.first_half[slot]), int(slots.last_half[slot])}:
                self._count(self.away[home, half], guest, by)
        for begin, finish, number in self.floors.get(home, ()):
            if slots.begin[slot] < finish and slots.finish[slot] > begin:
                self._count(self.away[home, number], guest, by)

    @staticmethod
    def _count(away: Counter[int], guest: int, by: int) -> None:
        away[guest] += by
        if not away[guest]:
            del away[guest]

    def wall_gain(self, guest: int, opening: Numbers) -> Numbers:
        """What the wall between the guest's department and each opening's would count more with this guest."""
        wall = self.instance.home[guest] * len(self.instance.departments) + self.instance.offered[opening]
        return np.asarray(self.worth[wall, np.minimum(self.met[wall], 3)])

    def seated(self) -> Seated:
        return [(guest, slot) for guest, visits in enumerate(self.visits) for slot in sorted(visits)]

    def array(self) -> Numbers:
        return np.array(self.seated(), dtype=np.int64).reshape(-1, 2)
