"""A long list of people is read by the worker and, once HR has said yes, taken in by it; its page follows it."""

import io
import re
import threading
from datetime import UTC, datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from shadowing.background import worker
from shadowing.extensions import db
from shadowing.folders import lists_handed
from shadowing.lists.headings import Meaning
from shadowing.models import HandedList, Job, JobKind, JobState, Person
from tests import factories
from tests.views.test_lists import DEPARTMENTS, HEADER, hidden

COUNT = 500
BLANK = " " * 250
"""Makes a list long that names few people, so that reading it takes little."""


def chosen(hr: FlaskClient, wrong: str = "") -> str:
    """The page of a list of so many people, and of a row that is *wrong*, once HR has chosen it."""
    rows = (f"e{number},髙橋{BLANK},太郎,たかはし,e{number}@example.org,sales\n" for number in range(COUNT))
    files = {
        "people": (io.BytesIO((HEADER + "".join(rows) + wrong).encode()), "people.csv"),
        "departments": (io.BytesIO(DEPARTMENTS.encode()), "departments.csv"),
    }
    return hr.post("/people/import/check", data=files, content_type="multipart/form-data").location


def checked(app: Flask, hr: FlaskClient) -> str:
    """The check page, once the worker has read the list."""
    address = chosen(hr)
    work(app)
    return hr.get(address).text


def pressed(hr: FlaskClient, page: str) -> TestResponse:
    return hr.post("/people/import", data=hidden(page))


def work(app: Flask, later: timedelta = timedelta()) -> None:
    """What the worker does, so much *later*."""
    with app.app_context():
        while worker.work(app, threading.Event(), lambda: datetime.now(UTC) + later):
            pass


def test_a_long_list_is_taken_in_by_the_worker_while_its_page_follows(
    app: Flask, hr: FlaskClient, session: Session
) -> None:
    page = checked(app, hr)
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
    assert "500 people are new." in done
    assert "data-every" not in done
    assert "A list is being taken in" not in hr.get("/people").text
    assert session.scalars(select(HandedList)).one().people == b""


def test_a_long_list_is_read_by_the_worker_while_its_page_follows(app: Flask, hr: FlaskClient) -> None:
    address = chosen(hr, wrong="x,石田,次郎,,not-a-mail,sales\n")

    waiting = hr.get(address).text
    work(app)
    read = hr.get(address).text

    assert "The list waits until other work is done." in waiting
    assert 'data-every="1000"' in waiting
    assert "<strong>500</strong> <span>new</span>" in read
    assert "Import only the 500 good rows" in read
    assert "“not-a-mail” is not a mail address." in read
    assert "and 475 more" in read
    assert len(read) < 40_000
    errors = hr.post("/people/import/errors", data=hidden(read))
    assert load_workbook(io.BytesIO(errors.data)).active["E2"].value == "not-a-mail"  # type: ignore[index]


def test_a_long_list_is_read_again_with_other_answers(app: Flask, hr: FlaskClient) -> None:
    page = checked(app, hr)

    again = hr.post("/people/import/check", data=hidden(page) | {"column: kana": Meaning.IGNORE})
    work(app)

    kana = hr.get(again.location).text.partition('name="column: kana"')[2].partition("</select>")[0]
    assert re.findall(r'value="([^"]*)" selected', kana) == [Meaning.IGNORE]


def test_a_long_list_that_nobody_takes_in_is_forgotten_after_a_day(
    app: Flask, hr: FlaskClient, session: Session
) -> None:
    page = checked(app, hr)
    address = f"/people/import/{hidden(page)['list']}"

    work(app, lists_handed.KEPT)

    kept = session.scalars(select(HandedList)).one()
    assert (kept.people, kept.departments, kept.shown) == (b"", b"", None)
    assert "It was kept for a day and is forgotten now." in hr.get(address).text
    late = pressed(hr, page)
    assert (late.status_code, "it is not kept any more" in late.text) == (422, True)


def test_pressing_twice_takes_a_long_list_in_once(app: Flask, hr: FlaskClient, session: Session) -> None:
    page = checked(app, hr)

    first, second = pressed(hr, page), pressed(hr, page)

    assert (first.status_code, second.status_code) == (303, 422)
    assert "This list is taken in already" in second.text
    assert session.scalars(select(func.count()).select_from(Job).where(Job.kind == JobKind.IMPORT)).one() == 1


def test_a_long_list_that_would_change_very_many_is_asked_about_before_it_is_taken_in(
    app: Flask, hr: FlaskClient, session: Session
) -> None:
    for number in range(12):
        factories.person(f"e{number}", kana="コウノ")
    session.commit()

    page = checked(app, hr)
    braked = pressed(hr, page)
    sure = hr.post("/people/import", data=hidden(page) | {"sure": "yes"})

    assert braked.status_code == 422
    assert "Is it the right list?" in braked.text
    assert (sure.status_code, session.scalars(select(HandedList)).one().sure) == (303, True)


def test_a_list_that_the_worker_cannot_take_in_changes_nothing_and_says_why(app: Flask, hr: FlaskClient) -> None:
    with app.app_context():
        handed = lists_handed.hand_over("x.csv", b"\x00" * 9, b"", {}, None, datetime.now(UTC))
        db.session.commit()
        id = handed.id

    work(app)

    page = hr.get(f"/people/import/{id}").text
    with app.app_context():
        job = db.session.scalars(select(Job).where(Job.kind == JobKind.CHECK)).one()
        assert (job.state, job.error != "") == (JobState.FAILED, True)
    assert "The list was not taken in, and nothing was changed." in page
    assert "finds the reason in its log" not in page
