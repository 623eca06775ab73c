"""What must hold, one function for each rule; each has its twin of the same name in `check.py`.

What a guest and an opening can be asked alone is in `eligible.py` and `candidates.py`; what depends on the rest of the plan
is written here. Pins never make a round impossible: a limit yields to what HR pinned."""

from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np

from shadowing.solver.candidates import Numbers, guests_are_free, hosts_are_free, notice_is_given
from shadowing.solver.eligible import PAIR_RULES
from shadowing.solver.model import Draft, Rows, Var, by_host, cliques, grouped, mapped, total


def pins_stay(draft: Draft) -> None:
    for row in np.flatnonzero(draft.seats.pinned):
        draft.model.add(draft.sits[row] == 1)


def seats_hold(draft: Draft) -> None:
    """No slot takes more guests than it has seats."""
    for rows in grouped(draft.seats.slot):
        slot = int(draft.seats.slot[rows[0]])
        sits, seats = draft.all(rows), draft.roster.openings[draft.seats.slots.opening[slot]].seats
        held = draft.takes_place.get(slot)
        if held is None:
            draft.most(sits, seats)
        else:
            _sit_where_held(draft, sits, held, seats)


def _sit_where_held(draft: Draft, sits: list[Var], held: Var, seats: int) -> None:
    if len(sits) > seats or seats == 1:
        draft.model.add(total(sits) <= seats * held)
    if seats > 1:
        for one in sits:
            draft.model.add_implication(one, held)


def one_place_at_a_time(draft: Draft) -> None:
    """Nobody is in two places, as guest and as host together, travel included. Fixed openings are in `duties_of`."""
    hosting = _hosting(draft)
    for row, guest in enumerate(draft.roster.guests):
        visiting = _visiting(draft, row) if len(draft.visits[row]) > 1 or guest.person in hosting else []
        _no_overlap(draft, visiting + hosting.pop(guest.person, []))
    for sessions in hosting.values():
        _no_overlap(draft, sessions)


Pieces = list[tuple[int, int, int]]


def _visiting(draft: Draft, row: int) -> Pieces:
    mine = np.arange(*np.searchsorted(draft.seats.guest, [row, row + 1]))
    slot, slots = draft.seats.slot[mine], draft.seats.slots
    return list(zip(slots.begin[slot].tolist(), slots.finish[slot].tolist(), mine.tolist(), strict=True))


def _hosting(draft: Draft) -> dict[int, Pieces]:
    """Sessions of flexible openings, by host; they are named -1, -2, ... below the candidates."""
    hosting: dict[int, Pieces] = {}
    slots = draft.seats.slots
    for slot in draft.takes_place:
        opening = draft.roster.openings[slots.opening[slot]]
        piece = (int(slots.host_begin[slot]), int(slots.host_finish[slot]), -1 - slot)
        for host in () if opening.fixed else opening.hosts:
            hosting.setdefault(host, []).append(piece)
    return hosting


def _no_overlap(draft: Draft, pieces: Pieces) -> None:
    for clique in cliques(pieces):
        terms = [draft.sits[name] if name >= 0 else draft.takes_place[-1 - name] for name in clique]
        draft.most(terms, 1)


def visits_hold(draft: Draft) -> None:
    """Nobody has more visits than they want and the round allows.

    The sum of visits *equals* the sum of the steps: steps that are merely bounded by it took 0.04 s to no proof at all."""
    for row, steps in enumerate(draft.visits):
        mine = draft.all(range(*np.searchsorted(draft.seats.guest, [row, row + 1])))
        if mine:
            draft.model.add(total(mine) == total(steps))
        for step, next_step in pairwise(steps):
            draft.model.add_implication(next_step, step)


def visits_per_week_hold(draft: Draft) -> None:
    most = draft.problem.rules.visits_per_week_most
    for rows in grouped(draft.seats.guest, draft.seats.slots.week[draft.seats.slot]) if most else ():
        draft.most(draft.all(rows), max(most, _pinned(draft, rows)))


def hosts_rest(draft: Draft) -> None:
    """No host sees more guests in a week than the round allows."""
    most = draft.problem.rules.guests_per_week_most
    rows, hosts = by_host(draft)
    for group in grouped(hosts, draft.seats.slots.week[draft.seats.slot[rows]]) if most else ():
        draft.most(draft.all(rows[group]), max(most, _pinned(draft, rows[group])))


def _pinned(draft: Draft, rows: Rows) -> int:
    return int(np.count_nonzero(draft.seats.pinned[rows]))


def sessions_hold(draft: Draft) -> None:
    """No opening is held for guests more often in a week than its host wants."""
    slots = np.array(sorted(draft.takes_place), dtype=np.int64)
    openings, weeks = draft.seats.slots.opening[slots], draft.seats.slots.week[slots]
    pinned = np.isin(slots, draft.seats.slot[draft.seats.pinned])
    for group in grouped(openings, weeks):
        most = draft.roster.openings[openings[group[0]]].most_per_week
        if most is not None:
            held = [draft.takes_place[int(slot)] for slot in slots[group]]
            draft.most(held, max(most, int(np.count_nonzero(pinned[group]))))


def hosts_are_met_once(draft: Draft) -> None:
    """Nobody meets the same host twice in a round; only the largest sets of one guest are written down."""
    rows, hosts = by_host(draft)
    guests = draft.seats.guest[rows]
    for group in grouped(guests):
        if len(draft.visits[guests[group[0]]]) > 1:
            meetings = {frozenset(met) for met in mapped(rows[group], hosts[group]).values()}
            for met in sorted(map(sorted, _largest(meetings))):
                _once(draft, met)


def _largest(sets: set[frozenset[int]]) -> list[frozenset[int]]:
    return [one for one in sets if not any(one < other for other in sets)]


def _once(draft: Draft, rows: list[int]) -> None:
    draft.most(draft.all(rows), max(1, _pinned(draft, np.array(rows))))


def excluded_never_side_by_side(draft: Draft) -> None:
    """Those who must not meet are never guests of one session."""
    for one, other in draft.problem.excluded:
        mine, theirs = _row_by_slot(draft, one), _row_by_slot(draft, other)
        for slot in sorted(mine.keys() & theirs.keys()):
            _once(draft, [mine[slot], theirs[slot]])


def _row_by_slot(draft: Draft, person: int) -> dict[int, int]:
    row = draft.roster.row.get(person, -1)
    mine = range(*np.searchsorted(draft.seats.guest, [row, row + 1]))
    return dict(zip(draft.seats.slot[mine].tolist(), mine, strict=True))


def away_holds(draft: Draft) -> None:
    """No more people of one department are away in the same half-day than the round allows."""
    most, slots, slot = draft.problem.rules.away_most, draft.seats.slots, draft.seats.slot
    crossing = np.flatnonzero(slots.first_half[slot] != slots.last_half[slot])
    rows = np.concatenate([np.arange(len(slot)), crossing])
    halves = np.concatenate([slots.first_half[slot], slots.last_half[slot[crossing]]])
    for group in grouped(departments(draft)[rows], halves) if most else ():
        _few_people(draft, rows[group], most)


def floors_hold(draft: Draft) -> None:
    """In the half-hours a department named, no more of its people are away than it said, travel included."""
    begin, finish = (edge[draft.seats.slot] for edge in (draft.seats.slots.begin, draft.seats.slots.finish))
    theirs = departments(draft)
    for floor in draft.problem.floors:
        away = (theirs == floor.department) & (begin < floor.start + 30) & (finish > floor.start)
        _few_people(draft, np.flatnonzero(away), floor.away)


def departments(draft: Draft) -> Numbers:
    """The department of each candidate's guest."""
    people = [draft.roster.person[guest.person].department for guest in draft.roster.guests]
    return np.array(people, dtype=np.int64)[draft.seats.guest]


def _few_people(draft: Draft, rows: Rows, most: int) -> None:
    """At most *most* different guests among *rows*; who has one visit in the round needs no variable of their own."""
    terms: list[Var] = []
    for group in grouped(draft.seats.guest[rows]):
        sits = draft.all(rows[group])
        alone = len(sits) == 1 or len(draft.visits[draft.seats.guest[rows[group[0]]]]) == 1
        terms += sits if alone else [_any(draft, sits)]
    pinned = rows[draft.seats.pinned[rows]]
    draft.most(terms, max(most, len(set(draft.seats.guest[pinned].tolist()))))


def _any(draft: Draft, sits: Iterable[Var]) -> Var:
    away = draft.model.new_bool_var("")
    for one in sits:
        draft.model.add_implication(one, away)
    return away


def visits_are_returned(draft: Draft) -> None:
    """Where the round is reciprocal, a guest visits only where a host visits the guest back."""
    if draft.problem.rules.reciprocal != "require":
        return
    meets = meetings(draft)
    for row in np.flatnonzero(~draft.seats.pinned).tolist():
        guest = draft.roster.guests[draft.seats.guest[row]].person
        back = [other for host in draft.hosts(row) for other in meets.get((host, guest), [])]
        draft.model.add_bool_or([*draft.all(back), draft.sits[row].negated()])


def meetings(draft: Draft) -> dict[tuple[int, int], list[int]]:
    """The candidates in which a guest meets a host, by their person ids."""
    meets: dict[tuple[int, int], list[int]] = {}
    for row, host in zip(*by_host(draft), strict=True):
        meets.setdefault((draft.roster.guests[draft.seats.guest[row]].person, int(host)), []).append(int(row))
    return meets


PLAN_RULES: tuple[Callable[[Draft], None], ...] = (
    pins_stay,
    seats_hold,
    one_place_at_a_time,
    visits_hold,
    visits_per_week_hold,
    hosts_rest,
    sessions_hold,
    hosts_are_met_once,
    excluded_never_side_by_side,
    away_holds,
    floors_hold,
    visits_are_returned,
)

TIME_RULES = (guests_are_free, hosts_are_free, notice_is_given)

RULES = (*PAIR_RULES, *TIME_RULES, *PLAN_RULES)


def obey(draft: Draft) -> None:
    for rule in PLAN_RULES:
        rule(draft)
