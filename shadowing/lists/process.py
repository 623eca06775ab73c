"""Files are read in a process of their own, with limits: a file that eats memory or time costs its sender a sentence.

`python -m shadowing.lists.process` reads a file from its standard input and writes the workbook as JSON."""

import json
import sys
from dataclasses import asdict, dataclass
from functools import cache

from pydantic import TypeAdapter

from shadowing import limited
from shadowing.errors import Refusal, Remark, remark
from shadowing.lists import excel, sheets_in_xml, texts
from shadowing.lists.workbooks import Workbook

LIMITS = limited.ProcessLimits(memory=1536 * limited.MEBIBYTE, cpu=60, wall=120)


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What the process answers: a workbook, or why there is none."""

    workbook: Workbook | None = None
    refused: Remark | None = None


def read(data: bytes, chosen: str = "") -> Workbook:
    """The workbook in *data*, in the encoding *chosen* where HR chose one. Raises Refusal."""
    try:
        answered = limited.run("shadowing.lists.process", (chosen,), data, LIMITS)
    except limited.TooHeavy:
        raise too_heavy() from None
    answer = _answers().validate_json(answered)
    if answer.workbook is None:
        assert answer.refused
        raise Refusal(answer.refused.sentence, **dict(answer.refused.facts))
    return answer.workbook


def too_heavy() -> Refusal:
    return Refusal("This file takes too much memory or time to read. Save only the list in a new file, or as CSV.")


@cache
def _answers() -> TypeAdapter[ReadFile]:
    return TypeAdapter(ReadFile)


def read_here(data: bytes, chosen: str = "") -> Workbook:
    """In this process, without limits: not for what others send. Raises Refusal."""
    if data.startswith(b"PK\x03\x04"):
        return sheets_in_xml.read_opendocument(data) if sheets_in_xml.is_opendocument(data) else excel.read(data)
    return texts.read(data, chosen)


def main() -> None:
    LIMITS.hold()
    try:
        answer = ReadFile(read_here(sys.stdin.buffer.read(), sys.argv[1] if len(sys.argv) > 1 else ""))
    except Refusal as refusal:
        answer = ReadFile(refused=remark(refusal.sentence, **refusal.facts))
    except MemoryError:
        sys.exit(3)
    json.dump(asdict(answer), sys.stdout)


if __name__ == "__main__":
    main()
