"""A round folder read straight into a Problem, with nothing of the product in between but the values."""

import csv
import tomllib
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr

from shadowing.solver.problem import Goal, Guest, Opening, OpeningKind, Person, Problem, Rules, Span

ROUNDS = Path(__file__).parents[3] / "shared" / "rounds"
LEVELS = {"yes": 2, "maybe": 1}
Row = dict[str, str]
Numbers = defaultdict[str, int]
Times = dict[str, list[Span]]


def real_round(name: str) -> Problem:
    folder = ROUNDS / name
    if not folder.is_dir():
        pytest.skip(f"the round folder {folder} is not on this machine")
    settings = tomllib.loads((folder / "round.toml").read_text(encoding="utf-8"))
    numbers: Numbers = defaultdict(lambda: len(numbers) + 1)
    free = _free(folder, settings)
    return Problem(
        zone=settings["zone"],
        earliest=0,
        people=_people(folder, numbers, free),
        guests=_guests(folder, numbers),
        openings=_openings(folder, settings, numbers, free),
        rules=Rules(own_department=settings["rules"]["own_department"]),
        past=_past(folder, numbers, settings["rules"]["repeat_rounds"]),
    )


def _rows(folder: Path, name: str) -> list[Row]:
    path = folder / f"{name}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def minute(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


def _free(folder: Path, settings: dict[str, Any]) -> Times:
    hours = {row["person_id"]: _working(row, settings) for row in _rows(folder, "people")}
    free: Times = defaultdict(list)
    for row in _rows(folder, "availability"):
        start, end = (minute(datetime.fromisoformat(row[key])) for key in ("starts_at", "ends_at"))
        for opens, closes in hours[row["person_id"]]:
            if max(start, opens) < min(end, closes):
                free[row["person_id"]].append(Span(max(start, opens), min(end, closes), LEVELS[row["level"]]))
    return free


def _working(row: Row, settings: dict[str, Any]) -> list[tuple[int, int]]:
    """Working hours such as `mon-fri 09:00-18:00`, in the person's own zone, day by day."""
    assert row["hours"] == "mon-fri 09:00-18:00"
    zone = ZoneInfo(row["zone"])
    days = [day for day in _days(settings) if day.weekday() < 5]
    return [
        (minute(datetime.combine(day, time(9), zone)), minute(datetime.combine(day, time(18), zone))) for day in days
    ]


def _days(settings: dict[str, Any]) -> list[date]:
    length = (settings["to"] - settings["from"]).days + 1
    return [settings["from"] + timedelta(days=number) for number in range(length)]


def _people(folder: Path, numbers: Numbers, free: Times) -> tuple[Person, ...]:
    return tuple(
        Person(
            id=numbers[row["person_id"]],
            department=numbers[row["department_id"]],
            free=tuple(sorted(free.get(row["person_id"], []))),
        )
        for row in _rows(folder, "people")
    )


def _guests(folder: Path, numbers: Numbers) -> tuple[Guest, ...]:
    wishes = defaultdict(list)
    for row in _rows(folder, "goals"):
        wishes[row["person_id"]].append(Goal(rank=int(row["rank"]), department=numbers[row["department_id"]]))
    return tuple(
        Guest(person=numbers[row["person_id"]], visits=int(row["visits"] or 1), wishes=tuple(wishes[row["person_id"]]))
        for row in _rows(folder, "guests")
    )


def _openings(folder: Path, settings: dict[str, Any], numbers: Numbers, free: Times) -> tuple[Opening, ...]:
    return tuple(
        Opening(
            id=numbers[row["opening_id"]],
            department=numbers[row["department_id"]],
            kind=OpeningKind(row["kind"]),
            hosts=tuple(numbers[host] for host in row["host_ids"].split(";")),
            minutes=int(row["duration_min"]),
            seats=int(row["seats"]),
            starts=tuple(_starts(row, settings, free)),
            fixed=row["starts_at"] != "flexible",
            most_per_week=int(row["most_per_week"]) if row["most_per_week"] else None,
        )
        for row in _rows(folder, "openings")
    )


def _starts(row: Row, settings: dict[str, Any], free: Times) -> list[int]:
    if row["starts_at"] == "flexible":
        return _possible(row["host_ids"].split(";"), int(row["duration_min"]), free)
    if row["starts_at"]:
        return [minute(datetime.fromisoformat(row["starts_at"]))]
    return _recurring(row, settings)


def _recurring(row: Row, settings: dict[str, Any]) -> list[int]:
    hour, minutes = row["local_time"].split(":")
    first = date.fromisoformat(row["first_on"]) if row["first_on"] else settings["from"]
    days = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
    first += timedelta(days=(days.index(row["weekday"]) - first.weekday()) % 7)
    begin = datetime.combine(first, time(int(hour), int(minutes)))
    window = (datetime.combine(settings["from"], time.min), datetime.combine(settings["to"], time.max))
    # The first date counts even where the rule would skip it (open-049): DTSTART is an instance, RFC 5545 section 3.8.5.3.
    days_at = set(rrulestr(row["rrule"], dtstart=begin).between(*window, inc=True)) | (
        {begin} if row["first_on"] else set()
    )
    return sorted(minute(at.replace(tzinfo=ZoneInfo(row["tz"]))) for at in days_at if window[0] <= at <= window[1])


def _possible(hosts: list[str], minutes: int, free: Times) -> list[int]:
    shared = [_half_hours(free.get(host, [])) for host in hosts]
    common = set.intersection(*shared)
    return sorted(start for start in common if all(start + step in common for step in range(0, minutes, 30)))


def _half_hours(spans: list[Span]) -> set[int]:
    return {start for span in spans for start in range(-(-span.start // 30) * 30, span.end - 29, 30)}


def _past(folder: Path, numbers: Numbers, rounds: int) -> tuple[tuple[int, int], ...]:
    rows = _rows(folder, "history")
    last = list(dict.fromkeys(row["round"] for row in rows))[-rounds:]
    return tuple(
        (numbers[row["guest_id"]], numbers[host])
        for row in rows
        if row["round"] in last
        for host in row["host_ids"].split(";")
    )
