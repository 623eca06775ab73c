"""A solve from the press of the button to the plan: the problem frozen, and the plan put in the place of a worse one."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Select, delete, func, select

from shadowing.company import audit
from shadowing.errors import Refusal, WrongStage
from shadowing.extensions import db
from shadowing.i18n import N_
from shadowing.matching import before, board, child, flaws, gather, leaving, pairings, seating, why
from shadowing.models import (
    FreeSeat,
    Guest,
    Invitation,
    Job,
    JobKind,
    Opening,
    Pairing,
    PairingStatus,
    Person,
    Round,
    Slot,
    Solve,
    SolveArguments,
    Stage,
)
from shadowing.solver import problem as p
from shadowing.solver import stored
from shadowing.solver.flaw import pins_of

NOT_TAKEN = "not_taken"
"""The status of a solve whose plan was worse than the one that stood. The others are those of a plan, and of NO_PLAN."""
NO_PLAN = {
    "contradiction": N_(
        "No plan was made: what is kept by hand contradicts itself. Let go of some kept pairings and try again."
    ),
    "stopped_early": N_("The search was stopped before there was a plan. Nothing was changed."),
    "failed": N_("The search ended with an error. Nothing was changed. Please try again."),
}
"""What is said of a solve that ended without a plan, by its status."""


def no_plan(solve: Solve) -> str:
    """Why there is no plan; nothing where there is one."""
    if solve.flaws and not pins_of(solve.flaws):
        return flaws.NOT_SEARCHED
    return NO_PLAN.get(solve.status or "", "")


def ask(round: Round, by: Person | None, seconds: int, seed: int, now: datetime) -> Solve:
    """Freeze the problem and leave the work to the worker. The round is SOLVING until a plan or a failure comes back."""
    if round.stage is Stage.SOLVING:
        raise WrongStage("The pairings of “%(title)s” are being made already.", title=round.title)
    if round.stage not in (Stage.COLLECTING, Stage.REVIEWING):
        raise WrongStage("The round “%(title)s” is at another step by now. Look at it again.", title=round.title)
    before, version = round.stage, round.version
    problem = replace(gather.problem(round, now), seed=seed)
    if not any(opening.hosts for opening in problem.openings):
        raise Refusal("This round has no hosts yet. Ask people to offer seats, then make the pairings.")
    if not problem.guests:
        raise Refusal("Nobody has answered yet that they want a visit. Wait for answers, or remind people.")
    round.step(before, Stage.SOLVING, version)
    solve = Solve(
        round=round,
        asked_at=now,
        asked_by_id=by and by.id,
        seconds=seconds,
        seed=seed,
        problem=stored.to_json(problem),
        digest=stored.digest(problem),
    )
    db.session.add(solve)
    db.session.flush()
    arguments = SolveArguments(solve_id=solve.id, before=before)
    db.session.add(Job(key=f"solve:{solve.id}", kind=JobKind.SOLVE, due_at=now, arguments=arguments))
    audit.record("solve", by, round, now, solve=solve.id)
    return solve


def job_of(solve: Solve) -> Select[Job]:
    return select(Job).where(Job.key == f"solve:{solve.id}")


def stop(round: Round) -> None:
    """Ask the running solve to come back with the best it has. It checks and writes that plan first."""
    solve = db.session.scalar(board.last_solve(round))
    job = db.session.scalar(job_of(solve)) if solve else None
    if round.stage is not Stage.SOLVING or job is None:
        raise WrongStage("The pairings are not being made at the moment.")
    job.cancel_requested = True


def conclude(solve: Solve, outcome: child.Ended, before: Stage, now: datetime) -> bool:
    """Write how the search ended. False: the round did not wait for this plan any more."""
    if outcome.plan is None:
        solve.flaws = outcome.flaws or None
        hand_back(solve, before, "contradiction" if outcome.flaws else "stopped_early", now)
        return True
    if not (_is_last(solve) and solve.round.moved(Stage.SOLVING, Stage.REVIEWING)):
        return False
    _propose(solve, outcome.plan, now)
    if outcome.verdict.taken:
        _put_in_place(solve, outcome.plan, now)
    else:
        _keep(solve, outcome.verdict.gone)
        why.look_again(solve.round, now)
    leaving.take_out_gone(solve.round, now)
    return True


def hand_back(solve: Solve, before: Stage, status: str, now: datetime) -> None:
    """There is no plan. The round goes back to where it was asked from, unless it has gone on without this solve."""
    solve.status, solve.finished_at = status, now
    if _is_last(solve):
        solve.round.moved(Stage.SOLVING, before)


def _is_last(solve: Solve) -> bool:
    return db.session.scalar(board.last_solve(solve.round)) is solve


def _propose(solve: Solve, plan: p.Plan, now: datetime) -> None:
    """Keep *plan* as it was found."""
    solve.plan, solve.status, solve.gap, solve.finished_at = stored.plan_to_json(plan), plan.status, plan.gap, now
    solve.matched = len({seat.guest for seat in plan.seats})


def _put_in_place(solve: Solve, plan: p.Plan, now: datetime) -> None:
    """Replace what nobody pinned by *plan*, and tell the unmatched why."""
    round, problem = solve.round, stored.from_json(solve.problem)
    before.remember_plan(round, None, now)
    kept = _clear(round)
    slots = seating.slots(round, plan.seats)
    guests = seating.guests(round, (seat.guest for seat in plan.seats))
    for seat in plan.seats:
        guest, slot = guests[seat.guest], slots[seat.opening, seat.start]
        if (guest.id, slot.id) not in kept:
            tags = list(pairings.tags(problem, seat))
            db.session.add(Pairing(round_id=round.id, guest=guest, slot=slot, tags=tags))
    if plan.status is not p.Status.NO_TIME:
        why.write(round, plan.reasons)


def _keep(solve: Solve, gone: Iterable[p.Seat]) -> None:
    """The plan that stands is the better one: only what is not allowed any more is taken out, and noted for HR."""
    solve.status, gone = NOT_TAKEN, set(gone)
    for pairing in db.session.scalars(board.seated(solve.round)).all():
        if pairings.seat_of(pairing) in gone:
            pairings.take_out(pairing, why.NO_LONGER)
    _drop_idle_slots(solve.round)
    solve.gone = sorted({seat.guest for seat in gone})


def answered_since(solve: Solve) -> Select[int]:
    """How many answered, for the first time or anew, after *solve* froze what it was to plan with."""
    newer = select(func.count()).select_from(Guest)
    return newer.where(Guest.round_id == solve.round_id, Guest.answered_at > solve.asked_at)


def gone(solve: Solve) -> Select[Person]:
    """Whose visits *solve* took out, because they are not allowed any more."""
    return select(Person).where(Person.id.in_(solve.gone)).order_by(Person.sort_key, Person.code)


def _clear(round: Round) -> set[tuple[int, int]]:
    """Delete the planned pairings that are not pinned, and flexible slots that nobody uses; answers what stays."""
    loose = (Pairing.round_id == round.id, Pairing.pinned.is_(False), Pairing.status == PairingStatus.PLANNED)
    db.session.execute(delete(Pairing).where(*loose))
    _drop_idle_slots(round)
    kept = select(Pairing.guest_id, Pairing.slot_id).where(Pairing.round_id == round.id)
    return {(row[0], row[1]) for row in db.session.execute(kept)}


def _drop_idle_slots(round: Round) -> None:
    flexible = select(Opening.id).where(Opening.round_id == round.id, Opening.flexible)
    used = select(Pairing.slot_id).union(select(Invitation.slot_id), select(FreeSeat.slot_id))
    db.session.execute(delete(Slot).where(Slot.opening_id.in_(flexible), Slot.id.not_in(used)))
    db.session.expire_all()
