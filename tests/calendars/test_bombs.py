"""Hostile calendars end within their limits, whatever they ask for."""

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import DAILY, rrule

from shadowing.calendars import process
from shadowing.calendars.reading import Owner
from shadowing.calendars.series import TooLong, limited
from shadowing.errors import Refusal
from tests.calendars import bombs

OWNER = Owner(zone=ZoneInfo("Asia/Tokyo"), address="taro@example.org")
BEGIN, END = datetime(2027, 1, 17, tzinfo=UTC), datetime(2027, 2, 14, tzinfo=UTC)
CPU_MOST = 2.0
MEMORY_MOST = 256


@pytest.mark.slow
def test_each_of_more_than_forty_hostile_calendars_is_refused_or_limited(
    record_property: Callable[[str, object], None],
) -> None:
    worst, count = {"CPU": 0.0, "MiB": 0.0}, 0
    for name, data in bombs.all_of():
        seconds, mebibytes = cost(data)
        worst = {"CPU": max(worst["CPU"], seconds), "MiB": max(worst["MiB"], mebibytes)}
        count += 1
        assert seconds <= CPU_MOST, name
        assert mebibytes <= MEMORY_MOST, name
    record_property("sweep", f"{count} hostile calendars, at most {worst['CPU']:.1f} s CPU and {worst['MiB']:.0f} MiB")
    assert count >= 40


MEASURED = """
import os, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdin=sys.stdin.fileno(), stdout=subprocess.DEVNULL)
_, status, used = os.wait4(child.pid, 0)
print(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""
"""A process counts as its own the memory of the one that started it, up to its exec: this small one stands between."""


def cost(data: bytes) -> tuple[float, float]:
    """CPU seconds and MiB at the most of the process that reads *data*."""
    moments = [str(int(moment.timestamp())) for moment in (BEGIN, END)]
    reader = [sys.executable, "-m", "shadowing.calendars.process", str(OWNER.zone), OWNER.address, *moments]
    if len(data) > process.BYTES_MOST:
        with pytest.raises(Refusal, match="larger than"):
            process.read(data, OWNER, BEGIN, END)
        return 0.0, 0.0
    done = subprocess.run([sys.executable, "-c", MEASURED, *reader], input=data, capture_output=True, check=True)
    code, seconds, mebibytes = map(float, done.stdout.split())
    assert code == 0
    return seconds, mebibytes


def test_a_calendar_that_never_ends_costs_its_sender_a_sentence() -> None:
    many = (bombs.event("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", uid=str(number)) for number in range(50))

    with pytest.raises(Refusal, match="too long to work out"):
        process.read(bombs.calendar(*many), OWNER, BEGIN, END)


def test_a_walk_is_stopped_also_when_its_time_ran_out_elsewhere() -> None:
    def work_and_walk() -> None:
        started = time.process_time()
        while time.process_time() < started + 0.1:
            pass
        rrule(DAILY, bymonth=2, bymonthday=30)[0]

    with limited(0.01), pytest.raises(TooLong):
        work_and_walk()


def test_the_process_holds_itself_to_its_limits() -> None:
    probe = (
        "from shadowing.calendars import process; import resource as r; process.LIMITS.hold(); print(r.getrlimit({}))"
    )

    said = [
        subprocess.run([sys.executable, "-c", probe.format(limit)], capture_output=True, text=True, check=True).stdout
        for limit in (resource.RLIMIT_AS, resource.RLIMIT_CPU)
    ]

    assert [line.strip() for line in said] == [f"({512 * 2**20}, {512 * 2**20})", "(5, 5)"]
