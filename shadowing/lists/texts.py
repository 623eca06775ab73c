"""Text files and saved web pages become a workbook: delimiters, Excel's `sep=` line, quotation marks, tables of HTML."""

import csv
import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from shadowing.errors import Refusal
from shadowing.lists import encodings, sheets_in_xml
from shadowing.lists.workbooks import CELL_MOST, Workbook, Worksheet, rows_of

DELIMITERS = ",\t;|"
SEP = re.compile(r"\s*\"?sep=(.)\"?[,;\t]*\s*\Z", re.IGNORECASE)
PAGE = re.compile(r"\s*(?:<!doctype|<html|<table|<\?xml[^>]*\?>\s*<html|<meta|<head|<body|<style)", re.IGNORECASE)
LOOKED_AT = 50
SWALLOWED = 2


def read(data: bytes, chosen: str = "") -> Workbook:
    """*chosen*: the encoding that HR chose. Raises Refusal."""
    encoding, text, readings = encodings.decode(data, chosen)
    if sheets_in_xml.is_xml_of_excel(text):
        return sheets_in_xml.read_xml_of_excel(data)
    if PAGE.match(text):
        return Workbook(kind="page", sheets=_tables(text), encoding=encoding, readings=readings)
    rows = rows_of(lines(text))
    return Workbook(kind="text", sheets=(Worksheet("", rows),), encoding=encoding, readings=readings)


def lines(text: str) -> Iterator[tuple[str, ...] | Refusal]:
    """Cells line by line; a Refusal where a line cannot be read. Excel's `sep=;` counts as an empty first line."""
    first, _, rest = text.partition("\n")
    told = SEP.fullmatch(first)
    if told:
        yield ()
    mark = told[1] if told else delimiter(text)
    reader = csv.reader(io.StringIO(rest if told else text, newline=""), delimiter=mark)
    unclosed = text.count('"') % 2 == 1
    if unclosed:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    while True:
        try:
            cells = tuple(next(reader))
            yield unreadable("") if _swallows(cells, mark) else cells
        except StopIteration:
            return
        except csv.Error as wrong:
            yield unreadable(str(wrong))
            if "unexpected end" in str(wrong):
                return


def _swallows(cells: tuple[str, ...], mark: str) -> bool:
    """A quotation mark that nobody closed makes one cell of whole rows."""
    return any("\n" in cell and cell.count(mark) >= SWALLOWED and cell.count(mark) >= len(cells) for cell in cells)


def unreadable(trouble: str) -> Refusal:
    if "field limit" in trouble:
        return Refusal("A cell of this row has more than %(most)s characters.", most=CELL_MOST)
    return Refusal("The quotation marks of this row do not match.")


def delimiter(text: str) -> str:
    """Excel writes tabs as "Unicode text", and semicolons where the comma is the decimal sign. A title above has none."""
    heads = text.split("\n", LOOKED_AT)[:LOOKED_AT]
    return max(DELIMITERS, key=lambda mark: sum(head.count(mark) for head in heads))


class _TableReader(HTMLParser):
    """The cells of every table of a page; a cell over several columns or rows fills them all."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self.cell: list[str] | None = None
        self.spans = (1, 1)
        self.below: dict[int, tuple[int, str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self._close()
            said = dict(attrs)
            self.cell, self.spans = [], (_span(said.get("colspan")), _span(said.get("rowspan")))
        elif tag == "br" and self.cell is not None:
            self.cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._close()

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)

    def _close(self) -> None:
        if self.cell is None:
            return
        text = re.sub(r"[ \t\r\f\v\xa0]+", " ", "".join(self.cell)).strip()
        row = self.tables[-1][-1]
        self._fill_from_above(row)
        for _ in range(self.spans[0]):
            if self.spans[1] > 1:
                self.below[len(row)] = (self.spans[1] - 1, text)
            row.append(text)
        self.cell = None

    def _fill_from_above(self, row: list[str]) -> None:
        while len(row) in self.below and len(self.tables[-1]) > 1:
            left, text = self.below.pop(len(row))
            if left > 1:
                self.below[len(row)] = (left - 1, text)
            row.append(text)


def _span(said: str | None) -> int:
    return min(int(said), 100) if said and said.isascii() and said.isdigit() and said != "0" else 1


def _tables(text: str) -> tuple[Worksheet, ...]:
    """Raises Refusal for a page without a table."""
    reader = _TableReader()
    reader.feed(text)
    sheets = tuple(Worksheet("", rows_of(map(tuple, table))) for table in reader.tables if table)
    if not sheets:
        raise Refusal("This is a web page without a table. Save the list as .xlsx or as CSV.")
    return sheets
