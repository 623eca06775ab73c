"""Files of every kind are read or refused with a sentence that says what to do, and cost little."""

import io
import struct
import zipfile
from collections.abc import Sequence
from time import monotonic
from xml.sax.saxutils import escape

import pytest
from openpyxl.worksheet.worksheet import Worksheet as Sheet

from shadowing.errors import Refusal
from shadowing.lists import process
from tests.lists.odd_lists import Odd, book, odd, read, understood

ROWS = (
    ("社員番号", "氏名", "部署", "メール"),
    ("07", "髙橋 由美子", "営業部", "yumi@file.example"),
    ("08", "𠮷田 健", "製造部", "ken@file.example"),
)
PEOPLE = ("07 | 髙橋 由美子 | yumi@file.example | 営業部", "08 | 𠮷田 健 | ken@file.example | 製造部")
TEXT = "\n".join(map(",".join, ROWS)) + "\n"
OLD = TEXT.replace("髙", "高").replace("𠮷", "吉")
OLD_PEOPLE = tuple(one.replace("髙", "高").replace("𠮷", "吉") for one in PEOPLE)


def archive(**parts: str | bytes) -> bytes:
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return stored.getvalue()


def bomb(**parts: str | bytes) -> bytes:
    """It says of its 77,777 bytes that they unpack to half a gigabyte."""
    return archive(**parts).replace(struct.pack("<I", 77_777), struct.pack("<I", 2**29))


def xml_of_excel(rows: Sequence[Sequence[str]]) -> bytes:
    """Its second row is left out: the third says so by its index."""
    cells = ["".join(f'<Cell><Data ss:Type="String">{escape(cell)}</Data></Cell>' for cell in row) for row in rows]
    namespace = "urn:schemas-microsoft-com:office:spreadsheet"
    below = "".join(f'<Row ss:Index="{number}">{row}</Row>' for number, row in enumerate(cells[1:], start=3))
    return (
        f'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="{namespace}" xmlns:ss="{namespace}">'
        f'<Worksheet ss:Name="社員"><Table><Row>{cells[0]}</Row>{below}</Table></Worksheet></Workbook>'
    ).encode()


def opendocument(rows: Sequence[Sequence[str]]) -> bytes:
    """Empty cells up to the margin and empty rows up to the end are written as one, as LibreOffice does."""
    names = "".join(
        f' xmlns:{it}="urn:oasis:names:tc:opendocument:xmlns:{it}:1.0"' for it in ("office", "table", "text")
    )
    margin = '<table:table-cell table:number-columns-repeated="16380"/>'
    lines = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{escape(cell)}</text:p></table:table-cell>" for cell in row)
        + f"{margin}</table:table-row>"
        for row in rows
    )
    end = f'<table:table-row table:number-rows-repeated="1048570">{margin}</table:table-row>'
    content = (
        f'<office:document-content{names}><office:body><office:spreadsheet><table:table table:name="社員">{lines}{end}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    return archive(mimetype="application/vnd.oasis.opendocument.spreadsheet", **{"content.xml": content})


def far(sheet: Sheet) -> None:
    sheet["XFD1048576"] = "x"


FILES = (
    odd("xml-spreadsheet-2003", xml_of_excel(ROWS), *PEOPLE),
    odd("opendocument", opendocument(ROWS), *PEOPLE),
    odd("utf-32", TEXT.encode("utf-32"), *PEOPLE),
    odd("iso-2022-jp", OLD.encode("iso2022_jp"), *OLD_PEOPLE),
    odd("marks-of-byte-order-everywhere", "\ufeff\ufeff" + TEXT.replace("07", "\ufeff07"), *PEOPLE),
    odd("mixed-line-ends", TEXT.replace("\n", "\r\n", 1).replace("例\n", "例\r"), *PEOPLE),
    odd("line-ends-of-old-macs", TEXT.replace("\n", "\r"), *PEOPLE),
    odd("line-break-within-quotes", TEXT.replace("氏名", '"氏\r\n名"'), *PEOPLE),
    odd("quote-within-a-name", TEXT.replace("髙橋", '髙"橋'), PEOPLE[0].replace("髙橋", '髙"橋'), PEOPLE[1]),
    odd(
        "quote-that-swallows-rows",
        TEXT + '09,"林 大,製造部,dai@file.example\n10,原 野,製造部,hara@file.example\n',
        *PEOPLE,
        refused=[4],
    ),
    odd("a-broken-byte", TEXT.encode().replace("𠮷".encode(), b"\xf0\xa0\xae"), PEOPLE[0], refused=[3]),
    odd("letters-lost-before", TEXT.replace("𠮷", "\ufffd"), PEOPLE[0], refused=[3]),
    odd("table-of-markdown", "\n".join(f"| {' | '.join(row)} |" for row in (ROWS[0], ["---"] * 4, *ROWS[1:])), *PEOPLE),
    odd("empty", b"", refused=[0]),
    odd("blank", b"\r\n  \r\n", refused=[0]),
    odd("only-headings", TEXT.split("\n")[0], refused=[0]),
    odd("a-letter", "お疲れ様です。\n名簿を送ります。\n", refused=[0]),
    odd("three-hundred-columns", book(*([*row, *["x"] * 296] for row in ROWS)), *PEOPLE),
    odd("four-hundred-columns", book(*([*row, *["x"] * 396] for row in ROWS)), refused=[0]),
    odd("a-far-cell", book(*ROWS, dress=far), *PEOPLE, refused=[1048576]),
)


@pytest.mark.parametrize("one", FILES, ids=str)
def test_a_file_of_any_kind_is_understood_or_says_why_not(one: Odd) -> None:
    assert understood(read(one)) == (one.people, one.asks, one.refused)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "This is a PDF file, no list."),
        (b"\x89PNG\r\n\x1a\n\0\0", "This is a PNG file, no list."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "This is an old .xls file, or one locked by a password."),
        (archive(**{"word/document.xml": "<x/>"}), "This is no Excel workbook."),
        (archive(**{"xl/workbook.bin": "x"}), "This is no Excel workbook."),
        (bomb(**{"xl/workbook.xml": b"0" * 77_777}), "This workbook is too large to be a list."),
        (bomb(mimetype="x", **{"content.xml": b"0" * 77_777}), "This workbook is too large to be a list."),
        (archive(mimetype="x", **{"content.xml": b"<broken"}), "This workbook cannot be opened."),
    ],
    ids=[
        "pdf",
        "png",
        "old-or-locked",
        "word",
        "binary-workbook",
        "bomb",
        "bomb-in-opendocument",
        "broken-opendocument",
    ],
)
def test_what_is_no_list_is_refused_with_the_way_on(data: bytes, sentence: str) -> None:
    started = monotonic()
    with pytest.raises(Refusal) as refused:
        process.read(data)

    assert str(refused.value).startswith(sentence)
    assert "Save" in str(refused.value) or "too large" in sentence
    assert monotonic() - started < 20


def test_entities_that_multiply_are_refused() -> None:
    lols = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{lols}]><office>&l9;</office>'

    with pytest.raises(Refusal):
        process.read(archive(mimetype="x", **{"content.xml": bomb}))
