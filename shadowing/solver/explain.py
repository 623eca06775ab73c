"""Why a guest got nothing, and the smallest change that would have helped: why_not(problem, seats). No OR-Tools.

The reason is found without the private rules (exclusions, HR's forbids), so that it is true and tells nothing about them; the
remedy is tried in the plan with all rules. FULL must be worded "no place could be given": it also covers what is private."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

import numpy as np

from shadowing.solver import eligible
from shadowing.solver.alternatives import Neighbourhood, neighbourhood
from shadowing.solver.arrays import Mask, Numbers
from shadowing.solver.eligible import Roster, roster
from shadowing.solver.problem import Guest, Problem, Reason, Seat, canonical
from shadowing.solver.slots import Clock, Slots, clock_of, guests_are_free, hosts_are_free, notice_is_given, slots_of

TRIES = 12  # slots that are tried for one remedy before the next is looked at


class Code(StrEnum):
    """In the order in which they are asked; the first that holds is told."""

    NO_WISH = "no_wish"
    NOT_OFFERED = "not_offered"  # facts: department or topic of the first wish
    NO_FREE_TIME = "no_free_time"
    OWN_DEPARTMENT = "own_department"
    OWN_BOSS = "own_boss"
    MET_BEFORE = "met_before"
    CONTRACT = "contract"
    NO_CONSENT = "no_consent"
    NOT_FREE = "not_free"
    TOO_SOON = "too_soon"
    FULL = "full"


class Remedy(StrEnum):
    """The facts of each are ids and minutes; a remedy with facts was tried in the plan, and holds every rule."""

    WISH_MORE = "wish_more"  # facts, where one was found: department, opening, start
    ASK_HOSTS = "ask_hosts"  # facts: department or topic
    ENTER_FREE_TIME = "enter_free_time"  # facts, where one was found: opening, start
    ONE_MORE_HALF_DAY = "one_more_half_day"  # facts: opening, start
    ONE_MORE_SEAT = "one_more_seat"  # facts: opening, start
    FIRST_NEXT_TIME = "first_next_time"


PUBLIC: tuple[tuple[Code, eligible.PairRule], ...] = (
    (Code.OWN_DEPARTMENT, eligible.other_department),
    (Code.OWN_DEPARTMENT, eligible.nobody_visits_themselves),
    (Code.OWN_BOSS, eligible.no_boss_and_no_report),
    (Code.MET_BEFORE, eligible.past_pairs_rest),
    (Code.CONTRACT, eligible.contracts_allow),
    (Code.NO_CONSENT, eligible.customers_consent),
)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A round and its plan, with the masks that every guest's question looks at."""

    roster: Roster
    plan: Neighbourhood
    slots: Slots
    clock: Clock
    free: Mask
    held: Mask
    noticed: Mask
    wished: Mask
    public: list[tuple[Code, Mask]]
    allowed: Mask
    unwished: Mask
    taken: Numbers


def why_not(problem: Problem, seats: tuple[Seat, ...]) -> tuple[Reason, ...]:
    """One true reason for every guest without a seat, and what would have helped."""
    problem = canonical(problem)
    seated = {seat.guest for seat in seats}
    if all(guest.person in seated for guest in problem.guests):
        return ()
    inquiry = _inquiry(problem, seats)
    return tuple(_reason(inquiry, guest) for guest in problem.guests if guest.person not in seated)


def _inquiry(problem: Problem, seats: tuple[Seat, ...]) -> Inquiry:
    people = roster(problem)
    slots = slots_of(people)
    clock = clock_of(slots)
    wished = _table(people, eligible.wishes_are_granted)
    others = [_table(people, rule) for rule in eligible.PAIR_RULES if rule is not eligible.wishes_are_granted]
    decent = np.logical_and.reduce(others)
    return Inquiry(
        people,
        neighbourhood(problem, seats),
        slots,
        clock,
        guests_are_free(people, clock),
        hosts_are_free(people, slots),
        notice_is_given(people, slots),
        wished,
        [(code, _table(people, rule)) for code, rule in PUBLIC],
        decent & wished,
        decent & ~wished,
        _taken(people, slots, seats),
    )


def _table(people: Roster, rule: eligible.PairRule) -> Mask:
    guests, openings = len(people.guests), len(people.openings)
    row, column = np.divmod(np.arange(guests * openings), max(1, openings))
    return rule(people, row, column).reshape(guests, openings)


def _taken(people: Roster, slots: Slots, seats: Iterable[Seat]) -> Numbers:
    """How many sit in each slot."""
    taken = {(people.column[seat.opening], seat.start): 0 for seat in seats}
    for seat in seats:
        taken[people.column[seat.opening], seat.start] += 1
    pairs = zip(slots.opening.tolist(), slots.start.tolist(), strict=True)
    return np.array([taken.get(pair, 0) for pair in pairs], dtype=np.int64)


def _reason(inquiry: Inquiry, guest: Guest) -> Reason:
    code = _code(inquiry, guest)
    remedy, facts = _remedy(inquiry, guest, code)
    return Reason(guest=guest.person, code=code, remedy=remedy, facts=facts)


def _code(inquiry: Inquiry, guest: Guest) -> Code:
    """The first question of the funnel that leaves nothing over."""
    row = inquiry.roster.row[guest.person]
    columns = inquiry.wished[row]
    if not guest.wishes and not columns.any():
        return Code.NO_WISH
    if not (columns[inquiry.slots.opening] & inquiry.held).any():
        return Code.NOT_OFFERED
    if not inquiry.roster.person[guest.person].free:
        return Code.NO_FREE_TIME
    for code, mask in inquiry.public:
        columns = columns & mask[row]
        if not columns.any():
            return code
    return _code_of_times(inquiry, row, columns[inquiry.slots.opening] & inquiry.held)


def _code_of_times(inquiry: Inquiry, row: int, places: Mask) -> Code:
    free = places & inquiry.free[row, inquiry.clock.of_slot]
    if not free.any():
        return Code.NOT_FREE
    return Code.FULL if (free & inquiry.noticed).any() else Code.TOO_SOON


ReasonFacts = dict[str, int | str]


def _remedy(inquiry: Inquiry, guest: Guest, code: Code) -> tuple[Remedy, ReasonFacts]:
    """The smallest change that, tried in the plan, gives this guest a seat."""
    if code is Code.NOT_OFFERED:
        return Remedy.ASK_HOSTS, _first_wish(guest)
    for remedy, places, rule in _tries(inquiry, guest):
        if found := _found(inquiry, guest, places, rule):
            return _entered(code, remedy), _facts(inquiry, found, remedy)
    return _untried(code), {}


def _tries(inquiry: Inquiry, guest: Guest) -> Iterator[tuple[Remedy, Mask, str]]:
    """Remedies, the slots they could open up, and the one rule that then stands in the way of each."""
    row, column = inquiry.roster.row[guest.person], inquiry.slots.opening
    seats = np.array([opening.seats for opening in inquiry.roster.openings], dtype=np.int64)[column]
    possible = inquiry.held & inquiry.noticed
    free, left = inquiry.free[row, inquiry.clock.of_slot], inquiry.taken < seats
    mine = inquiry.allowed[row, column] & possible
    yield Remedy.ONE_MORE_HALF_DAY, mine & ~free & left, "guests_are_free"
    yield Remedy.WISH_MORE, inquiry.unwished[row, column] & possible & free & left, "wishes_are_granted"
    yield Remedy.ONE_MORE_SEAT, mine & free & ~left, "seats_hold"


def _found(inquiry: Inquiry, guest: Guest, places: Mask, rule: str) -> Seat | None:
    """The earliest of *places*, one or two for each opening, where *rule* alone is in the way."""
    tried = (_seat(inquiry, guest, slot) for slot in np.flatnonzero(places)[_spread(inquiry, places)])
    return next((seat for seat in islice(tried, TRIES) if inquiry.plan.broken(seat) == [rule]), None)


def _spread(inquiry: Inquiry, places: Mask) -> Numbers:
    """An order in which the first slots of all openings come before the second ones."""
    columns = inquiry.slots.opening[places]
    first = np.searchsorted(columns, columns)
    return np.lexsort([columns, np.arange(len(columns)) - first])


def _seat(inquiry: Inquiry, guest: Guest, slot: int) -> Seat:
    opening = inquiry.roster.openings[inquiry.slots.opening[slot]]
    return Seat(guest=guest.person, opening=opening.id, start=int(inquiry.slots.start[slot]))


def _entered(code: Code, remedy: Remedy) -> Remedy:
    return Remedy.ENTER_FREE_TIME if code is Code.NO_FREE_TIME and remedy is Remedy.ONE_MORE_HALF_DAY else remedy


def _facts(inquiry: Inquiry, seat: Seat, remedy: Remedy) -> ReasonFacts:
    facts: ReasonFacts = {"opening": seat.opening, "start": seat.start}
    if remedy is Remedy.WISH_MORE:
        facts["department"] = inquiry.plan.assignment.opening[seat.opening].department
    return facts


def _untried(code: Code) -> Remedy:
    """What to tell when no single change would have given a seat."""
    if code is Code.NO_FREE_TIME:
        return Remedy.ENTER_FREE_TIME
    return Remedy.FIRST_NEXT_TIME if code in (Code.NOT_FREE, Code.TOO_SOON, Code.FULL) else Remedy.WISH_MORE


def _first_wish(guest: Guest) -> ReasonFacts:
    wish = guest.wishes[0]
    return {"topic": wish.topic or ""} if wish.department is None else {"department": wish.department}
