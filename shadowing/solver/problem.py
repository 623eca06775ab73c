"""The values that go into the solver and come out of it. Their JSON is in `stored.py`.

Times are whole minutes since 1970-01-01T00:00Z. Every collection is a sorted tuple, so that the same round gives the same bytes."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

VERSION = 3  # 1 had no `wanted` and no `hours`, 2 no `elsewhere`, `away`, `travel_is_work`, sites, `ways` and half-days


class OpeningKind(StrEnum):
    DESK = "desk"
    MEETING = "meeting"
    RIDE_ALONG = "ride_along"
    WORKSHOP = "workshop"
    TEAM = "team"


class Status(StrEnum):
    """How good a plan is known to be."""

    OPTIMAL = "optimal"  # every tier proven
    FEASIBLE = "feasible"  # holds all rules; `Plan.gap` says how far from the best it can be
    STOPPED = "stopped"  # as FEASIBLE, and somebody asked to stop
    NO_TIME = "no_time"  # nothing was looked for: no more than the pins


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open piece of time. *level* is 2 for yes, 1 for if need be."""

    start: int
    end: int
    level: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whoever is guest or host. *free* is disjoint and cut to the working hours; *may* and *sites* empty mean every kind and site;
    without *consent*, the agency's, nobody visits. *hours* are the working hours in the round; empty where they are not known.
    *elsewhere* is what visits of other rounds take, of which nothing is in *free*: reasons and remedies know of it.
    *hosting_most*: half-days in which they have visitors in openings that are not fixed; None without a limit."""

    id: int
    department: int
    boss: int | None = None
    free: tuple[Span, ...] = ()
    may: tuple[OpeningKind, ...] = ()
    hours: tuple[Span, ...] = ()
    elsewhere: tuple[Span, ...] = ()
    sites: tuple[str, ...] = ()
    consent: bool = True
    hosting_most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One ranked goal: a department or a topic, never both."""

    rank: int
    department: int | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """*weight*, 1 to 4, is how much their first visit counts: more for who went without in the rounds before. *surprise*
    lifts the wishes for this guest even where they are required. *half_days_most* is a limit of their own."""

    person: int
    visits: int = 1
    wishes: tuple[Goal, ...] = ()
    weight: int = 1
    surprise: bool = False
    half_days_most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a host offers. Every one of *starts* is held where *fixed* (and binds the hosts, seated guests or not);
    where not, each is merely possible, and at most *most_per_week* of them take place in a week.
    *travel* is minutes on both sides of the visit, beside *minutes*: for guests always, for hosts too on a ride-along."""

    id: int
    department: int
    kind: OpeningKind
    hosts: tuple[int, ...]
    minutes: int
    seats: int
    starts: tuple[int, ...]
    fixed: bool
    topics: tuple[str, ...] = ()
    most_per_week: int | None = None
    travel: int = 0
    consent: bool = True
    site: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """In the half-hour that begins at *start* at most *away* people of *department* may be on a visit."""

    department: int
    start: int
    away: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """A limit of *department*'s own beside `Rules.away_most`: at most *most* of its people are on a visit in one half-day."""

    department: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """Between two visits of one guest, one at each of these sites in either order, lie at least so many *minutes*."""

    one: str
    other: str
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What it is worth that guests of one department visit hosts of another: *weights* for the first, the second and the
    third different guest who does, none larger than the one before."""

    guests: int
    hosts: int
    weights: tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The `[rules]` of a round folder that concern the solver, with their defaults. *half_days_most* is how many a guest is away.
    Where *travel_is_work* is off, travel may lie before and after the working hours; within them it still has to be free."""

    own_department: bool = False
    own_boss: bool = False
    visits_most: int = 2
    visits_per_week_most: int = 0
    guests_per_week_most: int = 0
    half_days_most: int = 0
    wishes: str = "require"
    away_most: int = 0
    maybe_costs: int = 1
    mix_departments: bool = True
    reciprocal: str = "off"
    walls: str = "prefer"
    travel_is_work: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A guest (by person id) in an opening at a start."""

    guest: int
    opening: int
    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A whole round. *zone* gives weeks (from Monday) and half-days (before and after noon) their borders.
    *past*: (guest, host) pairs of the last rounds that must not meet again. *excluded*: unordered pairs (lower id first)
    who neither meet nor sit side by side. *met*: ordered (guest's, host's) department pairs that have met before.
    *wanted* says how much single department pairs count; those not named count 1 for their first guest, and 0 if *met*.
    *pins* stay as they are; *forbids* are (guest, opening) that must not be. *earliest*: the notice; nothing starts before it."""

    zone: str
    earliest: int
    people: tuple[Person, ...]
    guests: tuple[Guest, ...]
    openings: tuple[Opening, ...]
    rules: Rules = field(default_factory=Rules)
    past: tuple[tuple[int, int], ...] = ()
    excluded: tuple[tuple[int, int], ...] = ()
    met: tuple[tuple[int, int], ...] = ()
    wanted: tuple[Wanted, ...] = ()
    floors: tuple[Floor, ...] = ()
    away: tuple[Away, ...] = ()
    ways: tuple[Distance, ...] = ()
    pins: tuple[Seat, ...] = ()
    forbids: tuple[tuple[int, int], ...] = ()
    seed: int = 0
    version: int = VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a guest got nothing (*code*), and the smallest change that would have helped (*remedy*), as words' keys of `explain.py`;
    *facts* fill the sentences and never name another person's answers."""

    guest: int
    code: str
    remedy: str
    facts: dict[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """One lexicographic tier: what was reached, what is the most it could be."""

    name: str
    value: int
    bound: int

    @property
    def gap(self) -> float:
        return gap(self.value, self.bound)


def gap(value: int, bound: int) -> float:
    """Between 0 and 1, also where a cost is counted from 0 down and its bound is 0."""
    return abs(bound - value) / max(1, abs(bound), abs(value))


def gap_of(tiers: "tuple[Tier, ...]") -> float:
    """The gap of the first tier that is not proven; those after it count only when it is. 1.0 where there are no tiers."""
    return next((tier.gap for tier in tiers if tier.value != tier.bound), 0.0 if tiers else 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a search is: every tier of the best plan so far, and how many of the guests have a visit in it."""

    tiers: tuple[Tier, ...] = ()
    matched: int = 0
    guests: int = 0
    seconds: float = 0.0

    @property
    def gap(self) -> float:
        return gap_of(self.tiers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the solver found. *gap* is that of the first tier that is not proven. *cut_after*: the search was cut off after so many
    steps, by the clock or because its process died, and another run may find another plan. *short_of_memory* ended it."""

    status: Status
    seats: tuple[Seat, ...]
    reasons: tuple[Reason, ...]
    tiers: tuple[Tier, ...]
    gap: float
    seconds: float
    cut_after: int | None = None
    short_of_memory: bool = False


def canonical(problem: Problem) -> Problem:
    """The same round with every collection sorted, so that the order of import cannot matter."""
    return replace(
        problem,
        people=tuple(sorted(map(_tidy_person, problem.people), key=lambda person: person.id)),
        guests=tuple(sorted(map(_tidy_guest, problem.guests), key=lambda guest: guest.person)),
        openings=tuple(sorted(map(_tidy_opening, problem.openings), key=lambda opening: opening.id)),
        past=tuple(sorted(set(problem.past))),
        excluded=tuple(sorted({(min(pair), max(pair)) for pair in problem.excluded})),
        met=tuple(sorted(set(problem.met))),
        wanted=tuple(sorted(set(problem.wanted), key=lambda pair: (pair.guests, pair.hosts, pair.weights))),
        floors=tuple(sorted(set(problem.floors), key=lambda floor: (floor.department, floor.start, floor.away))),
        ways=tuple(sorted(set(problem.ways), key=lambda way: (way.one, way.other, way.minutes))),
        away=tuple(sorted(set(problem.away), key=lambda limit: (limit.department, limit.most))),
        pins=in_order(problem.pins),
        forbids=tuple(sorted(set(problem.forbids))),
    )


def in_order(seats: Iterable[Seat]) -> tuple[Seat, ...]:
    return tuple(sorted(set(seats), key=lambda seat: (seat.guest, seat.start, seat.opening)))


def _tidy_person(person: Person) -> Person:
    return replace(
        person,
        free=tuple(sorted(set(person.free))),
        may=tuple(sorted(set(person.may))),
        hours=tuple(sorted(set(person.hours))),
        elsewhere=tuple(sorted(set(person.elsewhere))),
        sites=tuple(sorted(set(person.sites))),
    )


def _tidy_guest(guest: Guest) -> Guest:
    order = sorted(set(guest.wishes), key=lambda wish: (wish.rank, wish.department or 0, wish.topic or ""))
    return replace(guest, wishes=tuple(order))


def _tidy_opening(opening: Opening) -> Opening:
    return replace(
        opening,
        hosts=tuple(sorted(set(opening.hosts))),
        starts=tuple(sorted(set(opening.starts))),
        topics=tuple(sorted(set(opening.topics))),
    )
