"""Moving a visit on its page."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.extensions import settings
from shadowing.mail import links
from shadowing.models import Guest, Letter, LetterKind, LetterState, Slot
from shadowing.views import auth
from shadowing.visiting import slots
from tests.factories import NOW, at
from tests.visiting.test_slots import published


@pytest.fixture
def slot(session: Session) -> Slot:
    slot = published(session)
    slot.opening.round.zone = "Europe/Berlin"
    session.commit()
    return slot


@pytest.mark.parametrize(
    ("day", "clock", "sentence"),
    [
        ("2027-03-28", "02:30", "In Europe/Berlin the clocks skip “2027-03-28 02:30”."),
        ("2027-03-28", "noon", "“noon” is not a time of day. Write it like 09:30."),
        ("", "09:00", "This must not be empty."),
    ],
)
def test_a_time_that_is_none_is_refused_and_kept_in_the_form(
    hr: FlaskClient, session: Session, slot: Slot, day: str, clock: str, sentence: str
) -> None:
    before = slot.starts_at

    answer = hr.post(f"/slots/{slot.id}/reschedule", data={"day": day, "clock": clock})

    session.expire_all()
    assert (answer.status_code, slot.starts_at) == (422, before)
    assert sentence in answer.text
    assert f'value="{clock}"' in answer.text


def test_of_an_hour_that_comes_twice_the_first_is_taken(hr: FlaskClient, session: Session, slot: Slot) -> None:
    form = {"day": "2027/10/31", "clock": "2:30", "seen": "2027-10-31T00:30:00+00:00"}

    answer = hr.post(f"/slots/{slot.id}/reschedule", data=form)

    session.expire_all()
    assert (answer.status_code, slot.starts_at.isoformat()) == (303, "2027-10-31T00:30:00+00:00")


def test_a_visit_that_is_called_off_offers_neither_to_move_nor_to_call_it_off(hr: FlaskClient, slot: Slot) -> None:
    hr.post(f"/slots/{slot.id}/call-off")

    page = hr.get(f"/slots/{slot.id}").text

    assert "This visit is called off already." in page
    assert f"/slots/{slot.id}/" not in page


def test_what_speaks_against_a_time_is_asked_about_once_and_anew_for_another_time(
    hr: FlaskClient, session: Session, slot: Slot
) -> None:
    slot.opening.round.closed_days = ["2027-01-20", "2027-01-21"]
    session.commit()
    before = slot.starts_at
    form = {"day": "2027-01-20", "clock": "03:00"}

    asked = hr.post(f"/slots/{slot.id}/reschedule", data=form)
    session.expire_all()
    assert (asked.status_code, slot.starts_at) == (422, before)
    assert "The company is closed on that day." in asked.text
    assert 'value="2027-01-20"' in asked.text
    assert "Move it all the same" in asked.text

    seen = {"seen": re.findall('name="seen" value="([^"]+)"', asked.text)[0]}
    other = hr.post(f"/slots/{slot.id}/reschedule", data=form | seen | {"day": "2027-01-21"})
    assert other.status_code == 422

    assert hr.post(f"/slots/{slot.id}/reschedule", data=form | seen).status_code == 303
    session.expire_all()
    assert slot.starts_at.isoformat() == "2027-01-20T02:00:00+00:00"


def test_the_personal_link_lives_until_35_days_after_a_visit_that_was_moved_out_of_the_round(
    session: Session, slot: Slot
) -> None:
    round = slot.opening.round
    person = slot.opening.hosts[0].person
    slots.reschedule(slot, at(100, 10), None, NOW, sure=True)
    token = links.sign(settings().secret_key, "personal", person.id, person.link_version, round.id)

    assert auth.read_link(token, at(135, 10)) == (person, round)
    assert auth.current_rounds_of(person, at(135, 10)) == [round]
    assert auth.read_link(token, at(136, 10)) is None
    assert auth.current_rounds_of(person, at(136, 10)) == []


def test_a_visit_that_is_called_off_before_its_invitations_left_is_never_invited_to(
    hr: FlaskClient, session: Session, slot: Slot
) -> None:
    round, guest = slot.opening.round, session.scalars(select(Guest)).all()[0]
    _publish(hr, round.id)
    waiting = [one.id for one in session.scalars(select(Letter).where(Letter.kind == LetterKind.REQUEST))]
    hr.post(f"/slots/{slot.id}/call-off")

    assert "Looking for places" in hr.get("/").text
    page = _publish(hr, round.id)

    session.expire_all()
    assert "Publish and send 1 mail" in page
    assert {session.get_one(Letter, id).state for id in waiting} == {LetterState.CANCELLED}
    ready = session.scalars(select(Letter).where(Letter.state == LetterState.READY)).all()
    assert [(one.kind, one.person_id) for one in ready] == [(LetterKind.UNMATCHED, guest.person_id)]
    assert "Not told yet" not in hr.get("/").text


def test_where_nobody_hears_of_a_visit_that_is_off_its_invitations_can_still_be_taken_back(
    hr: FlaskClient, session: Session, slot: Slot
) -> None:
    round = slot.opening.round
    _publish(hr, round.id)
    hr.post(f"/slots/{slot.id}/call-off")
    for guest in session.scalars(select(Guest)):
        guest.visits = 0
    session.commit()

    page = _publish(hr, round.id)

    session.expire_all()
    assert "Publish, and they never do." in page
    assert session.scalars(select(Letter).where(Letter.state == LetterState.READY)).all() == []
    assert "There is nothing new to tell anybody." in hr.get(f"/rounds/{round.id}/publish").text


def _publish(hr: FlaskClient, round_id: int) -> str:
    """Presses the button of the page, and answers the page."""
    page = hr.get(f"/rounds/{round_id}/publish").text
    hidden = dict(re.findall(r'name="(version|stamp)" value="([^"]+)"', page))
    assert hr.post(f"/rounds/{round_id}/publish", data=hidden).status_code == 303
    return page
