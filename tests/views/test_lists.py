"""A list of people on its pages: looked at, corrected, taken in, undone."""

import html
import io
import re

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from shadowing.models import Department, Person
from shadowing.views import forms
from tests import factories
from tests.views.conftest import Digest

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
    """What the form that imports would send as it stands: hidden fields, and the answers and columns that are chosen."""
    form = page.partition('action="/people/import"')[2].partition("</form>")[0]
    found = {
        name: html.unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
    }
    chosen = re.findall(r'<input type="radio" name="([^"]*)" value="([^"]*)" checked', form)
    found |= {html.unescape(name): html.unescape(value) for name, value in chosen}
    for name, options in re.findall(r'<select name="([^"]*)"[^>]*>(.*?)</select>', form):
        found[html.unescape(name)] = re.findall(r'value="([^"]*)" selected', options)[0]
    return found


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
    assert (taro.family_name, taro.home.name) == ("青木", "営業部")


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
    assert "row 3" in answer.text
    assert "row 3 · Mail address" in answer.text
    assert "“not-a-mail” is not a mail address." in answer.text
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
    answer = hr.post("/people/import", data={"people": "no base64!"})

    assert answer.status_code == 422


JAPANESE = "社員番号,氏名,フリガナ,メールアドレス,部署,退職日\n"
HANAKO = "10,𠮷野 花子,ヨシノ ハナコ,hanako@example.co.jp,営業本部/第一営業部,\n"
KEN = "11,髙﨑 健,タカサキ ケン,ken@example.co.jp,営業本部/第二営業部,\n"


def look(hr: FlaskClient, people: str, **more: str) -> TestResponse:
    data = {"people": (io.BytesIO(people.encode()), "名簿 2027.csv"), **more}
    return hr.post("/people/import/check", data=data, content_type="multipart/form-data")


def take_in(hr: FlaskClient, people: str, **more: str) -> TestResponse:
    return hr.post("/people/import", data=hidden(look(hr, people).text) | more)


def test_the_page_calls_the_list_by_its_own_name(hr: FlaskClient) -> None:
    assert "名簿 2027.csv" in look(hr, JAPANESE + HANAKO).text


def test_departments_come_from_the_list_after_hr_was_admitted(hr: FlaskClient, session: Session) -> None:
    take_in(hr, JAPANESE + HANAKO.replace("営業本部/第一営業部", "営業部"))

    assert session.scalars(select(Department.name).join(Person).where(Person.code == "10")).all() == ["営業部"]


def test_a_question_is_answered_on_the_page_and_remembered(hr: FlaskClient, session: Session) -> None:
    page = look(hr, JAPANESE + HANAKO + KEN).text
    sent = hidden(page)
    assert sent["answer:部署"] == "last level"

    hr.post("/people/import", data=sent | {"answer:部署": "level 1"})

    names = session.scalars(select(Department.name).join(Person).where(Person.code.in_(("10", "11"))).distinct()).all()
    assert names == ["営業本部"]
    assert hidden(look(hr, JAPANESE + HANAKO + KEN).text)["answer:部署"] == "level 1"


def test_hr_says_what_a_column_means(hr: FlaskClient, session: Session) -> None:
    people = "社員番号,氏名,連絡,部署\n1,𠮷野 花子,hanako@example.co.jp,営業部\n2,髙﨑 健,ken@example.co.jp,営業部\n"
    sent = hidden(look(hr, people).text)
    assert sent["column: 連絡"] == "mail"

    page = hr.post("/people/import/check", data=sent | {"column: 社員番号": "ignore"}).text

    assert "Take the mail address as the number?" in page


def test_an_import_is_undone_for_a_day(hr: FlaskClient, session: Session, digest: Digest) -> None:
    factories.person("10", display_name="前の名前", email="old@example.co.jp")
    session.commit()
    take_in(hr, JAPANESE + HANAKO + KEN)
    number = re.findall(r'action="/people/import/(\d+)/undo"', hr.get("/people/import").text)[0]

    answer = hr.post(f"/people/import/{number}/undo")

    session.expire_all()
    assert answer.status_code == 303
    assert session.scalars(select(Person.email).where(Person.code.in_(("10", "11")))).all() == ["old@example.co.jp"]
    assert session.scalars(select(Department.name).where(Department.name.endswith("営業部"))).all() == []
    assert hr.post(f"/people/import/{number}/undo").status_code == 422


def test_undoing_takes_away_new_people_whose_boss_is_new_too(hr: FlaskClient, session: Session) -> None:
    boss = "社員番号,氏名,上司,メールアドレス,部署\n10,𠮷野 花子,,hanako@example.co.jp,営業部\n"
    take_in(hr, boss + "11,髙﨑 健,10,ken@example.co.jp,DX推進室\n")

    hr.post("/people/import/1/undo")

    assert session.scalars(select(Person.code).where(Person.code.in_(("10", "11")))).all() == []
    assert session.scalars(select(Department.name).where(Department.name.in_(("営業部", "DX推進室")))).all() == []


def test_a_leaver_of_the_list_is_let_go_and_undoing_takes_them_back(hr: FlaskClient, session: Session) -> None:
    person = factories.person("10", email="hanako@example.co.jp")
    session.commit()
    take_in(hr, JAPANESE + HANAKO.rstrip("\n") + "2026/3/31\n")
    session.refresh(person)
    assert person.left_at is not None

    hr.post("/people/import/1/undo")

    session.refresh(person)
    assert person.left_at is None


def test_who_is_on_leave_pauses_and_undoing_ends_the_pause(hr: FlaskClient, session: Session) -> None:
    header = "社員番号,氏名,在籍状況,メールアドレス,部署\n"
    people = header + "10,𠮷野 花子,休職中,hanako@example.co.jp,営業部\n11,髙﨑 健,在職,ken@example.co.jp,営業部\n"
    person = factories.person("10", email="hanako@example.co.jp")
    session.commit()
    take_in(hr, people)
    session.refresh(person)
    assert person.away_until is not None

    hr.post("/people/import/1/undo")

    session.refresh(person)
    assert person.away_until is None


def test_whoever_a_full_list_does_not_name_leaves_only_with_a_tick(hr: FlaskClient, session: Session) -> None:
    absent = factories.person("99")
    session.commit()
    take_in(hr, JAPANESE + HANAKO)
    session.refresh(absent)
    assert absent.left_at is None

    take_in(hr, JAPANESE + HANAKO, absent_left="yes")

    session.refresh(absent)
    assert absent.left_at is not None


def test_a_list_that_would_change_more_than_a_fifth_is_asked_about(hr: FlaskClient, session: Session) -> None:
    for number in range(12):
        factories.person(f"{number + 10}", email=f"p{number}@example.co.jp")
    session.commit()
    rows = "".join(f"{number + 10},佐藤 健,サトウ ケン,p{number}@example.co.jp,営業部,\n" for number in range(12))
    sent = hidden(look(hr, JAPANESE + rows).text)

    braked = hr.post("/people/import", data=sent)
    done = hr.post("/people/import", data=sent | {"sure": "yes"})

    assert (braked.status_code, done.status_code) == (422, 303)
    assert "Is it the right list?" in braked.text


def test_who_asks_whether_the_list_is_right_keeps_what_was_ticked(hr: FlaskClient, session: Session) -> None:
    for number in range(12):
        factories.person(f"{number + 10}")
    session.commit()
    sent = hidden(look(hr, JAPANESE + HANAKO).text) | {"absent_left": "yes"}

    braked, read_again = (hr.post(path, data=sent).text for path in ("/people/import", "/people/import/check"))

    ticked = 'name="absent_left" value="yes" checked'
    assert (ticked in braked, ticked in read_again) == (True, True)
    assert "Is it the right list?" in read_again


def test_the_errors_are_taken_away_mended_and_given_back(hr: FlaskClient, session: Session) -> None:
    page = look(hr, JAPANESE + HANAKO + "12,加藤 一,カトウ ハジメ,no-mail,営業部,\n13,=1+1,,-,営業部,\n").text

    book = load_workbook(io.BytesIO(hr.post("/people/import/errors", data=hidden(page)).data))

    sheet = book.active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]][:4] == ["12", "加藤 一", "カトウ ハジメ", "no-mail"]
    assert "メールアドレス: " in str(sheet.cell(2, sheet.max_column).value)
    sheet["D2"] = "kato@example.co.jp"
    sheet.delete_rows(3, 9)
    mended = io.BytesIO()
    book.save(mended)
    files = {"people": (io.BytesIO(mended.getvalue()), "errors.xlsx")}
    again = hr.post("/people/import/check", data=files, content_type="multipart/form-data").text
    assert hr.post("/people/import", data=hidden(again)).status_code == 303
    assert session.scalars(select(Person.email).where(Person.code == "12")).all() == ["kato@example.co.jp"]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_template_is_a_list_that_is_understood(hr: FlaskClient, language: str) -> None:
    hr.post("/language", data={"language": language})
    template = hr.get("/people/import/template").data

    answer = hr.post(
        "/people/import/check",
        data={"people": (io.BytesIO(template), "people.xlsx")},
        content_type="multipart/form-data",
    )

    assert "taro.yamada@example.co.jp" not in answer.text
    assert hidden(answer.text)


@pytest.mark.parametrize("about", ["id", "managers"])
def test_whoever_answers_stop_takes_nothing_in(hr: FlaskClient, session: Session, about: str) -> None:
    people = "氏名,メールアドレス,部署,上司\n𠮷野 花子,hanako@example.co.jp,営業部,誰か 知らぬ\n髙﨑 健,ken@example.co.jp,営業部,\n"
    sent = hidden(look(hr, people).text)
    assert f"answer:{about}" in sent

    page = hr.post("/people/import/check", data=sent | {f"answer:{about}": "stop"})
    hr.post("/people/import", data=sent | {f"answer:{about}": "stop"})

    assert page.status_code == 422
    assert "The list is not read further" in page.text
    assert session.scalars(select(Person.code).where(Person.hr.is_(False))).all() == []


def test_what_is_wrong_in_one_way_is_said_once_with_all_its_rows(hr: FlaskClient, session: Session) -> None:
    good = "".join(f"e{number},石田,次郎,,e{number}@example.org,sales\n" for number in range(40))
    bad = "".join(f"x{number},石田,次郎,,not-a-mail-{number},sales\n" for number in range(14))

    page = check(hr, HEADER + good + bad).text

    assert page.count("is not a mail address.") == 1
    assert "row 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53 and 2 more" in page
    assert "Other values of this kind: not-a-mail-1, not-a-mail-2" in page


def test_a_long_list_is_shown_folded_up_and_only_in_part(hr: FlaskClient, session: Session) -> None:
    rows = "".join(f"e{number},石田,次郎,いしだ,e{number}@example.org,sales\n" for number in range(30))

    page = check(hr, HEADER + rows).text

    assert "<summary>30 people are new</summary>" in page
    assert page.count("@example.org</span>") == 25
    assert "and 5 more" in page
