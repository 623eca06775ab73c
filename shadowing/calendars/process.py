"""Calendars are read in a process of their own, with limits.

`python -m shadowing.calendars.process ZONE ADDRESS BEGIN END` reads a file from its standard input (BEGIN and END are seconds since
1970) and writes its busy times as JSON."""

import json
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from shadowing import limited
from shadowing.calendars import reading
from shadowing.calendars.reading import BusyTimes, Owner
from shadowing.errors import Refusal, Remark, remark

BYTES_MOST = 2 * limited.MEBIBYTE
LIMITS = limited.ProcessLimits(memory=512 * limited.MEBIBYTE, cpu=5, wall=20)


@dataclass(frozen=True, slots=True)
class ReadCalendar:
    """What the process answers: busy times, or why there are none."""

    times: BusyTimes | None = None
    refused: Remark | None = None


def read(data: bytes, owner: Owner, begin: datetime, end: datetime) -> BusyTimes:
    """The busy times in *data* between two instants. Raises Refusal."""
    if len(data) > BYTES_MOST:
        raise Refusal("This calendar is larger than %(most)s MB. Export the days of the round only.", most=2)
    moments = (str(int(moment.timestamp())) for moment in (begin, end))
    try:
        answered = limited.run("shadowing.calendars.process", (str(owner.zone), owner.address, *moments), data, LIMITS)
    except limited.TooHeavy:
        raise Refusal(
            "This calendar takes too much memory or time to read. Export the days of the round only."
        ) from None
    answer = _answers().validate_json(answered)
    if answer.times is None:
        assert answer.refused
        raise Refusal(answer.refused.sentence, **dict(answer.refused.facts))
    return answer.times


@cache
def _answers() -> TypeAdapter[ReadCalendar]:
    return TypeAdapter(ReadCalendar)


def main() -> None:
    LIMITS.hold()
    zone, address, *moments = sys.argv[1:]
    begin, end = (datetime.fromtimestamp(int(moment), UTC) for moment in moments)
    try:
        data = sys.stdin.buffer.read()
        answer = ReadCalendar(reading.read(data, Owner(zone=ZoneInfo(zone), address=address), begin, end))
    except Refusal as refusal:
        answer = ReadCalendar(refused=remark(refusal.sentence, **refusal.facts))
    except MemoryError:
        sys.exit(3)
    json.dump(asdict(answer), sys.stdout)


if __name__ == "__main__":
    main()
