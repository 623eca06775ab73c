"""A solve from the press of the button to the plan: frozen, run in a child process, proposed.

Neither web nor worker ever loads OR-Tools; the child dies with its parent."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from multiprocessing.connection import wait
from typing import IO, Any

from sqlalchemy import Select, delete, select

from shadowing import audit, pairings, problems
from shadowing.errors import Refusal, WrongStage
from shadowing.extensions import db
from shadowing.models import (
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
    Stage,
)
from shadowing.problems import minutes
from shadowing.solver import problem as p

STOP_SECONDS = 2.0
GRACE_SECONDS = 60
"""How long after its time a child that has not answered is given up."""


class SolverDied(Exception):
    """The child ended without a plan; the text is the end of what it said."""


def ask(round: Round, by: Person | None, seconds: int, seed: int, now: datetime) -> Solve:
    """Freeze the problem and leave the work to the worker. The round is SOLVING until a plan or a failure comes back."""
    if round.stage is Stage.SOLVING:
        raise WrongStage("The pairings of “%(title)s” are being made already.", title=round.title)
    if round.stage not in (Stage.COLLECTING, Stage.REVIEWING):
        raise WrongStage("The round “%(title)s” is not at the step where pairings are made.", title=round.title)
    problem = replace(problems.gather(round, now), seed=seed)
    if not any(opening.hosts for opening in problem.openings):
        raise Refusal("This round has no hosts yet. Ask people to offer openings, then make the pairings.")
    if not problem.guests:
        raise Refusal("Nobody has answered yet that they want a visit.")
    solve = Solve(
        round=round,
        asked_at=now,
        asked_by_id=by and by.id,
        seconds=seconds,
        seed=seed,
        problem=p.to_json(problem),
        digest=p.digest(problem),
    )
    db.session.add(solve)
    db.session.flush()
    arguments = {"solve_id": solve.id, "before": round.stage}
    db.session.add(Job(key=f"solve:{solve.id}", kind=JobKind.SOLVE, due_at=now, arguments=arguments))
    round.stage = Stage.SOLVING
    round.version += 1
    audit.record("solve", by, round, now, solve=solve.id)
    return solve


def job_of(solve: Solve) -> Select[Job]:
    return select(Job).where(Job.key == f"solve:{solve.id}")


def stop(round: Round) -> None:
    """Ask the running solve to come back with the best it has; it does within two seconds."""
    solve = db.session.scalar(pairings.last_solve(round))
    job = db.session.scalar(job_of(solve)) if solve else None
    if round.stage is not Stage.SOLVING or job is None:
        raise WrongStage("Nothing is being solved at the moment.")
    job.cancel_requested = True


def give_up(solve: Solve, before: Stage, now: datetime) -> None:
    """The solve failed for good: the round goes back to where it was asked from."""
    solve.status, solve.finished_at = "failed", now
    solve.round.stage = before
    solve.round.version += 1


def propose(solve: Solve, plan: p.Plan, now: datetime) -> None:
    """Replace what nobody pinned by *plan*, tell the unmatched why, and put the round under review."""
    round = solve.round
    if round.stage is not Stage.SOLVING:
        raise WrongStage("The round “%(title)s” does not wait for a plan.", title=round.title)
    problem = p.from_json(solve.problem)
    kept = _clear(round)
    slots = _slots(round, plan.seats)
    guests = {guest.person_id: guest for guest in db.session.scalars(select(Guest).where(Guest.round_id == round.id))}
    for seat in plan.seats:
        guest, slot = guests[seat.guest], slots[seat.opening, seat.start]
        tags = pairings.tags(problem, seat)
        if (guest.id, slot.id) not in kept:
            db.session.add(Pairing(round_id=round.id, guest=guest, slot=slot, tags=list(tags)))
    _tell_reasons(guests.values(), plan)
    solve.plan, solve.status, solve.gap, solve.finished_at = p.plan_to_json(plan), plan.status, plan.gap, now
    solve.matched = len({seat.guest for seat in plan.seats})
    round.stage = Stage.REVIEWING
    round.version += 1


def _clear(round: Round) -> set[tuple[int, int]]:
    """Delete the planned pairings that are not pinned, and flexible slots that nobody uses; answers what stays."""
    loose = (Pairing.round_id == round.id, Pairing.pinned.is_(False), Pairing.status == PairingStatus.PLANNED)
    db.session.execute(delete(Pairing).where(*loose))
    flexible = select(Opening.id).where(Opening.round_id == round.id, Opening.flexible)
    used = select(Pairing.slot_id).union(select(Invitation.slot_id))
    db.session.execute(delete(Slot).where(Slot.opening_id.in_(flexible), Slot.id.not_in(used)))
    db.session.expire_all()
    kept = select(Pairing.guest_id, Pairing.slot_id).where(Pairing.round_id == round.id)
    return {(row[0], row[1]) for row in db.session.execute(kept)}


def _slots(round: Round, seats: Iterable[p.Seat]) -> dict[tuple[int, int], Slot]:
    """(opening id, start minute) -> slot, made where a flexible opening takes place for the first time."""
    rows = select(Slot).join(Opening).where(Opening.round_id == round.id, Slot.cancelled_at.is_(None))
    slots = {(slot.opening_id, minutes(slot.starts_at)): slot for slot in db.session.scalars(rows)}
    openings = {
        opening.id: opening for opening in db.session.scalars(select(Opening).where(Opening.round_id == round.id))
    }
    for seat in seats:
        if (seat.opening, seat.start) not in slots:
            slots[seat.opening, seat.start] = pairings.new_slot(openings[seat.opening], seat.start)
    db.session.flush()
    return slots


def _tell_reasons(guests: Iterable[Guest], plan: p.Plan) -> None:
    reasons = {reason.guest: reason for reason in plan.reasons}
    for guest in guests:
        reason = reasons.get(guest.person_id)
        guest.reason = {"code": reason.code, "remedy": reason.remedy, "facts": reason.facts} if reason else None


def run(job: Job, beat: Callable[[dict[str, Any]], bool], now: datetime) -> None:
    """Solve what *job* names and propose the plan, in the caller's transaction. *beat* is called about once a second
    with the progress; its True asks to stop and use the best plan so far. No transaction is open while the child works."""
    solve_id, before = job.arguments["solve_id"], Stage(job.arguments["before"])
    solve = db.session.get_one(Solve, solve_id)
    problem, seconds = solve.problem, solve.seconds
    db.session.commit()
    answer = child(problem, seconds, beat)
    solve = db.session.get_one(Solve, solve_id)
    if "contradiction" in answer:
        give_up(solve, before, now)
        return
    plan = p.plan_from_json(json.dumps(answer["plan"]))
    propose(solve, plan, now + timedelta(seconds=plan.seconds))


def child(problem: str, seconds: int, beat: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The child's last word: its plan, or that the pins contradict each other. Raises SolverDied."""
    command = [sys.executable, "-m", "shadowing.solver"]
    pipe = subprocess.PIPE
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=errors) as process,  # noqa: S603 - our own module
    ):
        assert process.stdin
        try:
            process.stdin.write(f'{{"problem": {problem}, "seconds": {seconds}}}'.encode())
            process.stdin.close()
            return _last_word(process, seconds, beat)
        except (SolverDied, BrokenPipeError):
            process.wait()
            errors.seek(0)
            raise SolverDied(errors.read()[-2000:].decode(errors="replace").replace("\0", "?")) from None
        finally:
            process.kill()


def _last_word(
    process: subprocess.Popen[bytes], seconds: int, beat: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    assert process.stdout
    progress: dict[str, Any] = {}
    ends_at = time.monotonic() + seconds + GRACE_SECONDS
    beats_at = 0.0
    stopping = False
    for line in _lines(process.stdout):
        now = time.monotonic()
        if now >= ends_at:
            break
        if now >= beats_at:
            beats_at = now + 1
            if beat(progress) and not stopping:
                stopping, ends_at = True, min(ends_at, now + STOP_SECONDS)
                process.send_signal(signal.SIGTERM)
        if line:
            word: dict[str, Any] = json.loads(line)
            if "progress" not in word:
                return word
            progress = word["progress"]
    raise SolverDied


def _lines(pipe: IO[bytes]) -> Iterator[bytes]:
    """Every line as it is written, and an empty one whenever nothing was for 0.2 s.

    Without a reading thread: an interrupt would close the pipe under it."""
    held = b""
    while True:
        if not wait([pipe.fileno()], 0.2):
            yield b""
        elif said := os.read(pipe.fileno(), 65536):
            *whole, held = (held + said).split(b"\n")
            yield from whole
        else:
            return
