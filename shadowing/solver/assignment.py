"""Who sits where, in plain Python: what a seat, a session and a person's day are to the checks and the explanations."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import takewhile
from zoneinfo import ZoneInfo

from shadowing.solver.problem import Guest, Opening, OpeningKind, Person, Problem, Seat


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a person is bound by an *opening*, and by which seats; by none where a fixed opening binds its host anyway."""

    begin: int
    finish: int
    name: str
    opening: int = field(compare=False)
    seats: tuple[Seat, ...] = field(compare=False, default=())


@dataclass(frozen=True, slots=True)
class Assignment:
    """Seats of one problem, with what each needs to be judged. *duties*: where fixed openings bind each host."""

    problem: Problem
    seats: tuple[Seat, ...]
    pins: frozenset[Seat]
    person: dict[int, Person]
    guest: dict[int, Guest]
    opening: dict[int, Opening]
    duties: dict[int, list[Place]]

    def having(self, seats: Iterable[Seat]) -> "Assignment":
        return replace(self, seats=tuple(seats))

    def free(self) -> list[Seat]:
        """The seats that HR did not pin."""
        return [seat for seat in self.seats if seat not in self.pins]

    def hosts(self, seat: Seat) -> tuple[int, ...]:
        return self.opening[seat.opening].hosts

    def local(self, minute: int) -> datetime:
        return datetime.fromtimestamp(minute * 60, ZoneInfo(self.problem.zone))

    def week(self, seat: Seat) -> tuple[int, int]:
        return self.local(seat.start).isocalendar()[:2]

    def away(self, seat: Seat) -> tuple[int, int]:
        opening = self.opening[seat.opening]
        return seat.start - opening.travel, seat.start + opening.minutes + opening.travel

    def sessions(self) -> dict[tuple[int, int], tuple[Seat, ...]]:
        """Who sits in each (opening, start)."""
        sessions: dict[tuple[int, int], tuple[Seat, ...]] = defaultdict(tuple)
        for seat in self.seats:
            sessions[seat.opening, seat.start] += (seat,)
        return sessions

    def places(self) -> dict[int, list[Place]]:
        """Where everybody is bound who is a guest or hosts one."""
        places: dict[int, list[Place]] = defaultdict(list)
        for seat in self.seats:
            places[seat.guest].append(Place(*self.away(seat), f"a visit to {seat.opening}", seat.opening, (seat,)))
        for (number, start), seats in self.sessions().items():
            opening = self.opening[number]
            for host in () if opening.fixed else opening.hosts:
                places[host].append(Place(*bound(opening, start), f"their session {number}", number, seats))
        return {person: sorted(mine + self.duties.get(person, [])) for person, mine in places.items()}

    def overlaps(self) -> Iterator[tuple[int, Place, Place]]:
        """Two places of one person at a time; two fixed openings of one host are the host's own affair."""
        for person, places in self.places().items():
            for number, one in enumerate(places):
                yield from ((person, one, other) for other in _meeting(one, places[number + 1 :]))


def _meeting(one: Place, later: list[Place]) -> Iterator[Place]:
    """Those of the *later* places that begin before *one* is over."""
    for other in takewhile(lambda place: place.begin < one.finish, later):
        if one.seats or other.seats:
            yield other


def bound(opening: Opening, start: int) -> tuple[int, int]:
    """How long an opening takes its hosts: with travel on a ride-along."""
    travel = opening.travel if opening.kind is OpeningKind.RIDE_ALONG else 0
    return start - travel, start + opening.minutes + travel


def assign(problem: Problem, seats: Iterable[Seat]) -> Assignment:
    return Assignment(
        problem,
        tuple(seats),
        frozenset(problem.pins),
        {person.id: person for person in problem.people},
        {guest.person: guest for guest in problem.guests},
        {opening.id: opening for opening in problem.openings},
        _duties(problem),
    )


def _duties(problem: Problem) -> dict[int, list[Place]]:
    duties = defaultdict(list)
    for opening in problem.openings:
        for start in opening.starts if opening.fixed else ():
            place = Place(*bound(opening, start), f"their opening {opening.id}", opening.id)
            for host in opening.hosts:
                duties[host].append(place)
    return duties
