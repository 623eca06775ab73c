"""The page with the files of a round, and the files themselves, as they come to HR."""

import io

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.folders import takeaway
from shadowing.models import Person
from tests import factories as make


def test_the_page_offers_a_file_for_each_list_that_has_rows(hr: FlaskClient, session: Session) -> None:
    round = make.round_()
    make.guest(round)
    session.commit()

    page = hr.get(f"/rounds/{round.id}/files").text

    assert f"/rounds/{round.id}/files/answers.xlsx" in page
    assert f"/rounds/{round.id}/files/plan.xlsx" not in page
    for link in ("/people/list.xlsx", f"/rounds/{round.id}/folder.zip"):
        assert link in page


@pytest.mark.parametrize("table", takeaway.TABLES)
def test_each_file_is_a_workbook_in_the_readers_language(hr: FlaskClient, session: Session, table: str) -> None:
    round = make.round_(title="第3回/春")
    session.scalars(select(Person).where(Person.hr)).one().locale = "ja"
    session.commit()

    with hr.get(f"/rounds/{round.id}/files/{table}.xlsx") as answer:
        sheet = load_workbook(io.BytesIO(answer.data)).active

    assert answer.status_code == 200
    assert "%E7%AC%AC3%E5%9B%9E%20%E6%98%A5" in answer.headers["Content-Disposition"]
    assert sheet is not None
    assert any("部署" in str(cell.value) for cell in sheet[1])


def test_the_list_of_people_is_a_workbook_too(hr: FlaskClient) -> None:
    with hr.get("/people/list.xlsx") as answer:
        sheet = load_workbook(io.BytesIO(answer.data)).active

    assert sheet is not None
    assert [cell.value for cell in sheet["B"]] == ["Name", "Hanako HR"]


def test_there_are_no_other_files(hr: FlaskClient, session: Session) -> None:
    round = make.round_()
    session.commit()

    assert hr.get(f"/rounds/{round.id}/files/exclusions.xlsx").status_code == 404
