"""Where the headings of a sheet stand: below titles, blank lines and version lines, in one row or in two, or nowhere."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from shadowing.lists import contents
from shadowing.lists.headings import Meaning, keys, meanings, plain
from shadowing.lists.workbooks import Worksheet, WorksheetRow

LOOKED_AT = 12
KNOWN_LEAST = 2
DESCRIBED_MOST = 5
TELLING = frozenset((Meaning.ID, Meaning.NAME, Meaning.FAMILY, Meaning.MAIL, Meaning.DEPARTMENT, Meaning.KANA))
DATA = re.compile(r".*@.*|\d+([./:\-]\d+)*|=\".*|\d{1,4}[年/.].*")
DESCRIPTION = re.compile(
    r"required|optional|mandatory|必須|任意|半角.*|全角.*|文字.*|half-?width.*|text|string|date|数字|英数.*|テキスト|yyyy.*|※.*必須.*"
    r"|\d+ ?(文字|桁|byte|バイト|chars?|characters|half-?width|full-?width).*",
    re.IGNORECASE,
)
SAMPLE = re.compile(
    r"sample.*|サンプル.*|記入例.*|入力例.*|見本.*|例[:：)）].*|（例）.*|\(例\).*|e\.g\..*|example", re.IGNORECASE
)
Headings = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """*rows* are the numbers of the rows that hold *headings* (none: the list has no headings); *body* are those below,
    without repetitions of the header. *described* are rows right below it that explain the columns or show a sample."""

    rows: tuple[int, ...]
    headings: Headings
    body: tuple[WorksheetRow, ...]
    described: tuple[WorksheetRow, ...] = ()
    repeated: int = 0


def find(sheet: Worksheet) -> Header:
    rows = [row for row in sheet.rows if row.trouble is None]
    best: Headings = ()
    rank, start, depth = 0.0, 0, 0
    for place, row in enumerate(rows[:LOOKED_AT]):
        single = tuple(row.cells)
        found = score(single, row.cells)
        if found > rank:
            best, rank, start, depth = single, found, place, 1
        if place + 1 < len(rows):
            both = joined(row, rows[place + 1])
            found = score(both, (*row.cells, *rows[place + 1].cells)) - 0.5
            if found > rank:
                best, rank, start, depth = both, found, place, 2
    if rank < KNOWN_LEAST:
        return Header((), (), tuple(sheet.rows))
    return _below(sheet, best, tuple(row.number for row in rows[start : start + depth]))


def blocks(sheet: Worksheet) -> tuple[Worksheet, ...]:
    """Lists that stand side by side under the same headings, each as a sheet of its own."""
    header = find(sheet)
    names = tuple(plain(heading) for heading in header.headings)
    first = next((place for place, name in enumerate(names) if name), 0)
    starts = [place for place, name in enumerate(names) if name and name == names[first]]
    parts = [names[start:end] for start, end in zip(starts, [*starts, len(names)][1:], strict=True)]
    same = len({tuple(filter(None, part)) for part in parts}) == 1
    known = {meaning for heading in header.headings for meaning, _ in meanings(heading)[:1]}
    if len(parts) < 2 or not same or len(known & TELLING) < KNOWN_LEAST:
        return (sheet,)
    return tuple(
        Worksheet(
            sheet.name if number == 1 else f"{sheet.name} ({number})".strip(),
            tuple(
                replace(row, cells=row.cells[start : start + len(part)]) for row in sheet.rows if any(row.cells[start:])
            ),
            sheet.hidden,
        )
        for number, (start, part) in enumerate(zip(starts, parts, strict=True), start=1)
    )


def score(headings: Sequence[str], cells: Sequence[str]) -> float:
    """How many different meanings are known, less the cells that look like data. Nothing without one that tells of people."""
    known = [found[0][0] for heading in headings if heading.strip() and (found := meanings(heading))]
    data = sum(DATA.fullmatch(cell.strip()) is not None for cell in cells if cell.strip())
    return len(set(known)) + 0.01 * len(known) - data if TELLING & set(known) else 0.0


def joined(above: WorksheetRow, below: WorksheetRow) -> Headings:
    """Two rows as one: 社員 over 番号, and コード below the group 所属, which may be written once for its columns."""
    group, found = "", []
    for place in range(max(len(above.cells), len(below.cells))):
        group = above[place] or (group if below[place] else "")
        whole, lower = f"{group}{below[place]}", below[place]
        found.append(next((text for text in (whole, lower, group) if text and _is_known(text)), whole or lower))
    return tuple(found)


def _is_known(heading: str) -> bool:
    return bool(meanings(heading))


def _below(sheet: Worksheet, headings: Headings, numbers: tuple[int, ...]) -> Header:
    rest = tuple(row for row in sheet.rows if row.number > numbers[-1])
    body = tuple(row for row in rest if not _repeats(row, headings))
    described = _described(body)
    return Header(numbers, headings, body[len(described) :], described, len(rest) - len(body))


def _repeats(row: WorksheetRow, headings: Headings) -> bool:
    """A header that is printed again on each page."""
    same = [cell == heading.strip() for cell, heading in zip(map(str.strip, row.cells), headings, strict=False) if cell]
    return len(same) >= KNOWN_LEAST and all(same)


def _described(body: tuple[WorksheetRow, ...]) -> tuple[WorksheetRow, ...]:
    """The first rows up to the last that explains the columns or is marked as a sample."""
    last = 0
    for place, row in enumerate(body[:DESCRIBED_MOST], start=1):
        filled = row.filled()
        explains = [cell for cell in filled if DESCRIPTION.fullmatch(cell)]
        is_sample = any(SAMPLE.fullmatch(cell) for cell in filled)
        has_mail = any(contents.is_mail(cell) for cell in filled)
        if (
            is_sample
            or (explains and not has_mail and len(explains) * 2 >= len(filled))
            or (explains and place == 1 and not has_mail)
        ):
            last = place
    return body[:last]


def shown(headings: Headings) -> Headings:
    """As a page writes them: in one line."""
    return tuple(" ".join(heading.split()) for heading in headings)


def signature(headings: Headings) -> str:
    """What two lists of the same system have in common, whatever its marks and the order of its columns; 64 characters."""
    said = "\n".join(sorted({key for heading in headings for key in keys(heading)[-1:]}))
    return hashlib.sha256(said.encode()).hexdigest() if said else ""
