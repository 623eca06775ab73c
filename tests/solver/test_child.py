"""The solver as a child process: it speaks JSON lines, stops when asked, and dies with its parent."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from shadowing.solver.problem import Problem
from shadowing.solver.stored import to_json
from tests.solver.small_rounds import drawn_with_all_rules, guest, opening, problem, seat
from tests.solver.test_solve import sixty
from tests.solver.test_stops import of_size

CHILD = [sys.executable, "-m", "shadowing.solver.process"]


def _order(round: Problem, seconds: float, memory: int = 0, parent: int = 0) -> str:
    facts = {"seconds": seconds, "memory": memory, "parent": parent}
    return json.dumps({"problem": json.loads(to_json(round)), **facts})


def _told(round: Problem, seconds: float = 5) -> list[dict[str, Any]]:
    run = subprocess.run(CHILD, input=_order(round, seconds), capture_output=True, text=True, check=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_the_plan_is_told_before_the_reasons_are_looked_for() -> None:
    *_, told, after = _told(problem(opening(), guests=(guest(1), guest(2))))

    assert told["plan"]["status"] == "optimal"
    (seated,) = told["plan"]["seats"]
    assert (seated["opening"], seated["start"]) == (100, seat().start)
    assert [reason["guest"] for reason in after["reasons"]] == [3 - seated["guest"]]


def test_contradicting_pins_are_told_and_are_no_failure() -> None:
    *_, last = _told(problem(opening(), guests=(guest(1), guest(2)), pins=(seat(1), seat(2))))

    (flaw,) = last["flaws"]
    assert (flaw["code"], flaw["people"], len(flaw["pins"])) == ("pins_crowded", [1, 2], 1)


@pytest.mark.slow
def test_a_process_without_enough_memory_keeps_the_plan_it_has_and_says_so() -> None:
    ran = [
        subprocess.run(CHILD, input=_order(of_size(400, 60), 5, memory), capture_output=True, text=True, check=False)
        for memory in range(60, 200, 20)
    ]

    told = [[json.loads(line) for line in run.stdout.splitlines()] for run in ran]
    plans = [[word["plan"] for word in words if "plan" in word] for words in told]
    refused = [run.stderr for run, found in zip(ran, plans, strict=True) if not found]
    assert all(plan["seats"] for found in plans for plan in found)
    assert any(found[-1]["short_of_memory"] for found in plans if found)
    assert refused[0] == "It needs more memory than the 60 MB that it may take."
    assert all("more memory" in said for said in refused)


def test_a_round_of_which_the_engine_died_is_solved() -> None:
    """A rule of its presolve, which is off now, ended in a segmentation fault."""
    *_, told, _ = _told(drawn_with_all_rules(1832), seconds=20)

    assert told["plan"]["status"] == "optimal"


@pytest.mark.slow
def test_sigterm_stops_the_search_and_the_best_plan_is_still_told() -> None:
    with subprocess.Popen(CHILD, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin
        assert child.stdout
        child.stdin.write(_order(sixty(), 60))
        child.stdin.close()
        first = json.loads(child.stdout.readline())
        began = time.monotonic()
        child.send_signal(signal.SIGTERM)
        lines = child.stdout.read().splitlines()
        took = time.monotonic() - began

    assert "progress" in first
    assert json.loads(lines[-2])["plan"]["status"] == "stopped"
    assert child.returncode == 0
    assert took < 20  # of the 60 seconds it was given; a busy machine needs its time to check the plan


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only the Linux kernel tells a child of its parent's death")
def test_the_child_dies_with_its_parent() -> None:
    code = (
        "import subprocess, sys, time;"
        "command = [sys.executable, '-m', 'shadowing.solver.process'];"
        "child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE);"
        "child.stdin.write(sys.stdin.buffer.read()); child.stdin.close();"
        "child.stdout.readline(); print(child.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdin
        assert parent.stdout
        parent.stdin.write(_order(sixty(), 60, parent=parent.pid))
        parent.stdin.close()
        child = int(parent.stdout.readline())
        os.kill(parent.pid, signal.SIGKILL)

    assert _gone(child, within=5)


def _gone(pid: int, within: float) -> bool:
    until = time.monotonic() + within
    while time.monotonic() < until:
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


def test_what_an_engine_prints_by_itself_is_none_of_the_words() -> None:
    """HiGHS does, in the middle of some searches, past Python and onto the first file."""
    code = "import os; from shadowing.solver import process; process.words_alone(); os.write(1, b'noise\\n'); print('word')"

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert (run.stdout, run.stderr) == ("word\n", "noise\n")
