"""Who could sit where, for the plain ways: time as whole numbers whose bits are the steps of a raster.

Knows the rules that the measured rounds have, and refuses a round that has others."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from functools import reduce
from math import gcd
from zoneinfo import ZoneInfo

from shadowing.solver.problem import Goal, Guest, Opening, OpeningKind, Problem, Rules

POINTS = {1: 10, 2: 6, 3: 3}


class Places:
    """*free*: when each person is free and not bound by a fixed opening. *offered*: the starts of each opening.
    *week*: the starts of each week. *granting*: the openings that grant a wish."""

    def __init__(self, problem: Problem) -> None:
        _refuse_unknown(problem)
        self.problem = problem
        self.origin, self.step = _raster(problem)
        self.person = {person.id: person for person in problem.people}
        self.opening = {opening.id: opening for opening in problem.openings}
        self.past = set(problem.past)
        self.free = {person.id: self._free(person.id) for person in problem.people}
        for opening in problem.openings:
            for host in opening.hosts if opening.fixed else ():
                self.free[host] &= ~self._taken(opening, opening.starts)
        self.offered = {one.id: self.bits(one.starts, problem.earliest) for one in problem.openings}
        self.week = self._weeks()
        self.granting: dict[int | str | None, list[Opening]] = defaultdict(list)
        for opening in problem.openings:
            targets: tuple[int | str, ...] = (opening.department, *opening.topics)
            for target in targets:
                self.granting[target].append(opening)

    def _free(self, person: int) -> int:
        bits = 0
        for span in self.person[person].free:
            first, last = self.at(span.start), self.at(span.end)
            bits |= (1 << last) - (1 << first)
        return bits

    def _taken(self, opening: Opening, starts: tuple[int, ...]) -> int:
        return reduce(int.__or__, (self.window(opening, self.at(start), host=True) for start in starts), 0)

    def _weeks(self) -> list[int]:
        weeks: dict[tuple[int, int], int] = defaultdict(int)
        zone = ZoneInfo(self.problem.zone)
        for start in sorted({start for opening in self.problem.openings for start in opening.starts}):
            weeks[datetime.fromtimestamp(start * 60, zone).isocalendar()[:2]] |= 1 << self.at(start)
        return list(weeks.values())

    def at(self, minute: int) -> int:
        return (minute - self.origin) // self.step

    def minute(self, at: int) -> int:
        return self.origin + at * self.step

    def bits(self, starts: tuple[int, ...], earliest: int) -> int:
        return sum(1 << self.at(start) for start in set(starts) if start >= earliest)

    def lengths(self, opening: Opening, host: bool = False) -> tuple[int, int]:
        """Steps of travel before a visit, and of all that it takes of a day."""
        travels = not host or opening.kind is OpeningKind.RIDE_ALONG
        travel = opening.travel // self.step if travels else 0
        return travel, opening.minutes // self.step + 2 * travel

    def window(self, opening: Opening, at: int, host: bool = False) -> int:
        travel, length = self.lengths(opening, host)
        return ((1 << length) - 1) << at - travel

    def fitting(self, free: int, opening: Opening, host: bool = False) -> int:
        """The starts at which the whole of a visit lies in *free*."""
        travel, length = self.lengths(opening, host)
        return runs(free, length) << travel

    def held(self, opening: Opening) -> int:
        """The starts at which the opening takes place or could: the hosts of a flexible one must be free."""
        starts = self.offered[opening.id]
        for host in () if opening.fixed else opening.hosts:
            starts &= self.fitting(self.free[host], opening, host=True)
        return starts

    def week_of(self, at: int) -> int:
        return next(number for number, bits in enumerate(self.week) if bits >> at & 1)

    def most(self, guest: Guest) -> int:
        most = self.problem.rules.visits_most
        return min(guest.visits, most) if most else guest.visits

    def wished(self, guest: Guest) -> dict[int, int]:
        """The points of every opening that the guest wishes and may see, whenever it is."""
        points: dict[int, int] = defaultdict(int)
        for wish in guest.wishes:
            for opening in self.granting.get(_target(wish), ()):
                points[opening.id] += POINTS.get(wish.rank, 1)
        return {number: worth for number, worth in points.items() if self._may(guest.person, self.opening[number])}

    def _may(self, guest: int, opening: Opening) -> bool:
        person, own = self.person[guest], self.problem.rules.own_department
        return (
            (own or person.department != opening.department)
            and (not person.may or opening.kind in person.may)
            and opening.consent
            and not any(self._strange(guest, host) for host in opening.hosts)
        )

    def _strange(self, guest: int, host: int) -> bool:
        bosses = (self.person[guest].boss == host, self.person[host].boss == guest)
        return guest == host or any(bosses) or (guest, host) in self.past


def _refuse_unknown(problem: Problem) -> None:
    defaults, rules = Rules(), problem.rules
    other = [
        name for name in ("own_boss", "guests_per_week_most", "wishes", "away_most", "reciprocal")
        if getattr(rules, name) != getattr(defaults, name)
    ]  # fmt: skip
    other += [name for name in ("excluded", "floors", "away", "ways", "pins", "forbids") if getattr(problem, name)]
    if other or any(guest.surprise for guest in problem.guests):
        raise ValueError(f"the plain ways do not know {other or 'surprises'}")


def _raster(problem: Problem) -> tuple[int, int]:
    """Where time begins, a day before anything, and the largest step that all times are multiples of."""
    edges = {edge for person in problem.people for span in person.free for edge in (span.start, span.end)}
    edges |= {start for opening in problem.openings for start in opening.starts}
    lengths = {length for opening in problem.openings for length in (opening.minutes, opening.travel)}
    first = min(edges)
    step = gcd(*(edge - first for edge in edges), *lengths)
    return first - step * -(-1440 // step), step


def _target(wish: Goal) -> int | str | None:
    return wish.topic if wish.department is None else wish.department


def runs(free: int, length: int) -> int:
    """The bits from which *length* bits are set."""
    reach = 1
    while reach < length:
        step = min(reach, length - reach)
        free &= free >> step
        reach += step
    return free


def each(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
