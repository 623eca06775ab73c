"""The list of employees."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories
from tests.views.conftest import statements


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
