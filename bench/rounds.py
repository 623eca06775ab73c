"""Seeded rounds of realistic structure: calendars with recurring meetings, departments of uneven size, topics of uneven
popularity, about a quarter of the people as hosts."""

from datetime import UTC, datetime

import numpy as np

from bench.company import HALF_HOURS, Company, Ints, Words, company_of, runs_of, word
from shadowing.solver.problem import Goal, Guest, Opening, OpeningKind, Person, Problem, Rules, Span

TOPICS = 3  # of a department
LENGTHS = (1, 2, 3, 4, 6)  # half-hours of a desk visit
MONDAY = int(datetime(2027, 1, 18, tzinfo=UTC).timestamp()) // 60


def round_of(people: int, seed: int, scarce: bool) -> Problem:
    company = company_of(people, seed, scarce)
    guests = _guests(company)
    rides = _rides(company, len(company.meetings) + 1)
    openings = (*_held(company), *rides, *_desks(company, len(company.meetings) + len(rides) + 1))
    return Problem(
        zone="UTC",
        earliest=MONDAY,
        people=_people(company),
        guests=guests,
        openings=openings,
        rules=Rules(visits_most=3, visits_per_week_most=company.scale.per_week),
        past=_past(company, openings),
        seed=seed,
    )


def _guests(company: Company) -> tuple[Guest, ...]:
    """Most people, with one to three visits wanted, ranked topics of other departments and some wished departments."""
    draw, people = company.draw, company.people
    is_guest = draw.random(people) < 0.85
    visits = draw.choice([1, 2, 3], people, p=[0.4, 0.35, 0.25])
    weight = np.where(draw.random(people) < 0.1, 2, 1)
    ranked = _topics(company, draw.choice([1, 2, 3], people, p=[0.15, 0.35, 0.5]))
    many = draw.integers(0, 2, people) if people >= 300 else np.full(people, min(3, company.departments - 1))
    wished = np.argsort(draw.random((people, company.departments)), axis=1)[:, :3]
    own = company.department
    return tuple(
        Guest(
            person=person + 1,
            visits=int(visits[person]),
            wishes=(
                *(Goal(rank=rank, topic=_topic(topic)) for rank, topic in enumerate(ranked[person], 1)),
                *(
                    Goal(rank=4, department=int(department) + 1)
                    for department in wished[person, : many[person]]
                    if department != own[person]
                ),
            ),
            weight=int(weight[person]),
        )
        for person in np.flatnonzero(is_guest).tolist()
    )


def _topics(company: Company, many: Ints) -> list[list[int]]:
    """For each person the first different ones of 24 topics drawn by popularity, none of the own department."""
    count = TOPICS * company.departments
    popularity = company.draw.permutation(1.0 / np.arange(1, count + 1) ** 1.1)
    drawn = company.draw.choice(count, (company.people, 24), p=popularity / popularity.sum())
    own = (drawn // TOPICS) == company.department[:, None]
    return [
        list(dict.fromkeys(topics[~mine].tolist()))[:most]
        for topics, mine, most in zip(drawn, own, many.tolist(), strict=True)
    ]


def _topic(number: int) -> str:
    return f"topic-{number}"


def _held(company: Company) -> tuple[Opening, ...]:
    """The department meetings, open to guests every week; larger ones in large companies."""
    draw, many = company.draw, company.people >= 3000
    fewest, most = (4, 13) if many else (2, 5)
    openings = []
    for number, (department, weekday, start, length) in enumerate(company.meetings, 1):
        days = [day for day in range(weekday, company.days, 5) if day >= company.scale.notice]
        topics = draw.permutation(TOPICS)[:2] + department * TOPICS
        openings.append(
            Opening(
                id=number,
                department=department + 1,
                kind=OpeningKind.MEETING,
                hosts=(int(draw.choice(np.flatnonzero(company.department == department))) + 1,),
                minutes=30 * length,
                seats=int(draw.integers(fewest, most)),
                starts=tuple(_minute(day, start) for day in days),
                fixed=True,
                topics=tuple(map(_topic, topics.tolist())),
            )
        )
    return tuple(openings)


def _rides(company: Company, number: int) -> tuple[Opening, ...]:
    """Visits to customers with travel, at one time each: in a fifth of the departments, by a third of their people."""
    draw = company.draw
    selling = draw.permutation(company.departments)[: max(1, company.departments // 5)]
    sellers = np.flatnonzero(np.isin(company.department, selling) & (draw.random(company.people) < 0.3))
    hosts = np.repeat(sellers, draw.integers(1, 3, len(sellers)))
    return tuple(_ride(company, host, number + place) for place, host in enumerate(hosts.tolist()))


def _ride(company: Company, host: int, number: int) -> Opening:
    draw = company.draw
    length, travel = int(draw.integers(2, 5)), int(draw.integers(1, 3))
    start = int(draw.integers(travel, HALF_HOURS - length - travel))
    day = int(draw.integers(company.scale.notice, company.days))
    company.free[host, day] &= ~word(start - travel, length + 2 * travel)
    department = int(company.department[host])
    return Opening(
        id=number,
        department=department + 1,
        kind=OpeningKind.RIDE_ALONG,
        hosts=(host + 1,),
        minutes=30 * length,
        seats=1 + int(draw.random() < 0.25),
        starts=(_minute(day, start),),
        fixed=True,
        topics=(_topic(department * TOPICS + int(draw.integers(0, TOPICS))),),
        travel=30 * travel,
    )


def _desks(company: Company, number: int) -> tuple[Opening, ...]:
    """Hours at a desk, whenever the host is free for the length of the visit."""
    draw = company.draw
    hosts = np.flatnonzero(draw.random(company.people) < company.scale.hosts)
    lengths = draw.choice(LENGTHS, len(hosts), p=company.scale.lengths).tolist()
    seats = draw.choice([1, 2], len(hosts), p=[0.7, 0.3]).tolist()
    most = draw.choice([1, 2], len(hosts), p=[0.7, 0.3]).tolist()
    runs = {length: runs_of(company.free, length) for length in LENGTHS}
    openings = []
    for place, host in enumerate(hosts.tolist()):
        department = int(company.department[host])
        topics = draw.permutation(TOPICS)[: 1 + int(draw.random() < 0.5)] + department * TOPICS
        openings.append(
            Opening(
                id=number + place,
                department=department + 1,
                kind=OpeningKind.DESK,
                hosts=(host + 1,),
                minutes=30 * lengths[place],
                seats=seats[place],
                starts=_minutes(runs[lengths[place]][host]),
                fixed=False,
                topics=tuple(map(_topic, topics.tolist())),
                most_per_week=most[place],
            )
        )
    return tuple(openings)


def _minutes(words: Words) -> tuple[int, ...]:
    return tuple(
        _minute(day, bit) for day, word in enumerate(words.tolist()) for bit in range(HALF_HOURS) if word >> bit & 1
    )


def _minute(day: int, half_hour: int) -> int:
    return MONDAY + (day // 5 * 7 + day % 5) * 1440 + 540 + 30 * half_hour


def _people(company: Company) -> tuple[Person, ...]:
    anywhere = company.draw.random(company.people) < 0.8
    return tuple(
        Person(
            id=person + 1,
            department=int(company.department[person]) + 1,
            free=_spans(company.free[person]),
            may=() if anywhere[person] else (OpeningKind.DESK, OpeningKind.MEETING),
        )
        for person in range(company.people)
    )


def _spans(words: Words) -> tuple[Span, ...]:
    spans = []
    for day, free in enumerate(words.tolist()):
        edges = free ^ (free << 1)  # a bit where a run begins and one behind its end
        while edges:
            first = edges & -edges
            edges ^= first
            last = edges & -edges
            edges ^= last
            spans.append(Span(_minute(day, first.bit_length() - 1), _minute(day, last.bit_length() - 1)))
    return tuple(spans)


def _past(company: Company, openings: tuple[Opening, ...]) -> tuple[tuple[int, int], ...]:
    """Who met whom in the last rounds."""
    hosts = np.unique([host for opening in openings for host in opening.hosts])
    many = max(1, company.people // 2)
    guests = company.draw.integers(1, company.people + 1, many)
    pairs = zip(guests.tolist(), company.draw.choice(hosts, many).tolist(), strict=True)
    return tuple(sorted(set(pairs)))
