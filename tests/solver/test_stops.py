"""A Stop at any moment: the search ends, nothing hangs, and a plan that was found is kept."""

import os
import random
import signal
import threading
import time
from functools import cache
from pathlib import Path

import pytest

from bench.rounds import round_of
from shadowing.matching import child
from shadowing.solver.problem import Problem, Progress, Span
from shadowing.solver.stored import from_json, plan_to_json, to_json
from tests.long import Portion
from tests.solver.small_rounds import AWAY, DAY, at, drawn, guest, opening, person, problem

LATEST = 6.0  # seconds after the start; the search begins after about one


def of_size(guests: int, hosts_: int) -> Problem:
    """A plan is found soon, and the proof takes long. Every second guest wishes what nobody offers."""
    dice = random.Random(guests)  # noqa: S311
    times = [at(hour, day) for day in range(10) for hour in (9, 10, 11, 14, 15, 16)]
    hosts = [person(9000 + number, AWAY + number % 7) for number in range(hosts_)]
    openings = [
        opening(100 + number, (host.id,), dice.sample(times, 4), department=host.department, seats=2)
        for number, host in enumerate(hosts)
    ]
    days = [Span(at(0, day), at(0, day) + DAY) for day in range(10)]
    people = [person(number, free=tuple(dice.sample(days, 3))) for number in range(1, guests + 1)]
    wishes = [(AWAY + 7,) if one.id % 2 == 0 else [AWAY + wish for wish in dice.sample(range(7), 3)] for one in people]
    wanting = [guest(one.id, *wished, visits=2) for one, wished in zip(people, wishes, strict=True)]
    return problem(*openings, guests=wanting, people=[*people, *hosts])


LARGE = {"60": (60, False), "200": (200, False), "1000": (1000, True), "5000": (5000, False)}
NAMES = ("one guest", "drawn", *LARGE)


@cache
def stored_round(name: str) -> str:
    """As JSON. From 200 people up a search goes on for longer than any Stop here waits."""
    if name in LARGE:
        people, scarce = LARGE[name]
        return to_json(round_of(people, 1, scarce))
    return to_json(problem(opening()) if name == "one guest" else drawn(7))


WITHIN = 2.0
"""Seconds from a Stop to the plan, or from the moment when the process can hear it; a busy machine takes as many times longer
as it is slow."""


TOLD: dict[str, float] = {}
"""When the plan was told, or that there is none."""
LOADED = 1.5
"""Seconds in which Python, numpy and OR-Tools are loaded, on this project's machine."""


def _pace() -> float:
    """How much slower than alone on a core of this project's machine a piece of Python runs now; at least 1."""
    began = time.monotonic()
    sum(number * number for number in range(1_000_000))
    return max(1.0, (time.monotonic() - began) / 0.05)


@pytest.mark.long(slices=50, count=20, sample=20)
@pytest.mark.slow
@pytest.mark.timeout(20 * 90)
def test_a_thousand_stops_at_any_moment_end_the_search_and_keep_the_plan(
    portion: Portion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "BEAT_SECONDS", 0.0)
    monkeypatch.setattr(child, "POLL_SECONDS", 0.01)
    heard = child.Heard.take

    def take(self: child.Heard, line: bytes) -> None:
        heard(self, line)
        if self.stopped or (self.plan and self.plan.cut_after is None):  # those before the Stop are cut off
            TOLD.setdefault("at", time.monotonic())

    monkeypatch.setattr(child.Heard, "take", take)

    assert portion.failing(_wrong_with_a_stop) == {}


def _wrong_with_a_stop(seed: int) -> str | None:
    """Stop a search of a drawn round at a drawn moment; what is wrong with how it ended."""
    dice = random.Random(seed)  # noqa: S311
    name, after = dice.choice(NAMES), dice.uniform(0, LATEST)
    found: list[int] = []
    order = stored_round(name)
    TOLD.clear()
    began, pace = time.monotonic(), _pace()

    def beat(progress: Progress) -> bool:
        found.extend([progress.matched] if progress.tiers else [])
        return time.monotonic() - began >= after

    ended = child.run(order, 60, (), beat)
    seated = len({seat.guest for seat in ended.plan.seats}) if ended.plan else 0
    told, pace = TOLD.get("at", time.monotonic()) - began, max(pace, _pace())  # the load may have come meanwhile
    late = told - max(after, LOADED * pace)
    if late >= WITHIN * pace:
        return f"{name}, stopped after {after:.2f} s: {late:.2f} s until the plan, on a machine {pace:.1f} times slower"
    if ended.flaws or (found and seated < found[-1]):
        return f"{name}, stopped after {after:.2f} s: {seated} seated of {found[-1:]} reported, flaws {ended.flaws}"
    return None


@pytest.mark.slow
def test_a_process_that_needs_longer_than_two_seconds_to_answer_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine: the solver's process stands still for three seconds after the Stop."""
    asked = threading.Event()

    def beat(progress: Progress) -> bool:
        if progress.tiers and not asked.is_set():
            asked.set()
            (pid,) = _children()
            os.kill(pid, signal.SIGSTOP)
            threading.Timer(3, os.kill, (pid, signal.SIGCONT)).start()
        return asked.is_set()

    outcome = child.run(stored_round("1000"), 60, (), beat)

    assert asked.is_set()
    assert outcome.plan is not None
    assert outcome.plan.seats


@pytest.mark.slow
def test_a_plan_that_was_told_counts_though_the_process_is_killed_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever dies while the reasons are looked for has told the plan."""
    heard = child.Heard.take
    killed: list[int] = []

    def beat(progress: Progress) -> bool:
        return bool(progress.tiers)

    def take(self: child.Heard, line: bytes) -> None:
        heard(self, line)
        if self.plan and not killed:
            killed.extend(_children())
            os.kill(killed[0], signal.SIGKILL)

    monkeypatch.setattr(child.Heard, "take", take)

    outcome = child.run(stored_round("200"), 60, (), beat)

    assert killed
    assert outcome.plan is not None
    assert outcome.plan.seats
    assert _children() == []


@pytest.mark.slow
def test_an_answer_longer_than_a_pipe_holds_arrives_whole_after_a_stop() -> None:
    round = from_json(stored_round("5000"))

    outcome = child.run(
        stored_round("5000"), 60, (), lambda progress: bool(progress.tiers)
    )  # a Stop as soon as there is a plan

    assert outcome.plan is not None
    assert len(plan_to_json(outcome.plan)) > 1 << 16
    seated = {seat.guest for seat in outcome.plan.seats}
    assert {reason.guest for reason in outcome.plan.reasons} == {one.person for one in round.guests} - seated


def test_a_worker_that_is_told_to_end_ends_at_once() -> None:
    class Ending(Exception):
        pass

    def beat(progress: Progress) -> bool:
        raise Ending

    began = time.monotonic()
    with pytest.raises(Ending):
        child.run(stored_round("200"), 60, (), beat)

    assert time.monotonic() - began < 2
    assert _children() == []


def _children() -> list[int]:
    """The solvers that this process has started and that have not ended."""
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return [int(pid) for task in tasks for pid in task.read_text().split() if _solves(int(pid))]


def _solves(pid: int) -> bool:
    return b"shadowing.solver" in Path(f"/proc/{pid}/cmdline").read_bytes()
