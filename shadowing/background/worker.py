"""Front door for the background: sends letters and runs jobs, one row at a time, until it is told to stop.

One transaction claims a row, another writes its end; none is open while a mail or a solve is under way. A solve has a thread
of its own, so that letters go on leaving meanwhile. On SIGTERM the letter in hand is finished, and the solve is given back."""

import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic

import structlog
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from shadowing.background import fetching, hearing, jobs, listening, queue, retries
from shadowing.background.trying import Stopping, tried
from shadowing.config import Settings
from shadowing.extensions import db
from shadowing.i18n import N_
from shadowing.mail import outbox, outdated
from shadowing.mail.outbox import Fate, Lane, Outcome
from shadowing.mail.reader import MailReader
from shadowing.mail.smtp import TROUBLES, Patience
from shadowing.models import Job, Letter, LetterState
from shadowing.solver.problem import Progress
from shadowing.visiting import briefs

log = structlog.get_logger()

POLL_SECONDS = 1.0
PLAN_EVERY = timedelta(minutes=15)
JOB_TRIES = 5
TOO_LATE = N_("It was too late to send this mail.")
TOO_OFTEN = N_("Five tries ended without a result, so it was given up.")

Clock = Callable[[], datetime]


def clock() -> datetime:
    return datetime.now(UTC)


def run(
    app: Flask,
    until_idle: bool = False,
    stop: threading.Event | None = None,
    patience: Patience | None = None,
    clock: Clock = clock,
) -> int:
    """Work until *stop* (or SIGTERM, SIGINT); with *until_idle* until nothing is due. The exit status is 1 where all mail
    is stopped, and the reason is printed."""
    stop = stop or _stopped_by_signals()
    lane = Lane(app.extensions["settings"], patience)
    ahead = Ahead(app, clock)
    with ThreadPoolExecutor(4, "work") as pool:
        others = [
            pool.submit(_loop, lambda: ahead.plan() or work(app, stop, clock), until_idle, stop),
            pool.submit(_hear_all, app, until_idle, stop, clock),
        ]
        if lane.settings.mail_listen and not until_idle:
            pool.submit(listening.keep_open, app, stop)
        if lane.settings.imap_server and not until_idle:
            pool.submit(fetching.keep_looking, app, stop)
        try:
            _send_all(app, lane, until_idle, stop, clock)
            for other in others:
                other.result()
            _send_all(app, lane, until_idle, stop, clock)  # what the others have written meanwhile
        finally:
            stop.set()
            lane.close()
    return _report(app, clock()) if until_idle else 0


def _send_all(app: Flask, lane: Lane, until_idle: bool, stop: threading.Event, clock: Clock) -> None:
    pause = 1 / lane.settings.mail_per_second if lane.settings.mail_server else 0.0
    _loop(lambda: tick(app, lane, clock), until_idle, stop, pause, lane.close)


def _hear_all(app: Flask, until_idle: bool, stop: threading.Event, clock: Clock) -> None:
    settings: Settings = app.extensions["settings"]
    reader = MailReader(settings.mail_authserv)
    try:
        if settings.hears and not until_idle:
            reader.start()
        _loop(lambda: hearing.tick(app, reader, clock), until_idle, stop, rest=hearing.Forgetting(app, clock))
    finally:
        reader.close()


def _loop(
    step: Callable[[], bool],
    until_idle: bool,
    stop: threading.Event,
    pause: float = 0.0,
    rest: Callable[[], None] = lambda: None,
) -> None:
    """Repeat *step* while it finds something to do, at most once in *pause* seconds. A database that is away is waited for."""
    while not stop.is_set():
        began = monotonic()
        try:
            busy = step()
        except OperationalError:
            if until_idle:
                raise
            log.exception("the database does not answer")
            busy = False
        if busy:
            stop.wait(max(0.0, pause - (monotonic() - began)))
        elif until_idle:
            return
        else:
            rest()
            stop.wait(POLL_SECONDS)


def _stopped_by_signals() -> threading.Event:
    stop = threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *received: stop.set())
    return stop


def _report(app: Flask, now: datetime) -> int:
    with app.app_context():
        trouble = outbox.trouble(now)
        waiting = db.session.scalar(select(func.count()).select_from(Letter).where(Letter.done_at.is_(None))) or 0
    if waiting:
        print(f"{waiting} letters wait for a later try.{f' {trouble}' if trouble else ''}")
    return 1 if trouble in TROUBLES else 0


# Letters


def tick(app: Flask, lane: Lane, clock: Clock = clock) -> bool:
    """Send the next letter that is due; False where none is."""
    with app.app_context():
        letter = _next_letter(clock())
        if letter is None:
            return False
        if letter.done_at is None:
            with _beating(app, letter, clock):
                outcome = _sent(lane, letter)
            _record(letter, outcome, lane, clock())
        return True


def _next_letter(now: datetime) -> Letter | None:
    """Claim a letter. One that must not be sent any more is put away at once and comes back as done."""
    letter = queue.claim(Letter, now)
    if letter is None:
        db.session.rollback()
        return None
    state, error = outdated.overtaken(letter, now), ""
    if state is None and queue.given_up(letter):
        state, error = LetterState.GAVE_UP, TOO_OFTEN
    if state is not None:
        error = error or (TOO_LATE if state is LetterState.GAVE_UP else "")
        queue.finish(letter, letter.fence, state, error, now)
        letter.done_at = now
    db.session.commit()
    return letter


def _sent(lane: Lane, letter: Letter) -> Outcome:
    """A letter that cannot even be rendered must not stop the others."""
    outcome = tried(lambda: lane.send(letter))
    return Outcome(Fate.LATER, outcome) if isinstance(outcome, str) else outcome


def _record(letter: Letter, outcome: Outcome, lane: Lane, now: datetime) -> None:
    """What becomes of the letter, and of all the others: they rest, or go on, once one has gone, after a rest."""
    until = now + retries.rest(outcome, lane.failures)
    if not retries.settle(letter, outcome, until, now):
        log.warning("lease lost", letter=letter.id, fence=letter.fence)
    if outcome.rest:
        queue.postpone(Letter, until, outcome.rest, now)
    elif outcome.fate is Fate.SENT and lane.wakes():
        queue.resume(Letter, outbox.RESTS, now)
    db.session.commit()


@contextmanager
def _beating(app: Flask, letter: Letter, clock: Clock) -> Iterator[None]:
    """Renew the lease while a slow server thinks, so that nobody takes us for dead."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(queue.BEAT.total_seconds()):
            with app.app_context():
                queue.renew(Letter, letter.id, letter.fence, clock())
                db.session.commit()

    heart = threading.Thread(target=beat, name="heartbeat")
    heart.start()
    try:
        yield
    finally:
        over.set()
        heart.join()


# Letters that nobody presses for


class Ahead:
    """Plans the mails around visits, on its first call and then every quarter of an hour. A round that cannot be planned
    keeps no other from it, and is tried again the next time."""

    def __init__(self, app: Flask, clock: Clock = clock) -> None:
        self.app, self.clock = app, clock
        self.next: datetime | None = None

    def plan(self) -> bool:
        """False, whatever was written: the letters are sent beside, and the jobs need not wait."""
        now = self.clock()
        if self.next is None or now >= self.next:
            self.next = now + PLAN_EVERY
            with self.app.app_context():
                for id in briefs.due(now):
                    tried(partial(_plan, id, now))
        return False


def _plan(round_id: int, now: datetime) -> None:
    briefs.plan(round_id, now)
    db.session.commit()


# Jobs


def work(app: Flask, stop: threading.Event, clock: Clock = clock) -> bool:
    """Do the next job that is due; False where none is."""
    with app.app_context():
        job = queue.claim(Job, clock())
        db.session.commit()
        if job is None:
            return False
        if queue.given_up(job):
            _fail(job, TOO_OFTEN, clock())
        else:
            _do(job, stop, clock)
        return True


def _do(job: Job, stop: threading.Event, clock: Clock) -> None:
    try:
        done = tried(lambda: jobs.run(job, _beat(job, stop, clock), clock()))
    except Stopping:
        db.session.rollback()
        _keep(queue.give_back(job, job.fence, clock(), job.error, {"attempts": job.attempts - 1}), job)
        return
    if isinstance(done, str):
        _try_again(job, done, clock())
    else:
        _keep(done, job)


def _beat(job: Job, stop: threading.Event, clock: Clock) -> Callable[[Progress], bool]:
    """Keeps the lease, shows the progress, and answers whether somebody asked to stop the solve."""

    def beat(progress: Progress) -> bool:
        asked = None if stop.is_set() else jobs.alive(job, progress, clock())
        if asked is None:
            raise Stopping
        return asked

    return beat


def _try_again(job: Job, error: str, now: datetime) -> None:
    if job.attempts >= JOB_TRIES:
        _fail(job, error, now)
    else:
        _keep(queue.give_back(job, job.fence, now + timedelta(seconds=2**job.attempts), error), job)


def _fail(job: Job, error: str, now: datetime) -> None:
    _keep(jobs.fail(job, error, now), job)


def _keep(mine: bool, job: Job) -> None:
    """Commit the result together with the end of its row, or, once declared dead, neither."""
    if mine:
        db.session.commit()
    else:
        log.warning("lease lost", job=job.id, fence=job.fence)
        db.session.rollback()
