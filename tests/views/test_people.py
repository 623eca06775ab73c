"""The list of employees and its import."""

import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from shadowing.models import Person
from shadowing.views import forms
from tests import factories
from tests.views.conftest import Digest, statements

HEADER = "person_id,family_name,given_name,kana,email,department_id\n"
TARO = "e1,青木,太郎,あおきたろう,taro@example.org,sales\n"
JIRO = "e2,石田,次郎,いしだじろう,jiro@example.org,sales\n"
DEPARTMENTS = "department_id,name\nsales,営業部\n"


def check(hr: FlaskClient, people: str, departments: str = DEPARTMENTS) -> TestResponse:
    files = {
        "people": (io.BytesIO(people.encode()), "people.csv"),
        "departments": (io.BytesIO(departments.encode()), "departments.csv"),
    }
    return hr.post("/people/import/check", data=files, content_type="multipart/form-data")


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the form that imports."""
    form = page.partition('action="/people/import"')[2].partition("</form>")[0]
    parts = form.split('<input type="hidden" name="')[1:]
    return {part.partition('"')[0]: part.partition('value="')[2].partition('"')[0] for part in parts}


def test_everybody_is_listed_in_the_order_of_readings(hr: FlaskClient, session: Session) -> None:
    for display_name, kana in (("佐藤", "サトウ"), ("青木", "あおき"), ("加藤", "ｶﾄｳ")):
        factories.person(display_name=display_name, kana=kana)
    session.commit()

    page = hr.get("/people").text

    assert page.index("青木") < page.index("加藤") < page.index("佐藤") < page.rindex("Hanako HR")


def test_search_does_not_mind_how_words_are_typed(hr: FlaskClient, session: Session) -> None:
    factories.person(display_name="Tanaka Ken", kana="タナカ")
    factories.person(display_name="Someone Else")
    session.commit()

    page = hr.get("/people?words=ｔａｎａｋａ　ｋｅｎ").text

    assert "Tanaka Ken" in page
    assert "Someone Else" not in page


@pytest.mark.parametrize("query", ["words=%00", "page=x", "page=99999999999999999999", "page=%00"])
def test_an_address_that_no_page_of_ours_gives_shows_the_list(hr: FlaskClient, query: str) -> None:
    assert hr.get(f"/people?{query}").status_code == 200


def test_a_search_without_a_find_says_so(hr: FlaskClient) -> None:
    assert "Nobody is found with these words." in hr.get("/people?words=zzz").text


def test_long_lists_come_in_pages_of_a_hundred(hr: FlaskClient, session: Session) -> None:
    home = factories.department()
    for number in range(101):
        factories.person(f"p{number:03}", home)
    session.commit()

    first, second = hr.get("/people").text, hr.get("/people?page=2").text

    assert (first.count("<tr>"), second.count("<tr>")) == (101, 3)
    assert 'rel="next"' in first


def test_more_people_need_no_more_statements(hr: FlaskClient, session: Session) -> None:
    counts = []
    for more in (1, 2):
        for _ in range(more):
            factories.person()
        session.commit()
        with statements() as sent:
            hr.get("/people")
        counts.append(len(sent))

    assert counts[0] == counts[1]


def test_checking_a_list_shows_what_is_new_and_saves_nothing(hr: FlaskClient, digest: Digest) -> None:
    before = digest()

    answer = check(hr, HEADER + TARO + JIRO)

    assert answer.status_code == 200
    assert "Import 2 people" in answer.text
    assert digest() == before


def test_the_button_imports_what_was_checked(hr: FlaskClient, session: Session) -> None:
    answer = hr.post("/people/import", data=hidden(check(hr, HEADER + TARO).text))

    taro = session.scalars(select(Person).where(Person.code == "e1")).one()
    assert (answer.status_code, answer.location) == (303, "/people")
    assert (taro.family_name, taro.department.name) == ("青木", "営業部")


def test_changes_are_shown_before_and_after(hr: FlaskClient) -> None:
    hr.post("/people/import", data=hidden(check(hr, HEADER + TARO + JIRO).text))

    page = check(hr, HEADER + TARO.replace("taro@", "new@") + JIRO).text

    assert "<del>taro@example.org</del>" in page
    assert "<ins>new@example.org</ins>" in page
    assert "Import 1 person" in page


def test_roles_kinds_and_languages_are_shown_in_words(hr: FlaskClient) -> None:
    header = HEADER.rstrip("\n") + ",roles,参加できる形式,language\n"
    hr.post("/people/import", data=hidden(check(hr, header + TARO.rstrip("\n") + ",,,\n").text))

    page = check(hr, header + TARO.rstrip("\n") + ",hr,desk;team,en\n").text

    assert "<del>No</del>" in page
    assert "<ins>Yes</ins>" in page
    assert "<del>all kinds</del>" in page
    assert "<ins>Sitting beside somebody at work, A place in a project team</ins>" in page
    assert "<ins>English</ins>" in page


def test_a_list_that_is_known_already_has_nothing_to_import(hr: FlaskClient) -> None:
    hr.post("/people/import", data=hidden(check(hr, HEADER + TARO).text))

    assert "There is nothing to import." in check(hr, HEADER + TARO).text


def test_errors_name_row_column_and_value_and_nothing_is_imported(hr: FlaskClient, digest: Digest) -> None:
    before = digest()

    answer = check(hr, HEADER + TARO + "e2,石田,次郎,,not-a-mail,sales\n")

    assert answer.status_code == 422
    assert "people.csv row 3" in answer.text
    assert "<td>email</td><td>not-a-mail</td>" in answer.text
    assert digest() == before


def test_the_good_rows_may_go_in_alone(hr: FlaskClient, session: Session) -> None:
    page = check(hr, HEADER + TARO + "e2,石田,次郎,,not-a-mail,sales\n").text

    hr.post("/people/import", data=hidden(page))

    assert session.scalars(select(Person.code).where(Person.hr.is_(False))).all() == ["e1"]


def test_a_wrong_file_gets_a_sentence(hr: FlaskClient) -> None:
    answer = check(hr, "\0\0\0")

    assert answer.status_code == 422
    assert "NUL" in answer.text


def test_without_a_file_the_form_says_what_is_missing(hr: FlaskClient) -> None:
    answer = hr.post("/people/import/check", data={}, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert "Please choose the file with your list of employees." in answer.text


def test_a_file_that_is_too_large_gets_a_sentence(hr: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "FILE_MOST", 100)

    answer = check(hr, HEADER + TARO * 3)

    assert answer.status_code == 422
    assert "This file is larger than" in answer.text


def test_a_broken_hidden_file_is_refused(hr: FlaskClient) -> None:
    answer = hr.post("/people/import", data={"file:people.csv": "no base64!"})

    assert answer.status_code == 422
