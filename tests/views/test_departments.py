"""The pages of departments."""

import re

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.models import Department
from tests import factories
from tests.views.conftest import Digest, statements


def told(page: str) -> str:
    """What the button of a merge carries."""
    return page.partition('name="told" value="')[2].partition('"')[0]


def test_every_department_is_listed_with_how_many_work_there(hr: FlaskClient, session: Session) -> None:
    top = factories.department("top", name="経営企画部")
    home = factories.department("sales", name="営業部", short_name="営業", parent_id=top.id)
    for _ in range(2):
        factories.person(department_=home)
    factories.person(department_=home, left_at=factories.NOW)
    session.commit()

    page = hr.get("/departments").text

    row = page.partition(">営業部 <")[2].partition("</li>")[0]
    assert ">営業<" in row
    assert "part of 経営企画部" in row
    assert "2 people" in row


def test_more_departments_need_no_more_statements(hr: FlaskClient, session: Session) -> None:
    counts = []
    for more in (1, 2):
        for _ in range(more):
            factories.person()
        session.commit()
        with statements() as sent:
            hr.get("/departments")
        counts.append(len(sent))

    assert counts[0] == counts[1]


def test_a_department_is_added_with_its_card(hr: FlaskClient, session: Session) -> None:
    answer = hr.post("/departments/new", data={"name": "DX推進部", "card": "We digitise.", "words": "PoC: a first try"})

    made = session.scalars(select(Department).where(Department.name == "DX推進部")).one()
    assert (answer.status_code, answer.location) == (303, "/departments")
    assert (made.code, made.card, made.words) == ("DX推進部", "We digitise.", "PoC: a first try")


def test_what_is_wrong_is_told_at_its_field_and_kept(hr: FlaskClient, digest: Digest) -> None:
    before = digest()

    answer = hr.post("/departments/new", data={"name": "", "short_name": "much longer than that", "card": "We sell."})

    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text
    assert 'id="short_name-error"' in answer.text
    assert "We sell.</textarea>" in answer.text
    assert digest() == before


def test_a_department_is_renamed_and_a_field_is_emptied(hr: FlaskClient, session: Session) -> None:
    home = factories.department("s", name="Sales", card="We sell.")
    session.commit()

    hr.post(f"/departments/{home.id}/edit", data={"name": "O’Brien & Söhne 🧑🏽‍💻", "card": ""})

    session.refresh(home)
    assert (home.name, home.card, home.code) == ("O’Brien & Söhne 🧑🏽‍💻", "", "s")


def test_a_parent_that_would_close_a_circle_is_told_at_its_field(hr: FlaskClient, session: Session) -> None:
    top = factories.department("top", name="Top")
    low = factories.department("low", parent_id=top.id)
    session.commit()

    answer = hr.post(f"/departments/{top.id}/edit", data={"name": "Top", "parent_id": str(low.id)})

    assert answer.status_code == 422
    assert 'id="parent_id-error"' in answer.text


def test_a_parent_that_is_not_there_any_more_is_told_at_its_field(hr: FlaskClient) -> None:
    answer = hr.post("/departments/new", data={"name": "New", "parent_id": "99999"})

    assert answer.status_code == 422
    assert 'id="parent_id-error"' in answer.text


def test_a_merge_is_told_in_figures_and_then_done(hr: FlaskClient, session: Session) -> None:
    source, target = factories.department("old", name="Old"), factories.department("new", name="New")
    moved = factories.person(department_=source)
    session.commit()

    page = hr.get(f"/departments/{source.id}/merge?into={target.id}").text
    answer = hr.post(f"/departments/{source.id}/merge", data={"into": target.id, "told": told(page)})

    session.refresh(moved)
    assert "1 person works in “New” then" in page
    assert "This cannot be undone." in page
    assert (answer.status_code, moved.department_id) == (303, target.id)


def test_a_merge_that_would_move_more_than_was_told_is_refused(hr: FlaskClient, session: Session) -> None:
    source, target = factories.department("old"), factories.department("new")
    session.commit()
    page = hr.get(f"/departments/{source.id}/merge?into={target.id}").text
    factories.person(department_=source)
    session.commit()

    answer = hr.post(f"/departments/{source.id}/merge", data={"into": target.id, "told": told(page)})

    assert answer.status_code == 409
    assert "Look again" in answer.text


def test_a_merge_into_what_is_gone_says_the_way_on(hr: FlaskClient, session: Session) -> None:
    source = factories.department("old")
    session.commit()

    answer = hr.post(f"/departments/{source.id}/merge", data={"into": "99999", "told": ""})

    assert answer.status_code == 422
    assert "choose another one" in answer.text


def test_only_a_department_without_anything_offers_to_be_deleted(hr: FlaskClient, session: Session) -> None:
    bare, used = factories.department("bare"), factories.person().home
    session.commit()

    pages = [hr.get(f"/departments/{one.id}/edit").text for one in (bare, used)]
    address = f"/departments/{bare.id}/remove"
    answer, again = hr.post(address), hr.post(address, follow_redirects=True)

    assert "This department is deleted already." in again.text
    assert ["go with it, and that cannot be undone" in page for page in pages] == [True, False]
    assert answer.status_code == 303
    assert session.scalars(select(Department).where(Department.code == "bare")).all() == []


RULES = {
    "seated_least": "12",
    "away_most": "３",
    "hours": "Mon-Fri 10:00-16:00",
    "closed_days": "2027-02-01\n2027/1/22",
}


def test_the_rules_of_a_department_are_set_and_taken_away_again(hr: FlaskClient, session: Session) -> None:
    home = factories.department("s", name="Sales")
    session.commit()

    hr.post(f"/departments/{home.id}/edit", data={"name": "Sales"} | RULES)
    page = hr.get(f"/departments/{home.id}/edit").text
    session.refresh(home)
    known = (home.seated_least, home.away_most, home.hours, home.closed_days)
    hr.post(f"/departments/{home.id}/edit", data={"name": "Sales"} | dict.fromkeys(RULES, ""))
    session.refresh(home)

    assert known == (12, 3, "mon-fri 10:00-16:00", ["2027-01-22", "2027-02-01"])
    assert "2027-01-22\n2027-02-01</textarea>" in page
    assert (home.seated_least, home.away_most, home.hours, home.closed_days) == (None, None, "", [])


def test_a_rule_is_set_in_sight_of_how_many_it_concerns(hr: FlaskClient, session: Session) -> None:
    home = factories.department("s")
    factories.person(department_=home)
    factories.person(department_=home, hours="mon 09:00-12:00")
    session.commit()

    page = hr.get(f"/departments/{home.id}/edit").text

    assert "2 people work here today." in page
    assert "whoever has none of their own: 1 person today." in page


def test_rules_that_cannot_be_are_told_at_their_fields(hr: FlaskClient, session: Session) -> None:
    home = factories.department("s")
    session.commit()

    answer = hr.post(f"/departments/{home.id}/edit", data={"name": "S"} | dict.fromkeys(RULES, "?"))

    assert answer.status_code == 422
    assert [name for name in RULES if f'id="{name}-error"' not in answer.text] == []


def test_many_departments_come_in_pages_and_are_found_however_their_names_are_typed(
    hr: FlaskClient, session: Session
) -> None:
    for number in range(26):
        factories.department(f"d{number:02}", name=f"Team {number:02}")
    factories.department("x1", name="カスタマーサポート部", short_name="CS", card="We help.")
    session.commit()

    first, second = hr.get("/departments").text, hr.get("/departments?page=2").text
    found = [hr.get("/departments", query_string={"words": words}).text for words in ("ｶｽﾀﾏｰ", "ｃｓ", "X1")]

    assert [page.count("/edit") for page in (first, second)] == [25, 3]
    assert [page.count("/edit") for page in found] == [1, 1, 1]
    assert ["no card yet" in page for page in (first, found[0])] == [True, False]
    assert "No department fits this search." in hr.get("/departments?words=zzz").text


def test_a_name_that_is_taken_is_told_at_the_name(hr: FlaskClient, session: Session) -> None:
    factories.department("sales", name="営業部")
    session.commit()

    page = hr.post("/departments/new", data={"name": "営業部 "}).text

    assert 'id="name-error"' in page
    assert 'id="code-error"' not in page


def test_hours_and_closed_days_are_read_as_people_write_them(hr: FlaskClient, session: Session) -> None:
    said = {"name": "品質保証部", "hours": "月〜木 8時半-17:15", "closed_days": "2027/8/12-8/13、2027年12月29日"}

    hr.post("/departments/new", data=said)

    made = session.scalars(select(Department).where(Department.name == "品質保証部")).one()
    assert made.hours == "mon-thu 08:30-17:15"
    assert made.closed_days == ["2027-08-12", "2027-08-13", "2027-12-29"]


def test_a_second_press_of_a_merge_lands_where_the_first_did(hr: FlaskClient, session: Session) -> None:
    source, target = factories.department("a"), factories.department("b")
    session.commit()
    path, sent = f"/departments/{source.id}/merge", {"into": target.id}
    sent["told"] = re.findall(r'name="told" value="([^"]*)"', hr.get(f"{path}?into={target.id}").text)[0]

    first, second = hr.post(path, data=sent), hr.post(path, data=sent)

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
