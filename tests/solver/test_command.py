"""The solver on its own: a problem in a file, a plan on standard output, and nothing loaded but OR-Tools and numpy."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shadowing.solver.problem import Problem
from shadowing.solver.stored import from_json, plan_from_json, to_json
from tests.solver.small_rounds import at, guest, opening, problem, seat

README = Path(__file__).parents[2] / "shadowing" / "solver" / "README.md"
# what a solver host has: the packages that OR-Tools and numpy are, and need
ALONE = """
import importlib.abc, runpy, sys
KNOWN = {*sys.stdlib_module_names, "ortools", "numpy", "google", "absl", "immutabledict", "pandas", "pybind11_abseil"}
class Door(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        known = name.partition(".")[0] in KNOWN or name.startswith("_sysconfigdata")
        if not known and not ("shadowing.solver." in name + "." or name == "shadowing"):
            raise ImportError(name)
sys.meta_path.insert(0, Door())
sys.argv = ["solver", *sys.argv[1:]]
runpy.run_module("shadowing.solver", run_name="__main__")
"""


def ran(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "shadowing.solver", *arguments]
    return subprocess.run(command, input=given, capture_output=True, text=True, check=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "problem.json"
    path.write_text(to_json(two_guests()), encoding="utf-8")
    return path


def two_guests() -> Problem:
    return problem(opening(), guests=(guest(1, weight=2), guest(2)), zone="Asia/Tokyo")


def test_a_plan_is_printed_for_people_to_read(file: Path) -> None:
    told = ran(str(file))

    assert told.returncode == 0
    assert told.stdout.splitlines()[0].startswith("optimal: 1 of 2 guests have a visit")
    assert re.search(r"^guests +2  proven$", told.stdout, re.MULTILINE)
    assert "guest 1  opening 100  2027-01-18 19:00" in told.stdout.splitlines()
    assert "guest 2  no visit: full; would have helped: one_more_seat" in told.stdout


def test_a_plan_is_printed_for_programs_to_read() -> None:
    told = ran("-", "--json", "--seed", "7", given=to_json(two_guests()))

    plan = plan_from_json(told.stdout)
    assert plan.seats == (seat(1),)
    assert [reason.guest for reason in plan.reasons] == [2]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no JSON"),
        ('{"version": 9}', "version: a version from 1 to 3 is expected, not 9."),
        ("[" * 100_000, "lie too deep in each other."),
        ('{"earliest": ' + "9" * 5000 + "}", "is no problem: Exceeds the limit"),
        ('{"zone": 1}', "zone: a text is expected, not 1."),
        (
            '{"zone": "UTC", "earliest": 0, "people": [{"id": 1, "department": "x"}]}',
            "people[0].department: a whole number",
        ),
    ],
)
def test_what_is_no_problem_is_refused_in_one_line_that_says_where(text: str, said: str) -> None:
    told = ran("-", given=text)

    assert (told.returncode, told.stdout) == (2, "")
    assert said in told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    told = ran(str(tmp_path / "none.json"))

    assert (told.returncode, told.stderr) == (2, f"{tmp_path}/none.json cannot be read: No such file or directory.\n")


def test_pins_that_contradict_are_named_with_the_one_to_let_go() -> None:
    pinned = problem(opening(), guests=(guest(1), guest(2)), pins=(seat(1), seat(2)), zone="Asia/Tokyo")

    told = ran("-", given=to_json(pinned))

    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.splitlines() == [
        "Opening 100 has 2 pinned guests on 1 seats: 1, 2.",
        "Let go of the pin: guest 1  opening 100  2027-01-18 19:00",
    ]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"zone": "Mars/Olympus"}, ["The time zone Mars/Olympus is not known."]),
        (
            {"zone": "Mars/Olympus", "pins": (seat(9),)},
            [
                "A pinned place is of person 9, who is no guest.",
                "The time zone Mars/Olympus is not known.",
                f"Let go of the pin: guest 9  opening 100  minute {at(10)}",
            ],
        ),
        ({"seed": -1}, ["seed is -1, and cannot be negative."]),
        (
            {"earliest": 10**30},
            [f"a number of the round is {10**30}, outside of what can be reckoned with."],
        ),
    ],
)
def test_what_cannot_be_right_is_said_in_a_line_each(facts: dict[str, Any], said: list[str]) -> None:
    told = ran("-", given=to_json(problem(opening(), **facts)))

    assert (told.returncode, told.stdout, told.stderr.splitlines()) == (1, "", said)


def test_a_solver_host_needs_nothing_but_ortools_and_numpy(file: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", ALONE, str(file), "--json"], capture_output=True, text=True, check=False
    )

    assert told.stderr == ""
    assert plan_from_json(told.stdout).seats == (seat(1),)


def test_the_example_of_the_readme_is_a_problem_with_a_visit() -> None:
    example = README.read_text(encoding="utf-8").partition("```json")[2].partition("```")[0]

    plan = plan_from_json(ran("-", "--json", given=example).stdout)

    assert [one.start for one in plan.seats] == [29988000]
    assert json.loads(to_json(from_json(example)))["version"] == 3


def test_a_problem_of_the_first_version_is_read() -> None:
    old = json.loads(to_json(two_guests()))
    del old["wanted"]
    old["version"] = 1

    assert from_json(json.dumps(old)).guests == from_json(to_json(two_guests())).guests
    assert at(10) in from_json(json.dumps(old)).openings[0].starts
