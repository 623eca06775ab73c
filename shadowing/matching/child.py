"""The solver's process, seen from its parent: started, listened to until its end, and never left behind.

Neither web nor worker ever loads OR-Tools. What the process has told counts, however it ends."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import wait
from typing import IO

from shadowing.solver import wire
from shadowing.solver.flaw import Flaw
from shadowing.solver.frontier import Frontier
from shadowing.solver.problem import Plan, Progress, Seat

STOP_SECONDS = 60
"""How long after a Stop the process may check and write its plan; it is killed then, and a plan told before is used."""
GRACE_SECONDS = 60
"""How long after its time a process that has not answered is given up."""

BEAT_SECONDS = 1.0
POLL_SECONDS = 0.2
TAKEN = wire.Verdict(taken=True)
NOTHING_YET = Progress()
REPAIR_SECONDS = 300
"""After so long a repair is given up and fails, in words; its work is limited in steps, which take some seconds."""

Beat = Callable[[Progress], bool]
"""Called about once a second with the progress; its True asks to stop and use the best plan so far."""


class SolverDied(Exception):
    """The process ended without a word of use; the text is the end of what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A *plan* and whether it takes the place of the one that stands; or none, as the problem has *flaws*;
    or neither, as a Stop came before there was a plan."""

    plan: Plan | None = None
    verdict: wire.Verdict = TAKEN
    flaws: tuple[Flaw, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """Who of the lost can be seated again; or nothing of it, as the problem has *flaws*."""

    frontier: Frontier | None
    flaws: tuple[Flaw, ...] = ()


@dataclass(slots=True)
class Heard:
    """What the process has said so far. *stopping*: it was asked to stop; *stopped*: and it ended so, without a plan."""

    progress: Progress = NOTHING_YET
    stopping: bool = False
    stopped: bool = False
    plan: Plan | None = None
    verdict: wire.Verdict = TAKEN
    flaws: tuple[Flaw, ...] = ()
    frontier: Frontier | None = None

    def take(self, line: bytes) -> None:
        word = wire.word_from_json(line)
        self.progress = word.progress or self.progress
        if word.plan and word.verdict:
            self.plan, self.verdict = word.plan, word.verdict
        if word.reasons and self.plan:
            self.plan = replace(self.plan, reasons=word.reasons)
        self.flaws = word.flaws or self.flaws
        self.frontier = word.frontier or self.frontier
        self.stopped = self.stopping and bool(word.stopped)


def run(problem: str, seconds: int, standing: tuple[Seat, ...], beat: Beat) -> Ended:
    """Solve *problem* (its JSON) against the plan that stands. Raises SolverDied; what *beat* raises ends the process at once."""
    heard = _told(wire.order_to_json(problem, seconds, standing, os.getpid()), seconds + GRACE_SECONDS, beat)
    return Ended(plan=heard.plan, verdict=heard.verdict, flaws=heard.flaws)


def repair(problem: str, standing: tuple[Seat, ...], lost: tuple[int, ...], beat: Beat) -> Mended:
    """Seat the people *lost* again, and whoever of the plan that stands cannot stay. Raises as `run` does."""
    heard = _told(wire.order_to_json(problem, 0, standing, os.getpid(), lost), REPAIR_SECONDS, beat)
    return Mended(frontier=heard.frontier, flaws=heard.flaws)


def _told(said: str, most: float, beat: Beat) -> Heard:
    """What a process answers to this order within *most* seconds."""
    heard = Heard()
    with tempfile.TemporaryFile() as order, tempfile.TemporaryFile() as errors:
        order.write(said.encode())
        order.seek(0)
        with _started(order, errors) as process:
            try:
                _listen(process, heard, most, beat)
            finally:
                process.kill()  # before the wait at the end of the block, which would last as long as the process
        if not (heard.plan or heard.flaws or heard.stopped or heard.frontier):
            errors.seek(0)
            raise SolverDied(errors.read()[-2000:].decode(errors="replace").replace("\0", "?"))
    return heard


@contextmanager
def _started(order: IO[bytes], errors: IO[bytes]) -> Iterator["subprocess.Popen[bytes]"]:
    """SIGTERM is blocked until the process can hear it (see `solver/stopping.py`): a Stop in its first second is kept for it."""
    command = [sys.executable, "-m", "shadowing.solver.process"]
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        process = subprocess.Popen(command, stdin=order, stdout=subprocess.PIPE, stderr=errors)  # noqa: S603 - our own module
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    with process:
        yield process


def _listen(process: "subprocess.Popen[bytes]", heard: Heard, most: float, beat: Beat) -> None:
    """Read until the process ends, or has had its time of *most* seconds."""
    assert process.stdout
    ends_at, beats_at = time.monotonic() + most, 0.0
    for line in _lines(process.stdout):
        if line:
            heard.take(line)
        now = time.monotonic()
        if now >= ends_at:
            heard.stopped = heard.stopping
            return
        if now >= beats_at:
            beats_at = now + BEAT_SECONDS
            if beat(heard.progress) and not heard.stopping:
                heard.stopping, ends_at = True, min(ends_at, now + STOP_SECONDS)
                process.send_signal(signal.SIGTERM)


def _lines(pipe: IO[bytes]) -> Iterator[bytes]:
    """Every whole line as it is written, and an empty one whenever nothing was for POLL_SECONDS.

    Without a reading thread: an interrupt would close the pipe under it."""
    held = b""
    while True:
        if not wait([pipe.fileno()], POLL_SECONDS):
            yield b""
        elif said := os.read(pipe.fileno(), 65536):
            *whole, held = (held + said).split(b"\n")
            yield from whole
        else:
            return
