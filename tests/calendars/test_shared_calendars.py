"""The calendars of real programs that stand beside the project: the busy times that are held to be right."""

import csv
import email
import gc
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shadowing.calendars import blocks, reading
from shadowing.calendars.reading import BusyTimes, Owner

OWNER = Owner(zone=ZoneInfo("Asia/Tokyo"))
Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Case:
    name: str
    data: bytes
    said: dict[str, Any]

    @property
    def windows(self) -> Iterator[tuple[str, BusyTimes, list[Spans]]]:
        """Of each window what was read, and what is right; nothing is where no busy set is asked for."""
        for name, window in self.said.get("windows", {}).items():
            begin, end = (datetime.fromisoformat(window[edge]) for edge in ("from", "to"))
            kinds = {"a": ("busy_a",), "b": ("busy_b",), "either": ("busy_a", "busy_b")}
            keys = ("busy",) if "busy" in window else kinds.get(self.said.get("accept", ""), ())
            yield (
                name,
                reading.read(self.data, OWNER, begin, end),
                [spans(window[key]) for key in keys if key in window],
            )


def spans(said: list[list[str]]) -> Spans:
    found = [[int(datetime.fromisoformat(moment).timestamp()) for moment in pair] for pair in said]
    return tuple((begin // 60, -(-end // 60)) for begin, end in found)


@cache
def cases(corpus: Path) -> list[Case]:
    files = json.loads((corpus / "expectations.json").read_text("utf-8"))["files"]
    return [Case(name, calendar(corpus / name), said) for name, said in files.items()]


def calendar(path: Path) -> bytes:
    """The file, or the calendar in the mail."""
    data = path.read_bytes()
    if path.suffix != ".eml":
        return data
    parts = (
        part for part in email.message_from_bytes(data).walk() if part.get_content_type().endswith(("calendar", "ics"))
    )
    part = next(parts, None)
    found = part.get_payload(decode=True) if part else data
    assert isinstance(found, bytes)
    return found


@pytest.fixture(autouse=True)
def nothing_of_other_tests_is_collected() -> Iterator[None]:
    """Each series has so much CPU time, and the garbage of thousands of tests would use it up."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def corpus(shared: Path) -> Path:
    folder = shared / "data" / "ics-corpus"
    if not folder.is_dir():
        pytest.skip(f"NOT TESTED on real calendars: {folder} is not there")
    return folder


@pytest.mark.slow
def test_real_calendars_give_the_times_that_are_held_to_be_right(
    corpus: Path, record_property: Callable[[str, object], None]
) -> None:
    right, asked, wrong = Counter[str](), Counter[str](), []
    for case in cases(corpus):
        kind = "agreed" if case.said["status"] == "agree" else "ruled"
        found = [(name, busy.spans in wanted) for name, busy, wanted in case.windows if wanted]
        asked[kind] += bool(found)
        right[kind] += bool(found) and all(fine for _, fine in found)
        wrong += [f"{case.name} {name}" for name, fine in found if not fine]
    figures = [f"as {kind} {right[kind]} of {asked[kind]}" for kind in ("agreed", "ruled")]
    record_property("sweep", f"real calendars {', '.join(figures)}")
    assert right["agreed"] == asked["agreed"] > 150, wrong
    assert right["ruled"] >= 0.8 * asked["ruled"] > 0, wrong


@pytest.mark.slow
def test_no_entry_of_a_real_calendar_is_lost_without_being_counted(corpus: Path) -> None:
    for case in cases(corpus):
        written = sum(case.data.upper().count(f"BEGIN:{kind}".encode()) for kind in blocks.TIMED)
        for _, busy, _ in case.windows:
            assert busy.entries == written, case.name


@pytest.mark.slow
def test_one_broken_entry_of_a_real_calendar_is_counted_and_the_others_are_kept(corpus: Path) -> None:
    broken = [case for case in cases(corpus) if case.said.get("cause") == "one-bad-event"]

    # what is wrong is read around (a blank after a length), or the entry is counted; never is all of the file refused
    found = [busy for case in broken for _, busy, _ in case.windows]
    assert sum(any(busy.unreadable for _, busy, _ in case.windows) for case in broken) >= len(broken) // 2
    assert 0 < sum(busy.unreadable for busy in found) < sum(busy.entries for busy in found) / 2


def test_what_is_believed_of_the_calendars_is_read_from_their_list(corpus: Path) -> None:
    with (corpus / "manifest.csv").open(encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) >= len(cases(corpus)) > 200
