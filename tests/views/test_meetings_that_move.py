"""A regular meeting changes after it was published: HR says so on its page, and only those concerned are asked again."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.collecting import dates
from shadowing.models import Exceptions, Letter, LetterKind, LetterState, Opening, Pairing, PairingStatus, Stage
from shadowing.visiting import invitations
from tests import factories
from tests.factories import MONDAY, NOW, at
from tests.views.test_openings import MEETING
from tests.views.test_round_openings import pressed_twice, told
from tests.views.test_visits import SENDER

TUESDAYS = MEETING | {"repeat": "FREQ=WEEKLY", "first_on": "2027-01-19", "local_time": "10:00", "minutes": "60"}


@pytest.fixture
def visits(session: Session) -> list[Pairing]:
    """Two guests in a meeting on Tuesdays at ten, a week apart, published and told."""
    round, host = factories.round_(stage=Stage.PUBLISHED), factories.person("host")
    shape: dict[str, Any] = {"starts_at": None, "weekday": "TU", "rrule": "FREQ=WEEKLY", "zone": "Asia/Tokyo"}
    first_on = MONDAY + timedelta(days=1)
    opening = factories.opening(round, host, first_on=first_on, local_time=at(0, 10).time().replace(hour=10), **shape)
    dates.lay_out(opening, round, NOW)
    session.flush()
    found = []
    for name, slot in zip(("early", "late"), opening.slots, strict=False):
        guest = factories.guest(round, factories.person(name), (host.home,))
        for day in range(19):
            factories.free(round, guest.person, day, 9, 18)
        found.append(factories.pairing(guest, slot, status=PairingStatus.PUBLISHED))
    session.flush()
    invitations.tell(round, NOW, SENDER, NOW)
    for letter in session.scalars(select(Letter)):
        letter.state, letter.done_at = LetterState.SENT, NOW
    session.commit()
    return found


def of(visits: list[Pairing]) -> Opening:
    return visits[0].slot.opening


def test_one_date_that_is_moved_asks_its_guest_and_its_host_again_and_nobody_else(
    hr: FlaskClient, session: Session, visits: list[Pairing]
) -> None:
    typed = TUESDAYS | {"title": of(visits).title, "moved": "2027-01-26 2027-01-27 15:00"}

    pressed = pressed_twice(hr, f"/openings/{of(visits).id}/edit", typed)

    assert pressed[:2] == (422, 303)
    assert told(session, of(visits).round) == [(LetterKind.CHANGE, "host"), (LetterKind.CHANGE, "late")]
    assert visits[1].slot.starts_at == at(9, 15)
    assert visits[0].slot.starts_at == at(1, 10)


def test_a_pause_calls_off_the_visits_in_it_alone(hr: FlaskClient, session: Session, visits: list[Pairing]) -> None:
    typed = TUESDAYS | {"title": of(visits).title, "paused_from": "2027-01-25", "paused_until": "2027-01-31"}

    pressed_twice(hr, f"/openings/{of(visits).id}/edit", typed)

    letters = told(session, of(visits).round)
    assert "early" not in {code for _, code in letters}
    assert (LetterKind.CANCEL, "late") in letters


def test_the_form_shows_what_is_excepted_and_saves_it_again(
    hr: FlaskClient, session: Session, visits: list[Pairing]
) -> None:
    typed = TUESDAYS | {"title": of(visits).title, "not_on": "2027-02-09", "moved": "2027-02-02 15:00"}
    hr.post(f"/openings/{of(visits).id}/edit", data=typed)

    page = hr.get(f"/openings/{of(visits).id}/edit").text

    assert 'value="2027-02-09"' in page
    assert "2027-02-02 2027-02-02 15:00</textarea>" in page
    session.expire_all()
    assert of(visits).exceptions != Exceptions()


@pytest.mark.parametrize(
    ("repeat", "first", "rule"),
    [
        ("monthly", "2027-01-19", "BYDAY=3TU"),
        ("monthly-last", "2027-01-29", "BYDAY=-1FR"),
        ("monthly", "2027-01-29", "BYDAY=-1FR"),
    ],
)
def test_a_weekday_of_the_month_is_chosen_without_knowing_a_rule(
    hr: FlaskClient, session: Session, visits: list[Pairing], repeat: str, first: str, rule: str
) -> None:
    round = of(visits).round
    typed = TUESDAYS | {"repeat": repeat, "first_on": first, "title": "月例 🙂"}
    person = factories.person("monthly")
    session.commit()

    answer = hr.post(f"/rounds/{round.id}/openings/new?host={person.id}", data=typed)

    assert answer.status_code == 303
    offered = session.scalars(select(Opening).where(Opening.title == "月例 🙂")).one()
    assert offered.rrule == f"FREQ=MONTHLY;{rule}"
    chosen = "monthly-last" if "-1" in rule else "monthly"
    assert f'value="{chosen}" checked' in hr.get(f"/openings/{offered.id}/edit").text
