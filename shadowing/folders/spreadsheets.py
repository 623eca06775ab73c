"""Bytes become rows of text and rows become bytes: encodings, CSV, xlsx. What the text means is not known here.

No guessing: a mark at the beginning, else strict UTF-8, else CP932 (plain Shift_JIS lacks 髙 and ①)."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shadowing.errors import Refusal, RowError
from shadowing.lists import process
from shadowing.lists.workbooks import Worksheet

FIELD_MOST = 131_072
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
DANGEROUS = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
NOT_CP932 = re.compile("[\uf8f0-\uf8ff]")  # what Python makes of four bytes that CP932 leaves undefined
BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


@dataclass(frozen=True, slots=True)
class Spreadsheet:
    """One file. Rows carry the number a spreadsheet shows beside them: the header is row 1."""

    file: str
    encoding: str
    header: tuple[str, ...] = ()
    rows: tuple[tuple[int, tuple[str, ...]], ...] = ()
    errors: tuple[RowError, ...] = ()


def read(file: str, data: bytes) -> Spreadsheet:
    """Never raises: what cannot be read is in *errors*, the sound rows are there all the same."""
    encoding = "xlsx"
    lines: Iterable[tuple[str, ...] | Refusal]
    try:
        if data.startswith(b"PK\x03\x04"):
            lines = list(_first_sheet(data))
        else:
            encoding, text = decode(data)
            lines = _lines(text)
    except Refusal as refusal:
        return Spreadsheet(file, encoding, errors=(_error(file, 0, refusal),))
    return _table(file, encoding, lines)


def decode(data: bytes) -> tuple[str, str]:
    """The encoding that was used and the text. Raises Refusal."""
    if data.startswith(OLD_EXCEL):
        raise Refusal("This is an old .xls file, or one locked by a password. Save it as .xlsx or as CSV.")
    marked = next((encoding for bom, encoding in BOMS.items() if data.startswith(bom)), None)
    for encoding in (marked,) if marked else ("utf-8", "cp932"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "cp932" and NOT_CP932.search(text):
            continue
        if "\0" in text:
            raise Refusal("This file contains NUL characters, so it is no text. Save it again as CSV UTF-8.")
        return encoding, unicodedata.normalize("NFC", text)
    raise Refusal("This file is neither UTF-8 nor Japanese CP932 (Shift_JIS). Save it again as CSV UTF-8.")


def write(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """CSV as Excel opens it without asking: UTF-8 with its mark, CRLF, no cell that a spreadsheet would run."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """A cell that begins like a formula gets a quote in front; `plain` takes exactly that quote off again."""
    return f"'{cell}" if DANGEROUS.match(cell) else cell


def plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and DANGEROUS.match(cell) else cell


def _lines(text: str) -> Iterable[tuple[str, ...] | Refusal]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    while True:
        try:
            yield tuple(plain(cell) for cell in next(reader))
        except StopIteration:
            return
        except csv.Error as wrong:
            yield _unreadable(str(wrong))
            if "unexpected end" in str(wrong):
                return


def _unreadable(trouble: str) -> Refusal:
    if "field limit" in trouble:
        return Refusal("A cell of this row has more than %(most)s characters.", most=FIELD_MOST)
    return Refusal("The quotation marks of this row do not match.")


def _delimiter(text: str) -> str:
    """Excel writes tabs as "Unicode text", and semicolons where the comma is the decimal sign."""
    first = text.partition("\n")[0]
    return max(",\t;", key=first.count)


def _first_sheet(data: bytes) -> Iterable[tuple[str, ...] | Refusal]:
    """Read in a process with limits (`lists/process.py`): a workbook of a kilobyte may claim a million rows."""
    sheets = [sheet for sheet in process.read(data).sheets if not sheet.hidden] or [Worksheet("", ())]
    number = 0
    for row in sheets[0].rows:
        yield from (() for _ in range(number + 1, row.number))
        number = row.number
        yield Refusal(row.trouble.sentence, **dict(row.trouble.facts)) if row.trouble else tuple(map(plain, row.cells))


def _table(file: str, encoding: str, lines: Iterable[tuple[str, ...] | Refusal]) -> Spreadsheet:
    numbered = list(enumerate(lines, start=1))
    while numbered and _is_blank(numbered[-1][1]):
        numbered.pop()
    if not numbered:
        return Spreadsheet(file, encoding, errors=(_error(file, 0, Refusal("This file is empty.")),))
    header = numbered[0][1]
    if isinstance(header, Refusal):
        return Spreadsheet(file, encoding, errors=(_error(file, 1, header),))
    header = _shortened(header)
    rows, errors = [], []
    for number, line in numbered[1:]:
        if _is_blank(line):
            continue
        row = _fitted(line, len(header))
        if isinstance(row, Refusal):
            errors.append(_error(file, number, row))
        else:
            rows.append((number, row))
    return Spreadsheet(file, encoding, header, tuple(rows), tuple(errors))


def _is_blank(line: tuple[str, ...] | Refusal) -> bool:
    return not isinstance(line, Refusal) and not any(cell.strip() for cell in line)


def _shortened(header: tuple[str, ...]) -> tuple[str, ...]:
    """Without the nameless columns that spreadsheets add on the right."""
    while header and not header[-1].strip():
        header = header[:-1]
    return header


def _fitted(line: tuple[str, ...] | Refusal, width: int) -> tuple[str, ...] | Refusal:
    """Cells that were not written at the end of a row are empty."""
    if isinstance(line, Refusal):
        return line
    if any(cell.strip() for cell in line[width:]):
        return Refusal("This row has %(found)s cells, the header has %(wanted)s.", found=len(line), wanted=width)
    if any(len(cell) > FIELD_MOST for cell in line):
        return _unreadable("field limit")
    return (*line, *("",) * (width - len(line)))[:width]


def _error(file: str, row: int, refusal: Refusal) -> RowError:
    facts = tuple((name, str(fact)) for name, fact in refusal.facts.items())
    return RowError(file=file, row=row, column="", value="", reason=refusal.sentence, facts=facts)
