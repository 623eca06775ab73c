"""A repair from the rows to the solver's problem and back: what may not move, who looks for a place, whether it still fits."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from shadowing.errors import Changed, Refusal
from shadowing.extensions import db
from shadowing.matching import asked_repairs, board, gather, pairings, seating
from shadowing.models import Because, Proposal, Repair, RepairState, Round, Stage
from shadowing.solver import check, stored
from shadowing.solver import problem as p
from shadowing.solver.alternatives import Neighbourhood, known, neighbourhood
from shadowing.solver.check import one_place_at_a_time, seats_hold
from shadowing.solver.frontier import Option

IMPOSSIBLE = {check.__name__ for check in (one_place_at_a_time, seats_hold)}
"""Rules that hold for what HR keeps by hand, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the solver is asked: *plan* are the seats that stand and those that fell away, *without* the people who have none."""

    problem: str
    plan: tuple[p.Seat, ...]
    without: tuple[int, ...]


def begin(id: int, now: datetime) -> Asked | None:
    """Freeze the problem of a repair; None where nobody waits for it any more."""
    repair = db.session.get(Repair, id, with_for_update=True, populate_existing=True)
    if repair is None or repair.state is not RepairState.WAITING or repair.round.stage is not Stage.PUBLISHED:
        return None
    gone = asked_repairs.lost(repair.round, now)
    waiting = db.session.scalars(board.unmatched(repair.round)) if repair.because is Because.WITHOUT else ()
    people = sorted({guest.person_id for guest in waiting} | {seat.guest for seat in gone})
    if not people:
        repair.state, repair.settled_at = RepairState.OVERTAKEN, now
        return None
    problem, standing = settled(repair.round, now)
    repair.version, repair.problem, repair.digest = (
        repair.round.version,
        stored.to_json(problem),
        stored.digest(problem),
    )
    return Asked(problem=repair.problem, plan=p.in_order({*standing, *gone}), without=tuple(people))


def settled(round: Round, now: datetime) -> tuple[p.Problem, tuple[p.Seat, ...]]:
    """The round as the solver is to repair it, and the plan that stands. What begins too soon to be announced anew stays where it
    is, and so does what stands though a rule is against it: HR decided, or has to."""
    problem = gather.problem(round, now)
    standing = known(problem, pairings.seats(round))
    soon = {seat for seat in standing if seat.start < problem.earliest}
    pins = {*problem.pins, *soon}
    return replace(problem, pins=p.in_order(pins | set(_odd(problem, pins, standing)))), p.in_order(standing)


def _odd(problem: p.Problem, pins: set[p.Seat], standing: Iterable[p.Seat]) -> Iterable[p.Seat]:
    """The seats that a rule is against, though they can be."""
    seats = p.in_order(standing)
    kept = replace(problem, pins=p.in_order(pins))
    if not check.breaches(kept, _as_plan(seats)):
        return
    plan = neighbourhood(kept, ())
    for seat in sorted(seats, key=lambda seat: seat not in pins):
        yield from _tried(plan, seat)


def _tried(plan: Neighbourhood, seat: p.Seat) -> Iterable[p.Seat]:
    broken = set(plan.broken(seat))
    if not broken & IMPOSSIBLE:
        plan.add(seat)
        if broken:
            yield seat


def _as_plan(seats: tuple[p.Seat, ...]) -> p.Plan:
    return p.Plan(status=p.Status.FEASIBLE, seats=seats, reasons=(), tiers=(), gap=0.0, seconds=0.0)


def proposal(option: Option, standing: Iterable[p.Seat]) -> Proposal:
    """An option as what it changes in the plan that stands; its mails are not known yet."""
    before, after = set(standing), set(option.seats)
    return Proposal(
        moved=option.moved,
        seated=option.seated,
        bound=option.bound,
        given_up=p.in_order(before - after),
        taken=p.in_order(after - before),
        mails=(),
    )


def put_in_place(round: Round, proposal: Proposal, now: datetime) -> None:
    """Raises Changed where it does not fit the round any more."""
    problem, standing = settled(round, now)
    after = p.in_order({*standing} - set(proposal.given_up) | set(proposal.taken))
    if not set(proposal.given_up) <= set(standing) or check.breaches(problem, _as_plan(after)):
        raise Changed("This proposal does not fit the plan any more. Look for places again.")
    seating.exchange(round, problem, proposal.given_up, proposal.taken, now)


def refuse_settled(repair: Repair) -> None:
    if repair.state is not RepairState.PROPOSED:
        raise Changed("This proposal is settled already, or another one has taken its place. Look at it again.")
    if repair.round.stage is not Stage.PUBLISHED:
        raise Refusal("A plan is repaired while its round is running.")


def of_round(round: Round, id: int) -> Repair | None:
    return db.session.scalar(select(Repair).where(Repair.id == id, Repair.round_id == round.id).with_for_update())
