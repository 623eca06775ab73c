"""The page that asks new people, and the way in for who asks for a link."""

from datetime import UTC, date, datetime

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.mail import links
from shadowing.models import Guest, Letter, LetterKind, Person, Way, Whom
from tests import factories
from tests.conftest import SECRET

FAR = {"answers_until": date(2990, 1, 1), "starts_on": date(2990, 2, 1), "ends_on": date(2990, 3, 1)}


def test_new_people_are_counted_shown_and_asked_with_one_press(hr: FlaskClient, session: Session) -> None:
    round = factories.round_(**FAR)
    factories.guest(round, session.scalars(select(Person).where(Person.hr)).one())
    for name in ("Seán O’Brien", "﨑山 葵"):
        factories.person(display_name=name)
    session.commit()

    collect = hr.get(f"/rounds/{round.id}/collect").text
    preview = hr.get(f"/rounds/{round.id}/joiners").text
    done = hr.post(f"/rounds/{round.id}/joiners/ask", follow_redirects=True).text

    assert "2 new people have not been asked." in collect
    assert "Ask the 2 new people" in preview
    assert "Seán O’Brien" in preview
    assert "2 people more are asked." in done
    assert "have not been asked" not in done
    assert session.scalars(select(Letter.kind)).all() == [LetterKind.ASK] * 2


def test_one_person_who_was_left_out_is_asked_from_their_page(hr: FlaskClient, session: Session) -> None:
    person = factories.person(display_name="𠮷田 & 髙橋")
    meant = Whom(way=Way.DEPARTMENTS, departments=(factories.department().id,))
    round = factories.round_(title="Winter", whom=meant, **FAR)
    session.commit()

    page = hr.get(f"/people/{person.id}").text
    preview = hr.get(f"/rounds/{round.id}/joiners?person={person.id}").text
    hr.post(f"/rounds/{round.id}/joiners/ask", data={"person": str(person.id)})

    assert "Ask for “Winter”" in page
    assert "Ask only 𠮷田 &amp; 髙橋" in preview
    assert session.scalars(select(Guest.person_id)).all() == [person.id]


def test_hr_is_told_to_open_the_answers_again_before_asking_more_people(hr: FlaskClient, session: Session) -> None:
    round = factories.round_(closed_at=datetime(2026, 12, 1, tzinfo=UTC), **FAR)
    factories.person()
    session.commit()

    refused = hr.post(f"/rounds/{round.id}/joiners/ask")

    assert refused.status_code == 409
    assert "The answers of this round are closed. Open them again, then ask." in refused.text


def test_who_asks_for_a_link_without_having_been_asked_gets_a_way_in(client: FlaskClient, session: Session) -> None:
    person, round = factories.person(email="new@example.org"), factories.round_(**FAR)
    session.commit()

    known = client.post("/links", data={"address": "new@example.org"}, follow_redirects=True)
    stranger = client.post("/links", data={"address": "nobody@example.org"}, follow_redirects=True)

    letter = session.scalars(select(Letter)).one()
    assert (letter.kind, letter.person_id, letter.round_id) == (LetterKind.PERSONAL_LINK, person.id, round.id)
    assert known.text == stranger.text
    page = client.get(f"/my/{links.sign(SECRET, 'personal', person.id, person.link_version, round.id)}")
    assert page.status_code == 200


def test_who_left_gets_no_way_in(client: FlaskClient, session: Session) -> None:
    factories.person(email="gone@example.org", left_at=datetime.now(UTC))
    factories.round_(**FAR)
    session.commit()

    client.post("/links", data={"address": "gone@example.org"})

    assert session.scalars(select(Letter)).all() == []
