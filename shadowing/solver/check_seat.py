"""The checks that a seat can be asked alone, in plain Python: twins of `eligible.py` and of the clock in `candidates.py`.

They yield to pins: what HR decided is not reported."""

from collections.abc import Callable, Iterator

from shadowing.solver.assignment import Sitting, bound
from shadowing.solver.problem import Person

Sentences = Iterator[str]
Check = Callable[[Sitting], Sentences]


def nobody_visits_themselves(table: Sitting) -> Sentences:
    for seat in table.free():
        if seat.guest in table.hosts(seat):
            yield f"{seat} is with themselves"


def other_department(table: Sitting) -> Sentences:
    for seat in table.free():
        own = table.person[seat.guest].department == table.opening[seat.opening].department
        if own and not table.problem.rules.own_department:
            yield f"{seat} is in the guest's own department"


def no_boss_and_no_report(table: Sitting) -> Sentences:
    for seat in () if table.problem.rules.own_boss else table.free():
        for host in table.hosts(seat):
            if table.person[seat.guest].boss == host or table.person[host].boss == seat.guest:
                yield f"{seat} is with the guest's boss or report"


def past_pairs_rest(table: Sitting) -> Sentences:
    past = set(table.problem.past)
    for seat in table.free():
        if any((seat.guest, host) in past for host in table.hosts(seat)):
            yield f"{seat} repeats a pairing of the last rounds"


def excluded_never_meet(table: Sitting) -> Sentences:
    excluded = {frozenset(pair) for pair in table.problem.excluded}
    for seat in table.free():
        if any(frozenset((seat.guest, host)) in excluded for host in table.hosts(seat)):
            yield f"{seat} brings two people together who must not meet"


def contracts_allow(table: Sitting) -> Sentences:
    for seat in table.free():
        may = table.person[seat.guest].may
        if may and table.opening[seat.opening].kind not in may:
            yield f"{seat} is of a kind that the guest's contract does not name"


def customers_consent(table: Sitting) -> Sentences:
    for seat in table.free():
        if not table.opening[seat.opening].consent:
            yield f"{seat} lacks the customer's consent"


def forbids_hold(table: Sitting) -> Sentences:
    for seat in table.free():
        if (seat.guest, seat.opening) in table.problem.forbids:
            yield f"{seat} is forbidden"


def wishes_are_granted(table: Sitting) -> Sentences:
    for seat in table.free() if table.problem.rules.wishes == "require" else ():
        guest, opening = table.guest[seat.guest], table.opening[seat.opening]
        granted = any(wish.department == opening.department or wish.topic in opening.topics for wish in guest.wishes)
        if not granted and not guest.surprise:
            yield f"{seat} is nothing that the guest wished"


def guests_are_free(table: Sitting) -> Sentences:
    for seat in table.free():
        if not _free(table.person[seat.guest], *table.away(seat)):
            yield f"{seat} is when the guest is not free"


def hosts_are_free(table: Sitting) -> Sentences:
    for seat in table.free():
        opening = table.opening[seat.opening]
        times = bound(opening, seat.start)
        if not opening.fixed and not all(_free(table.person[host], *times) for host in opening.hosts):
            yield f"{seat} is when a host is not free"


def _free(person: Person, begin: int, finish: int) -> bool:
    """Free from *begin* to *finish* without a hole."""
    for span in sorted(person.free):
        if span.start <= begin < span.end:
            begin = span.end
    return begin >= finish


def notice_is_given(table: Sitting) -> Sentences:
    for seat in table.free():
        if seat.start < table.problem.earliest:
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
