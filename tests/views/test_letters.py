"""The sent-mail pages: HR finds every mail, reads it as it goes out, and cannot sign in as a colleague with it."""

import email
import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.extensions import db
from shadowing.mail import letters, links, outbox
from shadowing.models import Guest, Letter, LetterState, Person, SignInKey
from shadowing.views import auth
from tests import factories as make
from tests.factories import NOW
from tests.journeys.browser import Reader
from tests.views.conftest import statements
from tests.visiting.test_invitations import Visit, letters_to


def text_of(page: str) -> str:
    """What is read on a page, with a bar before each row of a list."""
    words = re.sub(r"<li( [^>]*)?>", "|", page.partition("<main")[2])
    return html.unescape(re.sub(r"<[^>]+>", " ", words))


def asked(count: int = 1) -> list[Letter]:
    round = make.round_()
    return [letters.ask([make.guest(round)], NOW)[0] for _ in range(count)]


def test_equal_mails_of_a_day_are_one_row_that_counts_what_became_of_them(hr: FlaskClient, session: Session) -> None:
    round = make.round_()
    written = [letters.ask([make.guest(round)], NOW)[0] for _ in range(6)]
    states = (LetterState.SENT, LetterState.SENT, LetterState.UNKNOWN, LetterState.HELD, LetterState.SUPERSEDED)
    for letter, state in zip(written, states, strict=False):
        letter.state = state
    alone = make.guest(round, make.person("alone", display_name="Person alone"))
    letters.nudge([alone], NOW)[0].state = LetterState.SENT
    session.commit()

    rows = [" ".join(row.split()) for row in text_of(hr.get("/letters").text).split("|")]

    assert [row for row in rows if "12:00" in row] == [
        f"Question for wishes and times , Tue 1 Dec 2026 12:00 {round.title} "
        "6 mails sent 2 · waiting 1 · held back 1 · not arrived 1 · needed no more 1",
        f"Reminder , Tue 1 Dec 2026 12:00 Person alone {round.title} 1 mail sent",
    ]


def test_a_mailing_opens_the_list_of_its_mails(hr: FlaskClient, session: Session) -> None:
    first, second = asked()[0], asked()[0]
    session.commit()

    mailing = f'/letters?kind=ask&amp;day=2026-12-01&amp;round={first.round_id}"'
    assert mailing in hr.get("/letters").text
    page = hr.get(mailing.replace("&amp;", "&").removesuffix('"')).text

    assert first.address in page
    assert second.address not in page


def test_what_did_not_arrive_stands_on_top_until_it_would_come_too_late(hr: FlaskClient, session: Session) -> None:
    refused, late = lost(error="550 5.1.1 No such user"), lost()
    late.expires_at = datetime.now(UTC) - timedelta(days=1)
    session.commit()

    page = hr.get("/letters").text

    for words in (refused.address, "550 5.1.1 No such user", f'href="/letters/{refused.id}#mend"'):
        assert words in page
    assert late.address not in page


def test_a_mail_is_found_by_a_readers_name_however_it_is_typed(hr: FlaskClient, session: Session) -> None:
    round = make.round_()
    takahashi = make.person(family_name="髙橋", given_name="由美子", kana="タカハシ ユミコ", display_name="髙橋 由美子")
    found, other = (letters.ask([make.guest(round, one)], NOW)[0] for one in (takahashi, make.person("other")))
    other.address = "somewhere-else@example.org"
    session.commit()

    def seen(typed: str) -> list[Letter]:
        page = hr.get("/letters", query_string={"name": typed}).text
        return [letter for letter in (found, other) if letter.address in page]

    assert [seen(typed) for typed in ("髙橋", "たかはし　ゆみこ", "ﾀｶﾊｼ", "SOMEWHERE-else")] == [[found]] * 3 + [
        [other]
    ]
    assert seen("nobody of this name") == []


def test_the_list_is_filtered_by_round_and_state(hr: FlaskClient, session: Session) -> None:
    first, second, third = asked()[0], asked()[0], asked()[0]
    second.state, third.state = LetterState.SENT, LetterState.GAVE_UP
    session.commit()

    def seen(query: str) -> list[str]:
        page = hr.get(f"/letters?{query}").text
        return [letter.address for letter in (first, second, third) if letter.address in page]

    assert seen("state=sent") == [second.address]
    assert seen("state=lost") == [third.address]
    assert seen(f"state=ready&round={first.round_id}") == [first.address]
    assert seen(f"state=ready&round={second.round_id}") == []
    assert hr.get("/letters?state=nonsense&kind=x&day=yesterday").status_code == 200


@pytest.mark.parametrize("path", ["/letters", "/letters?state=ready"])
def test_the_list_takes_the_same_statements_for_one_mail_and_for_three(
    hr: FlaskClient, session: Session, path: str
) -> None:
    asked()
    session.commit()
    with statements() as one:
        hr.get(path)
    asked(2)
    session.commit()
    with statements() as three:
        hr.get(path)

    assert len(three) == len(one)


def test_the_list_is_turned_over_after_twenty_five(hr: FlaskClient, session: Session) -> None:
    for _ in range(26):
        asked()
    session.commit()

    pages = [
        hr.get(f"/letters{query}").text for query in ("", "?page=2", "?page=99", "?state=ready", "?state=ready&page=2")
    ]

    assert [page.count("<li data-state") + page.count('class="m num"') for page in pages] == [25, 1, 1, 25, 1]


def test_a_mail_is_shown_with_its_text_and_its_calendar_entry(hr: FlaskClient, session: Session) -> None:
    visit = Visit()
    visit.tell()
    letter = letters_to(visit.guest)[0]
    session.commit()

    page = hr.get(f"/letters/{letter.id}").text

    for words in ("Your visit is settled", "SUMMARY", "METHOD", make.revision_of(letter).uid, "shadowing@example.org"):
        assert words in page


def test_the_file_is_the_very_mail_but_for_the_readers_own_link(app: Flask, hr: FlaskClient, session: Session) -> None:
    letter = asked()[0]
    session.commit()

    answer = hr.get(f"/letters/{letter.id}.eml")

    assert answer.data == outbox.to_bytes(letter, app.extensions["settings"], shown=True)
    assert answer.mimetype == "message/rfc822"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="letter-{letter.id}.eml"'


def test_hr_sees_no_link_that_works(app: Flask, hr: FlaskClient, session: Session) -> None:
    letter = asked()[0]
    session.commit()
    settings = app.extensions["settings"]
    token = links_in(outbox.to_bytes(letter, settings))[0]

    pages = hr.get(f"/letters/{letter.id}").text, hr.get(f"/letters/{letter.id}.eml").data
    shown = re.findall(r"/my/([\w.-]+)", pages[0])

    assert auth.read_link(token, NOW)
    assert shown
    assert {*shown, *links_in(pages[1])} == {links.dead(token)}
    assert hr.get(f"/my/{shown[0]}").status_code == 410


@pytest.mark.parametrize("of_visit", [False, True])
def test_a_shown_mail_differs_in_nothing_but_the_link(app: Flask, session: Session, of_visit: bool) -> None:
    visit = Visit()
    visit.tell()
    letter = letters_to(visit.guest)[0] if of_visit else asked()[0]
    session.commit()
    settings = app.extensions["settings"]

    real, shown = (parts_of(outbox.to_bytes(letter, settings, shown=shown)) for shown in (False, True))
    tokens = {token for _, content in real for token in re.findall(rb"/my/([\w.-]+)", content)}

    assert len(tokens) == 1
    token = tokens.pop()
    dead = links.dead(token.decode()).encode()
    assert [(headers, content.replace(token, dead)) for headers, content in real] == shown
    assert len(outbox.to_bytes(letter, settings)) == len(outbox.to_bytes(letter, settings, shown=True))


def parts_of(mail: bytes) -> list[tuple[list[tuple[str, str]], bytes]]:
    """Headers and content of each part, as they stand on the wire and behind it."""
    message = email.message_from_bytes(mail)
    return [(part.items(), bytes(part.get_payload(decode=True) or b"")) for part in message.walk()]


def links_in(mail: bytes) -> list[str]:
    return [token.decode() for _, content in parts_of(mail) for token in re.findall(rb"/my/([\w.-]+)", content)]


def test_nobody_reads_a_colleagues_link_to_sign_in(hr: FlaskClient, session: Session) -> None:
    key = SignInKey(person=make.person(hr=True), hash="h", expires_at=NOW + timedelta(minutes=10))
    session.add(key)
    session.flush()
    letter = letters.sign_in(key, NOW)
    session.commit()

    assert "/sign-in/" not in hr.get(f"/letters/{letter.id}").text
    assert hr.get(f"/letters/{letter.id}.eml").status_code == 404


@pytest.mark.parametrize("round", ["x", "99999999999999999999", "%00"])
def test_a_round_that_is_no_number_filters_nothing(hr: FlaskClient, round: str) -> None:
    assert hr.get(f"/letters?round={round}").status_code == 200


def test_a_mail_that_is_not_there_is_not_found(hr: FlaskClient) -> None:
    assert (hr.get("/letters/999").status_code, hr.get("/letters/999.eml").status_code) == (404, 404)


@pytest.mark.parametrize("ending", ["", "/1", "/1.eml"])
def test_strangers_see_no_mail(client: FlaskClient, session: Session, ending: str) -> None:
    letter = asked()[0]
    session.commit()

    answer = client.get(f"/letters{ending}".replace("1", str(letter.id)))

    assert answer.status_code == 303
    assert letter.address not in answer.text


def lost(**facts: object) -> Letter:
    letter = asked()[0]
    for name, value in (
        {"state": LetterState.UNDELIVERABLE, "done_at": NOW, "error": "550 No such user"} | facts
    ).items():
        setattr(letter, name, value)
    letter.expires_at = datetime.now(UTC) + timedelta(days=9)
    db.session.commit()
    return letter


def test_a_mail_that_did_not_arrive_says_what_each_button_does_and_goes_again(
    hr: FlaskClient, session: Session
) -> None:
    letter = lost()
    reader = Reader(hr)
    page = reader.open(f"/letters/{letter.id}")
    assert f"the same mail goes to {letter.address} once more" in page
    assert "1 mail that has not arrived goes there." in page

    page = reader.press(f"/letters/{letter.id}/send-again")

    assert f"The mail goes again to {letter.address}." in page
    session.refresh(letter)
    assert (letter.state, letter.done_at) == (LetterState.READY, None)
    assert "Send again" not in page


def test_hr_corrects_the_address_and_the_mail_goes_there(hr: FlaskClient, session: Session) -> None:
    letter = lost()
    reader = Reader(hr)
    reader.open(f"/letters/{letter.id}")

    page = reader.press(f"/letters/{letter.id}/address", address=" right@example.org ")

    assert "The mail address is now right@example.org." in page
    assert "1 mail goes there." in page
    session.refresh(letter)
    assert (letter.address, letter.person.email) == ("right@example.org",) * 2


def test_a_corrected_address_can_be_changed_again_on_the_page_of_the_person(hr: FlaskClient, session: Session) -> None:
    letter, reader = lost(), Reader(hr)
    person = letter.person
    page = reader.open(f"/letters/{letter.id}")
    reader.press(f"/letters/{letter.id}/address", address="right@example.org")

    reader.open(f"/people/{person.id}/edit")
    reader.press(f"/people/{person.id}/edit", email="again@example.org")

    session.refresh(person)
    assert "You can change it again on the page of this person." in page
    assert person.email == "again@example.org"


@pytest.mark.parametrize(
    ("typed", "words"),
    [("right@", "is not a mail address"), ("", "is not a mail address"), ("HANAKO@example.org", "belongs to hanako")],
)
def test_a_wrong_address_is_refused_on_the_page_with_what_was_typed(
    hr: FlaskClient, session: Session, typed: str, words: str
) -> None:
    letter = lost()
    before = letter.person.email
    reader = Reader(hr)
    reader.open(f"/letters/{letter.id}")

    page = reader.press(f"/letters/{letter.id}/address", status=422, address=typed)

    assert words in page
    assert f'value="{typed}"' in page
    session.refresh(letter.person)
    assert letter.person.email == before


def test_a_visit_in_the_old_calendar_leads_to_the_change_that_is_to_be_published(
    hr: FlaskClient, session: Session
) -> None:
    visit = Visit().told()
    letter = letters.ask([session.scalars(select(Guest).where(Guest.person_id == visit.guest.id)).one()], NOW)[0]
    letter.state, letter.done_at, letter.error = LetterState.UNDELIVERABLE, NOW, "550 No such user"
    letter.expires_at = datetime.now(UTC) + timedelta(days=9)
    session.commit()
    reader = Reader(hr)
    assert "1 visit stands in the calendar of the old address already" in reader.open(f"/letters/{letter.id}")

    page = reader.press(f"/letters/{letter.id}/address", address="right@example.org")

    assert reader.page.request.path == f"/rounds/{visit.round.id}/publish"
    assert "Publish this change to tell both addresses." in page


def test_a_mail_that_is_too_late_says_so_and_offers_no_button(hr: FlaskClient, session: Session) -> None:
    letter = lost()
    letter.expires_at = datetime.now(UTC) - timedelta(days=1)
    session.commit()

    page = hr.get(f"/letters/{letter.id}").text

    assert "It cannot be sent again." in page
    assert "send-again" not in page
    assert hr.post(f"/letters/{letter.id}/send-again").status_code == 422


def test_the_page_speaks_japanese(hr: FlaskClient, session: Session) -> None:
    letter = lost()
    session.scalars(select(Person).where(Person.hr)).one().locale = "ja"
    session.commit()

    page = Reader(hr, "ja").open(f"/letters/{letter.id}")

    assert "アドレスを直して送る" in page
    assert "もう一度送る" in page


def test_letters_delayed_for_their_own_address_are_counted_and_raise_no_banner(
    hr: FlaskClient, session: Session
) -> None:
    for letter in asked(3):
        letter.error, letter.attempts, letter.due_at = outbox.CUT, 2, datetime.now(UTC) + timedelta(hours=1)
    session.commit()

    page = hr.get("/letters").text

    assert "3 mails wait because of their own address or content" in page
    assert "cannot be reached" not in page
    assert outbox.CUT in hr.get("/letters?state=ready").text


def test_a_server_that_is_away_is_a_banner_and_no_letters_own_trouble(hr: FlaskClient, session: Session) -> None:
    for letter in asked(3):
        letter.error, letter.due_at = outbox.UNREACHABLE, datetime.now(UTC) + timedelta(minutes=1)
    session.commit()

    page = hr.get("/letters").text

    assert 'role="alert">The mail server cannot be reached.' in page
    assert "because of their own address" not in page


def test_where_no_mail_was_ever_written_the_page_leads_on(hr: FlaskClient) -> None:
    page = hr.get("/letters").text

    assert "No mail has been written yet." in page
    assert 'role="search"' not in page
    assert "No mail has been written yet." not in hr.get("/letters?state=ready").text
