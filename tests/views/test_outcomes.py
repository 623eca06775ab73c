"""One tap on the page of either side after the visit; what they say is for HR alone."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.models import Happened, Pairing, PairingStatus, Role, Stage, VisitOutcome
from shadowing.visiting import invitations
from tests import factories
from tests.views.test_answers import my
from tests.views.test_visits import SENDER, invitation

TODAY = datetime.now(UTC).replace(hour=3, minute=0, second=0, microsecond=0)


@pytest.fixture
def pairing(session: Session) -> Pairing:
    """A visit of two days ago."""
    begin = TODAY - timedelta(days=2)
    round = factories.round_(
        stage=Stage.PUBLISHED, starts_on=begin.date(), ends_on=TODAY.date(), answers_until=begin.date()
    )
    slot = factories.slot(factories.opening(round, factories.person("host"), starts_at=begin))
    pairing = factories.pairing(factories.guest(round, factories.person("guest")), slot, status=PairingStatus.PUBLISHED)
    earlier = begin - timedelta(days=7)
    invitations.tell(round, earlier, SENDER, earlier)
    session.commit()
    return pairing


def page_of(pairing: Pairing, side: str) -> str:
    person = pairing.guest.person if side == "guest" else pairing.slot.opening.hosts[0].person
    return my(person, pairing.guest.round, "/visits")


def said(session: Session) -> list[Happened]:
    session.expire_all()
    return list(session.scalars(select(VisitOutcome.said)))


@pytest.mark.parametrize("side", ["guest", "host"])
def test_each_side_says_it_on_its_page(client: FlaskClient, session: Session, pairing: Pairing, side: str) -> None:
    mine = page_of(pairing, side)
    id = invitation(session, Role(side)).id
    asked = client.get(mine).text

    answer = client.post(f"{mine}/{id}/outcome", data={"pairing": pairing.id, "said": "held"})

    assert "Did it take place?" in asked
    assert "I cannot make it" not in asked  # the buttons that answer are gone once it has begun
    assert (answer.status_code, said(session), pairing.status) == (303, [Happened.HELD], PairingStatus.HELD)


def test_a_form_that_is_sent_as_it_stands_says_nothing(client: FlaskClient, session: Session, pairing: Pairing) -> None:
    mine = page_of(pairing, "guest")

    answer = client.post(f"{mine}/{invitation(session).id}/outcome", data={"pairing": pairing.id})

    assert (answer.status_code, said(session)) == (422, [])
    assert "Please choose what became of the visit." in answer.text


def test_neither_side_reads_what_the_other_says(client: FlaskClient, session: Session, pairing: Pairing) -> None:
    before = client.get(page_of(pairing, "host")).text

    client.post(
        f"{page_of(pairing, 'guest')}/{invitation(session).id}/outcome", data={"pairing": pairing.id, "said": "lost"}
    )

    assert "It is noted" in client.get(page_of(pairing, "guest")).text
    assert client.get(page_of(pairing, "host")).text == before


def test_hr_reads_who_did_not_come_and_decides(hr: FlaskClient, session: Session, pairing: Pairing) -> None:
    hr.post(
        f"{page_of(pairing, 'guest')}/{invitation(session).id}/outcome", data={"pairing": pairing.id, "said": "lost"}
    )
    run, slot = f"/rounds/{pairing.round_id}/run", f"/slots/{pairing.slot_id}"
    asked, seen = hr.get(run).text, hr.get(slot).text

    answer = hr.post(f"{slot}/outcome", data={"pairing": pairing.id, "said": "held"})

    assert "1 visit is said not to have taken place" in asked
    assert "It did not take place" in seen
    assert (answer.status_code, "is said not to have" in hr.get(run).text) == (303, False)
    session.expire_all()
    assert pairing.status is PairingStatus.HELD


def test_an_answer_after_the_visit_began_is_refused_with_a_way_on(
    client: FlaskClient, session: Session, pairing: Pairing
) -> None:
    mine = f"{page_of(pairing, 'guest')}/{invitation(session).id}"

    answers = [
        client.post(f"{mine}/answer", data={"answer": "yes"}),
        client.get(f"{mine}/decline"),
        client.get(f"{mine}/another-time"),
        client.get(f"{mine}/undo"),
    ]

    for answer in answers:
        assert answer.status_code == 422
        assert "This visit has begun already" in answer.text
        assert "Go back" in answer.text
