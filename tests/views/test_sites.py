"""The page of ways between sites."""

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.models import Journey
from tests import factories
from tests.views.conftest import Digest


def two_sites(session: Session) -> None:
    factories.person(site="O’Hare")
    factories.person(site="東京")
    session.commit()


def test_a_way_is_entered_and_removed_again(hr: FlaskClient, session: Session) -> None:
    two_sites(session)

    before = hr.get("/sites").text
    answer = hr.post("/sites", data={"site": "東京", "other_site": "O’Hare", "minutes": "９００"})
    row = session.scalars(select(Journey)).one()
    page = hr.get("/sites").text
    id, minutes = row.id, row.minutes
    presses = [hr.post(f"/sites/{id}/remove").status_code for _ in range(2)]

    assert presses == [303, 303]
    assert "it counts as 0 minutes" in before
    assert (answer.status_code, minutes) == (303, 900)
    assert "it counts as 0 minutes" not in page
    assert "900 minutes" in page
    assert session.scalars(select(Journey)).all() == []


def test_what_is_wrong_is_told_at_its_field(hr: FlaskClient, session: Session, digest: Digest) -> None:
    two_sites(session)
    before = digest()

    answer = hr.post("/sites", data={"site": "東京", "other_site": "東京", "minutes": "long"})
    other = hr.post("/sites", data={"site": "東京", "other_site": "東京", "minutes": "5"})

    assert (answer.status_code, other.status_code) == (422, 422)
    assert 'id="minutes-error"' in answer.text
    assert 'id="other_site-error"' in other.text
    assert digest() == before


def test_with_fewer_than_two_sites_the_page_says_where_they_come_from(hr: FlaskClient) -> None:
    assert "Fewer than two sites are known." in hr.get("/sites").text
