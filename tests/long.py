"""What takes hours, in slices that add up: `make test-long` goes on where it stopped.

A test marked `long(slices=, count=, sample=)` asks for `portion` and tries its numbers. In every other run a portion is the small
sample; here each slice is a run of its own, recorded in artefacts/long.json for the commit (and the changes beside it) that it
ran on. What is recorded for the present commit is not run again."""

import argparse
import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "artefacts" / "long.json"
ASKED = "TESTS_SLICE"
FAILURES = "failures"
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Portion:
    """The numbers *seed*, *seed* + 1, ... of which a long test tries *count*."""

    seed: int
    count: int
    note: Callable[[str, object], None]

    def failing(self, wrong: Callable[[int], object]) -> dict[int, object]:
        """The numbers for which *wrong* answers something, with the answer."""
        tried = ((number, wrong(number)) for number in range(self.seed, self.seed + self.count))
        found = {number: answer for number, answer in tried if answer}
        self.note(FAILURES, len(found))
        return found


def portion_of(mark: pytest.Mark, asked: str, note: Callable[[str, object], None]) -> Portion:
    """The slice that is *asked* for by its number; the sample where none is."""
    if not asked:
        return Portion(0, mark.kwargs["sample"], note)
    return Portion(int(asked) * mark.kwargs["count"], mark.kwargs["count"], note)


@dataclass(frozen=True, slots=True)
class Slice:
    test: str
    slice: int
    seed: int
    count: int


@dataclass(frozen=True, slots=True)
class Result:
    test: str
    slice: int
    seed: int
    count: int
    failures: int
    seconds: float
    commit: str


class Collected:
    """A plugin of pytest that keeps what was found."""

    def __init__(self) -> None:
        self.slices: list[Slice] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            mark = item.get_closest_marker("long")
            assert mark, item
            count = mark.kwargs["count"]
            self.slices += [Slice(item.nodeid, one, one * count, count) for one in range(mark.kwargs["slices"])]


def every_slice(paths: Iterable[str]) -> list[Slice]:
    """The first slice of every test before the second of any."""
    found = Collected()
    with redirect_stdout(io.StringIO()) as said:
        code = pytest.main(["--collect-only", "-m", "long", "-p", "no:randomly", *paths], plugins=[found])
    if code != pytest.ExitCode.OK:
        raise SystemExit(said.getvalue())
    return sorted(found.slices, key=lambda one: (one.slice, one.test))


def present_commit() -> str:
    """HEAD, and a mark of what is not committed yet."""
    head, changed, new = (
        subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=True).stdout
        for words in (["rev-parse", "HEAD"], ["diff", "HEAD"], ["ls-files", "-o", "--exclude-standard", "-z"])
    )
    beside = changed + b"".join(
        file.read_bytes() for name in new.split(b"\0") if (file := ROOT / name.decode()).is_file()
    )
    return head.decode().strip() + (f"+{hashlib.sha256(beside).hexdigest()[:12]}" if beside else "")


def recorded(file: Path) -> list[Result]:
    return [Result(**row) for row in json.loads(file.read_text("utf-8"))] if file.is_file() else []


def record(file: Path, result: Result) -> None:
    """Whole or not at all: a run that is interrupted leaves every earlier result."""
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = [asdict(row) for row in (*recorded(file), result)]
    new = file.with_suffix(".new")
    new.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
    new.replace(file)


def run(one: Slice, commit: str) -> Result:
    with tempfile.TemporaryDirectory(prefix="shadowing-long-") as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-o", "junit_family=xunit1", one.test]
        environment = os.environ | {ASKED: str(one.slice)}
        began = time.monotonic()
        said = subprocess.run(
            [*command, f"--junitxml={report}", f"--basetemp={folder}/of_the_test"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
        )
        failures = failures_of(report, said.returncode)
    if failures:
        print(said.stdout, flush=True)
    return Result(one.test, one.slice, one.seed, one.count, failures, round(time.monotonic() - began, 1), commit)


def failures_of(report: Path, code: int) -> int:
    """What the test counted itself; 1 where it broke before it could, or was never run."""
    if code == 0:
        return 0
    counted = ElementTree.parse(report).iterfind(f".//property[@name='{FAILURES}']") if report.is_file() else ()  # noqa: S314
    return max(1, sum(int(one.get("value", "0")) for one in counted))


def undone(slices: Iterable[Slice], done: Iterable[Result], commit: str) -> list[Slice]:
    known = {(row.test, row.slice, row.count) for row in done if row.commit == commit}
    return [one for one in slices if (one.test, one.slice, one.count) not in known]


def summary(slices: list[Slice], done: Iterable[Result], commit: str) -> Iterator[str]:
    here = [row for row in done if row.commit == commit]
    for test in sorted({one.test for one in slices}):
        rows, of = [row for row in here if row.test == test], sum(one.test == test for one in slices)
        cases, failures = sum(row.count for row in rows), sum(row.failures for row in rows)
        seconds = sum(row.seconds for row in rows)
        yield f"{test}: {len(rows)} of {of} slices, {cases} cases, {failures} failures, {seconds:.0f} s"


def main() -> int:
    parser = argparse.ArgumentParser(prog="make test-long", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60, help="no slice begins later than this")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("paths", nargs="*", default=["tests"])
    asked = parser.parse_args()
    commit, slices, until, lock = (
        present_commit(),
        every_slice(asked.paths),
        time.monotonic() + asked.minutes * 60,
        Lock(),
    )

    def one_more(one: Slice) -> None:
        if time.monotonic() < until:
            result = run(one, commit)
            with lock:
                record(asked.results, result)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one_more, undone(slices, recorded(asked.results), commit)))
    done = recorded(asked.results)
    print("\n".join(summary(slices, done, commit)))
    return 1 if any(row.failures for row in done if row.commit == commit) else 0


if __name__ == "__main__":
    sys.exit(main())
