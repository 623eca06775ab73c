"""The sent-mail pages: HR finds every mail, reads it as it goes out, and cannot sign in as a colleague with it."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from shadowing import letters, outbox
from shadowing.models import Letter, LetterState, SignInKey
from tests import factories as make
from tests.factories import NOW
from tests.test_invitations import Visit, letters_to
from tests.views.conftest import statements


def asked(count: int = 1) -> list[Letter]:
    round = make.round_()
    return [letters.ask(make.guest(round), NOW) for _ in range(count)]


def test_the_list_shows_to_whom_what_went_and_how(hr: FlaskClient, session: Session) -> None:
    refused = asked()[0]
    refused.state, refused.error = LetterState.UNDELIVERABLE, "550 5.1.1 No such user"
    session.commit()

    page = hr.get("/letters").text

    for words in (refused.address, "Refused by the mail server", "550 5.1.1 No such user", "1 mail"):
        assert words in page


def test_the_list_is_filtered_by_round_and_state(hr: FlaskClient, session: Session) -> None:
    first, second = asked()[0], asked()[0]
    second.state = LetterState.SENT
    session.commit()

    def seen(query: str) -> list[str]:
        page = hr.get(f"/letters?{query}").text
        return [letter.address for letter in (first, second) if letter.address in page]

    assert seen("") == [first.address, second.address]
    assert seen(f"round={first.round_id}") == [first.address]
    assert seen("state=sent") == [second.address]
    assert seen("state=nonsense") == [first.address, second.address]


def test_the_list_takes_the_same_statements_for_one_mail_and_for_three(hr: FlaskClient, session: Session) -> None:
    asked()
    session.commit()
    with statements() as one:
        hr.get("/letters")
    asked(2)
    session.commit()
    with statements() as three:
        hr.get("/letters")

    assert len(three) == len(one)


def test_a_mail_is_shown_with_its_text_and_its_calendar_entry(hr: FlaskClient, session: Session) -> None:
    visit = Visit()
    visit.tell()
    letter = letters_to(visit.guest)[0]
    session.commit()

    page = hr.get(f"/letters/{letter.id}").text

    for words in ("Your visit in", "SUMMARY", "METHOD", letter.facts["uid"], "shadowing@example.org"):
        assert words in page


def test_the_file_is_the_very_mail(app: Flask, hr: FlaskClient, session: Session) -> None:
    letter = asked()[0]
    session.commit()

    answer = hr.get(f"/letters/{letter.id}.eml")

    assert answer.data == outbox.to_bytes(letter, app.extensions["settings"])
    assert answer.mimetype == "message/rfc822"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="letter-{letter.id}.eml"'


def test_nobody_reads_a_colleagues_link_to_sign_in(hr: FlaskClient, session: Session) -> None:
    key = SignInKey(person=make.person(hr=True), hash="h", expires_at=NOW + timedelta(minutes=10))
    session.add(key)
    session.flush()
    letter = letters.sign_in(key, NOW)
    session.commit()

    assert "/sign-in/" not in hr.get(f"/letters/{letter.id}").text
    assert hr.get(f"/letters/{letter.id}.eml").status_code == 404


def test_a_mail_that_is_not_there_is_not_found(hr: FlaskClient) -> None:
    assert (hr.get("/letters/999").status_code, hr.get("/letters/999.eml").status_code) == (404, 404)


@pytest.mark.parametrize("ending", ["", "/1", "/1.eml"])
def test_strangers_see_no_mail(client: FlaskClient, session: Session, ending: str) -> None:
    letter = asked()[0]
    session.commit()

    answer = client.get(f"/letters{ending}".replace("1", str(letter.id)))

    assert answer.status_code == 303
    assert letter.address not in answer.text
