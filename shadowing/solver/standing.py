"""The plan that stands, when a search begins: what of it is still allowed; and when it ends: whether it was bettered."""

from collections.abc import Iterable

from shadowing.solver.instance import Instance, compiled
from shadowing.solver.problem import Plan, Problem, Seat, Status, in_order
from shadowing.solver.state import State
from shadowing.solver.wire import Verdict


def judge(standing: tuple[Seat, ...], plan: Plan) -> Verdict:
    """What a search that began with the *standing* plan has come to: a better one, or no more than what may stay of it."""
    if plan.status is Status.NO_TIME:
        return Verdict(taken=not standing)
    if standing and set(plan.seats) <= set(standing):
        return Verdict(taken=False, gone=in_order(set(standing) - set(plan.seats)))
    return Verdict(taken=True)


def allowed(problem: Problem, seats: Iterable[Seat]) -> tuple[Seat, ...]:
    """As many of *seats* as may stay: none that a rule is against alone, and one after the other while all rules hold.
    What HR pinned stays first."""
    instance = compiled(problem)
    return instance.seat_tuple(seat_again(instance, seats).seated())


def seat_again(instance: Instance, seats: Iterable[Seat], like: State | None = None) -> State:
    """The pins, and of *seats* what may stay beside them. *like*: as in `State`."""
    state = State(instance, like)
    pinned = set(instance.pinned)
    for seat in in_order(seats):
        if (where := _place(instance, seat)) is not None and where not in pinned and state.may_add(*where):
            state.add(*where)
    _drop_unreturned(state)
    return state


def _place(instance: Instance, seat: Seat) -> tuple[int, int] | None:
    try:
        return instance.seated((seat,))[0]
    except KeyError:  # of a guest, an opening or a start that is no more
        return None


def _drop_unreturned(state: State) -> None:
    """Without the visits that nobody returns, and then without those that were returned by them."""
    if state.rules.reciprocal != "require":
        return
    pinned = set(state.instance.pinned)
    while lonely := [seat for seat in state.seated() if seat not in pinned and not state.is_returned(*seat)]:
        for guest, slot in lonely:
            state.drop(guest, slot)
