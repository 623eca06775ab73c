"""The one driver of jobs, for worker, command line and sample company. A solve runs in a child process; its end is written."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter
from zoneinfo import ZoneInfo

from shadowing.background import queue
from shadowing.calendars import taking
from shadowing.calendars.fetching import Reach
from shadowing.errors import Refusal, fill
from shadowing.extensions import db, settings
from shadowing.folders import lists_handed
from shadowing.i18n import Reader
from shadowing.mail import check_ups, domains
from shadowing.mail.letters import Sender
from shadowing.matching import child, flaws, leaving, pairings, solving
from shadowing.matching import repairs as repairs_of_plans
from shadowing.models import (
    CalendarArguments,
    CheckUp,
    CheckUpArguments,
    DeclineArguments,
    Job,
    JobKind,
    JobState,
    LeaveArguments,
    ListArguments,
    Person,
    RepairArguments,
    Round,
    RoundArguments,
    Solve,
    SolveArguments,
    WaveArguments,
)
from shadowing.models.background import SwapArguments
from shadowing.rounds import by_itself, dropouts, repairs
from shadowing.solver.problem import Progress
from shadowing.visiting import offering, swap_ends

JobBeat = Callable[[Job, Progress], bool]
"""As `child.Beat`, told which job it beats for."""


def here_and_now(round: Round, seconds: int, seed: int, beat: JobBeat, now: datetime) -> Solve:
    """Solve without the worker, and commit. Whatever breaks it off ends it; raises Refusal where there is no plan then."""
    began = time.monotonic()
    solve = solving.ask(round, None, seconds, seed, now)
    job = db.session.scalars(solving.job_of(solve)).one()
    job.fence, job.lease_until = 1, now + queue.LEASE
    db.session.commit()
    trouble = ""
    try:
        mine = run(job, partial(beat, job), now)
    except (child.SolverDied, KeyboardInterrupt) as wrong:
        db.session.rollback()
        trouble = str(wrong) or "It was interrupted."
        mine = fail(job, trouble, _later(now, began))
    if not mine:
        db.session.rollback()
        raise Refusal("The worker has taken this search over, because it got no sign of life from here.")
    db.session.commit()
    if trouble:
        raise Refusal("The solver came back without a plan. %(trouble)s", trouble=trouble)
    if solve.plan is None:
        raise Refusal(_why_no_plan(solve))
    return solve


def _why_no_plan(solve: Solve) -> str:
    """Line by line in English, as the command line speaks."""
    lines = [solving.no_plan(solve)]
    lines += [fill(cause.sentence, cause.facts(attrgetter("display_name"), ", ".join)) for cause in flaws.causes(solve)]
    if let_go := flaws.to_let_go(solve):
        lines.append(f"{flaws.LET_GO}:")
    reader = Reader("en", ZoneInfo(solve.round.zone))
    for pairing in (one.pairing for one in let_go):
        when = reader.span(pairing.slot.starts_at, pairing.slot.ends_at)
        lines.append(f"{pairing.guest.person.display_name} → {pairing.slot.opening.title}, {when}")
    return "\n".join(lines)


def alive(job: Job, progress: Progress, now: datetime) -> bool | None:
    """Keep the lease and show the progress; answers whether somebody asked to stop. None: you were declared dead. Commits."""
    if not queue.renew(Job, job.id, job.fence, now):
        return None
    row = db.session.get_one(Job, job.id)
    row.progress = progress
    asked = row.cancel_requested
    db.session.commit()
    return asked


def run(job: Job, beat: child.Beat, now: datetime) -> bool:
    """Do what *job* says and write how it ended, the end of the job too; the caller commits, or, where the answer is
    False (somebody else has the job by now), rolls back."""
    match job.arguments:
        case LeaveArguments(person_id=id, last_day=last_day):
            if (person := db.session.get(Person, id)) is not None:  # None: the import that brought them was undone
                leaving.on_the_day(person, last_day, now)
            return queue.finish(job, job.fence, JobState.DONE, "", now)
        case RoundArguments():
            by_itself.run(job.kind, job.arguments, now)
            return queue.finish(job, job.fence, JobState.DONE, "", now)
        case DeclineArguments():
            dropouts.when_over(job.arguments, now)
            return queue.finish(job, job.fence, JobState.DONE, "", now)
        case WaveArguments():
            offering.lapse(job.arguments, now)
            return queue.finish(job, job.fence, JobState.DONE, "", now)
        case SwapArguments(swap_id=id):
            swap_ends.lapse(id, now)
            return queue.finish(job, job.fence, JobState.DONE, "", now)
        case ListArguments(list_id=id):
            return _on_list(job, id, now)
        case RepairArguments(repair_id=id):
            return _repair(job, id, beat, now)
        case CalendarArguments(calendar_id=id):
            return _on_calendar(job, id, now)
        case CheckUpArguments(check_up_id=id):
            return _on_check_up(job, id, now)
        case SolveArguments():
            return _solve(job, job.arguments, beat, now)


def _on_list(job: Job, list_id: int, now: datetime) -> bool:
    if job.kind is JobKind.FORGET:
        lists_handed.forget(list_id)
        return queue.finish(job, job.fence, JobState.DONE, "", now)
    deed = lists_handed.check if job.kind is JobKind.CHECK else lists_handed.take_in
    if not queue.renew(Job, job.id, job.fence, now, queue.LONG_LEASE):
        return False
    db.session.commit()
    began = time.monotonic()
    refusal = deed(list_id, now)
    state = JobState.FAILED if refusal else JobState.DONE
    return queue.finish(job, job.fence, state, str(refusal or ""), _later(now, began))


def _on_calendar(job: Job, id: int, now: datetime) -> bool:
    if job.kind is JobKind.FETCH:
        if not queue.renew(Job, job.id, job.fence, now, queue.LONG_LEASE):
            return False
        db.session.commit()
        taking.fetch(id, Reach(allowed=settings().calendar_hosts), now)
    elif later := taking.forget(id, now):
        return queue.give_back(job, job.fence, later, "", {"attempts": job.attempts - 1})
    return queue.finish(job, job.fence, JobState.DONE, "", now)


def _on_check_up(job: Job, id: int, now: datetime) -> bool:
    """No transaction is open while the DNS is asked."""
    if job.kind is JobKind.END_CHECK_UP:
        check_ups.lapse(id, settings(), now)
        return queue.finish(job, job.fence, JobState.DONE, "", now)
    if not queue.renew(Job, job.id, job.fence, now, queue.LONG_LEASE):
        return False
    check, began = db.session.get_one(CheckUp, id), time.monotonic()
    organizer, selector = check.organizer, check.selector
    db.session.commit()
    found = domains.look_up(organizer, selector)
    db.session.get_one(CheckUp, id, with_for_update=True).domain = found
    return queue.finish(job, job.fence, JobState.DONE, "", _later(now, began))


def _solve(job: Job, arguments: SolveArguments, beat: child.Beat, now: datetime) -> bool:
    """No transaction is open while the child works."""
    began = time.monotonic()
    fence, before = job.fence, arguments.before
    solve = db.session.get_one(Solve, arguments.solve_id)
    problem, seconds, standing = solve.problem, solve.seconds, pairings.seats(solve.round)
    db.session.commit()
    outcome = child.run(problem, seconds, standing, beat)
    solve, ended = db.session.get_one(Solve, arguments.solve_id), _later(now, began)
    if not solving.conclude(solve, outcome, before, ended):
        return fail(job, "The round did not wait for this plan any more.", ended)
    return queue.finish(job, fence, JobState.DONE, "", ended)


def _repair(job: Job, repair_id: int, beat: child.Beat, now: datetime) -> bool:
    """No transaction is open while the child works."""
    began, fence = time.monotonic(), job.fence
    asked = repairs_of_plans.begin(repair_id, now)
    db.session.commit()
    if asked is not None:
        mended = child.repair(asked.problem, asked.plan, asked.without, beat)
        if not queue.renew(Job, job.id, fence, _later(now, began), queue.LONG_LEASE):
            return False
        db.session.commit()
        repairs.conclude(repair_id, mended, Sender.of(settings()), _later(now, began))
    return queue.finish(job, fence, JobState.DONE, "", _later(now, began))


def _later(now: datetime, began: float) -> datetime:
    return now + timedelta(seconds=time.monotonic() - began)


def fail(job: Job, error: str, now: datetime) -> bool:
    """The job failed for good. False: somebody else has it by now."""
    if isinstance(job.arguments, SolveArguments):
        solving.hand_back(db.session.get_one(Solve, job.arguments.solve_id), job.arguments.before, "failed", now)
    if isinstance(job.arguments, RepairArguments):
        repairs.fail(job.arguments.repair_id, now)
    if isinstance(job.arguments, CalendarArguments):
        taking.fail(job.arguments.calendar_id)
    return queue.finish(job, job.fence, JobState.FAILED, error, now)
