"""Moving a visit on its page."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from shadowing.models import Slot
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
    answer = hr.post(f"/slots/{slot.id}/reschedule", data={"day": "2027/10/31", "clock": "2:30"})

    session.expire_all()
    assert (answer.status_code, slot.starts_at.isoformat()) == (303, "2027-10-31T00:30:00+00:00")


def test_a_visit_that_is_called_off_offers_neither_to_move_nor_to_call_it_off(hr: FlaskClient, slot: Slot) -> None:
    hr.post(f"/slots/{slot.id}/call-off")

    page = hr.get(f"/slots/{slot.id}").text

    assert "This visit is called off already." in page
    assert f"/slots/{slot.id}/" not in page
