"""The invitation doctor, as HR meets it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shadowing.cli import doctor
from shadowing.models import CheckUp, DomainRecords, Invitation, Letter, LetterState, LookedUp, MailBack, Person
from tests import factories as make
from tests.factories import NOW
from tests.visiting.test_invitations import Visit

HARMFUL = "<script>alert('髙')</script> ' \" & {{ 7 * 7 }} %(x)s"
BACK = MailBack(received_at=NOW, sender="o'brien@example.net", passed=False, written_at=None)


def hanako(session: Session) -> Person:
    return session.scalars(select(Person).where(Person.code == "hanako")).one()


def checks(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(CheckUp)) or 0


def test_hr_sends_a_test_invitation_and_comes_to_its_page(hr: FlaskClient, session: Session) -> None:
    answer = hr.post("/doctor", data={"address": " ｏ'brien@example.net ", "selector": ""}, follow_redirects=True)

    letter = session.scalars(select(Letter)).one()
    assert (letter.address, letter.state) == ("o'brien@example.net", LetterState.READY)
    assert answer.request.path == f"/doctor/{session.scalars(select(CheckUp.id)).one()}"
    assert "Test invitation" in answer.text
    assert "No mail server is set, so no mail leaves the house." in answer.text
    assert "Set SHADOWING_MAIL_SERVER" in answer.text


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"address": "nobody"}, "is not a mail address"),
        ({"address": "a@example.net", "selector": "two words"}, "is not a DKIM selector"),
        ({"address": "a@example.net", "selector": "a..b"}, "is not a DKIM selector"),
        ({"address": "shadowing@example.org"}, "cannot be invited"),
    ],
)
def test_what_cannot_be_tested_is_said_on_the_page(
    form: dict[str, str], sentence: str, hr: FlaskClient, session: Session
) -> None:
    answer = hr.post("/doctor", data=form)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert form["address"] in answer.text
    assert checks(session) == 0


def test_the_page_names_what_was_seen_what_is_not_known_and_what_is_well(
    app: Flask, hr: FlaskClient, session: Session
) -> None:
    app.extensions["settings"] = app.extensions["settings"].model_copy(
        update={"mail_server": "mail.example.org", "mail_listen": "127.0.0.1:8024"}
    )
    looked = LookedUp(name="example.org", found=(HARMFUL,))
    away = LookedUp(name="_dmarc.example.org", trouble=HARMFUL)
    domain = DomainRecords(mx=looked, hosts=looked, spf=replace(looked, found=()), dmarc=away)
    check = make.check_up(hanako(session), domain=domain, back=(BACK,))
    session.scalars(select(Letter)).one().state = LetterState.SENT
    session.commit()

    page = hr.get(f"/doctor/{check.id}").text

    assert "2 faults were seen" in page
    assert "example.org has no SPF record" in page
    assert "A mail about the test came back without the calendar answer" in page
    assert "Not known yet" in page
    assert "o&#39;brien@example.net" in page
    assert "<script>alert" not in page
    assert "49" not in page.split("<main", 1)[1]


def test_a_press_too_early_is_refused_and_led_back(hr: FlaskClient, session: Session) -> None:
    check = make.check_up(hanako(session))
    session.commit()

    answer = hr.post(f"/doctor/{check.id}/next")

    assert answer.status_code == 422
    assert "The mail before has not left yet. Look again in a minute." in answer.text
    assert f'href="/doctor/{check.id}"' in answer.text


def test_hr_ends_a_check_up_once(hr: FlaskClient, session: Session) -> None:
    check = make.check_up(hanako(session))
    session.commit()

    first = hr.post(f"/doctor/{check.id}/end", follow_redirects=True)
    second = hr.post(f"/doctor/{check.id}/end")

    assert "The check-up is over." in first.text
    assert "Go on without an answer" not in first.text
    assert second.status_code == 409


def test_the_letters_page_leads_to_the_doctor_and_a_test_is_told_from_mails_to_people(
    hr: FlaskClient, session: Session
) -> None:
    check = make.check_up(hanako(session))
    letter = session.scalars(select(Letter)).one()
    letter.state, letter.done_at, letter.error = LetterState.UNDELIVERABLE, NOW, "550 no"
    session.commit()

    page = hr.get("/letters").text
    shown = hr.get(f"/letters/{letter.id}").text

    assert 'href="/doctor"' in page
    assert "Mend and send" not in page
    assert check.mark in shown
    assert "Correct" not in shown


def test_earlier_check_ups_are_listed(hr: FlaskClient, session: Session) -> None:
    check = make.check_up(hanako(session))
    session.commit()

    assert f'href="/doctor/{check.id}"' in hr.get("/doctor").text


def test_an_address_to_which_calendars_still_answer_is_named_until_it_is_heard(
    app: Flask, hr: FlaskClient, session: Session
) -> None:
    former = "rotation@old.example.net"
    visit = Visit()
    visit.slot.starts_at = datetime.now(UTC) + timedelta(days=2)
    visit.slot.ends_at = visit.slot.starts_at + timedelta(hours=1)
    visit.tell(datetime.now(UTC) - timedelta(minutes=5))
    for row in session.scalars(select(Invitation)):
        row.organizer = former
    session.commit()
    settings = app.extensions["settings"]
    assert former not in hr.get("/doctor").text

    heard = settings.model_copy(update={"mail_listen": "127.0.0.1:8024"})
    app.extensions["settings"] = heard
    page = hr.get("/doctor").text
    assert f"Entries of coming visits still name {former}" in page
    assert [one.well for one in doctor.examine(heard, datetime.now(UTC)) if one.name == "former senders"] == [False]

    known = heard.model_copy(update={"mail_from_before": (former,)})
    app.extensions["settings"] = known
    assert f"Answers to former addresses are heard as well: {former}" in hr.get("/doctor").text
    assert [one for one in doctor.examine(known, datetime.now(UTC)) if one.name == "former senders"] == []
