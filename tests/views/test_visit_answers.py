"""A no, another time, and taking back: what only a person does, with a script and without one."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from shadowing.models import Answer, AnswerWay, AnswerWhy, GivenAnswer, GivenState, Letter, LetterKind, Pairing, Role
from shadowing.visiting import seals
from tests.conftest import SECRET
from tests.factories import NOW, at
from tests.views.conftest import Digest
from tests.views.test_answers import my
from tests.views.test_visits import invitation, published

FETCH = {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}
DAY = "19"  # the visit is on Tuesday, 19 January


@pytest.fixture
def pairing(session: Session) -> Pairing:
    return published(session)


@pytest.fixture
def mine(session: Session, pairing: Pairing) -> str:
    return my(pairing.guest.person, pairing.guest.round, f"/visits/{invitation(session).id}")


def rows(session: Session) -> list[GivenAnswer]:
    session.expire_all()
    return list(session.scalars(select(GivenAnswer).order_by(GivenAnswer.id)))


def heard(session: Session) -> list[Letter]:
    session.expire_all()
    return list(session.scalars(select(Letter).where(Letter.kind == LetterKind.ANSWER_HEARD)))


def declined(client: FlaskClient, mine: str, **form: Any) -> TestResponse:
    return client.post(f"{mine}/decline", data={"why": "ill", "day": DAY} | form)


def test_a_no_with_its_reason_and_the_day_typed_is_kept(client: FlaskClient, session: Session, mine: str) -> None:
    answer = declined(client, mine, words="髙橋さんに申し訳ない 🙇")

    [row] = rows(session)
    assert (answer.status_code, invitation(session).answer) == (303, Answer.NO)
    assert (row.way, row.why, row.comment) == (AnswerWay.PAGE, AnswerWhy.ILL, "髙橋さんに申し訳ない 🙇")
    assert "You said that you cannot make it." in client.get(mine.rpartition("/")[0]).text


@pytest.mark.parametrize("typed", ["19", "１９", "19日", " １９日 "])
def test_the_day_is_understood_however_it_is_typed(
    client: FlaskClient, session: Session, mine: str, typed: str
) -> None:
    declined(client, mine, day=typed)

    assert invitation(session).answer is Answer.NO


def test_a_seal_that_the_script_fetched_stands_for_the_day(client: FlaskClient, session: Session, mine: str) -> None:
    seal = client.post(f"{mine}/seal", headers=FETCH).text

    declined(client, mine, day="", seal=seal)

    assert invitation(session).answer is Answer.NO


@pytest.mark.parametrize(
    "headers",
    [
        {},
        FETCH | {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
        FETCH | {"Sec-Fetch-Mode": "no-cors"},
        FETCH | {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_seal_is_for_the_script_of_our_own_page_alone(
    client: FlaskClient, mine: str, headers: dict[str, str]
) -> None:
    assert client.post(f"{mine}/seal", headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"why": ""}, "Please choose why."),
        ({"why": "moved"}, "Please choose why."),  # a reason of hosts
        ({"day": ""}, "Please type the day of the month of this visit."),
        ({"day": "18"}, "Please type the day of the month of this visit."),
        ({"day": "", "seal": "WzEsMCwxXQ.forged"}, "Please type the day of the month of this visit."),
        ({"words": "x" * 2001}, "This text has more than 2000 characters."),
    ],
)
def test_a_no_that_lacks_something_is_refused_and_says_what(
    client: FlaskClient, session: Session, mine: str, form: dict[str, str], sentence: str
) -> None:
    answer = declined(client, mine, **form)

    assert (answer.status_code, invitation(session).answer, heard(session)) == (422, Answer.NONE, [])
    assert sentence in answer.text


def test_a_seal_is_good_for_half_an_hour_for_one_visit_and_for_one_answer(
    client: FlaskClient, session: Session, pairing: Pairing, mine: str
) -> None:
    guest, host = invitation(session), invitation(session, Role.HOST)
    made = seals.seal(SECRET, guest, NOW)

    good = [
        seals.holds(SECRET, made, guest, NOW + timedelta(minutes=29)),
        seals.holds(SECRET, made, guest, NOW + timedelta(minutes=31)),
        seals.holds(SECRET, made, guest, NOW - timedelta(minutes=1)),
        seals.holds(SECRET, made, host, NOW),
        seals.holds("x" * 32, made, guest, NOW),
    ]
    declined(client, mine)

    assert good == [True, False, False, False, False]
    assert not seals.holds(SECRET, made, invitation(session), NOW)


def test_another_time_is_heard_and_changes_no_answer(client: FlaskClient, session: Session, mine: str) -> None:
    client.post(f"{mine.rpartition('/')[0]}/{invitation(session).id}/answer", data={"answer": "yes"})

    answer = client.post(f"{mine}/another-time", data={"on": "2027-01-20", "begins": "14:00", "day": DAY})

    row = rows(session)[-1]
    assert (answer.status_code, invitation(session).answer) == (303, Answer.YES)
    assert row.another_time
    assert (row.another_time.starts_at, row.another_time.ends_at) == (at(2, 14), at(2, 15))
    assert "You asked for Wed 20 Jan 2027, 14:00–15:00 instead." in client.get(mine.rpartition("/")[0]).text


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"on": "", "begins": ""}, "This must not be empty."),
        ({"day": ""}, "Please type the day of the month of this visit."),
        ({"on": "2027-03-20"}, "Please choose a day of it."),
        ({"on": "2020-01-20"}, "This time is past."),
        ({"on": "soon"}, "“soon” is not a date."),
    ],
)
def test_another_time_that_cannot_be_is_refused(
    client: FlaskClient, session: Session, mine: str, form: dict[str, str], sentence: str
) -> None:
    answer = client.post(f"{mine}/another-time", data={"on": "2027-01-20", "begins": "14:00", "day": DAY} | form)

    assert (answer.status_code, rows(session)) == (422, [])
    assert sentence in answer.text


def test_an_acceptance_is_taken_back_in_one_press(client: FlaskClient, session: Session, mine: str) -> None:
    client.post(f"{mine}/answer", data={"answer": "yes"})

    answer = client.post(f"{mine}/undo")

    assert (answer.status_code, invitation(session).answer) == (303, Answer.NONE)
    assert [(row.way, row.state) for row in rows(session)] == [(AnswerWay.PAGE, GivenState.UNDONE)]


def test_a_no_is_taken_back_and_what_was_said_before_counts_again(
    client: FlaskClient, session: Session, mine: str
) -> None:
    client.post(f"{mine}/answer", data={"answer": "yes"})
    declined(client, mine)

    answer = client.post(f"{mine}/undo", data={"sure": "yes", "day": DAY})

    assert (answer.status_code, invitation(session).answer) == (303, Answer.YES)
    assert [row.state for row in rows(session)] == [GivenState.STANDS, GivenState.UNDONE]


@pytest.mark.parametrize("form", [{}, {"sure": "yes"}, {"day": DAY}])
def test_a_no_is_not_taken_back_by_a_press_alone(
    client: FlaskClient, session: Session, mine: str, form: dict[str, str]
) -> None:
    declined(client, mine)

    answers = [client.post(f"{mine}/undo", data=form), client.post(f"{mine}/answer", data={"answer": "yes"})]

    assert [one.status_code for one in answers] == [422, 422]
    assert invitation(session).answer is Answer.NO


def test_where_the_seat_was_given_away_the_refusal_says_so_and_names_the_contact(
    client: FlaskClient, session: Session, pairing: Pairing, mine: str
) -> None:
    declined(client, mine)
    pairing.guest.round.coordinator = pairing.slot.opening.hosts[0].person
    session.delete(pairing)
    session.commit()

    pages = [client.get(f"{mine}/undo"), client.post(f"{mine}/undo", data={"sure": "yes", "day": DAY})]

    for page in pages:
        assert page.status_code == 422
        assert "Your seat has been given away meanwhile" in page.text
        assert "host@example.org" in page.text
    assert invitation(session).answer is Answer.NO


def test_an_answer_to_a_cancelled_visit_is_refused_kindly(client: FlaskClient, session: Session, mine: str) -> None:
    invitation(session).cancelled_at = NOW
    session.commit()

    answers = [
        client.post(f"{mine}/answer", data={"answer": "yes"}),
        client.get(f"{mine}/decline"),
        declined(client, mine),
    ]

    for answer in answers:
        assert answer.status_code == 422
        assert "This visit does not take place any more." in answer.text
        assert f'href="{mine.rpartition("/")[0]}"' in answer.text


def test_looking_at_the_pages_that_ask_changes_nothing(
    client: FlaskClient, session: Session, mine: str, digest: Digest
) -> None:
    declined(client, mine)
    before = digest()

    for page in ("decline", "another-time", "undo"):
        for method in ("GET", "HEAD"):
            assert client.open(f"{mine}/{page}", method=method).status_code == 200

    assert digest() == before


def test_no_log_holds_what_opens_a_page(app: Flask, mine: str, caplog: pytest.LogCaptureFixture) -> None:
    token = mine.split("/")[2]

    with app.test_request_context(mine), caplog.at_level("INFO"):
        app.log_exception((None, None, None))
        logging.getLogger("werkzeug").info('%s "%s" %s', "127.0.0.1", f"GET {mine}/undo HTTP/1.1", 200)

    assert token not in caplog.text
    assert "/my/…/visits" in caplog.text


def test_no_page_of_a_person_tells_another_site_where_it_was(client: FlaskClient, mine: str) -> None:
    page = client.get(f"{mine}/decline")

    assert (page.headers["Referrer-Policy"], page.headers["Cache-Control"]) == ("no-referrer", "no-store")
