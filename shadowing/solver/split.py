"""Very large rounds in parts: departments that hardly wish for each other are solved apart, and the plans laid together.

A person's department decides which part they are guest in, an opening's where it is offered. Departments are kept in one part
where somebody hosts for another department than their own, is pinned to a visit there, or must not sit beside a guest of it, so
that no person, no session and no rule belongs to two parts: plans of the parts that hold all rules hold all rules together."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from shadowing.solver.bounds import flow
from shadowing.solver.instance import compiled
from shadowing.solver.problem import Problem, Seat, canonical, in_order

MOST = 5_000  # people in a part
Wishes = Counter[tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shards:
    """The parts of a round. *cut*: wishes that go from one part to another, and are lost; *guests*: the most that the first
    tier can be in the whole round, from its relaxation."""

    parts: tuple[Problem, ...]
    cut: int
    guests: int


def split(problem: Problem, most: int = MOST) -> Shards:
    """Parts of at most *most* people each, or larger where departments cannot be told apart."""
    problem = canonical(problem)
    wishes = _wishes(problem)
    parts = _grown(_inseparable(problem), wishes, Counter(person.department for person in problem.people), most)
    where = {department: number for number, part in enumerate(parts) for department in part}
    cut = sum(count for (one, other), count in wishes.items() if where[one] != where[other])
    made = tuple(part for part in (_part(problem, set(part)) for part in parts) if part.guests)
    return Shards(parts=made, cut=cut, guests=flow(compiled(problem)).most["guests"])


def together(plans: Iterable[tuple[Seat, ...]]) -> tuple[Seat, ...]:
    """The plans of all parts as one."""
    return in_order(seat for seats in plans for seat in seats)


def _wishes(problem: Problem) -> Wishes:
    """How many wishes of guests of one department could be met in another."""
    granting: dict[int | str | None, set[int]] = {}
    for opening in problem.openings:
        targets: tuple[int | str, ...] = (opening.department, *opening.topics)
        for target in targets:
            granting.setdefault(target, set()).add(opening.department)
    home = {person.id: person.department for person in problem.people}
    return Counter(
        (home[guest.person], department)
        for guest in problem.guests
        for wish in guest.wishes
        for department in granting.get(wish.topic if wish.department is None else wish.department, ())
    )


def _inseparable(problem: Problem) -> list[set[int]]:
    """Departments that share a person, or a rule between two of their people."""
    home = {person.id: person.department for person in problem.people}
    ties = [(home[host], opening.department) for opening in problem.openings for host in opening.hosts]
    where = {opening.id: opening.department for opening in problem.openings}
    ties += [(home[pin.guest], where[pin.opening]) for pin in problem.pins]
    ties += [(home[one], home[other]) for one, other in problem.excluded if one in home and other in home]
    everywhere = {*home.values(), *(opening.department for opening in problem.openings)}
    group = {department: {department} for department in sorted(everywhere)}
    for one, other in ties:
        if group[one] is not group[other]:
            group[one] |= group[other]
            for department in group[other]:
                group[department] = group[one]
    return sorted({id(members): members for members in group.values()}.values(), key=min)


def _grown(groups: list[set[int]], wishes: Wishes, people: Counter[int], most: int) -> list[list[int]]:
    """Groups joined, those with the most wishes between them first, while the two together are no larger than *most*."""
    size = [sum(people[department] for department in group) for group in groups]
    where = {department: number for number, group in enumerate(groups) for department in group}
    between: Wishes = Counter()
    for (one, other), count in wishes.items():
        if where[one] != where[other]:
            between[min(where[one], where[other]), max(where[one], where[other])] += count
    root = list(range(len(groups)))
    while pair := max(
        ((count, -one, -other) for (one, other), count in between.items() if size[one] + size[other] <= most),
        default=None,
    ):
        keep, gone = -pair[1], -pair[2]
        size[keep] += size[gone]
        root = [keep if number == gone else number for number in root]
        between = _joined(between, keep, gone)
    parts: dict[int, list[int]] = {}
    for number, group in enumerate(groups):
        parts.setdefault(root[number], []).extend(group)
    return [sorted(part) for part in parts.values()]


def _joined(between: Wishes, keep: int, gone: int) -> Wishes:
    joined: Wishes = Counter()
    for (one, other), count in between.items():
        one, other = (keep if number == gone else number for number in (one, other))
        if one != other:
            joined[min(one, other), max(one, other)] += count
    return joined


def _part(problem: Problem, departments: set[int]) -> Problem:
    """The round of these departments: their guests, what they offer, and the rules between them."""
    home = {person.id: person.department for person in problem.people}
    openings = tuple(opening for opening in problem.openings if opening.department in departments)
    people = {person.id for person in problem.people if person.department in departments}
    offered = {opening.id for opening in openings}
    return replace(
        problem,
        people=tuple(person for person in problem.people if person.id in people),
        guests=tuple(guest for guest in problem.guests if home[guest.person] in departments),
        openings=openings,
        past=tuple(_inside(problem.past, people)),
        excluded=tuple(_inside(problem.excluded, people)),
        met=tuple(_inside(problem.met, departments)),
        wanted=tuple(pair for pair in problem.wanted if {pair.guests, pair.hosts} <= departments),
        floors=tuple(floor for floor in problem.floors if floor.department in departments),
        away=tuple(limit for limit in problem.away if limit.department in departments),
        pins=tuple(pin for pin in problem.pins if pin.guest in people and pin.opening in offered),
        forbids=tuple((one, number) for one, number in problem.forbids if one in people and number in offered),
    )


def _inside(pairs: Iterable[tuple[int, int]], known: set[int]) -> Iterator[tuple[int, int]]:
    return ((one, other) for one, other in pairs if one in known and other in known)
