"""What must hold, one function for each rule; each has its twin of the same name in `check.py`.

What a guest and an opening can be asked alone is in `eligible.py` and `candidates.py`; what depends on the rest of the plan
is written here. Pins never make a round impossible: a limit yields to what HR pinned."""

from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np

from shadowing.solver.candidates import Numbers
from shadowing.solver.model import Model, Rows, Var, by_host, cliques, grouped, mapped, total


def pins_stay(model: Model) -> None:
    for row in np.flatnonzero(model.seats.pinned):
        model.cp.add(model.sits[row] == 1)


def seats_hold(model: Model) -> None:
    """No slot takes more guests than it has seats."""
    for rows in grouped(model.seats.slot):
        slot = int(model.seats.slot[rows[0]])
        sits, seats = model.all(rows), model.roster.openings[model.seats.slots.opening[slot]].seats
        held = model.takes_place.get(slot)
        if held is None:
            model.most(sits, seats)
        else:
            _sit_where_held(model, sits, held, seats)


def _sit_where_held(model: Model, sits: list[Var], held: Var, seats: int) -> None:
    if len(sits) > seats or seats == 1:
        model.cp.add(total(sits) <= seats * held)
    if seats > 1:
        for one in sits:
            model.cp.add_implication(one, held)


def one_place_at_a_time(model: Model) -> None:
    """Nobody is in two places, as guest and as host together, travel included. Fixed openings are in `duties_of`."""
    hosting = _hosting(model)
    for row, guest in enumerate(model.roster.guests):
        visiting = _visiting(model, row) if len(model.visits[row]) > 1 or guest.person in hosting else []
        _no_overlap(model, visiting + hosting.pop(guest.person, []))
    for sessions in hosting.values():
        _no_overlap(model, sessions)


Pieces = list[tuple[int, int, int]]


def _visiting(model: Model, row: int) -> Pieces:
    mine = np.arange(*np.searchsorted(model.seats.guest, [row, row + 1]))
    slot, slots = model.seats.slot[mine], model.seats.slots
    return list(zip(slots.begin[slot].tolist(), slots.finish[slot].tolist(), mine.tolist(), strict=True))


def _hosting(model: Model) -> dict[int, Pieces]:
    """Sessions of flexible openings, by host; they are named -1, -2, ... below the candidates."""
    hosting: dict[int, Pieces] = {}
    slots = model.seats.slots
    for slot in model.takes_place:
        opening = model.roster.openings[slots.opening[slot]]
        piece = (int(slots.host_begin[slot]), int(slots.host_finish[slot]), -1 - slot)
        for host in () if opening.fixed else opening.hosts:
            hosting.setdefault(host, []).append(piece)
    return hosting


def _no_overlap(model: Model, pieces: Pieces) -> None:
    for clique in cliques(pieces):
        terms = [model.sits[name] if name >= 0 else model.takes_place[-1 - name] for name in clique]
        model.most(terms, 1)


def visits_hold(model: Model) -> None:
    """Nobody has more visits than they want and the round allows.

    The sum of visits *equals* the sum of the steps: steps that are merely bounded by it took 0.04 s to no proof at all."""
    for row, steps in enumerate(model.visits):
        mine = model.all(range(*np.searchsorted(model.seats.guest, [row, row + 1])))
        if mine:
            model.cp.add(total(mine) == total(steps))
        for step, next_step in pairwise(steps):
            model.cp.add_implication(next_step, step)


def visits_per_week_hold(model: Model) -> None:
    most = model.problem.rules.visits_per_week_most
    for rows in grouped(model.seats.guest, model.seats.slots.week[model.seats.slot]) if most else ():
        model.most(model.all(rows), max(most, _pinned(model, rows)))


def hosts_rest(model: Model) -> None:
    """No host sees more guests in a week than the round allows."""
    most = model.problem.rules.guests_per_week_most
    rows, hosts = by_host(model)
    for group in grouped(hosts, model.seats.slots.week[model.seats.slot[rows]]) if most else ():
        model.most(model.all(rows[group]), max(most, _pinned(model, rows[group])))


def _pinned(model: Model, rows: Rows) -> int:
    return int(np.count_nonzero(model.seats.pinned[rows]))


def sessions_hold(model: Model) -> None:
    """No opening is held for guests more often in a week than its host wants."""
    slots = np.array(sorted(model.takes_place), dtype=np.int64)
    openings, weeks = model.seats.slots.opening[slots], model.seats.slots.week[slots]
    pinned = np.isin(slots, model.seats.slot[model.seats.pinned])
    for group in grouped(openings, weeks):
        most = model.roster.openings[openings[group[0]]].most_per_week
        if most is not None:
            held = [model.takes_place[int(slot)] for slot in slots[group]]
            model.most(held, max(most, int(np.count_nonzero(pinned[group]))))


def hosts_are_met_once(model: Model) -> None:
    """Nobody meets the same host twice in a round; only the largest sets of one guest are written down."""
    rows, hosts = by_host(model)
    guests = model.seats.guest[rows]
    for group in grouped(guests):
        if len(model.visits[guests[group[0]]]) > 1:
            meetings = {frozenset(met) for met in mapped(rows[group], hosts[group]).values()}
            for met in sorted(map(sorted, _largest(meetings))):
                _once(model, met)


def _largest(sets: set[frozenset[int]]) -> list[frozenset[int]]:
    return [one for one in sets if not any(one < other for other in sets)]


def _once(model: Model, rows: list[int]) -> None:
    model.most(model.all(rows), max(1, _pinned(model, np.array(rows))))


def excluded_never_side_by_side(model: Model) -> None:
    """Those who must not meet are never guests of one session."""
    for one, other in model.problem.excluded:
        mine, theirs = _row_by_slot(model, one), _row_by_slot(model, other)
        for slot in sorted(mine.keys() & theirs.keys()):
            _once(model, [mine[slot], theirs[slot]])


def _row_by_slot(model: Model, person: int) -> dict[int, int]:
    row = model.roster.row.get(person, -1)
    mine = range(*np.searchsorted(model.seats.guest, [row, row + 1]))
    return dict(zip(model.seats.slot[mine].tolist(), mine, strict=True))


def away_holds(model: Model) -> None:
    """No more people of one department are away in the same half-day than the round allows."""
    most, slots, slot = model.problem.rules.away_most, model.seats.slots, model.seats.slot
    crossing = np.flatnonzero(slots.first_half[slot] != slots.last_half[slot])
    rows = np.concatenate([np.arange(len(slot)), crossing])
    halves = np.concatenate([slots.first_half[slot], slots.last_half[slot[crossing]]])
    for group in grouped(departments(model)[rows], halves) if most else ():
        _few_people(model, rows[group], most)


def floors_hold(model: Model) -> None:
    """In the half-hours a department named, no more of its people are away than it said, travel included."""
    begin, finish = (edge[model.seats.slot] for edge in (model.seats.slots.begin, model.seats.slots.finish))
    theirs = departments(model)
    for floor in model.problem.floors:
        away = (theirs == floor.department) & (begin < floor.start + 30) & (finish > floor.start)
        _few_people(model, np.flatnonzero(away), floor.away)


def departments(model: Model) -> Numbers:
    """The department of each candidate's guest."""
    people = [model.roster.person[guest.person].department for guest in model.roster.guests]
    return np.array(people, dtype=np.int64)[model.seats.guest]


def _few_people(model: Model, rows: Rows, most: int) -> None:
    """At most *most* different guests among *rows*; who has one visit in the round needs no variable of their own."""
    terms: list[Var] = []
    for group in grouped(model.seats.guest[rows]):
        sits = model.all(rows[group])
        alone = len(sits) == 1 or len(model.visits[model.seats.guest[rows[group[0]]]]) == 1
        terms += sits if alone else [_any(model, sits)]
    pinned = rows[model.seats.pinned[rows]]
    model.most(terms, max(most, len(set(model.seats.guest[pinned].tolist()))))


def _any(model: Model, sits: Iterable[Var]) -> Var:
    away = model.cp.new_bool_var("")
    for one in sits:
        model.cp.add_implication(one, away)
    return away


def visits_are_returned(model: Model) -> None:
    """Where the round is reciprocal, a guest visits only where a host visits the guest back."""
    if model.problem.rules.reciprocal != "require":
        return
    meets = meetings(model)
    for row in np.flatnonzero(~model.seats.pinned).tolist():
        guest = model.roster.guests[model.seats.guest[row]].person
        back = [other for host in model.hosts(row) for other in meets.get((host, guest), [])]
        model.cp.add_bool_or([*model.all(back), model.sits[row].negated()])


def meetings(model: Model) -> dict[tuple[int, int], list[int]]:
    """The candidates in which a guest meets a host, by their person ids."""
    meets: dict[tuple[int, int], list[int]] = {}
    for row, host in zip(*by_host(model), strict=True):
        meets.setdefault((model.roster.guests[model.seats.guest[row]].person, int(host)), []).append(int(row))
    return meets


PLAN_RULES: tuple[Callable[[Model], None], ...] = (
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


def obey(model: Model) -> None:
    for rule in PLAN_RULES:
        rule(model)
