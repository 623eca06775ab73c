"""The page of who must not meet."""

from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.models import Exclusion, Stage
from tests import factories
from tests.views.conftest import Digest, statements


def apart(session: Session) -> Exclusion:
    row = Exclusion(person=factories.person(), other=factories.person())
    session.add(row)
    session.flush()
    return row


def test_two_people_are_kept_apart_and_let_meet_again(hr: FlaskClient, session: Session) -> None:
    one, other = factories.person(display_name="Seán O’Brien 🧑🏽‍💻"), factories.person()
    session.commit()

    answer = hr.post("/exclusions", data={"one": "seán o’brien 🧑🏽‍💻", "other": other.email, "ends_on": "2099-12-31"})
    page = hr.get("/exclusions").text
    made = session.scalars(select(Exclusion)).one()
    id, kept = made.id, {made.person_id, made.other_id}
    presses = [hr.post(f"/exclusions/{id}/remove").status_code for _ in range(2)]

    assert presses == [303, 303]
    assert (answer.status_code, kept) == (303, {one.id, other.id})
    assert "Seán O’Brien" in page
    assert "Thu 31 Dec 2099" in page
    assert "Nobody is kept apart." in hr.get("/exclusions").text


def test_what_is_wrong_is_told_at_its_field_and_kept(hr: FlaskClient, digest: Digest) -> None:
    before = digest()

    answer = hr.post("/exclusions", data={"one": "Nobody Known", "other": "", "ends_on": "soon"})

    assert answer.status_code == 422
    assert 'value="Nobody Known"' in answer.text
    assert 'id="other-error"' in answer.text
    assert 'id="ends_on-error"' in answer.text
    assert digest() == before


def test_visits_in_which_they_meet_are_asked_about_once(hr: FlaskClient, session: Session) -> None:
    soon = datetime.now(UTC) + timedelta(days=3)
    one, other, round = factories.person(), factories.person(), factories.round_(stage=Stage.REVIEWING)
    factories.pairing(factories.guest(round, one), factories.slot(factories.opening(round, other), soon))
    session.commit()
    said = {"one": one.email, "other": other.email}

    first = hr.post("/exclusions", data=said)
    second = hr.post("/exclusions", data=said | {"knowing": "yes"})

    assert (first.status_code, second.status_code) == (422, 303)
    assert "Visits to come in which these two meet: 1." in first.text
    assert 'name="knowing"' in first.text
    assert 'name="knowing"' not in hr.get("/exclusions").text


def test_more_pairs_need_no_more_statements(hr: FlaskClient, session: Session) -> None:
    counts = []
    for more in (1, 2):
        for _ in range(more):
            apart(session)
        session.commit()
        with statements() as sent:
            hr.get("/exclusions")
        counts.append(len(sent))

    assert counts[0] == counts[1]


def test_many_pairs_come_in_pages(hr: FlaskClient, session: Session) -> None:
    for _ in range(26):
        apart(session)
    session.commit()

    pages = [hr.get(f"/exclusions?page={page}").text for page in (1, 2, 9)]

    assert [page.count("/remove") for page in pages] == [25, 1, 1]
