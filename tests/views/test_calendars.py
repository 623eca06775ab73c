"""Calendars that come with an answer: read at once or by the worker, shown in figures, taken back."""

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.calendars import taking
from shadowing.matching import gather
from shadowing.models import BusyCalendar, Guest, Job, JobKind, Stage
from tests import factories
from tests.calendars.bombs import calendar
from tests.factories import MONDAY, at
from tests.views.test_answers import form, my

SECRET = "https://calendar.example.com/private-0123456789/basic.ics"


@pytest.fixture
def guest(session: Session) -> Guest:
    guest = factories.guest(factories.round_(ends_on=MONDAY + timedelta(days=11)), answered_at=None)
    session.commit()
    return guest


def meeting(begin: datetime, minutes: int = 60, more: str = "") -> str:
    return f"BEGIN:VEVENT\r\nSUMMARY:秘密 𠮷野家\r\nDTSTART:{begin:%Y%m%dT%H%M%SZ}\r\nDURATION:PT{minutes}M\r\n{more}END:VEVENT\r\n"


def hand(client: FlaskClient, guest: Guest, data: bytes = b"", url: str = "", **facts: Any) -> Any:
    typed = form(guest, **facts) | {"calendar_url": url}
    if data:
        typed["calendar_file"] = (io.BytesIO(data), "予定 d'été.ics")
    return client.post(my(guest.person, guest.round), data=typed, content_type="multipart/form-data")


def free(guest: Guest) -> list[tuple[datetime, datetime]]:
    problem = gather.problem(guest.round, at(-20, 9))
    person = next(one for one in problem.people if one.id == guest.person_id)
    return [tuple(datetime.fromtimestamp(edge * 60, UTC) for edge in (span.start, span.end)) for span in person.free]  # type: ignore[misc]


def test_busy_times_of_a_file_are_no_times_for_a_visit(client: FlaskClient, session: Session, guest: Guest) -> None:
    answer = hand(client, guest, calendar(meeting(at(1, 14, 5)), meeting(at(8, 12), 420)))

    assert answer.status_code == 303
    assert free(guest) == [(at(1, 13), at(1, 14)), (at(1, 15, 15), at(1, 18))]
    page = client.get(my(guest.person, guest.round, "/thanks")).text
    assert "2 busy times taken in." in page


def test_nothing_but_times_is_kept_of_a_file(client: FlaskClient, session: Session, guest: Guest) -> None:
    hand(client, guest, calendar(meeting(at(1, 14))))

    row = session.scalars(select(BusyCalendar)).one()
    kept = {column.name: getattr(row, column.name) for column in BusyCalendar.__table__.columns}
    assert "秘密" not in str(kept)
    assert row.spans == ((int(at(1, 14).timestamp()) // 60, int(at(1, 15).timestamp()) // 60),)


def test_what_could_not_be_understood_is_counted_on_the_page(client: FlaskClient, guest: Guest) -> None:
    floating = [meeting(at(day, 14)).replace("Z\r\n", "\r\n") for day in (1, 2, 3)]

    hand(client, guest, calendar(*floating, meeting(at(1, 9)), meeting(at(1, 9)).replace("DTSTART", "DTSTARTED")))

    page = client.get(my(guest.person, guest.round, "/thanks")).text
    assert "4 busy times taken in, 3 entries with an unknown zone, 1 entry could not be read." in page
    assert "were read on the clock of" in page


def test_a_calendar_is_taken_back_and_its_times_count_again(
    client: FlaskClient, session: Session, guest: Guest
) -> None:
    hand(client, guest, calendar(meeting(at(1, 12), 420), meeting(at(8, 12), 420)))
    row = session.scalars(select(BusyCalendar)).one()
    assert free(guest) == []

    client.post(my(guest.person, guest.round, f"/calendars/{row.id}/remove"))

    assert free(guest) == [(at(1, 13), at(1, 18)), (at(8, 13), at(8, 18))]


def test_the_same_file_again_is_one_calendar(client: FlaskClient, session: Session, guest: Guest) -> None:
    for _ in range(2):
        hand(client, guest, calendar(meeting(at(1, 14))))

    assert len(session.scalars(select(BusyCalendar)).all()) == 1


def test_a_file_that_is_no_calendar_is_refused_beside_its_field_and_nothing_typed_is_lost(
    client: FlaskClient, session: Session, guest: Guest
) -> None:
    answer = hand(client, guest, "氏名,部署".encode(), line="髙橋さんの一日 🙂")

    assert answer.status_code == 422
    assert "This is no calendar file." in answer.text
    assert 'value="髙橋さんの一日 🙂"' in answer.text
    session.expire_all()
    assert guest.answered_at is None


def test_where_something_else_is_wrong_the_page_asks_for_the_file_again(client: FlaskClient, guest: Guest) -> None:
    answer = hand(client, guest, calendar(meeting(at(1, 14))), half_days_most="0")

    assert answer.status_code == 422
    assert "Please choose the calendar file again." in answer.text


NOT_FETCHED = (
    *("http://calendar.example.com/a.ics", "https://me:word@example.com/a.ics", "https://example.com:8443/a.ics"),
    *("ftp://x", "https://", "calendar", "https://exa mple.com/", "file:///etc/passwd", "https://[::1/"),
)


@pytest.mark.parametrize("url", NOT_FETCHED)
def test_an_address_that_is_not_fetched_is_refused_beside_its_field(
    client: FlaskClient, guest: Guest, url: str
) -> None:
    answer = hand(client, guest, url=url)

    assert answer.status_code == 422
    assert 'id="calendar_url-error"' in answer.text


def test_an_address_is_fetched_by_the_worker_and_pages_show_its_host_alone(
    client: FlaskClient, session: Session, guest: Guest
) -> None:
    hand(client, guest, url=SECRET)

    page = client.get(my(guest.person, guest.round, "/thanks")).text + client.get(my(guest.person, guest.round)).text
    assert "You have handed over 1 calendar." in page
    assert "calendar.example.com" in page
    assert "It is being fetched." in page
    assert "private-0123456789" not in page
    jobs = session.scalars(select(Job).where(Job.kind == JobKind.FETCH).order_by(Job.due_at)).all()
    assert len(jobs) >= 1


def test_a_calendar_is_not_fetched_twice_in_half_an_hour(client: FlaskClient, session: Session, guest: Guest) -> None:
    hand(client, guest, url=SECRET)
    row = session.scalars(select(BusyCalendar)).one()
    address = my(guest.person, guest.round, f"/calendars/{row.id}/again")

    assert client.post(address).status_code == 422
    row.asked_at -= timedelta(minutes=31)
    session.commit()
    assert client.post(address).status_code == 303


def test_the_calendar_of_somebody_else_is_out_of_reach(client: FlaskClient, session: Session, guest: Guest) -> None:
    other = factories.guest(guest.round)
    session.commit()
    hand(client, other, calendar(meeting(at(1, 14))))
    row = session.scalars(select(BusyCalendar)).one()

    for deed in ("remove", "again"):
        assert client.post(my(guest.person, guest.round, f"/calendars/{row.id}/{deed}")).status_code == 404


def test_once_the_answers_are_closed_nothing_is_handed_over_or_taken_back(
    client: FlaskClient, session: Session, guest: Guest
) -> None:
    hand(client, guest, calendar(meeting(at(1, 14))))
    row = session.scalars(select(BusyCalendar)).one()
    guest.round.stage = Stage.PUBLISHED
    session.commit()

    assert client.post(my(guest.person, guest.round, f"/calendars/{row.id}/remove")).status_code == 409
    assert "Take back" not in client.get(my(guest.person, guest.round, "/thanks")).text


def test_a_person_has_five_calendars_in_a_round_at_the_most(
    client: FlaskClient, session: Session, guest: Guest
) -> None:
    for hour in range(9, 14):
        assert hand(client, guest, calendar(meeting(at(1, hour)))).status_code == 303

    answer = hand(client, guest, calendar(meeting(at(1, 15))))

    assert answer.status_code == 422
    assert f"You have handed over {taking.MOST} calendars." in answer.text


def test_hr_who_types_an_answer_in_hands_over_no_calendar(app: Flask, hr: FlaskClient, guest: Guest) -> None:
    page = hr.get(f"/rounds/{guest.round_id}/answers/type-in?person={guest.person_id}").text

    assert 'name="half"' in page
    assert not re.search('name="calendar_', page)
