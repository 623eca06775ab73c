"""The checks that a seat can be asked alone, in plain Python: twins of `eligible.py` and of the clock in `candidates.py`.

They yield to pins: what HR decided is not reported."""

from collections.abc import Callable, Iterator

from shadowing.solver.assignment import Assignment, bound
from shadowing.solver.intervals import merged, without
from shadowing.solver.problem import Seat, Span

Sentences = Iterator[str]
Check = Callable[[Assignment], Sentences]


def nobody_visits_themselves(assignment: Assignment) -> Sentences:
    for seat in assignment.free():
        if seat.guest in assignment.hosts(seat):
            yield f"{seat} is with themselves"


def other_department(assignment: Assignment) -> Sentences:
    for seat in assignment.free():
        own = assignment.person[seat.guest].department == assignment.opening[seat.opening].department
        if own and not assignment.problem.rules.own_department:
            yield f"{seat} is in the guest's own department"


def no_boss_and_no_report(assignment: Assignment) -> Sentences:
    for seat in () if assignment.problem.rules.own_boss else assignment.free():
        for host in assignment.hosts(seat):
            if assignment.person[seat.guest].boss == host or assignment.person[host].boss == seat.guest:
                yield f"{seat} is with the guest's boss or report"


def past_pairs_rest(assignment: Assignment) -> Sentences:
    past = set(assignment.problem.past)
    for seat in assignment.free():
        if any((seat.guest, host) in past for host in assignment.hosts(seat)):
            yield f"{seat} repeats a pairing of the last rounds"


def excluded_never_meet(assignment: Assignment) -> Sentences:
    excluded = {frozenset(pair) for pair in assignment.problem.excluded}
    for seat in assignment.free():
        if any(frozenset((seat.guest, host)) in excluded for host in assignment.hosts(seat)):
            yield f"{seat} brings two people together who must not meet"


def contracts_allow(assignment: Assignment) -> Sentences:
    for seat in assignment.free():
        person, opening = assignment.person[seat.guest], assignment.opening[seat.opening]
        if person.may and opening.kind not in person.may:
            yield f"{seat} is of a kind that the guest's contract does not name"
        elif person.sites and opening.site not in person.sites:
            yield f"{seat} is at a site that the guest's contract does not name"
        elif not person.consent:
            yield f"{seat} lacks the consent of the guest's agency"


def customers_consent(assignment: Assignment) -> Sentences:
    for seat in assignment.free():
        if not assignment.opening[seat.opening].consent:
            yield f"{seat} lacks the customer's consent"


def forbids_hold(assignment: Assignment) -> Sentences:
    for seat in assignment.free():
        if (seat.guest, seat.opening) in assignment.problem.forbids:
            yield f"{seat} is forbidden"


def wishes_are_granted(assignment: Assignment) -> Sentences:
    for seat in assignment.free() if assignment.problem.rules.wishes == "require" else ():
        guest, opening = assignment.guest[seat.guest], assignment.opening[seat.opening]
        granted = any(wish.department == opening.department or wish.topic in opening.topics for wish in guest.wishes)
        if not granted and not guest.surprise:
            yield f"{seat} is nothing that the guest wished"


def guests_are_free(assignment: Assignment) -> Sentences:
    for seat in assignment.free():
        if not _can(assignment, seat, seat.guest, *assignment.away(seat)):
            yield f"{seat} is when the guest is not free"


def hosts_are_free(assignment: Assignment) -> Sentences:
    for seat in assignment.free():
        opening = assignment.opening[seat.opening]
        times = bound(opening, seat.start)
        if not opening.fixed and not all(_can(assignment, seat, host, *times) for host in opening.hosts):
            yield f"{seat} is when a host is not free"


def _can(assignment: Assignment, seat: Seat, number: int, begin: int, finish: int) -> bool:
    """Free from *begin* to *finish*; of that, travel may lie outside the working hours where it is no work."""
    person, rules = assignment.person[number], assignment.problem.rules
    if any(span.start < finish and begin < span.end for span in person.elsewhere):
        return False
    if rules.travel_is_work or not person.hours:
        return _free(person.free, begin, finish)
    off = tuple(without((Span(begin, finish),), merged(person.hours)))
    stay = seat.start, seat.start + assignment.opening[seat.opening].minutes
    return _free(person.free, *stay) and _free((*person.free, *off), begin, finish)


def _free(spans: tuple[Span, ...], begin: int, finish: int) -> bool:
    """From *begin* to *finish* without a hole."""
    for span in sorted(spans):
        if span.start <= begin < span.end:
            begin = span.end
    return begin >= finish


def notice_is_given(assignment: Assignment) -> Sentences:
    for seat in assignment.free():
        if seat.start < assignment.problem.earliest:
            yield f"{seat} is sooner than people may be asked"


SEAT_CHECKS: tuple[Check, ...] = (
    nobody_visits_themselves,
    other_department,
    no_boss_and_no_report,
    past_pairs_rest,
    excluded_never_meet,
    contracts_allow,
    customers_consent,
    forbids_hold,
    wishes_are_granted,
    guests_are_free,
    hosts_are_free,
    notice_is_given,
)
