"""Bytes become rows: encodings, quoting, workbooks; and rows become files that no spreadsheet runs."""

import io
import unicodedata
from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from shadowing.folders import spreadsheets

NAMES = ("髙橋 﨑子", "㈱①工業", "〜の会", "森 一", "ジョン・スミス")


def rows(data: bytes) -> list[tuple[str, ...]]:
    table = spreadsheets.read("people.csv", data)
    assert table.errors == ()
    return [cells for _, cells in table.rows]


def reasons(data: bytes) -> list[tuple[int, str]]:
    return [(error.row, error.reason % dict(error.facts)) for error in spreadsheets.read("people.csv", data).errors]


def workbook(*lines: tuple[Any, ...]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in lines:
        sheet.append(line)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("cp932", "cp932"), ("utf-16", "utf-16")],
)
def test_the_same_names_are_read_in_every_encoding_that_has_them(encoding: str, name: str) -> None:
    lines = "\r\n".join(("id,name", *(f"{number},{it}" for number, it in enumerate(NAMES))))
    text = lines.replace("〜", "～") if encoding == "cp932" else lines

    table = spreadsheets.read("people.csv", text.encode(encoding))

    assert table.encoding == name
    assert [cells[1].replace("～", "〜") for _, cells in table.rows] == list(NAMES)


def test_a_character_beyond_the_basic_plane_is_read_from_utf_8() -> None:
    assert rows("id,name\n1,𠮷田 花子\n".encode()) == [("1", "𠮷田 花子")]


def test_composed_and_decomposed_letters_are_the_same_text() -> None:
    assert rows("id,name\n1,が\n".encode()) == [("1", "が")]


def test_a_file_in_an_unknown_encoding_is_refused_as_a_whole() -> None:
    broken = b"id,name\n1,\xff\xfd\xa0\n"

    assert reasons(broken) == [
        (0, "This file is neither UTF-8 nor Japanese CP932 (Shift_JIS). Save it again as CSV UTF-8.")
    ]


def test_utf_16_cut_in_half_is_refused_as_a_whole() -> None:
    assert reasons("id,name".encode("utf-16")[:-1])[0][0] == 0


def test_a_file_with_nul_is_refused_as_a_whole() -> None:
    assert reasons(b"id,name\n1,a\0b\n") == [
        (0, "This file contains NUL characters, so it is no text. Save it again as CSV UTF-8.")
    ]


def test_an_empty_file_is_refused() -> None:
    assert reasons(b"") == [(0, "This file is empty.")]
    assert reasons(b"\xef\xbb\xbf\r\n\r\n") == [(0, "This file is empty.")]


def test_a_cell_that_is_too_long_spoils_its_row_only() -> None:
    table = spreadsheets.read("people.csv", f"id,name\n1,{'x' * 131_073}\n2,ok\n".encode())

    assert [error.row for error in table.errors] == [2]
    assert table.errors[0].reason == "A cell of this row has more than %(most)s characters."
    assert table.rows == ((3, ("2", "ok")),)


def test_a_row_with_too_many_cells_is_an_error_with_its_number() -> None:
    assert reasons(b"id,name\n1\n2,b\n3,c,d\n") == [(4, "This row has 3 cells, the header has 2.")]


def test_a_row_whose_last_cells_were_not_written_is_sound() -> None:
    assert rows(b"id,name,boss\n1\n2,b\n") == [("1", "", ""), ("2", "b", "")]


def test_empty_rows_are_nothing_and_shift_no_number() -> None:
    table = spreadsheets.read("people.csv", b"id,name\n1,a\n,\n\n2,b\n,,\n\n")

    assert (table.rows, table.errors) == (((2, ("1", "a")), (5, ("2", "b"))), ())


def test_empty_columns_on_the_right_do_not_matter() -> None:
    assert rows(b"id,name,,\n1,a,,\n") == [("1", "a")]


def test_quotation_marks_that_do_not_match_are_an_error() -> None:
    assert reasons(b'id,name\n1,"a\n') == [(2, "The quotation marks of this row do not match.")]


def test_a_line_break_inside_a_cell_does_not_shift_the_row_numbers() -> None:
    table = spreadsheets.read("people.csv", b'id,name\n1,"a\nb"\n2,c,d\n')

    assert table.rows == ((2, ("1", "a\nb")),)
    assert [error.row for error in table.errors] == [3]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_columns_may_be_parted_by_comma_semicolon_or_tab(mark: str) -> None:
    assert rows(f"id{mark}name\n1{mark}a\n".encode()) == [("1", "a")]


def test_a_workbook_is_read_as_the_text_that_it_shows() -> None:
    stuff = (1001.0, 2.5, date(2027, 1, 18), datetime(2027, 1, 18, 9, 30), time(9, 0), None, "文")  # noqa: DTZ001 - as Excel has it

    found = rows(workbook(tuple("abcdefg"), stuff))

    assert found == [("1001", "2.5", "2027-01-18", "2027-01-18T09:30:00", "09:00", "", "文")]


def test_a_broken_workbook_is_refused_as_a_whole() -> None:
    whole = workbook(("id", "name"), (1, "a"))

    assert reasons(whole[: len(whole) // 2]) == [
        (0, "This workbook cannot be opened. Save it again as .xlsx or as CSV.")
    ]


def test_an_old_workbook_is_refused_with_the_way_out() -> None:
    assert reasons(b"\xd0\xcf\x11\xe0" + bytes(100)) == [
        (0, "This is an old .xls file, or one locked by a password. Save it as .xlsx or as CSV.")
    ]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "＝1", "＋1", "－1", "＠x", "'=1"])
def test_a_cell_that_a_spreadsheet_would_run_gets_a_quote_and_loses_it_again(cell: str) -> None:
    written = spreadsheets.write(("a", "b"), [("x", cell)])

    assert f"'{cell}" in written.decode("utf-8-sig")
    assert rows(written) == [("x", cell)]


def test_an_ordinary_quote_stays() -> None:
    assert rows(spreadsheets.write(("a",), [("'90s",)])) == [("'90s",)]


def test_files_are_written_with_the_mark_and_the_line_ends_that_excel_wants() -> None:
    assert spreadsheets.write(("a", "b"), [("1", "あ")]) == b"\xef\xbb\xbfa,b\r\n1,\xe3\x81\x82\r\n"


ANY_TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=20)


@given(st.lists(st.tuples(ANY_TEXT, ANY_TEXT), max_size=8))
def test_whatever_is_written_is_read_again(lines: list[tuple[str, str]]) -> None:
    numbered = [(f"row {number}", *map(composed, line)) for number, line in enumerate(lines)]

    assert rows(spreadsheets.write(("number", "a", "b"), numbered)) == numbered


def composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)
