"""Spreadsheets that are plain XML inside: OpenDocument (LibreOffice, Google) and the XML that old programs name .xls.

The reader walks elements as they close and keeps none; what repeats a million times at the end of a sheet is not unrolled."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO
from xml.etree.ElementTree import Element, ParseError, iterparse

from shadowing.errors import Refusal
from shadowing.lists.workbooks import COLUMNS_MOST, ROWS_MOST, Workbook, Worksheet, WorksheetRow, tidy

UNPACKED_MOST = 300 * 1024 * 1024
SHEETS = ("table", "Worksheet")
ROWS = ("table-row", "Row")
CELLS = ("table-cell", "covered-table-cell", "Cell")
TEXTS = ("p", "Data")


def is_opendocument(data: bytes) -> bool:
    try:
        return {"mimetype", "content.xml"} <= set(zipfile.ZipFile(io.BytesIO(data)).namelist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return False


def is_xml_of_excel(text: str) -> bool:
    return (
        text.lstrip("\ufeff \r\n\t").startswith("<?xml")
        and "urn:schemas-microsoft-com:office:spreadsheet" in text[:2000]
    )


def read_opendocument(data: bytes) -> Workbook:
    """Raises Refusal."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if archive.getinfo("content.xml").file_size > UNPACKED_MOST:
                raise Refusal("This workbook is too large to be a list.")
            with archive.open("content.xml") as content:
                return Workbook(kind="excel", sheets=tuple(_sheets(content)), encoding="ods")
    except (zipfile.BadZipFile, KeyError, ParseError, ValueError, OSError, RuntimeError):
        raise Refusal("This workbook cannot be opened. Save it again as .xlsx or as CSV.") from None


def read_xml_of_excel(data: bytes) -> Workbook:
    """Raises Refusal."""
    try:
        return Workbook(kind="excel", sheets=tuple(_sheets(io.BytesIO(data))), encoding="xml")
    except (ParseError, ValueError):
        raise Refusal("This workbook cannot be opened. Save it again as .xlsx or as CSV.") from None


@dataclass(slots=True)
class _Place:
    """Where the reader stands in a sheet: *cells* are those of the row so far."""

    name: str
    number: int = 0
    rows: list[WorksheetRow] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)


def _sheets(content: IO[bytes]) -> Iterator[Worksheet]:
    """Raises ParseError, and Refusal for what is larger than any list of people."""
    place: _Place | None = None
    events = iterparse(content, events=("start", "end"))  # noqa: S314 - expat bounds entities; this is the limited child
    for event, element in events:
        name = _bare(element.tag)
        if event == "start" and name in SHEETS and (place is None or name == "Worksheet"):
            place = _Place(_said(element, "name", "Name"))
        elif event == "end" and place is not None:
            if name in CELLS:
                _add_cell(place, element)
                element.clear()
            elif name in ROWS:
                _add_row(place, element)
                element.clear()
            elif name in SHEETS and not (name == "table" and _said(element, "name", "") == "" and place.name):
                yield Worksheet(place.name, tuple(place.rows))
                place = None
                element.clear()


def _add_cell(place: _Place, element: Element) -> None:
    """ss:Index jumps over empty cells; a repetition of what is empty up to the margin is nothing."""
    at = int(_said(element, "Index") or len(place.cells) + 1)
    if at <= COLUMNS_MOST + 1:
        place.cells += [""] * (at - 1 - len(place.cells))
    text = _text(element)
    repeated = int(_said(element, "number-columns-repeated") or 1) + int(_said(element, "MergeAcross") or 0)
    place.cells += [text] * min(repeated, COLUMNS_MOST + 1 - len(place.cells))


def _add_row(place: _Place, element: Element) -> None:
    repeated = int(_said(element, "number-rows-repeated") or 1)
    place.number = int(_said(element, "Index") or place.number + 1)
    hidden = _said(element, "visibility") in ("collapse", "filter") or _said(element, "Hidden") == "1"
    cells, place.cells = tuple(place.cells), []
    if any(cell.strip() for cell in cells):
        for number in range(place.number, place.number + min(repeated, ROWS_MOST)):
            if number > ROWS_MOST:
                raise Refusal("This file has more than %(most)s rows. Divide it.", most=ROWS_MOST)
            if row := tidy(number, cells, hidden):
                place.rows.append(row)
    place.number += repeated - 1


def _text(element: Element) -> str:
    """A day is written as the file stores it: how it is shown depends on the country."""
    if day := _said(element, "date-value"):
        return day.removesuffix("T00:00:00")
    texts = ["".join(part.itertext()) for part in element if _bare(part.tag) in TEXTS]
    text = "\n".join(texts)
    data = next((part for part in element if _bare(part.tag) == "Data"), None)
    if data is not None and _said(data, "Type") == "DateTime":
        return text.removesuffix(".000").removesuffix("T00:00:00")
    return text.removesuffix(".0") if data is not None and _said(data, "Type") == "Number" else text


def _said(element: Element, *names: str) -> str:
    return next((value for key, value in element.attrib.items() if _bare(key) in names), "")


def _bare(name: str) -> str:
    return name.rpartition("}")[2]
