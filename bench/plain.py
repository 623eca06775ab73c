"""Two plain ways to fill a round: every guest in turn takes the best fit there is, or whatever there is."""

import random
from collections.abc import Callable, Iterable

from bench.places import Places, each
from shadowing.solver.problem import Guest, Opening, Problem, Seat, in_order

Choice = Callable[[dict[int, int], dict[int, int]], tuple[int, int]]  # starts and points by opening -> opening, start


def by_fit(problem: Problem) -> tuple[Seat, ...]:
    """First who counts most and has the fewest places; each takes the best fit, as early as can be."""
    board = Board.of(problem)
    places = {guest.person: sum(map(int.bit_count, board.possible(guest).values())) for guest in problem.guests}
    order = sorted(problem.guests, key=lambda guest: (-guest.weight, places[guest.person], guest.person))
    return board.filled(order, first_best)


def at_random(problem: Problem, seed: int = 0) -> tuple[Seat, ...]:
    lots = random.Random(seed)  # noqa: S311  # a lot, no secret
    order = list(problem.guests)
    lots.shuffle(order)

    def choice(possible: dict[int, int], points: dict[int, int]) -> tuple[int, int]:
        opening = lots.choice(sorted(possible))
        return opening, lots.choice(list(each(possible[opening])))

    return Board.of(problem).filled(order, choice)


def first_best(possible: dict[int, int], points: dict[int, int]) -> tuple[int, int]:
    opening = min(possible, key=lambda number: (-points[number], possible[number] & -possible[number], number))
    return opening, next(each(possible[opening]))


class Board:
    """A plan while it is filled. *room*: the starts of each opening at which somebody may still be seated."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.free = dict(places.free)
        self.room = {opening.id: places.held(opening) for opening in places.problem.openings}
        self.left: dict[tuple[int, int], int] = {}
        self.held: dict[int, int] = dict.fromkeys(self.room, 0)
        self.visits: dict[int, list[tuple[int, int]]] = {guest.person: [] for guest in places.problem.guests}
        self.wished = {guest.person: places.wished(guest) for guest in places.problem.guests}
        self.flexible: dict[int, list[Opening]] = {}
        for opening in places.problem.openings:
            for host in () if opening.fixed else opening.hosts:
                self.flexible.setdefault(host, []).append(opening)

    @classmethod
    def of(cls, problem: Problem, seats: Iterable[Seat] = ()) -> "Board":
        """With *seats* that stand already."""
        board = cls(Places(problem))
        guests = {guest.person: guest for guest in problem.guests}
        for seat in seats:
            board.seat(guests[seat.guest], seat.opening, board.places.at(seat.start))
        return board

    def filled(self, order: list[Guest], choice: Choice) -> tuple[Seat, ...]:
        """Nobody gets a second visit before everybody was asked for a first one."""
        for turn in range(max(map(self.places.most, order))):
            for guest in order:
                if self.places.most(guest) > turn and (possible := self.possible(guest)):
                    self.seat(guest, *choice(possible, self.wished[guest.person]))
        return in_order(
            Seat(guest=guest, opening=opening, start=self.places.minute(at))
            for guest, visits in self.visits.items()
            for opening, at in visits
        )

    def possible(self, guest: Guest) -> dict[int, int]:
        """The openings that the guest could still see, and when."""
        free, closed = self.free[guest.person], self._closed(guest.person)
        met = {host for opening, _ in self.visits[guest.person] for host in self.places.opening[opening].hosts}
        possible: dict[int, int] = {}
        known: dict[tuple[int, int], int] = {}
        for number in self.wished[guest.person]:
            opening = self.places.opening[number]
            if self.room[number] and met.isdisjoint(opening.hosts):
                lengths = self.places.lengths(opening)
                if lengths not in known:
                    known[lengths] = self.places.fitting(free, opening) & ~closed
                if starts := self.room[number] & known[lengths]:
                    possible[number] = starts
        return possible

    def _closed(self, guest: int) -> int:
        """The weeks in which the guest has no further visit."""
        most = self.places.problem.rules.visits_per_week_most
        weeks = [self.places.week_of(at) for _, at in self.visits[guest]] if most else []
        return sum(self.places.week[week] for week in set(weeks) if weeks.count(week) >= most)

    def seat(self, guest: Guest, number: int, at: int) -> None:
        opening = self.places.opening[number]
        self.visits[guest.person].append((number, at))
        self.left[number, at] = self.left.get((number, at), opening.seats) - 1
        self.held[number] |= 1 << at
        self._bind(guest.person, self.places.window(opening, at))
        for host in () if opening.fixed else opening.hosts:
            self._bind(host, self.places.window(opening, at, host=True))
        self._refresh(opening)

    def _bind(self, person: int, window: int) -> None:
        self.free[person] &= ~window
        for opening in self.flexible.get(person, ()):
            self._refresh(opening)

    def _refresh(self, opening: Opening) -> None:
        """Seats left where it is held; elsewhere what the hosts' days and the sessions of the week allow."""
        held, new = self.held[opening.id], self.places.offered[opening.id]
        for host in () if opening.fixed else opening.hosts:
            new &= self.places.fitting(self.free[host], opening, host=True)
        if opening.most_per_week is not None:
            for week in self.places.week:
                if (held & week).bit_count() >= opening.most_per_week:
                    new &= ~week
        with_seats = sum(1 << at for at in each(held) if self.left[opening.id, at])
        self.room[opening.id] = (new & ~held) | with_seats
