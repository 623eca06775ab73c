"""The numbers of a problem that are too small or too large, with what each is of."""

from collections.abc import Iterable, Iterator

from shadowing.solver.flaw import Flaw, FlawCode
from shadowing.solver.problem import Opening, Person, Problem

LARGEST = 2**53  # what a float, and so any reader of JSON, holds exactly
COUNTED = (-LARGEST, 1_000_000)
"""Of what is counted and added up: sums of it stay exact."""
CALENDAR = (-1_035_067_680, 4_222_846_080)
"""The years 2 to 9998 in minutes: what has a day and a week, in every zone."""
LIMITS = ("visits_most", "visits_per_week_most", "guests_per_week_most", "half_days_most", "away_most", "maybe_costs")


def negative(problem: Problem) -> Iterator[Flaw]:
    def found(name: str, value: int, people: tuple[int, ...] = (), openings: tuple[int, ...] = ()) -> Iterator[Flaw]:
        if value < 0:
            facts: dict[str, int | str] = {"name": name, "value": value}
            yield Flaw(code=FlawCode.NEGATIVE, people=people, openings=openings, facts=facts)

    yield from found("seed", problem.seed)
    for name in LIMITS:
        yield from found(name, getattr(problem.rules, name))
    for guest in problem.guests:
        yield from found("visits", guest.visits, people=(guest.person,))
        yield from found("half_days_most", guest.half_days_most or 0, people=(guest.person,))
    for person in problem.people:
        yield from found("hosting_most", person.hosting_most or 0, people=(person.id,))
    for opening in problem.openings:
        yield from found("most_per_week", opening.most_per_week or 0, openings=(opening.id,))
        yield from found("travel", opening.travel, openings=(opening.id,))
    for floor in problem.floors:
        yield from found("away", floor.away)
    for limit in problem.away:
        yield from found("away", limit.most)
    for way in problem.ways:
        yield from found("travel", way.minutes)


def too_large(problem: Problem) -> Iterator[Flaw]:
    for person in problem.people:
        yield from _beyond("a number", _of_person(person), people=(person.id,))
        yield from _beyond("hosting_most", (person.hosting_most or 0,), COUNTED, people=(person.id,))
    for guest in problem.guests:
        ranks = [number for wish in guest.wishes for number in (wish.rank, wish.department or 0)]
        numbers = (guest.person, guest.weight, *ranks)
        yield from _beyond("a number", numbers, people=(guest.person,))
        counts = (guest.visits, guest.half_days_most or 0)
        yield from _beyond("visits", counts, COUNTED, people=(guest.person,))
    for opening in problem.openings:
        yield from _of_opening(opening)
    yield from _beyond("a number of the round", _of_round(problem))
    yield from _beyond("a count of the round", _counts(problem), COUNTED)
    dated = [pin.start for pin in problem.pins]
    yield from _beyond("the start of a pin", dated, CALENDAR)


def _of_person(person: Person) -> Iterator[int]:
    yield from (person.id, person.department, person.boss or 0)
    for spans in (person.free, person.hours, person.elsewhere):
        for span in spans:
            yield span.start
            yield span.end


def _of_opening(opening: Opening) -> Iterator[Flaw]:
    about = (opening.id,)
    numbers = (*about, opening.department, *opening.hosts, opening.minutes, opening.travel)
    wrong = list(_beyond("a number", numbers, openings=about))
    wrong += _beyond("a count", (opening.seats, opening.most_per_week or 0), COUNTED, openings=about)
    if not wrong and opening.starts:
        times = (min(opening.starts) - opening.travel, max(opening.starts) + opening.minutes + opening.travel)
        wrong = list(_beyond("a time", times, CALENDAR, openings=about))
    yield from wrong


def _of_round(problem: Problem) -> Iterator[int]:
    yield from (problem.earliest, problem.seed)
    for pairs in (problem.past, problem.excluded, problem.met, problem.forbids):
        for pair in pairs:
            yield from pair
    for wanted in problem.wanted:
        yield from (wanted.guests, wanted.hosts)
    for floor in problem.floors:
        yield from (floor.department, floor.start, floor.away)
    for limit in problem.away:
        yield from (limit.department, limit.most)
    for way in problem.ways:
        yield way.minutes
    for pin in problem.pins:
        yield from (pin.guest, pin.opening)


def _counts(problem: Problem) -> Iterator[int]:
    yield from (getattr(problem.rules, name) for name in LIMITS)
    for wanted in problem.wanted:
        yield from wanted.weights


def _beyond(
    name: str,
    numbers: Iterable[int],
    limits: tuple[int, int] = (-LARGEST, LARGEST),
    people: tuple[int, ...] = (),
    openings: tuple[int, ...] = (),
) -> Iterator[Flaw]:
    """The first of *numbers* that lies outside, as text: it may not fit where the flaw is written down."""
    for number in numbers:
        if not limits[0] <= number <= limits[1]:
            facts: dict[str, int | str] = {"name": name, "value": str(number)[:40]}
            yield Flaw(code=FlawCode.TOO_LARGE, people=people, openings=openings, facts=facts)
            return
