"""Whether a reason is true, asked of the plan checks alone: no line is shared with `solver/explain.py` and what it stands on.

Every place that a guest wished for is tried, and the rules it would break are named by `solver/check.py`."""

from shadowing.solver.alternatives import Neighbourhood, against, neighbourhood
from shadowing.solver.assignment import bound
from shadowing.solver.explain import Code
from shadowing.solver.problem import Guest, Opening, Problem, Reason, Seat

ALONE: dict[Code, set[str]] = {
    Code.OWN_DEPARTMENT: {"other_department", "nobody_visits_themselves"},
    Code.OWN_BOSS: {"no_boss_and_no_report"},
    Code.MET_BEFORE: {"past_pairs_rest"},
    Code.AGENCY: {"contracts_allow"},
    Code.CONTRACT: {"contracts_allow"},
    Code.NO_CONSENT: {"customers_consent"},
    Code.NOT_FREE: {"guests_are_free"},
    Code.ELSEWHERE: {"guest_elsewhere"},
    Code.TOO_SOON: {"notice_is_given"},
}
"""Rules of a guest and a place. Each must, with those before it, be against every place."""
TOGETHER: dict[Code, set[str]] = {
    Code.HALF_DAYS: {"guests_half_days_hold"},
    Code.AWAY_LIMIT: {"away_holds"},
    Code.FLOOR: {"floors_hold"},
    Code.SESSIONS: {"sessions_hold"},
    Code.HOST_WEEK: {"hosts_rest"},
    Code.HOST_HALF_DAYS: {"hosts_half_days_hold"},
    Code.HOST_TAKEN: {"one_place_at_a_time"},
    Code.NOT_RETURNED: {"visits_are_returned"},
}
"""Rules of the plan. Each must be against every place that is left by those above."""
HOSTS, VISITORS = "hosts at a fixed time", "has visitors"
"""What a guest does then themselves, beside the rules: asked after whether they are free, and after their half-days."""
NOBODY_COMES = {"not_offered", "host_elsewhere", "hosts_are_free"}
"""The place is not held at all."""


def holds(problem: Problem, seats: tuple[Seat, ...], reason: Reason) -> bool:
    guest = next(one for one in problem.guests if one.person == reason.guest)
    plan = neighbourhood(problem, seats)
    code = Code(reason.code)
    if code is Code.NO_WISH:
        return not guest.visits or (not guest.wishes and not _wished(problem, guest))
    if code is Code.NO_FREE_TIME:
        return not next(one for one in problem.people if one.id == guest.person).free
    broken = [
        _broken(plan, guest, opening, start)
        for opening in _wished(problem, guest)
        for start in opening.starts
        if not _host_is_bound(plan, opening, start)
    ]
    held = [rules for rules in broken if not rules & NOBODY_COMES]
    if code in (Code.NOT_OFFERED, Code.NO_HOST_FREE):
        return not held
    if code is Code.PLACE_LEFT:
        return any(not rules for rules in held)
    if code is Code.FULL:
        return all(held)
    before = _before(code)
    if code is Code.HOSTING:
        early = [rules for rules in held if not rules & _before(Code.ELSEWHERE) - {HOSTS}]
        left = [rules for rules in held if not rules & before]
        return all(HOSTS in rules for rules in early) or all(VISITORS in rules for rules in left)
    if code in ALONE:
        return all(rules & (before | ALONE[code]) for rules in held)
    left = [rules for rules in held if not rules & before]
    return bool(left) and all(rules & TOGETHER[code] for rules in left)


def _before(code: Code) -> set[str]:
    """What is asked before *code* about the guest and the place alone."""
    order = tuple(Code)
    known = set().union(*(rules for one, rules in ALONE.items() if order.index(one) < order.index(code)))
    return known | {HOSTS} if order.index(code) >= order.index(Code.ELSEWHERE) else known


def _wished(problem: Problem, guest: Guest) -> list[Opening]:
    anything = guest.surprise or problem.rules.wishes != "require"
    departments = {wish.department for wish in guest.wishes} - {None}
    topics = {wish.topic for wish in guest.wishes} - {None}
    return [one for one in problem.openings if anything or one.department in departments or topics & {*one.topics}]


def _host_is_bound(plan: Neighbourhood, opening: Opening, start: int) -> bool:
    """A host of it has a meeting of their own then."""
    begin, finish = bound(opening, start)
    duties = [duty for host in opening.hosts for duty in plan.assignment.duties.get(host, [])]
    return not opening.fixed and any(duty.begin < finish and begin < duty.finish for duty in duties)


def _broken(plan: Neighbourhood, guest: Guest, opening: Opening, start: int) -> set[str]:
    seat = Seat(guest=guest.person, opening=opening.id, start=start)
    begin, finish = plan.assignment.away(seat)
    duties = [(duty.begin, duty.finish) for duty in plan.assignment.duties.get(guest.person, [])]
    received = [one for one in plan.assignment.seats if guest.person in plan.assignment.hosts(one)]
    visits = [bound(plan.assignment.opening[one.opening], one.start) for one in received]
    taken = {HOSTS: duties, VISITORS: visits}
    return {*against(plan, seat)} | {
        what for what, times in taken.items() if any(one < finish and begin < other for one, other in times)
    }
