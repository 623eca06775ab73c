"""A long list of people is handed over to the worker, and its page follows it."""

import io
import threading
from datetime import UTC, datetime

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from shadowing.background import worker
from shadowing.extensions import db
from shadowing.folders import lists_handed
from shadowing.models import HandedList, Job, JobState, Person
from tests import factories
from tests.views.test_lists import DEPARTMENTS, HEADER, hidden

COUNT = 2500


def checked(hr: FlaskClient, count: int = COUNT, first: int = 0) -> str:
    """The check page of a list of so many people."""
    rows = (f"e{number},髙橋,太郎,たかはし,e{number}@example.org,sales\n" for number in range(first, first + count))
    files = {
        "people": (io.BytesIO((HEADER + "".join(rows)).encode()), "people.csv"),
        "departments": (io.BytesIO(DEPARTMENTS.encode()), "departments.csv"),
    }
    return hr.post("/people/import/check", data=files, content_type="multipart/form-data").text


def pressed(hr: FlaskClient, page: str) -> TestResponse:
    return hr.post("/people/import", data=hidden(page))


def work(app: Flask) -> None:
    """What the worker does."""
    with app.app_context():
        while worker.work(app, threading.Event(), lambda: datetime.now(UTC)):
            pass


def test_a_long_list_is_taken_in_by_the_worker_while_its_page_follows(
    app: Flask, hr: FlaskClient, session: Session
) -> None:
    page = checked(hr)
    answer = pressed(hr, page)
    waiting, people, choosing = (hr.get(path).text for path in (answer.location, "/people", "/people/import"))
    before = session.scalar(select(func.count()).select_from(Person))
    session.rollback()

    work(app)
    done = hr.get(answer.location).text

    assert answer.status_code == 303
    assert 'data-every="1000"' in waiting
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in waiting
    assert [answer.location in text for text in (people, choosing)] == [True, True]
    assert before == 1
    assert "2500 people are new." in done
    assert "data-every" not in done
    assert "A list is being taken in" not in hr.get("/people").text
    assert session.scalars(select(HandedList)).one().people == b""


def test_a_long_list_that_would_change_very_many_is_asked_about_before_it_is_handed_over(
    hr: FlaskClient, session: Session
) -> None:
    for number in range(12):
        factories.person(f"e{number}", kana="コウノ")
    session.commit()

    page = checked(hr)
    braked = pressed(hr, page)
    sure = hr.post("/people/import", data=hidden(page) | {"sure": "yes"})

    assert braked.status_code == 422
    assert "Is it the right list?" in braked.text
    assert (sure.status_code, session.scalars(select(HandedList)).one().sure) == (303, True)


def test_a_list_that_the_worker_cannot_take_in_changes_nothing_and_says_why(app: Flask, hr: FlaskClient) -> None:
    with app.app_context():
        handed = lists_handed.hand_over(
            "x.csv", b"\x00" * 9, b"", {}, None, datetime.now(UTC), absent_left=False, sure=True
        )
        db.session.commit()
        id = handed.id

    work(app)

    page = hr.get(f"/people/import/{id}").text
    with app.app_context():
        job = db.session.scalars(select(Job)).one()
        assert (job.state, job.error != "") == (JobState.FAILED, True)
    assert "The list was not taken in, and nothing was changed." in page
    assert "finds the reason in its log" not in page
