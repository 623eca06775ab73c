"""What is long adds up: slices are run once for a commit, and their failures are counted."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.long import ROOT, Result, Slice, failures_of, portion_of, record, recorded, summary, undone

SLICES = [Slice("tests/a.py::test_a", number, number * 50, 50) for number in range(3)]


def result(number: int, failures: int = 0, commit: str = "now") -> Result:
    one = SLICES[number]
    return Result(one.test, one.slice, one.seed, one.count, failures, 1.5, commit)


def test_a_slice_follows_the_one_before_and_a_sample_is_small() -> None:
    mark = pytest.mark.long(slices=3, count=50, sample=4).mark

    def tried(asked: str) -> list[int]:
        return list(portion_of(mark, asked, lambda name, value: None).failing(lambda number: "wrong"))

    assert tried("") == [0, 1, 2, 3]
    assert (tried("1")[0], tried("1")[-1], tried("2")[0]) == (50, 99, 100)


def test_the_numbers_that_fail_are_named_and_counted() -> None:
    noted: dict[str, object] = {}
    portion = portion_of(pytest.mark.long(slices=1, count=9, sample=4).mark, "0", noted.__setitem__)

    assert portion.failing(lambda number: "odd" if number % 2 else None) == {1: "odd", 3: "odd", 5: "odd", 7: "odd"}
    assert noted == {"failures": 4}


def test_a_run_goes_on_where_it_stopped_and_begins_anew_with_a_new_commit(tmp_path: Path) -> None:
    file = tmp_path / "artefacts" / "long.json"
    record(file, result(0))
    record(file, result(1, commit="before"))

    assert undone(SLICES, recorded(file), "now") == SLICES[1:]
    assert undone(SLICES, recorded(file), "tomorrow") == SLICES


def test_what_was_done_is_summed_up(tmp_path: Path) -> None:
    done = [result(0), result(2, failures=3), result(1, commit="before")]

    assert list(summary(SLICES, done, "now")) == ["tests/a.py::test_a: 2 of 3 slices, 100 cases, 3 failures, 3 s"]


def test_a_run_that_broke_before_it_could_count_is_a_failure(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"

    assert failures_of(report, 4) == 1
    report.write_text('<testsuites><testsuite><property name="failures" value="7"/></testsuite></testsuites>')
    assert failures_of(report, 1) == 7
    assert failures_of(report, 0) == 0


@pytest.mark.slow
def test_every_long_test_is_found_with_its_slices(tmp_path: Path) -> None:
    begin_none = ["--minutes", "0", "--results", str(tmp_path / "long.json"), "tests/solver/test_solve.py"]

    said = subprocess.run(
        [sys.executable, "-m", "tests.long", *begin_none], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert said.stdout == (
        "tests/solver/test_solve.py::test_a_busy_machine_finds_the_same_plan_or_says_that_the_clock_cut: "
        "0 of 10 slices, 0 cases, 0 failures, 0 s\n"
        "tests/solver/test_solve.py::test_no_more_guests_can_be_seated_than_are_in_ten_thousand_rounds: "
        "0 of 20 slices, 0 cases, 0 failures, 0 s\n"
    )
