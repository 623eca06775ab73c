"""The page of one person, and the forms that add and change one."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.models import Department, PairingStatus, Person, Stage
from tests import factories
from tests.views.conftest import Digest, statements


def form(department: Department, **facts: str) -> dict[str, str]:
    given = {
        "family_name": "髙﨑",
        "given_name": "𠮷乃",
        "email": "yoshino@example.org",
        "zone": "大阪",
        "locale": "ja",
    }
    return given | {"department": str(department.id)} | facts


def test_somebody_is_added_on_a_page(hr: FlaskClient, session: Session) -> None:
    home = factories.department(name="営業部")
    session.commit()

    answer = hr.post("/people/new", data=form(home, may="desk"), follow_redirects=True)

    added = session.scalars(select(Person).where(Person.email == "yoshino@example.org")).one()
    assert (added.zone, added.may, added.hr) == ("Asia/Tokyo", ["desk"], False)
    assert answer.request.path == f"/people/{added.id}"
    assert "髙﨑 𠮷乃 is on the list of people." in answer.text


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Mon–Thu 09:00–18:00, Fri 10:00–16:00"), ("ja", "月–木 09:00–18:00, 金 10:00–16:00")],
)
def test_working_hours_are_read_in_the_reader_s_language(
    hr: FlaskClient, session: Session, language: str, words: str
) -> None:
    session.scalars(select(Person).where(Person.hr)).one().locale = language
    person = factories.person(hours="mon-thu 09:00-18:00, fri 10:00-16:00")
    session.commit()

    assert words in hr.get(f"/people/{person.id}").text


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(
    hr: FlaskClient, session: Session, digest: Digest
) -> None:
    home = factories.department()
    session.commit()
    before = digest()

    answer = hr.post("/people/new", data=form(home, zone="Atlantis", hours="nine to five", kana="たかさき", may="desk"))

    assert answer.status_code == 422
    assert "There is no time zone “Atlantis”." in answer.text
    assert "is no working time" in answer.text
    assert 'value="たかさき"' in answer.text
    assert 'value="desk" checked' in answer.text
    assert digest() == before


def test_the_page_says_what_somebody_takes_part_in(hr: FlaskClient, session: Session) -> None:
    person = factories.person(display_name="Seán O’Brien 🧑🏽‍💻")
    round = factories.round_(title="Winter")
    factories.opening(round, person)
    guest = factories.guest(round, person)
    factories.pairing(guest, factories.slot(factories.opening(round)))
    session.commit()

    page = hr.get(f"/people/{person.id}").text

    assert page.count("Seán O’Brien 🧑🏽‍💻") == 2
    assert page.index("Winter") < page.index("answered on") < page.index("1 visit as guest")


def test_every_way_on_the_page_of_a_person_leads_somewhere_that_knows_them(hr: FlaskClient, session: Session) -> None:
    person = factories.person(display_name="Seán O’Brien 🧑🏽‍💻")
    factories.round_(title="Winter")
    session.commit()

    deeds = hr.get(f"/people/{person.id}").text.partition('id="deeds"')[2].partition("</section>")[0]
    ways = re.findall(r'href="([^"#]+)', deeds)
    pages = {way: hr.get(way.replace("&amp;", "&")) for way in ways}

    assert len(pages) == 8
    assert {page.status_code for page in pages.values()} == {200}
    assert [way for way, page in pages.items() if "Seán" not in page.text and person.email not in page.text] == []


def test_who_has_left_is_only_taken_back(hr: FlaskClient, session: Session) -> None:
    person = factories.person(left_at=factories.NOW)
    session.commit()

    page = hr.get(f"/people/{person.id}").text

    assert 'id="deeds"' not in page
    assert "Take back" in page


def test_more_rounds_need_no_more_statements(hr: FlaskClient, session: Session) -> None:
    person, counts = factories.person(), []
    for more in (1, 2):
        for _ in range(more):
            factories.guest(factories.round_(), person)
        session.commit()
        with statements() as sent:
            hr.get(f"/people/{person.id}")
        counts.append(len(sent))

    assert counts[0] == counts[1]


def test_saving_what_is_known_unchanged_changes_nothing(hr: FlaskClient, session: Session) -> None:
    boss = factories.person()
    person = factories.person(
        family_name="山田", given_name="花", display_name="山田 花", manager_id=boss.id, may=["desk"]
    )
    session.commit()
    known = {"boss": boss.email, "may": "desk", "code": person.code, "hours": person.hours, "zone": person.zone}
    names = {"family_name": "山田", "given_name": "花", "email": person.email, "locale": person.locale}

    columns = [column.key for column in Person.__table__.columns]
    before = [getattr(person, column) for column in columns]
    answer = hr.post(f"/people/{person.id}/edit", data=form(person.home, **known | names))

    session.expire_all()
    assert answer.status_code == 303
    assert [getattr(person, column) for column in columns] == before


def test_the_form_shows_what_is_known(hr: FlaskClient, session: Session) -> None:
    boss = factories.person()
    person = factories.person(display_name="𠮷田 & 髙橋", manager_id=boss.id, may=["team"], zone="Europe/Berlin")
    session.commit()

    page = hr.get(f"/people/{person.id}/edit").text

    assert 'value="𠮷田 &amp; 髙橋"' in page
    assert f'value="{boss.email}"' in page
    assert 'value="team" checked' in page
    assert 'value="Europe/Berlin"' in page


def test_somebody_unknown_has_no_page(hr: FlaskClient) -> None:
    assert [hr.get(f"/people/{path}").status_code for path in ("999", "999/edit", "99999999999")] == [404] * 3


def test_letting_go_tells_in_figures_what_it_causes_and_whom_it_concerns(hr: FlaskClient, session: Session) -> None:
    round = factories.round_(title="Winter", stage=Stage.PUBLISHED)
    host, guest = factories.person(), factories.guest(round, factories.person(display_name="﨑山 葵"))
    start = datetime.now(UTC) + timedelta(days=9)
    slot = factories.slot(factories.opening(round, host, starts_at=start))
    factories.pairing(guest, slot, status=PairingStatus.PUBLISHED)
    session.commit()

    before = hr.get(f"/people/{host.id}/leave").text
    after = hr.post(f"/people/{host.id}/let-go", data={"last_day": "2020-01-01"}, follow_redirects=True).text

    assert "1 visit to them is taken out, and its guest needs another place: <strong>﨑山 葵</strong>" in before
    assert "Calendars are told when you publish these rounds again: Winter" in before
    assert "1 guest needs another place." in after
    assert "Take back" in after
    assert "1 guest needs another place, because the host is gone." in hr.get(f"/rounds/{round.id}/run").text
    assert "Give them the best free places" in hr.get(f"/rounds/{round.id}/pairings").text


def test_who_left_is_found_in_a_list_of_their_own_and_taken_back(hr: FlaskClient, session: Session) -> None:
    gone = factories.person(display_name="Somebody Gone", left_at=datetime.now(UTC))
    session.commit()

    here, left = hr.get("/people").text, hr.get("/people?who=left").text
    back = hr.post(f"/people/{gone.id}/take-back", follow_redirects=True).text

    assert ("Somebody Gone" in here, "Somebody Gone" in left) == (False, True)
    assert "Somebody Gone is here again." in back


def test_the_last_of_hr_reads_why_they_cannot_be_let_go(hr: FlaskClient, session: Session) -> None:
    hanako = session.scalars(select(Person).where(Person.hr)).one()

    answer = hr.post(f"/people/{hanako.id}/let-go", data={"last_day": "2020-01-01"})

    assert answer.status_code == 422
    assert "Hanako HR is the only one who runs rounds. Let somebody else run rounds first." in answer.text


def test_who_may_run_rounds_is_granted_and_taken_on_a_page(hr: FlaskClient, session: Session) -> None:
    person = factories.person(display_name="𠮷田 & 髙橋")
    session.commit()

    granted = hr.post("/people/running-rounds", data={"person": "𠮷田 & 髙橋"}, follow_redirects=True).text
    taken = hr.post(f"/people/{person.id}/revoke", follow_redirects=True).text

    assert "𠮷田 &amp; 髙橋 can run rounds now." in granted
    assert f'action="/people/{person.id}/revoke"' in granted
    assert "𠮷田 &amp; 髙橋 does not run rounds any more." in taken


def test_who_cannot_be_found_is_said_at_the_field(hr: FlaskClient) -> None:
    answer = hr.post("/people/running-rounds", data={"person": "nobody@example.org"})

    assert answer.status_code == 422
    assert "Nobody here has the name, number or mail address “nobody@example.org”." in answer.text
    assert 'value="nobody@example.org"' in answer.text


def test_a_pause_is_shown_before_begun_and_ended_on_pages(hr: FlaskClient, session: Session) -> None:
    person = factories.person(display_name="﨑山 葵")
    session.commit()

    before = hr.get(f"/people/{person.id}/away?back_on=2990-01-31").text
    begun = hr.post(f"/people/{person.id}/pause", data={"back_on": "2990-01-31"}, follow_redirects=True).text
    ended = hr.post(f"/people/{person.id}/resume", follow_redirects=True).text

    assert "Pause until Sun 31 Jan 2990" in before
    assert "﨑山 葵 pauses until Sun 31 Jan 2990." in begun
    assert "Take part again now" in begun
    assert "﨑山 葵 takes part again." in ended


@pytest.mark.parametrize(("typed", "said"), [("2020-01-31", "Choose a day after today."), ("?", "is not a date")])
def test_a_pause_that_cannot_be_says_so_at_its_day(hr: FlaskClient, session: Session, typed: str, said: str) -> None:
    person = factories.person()
    session.commit()

    answer = hr.post(f"/people/{person.id}/pause", data={"back_on": typed})

    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{typed}"' in answer.text
