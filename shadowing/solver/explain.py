"""Why a guest got nothing, and the smallest change that helps: why_not(problem, seats). No search.

The reason is found without the private rules (exclusions, HR's forbids), so that it is true and tells nothing about them; a
remedy is told only when it was tried in the plan with all rules, and works. FULL must be worded "no place was left that keeps
all rules": taken seats, rules that share the blame and what is private sound the same."""

from collections.abc import Iterator
from enum import StrEnum

import numpy as np

from shadowing.solver.arrays import Mask, Numbers
from shadowing.solver.inquiry import Inquiry, Table, inquiry_of, planned
from shadowing.solver.problem import Guest, Problem, Reason, Seat
from shadowing.solver.state import State


class Code(StrEnum):
    """In the order in which they are asked; the first that holds is told."""

    NO_WISH = "no_wish"
    NOT_OFFERED = "not_offered"  # facts: department or topic of the first wish
    NO_HOST_FREE = "no_host_free"
    NO_FREE_TIME = "no_free_time"
    OWN_DEPARTMENT = "own_department"
    OWN_BOSS = "own_boss"
    MET_BEFORE = "met_before"
    AGENCY = "agency"
    CONTRACT = "contract"
    NO_CONSENT = "no_consent"
    NOT_FREE = "not_free"
    ELSEWHERE = "elsewhere"
    TOO_SOON = "too_soon"
    HALF_DAYS = "half_days"
    HOSTING = "hosting"
    AWAY_LIMIT = "away_limit"
    FLOOR = "floor"
    SESSIONS = "sessions"
    HOST_WEEK = "host_week"
    HOST_HALF_DAYS = "host_half_days"
    HOST_TAKEN = "host_taken"
    NOT_RETURNED = "not_returned"
    FULL = "full"
    PLACE_LEFT = "place_left"  # somebody changed the plan by hand, or the search was cut off


class Remedy(StrEnum):
    """The facts of each are ids and minutes. All but the last two were tried in the plan, and hold every rule."""

    PLACE = "place"  # facts: opening, start, as of all that were tried
    GIVE_HALF_DAYS = "give_half_days"
    ENTER_FREE_TIME = "enter_free_time"
    ONE_MORE_HALF_DAY = "one_more_half_day"
    WISH_MORE = "wish_more"  # facts: department, too
    ONE_MORE_SEAT = "one_more_seat"
    ONE_MORE_SESSION = "one_more_session"
    ONE_MORE_OF_HOST = "one_more_of_host"  # a half-day
    ASK_HOSTS = "ask_hosts"  # facts: department or topic
    FIRST_NEXT_TIME = "first_next_time"


ReasonFacts = dict[str, int | str]


def why_not(problem: Problem, seats: tuple[Seat, ...]) -> tuple[Reason, ...]:
    """One true reason for every guest without a seat, and what would have helped."""
    return why_not_of(planned(problem, seats))


def why_not_of(state: State) -> tuple[Reason, ...]:
    """As `why_not`, of a plan that is there as a state already, and stays as it is."""
    reasons: list[Reason] = []
    unmatched = np.array([row for row, visits in enumerate(state.visits) if not visits], dtype=np.int64)
    if len(unmatched):
        inquiry = inquiry_of(state)
        for table in inquiry.tables(unmatched):
            reasons += [_reason(inquiry, table, number) for number in range(len(table.rows))]
    return tuple(sorted(reasons, key=lambda reason: reason.guest))


def _reason(inquiry: Inquiry, table: Table, number: int) -> Reason:
    guest = inquiry.roster.guests[table.rows[number]]
    code = _code(inquiry, table, number, guest)
    remedy, facts = _remedy(inquiry, table, number, code)
    code = Code.PLACE_LEFT if remedy is Remedy.PLACE else code
    return Reason(guest=guest.person, code=code, remedy=remedy, facts=facts)


def _code(inquiry: Inquiry, table: Table, number: int, guest: Guest) -> Code:
    """The first question of the funnel that leaves nothing over."""
    columns = table.wished[number]
    if not guest.visits or not (guest.wishes or columns.any()):
        return Code.NO_WISH
    if not (columns & inquiry.ever).any():
        return Code.NO_HOST_FREE if (columns & ~inquiry.fixed).any() else Code.NOT_OFFERED
    person = inquiry.roster.person[guest.person]
    if not person.free and not person.elsewhere:
        return Code.NO_FREE_TIME
    columns = columns & inquiry.ever
    for code, mask in table.public:
        columns = columns & mask[number]
        if not columns.any():
            return Code(code) if person.consent or code != Code.CONTRACT else Code.AGENCY
    return _code_of_plan(inquiry, int(table.rows[number]), columns)


def _code_of_plan(inquiry: Inquiry, row: int, columns: Mask) -> Code:
    """What stands in the way of the starts that are held. One question must be against all that the times leave over;
    where several are, each against some, it is FULL."""
    slot = inquiry.slots_of(np.flatnonzero(columns))
    slot = slot[inquiry.held[slot]]
    slot = slot[inquiry.given(row, slot)]
    if not len(slot):
        return Code.NOT_FREE
    slot = slot[~inquiry.offering(row, slot)]
    if not len(slot):
        return Code.HOSTING
    slot = slot[inquiry.state.instance.free[row, inquiry.clock.of_slot[slot]]]
    if not len(slot):
        return Code.ELSEWHERE
    slot = slot[inquiry.noticed[slot]]
    if not len(slot):
        return Code.TOO_SOON
    for code, against in _against(inquiry, row, slot):
        if against.all():
            return code
    return Code.FULL


def _against(inquiry: Inquiry, row: int, slot: Numbers) -> Iterator[tuple[Code, Mask]]:
    state = inquiry.state
    yield Code.HALF_DAYS, ~state.budgets.leave(row, state.visits[row], slot)
    yield Code.HOSTING, inquiry.hosting(row, slot)
    yield Code.AWAY_LIMIT, inquiry.too_many_away(row, slot)
    yield Code.FLOOR, inquiry.under_floor(row, slot)
    used, week = inquiry.used_up(slot), inquiry.host_is_full(slot)
    yield Code.SESSIONS, used
    yield Code.HOST_WEEK, week
    given = state.budgets.spent[slot] > 0
    yield Code.HOST_HALF_DAYS, given
    yield Code.HOST_TAKEN, (state.shut[slot] > 0) & ~used & ~week & ~given
    yield Code.NOT_RETURNED, ~inquiry.returned(row, slot)


def _remedy(inquiry: Inquiry, table: Table, number: int, code: Code) -> tuple[Remedy, ReasonFacts]:
    """The smallest change that, tried in the plan, gives this guest a seat."""
    row = int(table.rows[number])
    guest = inquiry.roster.guests[row]
    for remedy, slot in _tries(inquiry, table, number, row) if guest.visits else ():
        if len(slot):
            return _entered(code, remedy), _facts(inquiry, row, slot, remedy)
    return (Remedy.ASK_HOSTS, _first_wish(guest)) if code is Code.NOT_OFFERED else (Remedy.FIRST_NEXT_TIME, {})


def _is_own_limit(guest: Guest, general: int) -> bool:
    own = guest.half_days_most
    return own is not None and (not general or own < general)


def _tries(inquiry: Inquiry, table: Table, number: int, row: int) -> Iterator[tuple[Remedy, Numbers]]:
    """Remedies, and the slots that each opens up to the guest."""
    state = inquiry.state
    mine = inquiry.slots_of(np.flatnonzero(table.decent[number] & table.wished[number]))
    mine = mine[state.instance.open[mine]]
    free = state.instance.free[row, inquiry.clock.of_slot[mine]]
    room = (state.left[mine] > 0) & (state.shut[mine] == 0)
    yield Remedy.PLACE, inquiry.fitting(row, mine[room & free])
    if _is_own_limit(inquiry.roster.guests[row], state.rules.half_days_most):
        yield Remedy.GIVE_HALF_DAYS, inquiry.fitting_with_half_days(row, mine[room & free])
    yield Remedy.ONE_MORE_HALF_DAY, inquiry.fitting(row, inquiry.at_work(row, mine[room & ~free]))
    yield Remedy.WISH_MORE, inquiry.fitting(row, _unwished(inquiry, table, number, row))
    full = (state.left[mine] <= 0) & (state.shut[mine] == 0)
    yield Remedy.ONE_MORE_SEAT, inquiry.fitting(row, mine[free & full])
    mine = mine[free & (state.left[mine] > 0) & (state.shut[mine] == 1)]
    yield Remedy.ONE_MORE_SESSION, inquiry.fitting(row, mine[inquiry.used_up(mine)])
    short = inquiry.slots.first_half[mine] == inquiry.slots.last_half[mine]
    yield Remedy.ONE_MORE_OF_HOST, inquiry.fitting(row, mine[short & (state.budgets.spent[mine] > 0)])


def _unwished(inquiry: Inquiry, table: Table, number: int, row: int) -> Numbers:
    slot: Numbers = inquiry.roomy
    slot = slot[(table.decent[number] & ~table.wished[number])[inquiry.slots.opening[slot]]]
    free: Mask = inquiry.state.instance.free[row, inquiry.clock.of_slot[slot]]
    return slot[free]


def _entered(code: Code, remedy: Remedy) -> Remedy:
    return Remedy.ENTER_FREE_TIME if code is Code.NO_FREE_TIME and remedy is Remedy.ONE_MORE_HALF_DAY else remedy


def _facts(inquiry: Inquiry, row: int, slot: Numbers, remedy: Remedy) -> ReasonFacts:
    """The best fit, the earliest of those."""
    points = inquiry.state.instance.points(np.full(len(slot), row), inquiry.slots.opening[slot])
    identity = inquiry.ids[inquiry.slots.opening[slot]]
    seat = inquiry.state.instance.seat(row, int(slot[np.lexsort((identity, inquiry.slots.start[slot], -points))[0]]))
    facts: ReasonFacts = {"opening": seat.opening, "start": seat.start}
    if remedy is Remedy.WISH_MORE:
        facts["department"] = inquiry.roster.openings[inquiry.roster.column[seat.opening]].department
    return facts


def _first_wish(guest: Guest) -> ReasonFacts:
    wish = guest.wishes[0]
    return {"topic": wish.topic or ""} if wish.department is None else {"department": wish.department}
