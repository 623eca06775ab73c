"""The mails of a round on HR's pages: looked at, found by name, copied, paused, and left out for a few."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.models import Letter, LetterState
from tests.conftest import settings
from tests.visiting.test_invitations import Visit, letters_to

DEAD = "x" * 27


def shown(session: Session) -> Visit:
    visit = Visit()
    session.commit()
    return visit


def test_the_mail_stands_on_the_page_as_it_looks(hr: FlaskClient, session: Session) -> None:
    visit = shown(session)
    page = hr.get(f"/rounds/{visit.round.id}/publish?person={visit.guest.id}").text

    source = re.search(r'<iframe [^>]*src="([^"]+)"', page)
    assert source
    mail = hr.get(source[1].replace("&amp;", "&"))

    assert mail.status_code == 200
    assert "<h1" in mail.text
    assert DEAD in mail.text
    policy = mail.headers["Content-Security-Policy"]
    assert ("sandbox" in policy, "frame-ancestors 'self'" in policy, "script" in policy) == (True, True, False)
    assert "frame-ancestors 'none'" in hr.get(f"/rounds/{visit.round.id}").headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, ""),
        ({"mail_server": "mail.example.org"}, "Sending takes less than a minute."),
        ({"mail_server": "mail.example.org", "mail_per_second": 0.01}, "Sending takes about 3 minutes."),
        (
            {"mail_server": "mail.example.org", "mail_hours": "8-19"},
            "Sending takes less than a minute. Outside working hours most mails wait for the next morning of their reader.",
        ),
    ],
)
def test_how_long_the_sending_takes_is_said_where_mails_are_sent(
    app: Flask, hr: FlaskClient, session: Session, tmp_path: Path, given: dict[str, object], said: str
) -> None:
    visit = shown(session)
    app.extensions["settings"] = settings(tmp_path, **given)

    page = hr.get(f"/rounds/{visit.round.id}/publish").text

    assert re.findall(r'<p class="soft">(Sending [^<]+|[^<]*Outside[^<]+)</p>', page) == [said] * bool(said)


def test_where_a_mail_is_not_there_any_more_the_round_is_shown(hr: FlaskClient, session: Session) -> None:
    visit = shown(session)
    base = f"/rounds/{visit.round.id}/mailing"

    gone = [hr.get(f"{base}?{rest}").status_code for rest in ("", f"what=publish&person={visit.guest.id}&number=7")]
    assert gone == [303, 303]


@pytest.mark.parametrize("server", ["", "mail.example"])
def test_a_copy_goes_to_whoever_pressed_and_is_shown_where_no_mail_leaves(
    app: Flask, hr: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch, server: str
) -> None:
    visit = shown(session)
    sending = app.extensions["settings"].model_copy(update={"mail_server": server})
    monkeypatch.setitem(app.extensions, "settings", sending)

    answer = hr.post(
        f"/rounds/{visit.round.id}/mailing/send-to-me",
        data={"what": "publish", "person": visit.guest.id},
        follow_redirects=True,
    )

    copy = session.scalars(select(Letter)).one()
    assert copy.copy_for != copy.address == visit.guest.email
    told = "A copy goes to" if server else "No mail server is set up, so no mail leaves: this is the copy"
    assert told in answer.text
    assert answer.request.path == (f"/rounds/{visit.round.id}/publish" if server else f"/letters/{copy.id}")


def test_a_copy_among_the_sent_mails_is_nobody_elses_mail(hr: FlaskClient, session: Session) -> None:
    visit = Visit().told()
    letter = letters_to(visit.guest)[0]
    session.commit()
    page = hr.post(f"/letters/{letter.id}/send-to-me", follow_redirects=True)
    copy = letters_to(visit.guest)[-1]

    assert page.request.path == f"/letters/{copy.id}"
    assert DEAD in hr.get(f"/letters/{copy.id}/mail").text
    mailings, found = hr.get("/letters").text, hr.get(f"/letters?name={visit.guest.email}").text
    said = f"A copy for {copy.copy_for}"
    assert (mailings.count(said), found.count(said)) == (1, 1)
    assert f'href="/letters/{copy.id}"' in mailings
    assert f'href="/letters/{letter.id}"' not in mailings


def test_a_sent_mail_is_shown_and_copied_without_a_working_link(hr: FlaskClient, session: Session) -> None:
    visit = Visit().told()
    letter = letters_to(visit.guest)[0]
    session.commit()

    pages = [hr.get(f"/letters/{letter.id}{end}").text for end in ("", "/mail")]
    hr.post(f"/letters/{letter.id}/send-to-me")

    assert all(DEAD in page for page in pages)
    assert [one.copy_for != "" for one in letters_to(visit.guest)] == [False, True]


def test_who_is_ticked_is_left_without_mail_and_sent_it_later(hr: FlaskClient, session: Session) -> None:
    visit = shown(session)
    page = hr.get(f"/rounds/{visit.round.id}/publish?without={visit.guest.id}")
    assert page.text.count("<legend>Publish without mail for</legend>") == 1
    assert "Publish and send 1 mail" in page.text
    form = dict(re.findall(r'name="(version|stamp|without)" value="([^"]*)"', page.text.split("Publish and send 1")[0]))

    hr.post(f"/rounds/{visit.round.id}/publish", data=form)

    session.expire_all()
    assert [letter.state for letter in letters_to(visit.guest)] == [LetterState.HELD]
    assert "1 mail was held back" in hr.get(f"/rounds/{visit.round.id}").text
    hr.post(f"/rounds/{visit.round.id}/mail/release")
    session.expire_all()
    assert [letter.state for letter in letters_to(visit.guest)] == [LetterState.READY]


def test_the_mails_of_a_round_are_paused_and_go_on(hr: FlaskClient, session: Session) -> None:
    visit = Visit()
    visit.tell()
    session.commit()
    pages = (f"/rounds/{visit.round.id}", f"/letters?round={visit.round.id}")
    assert all("Pause the mails" in hr.get(page).text for page in pages)

    back = hr.post(f"/rounds/{visit.round.id}/mail/pause", data={"page": "letters"})

    assert back.location == f"/letters?round={visit.round.id}"
    assert all("Let the mails go on" in hr.get(page).text for page in pages)
    hr.post(f"/rounds/{visit.round.id}/mail/resume")
    assert all("Pause the mails" in hr.get(page).text for page in pages)
