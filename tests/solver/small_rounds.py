"""Small rounds to build tests from: a test names only what it is about. All times are in the week of Monday 2027-01-18, UTC."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from shadowing.solver.flaw import pins_of
from shadowing.solver.flaws import flaws
from shadowing.solver.problem import (
    Away,
    Distance,
    Floor,
    Goal,
    Guest,
    Opening,
    OpeningKind,
    Person,
    Plan,
    Problem,
    Rules,
    Seat,
    Span,
    Status,
    Wanted,
    in_order,
)

T = TypeVar("T")

MONDAY = int(datetime(2027, 1, 18, tzinfo=UTC).timestamp()) // 60
HOUR, DAY, WEEK = 60, 24 * 60, 7 * 24 * 60
HOME, AWAY = 1, 2  # departments


def at(hour: float, day: int = 0) -> int:
    return MONDAY + day * DAY + int(hour * HOUR)


ALWAYS = (Span(MONDAY, MONDAY + 4 * WEEK),)


def person(id: int, department: int = HOME, **facts: Any) -> Person:
    return Person(id=id, department=department, **{"free": ALWAYS, **facts})


def guest(person: int, *departments: int, **facts: Any) -> Guest:
    wishes = tuple(Goal(rank=rank, department=number) for rank, number in enumerate(departments or (AWAY,), 1))
    return Guest(person=person, **{"wishes": wishes, **facts})


def opening(id: int = 100, hosts: Iterable[int] = (50,), starts: Iterable[int] = (at(10),), **facts: Any) -> Opening:
    usual = {"department": AWAY, "kind": OpeningKind.MEETING, "minutes": 60, "seats": 1, "fixed": True}
    return Opening(id=id, hosts=tuple(hosts), starts=tuple(starts), **{**usual, **facts})


def problem(
    *openings: Opening,
    guests: Iterable[Guest] = (guest(1),),
    people: Iterable[Person] = (),
    rules: Rules | None = None,
    **facts: Any,
) -> Problem:
    """Whoever is named nowhere in *people* is always free: guests at HOME, hosts in AWAY."""
    known, guests = {one.id: one for one in people}, tuple(guests)
    for one in guests:
        known.setdefault(one.person, person(one.person))
    for host in (host for offered in openings for host in offered.hosts):
        known.setdefault(host, person(host, AWAY))
    usual = {"zone": "UTC", "earliest": 0, "rules": rules or Rules()}
    return Problem(people=tuple(known.values()), guests=guests, openings=openings, **{**usual, **facts})


def seat(guest: int = 1, opening: int = 100, start: int = at(10)) -> Seat:
    return Seat(guest=guest, opening=opening, start=start)


def plan(*seats: Seat) -> Plan:
    return Plan(status=Status.FEASIBLE, seats=seats, reasons=(), tiers=(), gap=0.0, seconds=0.0)


def guests_of(plan: Plan) -> list[int]:
    return sorted({seat.guest for seat in plan.seats})


def drawn(seed: int) -> Problem:
    """A round drawn at random, small enough to be looked at, with every rule now and then."""
    dice = random.Random(seed)  # noqa: S311
    people = tuple(_person(dice, number) for number in range(1, dice.randint(4, 12)))
    ids = [one.id for one in people]
    openings = tuple(_opening(dice, number, ids) for number in range(101, 101 + dice.randint(1, 7)))
    guests = tuple(_guest(dice, number) for number in dice.sample(ids, dice.randint(1, len(ids))))
    pairs = [(dice.choice(ids), dice.choice(ids)) for _ in range(6)]
    round = Problem(
        zone=dice.choice(["UTC", "Asia/Tokyo", "America/New_York"]),
        earliest=at(dice.choice([0, 30])),
        people=people,
        guests=guests,
        openings=openings,
        rules=_rules(dice),
        past=tuple(pairs[:2]),
        excluded=tuple(sorted({(min(pair), max(pair)) for pair in pairs[2:4] if pair[0] != pair[1]})),
        met=((1, 2),),
        forbids=tuple((dice.choice(ids), dice.choice(openings).id) for _ in range(2)),
        seed=seed,
    )
    return that_can_be(round)


def that_can_be(round: Problem) -> Problem:
    """Where visits must be returned and nobody could return one, nothing is searched: returning is only preferred there."""
    return replace(round, rules=replace(round.rules, reciprocal="prefer")) if flaws(round) else round


def pinned(round: Problem, seats: tuple[Seat, ...]) -> Problem:
    return replace(round, pins=seats)


def _person(dice: random.Random, number: int) -> Person:
    free = [Span(at(hour, day), at(hour + 4, day), dice.choice([1, 2])) for day in range(4) for hour in (9, 13)]
    return Person(
        id=number,
        department=dice.randint(1, 3),
        boss=dice.choice([None, None, 1]) if number > 1 else None,
        free=tuple(span for span in free if dice.random() < 0.8),
        may=dice.choice([(), (), (OpeningKind.DESK, OpeningKind.MEETING)]),
    )


def _opening(dice: random.Random, number: int, ids: list[int]) -> Opening:
    fixed = dice.random() < 0.5
    return Opening(
        id=number,
        department=dice.randint(1, 3),
        kind=dice.choice(list(OpeningKind)),
        hosts=tuple(sorted(dice.sample(ids, dice.randint(1, 2)))),
        minutes=dice.choice([30, 60, 105]),
        seats=dice.randint(1, 3),
        starts=tuple(sorted({at(dice.choice([9, 10, 10.5, 11.5, 13, 14]), dice.randint(0, 3)) for _ in range(4)})),
        fixed=fixed,
        topics=dice.choice([(), ("sql",)]),
        most_per_week=dice.choice([None, 1, 2]),
        travel=dice.choice([0, 0, 30]),
        consent=dice.random() < 0.9,
    )


def _guest(dice: random.Random, number: int) -> Guest:
    wishes = {Goal(rank=rank, department=dice.randint(1, 3)) for rank in (1, 2)} | {Goal(rank=3, topic="sql")}
    return Guest(
        person=number,
        visits=dice.randint(1, 3),
        wishes=tuple(sorted(wishes, key=str)),
        weight=dice.randint(1, 2),
        surprise=dice.random() < 0.2,
    )


def _rules(dice: random.Random) -> Rules:
    return Rules(
        own_department=dice.random() < 0.3,
        own_boss=dice.random() < 0.3,
        visits_most=dice.choice([1, 2, 3]),
        visits_per_week_most=dice.choice([0, 0, 1]),
        guests_per_week_most=dice.choice([0, 0, 1, 2]),
        wishes=dice.choice(["require", "prefer"]),
        away_most=dice.choice([0, 0, 1]),
        reciprocal=dice.choice(["off", "off", "prefer", "require"]),
        walls=dice.choice(["prefer", "off"]),
    )


@dataclass(frozen=True, slots=True)
class Size:
    """The most there is of each in a drawn round."""

    people: int = 12
    guests: int = 12
    openings: int = 7
    starts: int = 4


TINY = Size(people=8, guests=5, openings=6, starts=3)  # every plan can be tried


def drawn_with_all_rules(seed: int, size: Size = Size()) -> Problem:
    """A round drawn at random in which every rule, every wish and every kind of pin has something to say now and then."""
    dice = random.Random(f"all rules {seed}")  # noqa: S311
    people = tuple(
        _free_for_weeks(dice, _person(dice, number)) for number in range(1, dice.randint(5, size.people) + 1)
    )
    ids = [one.id for one in people]
    openings = tuple(
        _varied(dice, _opening(dice, number, ids), size.starts)
        for number in range(101, 101 + dice.randint(3, size.openings))
    )
    rules = _all_rules(dice)
    seekers = dice.sample(ids, dice.randint(2, min(size.guests, len(ids))))
    if rules.reciprocal != "off":  # nobody returns a visit who is no host
        seekers = sorted({*seekers[:1], *(one.hosts[0] for one in openings)})[: size.guests]
    round = Problem(
        zone=dice.choice(["UTC", "Asia/Tokyo", "America/New_York"]),
        earliest=at(dice.choice([0, 0, 0, 10.5, 30])),
        people=people,
        guests=tuple(_keen(dice, _guest(dice, number)) for number in seekers),
        openings=openings,
        rules=rules,
        past=tuple(_some(dice, 2, lambda: (dice.choice(ids), dice.choice(ids)))),
        excluded=tuple(sorted({(min(pair), max(pair)) for pair in _some(dice, 2, lambda: tuple(dice.sample(ids, 2)))})),
        met=tuple(_some(dice, 3, lambda: (dice.randint(1, 3), dice.randint(1, 3)))),
        wanted=_wanted(dice),
        floors=tuple(_some(dice, 2, lambda: _floor(dice, openings))),
        forbids=tuple(_some(dice, 2, lambda: (dice.choice(ids), dice.choice(openings).id))),
        seed=seed,
    )
    return that_can_be(_with_pins(dice, _with_half_days(seed, _with_sites(seed, replace(round, away=_away(seed))))))


def _with_half_days(seed: int, round: Problem) -> Problem:
    """Budgets of the round, of guests and of hosts."""
    dice = random.Random(f"half-days {seed}")  # noqa: S311
    hosts = [None, None, None, 0, 1, 1, 2]
    guests = [None, None, None, None, 0, 1, 2]
    return replace(
        round,
        rules=replace(round.rules, half_days_most=dice.choice([0, 0, 0, 1, 2])),
        people=tuple(replace(one, hosting_most=dice.choice(hosts)) for one in round.people),
        guests=tuple(replace(one, half_days_most=dice.choice(guests)) for one in round.guests),
    )


def _with_sites(seed: int, round: Problem) -> Problem:
    """Openings at two sites, and now and then somebody who may go to one of them only, or whose agency has not agreed."""
    dice = random.Random(f"sites {seed}")  # noqa: S311
    openings = tuple(replace(one, site=dice.choice(["", "tokyo", "osaka"])) for one in round.openings)
    sites = [(), (), (), (), (), ("tokyo",), ("osaka", "tokyo")]
    people = tuple(replace(one, sites=dice.choice(sites), consent=dice.random() < 0.95) for one in round.people)
    minutes = dice.choice([0, 0, 30, 90, 240])
    return replace(
        round, openings=openings, people=people, ways=(Distance(one="tokyo", other="osaka", minutes=minutes),)
    )


def _away(seed: int) -> tuple[Away, ...]:
    dice = random.Random(f"away {seed}")  # noqa: S311
    return tuple(
        Away(department=dice.randint(1, 4), most=dice.choice([0, 1, 1, 2])) for _ in range(dice.choice([0, 0, 1, 2]))
    )


def _some(dice: random.Random, most: int, one: Callable[[], T]) -> list[T]:
    return [one() for _ in range(dice.choice([0, 0, *range(1, most + 1)]))]


def _free_for_weeks(dice: random.Random, person: Person) -> Person:
    """On days of two weeks; yes and if need be touch or leave a hole."""
    spans = [Span(at(hour, day), at(hour + 4, day), dice.choice([1, 2, 2])) for day in (0, 1, 7) for hour in (9, 13)]
    return replace(
        person,
        free=tuple(span for span in spans if dice.random() < 0.93),
        may=person.may if dice.random() < 0.4 else (),
    )


def _keen(dice: random.Random, guest: Guest) -> Guest:
    return replace(guest, visits=dice.choice([0, 1, 1, 2, 3, 3, 3]), weight=dice.randint(1, 4))


def _varied(dice: random.Random, opening: Opening, most: int) -> Opening:
    """On few days, so that times meet."""
    hours = [9, 9.5, 10, 10.5, 11, 12, 13, 14]
    starts = {at(dice.choice(hours), dice.choice([0, 0, 1, 7])) for _ in range(dice.randint(1, most))}
    return replace(
        opening,
        starts=tuple(sorted(starts)),
        seats=dice.randint(1, 4),
        most_per_week=dice.choice([None, None, None, 0, 1, 1, 2]),
        consent=dice.random() < 0.95,
        hosts=opening.hosts[: dice.choice([1, 1, 2])],
    )


def _all_rules(dice: random.Random) -> Rules:
    return Rules(
        own_department=dice.random() < 0.6,
        own_boss=dice.random() < 0.6,
        visits_most=dice.choice([0, 1, 2, 3, 3]),
        visits_per_week_most=dice.choice([0, 0, 0, 1, 2]),
        guests_per_week_most=dice.choice([0, 0, 0, 1, 2]),
        wishes=dice.choice(["require", "prefer", "prefer"]),
        away_most=dice.choice([0, 0, 0, 1, 2]),
        maybe_costs=dice.choice([0, 1, 3]),
        mix_departments=dice.random() < 0.5,
        reciprocal=dice.choice(["off", "off", "off", "prefer", "prefer", "require", "require"]),
        walls=dice.choice(["prefer", "prefer", "off"]),
    )


def _wanted(dice: random.Random) -> tuple[Wanted, ...]:
    pairs = {(dice.randint(1, 3), dice.randint(1, 3)) for _ in range(dice.choice([0, 0, 1, 3]))}
    weights = [(3, 1, 1), (2, 2, 0), (1, 1, 1), (0, 0, 0), (4, 0, 0), (5, 3, 2)]
    return tuple(Wanted(guests=one, hosts=other, weights=dice.choice(weights)) for one, other in sorted(pairs))


def _floor(dice: random.Random, openings: tuple[Opening, ...]) -> Floor:
    start = dice.choice(dice.choice(openings).starts) + dice.choice([-60, -30, 0, 30, 60])
    return Floor(department=dice.randint(1, 3), start=start, away=dice.choice([0, 1, 1, 2]))


def _with_pins(dice: random.Random, round: Problem) -> Problem:
    """Pins that can be, whatever else they break: one after the other while they do not contradict each other."""
    for _ in range(dice.choice([0, 0, 0, 1, 2, 4])):
        opening = dice.choice(round.openings)
        listed = opening.fixed or dice.random() < 0.6
        start = dice.choice(opening.starts) if listed else at(dice.choice([8, 9, 11.5, 15]), dice.choice([0, 1, 7]))
        pin = Seat(guest=dice.choice(round.guests).person, opening=opening.id, start=start)
        pinned = replace(round, pins=in_order((*round.pins, pin)))
        round = round if pins_of(flaws(pinned)) else pinned
    return round
