"""A ride-along on the pages of its two people: the customer's word noted by the host, the guest's promise,
and nobody else who reads the customer's name."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.matching.why import CUSTOMER_NO
from shadowing.models import (
    Audit,
    Because,
    Consent,
    LetterKind,
    Opening,
    OpeningKind,
    Pairing,
    Person,
    Repair,
    Riding,
    Role,
)
from shadowing.visiting import invitations
from tests import factories
from tests.factories import NOW
from tests.views.test_answers import my
from tests.views.test_visits import SENDER, invitation, published

NAME, PLACE, NOTE = "髙﨑 Acme Corp", "Acme tower", "Acme catalogue 𠮷"


def ride(session: Session, consent: Consent = Consent.YES) -> Pairing:
    facts = {"title": NAME, "place": PLACE, "preparation": NOTE, "travel_minutes": 30, "customer_consent": consent}
    return published(session, kind=OpeningKind.RIDE_ALONG, **facts)


def page_of(client: FlaskClient, person: Person, pairing: Pairing) -> str:
    return client.get(my(person, pairing.slot.opening.round, "/visits")).text


def press(client: FlaskClient, session: Session, role: Role, deed: str, **said: str) -> str:
    mine = invitation(session, role)
    path = my(mine.person, mine.slot.opening.round, f"/visits/{mine.id}/{deed}")
    day = mine.slot.starts_at.astimezone(ZoneInfo(mine.person.zone)).day
    return client.post(path, data={"day": str(day)} | said, follow_redirects=True).text


def test_the_customer_is_shown_once_the_guest_has_promised_to_keep_them_to_themselves(
    client: FlaskClient, session: Session
) -> None:
    pairing = ride(session)
    assert "Acme" not in page_of(client, pairing.guest.person, pairing)

    unticked = press(client, session, Role.GUEST, "promise")
    page = press(client, session, Role.GUEST, "promise", promise="yes")

    assert "Acme" not in unticked
    assert "Thank you. Now you see whom you visit." in page
    assert all(part in page for part in (NAME, PLACE, NOTE))
    kept = invitation(session).discreet_at
    press(client, session, Role.GUEST, "promise", promise="yes")
    assert kept == invitation(session).discreet_at is not None
    assert len(session.scalars(select(Audit).where(Audit.deed == "promise")).all()) == 1


def test_a_promise_shows_nothing_before_the_customers_yes(client: FlaskClient, session: Session) -> None:
    ride(session, Consent.ASKED)

    page = press(client, session, Role.GUEST, "promise", promise="yes")

    assert "Acme" not in page
    assert "Thank you. You are told by mail whom you visit." in page
    assert "this visit is only planned" in page


def test_the_calendar_file_and_the_links_to_calendars_name_the_customer_only_after_the_promise(
    client: FlaskClient, session: Session
) -> None:
    pairing = ride(session)
    mine = invitation(session)
    file = my(mine.person, pairing.slot.opening.round, f"/visits/{mine.id}.ics")
    assert "Acme" not in client.get(file).text

    press(client, session, Role.GUEST, "promise", promise="yes")

    assert f"LOCATION:{PLACE}" in client.get(file).text


def test_a_host_notes_the_customers_yes_which_is_then_told(client: FlaskClient, session: Session) -> None:
    pairing = ride(session, Consent.ASKED)

    page = press(client, session, Role.HOST, "consent", consent="yes")

    assert "The customer has agreed" in page
    session.expire_all()
    assert pairing.slot.opening.customer_consent is Consent.YES
    planned = invitations.planned(pairing.slot.opening.round, NOW, SENDER)
    assert [one.kind for one in planned] == [LetterKind.REQUEST] * 2  # nobody has heard of the visit yet


def test_with_the_customers_no_the_guest_has_no_visit_and_nobody_else_is_moved(
    client: FlaskClient, session: Session
) -> None:
    pairing = ride(session, Consent.ASKED)
    round = pairing.slot.opening.round
    other = factories.pairing(factories.guest(round), factories.slot(factories.opening(round)))
    session.commit()

    press(client, session, Role.HOST, "consent", consent="no")

    session.expire_all()
    assert (pairing.stands, other.stands) == (False, True)
    assert pairing.guest.reason is not None
    assert pairing.guest.reason.code == CUSTOMER_NO
    assert session.scalars(select(Repair.because)).one() is Because.LOST


def test_no_program_that_presses_every_button_speaks_for_the_customer(client: FlaskClient, session: Session) -> None:
    pairing = ride(session, Consent.ASKED)

    page = press(client, session, Role.HOST, "consent", consent="no", day="")

    session.expire_all()
    assert "Please type the day of the month of this visit." in page
    assert (pairing.stands, pairing.slot.opening.customer_consent) == (True, Consent.ASKED)


@pytest.mark.parametrize(("role", "said"), [(Role.GUEST, "yes"), (Role.HOST, "perhaps")])
def test_only_the_host_speaks_for_the_customer_and_only_in_known_words(
    client: FlaskClient, session: Session, role: Role, said: str
) -> None:
    pairing = ride(session, Consent.ASKED)

    press(client, session, role, "consent", consent=said)

    session.expire_all()
    assert pairing.slot.opening.customer_consent is Consent.ASKED


def test_no_other_participant_reads_the_customers_name_on_any_page(client: FlaskClient, session: Session) -> None:
    pairing = ride(session)
    round = pairing.slot.opening.round
    stranger = factories.guest(round)
    session.commit()

    for path in ("", "/visits", "/openings", "/times"):
        assert "Acme" not in client.get(my(stranger.person, round, path)).text


WAY = {
    "meeting_point": "West gate 髙﨑",
    "driver": "d'Artagnan",
    "car_seats": "4",
    "dress": "Suit",
    "cards": "no",
    "guest_does": "Listens",
    "customer_knows": "A colleague comes",
    "phone": "+81 90 1234 5678",
    "debrief": "yes",
}


def test_a_host_says_how_one_gets_to_the_customer_and_reads_it_again_in_the_form(
    client: FlaskClient, hr: FlaskClient, session: Session
) -> None:
    round, host = factories.round_(), factories.person()
    session.commit()
    offered = {"kind": "ride_along", "customer_consent": "yes", "title": NAME, "seats": "1", "minutes": "60"}
    dated = {"repeat": "once", "first_on": "2027-01-19", "local_time": "10:00", "zone": "Asia/Tokyo"}

    assert client.post(my(host, round, "/openings/new"), data=offered | dated | WAY).status_code == 303

    row = session.scalars(select(Opening)).one()
    assert (row.riding.meeting_point, row.riding.cards, row.riding.debrief) == (WAY["meeting_point"], False, True)
    form = client.get(my(host, round, f"/openings/{row.id}/edit")).text
    assert all(escape(said) in form for said in WAY.values())
    assert escape(WAY["meeting_point"]) in hr.get(f"/openings/{row.id}").text
    desk = offered | dated | WAY | {"kind": "desk"}
    client.post(my(host, round, f"/openings/{row.id}/edit"), data=desk)
    session.expire_all()
    assert row.riding == Riding()


def test_the_guest_reads_the_way_after_the_promise_and_the_phone_from_the_day_before(
    client: FlaskClient, session: Session
) -> None:
    pairing = ride(session)
    pairing.slot.opening.riding = Riding(meeting_point="West gate", phone=WAY["phone"])
    invitations.tell(pairing.slot.opening.round, NOW, SENDER, NOW)
    session.commit()
    assert "West gate" not in page_of(client, pairing.guest.person, pairing)

    page = press(client, session, Role.GUEST, "promise", promise="yes")

    assert "West gate" in page
    assert WAY["phone"] not in page
    now, slot = datetime.now(UTC), pairing.slot
    slot.starts_at, slot.ends_at = now + timedelta(hours=20), now + timedelta(hours=21)
    invitations.tell(slot.opening.round, now, SENDER, now)
    session.commit()
    assert WAY["phone"] in page_of(client, pairing.guest.person, pairing)


@pytest.mark.parametrize("role", list(Role))
def test_on_the_day_either_of_the_two_stops_a_ride_along_with_one_press_and_hr_reads_it(
    client: FlaskClient, hr: FlaskClient, session: Session, role: Role
) -> None:
    pairing, now = ride(session), datetime.now(UTC)
    early = press(client, session, role, "stop")
    assert "Before that, say that you cannot make it." in early
    assert "I stop here" not in early
    slot = pairing.slot
    slot.starts_at, slot.ends_at = now + timedelta(seconds=5), now + timedelta(hours=1)
    invitations.tell(slot.opening.round, now, SENDER, now)
    session.commit()

    before = page_of(client, invitation(session, role).person, pairing)
    page = press(client, session, role, "stop")
    press(client, session, role, "stop")

    assert "I stop here" in before
    assert "That is all right. It is noted, and you need not say why." in page
    assert "I stop here" not in page
    assert len(session.scalars(select(Audit).where(Audit.deed == "stop_ride_along")).all()) == 1
    assert "A ride-along ended early" in hr.get("/").text
