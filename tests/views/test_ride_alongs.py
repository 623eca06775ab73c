"""A ride-along on the pages of its two people: the customer's word noted by the host, the guest's promise,
and nobody else who reads the customer's name."""

from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.matching.why import CUSTOMER_NO
from shadowing.models import Audit, Because, Consent, LetterKind, OpeningKind, Pairing, Person, Repair, Role
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
