"""What must hold, one function for each rule; each has its twin of the same name in `check.py`.

What a guest and an opening can be asked alone is in `eligible.py` and `slots.py`; what depends on the rest of the plan is
written here, as rows of a matrix. Pins never make a round impossible: a limit yields to what is held."""

from collections.abc import Callable

import numpy as np

from shadowing.solver.arrays import NOTHING, Mask, Numbers, groups, within
from shadowing.solver.half_days import guests_half_days_hold, hosts_half_days_hold
from shadowing.solver.model import Model, pieces_of, sessions


def pins_stay(model: Model) -> None:
    model.matrix.lower[: len(model.seats)] = model.seats.held


def seats_hold(model: Model) -> None:
    """No slot takes more guests than it has seats; where it matters whether it is held, nobody sits unless it is."""
    seats, instance = model.seats, model.instance
    sessions(model)
    several = len(model.session) - int(np.count_nonzero(model.session < len(seats)))
    held = model.session_slot[len(model.session) - several :]
    column = model.session[len(model.session) - several :]
    mine = within(seats.slot, held)
    plain = np.flatnonzero(~mine)
    model.matrix.at_most(seats.slot[plain], plain, instance.seats[instance.slots.opening[np.unique(seats.slot[plain])]])
    sits = np.flatnonzero(mine)
    place = np.searchsorted(held, seats.slot[sits])
    model.implies(sits, column[place])
    crowded = np.bincount(place, minlength=len(held)) > instance.seats[instance.slots.opening[held]]
    tight = crowded[place]
    row = (np.cumsum(crowded) - 1)[place[tight]]
    model.matrix.between(
        np.concatenate([row, np.arange(int(crowded.sum()))]),
        np.concatenate([sits[tight], column[crowded]]),
        np.concatenate([np.ones(len(row), dtype=np.int64), -instance.seats[instance.slots.opening[held[crowded]]]]),
        -np.inf,
        0,
    )


def one_place_at_a_time(model: Model) -> None:
    """Nobody is in two places, as guest and as host together, travel included. Fixed openings bind their hosts before: see
    `slots.guests_are_free`. Of pieces that overlap only the largest sets that share a moment are written down."""
    person, begin, finish, column, visiting = pieces_of(model)
    if not len(person):
        return
    zero, width = int(begin.min()), int(finish.max() - begin.min()) + 2
    begins, ends = person * width + begin - zero, person * width + finish - zero
    moments = np.unique(begins)
    later = np.concatenate([moments[1:], [np.iinfo(np.int64).max]])
    closing = np.sort(ends)
    moments = moments[np.searchsorted(closing, later, "right") > np.searchsorted(closing, moments, "right")]
    first, last = np.searchsorted(moments, begins), np.searchsorted(moments, ends)
    piece = np.repeat(np.arange(len(person)), last - first)
    moment = np.arange(len(piece)) - np.repeat(np.cumsum(last - first) - (last - first), last - first) + first[piece]
    hosting = np.zeros(len(moments), dtype=bool)
    hosting[moment[~visiting[piece]]] = True
    needed = hosting[moment] | ~_seldom(model)[moments[moment] // width]
    key, chosen = moment[needed], column[piece[needed]]
    model.matrix.at_most(key, chosen, np.ones(len(np.unique(key)), dtype=np.int64))


def _seldom(model: Model) -> Mask:
    """Of each person's place, whether other rules keep their visits apart already."""
    instance = model.instance
    mask = np.zeros(len(instance.problem.people), dtype=bool)
    once = instance.visits_most == 1
    if instance.problem.rules.visits_per_week_most == 1 and not instance.pinned and _weeks_are_apart(model):
        once = np.ones(len(once), dtype=bool)
    mask[instance.roster.place[once]] = True
    return mask


def _weeks_are_apart(model: Model) -> bool:
    """No visit that starts in one week can touch one that starts in the next."""
    slots = model.instance.slots
    order = np.argsort(slots.start, kind="stable")
    steps = np.flatnonzero(np.diff(slots.week[order]) > 0)
    gap = slots.start[order][steps + 1] - slots.start[order][steps]
    return bool((gap >= 2 * (slots.finish - slots.begin).max(initial=0)).all())


def visits_hold(model: Model) -> None:
    """Nobody has more visits than they want and the round allows: the sum of visits equals the sum of the steps."""
    guest = np.concatenate([model.seats.guest, model.step_guest])
    _, row = np.unique(guest, return_inverse=True)
    seats = len(model.seats)
    value = np.concatenate([np.ones(seats, dtype=np.int64), np.full(len(model.step), -1)])
    model.matrix.between(row, np.concatenate([np.arange(seats), model.step]), value, 0, 0)
    later = np.flatnonzero(model.step_number > 0)
    model.implies(model.step[later], model.step[later - 1])


def visits_per_week_hold(model: Model) -> None:
    if most := model.instance.problem.rules.visits_per_week_most:
        key = model.seats.guest * model.instance.weeks + _week(model)
        model.most_or_held(key, np.arange(len(model.seats)), most)


def _week(model: Model) -> Numbers:
    return model.instance.slots.week[model.seats.slot]


def hosts_rest(model: Model) -> None:
    """No host sees more guests in a week than the round allows."""
    if most := model.instance.problem.rules.guests_per_week_most:
        seat, host = model.by_host()
        model.most_or_held(host * model.instance.weeks + _week(model)[seat], seat, most)


def sessions_hold(model: Model) -> None:
    """No opening is held for guests more often in a week than its host wants."""
    instance, slots = model.instance, model.instance.slots
    limited = instance.sessions_most[slots.opening[model.session_slot]] >= 0
    slot, column = model.session_slot[limited], model.session[limited]
    key = slots.opening[slot] * instance.weeks + slots.week[slot]
    held = np.unique(model.seats.slot[model.seats.held])
    sure = slots.opening[held] * instance.weeks + slots.week[held]
    distinct = np.unique(key)
    fixed = np.searchsorted(np.sort(sure), distinct, "right") - np.searchsorted(np.sort(sure), distinct, "left")
    model.matrix.at_most(key, column, np.maximum(instance.sessions_most[distinct // max(1, instance.weeks)], fixed))


def hosts_are_met_once(model: Model) -> None:
    """Nobody meets the same host twice in a round."""
    seat, host = model.by_host()
    often = model.instance.visits_most[model.seats.guest[seat]] > 1
    seat, host = seat[often], host[often]
    model.most_or_held(model.seats.guest[seat] * len(model.instance.problem.people) + host, seat, 1)


def excluded_never_side_by_side(model: Model) -> None:
    """Those who must not meet are never guests of one session."""
    row = model.instance.roster.row
    by_guest = groups(model.seats.guest, len(model.instance.weights))
    for one, other in model.instance.problem.excluded:
        if one in row and other in row:
            mine = np.concatenate([by_guest.of(row[one]), by_guest.of(row[other])])
            model.most_or_held(model.seats.slot[mine], mine, 1)


def sites_are_reached(model: Model) -> None:
    """Between two visits of a guest there is time for the way from site to site. Guest by guest: one row for each seat, with
    all those that it leaves no time for."""
    instance, slots = model.instance, model.instance.slots
    often = np.flatnonzero(instance.visits_most[model.seats.guest] > 1) if instance.between.any() else NOTHING
    for guest in np.unique(model.seats.guest[often]).tolist():
        seat = often[model.seats.guest[often] == guest]
        slot = model.seats.slot[seat]
        site = instance.site[slots.opening[slot]]
        need = instance.between[site[:, None], site[None, :]]
        late = slots.begin[slot][None, :] - slots.finish[slot][:, None] < need
        row, column = np.nonzero(late & late.T & (need > 0))
        both = model.seats.held[seat[row]] & model.seats.held[seat[column]]
        row, column = row[~both], column[~both]
        chosen = np.unique(row)
        number = np.searchsorted(chosen, np.concatenate([row, chosen]))
        most = int(instance.visits_most[guest])
        value = np.concatenate([np.ones(len(row), dtype=np.int64), np.full(len(chosen), most)])
        model.matrix.between(number, np.concatenate([seat[column], seat[chosen]]), value, -np.inf, most)


def away_holds(model: Model) -> None:
    """No more people of one department are away in the same half-day than the round and the department allow."""
    slots, slot, home = model.instance.slots, model.seats.slot, model.home()
    crossing = np.flatnonzero(slots.first_half[slot] != slots.last_half[slot])
    seat = np.concatenate([np.arange(len(slot)), crossing])
    halves = np.concatenate([slots.first_half[slot], slots.last_half[slot[crossing]]])
    width = int(slots.last_half.max(initial=0)) + 1
    limit = model.instance.away_most[home[seat]]
    for most in np.unique(limit[limit >= 0]).tolist():
        theirs = limit == most
        _few_people(model, home[seat[theirs]] * width + halves[theirs], seat[theirs], most)


def floors_hold(model: Model) -> None:
    """In the half-hours a department named, no more of its people are away than it said, travel included."""
    slots, slot, instance = model.instance.slots, model.seats.slot, model.instance
    begin, finish, home = slots.begin[slot], slots.finish[slot], model.home()
    floors = [floor for floor in instance.problem.floors if floor.department in instance.departments]
    for floor in floors:
        theirs = home == instance.departments[floor.department]
        away = np.flatnonzero(theirs & (begin < floor.start + 30) & (finish > floor.start))
        _few_people(model, np.zeros(len(away), dtype=np.int64), away, floor.away)


def _few_people(model: Model, key: Numbers, seat: Numbers, most: int) -> None:
    """For each key at most *most* different guests among the seats; whoever has one seat there, or one visit in the round,
    needs no column of their own."""
    guest = model.seats.guest[seat]
    width = len(model.instance.weights) + 1
    person, back, count = np.unique(key * width + guest, return_inverse=True, return_counts=True)
    plain = (count[back] == 1) | (model.instance.visits_most[guest] == 1)
    shared = np.unique(back[~plain])
    away = model.matrix.new(np.ones(len(shared), dtype=np.int64))
    model.implies(seat[~plain], away[np.searchsorted(shared, back[~plain])])
    keys = np.concatenate([key[plain], person[shared] // width])
    held = np.unique(person[back[model.seats.held[seat]]]) // width
    distinct = np.unique(keys)
    sure = np.searchsorted(held, distinct, "right") - np.searchsorted(held, distinct, "left")
    model.matrix.at_most(keys, np.concatenate([seat[plain], away]), np.maximum(most, sure))


def visits_are_returned(model: Model) -> None:
    """Where the round is reciprocal, a guest visits only where a host visits the guest back."""
    if model.instance.problem.rules.reciprocal != "require":
        return
    seat, back = answers(model)
    pinned = model.instance.is_pinned(model.seats.guest, model.seats.slot)
    asked = np.flatnonzero(~pinned)
    loose = ~pinned[seat]
    row = np.searchsorted(asked, np.concatenate([asked, seat[loose]]))
    column = np.concatenate([asked, back[loose]])
    value = np.concatenate([np.ones(len(asked), dtype=np.int64), np.full(int(loose.sum()), -1)])
    model.matrix.between(row, column, value, -np.inf, 0)


def answers(model: Model) -> tuple[Numbers, Numbers]:
    """For each seat every seat in which a host of it visits its guest: the two numbers side by side."""
    instance, people = model.instance, len(model.instance.problem.people)
    seat, host = model.by_host()
    guest = instance.roster.place[model.seats.guest[seat]]
    there, back = guest * people + host, host * people + guest
    order = np.argsort(there, kind="stable")
    first = np.searchsorted(there[order], back, "left")
    last = np.searchsorted(there[order], back, "right")
    number = np.repeat(np.arange(len(back)), last - first)
    offset = np.arange(len(number)) - np.repeat(np.cumsum(last - first) - (last - first), last - first)
    both = np.unique(np.stack([seat[number], seat[order[first[number] + offset]]]), axis=1)
    return both[0], both[1]


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
    sites_are_reached,
    guests_half_days_hold,
    hosts_half_days_hold,
    away_holds,
    floors_hold,
    visits_are_returned,
)


def obey(model: Model) -> None:
    for rule in PLAN_RULES:
        rule(model)


def relaxed_seats_hold(model: Model) -> None:
    """In a relaxation: an opening takes in a week (or in all) what its sessions could hold at most."""
    instance, weeks = model.instance, relaxed_weeks(model)
    capacity = instance.capacity()
    capacity = capacity.reshape(-1) if weeks > 1 else capacity.sum(axis=1)
    key = model.seats.opening * weeks + model.seats.slot
    model.most_or_held(key, np.arange(len(model.seats)), capacity[np.unique(key)])
    if most := instance.problem.rules.guests_per_week_most:
        seat, host = model.by_host()
        key = host * weeks + model.seats.slot[seat]
        distinct, back = np.unique(key, return_inverse=True)
        held = np.bincount(back, model.seats.held[seat], len(distinct)).astype(np.int64)
        # in one week pins may be more than the limit, and others come in other weeks: of all weeks together both count
        model.matrix.at_most(key, seat, np.maximum(most, held) if weeks > 1 else most * instance.weeks + held)
    if (most := instance.problem.rules.visits_per_week_most) and weeks > 1:
        model.most_or_held(model.seats.guest * weeks + model.seats.slot, np.arange(len(model.seats)), most)


def relaxed_weeks(model: Model) -> int:
    """How many weeks the relaxation tells apart: all of the round, or none."""
    return max(1, model.instance.weeks) if model.seats.slot.any() else 1


RELAXED_RULES: tuple[Callable[[Model], None], ...] = (pins_stay, relaxed_seats_hold, visits_hold, hosts_are_met_once)
