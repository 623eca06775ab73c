"""departments.csv carries the rules of a department and the one it is part of, in and out again."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing import folders
from shadowing.company import cards
from shadowing.models import Department
from tests import factories
from tests.factories import NOW
from tests.sample_folder import PEOPLE, files, only_people

HEADER = "department_id,name,short_name,parent_id,seated_least,away_most,hours,closed_days\n"
SALES = "sales,営業部,営業,head,12,3,mon-thu 10:00-16:00,2027-01-22;2027/2/1\n"
HEAD = "head,𠮷野家本部,,,,,,\n"
MARKET = "market,総務部,,,,,,\n"


def departments(session: Session) -> dict[str, Department]:
    return {one.code: one for one in session.scalars(select(Department))}


def reasons(departments: str) -> list[tuple[str, str]]:
    found = folders.read(only_people(PEOPLE, departments))
    return [(error.column, error.value) for error in found.errors if error.file == "departments.csv"]


def test_rules_and_parents_come_with_the_departments(session: Session) -> None:
    folders.take_in_people(folders.read(only_people(PEOPLE, HEADER + SALES + HEAD + MARKET)), False, NOW)

    known = departments(session)
    sales = known["sales"]
    assert (sales.short_name, sales.parent_id) == ("営業", known["head"].id)
    assert (sales.seated_least, sales.away_most, sales.hours) == (12, 3, "mon-thu 10:00-16:00")
    assert sales.closed_days == ["2027-01-22", "2027-02-01"]


def test_japanese_headings_of_the_rules_are_understood(session: Session) -> None:
    header = "部署コード,部署名,略称,上位部署,最低在席人数,休業日\n"
    folder = folders.read(only_people(PEOPLE, header + "sales,営業部,営業,market,2,2027/1/22\nmarket,総務部,,,,\n"))

    row = next(one for one in folder.departments if one.code == "sales")
    assert (row.short_name, row.parent, row.seated_least, len(row.closed_days or ())) == ("営業", "market", 2, 1)


def test_an_empty_cell_keeps_the_rule_that_is_known(session: Session) -> None:
    folders.take_in_people(folders.read(only_people(PEOPLE, HEADER + SALES + HEAD + MARKET)), False, NOW)

    taken = folders.read(only_people(PEOPLE, HEADER + "sales,営業部,,,,,,\n" + MARKET))

    assert folders.preview(taken).changed_departments == ()


@pytest.mark.parametrize(("goal", "signed"), [("来期は二倍", False), ("", True)])
def test_a_card_that_a_list_changes_names_nobody_as_its_writer(session: Session, goal: str, signed: bool) -> None:
    sales = factories.department("sales", name="営業部", goal="継続率92％")
    cards.sign(sales, factories.person(hr=True), NOW)
    header = "department_id,name,goal\n"

    folders.take_in_people(
        folders.read(only_people(PEOPLE, header + f"sales,営業部,{goal}\nmarket,総務部,\n")), False, NOW
    )

    assert sales.goal == (goal or "継続率92％")
    assert (cards.signature(sales) is not None) is signed


def test_a_department_that_moves_is_told_as_changed(session: Session) -> None:
    folders.take_in_people(folders.read(only_people(PEOPLE, HEADER + SALES + HEAD + MARKET)), False, NOW)

    taken = folders.read(only_people(PEOPLE, HEADER + "sales,営業部,,market,,,,\n" + MARKET))

    assert [row.code for row in folders.preview(taken).changed_departments] == ["sales"]


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ("sales,S,,sales,,,,\nmarket,M,,,,,,\n", [("parent_id", "sales")]),
        ("sales,S,,market,,,,\nmarket,M,,sales,,,,\n", [("parent_id", "market"), ("parent_id", "sales")]),
        ("sales,S,,nowhere,,,,\nmarket,M,,sales,,,,\n", [("parent_id", "nowhere"), ("parent_id", "sales")]),
        ("sales,S,,,0,x,,\nmarket,M,,,,,,\n", [("seated_least", "0"), ("away_most", "x")]),
        (
            "sales,S,,,,,nine to five,2027-02-30\nmarket,M,,,,,,\n",
            [("hours", "nine to five"), ("closed_days", "2027-02-30")],
        ),
    ],
    ids=["above itself", "in a circle", "under nobody", "no counts", "no times"],
)
def test_what_cannot_be_is_told_with_its_cell(session: Session, rows: str, wrong: list[tuple[str, str]]) -> None:
    assert reasons(HEADER + rows) == wrong


def test_rules_are_written_out_and_read_back_alike(session: Session, tmp_path: Path) -> None:
    round = folders.take_in(folders.read(files(departments=HEADER + SALES + HEAD + MARKET)), False, NOW)
    folders.export(round, tmp_path)

    again = folders.read(tmp_path)

    row = next(one for one in again.departments if one.code == "sales")
    assert (again.errors, row.parent, row.seated_least, row.away_most) == ((), "head", 12, 3)
    assert folders.preview(again).changed_departments == ()
