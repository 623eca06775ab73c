"""What a plan is worth, said once more in plain Python, and the best plan of a tiny round by trying them all.

Knows the problem and the checks, nothing of the search."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations

from shadowing.solver.assignment import Assignment, assign
from shadowing.solver.check import CHECKS, breaches, pins_stay, visits_are_returned
from shadowing.solver.check_seat import SEAT_CHECKS, Check
from shadowing.solver.problem import Plan, Problem, Seat, Status

Seats = tuple[Seat, ...]
Meetings = frozenset[tuple[int, int]]

POINTS = {1: 10, 2: 6, 3: 3}
DAY = 24 * 60
WORTH_WAITING = 28  # days
# The rest of a plan can break these but never mend them, as long as every pin is in it.
FOR_GOOD = tuple(check for check in CHECKS if check not in (*SEAT_CHECKS, pins_stay, visits_are_returned))


def guests(table: Assignment) -> int:
    return sum(table.guest[person].weight for person in _visits(table))


def _visits(table: Assignment) -> Counter[int]:
    return Counter(seat.guest for seat in table.seats)


def returned(table: Assignment) -> int:
    return _pairs(_meetings(table, table.seats))


def _pairs(met: Meetings) -> int:
    """How many two people there are who have both met the other."""
    return sum(guest < host and (host, guest) in met for guest, host in met)


def _meetings(table: Assignment, seats: Iterable[Seat]) -> Meetings:
    return frozenset((seat.guest, host) for seat in seats for host in table.hosts(seat))


def walls(table: Assignment) -> int:
    if table.problem.rules.walls != "prefer":
        return 0
    through = defaultdict(set)
    for seat in table.seats:
        through[table.person[seat.guest].department, table.opening[seat.opening].department].add(seat.guest)
    return sum(sum(_weights(table.problem, *wall)[: len(people)]) for wall, people in through.items())


def _weights(problem: Problem, guests: int, hosts: int) -> tuple[int, int, int]:
    if guests == hosts:
        return 0, 0, 0
    for wanted in problem.wanted:
        if (wanted.guests, wanted.hosts) == (guests, hosts):
            return wanted.weights
    return int((guests, hosts) not in problem.met), 0, 0


def second_visits(table: Assignment) -> int:
    return sum(visits > 1 for visits in _visits(table).values())


def further_visits(table: Assignment) -> int:
    return sum(max(0, visits - 2) for visits in _visits(table).values())


def goals(table: Assignment) -> int:
    return sum(
        POINTS.get(wish.rank, 1)
        for seat in table.seats
        for wish in table.guest[seat.guest].wishes
        if wish.department == table.opening[seat.opening].department or wish.topic in table.opening[seat.opening].topics
    )


def even_load(table: Assignment) -> int:
    given = Counter(host for seat in table.seats for host in table.hosts(seat))
    return -sum(number * number for number in given.values())


def comfort(table: Assignment) -> int:
    rules = table.problem.rules
    unsure = sum(not _surely_free(table, seat) for seat in table.seats)
    crowded = _of_one_department(table) if rules.mix_departments else 0
    return -WORTH_WAITING * (rules.maybe_costs * unsure + crowded) - _days_late(table)


def _surely_free(table: Assignment, seat: Seat) -> bool:
    begin, finish = table.away(seat)
    hosting = any(duty.begin < finish and begin < duty.finish for duty in table.duties.get(seat.guest, ()))
    for span in sorted(table.person[seat.guest].free):
        if span.level == 2 and span.start <= begin < span.end:
            begin = span.end
    return begin >= finish and not hosting


def _of_one_department(table: Assignment) -> int:
    """How many guests beyond the first of their department sit in each session."""
    homes = Counter((seat.opening, seat.start, table.person[seat.guest].department) for seat in table.seats)
    return sum(number - 1 for number in homes.values())


def _days_late(table: Assignment) -> int:
    starts = [start for opening in table.problem.openings for start in opening.starts]
    first = min((start // DAY for start in (*starts, *(pin.start for pin in table.problem.pins))), default=0)
    return sum(seat.start // DAY - first for seat in table.seats)


def tiers(problem: Problem, seats: Iterable[Seat]) -> dict[str, int]:
    """Every tier by its name, the most important first."""
    table = assign(problem, seats)
    return {tier.__name__: tier(table) for tier in tiers_of(problem)}


def tiers_of(problem: Problem) -> tuple[Callable[[Assignment], int], ...]:
    back = (returned,) if problem.rules.reciprocal == "prefer" else ()
    return (guests, *back, walls, second_visits, further_visits, goals, even_load, comfort)


def best(problem: Problem) -> Seats:
    """A plan that none exceeds, found by trying."""
    trial = Trial(problem)
    trial.grow(0, ())
    assert trial.reached, "the pins alone are a plan"
    return trial.best


class Trial:
    """Guest after guest gets each set of places that is sound beside the others. A branch is left

    - when it breaks a rule that no further seat can mend,
    - when a visit has to be returned and nobody can any more,
    - when it could not become better than the best plan so far: beside others a guest adds no more to a tier than alone,
      but to *returned*, for which every meeting counts that is still possible."""

    def __init__(self, problem: Problem) -> None:
        self.table = assign(problem, problem.pins)
        self.tiers = tiers_of(problem)
        self.best: Seats = ()
        self.reached: list[int] = []
        alone = sorted(self._of_use([self._alone(guest.person) for guest in problem.guests]), key=len)
        self.clashes = set(self._clashes([seat for seats in alone for seat in seats]))
        self.choices = [sorted(self._sets(seats), key=self._worth, reverse=True) for seats in alone]
        self.most = self._most_to_come()
        self.possible = [
            _meetings(self.table, (seat for seats in alone[number:] for seat in seats))
            for number in range(len(alone) + 1)
        ]

    def _alone(self, guest: int) -> list[Seat]:
        """Every place of a guest that nothing can be against but the places of others."""
        places = [(opening.id, start) for opening in self.table.problem.openings for start in opening.starts]
        seats = [Seat(guest=guest, opening=opening, start=start) for opening, start in places]
        return [
            seat for seat in seats if seat not in self.table.pins and self._is_sound((seat,), (*SEAT_CHECKS, *FOR_GOOD))
        ]

    def _is_sound(self, seats: Seats, checks: tuple[Check, ...] = FOR_GOOD) -> bool:
        """Whether *seats* may be beside the pins."""
        table = self.table.having((*self.table.problem.pins, *seats))
        return not any(any(check(table)) for check in checks)

    def _of_use(self, alone: list[list[Seat]]) -> list[list[Seat]]:
        """Where visits have to be returned: without the places that nobody can return, and then without what returned those."""
        while self.table.problem.rules.reciprocal == "require":
            possible = _meetings(self.table, (*self.table.problem.pins, *(seat for seats in alone for seat in seats)))
            kept = [[seat for seat in seats if self._is_returned(seat, possible)] for seats in alone]
            if kept == alone:
                break
            alone = kept
        return alone

    def _is_returned(self, seat: Seat, meetings: Meetings) -> bool:
        return any((host, seat.guest) in meetings for host in self.table.hosts(seat))

    def _clashes(self, seats: list[Seat]) -> Iterator[frozenset[Seat]]:
        """Of all pairs those that no plan has, asked once."""
        return (frozenset(pair) for pair in combinations(seats, 2) if not self._is_sound(pair))

    def _sets(self, seats: list[Seat], chosen: Seats = ()) -> Iterator[Seats]:
        """Every sound set of places of one guest."""
        yield chosen
        for number, seat in enumerate(seats):
            if self._fits(chosen, (seat,)):
                yield from self._sets(seats[number + 1 :], (*chosen, seat))

    def _fits(self, seats: Seats, more: Seats) -> bool:
        if any(frozenset((one, other)) in self.clashes for one in more for other in seats):
            return False
        return self._is_sound((*seats, *more))

    def _worth(self, seats: Seats) -> list[int]:
        table = self.table.having((*self.table.problem.pins, *seats))
        return [tier(table) for tier in self.tiers]

    def _most_to_come(self) -> list[list[int]]:
        """What the guests from a number on can add to each tier at most."""
        before, most = self._worth(()), [[0] * len(self.tiers)]
        for sets in reversed(self.choices):
            reached = [self._worth(seats) for seats in sets]
            gains = [max(column) - base for *column, base in zip(*reached, before, strict=True)]
            most.append([gain + later for gain, later in zip(gains, most[-1], strict=True)])
        return most[::-1]

    def grow(self, number: int, seats: Seats) -> None:
        """Every plan in which the guests before *number* have *seats*."""
        if not self._can_be_better(number, seats):
            return
        if number < len(self.choices):
            for mine in self.choices[number]:
                if self._fits(seats, mine):
                    self.grow(number + 1, (*seats, *mine))
        elif self._is_whole(seats):
            self.best, self.reached = (*self.table.problem.pins, *seats), self._worth(seats)

    def _can_be_better(self, number: int, seats: Seats) -> bool:
        table = self.table.having((*self.table.problem.pins, *seats))
        met = _meetings(table, table.seats) | self.possible[number]
        if table.problem.rules.reciprocal == "require" and not all(self._is_returned(seat, met) for seat in seats):
            return False
        for tier, more, reached in zip(self.tiers, self.most[number], self.reached, strict=False):
            could = _pairs(met) if tier is returned else tier(table) + more
            if could != reached:
                return could > reached
        return not self.reached

    def _is_whole(self, seats: Seats) -> bool:
        whole = Plan(
            status=Status.FEASIBLE,
            seats=(*self.table.problem.pins, *seats),
            reasons=(),
            tiers=(),
            gap=0.0,
            seconds=0.0,
        )
        return not breaches(self.table.problem, whole)
