"""HR opens the pages of a person as they see them: only to look, noted in the audit, and without a link that works."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shadowing.mail import links
from shadowing.models import Answer, Audit, Invitation, Person, Stage
from shadowing.views import auth
from tests import factories as make
from tests.conftest import SECRET
from tests.journeys.browser import Reader
from tests.views.conftest import Digest
from tests.visiting.test_invitations import Visit


def told(session: Session, locale: str = "en") -> Visit:
    visit = Visit()
    visit.guest.locale, visit.guest.zone = locale, "Europe/Berlin"
    visit.tell()
    session.commit()
    return visit


def opened(hr: FlaskClient, visit: Visit) -> str:
    reader = Reader(hr)
    reader.open(f"/people/{visit.guest.id}")
    return reader.press(f"/people/{visit.guest.id}/as-seen/{visit.round.id}")


def test_the_press_leads_to_their_answer_and_is_noted(hr: FlaskClient, session: Session) -> None:
    visit = told(session)

    page = opened(hr, visit)

    assert "You only look: nothing here can be pressed." in page
    noted = session.scalars(select(Audit).where(Audit.deed == "open_as")).one()
    assert (noted.round_id, noted.facts) == (visit.round.id, {"of": visit.guest.id})
    assert noted.person_id == session.scalar(select(Person.id).where(Person.hr))


def test_buttons_that_do_nothing_look_like_it(hr: FlaskClient, session: Session) -> None:
    page = opened(hr, told(session))

    sheets = [hr.get(address) for address in re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)]
    assert '<fieldset disabled class="watched">' in page
    assert any(".watched button {" in sheet.text for sheet in sheets)
    for sheet in sheets:
        sheet.close()


def test_their_visits_stand_in_their_language_and_on_their_clock(hr: FlaskClient, session: Session) -> None:
    visit = told(session, "ja")
    opened(hr, visit)

    page = hr.get(f"/people/{visit.guest.id}/as-seen/{visit.round.id}/visits").text

    assert '<html lang="ja">' in page
    assert "02:00–03:00" in page


@pytest.mark.parametrize("page", ["", "/visits"])
@pytest.mark.parametrize("stage", [Stage.PUBLISHED, Stage.COLLECTING])
def test_no_link_that_works_leaves_the_server(hr: FlaskClient, session: Session, page: str, stage: Stage) -> None:
    visit = told(session)
    visit.round.stage = stage
    session.commit()
    opened(hr, visit)
    token = links.sign(SECRET, "personal", visit.guest.id, visit.guest.link_version, visit.round.id)
    assert auth.read_link(token, datetime.now(UTC))

    shown = hr.get(f"/people/{visit.guest.id}/as-seen/{visit.round.id}{page}").text

    assert token.rpartition(".")[2] not in shown
    assert "/my/" not in shown
    assert "<fieldset disabled" in shown


def test_every_link_of_the_page_leads_to_what_hr_may_see(hr: FlaskClient, session: Session) -> None:
    visit = told(session)
    opened(hr, visit)
    begin = f"/people/{visit.guest.id}/as-seen/{visit.round.id}"

    found = set()
    for page in ("", "/visits"):
        found |= set(re.findall(rf'href="({begin}[^"#]*)', hr.get(begin + page).text))

    assert {f"{begin}/visits", begin} <= found
    assert {hr.get(link, follow_redirects=True).status_code for link in found} == {200}


def test_nothing_is_changed_from_there(hr: FlaskClient, session: Session, digest: Digest) -> None:
    visit = told(session)
    opened(hr, visit)
    invitation = session.scalars(select(Invitation).where(Invitation.person_id == visit.guest.id)).one()
    begin = f"/people/{visit.guest.id}/as-seen/{visit.round.id}"
    before = digest()

    statuses = {
        hr.post(f"{begin}{path}", data={"answer": "no"}).status_code
        for path in (f"/visits/{invitation.id}/answer", "/again", "/openings/new")
    }
    for path in ("", "/visits", "/openings"):
        hr.get(begin + path)

    assert statuses == {405}
    assert digest() == before
    session.refresh(invitation)
    assert invitation.answer is Answer.NONE


def test_without_the_press_nothing_is_shown(hr: FlaskClient, session: Session) -> None:
    visit = told(session)

    for page in ("", "/visits"):
        answer = hr.get(f"/people/{visit.guest.id}/as-seen/{visit.round.id}{page}")
        assert (answer.status_code, answer.location) == (303, f"/people/{visit.guest.id}")


def test_a_press_opens_the_pages_for_half_an_hour_and_for_that_person_alone(hr: FlaskClient, session: Session) -> None:
    visit = told(session)
    opened(hr, visit)

    assert hr.get(f"/people/{visit.host.id}/as-seen/{visit.round.id}").status_code == 303
    session.execute(update(Audit).values(at=datetime.now(UTC) - timedelta(minutes=31)))
    session.commit()
    assert hr.get(f"/people/{visit.guest.id}/as-seen/{visit.round.id}").status_code == 303


def test_a_round_that_the_person_takes_no_part_in_is_not_found(hr: FlaskClient, session: Session) -> None:
    visit, other = told(session), make.round_()
    session.commit()

    assert hr.post(f"/people/{visit.guest.id}/as-seen/{other.id}").status_code == 404
