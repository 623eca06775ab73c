"""Runs row by row, each in a process of its own, and prints each as soon as it is known."""

import argparse
import json
import subprocess
import sys
from dataclasses import replace
from typing import cast

import bench
from bench.after import Explained, Repaired
from bench.named import is_here
from bench.outcome import Row, keep_row, row_of
from bench.report import COLUMNS, RESULTS, cells, results
from bench.schedule import OURS, SMALL, Question, Task, questions, tasks

QUESTION_LIMIT = 300
OVERTIME = 120  # seconds beyond its limit after which a way is ended


def run(task: Task) -> Row:
    row = Row(way=task.way, round=task.round, limit=task.limit)
    said = _child(["bench.ways", task.way, task.round, str(task.limit)], task.limit * 1.5 + OVERTIME)
    row = row_of(said) if said.startswith("{") else replace(row, failed=said)
    keep_row(row)
    return row


def ask(question: Question) -> Explained | Repaired | str:
    """The answer, or why there is none."""
    percent = [str(question.percent)] if question.percent else []
    said = _child(["bench.after", question.asked, question.round, *percent], QUESTION_LIMIT)
    if not said.startswith("{"):
        return said
    return Explained(**json.loads(said)) if question.asked == "explain" else Repaired(**json.loads(said))


def _child(command: list[str], seconds: float) -> str:
    """What a process of its own said as JSON, or what went wrong."""
    try:
        said = subprocess.run(  # noqa: S603  # our own modules
            [sys.executable, "-m", *command], capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return f"no end after {seconds:.0f} s"
    if said.returncode:
        return f"failed: {(said.stderr.strip().splitlines() or [str(said.returncode)])[-1]}"
    return said.stdout.strip().splitlines()[-1]


def measured(sizes: tuple[int, ...], small: bool, rows: list[Row], answers: list[Explained | Repaired]) -> None:
    """Adds to *rows* and *answers* as it goes, so that a run that is interrupted has what it measured."""
    print(" | ".join(COLUMNS), flush=True)
    for task in tasks(sizes, small):
        if is_here(task.round):
            rows.append(run(task))
            print(" | ".join(cells(rows[-1])), flush=True)
    for question in questions(sizes, small):
        answer = ask(question)
        print(question.asked, answer, flush=True)
        if not isinstance(answer, str):
            answers.append(answer)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=bench.__doc__)
    parser.add_argument("--small", action="store_true", help="two minutes")
    parser.add_argument("--sizes", type=lambda text: tuple(map(int, text.split(","))), help="people: 60,200,1000")
    parser.add_argument("--write", action="store_true", help="write bench/RESULTS.md")
    asked = parser.parse_args()
    sizes = cast(tuple[int, ...], asked.sizes or tuple(SMALL if asked.small else OURS))
    missing = sorted({task.round for task in tasks(sizes, asked.small) if not is_here(task.round)})
    for name in missing:
        print(f"{name}: its folder is not on this machine, so it is not measured", flush=True)
    rows: list[Row] = []
    answers: list[Explained | Repaired] = []
    try:
        measured(sizes, asked.small, rows, answers)
    finally:
        text = results(" ".join(["python -m bench", *sys.argv[1:]]), rows, answers, missing)
        if asked.write and rows:
            RESULTS.write_text(text + "\n", "utf-8")
        else:
            print(text[text.index("## Goals") : text.index("## Side by side")])


main()
