"""A part of a day in which somebody is not free, told on the answer page."""

from datetime import date, time

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from shadowing.collecting import availability
from shadowing.models import Absence, DatedSpan, FreeTimes, Guest
from tests.factories import at
from tests.views.test_answers import form, free, guest, my

__all__ = ["guest"]
HOURS = {"absence_day": ["2027-01-19", ""], "absence_from": ["13:00", ""], "absence_to": ["15:00", ""]}


def given(guest: Guest) -> FreeTimes:
    return availability.given(guest.person, guest.round)


def test_the_hours_of_an_absence_are_not_free_and_are_told_again(
    client: FlaskClient, session: Session, guest: Guest
) -> None:
    client.post(my(guest.person, guest.round), data=form(guest) | HOURS)
    session.expire_all()

    assert given(guest).absences == (Absence(date(2027, 1, 19), time(13), time(15)),)
    assert free(guest) == [DatedSpan(at(1, 15), at(1, 18), 2), DatedSpan(at(8, 13), at(8, 18), 2)]
    page = client.get(my(guest.person, guest.round)).text
    assert 'name="absence_from" value="13:00"' in page
    assert page.count('name="absence_day"') == 3
    assert "13:00–15:00" in client.get(my(guest.person, guest.round, "/thanks")).text


def test_an_absence_may_last_until_midnight(client: FlaskClient, session: Session, guest: Guest) -> None:
    until = {"absence_day": "2027-01-19", "absence_from": "14:00", "absence_to": "00:00"}

    client.post(my(guest.person, guest.round), data=form(guest) | until)
    session.expire_all()

    assert given(guest).absences == (Absence(date(2027, 1, 19), time(14), time.max),)
    assert 'name="absence_to" value="00:00"' in client.get(my(guest.person, guest.round)).text
    assert "14:00–24:00" in client.get(my(guest.person, guest.round, "/thanks")).text


@pytest.mark.parametrize(
    "wrong",
    [
        {"absence_to": "13:00"},
        {"absence_from": ""},
        {"absence_day": ""},
        {"absence_day": "2027-06-01"},
        {"absence_to": "late"},
    ],
)
def test_a_line_that_is_no_absence_is_told_and_kept(client: FlaskClient, guest: Guest, wrong: dict[str, str]) -> None:
    line = {"absence_day": "2027-01-19", "absence_from": "13:00", "absence_to": "15:00"} | wrong

    answer = client.post(my(guest.person, guest.round), data=form(guest) | line)

    assert answer.status_code == 422
    assert "Give each absence a day of the round" in answer.text
    assert f'name="absence_to" value="{line["absence_to"]}"' in answer.text
    assert given(guest) == FreeTimes()


def test_who_does_not_take_part_need_not_mend_a_line(client: FlaskClient, session: Session, guest: Guest) -> None:
    answer = client.post(my(guest.person, guest.round), data=form(guest, skip="yes", absence_from="13:00"))

    assert answer.status_code == 303
