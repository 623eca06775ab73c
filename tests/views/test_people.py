"""The list of employees."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories
from tests.views.conftest import statements

NAMES = ("Quick", "Slow", "Unasked")


def listed(page: str) -> list[str]:
    """The names on the list, in its order."""
    rows = page.partition('<ul class="rows list wide people">')[2].partition("</ul>")[0]
    return re.findall(r'<a class="l" href="/people/\d+">([^<]+?)(?: <small>|</a>)', rows)


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


STRANGE = ("words=%00", "row=x", "who=x", "department=x", "page=x", "page=99999999999999999999", "page=%00")


@pytest.mark.parametrize("query", STRANGE)
def test_an_address_that_no_page_of_ours_gives_shows_the_list(hr: FlaskClient, query: str) -> None:
    assert hr.get(f"/people?{query}").status_code == 200


def test_a_search_without_a_find_says_so(hr: FlaskClient) -> None:
    assert "Nobody fits this search." in hr.get("/people?words=zzz").text


def test_long_lists_come_in_pages_of_twenty_five(hr: FlaskClient, session: Session) -> None:
    home = factories.department()
    for number in range(26):
        factories.person(f"p{number:03}", home)
    session.commit()

    first, second = hr.get("/people").text, hr.get("/people?page=2").text

    assert (len(listed(first)), len(listed(second))) == (25, 2)
    assert 'rel="next"' in first


def test_the_kana_table_leads_to_the_readings_of_a_row(hr: FlaskClient, session: Session) -> None:
    for name, kana in (("阿部", "アベ"), ("髙田", "ガーダ"), ("菊池", "きくち"), ("佐藤", "サトウ"), ("Smith", "")):
        factories.person(display_name=name, kana=kana)
    session.commit()

    assert listed(hr.get("/people?row=ア").text) == ["阿部"]
    assert listed(hr.get("/people?row=カ").text) == ["髙田", "菊池"]
    assert listed(hr.get("/people?row=-").text) == ["Hanako HR", "Smith"]
    assert len(listed(hr.get("/people").text)) == 6


def test_who_has_no_reading_at_all_gets_no_kana_table(hr: FlaskClient) -> None:
    assert 'class="kana"' not in hr.get("/people").text


def test_the_list_is_narrowed_to_a_department_and_to_who_stands_out(hr: FlaskClient, session: Session) -> None:
    sales = factories.department()
    factories.person(display_name="Seller", department_=sales)
    factories.person(display_name="Sleeper", department_=sales, away_until=date(2100, 1, 1))
    factories.person(display_name="Back", away_until=date(2020, 1, 1))
    factories.person(display_name="Head", lead=True)
    factories.person(display_name="Leaver", last_day=date(2100, 1, 1))
    session.commit()

    found = {who: listed(hr.get(f"/people?who={who}").text) for who in ("paused", "leaving", "heads", "running")}

    assert found == {"paused": ["Sleeper"], "leaving": ["Leaver"], "heads": ["Head"], "running": ["Hanako HR"]}
    assert listed(hr.get(f"/people?department={sales.id}").text) == ["Seller", "Sleeper"]
    assert listed(hr.get(f"/people?department={sales.id}&who=paused&words=seller").text) == []


def test_the_list_says_who_has_not_answered_a_round_that_asks(hr: FlaskClient, session: Session) -> None:
    round = factories.round_()
    factories.guest(round, factories.person(display_name="Quick"))
    factories.guest(round, factories.person(display_name="Slow"), answered_at=None)
    factories.person(display_name="Unasked")
    session.commit()

    page = hr.get("/people").text

    said = {name: re.sub(r"<[^>]+>", " ", page.partition(f">{name}")[2].partition("</li>")[0]) for name in NAMES}
    assert ["not answered" in said[name] for name in NAMES] == [False, True, False]
    assert ["has answered" in said[name] for name in NAMES] == [True, False, False]


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
