"""My visits: all for the day, an answer by a button, a file for the calendar; and a page for strangers that says nothing."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from markupsafe import escape
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.mail import text
from shadowing.mail.letters import Sender
from shadowing.models import (
    Answer,
    Consent,
    Guest,
    Invitation,
    Letter,
    LetterKind,
    OpeningKind,
    Pairing,
    PairingStatus,
    Participation,
    Person,
    Role,
    Stage,
)
from shadowing.visiting import invitations
from tests import factories
from tests.conftest import SECRET
from tests.factories import NOW, at
from tests.views.conftest import Digest, statements
from tests.views.test_answers import my

SENDER = Sender(secret=SECRET, mail_from="shadowing@example.org", public_url="http://localhost:8000", company="")


def published(session: Session, **facts: Any) -> Pairing:
    """A guest who was told about a visit to a weekly meeting."""
    usual = {"place": "Room 7", "preparation": "Read the figures", "title": "Sales meeting"}
    round = factories.round_(stage=Stage.PUBLISHED)
    slot = factories.slot(factories.opening(round, factories.person("host"), **usual | facts))
    guest = factories.guest(round, factories.person("guest"), wishes=(slot.opening.department,))
    guest.goals[0].text = "How offers are made"
    pairing = factories.pairing(guest, slot, status=PairingStatus.PUBLISHED, tags=["wish_1", "new_wall"])
    invitations.tell(round, NOW, SENDER, NOW)
    session.commit()
    return pairing


@pytest.fixture
def pairing(session: Session) -> Pairing:
    return published(session)


def invitation(session: Session, role: Role = Role.GUEST) -> Invitation:
    session.expire_all()
    return session.scalars(select(Invitation).where(Invitation.role == role)).one()


def shown_name(person: Person) -> str:
    return str(escape(person.name("en")))


@pytest.mark.parametrize(
    ("role", "sentence"),
    [
        (Role.GUEST, "You take part and do something yourself."),
        (Role.HOST, "Your guests take part and do something themselves."),
    ],
)
def test_both_sides_read_in_mail_calendar_and_page_that_guests_take_part(
    app: Flask, client: FlaskClient, session: Session, role: Role, sentence: str
) -> None:
    published(session, participation=Participation.TAKE_PART)
    held = invitation(session, role)
    letter = session.scalars(select(Letter).where(Letter.invitation_id == held.id)).one()

    page = client.get(my(held.person, held.slot.opening.round, "/visits")).text
    written = text.write(letter, SENDER)

    assert written.calendar is not None
    assert [sentence in words for words in (page, written.body, written.calendar.description)] == [True] * 3


def test_a_guest_sees_all_for_the_day(client: FlaskClient, pairing: Pairing) -> None:
    page = client.get(my(pairing.guest.person, pairing.guest.round, "/visits")).text

    host = shown_name(pairing.slot.opening.hosts[0].person)
    for words in ("Tue 19 Jan 2027, 10:00–11:00", host, "Room 7", "Read the figures", "Your first wish"):
        assert words in page
    assert "host@example.org" not in page


def test_a_host_sees_who_comes_and_what_they_want_to_see(client: FlaskClient, pairing: Pairing) -> None:
    page = client.get(my(pairing.slot.opening.hosts[0].person, pairing.guest.round, "/visits")).text

    assert shown_name(pairing.guest.person) in page
    assert "How offers are made" in page
    assert "Your first wish" not in page


def test_times_are_those_of_the_reader(client: FlaskClient, session: Session, pairing: Pairing) -> None:
    pairing.guest.person.zone = "Europe/Berlin"
    session.commit()

    page = client.get(my(pairing.guest.person, pairing.guest.round, "/visits")).text

    assert "Tue 19 Jan 2027, 02:00–03:00" in page


def test_a_button_says_that_it_suits_me(client: FlaskClient, session: Session, pairing: Pairing) -> None:
    mine = my(pairing.guest.person, pairing.guest.round, "/visits")

    answer = client.post(f"{mine}/{invitation(session).id}/answer", data={"answer": "yes"})

    assert (answer.status_code, answer.location) == (303, mine)
    assert (invitation(session).answer, invitation(session, Role.HOST).answer) == (Answer.YES, Answer.NONE)
    assert "You said that you take part." in client.get(mine).text


def test_a_no_at_one_press_leads_to_the_page_that_asks_for_more(
    client: FlaskClient, session: Session, pairing: Pairing
) -> None:
    mine = my(pairing.guest.person, pairing.guest.round, f"/visits/{invitation(session).id}")

    answer = client.post(f"{mine}/answer", data={"answer": "no"})

    assert (answer.status_code, answer.location, invitation(session).answer) == (303, f"{mine}/decline", Answer.NONE)


def test_nobody_answers_for_somebody_else(client: FlaskClient, session: Session, pairing: Pairing) -> None:
    host = pairing.slot.opening.hosts[0].person
    id = invitation(session).id

    answer = client.post(my(host, pairing.guest.round, f"/visits/{id}/answer"), data={"answer": "no"})

    assert (answer.status_code, invitation(session).answer) == (404, Answer.NONE)
    assert client.get(my(host, pairing.guest.round, f"/visits/{id}.ics")).status_code == 404


def test_an_answer_that_is_none_of_the_two_is_refused(client: FlaskClient, session: Session, pairing: Pairing) -> None:
    address = my(pairing.guest.person, pairing.guest.round, f"/visits/{invitation(session).id}/answer")

    assert client.post(address, data={"answer": "perhaps"}).status_code == 404


def test_the_file_for_the_calendar_is_the_one_of_the_mail(
    client: FlaskClient, session: Session, pairing: Pairing
) -> None:
    mine = invitation(session)

    answer = client.get(my(pairing.guest.person, pairing.guest.round, f"/visits/{mine.id}.ics"))

    [event] = Calendar.from_ical(answer.data).events
    assert (answer.mimetype, event["UID"], event.start) == ("text/calendar", mine.uid, at(1, 10))


def test_looking_at_visits_and_files_changes_nothing(
    client: FlaskClient, session: Session, pairing: Pairing, digest: Digest
) -> None:
    mine = my(pairing.guest.person, pairing.guest.round, "/visits")
    file, before = f"{mine}/{invitation(session).id}.ics", digest()

    client.get(mine)
    client.get(file)

    assert digest() == before


def test_before_publishing_there_is_nothing_to_see(client: FlaskClient, session: Session) -> None:
    guest = factories.guest(factories.round_(stage=Stage.REVIEWING))
    factories.pairing(guest, factories.slot(factories.opening(guest.round, title="Secret plan")))
    session.commit()

    page = client.get(my(guest.person, guest.round, "/visits")).text

    assert "The plan is not published yet." in page
    assert "Secret plan" not in page


def test_what_hr_is_still_changing_is_not_shown(client: FlaskClient, session: Session, pairing: Pairing) -> None:
    pairing.slot.opening.place = "Room 8"
    session.commit()

    page = client.get(my(pairing.guest.person, pairing.guest.round, "/visits")).text

    assert ("Room 7" in page, "Room 8" in page) == (True, False)


def test_a_guest_without_a_visit_reads_so_and_is_promised_nothing(client: FlaskClient, session: Session) -> None:
    guest = factories.guest(factories.round_(stage=Stage.PUBLISHED))
    session.commit()

    page = client.get(my(guest.person, guest.round, "/visits")).text

    assert "There is no visit for you this time." in page
    assert not re.search("(?i)next (time|round)", page)


def test_the_title_of_a_ride_along_stays_hidden_until_the_customer_agrees(
    client: FlaskClient, session: Session
) -> None:
    pairing = published(
        session, kind=OpeningKind.RIDE_ALONG, title="Visit to Otaru Glass", customer_consent=Consent.ASKED
    )

    page = client.get(my(pairing.guest.person, pairing.guest.round, "/visits")).text

    assert "Otaru Glass" not in page


def test_the_page_of_a_calendar_entry_says_nothing_about_the_visit(
    client: FlaskClient, session: Session, pairing: Pairing
) -> None:
    key = invitation(session).uid.partition("@")[0]

    real, invented = client.get(f"/visits/{key}"), client.get("/visits/nothing")

    assert real.status_code == 200
    assert real.text.replace(key, "") == invented.text.replace("nothing", "")
    assert 'action="/links"' in real.text


def test_a_new_link_goes_to_the_address_on_file(client: FlaskClient, app: Flask, session: Session) -> None:
    host = factories.guest(factories.round_(starts_on=NOW.date(), ends_on=NOW.date() + timedelta(days=400))).person
    session.commit()

    client.post("/links", data={"address": host.email})

    [letter] = session.scalars(select(Letter).where(Letter.kind == LetterKind.PERSONAL_LINK))
    assert letter.address == host.email


def test_more_visits_take_no_more_statements(client: FlaskClient, session: Session, pairing: Pairing) -> None:
    guest: Guest = pairing.guest
    address = my(guest.person, guest.round, "/visits")
    session.commit()
    with statements() as few:
        client.get(address)
    for day in (3, 4):
        slot = factories.slot(factories.opening(guest.round, starts_at=at(day, 10)))
        factories.pairing(guest, slot, status=PairingStatus.PUBLISHED)
    invitations.tell(guest.round, NOW + timedelta(hours=1), SENDER, NOW)
    session.commit()

    with statements() as many:
        page = client.get(address).text

    assert page.count('class="pass"') == 3
    assert len(many) == len(few)


def links_elsewhere(page: str) -> list[SplitResult]:
    """Those to calendars on the web, which must not learn where the reader came from."""
    found = re.findall(r'<a class="tap" href="(https://[^"]+)" rel="([^"]+)"', page)
    assert {rel for _, rel in found} == {"noreferrer nofollow"}
    return [urlsplit(unescape(link)) for link, _ in found]


def test_a_visit_is_put_into_a_calendar_on_the_web_and_the_page_says_that_this_is_no_answer(
    client: FlaskClient, pairing: Pairing
) -> None:
    page = client.get(my(pairing.guest.person, pairing.guest.round, "/visits")).text

    links = links_elsewhere(page)
    google, *outlooks = [dict(parse_qsl(link.query)) for link in links]
    assert [link.hostname for link in links] == ["calendar.google.com", "outlook.office.com", "outlook.live.com"]
    assert (google["action"], google["dates"]) == ("TEMPLATE", "20270119T010000Z/20270119T020000Z")
    for facts in outlooks:
        assert (facts["startdt"], facts["enddt"]) == ("2027-01-19T01:00:00Z", "2027-01-19T02:00:00Z")
        assert (facts["subject"], facts["location"]) == (google["text"], "Room 7")
    assert "This does not report your answer." in page


def test_a_private_visit_names_no_customer_in_a_calendar_on_the_web(client: FlaskClient, session: Session) -> None:
    facts = {"title": "Visit to Otaru Glass", "place": "Otaru Glass, gate 2", "customer_consent": Consent.YES}
    pairing = published(session, kind=OpeningKind.RIDE_ALONG, **facts)
    guest = pairing.guest.person
    session.scalars(select(Invitation).where(Invitation.person_id == guest.id)).one().discreet_at = NOW
    invitations.tell(pairing.guest.round, NOW + timedelta(hours=1), SENDER, NOW)
    session.commit()

    page = client.get(my(guest, pairing.guest.round, "/visits")).text

    assert "Otaru Glass" in page
    assert [link for link in links_elsewhere(page) if "Otaru" in link.query] == []
