"""What cannot be right in a problem, asked before any search: flaws(problem).

A round in which nobody can be seated is no flaw: every guest is told why. A flaw is what no answer and no offer can mean, pins
that cannot all be true, and rules of which one takes away what the other needs. Free spans are to be disjoint, so that no day
of anybody has more hours than it has. Needs no numpy, as `check.py`."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shadowing.solver.assignment import Assignment, Place, assign
from shadowing.solver.check import strangers
from shadowing.solver.flaw import Flaw, FlawCode
from shadowing.solver.let_go import fewest
from shadowing.solver.numbers import negative, too_large
from shadowing.solver.problem import Opening, Person, Problem, Seat, Span, in_order

WORDS = {"wishes": ("require", "prefer"), "reciprocal": ("off", "prefer", "require"), "walls": ("off", "prefer")}
LEVELS = (1, 2)
HEAVIEST = 4

Clash = tuple[int, Place, Place]


def flaws(problem: Problem) -> tuple[Flaw, ...]:
    """All that cannot be right, in a fixed order; none where the problem can be searched."""
    return tuple(flaw for found in FINDERS for flaw in found(problem))


def _pins(problem: Problem) -> Iterator[Flaw]:
    if not problem.pins:
        return
    pins = in_order(problem.pins)
    strange = {pin for pin in pins if any(strangers(problem, (pin,)))}
    assignment = assign(problem, (pin for pin in pins if pin not in strange))
    crowds = [
        (seats, assignment.opening[opening].seats)
        for (opening, _), seats in assignment.sessions().items()
        if len(seats) > assignment.opening[opening].seats
    ]
    clashes = list(assignment.overlaps())
    hopeless = {seat for clash in clashes for seat in _alone(*clash)}
    pairs = ((one, other) for _, here, there in clashes for one in here.seats for other in there.seats if one != other)
    gone = fewest(strange | hopeless, pairs, crowds)
    yield from (_strange(problem, assignment, pin) for pin in pins if pin in strange)
    for seats, room in crowds:
        yield _about(FlawCode.PINS_CROWDED, seats, gone, {"seats": room, "count": len(seats)})
    yield from _two_places(clashes, gone)


def _alone(person: int, one: Place, other: Place) -> set[Seat]:
    """The seats that make the clash without any other."""
    if one.seats and other.seats:
        return set(one.seats) & set(other.seats)
    return {*one.seats, *other.seats}


def _strange(problem: Problem, assignment: Assignment, pin: Seat) -> Flaw:
    code = FlawCode.PIN_NOT_OFFERED
    if pin.guest not in assignment.guest:
        code = FlawCode.PIN_OF_NO_GUEST
    elif pin.opening not in assignment.opening:
        code = FlawCode.PIN_OF_NO_OPENING
    return _about(code, (pin,), frozenset((pin,)), {})


def _about(code: FlawCode, seats: tuple[Seat, ...], gone: frozenset[Seat], facts: dict[str, int]) -> Flaw:
    return Flaw(
        code=code,
        people=tuple(sorted({seat.guest for seat in seats})),
        openings=tuple(sorted({seat.opening for seat in seats})),
        pins=tuple(seat for seat in seats if seat in gone),
        facts={**facts, "start": seats[0].start},
    )


def _two_places(clashes: list[Clash], gone: frozenset[Seat]) -> Iterator[Flaw]:
    """One flaw for each person, however often they are in two places."""
    of_person: dict[int, list[Place]] = defaultdict(list)
    for person, *places in clashes:
        of_person[person] += places
    for person, places in sorted(of_person.items()):
        yield Flaw(
            code=FlawCode.PINS_IN_TWO_PLACES,
            people=(person,),
            openings=tuple(sorted({place.opening for place in places})),
            pins=in_order(seat for place in places for seat in place.seats if seat in gone),
            facts={"start": places[1].begin},
        )


def _people(problem: Problem) -> Iterator[Flaw]:
    for person in problem.people:
        yield from _times(person, "free", person.free)
        yield from _times(person, "hours", person.hours)
        yield from _times(person, "elsewhere", person.elsewhere)
    for guest in problem.guests:
        if not 1 <= guest.weight <= HEAVIEST:
            yield Flaw(code=FlawCode.WEIGHT, people=(guest.person,), facts={"value": guest.weight})


def _times(person: Person, name: str, spans: tuple[Span, ...]) -> Iterator[Flaw]:
    facts: dict[str, int | str] = {"name": name}
    ordered = sorted(set(spans))
    if any(span.end < span.start for span in ordered):
        yield Flaw(code=FlawCode.TIMES_BACKWARDS, people=(person.id,), facts=facts)
    elif any(later.start < span.end for span, later in pairwise(ordered)):
        yield Flaw(code=FlawCode.TIMES_OVERLAP, people=(person.id,), facts=facts)
    if wrong := {span.level for span in ordered}.difference(LEVELS):
        yield _word("level", min(wrong), LEVELS, people=(person.id,))


def _word(name: str, value: int | str, known: tuple[int | str, ...], people: tuple[int, ...] = ()) -> Flaw:
    facts: dict[str, int | str] = {"name": name, "value": value, "known": ", ".join(map(str, known))}
    return Flaw(code=FlawCode.UNKNOWN_WORD, people=people, facts=facts)


def _openings(problem: Problem) -> Iterator[Flaw]:
    for opening in problem.openings:
        if opening.seats < 1:
            yield Flaw(code=FlawCode.NO_SEATS, openings=(opening.id,), facts={"value": opening.seats})
        if opening.minutes < 1:
            yield Flaw(code=FlawCode.NO_MINUTES, openings=(opening.id,), facts={"value": opening.minutes})


def _ids(problem: Problem) -> Iterator[Flaw]:
    ids = {
        "person": [person.id for person in problem.people],
        "guest": [guest.person for guest in problem.guests],
        "opening": [opening.id for opening in problem.openings],
    }
    for name, numbers in ids.items():
        for number in _repeated(numbers):
            yield Flaw(code=FlawCode.TWICE, facts={"name": name, "value": number})
    known = set(ids["person"])
    for guest in sorted(set(ids["guest"]) - known):
        yield Flaw(code=FlawCode.NO_PERSON, people=(guest,), facts={"name": "guest"})
    for opening in problem.openings:
        if strange := tuple(sorted(set(opening.hosts) - known)):
            yield Flaw(code=FlawCode.NO_PERSON, people=strange, openings=(opening.id,), facts={"name": "host"})


def _repeated(numbers: list[int]) -> list[int]:
    return sorted(number for number, times in Counter(numbers).items() if times > 1)


def _zone(problem: Problem) -> Iterator[Flaw]:
    try:
        ZoneInfo(problem.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # no such zone; no name of a file; the name of a folder
        yield Flaw(code=FlawCode.UNKNOWN_ZONE, facts={"value": problem.zone})


def _rules(problem: Problem) -> Iterator[Flaw]:
    for name, known in WORDS.items():
        if (value := getattr(problem.rules, name)) not in known:
            yield _word(name, value, known)
    if problem.rules.reciprocal == "require" and _returns_nothing(problem):
        yield Flaw(code=FlawCode.NEVER_RETURNED)


def _returns_nothing(problem: Problem) -> bool:
    """There is something to visit, and nobody who could visit back. Pins are places all the same: they need no return."""
    hosts = {host for opening in problem.openings if _takes_place(opening) for host in opening.hosts}
    guests = {guest.person for guest in problem.guests if guest.visits > 0}
    return bool(guests and hosts and not problem.pins and guests.isdisjoint(hosts))


def _takes_place(opening: Opening) -> bool:
    return bool(opening.starts) and opening.most_per_week != 0


def _wanted(problem: Problem) -> Iterator[Flaw]:
    """Of two values for one pair of departments nobody could say which counts."""
    pairs: Counter[tuple[int, int]] = Counter()
    for pair in set(problem.wanted):
        pairs[pair.guests, pair.hosts] += 1
        if min(pair.weights) < 0 or any(more > less for less, more in pairwise(pair.weights)):
            facts: dict[str, int | str] = {"guests": pair.guests, "hosts": pair.hosts, "value": str(pair.weights)}
            yield Flaw(code=FlawCode.WANTED_RISES, facts=facts)
    for (guests, hosts), times in sorted(pairs.items()):
        if times > 1:
            yield Flaw(code=FlawCode.TWICE, facts={"name": "wanted", "value": f"({guests}, {hosts})"})


FINDERS: tuple[Callable[[Problem], Iterator[Flaw]], ...] = (
    _pins,
    _openings,
    negative,
    too_large,
    _people,
    _ids,
    _zone,
    _rules,
    _wanted,
)
