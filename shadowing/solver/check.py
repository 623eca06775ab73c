"""The rules said again in plain Python, for anyone who doubts the solver: breaches(problem, plan).

Knows neither numpy nor OR-Tools nor the candidates. A rule about what is decent yields to a pin (HR decided);
what cannot physically be (a seat that is not there, a person in two places) is a breach even when pinned."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import combinations

from shadowing.solver.assignment import Assignment, assign
from shadowing.solver.check_seat import SEAT_CHECKS, Check, Sentences
from shadowing.solver.problem import Floor, Opening, Plan, Problem, Seat


def breaches(problem: Problem, plan: Plan) -> list[str]:
    """One sentence for each time a rule does not hold; none when the plan is sound."""
    broken = list(strangers(problem, plan.seats))
    if broken:
        return broken
    assignment = assign(problem, plan.seats)
    return [f"{check.__name__}: {sentence}" for check in CHECKS for sentence in check(assignment)]


def strangers(problem: Problem, seats: tuple[Seat, ...]) -> Sentences:
    guests = {guest.person for guest in problem.guests}
    openings = {opening.id: opening for opening in problem.openings}
    for seat in seats:
        if seat.guest not in guests or seat.opening not in openings:
            yield f"{seat} is of a guest or an opening that does not exist"
        elif not _offered(openings[seat.opening], seat, problem):
            yield f"{seat} is at a time that is not offered"
    for seat, times in Counter(seats).items():
        if times > 1:
            yield f"{seat} is given {times} times"


def _offered(opening: Opening, seat: Seat, problem: Problem) -> bool:
    return seat.start in opening.starts or (seat in problem.pins and not opening.fixed)


def pins_stay(assignment: Assignment) -> Sentences:
    for pin in assignment.problem.pins:
        if pin not in assignment.seats:
            yield f"{pin} was pinned and is gone"


def seats_hold(assignment: Assignment) -> Sentences:
    for (opening, start), count in Counter((seat.opening, seat.start) for seat in assignment.seats).items():
        if count > assignment.opening[opening].seats:
            yield f"opening {opening} has {count} guests on {assignment.opening[opening].seats} seats at {start}"


def one_place_at_a_time(assignment: Assignment) -> Sentences:
    """Nobody is in two places; two fixed openings of one host are the host's own affair."""
    for person, one, other in assignment.overlaps():
        yield f"person {person} is in {one.name} and in {other.name} at a time"


def visits_hold(assignment: Assignment) -> Sentences:
    most = assignment.problem.rules.visits_most
    for person, seats in _groups((seat, seat.guest) for seat in assignment.seats).items():
        visits = assignment.guest[seats[0].guest].visits
        yield from _over(
            assignment, seats, min(visits, most) if most else visits, f"guest {person}, visits in the round"
        )


def _over(assignment: Assignment, seats: Sequence[Seat], most: int, what: str) -> Sentences:
    """More *seats* than *most*, and not because HR pinned them."""
    if len(seats) > max(most, sum(seat in assignment.pins for seat in seats)):
        yield f"{what}: {len(seats)} instead of {most}"


def visits_per_week_hold(assignment: Assignment) -> Sentences:
    most = assignment.problem.rules.visits_per_week_most
    groups = _groups((seat, (seat.guest, assignment.week(seat))) for seat in (assignment.seats if most else ()))
    for key, seats in groups.items():
        yield from _over(assignment, seats, most, f"guest and week {key}, visits")


def _groups(pairs: Iterable[tuple[Seat, Hashable]]) -> dict[Hashable, list[Seat]]:
    groups = defaultdict(list)
    for seat, key in pairs:
        groups[key].append(seat)
    return groups


def hosts_rest(assignment: Assignment) -> Sentences:
    most = assignment.problem.rules.guests_per_week_most
    groups = _groups(
        (seat, (host, assignment.week(seat)))
        for seat in (assignment.seats if most else ())
        for host in assignment.hosts(seat)
    )
    for key, seats in groups.items():
        yield from _over(assignment, seats, most, f"host and week {key}, guests")


def sessions_hold(assignment: Assignment) -> Sentences:
    weeks = defaultdict(list)
    for (opening, _), seats in assignment.sessions().items():
        if assignment.opening[opening].most_per_week is None:
            continue
        weeks[opening, assignment.week(seats[0])].append(any(seat in assignment.pins for seat in seats))
    for (opening, week), pinned in weeks.items():
        most = assignment.opening[opening].most_per_week
        if most is not None and len(pinned) > max(most, sum(pinned)):
            yield f"opening {opening} is held {len(pinned)} times instead of {most} in week {week}"


def hosts_are_met_once(assignment: Assignment) -> Sentences:
    groups = _groups((seat, (seat.guest, host)) for seat in assignment.seats for host in assignment.hosts(seat))
    for key, seats in groups.items():
        yield from _over(assignment, seats, 1, f"guest and host {key}, meetings")


def excluded_never_side_by_side(assignment: Assignment) -> Sentences:
    excluded = {frozenset(pair) for pair in assignment.problem.excluded}
    for seats in assignment.sessions().values():
        for one, other in combinations(seats, 2):
            if frozenset((one.guest, other.guest)) in excluded and not assignment.pins.issuperset((one, other)):
                yield f"{one} and {other} must not sit side by side"


def sites_are_reached(assignment: Assignment) -> Sentences:
    ways = {frozenset((way.one, way.other)): 0 for way in assignment.problem.ways}
    for way in assignment.problem.ways:
        ways[frozenset((way.one, way.other))] = max(ways[frozenset((way.one, way.other))], way.minutes)
    for seats in _groups((seat, seat.guest) for seat in (assignment.seats if ways else ())).values():
        for one, other in combinations(sorted(seats, key=assignment.away), 2):
            sites = frozenset((assignment.opening[one.opening].site, assignment.opening[other.opening].site))
            gap = assignment.away(other)[0] - assignment.away(one)[1]
            if len(sites) == 2 and gap < ways.get(sites, 0) and not assignment.pins.issuperset((one, other)):
                yield f"{one} and {other} leave no time for the way between their sites"


def guests_half_days_hold(assignment: Assignment) -> Sentences:
    general = assignment.problem.rules.half_days_most
    for person, seats in _groups((seat, seat.guest) for seat in assignment.seats).items():
        own = assignment.guest[seats[0].guest].half_days_most
        limits = [most for most in (own, general or None) if most is not None]
        yield from _over_half_days(assignment, seats, limits, f"guest {person}")


def hosts_half_days_hold(assignment: Assignment) -> Sentences:
    seats_of = _groups(
        (seat, host)
        for seat in assignment.seats
        for host in assignment.hosts(seat)
        if not assignment.opening[seat.opening].fixed and assignment.person[host].hosting_most is not None
    )
    for host, seats in seats_of.items():
        limits = [one.hosting_most for one in assignment.problem.people if one.id == host]
        yield from _over_half_days(assignment, seats, [most for most in limits if most is not None], f"host {host}")


def _over_half_days(assignment: Assignment, seats: list[Seat], limits: list[int], who: str) -> Sentences:
    """More half-days than the strictest of the *limits*, and not because HR pinned them."""
    if not limits:
        return
    halves = set().union(*(_halves(assignment, seat) for seat in seats))
    pinned = set().union(*(_halves(assignment, seat) for seat in seats if seat in assignment.pins))
    if len(halves) > max(min(limits), len(pinned)):
        yield f"{who}, half-days: {len(halves)} instead of {min(limits)}"


def away_holds(assignment: Assignment) -> Sentences:
    round_most, own = assignment.problem.rules.away_most, assignment.problem.away
    for key, seats in _groups(_half_days(assignment) if round_most or own else ()).items():
        home = assignment.person[seats[0].guest].department
        limits = [limit.most for limit in own if limit.department == home] + ([round_most] if round_most else [])
        if limits:
            yield from _over_people(assignment, seats, min(limits), f"department and half-day {key}, people away")


def _half_days(assignment: Assignment) -> Iterator[tuple[Seat, Hashable]]:
    for seat in assignment.seats:
        department = assignment.person[seat.guest].department
        for half in _halves(assignment, seat):
            yield seat, (department, *half)


def _halves(assignment: Assignment, seat: Seat) -> set[tuple[str, bool]]:
    last = seat.start + assignment.opening[seat.opening].minutes - 1
    return {_half(assignment.local(minute)) for minute in (seat.start, last)}


def _half(local: datetime) -> tuple[str, bool]:
    return local.date().isoformat(), local.hour >= 12


def _over_people(assignment: Assignment, seats: list[Seat], most: int, what: str) -> Sentences:
    people = {seat.guest for seat in seats}
    if len(people) > max(most, len({seat.guest for seat in seats if seat in assignment.pins})):
        yield f"{what}: {len(people)} instead of {most}"


def floors_hold(assignment: Assignment) -> Sentences:
    for floor in assignment.problem.floors:
        away = [seat for seat in assignment.seats if _touches(assignment, seat, floor)]
        yield from _over_people(assignment, away, floor.away, f"{floor}")


def _touches(assignment: Assignment, seat: Seat, floor: Floor) -> bool:
    begin, finish = assignment.away(seat)
    theirs = assignment.person[seat.guest].department == floor.department
    return theirs and begin < floor.start + 30 and floor.start < finish


def visits_are_returned(assignment: Assignment) -> Sentences:
    meetings = {(seat.guest, host) for seat in assignment.seats for host in assignment.hosts(seat)}
    for seat in assignment.free() if assignment.problem.rules.reciprocal == "require" else ():
        if not any((host, seat.guest) in meetings for host in assignment.hosts(seat)):
            yield f"{seat} is not returned"


CHECKS: tuple[Check, ...] = (
    *SEAT_CHECKS,
    pins_stay,
    seats_hold,
    one_place_at_a_time,
    visits_hold,
    visits_per_week_hold,
    hosts_rest,
    sessions_hold,
    hosts_are_met_once,
    excluded_never_side_by_side,
    sites_are_reached,
    guests_half_days_hold,
    hosts_half_days_hold,
    away_holds,
    floors_hold,
    visits_are_returned,
)
