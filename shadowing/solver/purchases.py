"""What a little more of something would buy: seats, sessions, free half-days, a rule or a pin let go. For HR; no search."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from shadowing.solver import construct, instance
from shadowing.solver.arrays import Mask, Numbers
from shadowing.solver.inquiry import Inquiry, inquiry_of, planned, seated
from shadowing.solver.instance import Instance
from shadowing.solver.problem import Problem, Rules, Seat, in_order
from shadowing.solver.state import State

CHAINS = 12  # people who might move for one guest, at most
NODES = 60  # guests looked at for one place while a price is reckoned


class Good(StrEnum):
    SEAT = "seat"
    SESSION = "session"  # a week, of a flexible opening
    HALF_DAY = "half_day"  # of a host who is bound elsewhere then


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """One more *good*. Any one of *guests* (person ids) would have a visit with it: at once, or, those of *chained*, after
    one other person has moved. *start* is the first of the half-day of *host*."""

    good: Good
    opening: int
    guests: tuple[int, ...]
    chained: tuple[int, ...] = ()
    host: int | None = None
    start: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """*guests* more, counted by weight, could have a visit if *rule* were lifted, or *pin* let go."""

    guests: int
    rule: str = ""
    pin: Seat | None = None


Key = tuple[Good, int, int, int]  # opening's column; host's place and half-day where the good is a half-day
Found = defaultdict[Key, set[int]]


def purchases(problem: Problem, seats: tuple[Seat, ...]) -> tuple[Purchase, ...]:
    return purchases_of(planned(problem, seats))


def purchases_of(state: State) -> tuple[Purchase, ...]:
    """What seats most of those without a visit comes first. The plan stays as it is."""
    inquiry = inquiry_of(state)
    direct: Found = defaultdict(set)
    chained: Found = defaultdict(set)
    for row, visits in enumerate(state.visits):
        if not visits:
            _buy_for(inquiry, row, direct, chained)
    bought = [_purchase(inquiry, key, direct[key], chained[key] - direct[key]) for key in {*direct, *chained}]
    return tuple(
        sorted(
            bought,
            key=lambda one: (-len(one.guests), len(one.chained), one.good, one.opening, one.host or 0, one.start or 0),
        )
    )


def _purchase(inquiry: Inquiry, key: Key, direct: set[int], chained: set[int]) -> Purchase:
    good, column, host, slot = key
    persons = inquiry.roster.guests
    named = good is Good.HALF_DAY
    return Purchase(
        good=good,
        opening=inquiry.roster.openings[column].id,
        guests=tuple(sorted(persons[row].person for row in direct | chained)),
        chained=tuple(sorted(persons[row].person for row in chained)),
        host=inquiry.roster.problem.people[host].id if named else None,
        start=int(inquiry.slots.start[slot]) if named else None,
    )


def _buy_for(inquiry: Inquiry, row: int, direct: Found, chained: Found) -> None:
    state = inquiry.state
    slot = inquiry.fitting(row, state.choices(row).slot)
    full, shut = state.left[slot] <= 0, state.shut[slot]
    for column in np.unique(inquiry.slots.opening[slot[full & (shut == 0)]]).tolist():
        direct[Good.SEAT, column, -1, -1].add(row)
    barred = slot[~full & (shut == 1)]
    used = inquiry.used_up(barred)
    for column in np.unique(inquiry.slots.opening[barred[used]]).tolist():
        direct[Good.SESSION, column, -1, -1].add(row)
    for key in _half_days(inquiry, barred[~used & ~inquiry.host_is_full(barred)]):
        direct[key].add(row)
    for column in _reached(inquiry, row, slot[full | (shut > 0)]):
        chained[Good.SEAT, column, -1, -1].add(row)


def _half_days(inquiry: Inquiry, slot: Numbers) -> Iterator[Key]:
    """Hosts whose one other engagement is in the way, with the first such start of each half-day."""
    seen = set()
    for one in slot.tolist():
        column, half = int(inquiry.slots.opening[one]), int(inquiry.slots.first_half[one])
        hosts = inquiry.roster.hosts.of(column).tolist()
        busy = [host for host in hosts if inquiry.taken(host, one)]
        if len(busy) == 1 and (column, half, busy[0]) not in seen:
            seen.add((column, half, busy[0]))
            yield Good.HALF_DAY, column, busy[0], one


def _reached(inquiry: Inquiry, row: int, slot: Numbers) -> set[int]:
    """The openings in which one more seat would take in somebody whose seat the guest then takes."""
    state = inquiry.state
    found: set[int] = set()
    asked: set[int] = set()
    pinned = set(state.instance.pinned)
    for one in slot.tolist():
        for other in list(state.sitting.get(one, ())):
            if len(asked) == CHAINS:
                return found
            if other not in asked and (other, one) not in pinned:
                asked.add(other)
                found |= _could_move(inquiry, other, one, row)
    return found


def _could_move(inquiry: Inquiry, other: int, slot: int, row: int) -> set[int]:
    """The full openings that *other* could go to once the guest of *row* has their seat in *slot*."""
    state = inquiry.state
    state.drop(other, slot)
    if not inquiry.fitting(row, np.array([slot])).size or state.shut[slot] or state.left[slot] <= 0:
        state.add(other, slot)
        return set()
    state.add(row, slot)
    place = inquiry.fitting(other, state.choices(other).slot)
    full: Mask = (
        (state.left[place] <= 0)
        & (state.shut[place] == 0)
        & (inquiry.slots.opening[place] != inquiry.slots.opening[slot])
    )
    found = set(inquiry.slots.opening[place[full]].tolist())
    state.drop(row, slot)
    state.add(other, slot)
    return found


def prices(problem: Problem, seats: tuple[Seat, ...]) -> tuple[Price, ...]:
    """What each pin and each rule costs in guests, the dearest first; those that cost nothing are left out. A lower bound:
    those without a visit are filled in, one after the other, by at most one other person's move each."""
    seats = in_order({*seats, *problem.pins})
    compiled = instance.compiled(problem)
    base = _filled(compiled, seats)
    found = [
        Price(guests=_filled(instance.compiled(changed), seats) - base, rule=rule) for rule, changed in _lifted(problem)
    ]
    for pin, (held,) in ((pin, compiled.seated((pin,))) for pin in problem.pins):
        loosened = replace(compiled, pinned=[other for other in compiled.pinned if other != held])
        found.append(Price(guests=_filled(loosened, tuple(seat for seat in seats if seat != pin)) - base, pin=pin))
    dear = [price for price in found if price.guests > 0]
    return tuple(sorted(dear, key=lambda price: (-price.guests, price.rule, str(price.pin))))


def _lifted(problem: Problem) -> Iterator[tuple[str, Problem]]:
    """Each rule that this round has, and the round without it."""
    rules, free = problem.rules, Rules()
    changes: tuple[tuple[str, Rules], ...] = (
        ("own_department", replace(rules, own_department=True)),
        ("own_boss", replace(rules, own_boss=True)),
        ("wishes", replace(rules, wishes="prefer")),
        ("away_most", replace(rules, away_most=0)),
        ("guests_per_week_most", replace(rules, guests_per_week_most=0)),
        ("visits_per_week_most", replace(rules, visits_per_week_most=0)),
        ("half_days_most", replace(rules, half_days_most=0)),
        (
            "reciprocal",
            replace(rules, reciprocal=free.reciprocal if rules.reciprocal == "require" else rules.reciprocal),
        ),
    )
    for rule, changed in changes:
        if changed != rules:
            yield rule, replace(problem, rules=changed)
    if problem.away:
        yield "away", replace(problem, away=())
    if problem.past:
        yield "past", replace(problem, past=())
    if problem.floors:
        yield "floors", replace(problem, floors=())


def _filled(compiled: Instance, seats: tuple[Seat, ...]) -> int:
    """The weight of those who have a visit when all are filled in who can be."""
    state = seated(compiled, seats)
    if compiled.problem.rules.reciprocal != "require":
        builder = construct.Construction(state, construct.unguided(compiled), set(compiled.pinned))
        for depth in (0, 1):
            for row in construct.order_of(compiled):
                if not state.visits[row] and compiled.visits_most[row]:
                    builder.place(row, depth, NODES)
    else:
        _fill_returned(state)
    return sum(int(compiled.weights[row]) for row, visits in enumerate(state.visits) if visits)


def _fill_returned(state: State) -> None:
    """Where visits must be returned, a guest alone can only visit those who visit them already."""
    for row in construct.order_of(state.instance):
        inquiry = inquiry_of(state)
        if not state.visits[row] and state.instance.visits_most[row]:
            choices = state.choices(row)
            place = choices.slot[state.possible(row, choices)]
            if len(place := place[inquiry.returned(row, place)]):
                state.add(row, int(place[0]))
