"""Calendars to subscribe to: what no mail has brought to a person, and what a department hosts."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.mail import links
from shadowing.models import Consent, Letter, LetterState, OpeningKind, Pairing, PairingStatus, Person, Stage
from shadowing.views import feeds
from shadowing.visiting import invitations
from tests import factories
from tests.conftest import SECRET
from tests.factories import NOW
from tests.views.conftest import Digest
from tests.views.test_answers import my
from tests.views.test_visits import SENDER


@pytest.fixture
def visit(session: Session) -> Pairing:
    """A published visit in February 2027 whose mails are held back."""
    return published(session)


def published(session: Session, **facts: Any) -> Pairing:
    host = factories.person("host", display_name="髙橋 Host, d'Arc", locale="en")
    round = factories.round_(stage=Stage.PUBLISHED)
    guest = factories.guest(round, factories.person("visitor", display_name="Visitor 🙂", locale="en"), (host.home,))
    opening = factories.opening(round, host, title="Weekly 𠮷野", place="Room 髙 3", **facts)
    pairing = factories.pairing(guest, factories.slot(opening), status=PairingStatus.PUBLISHED)
    invitations.tell(round, NOW, SENDER, NOW)
    for letter in session.scalars(select(Letter)):
        letter.state = LetterState.HELD
    session.commit()
    return pairing


def guest_of(visit: Pairing) -> Person:
    return visit.guest.person


def made(client: FlaskClient, session: Session, visit: Pairing) -> str:
    """The path of a new address of the guest."""
    client.post(my(guest_of(visit), visit.guest.round, "/feed/renew"))
    session.expire_all()
    key = links.sign(SECRET, feeds.OWN, guest_of(visit).id, guest_of(visit).feed_version)
    assert f"/feeds/mine/{key}.ics" in client.get(my(guest_of(visit), visit.guest.round, "/visits")).text
    return f"/feeds/mine/{key}.ics"


def events(content: bytes) -> list[Any]:
    return list(Calendar.from_ical(content).walk("VEVENT"))


def test_a_visit_that_no_mail_brought_is_in_the_feed(client: FlaskClient, session: Session, visit: Pairing) -> None:
    answer = client.get(made(client, session, visit))

    (event,) = events(answer.data)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert str(event["SUMMARY"]) == "Job shadowing: Weekly 𠮷野"
    assert event["DTSTART"].dt == visit.slot.starts_at
    assert str(event["LOCATION"]) == "Room 髙 3"


@pytest.mark.parametrize("state", [LetterState.SENT, LetterState.READY])
def test_a_visit_that_a_mail_brings_is_not_in_it_a_second_time(
    client: FlaskClient, session: Session, visit: Pairing, state: LetterState
) -> None:
    for letter in session.scalars(select(Letter)):
        letter.state = state
    session.commit()

    assert events(client.get(made(client, session, visit)).data) == []


def test_a_mail_that_did_not_arrive_leaves_the_visit_in_the_feed(
    client: FlaskClient, session: Session, visit: Pairing
) -> None:
    for letter in session.scalars(select(Letter)):
        letter.state = LetterState.UNDELIVERABLE
    session.commit()

    assert len(events(client.get(made(client, session, visit)).data)) == 1


def test_a_feed_asks_nothing_and_bears_nobodys_address(client: FlaskClient, session: Session, visit: Pairing) -> None:
    content = client.get(made(client, session, visit)).text

    assert "METHOD" not in content
    assert "ATTENDEE" not in content
    assert "ORGANIZER" not in content
    assert "@example.org" not in content.replace(f"UID:{events(content.encode())[0]['UID']}", "")
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in content
    assert "X-PUBLISHED-TTL:PT1H" in content


def test_what_a_calendar_has_already_is_not_sent_again(client: FlaskClient, session: Session, visit: Pairing) -> None:
    path = made(client, session, visit)
    first = client.get(path)

    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    assert client.get(path).data == first.data


def test_a_new_address_ends_the_old_one(client: FlaskClient, session: Session, visit: Pairing) -> None:
    old = made(client, session, visit)
    new = made(client, session, visit)

    assert old != new
    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200


def test_an_address_is_made_by_a_button_and_opens_for_nobody_before(
    client: FlaskClient, session: Session, visit: Pairing, digest: Digest
) -> None:
    before, person = digest(), guest_of(visit)

    client.get(my(person, visit.guest.round, "/visits"))

    key = links.sign(SECRET, feeds.OWN, person.id, 0)
    assert client.get(f"/feeds/mine/{key}.ics").status_code == 404
    assert digest() == before


def test_one_key_opens_no_other_calendar(client: FlaskClient, session: Session, visit: Pairing) -> None:
    key = made(client, session, visit).removeprefix("/feeds/mine/").removesuffix(".ics")

    assert client.get(f"/feeds/department/{key}.ics").status_code == 404
    assert client.get(f"/my/{key}").status_code == 410


def test_who_left_has_no_feed_any_more(client: FlaskClient, session: Session, visit: Pairing) -> None:
    path = made(client, session, visit)
    guest_of(visit).left_at = NOW
    session.commit()

    assert client.get(path).status_code == 404


def of_department(hr: FlaskClient, session: Session, visit: Pairing) -> str:
    home = visit.slot.opening.department
    hr.post(f"/departments/{home.id}/feed/renew")
    session.expire_all()
    key = links.sign(SECRET, feeds.DEPARTMENT, home.id, home.feed_version)
    assert f"/feeds/department/{key}.ics" in hr.get(f"/departments/{home.id}/edit").text
    return f"/feeds/department/{key}.ics"


def test_a_department_reads_who_visits_it_once_for_each_visit(
    hr: FlaskClient, client: FlaskClient, session: Session, visit: Pairing
) -> None:
    (event,) = events(client.get(of_department(hr, session, visit), headers={"Accept-Language": "en"}).data)

    assert str(event["SUMMARY"]) == "Job shadowing: Weekly 𠮷野"
    assert "Hosts: 髙橋 Host, d'Arc" in str(event["DESCRIPTION"])
    assert "Guests: Visitor 🙂" in str(event["DESCRIPTION"])


def test_a_ride_along_does_not_name_its_customer_to_the_department(
    hr: FlaskClient, client: FlaskClient, session: Session
) -> None:
    visit = published(session, kind=OpeningKind.RIDE_ALONG, customer_consent=Consent.YES)

    content = client.get(of_department(hr, session, visit), headers={"Accept-Language": "en"}).text

    assert "Weekly" not in content
    assert "Room" not in content
    assert len(events(content.encode())) == 1


def test_a_new_address_of_a_department_ends_the_old_one(hr: FlaskClient, session: Session, visit: Pairing) -> None:
    old, new = of_department(hr, session, visit), of_department(hr, session, visit)

    assert (hr.get(old).status_code, hr.get(new).status_code) == (404, 200)
