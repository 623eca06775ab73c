"""The page of what contracts allow."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from shadowing.models import Consent
from tests import factories
from tests.views.conftest import Digest, statements


def test_what_somebody_may_visit_is_limited_shown_and_lifted(hr: FlaskClient, session: Session) -> None:
    person = factories.person("x1", display_name="Seán O’Brien 🧑🏽‍💻", site="東京、本社")
    session.commit()
    said = [("person", "x1"), ("kinds", "desk"), ("kinds", "team"), ("sites", "東京、本社\r\n"), ("agency", "asked")]

    saved = hr.post("/contracts", data=MultiDict(said))
    page = hr.get(f"/contracts?person={person.id}").text
    session.refresh(person)
    known = (person.may, person.may_sites, person.agency_consent)
    hr.post(f"/contracts/{person.id}/remove")

    assert (saved.status_code, known) == (303, (["desk", "team"], ["東京、本社"], Consent.ASKED))
    assert "The agency has been asked" in page
    assert 'value="team" checked' in page
    assert "Nobody’s visits are limited." in hr.get("/contracts").text


def test_what_is_wrong_is_told_at_its_field_and_kept(hr: FlaskClient, digest: Digest, session: Session) -> None:
    factories.person("x1")
    session.commit()
    before = digest()

    answer = hr.post("/contracts", data={"person": "x1", "kinds": "desk", "sites": "京都", "agency": "yes"})

    assert answer.status_code == 422
    assert 'id="sites-error"' in answer.text
    assert 'value="desk" checked' in answer.text
    assert "京都</textarea>" in answer.text
    assert digest() == before


def test_more_limited_people_need_no_more_statements(hr: FlaskClient, session: Session) -> None:
    counts = []
    for more in (1, 2):
        for _ in range(more):
            factories.person(may=["desk"])
        session.commit()
        with statements() as sent:
            hr.get("/contracts")
        counts.append(len(sent))

    assert counts[0] == counts[1]
