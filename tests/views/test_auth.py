"""Signing in, personal links, and what every answer carries."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shadowing.app import create_app
from shadowing.company import people
from shadowing.extensions import db
from shadowing.mail import links
from shadowing.models import Attempt, Letter, LetterKind, Person, Round, SignIn, SignInKey, Stage
from shadowing.views import auth
from tests import factories
from tests.conftest import SECRET, settings
from tests.views.conftest import Digest


def asked(client: FlaskClient, address: str = "hanako@example.org") -> str:
    """Asks for a link as somebody of HR and gives back the token that the mail carries."""
    client.post("/sign-in", data={"address": address})
    return links.sign(
        SECRET, "sign_in", db.session.scalars(select(SignInKey.id).order_by(SignInKey.id.desc())).first() or 0
    )


def letters_to(person: Person) -> list[LetterKind]:
    return list(db.session.scalars(select(Letter.kind).where(Letter.person_id == person.id)))


def personal(person: Person, round: Round) -> str:
    return f"/my/{links.sign(SECRET, 'personal', person.id, person.link_version, round.id)}"


@pytest.fixture
def hanako(session: Session) -> Person:
    person = factories.person("hanako", hr=True)
    session.commit()
    return person


def test_hr_signs_in_with_a_mailed_link_and_a_button(client: FlaskClient, hanako: Person) -> None:
    token = asked(client)

    page = client.get(f"/sign-in/{token}")
    pressed = client.post(f"/sign-in/{token}")

    assert (page.status_code, pressed.status_code, pressed.location) == (200, 303, "/")
    assert client.get("/").status_code == 200


def test_opening_the_link_alone_spends_nothing(client: FlaskClient, hanako: Person, digest: Digest) -> None:
    token = asked(client)
    before = digest()

    for _ in range(3):
        client.get(f"/sign-in/{token}")

    assert digest() == before


def test_a_link_is_spent_once(client: FlaskClient, hanako: Person) -> None:
    token = asked(client)
    client.post(f"/sign-in/{token}")

    again = client.post(f"/sign-in/{token}")

    assert again.status_code == 410


def test_a_link_works_only_in_the_browser_that_asked(app: Flask, client: FlaskClient, hanako: Person) -> None:
    token = asked(client)

    elsewhere = app.test_client().post(f"/sign-in/{token}")

    assert elsewhere.status_code == 410
    assert client.post(f"/sign-in/{token}").status_code == 303


def test_a_printed_key_works_in_any_browser(client: FlaskClient, hanako: Person) -> None:
    key = auth.new_key(hanako, None, datetime.now(UTC))
    db.session.commit()

    pressed = client.post(f"/sign-in/{links.sign(SECRET, 'sign_in', key.id)}")

    assert pressed.status_code == 303


def test_a_link_is_too_old_after_ten_minutes(client: FlaskClient, hanako: Person) -> None:
    token = asked(client)
    db.session.scalars(select(SignInKey)).one().expires_at = datetime.now(UTC) - timedelta(seconds=1)
    db.session.commit()

    assert client.get(f"/sign-in/{token}").status_code == 410


def test_a_forged_link_is_refused(client: FlaskClient, hanako: Person) -> None:
    asked(client)

    assert client.post("/sign-in/WzFd.forged").status_code == 410


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client: FlaskClient, hanako: Person) -> None:
    known = client.post("/sign-in", data={"address": "hanako@example.org"}, follow_redirects=True)
    unknown = client.post("/sign-in", data={"address": "nobody@example.org"}, follow_redirects=True)

    assert known.text == unknown.text
    assert db.session.scalar(select(func.count()).select_from(Letter)) == 1


@pytest.mark.parametrize("address", ["", "a\0b@example.org", "x" * 5000])
def test_an_address_that_is_none_gets_the_same_answer(client: FlaskClient, address: str) -> None:
    answers = [client.post(path, data={"address": address}) for path in ("/sign-in", "/links")]

    assert [(answer.status_code, answer.location) for answer in answers] == [(303, "/sign-in/sent")] * 2


def test_an_address_gets_five_links_an_hour(client: FlaskClient, hanako: Person) -> None:
    for _ in range(7):
        client.post("/sign-in", data={"address": "Hanako@example.org"})

    assert letters_to(hanako) == [LetterKind.SIGN_IN] * 5


def test_a_client_is_heard_thirty_times_an_hour(client: FlaskClient, hanako: Person) -> None:
    for number in range(30):
        client.post("/sign-in", data={"address": f"p{number}@example.org"})

    client.post("/sign-in", data={"address": hanako.email})

    assert letters_to(hanako) == []


def test_the_ration_keeps_no_address(client: FlaskClient, hanako: Person) -> None:
    client.post("/sign-in", data={"address": "hanako@example.org"})

    assert not any("hanako" in key for key in db.session.scalars(select(Attempt.key)))


def test_an_employee_who_signs_in_gets_their_personal_links(client: FlaskClient, session: Session) -> None:
    round = factories.round_(starts_on=datetime.now(UTC).date(), ends_on=datetime.now(UTC).date())
    guest = factories.guest(round)
    factories.guest(factories.round_(stage=Stage.DRAFT), guest.person)
    session.commit()

    client.post("/sign-in", data={"address": guest.person.email})

    assert letters_to(guest.person) == [LetterKind.PERSONAL_LINK]


def test_signing_out_ends_the_session_on_the_server(hr: FlaskClient, session: Session) -> None:
    hr.post("/sign-out")
    hr.set_cookie("session", "cookie")

    assert hr.get("/").location == "/sign-in"
    assert session.scalars(select(SignIn)).one().ended_at is not None


def test_a_session_ends_after_its_time(hr: FlaskClient, session: Session) -> None:
    session.scalars(select(SignIn)).one().ends_at = datetime.now(UTC)
    session.commit()

    assert hr.get("/").location == "/sign-in"


def test_whoever_leaves_is_signed_out(hr: FlaskClient, session: Session) -> None:
    people.leave(session.scalars(select(Person)).one(), datetime.now(UTC))
    session.commit()

    assert hr.get("/").location == "/sign-in"


def test_whoever_is_no_longer_of_hr_is_signed_out(hr: FlaskClient, session: Session) -> None:
    session.scalars(select(Person)).one().hr = False
    session.commit()

    assert hr.get("/").location == "/sign-in"
    assert hr.post("/rounds/new").location == "/sign-in"


def test_a_sign_in_link_is_worth_nothing_once_its_reader_is_no_longer_of_hr(
    client: FlaskClient, session: Session, hanako: Person
) -> None:
    token = asked(client)
    hanako.hr = False
    session.commit()

    assert client.post(f"/sign-in/{token}").status_code == 410
    assert session.scalars(select(SignIn)).all() == []


def test_strangers_are_sent_to_sign_in(client: FlaskClient, session: Session) -> None:
    paths = (
        "/",
        "/people",
        "/people/import",
        "/rounds/new",
        "/rounds/1",
        "/rounds/1/publish",
        "/guests/1/alternatives",
    )

    assert {client.get(path).location for path in paths} == {"/sign-in"}
    assert client.post("/rounds/1/publish").location == "/sign-in"


def test_a_new_personal_link_goes_to_the_address_on_file_only(client: FlaskClient, session: Session) -> None:
    today = datetime.now(UTC).date()
    guest = factories.guest(factories.round_(starts_on=today, ends_on=today))
    session.commit()

    known = client.post("/links", data={"address": guest.person.email}, follow_redirects=True)
    unknown = client.post("/links", data={"address": "other@example.org"}, follow_redirects=True)

    assert known.text == unknown.text
    assert session.scalars(select(Letter.address)).all() == [guest.person.email]


def test_hr_people_get_personal_links_too(client: FlaskClient, session: Session, hanako: Person) -> None:
    today = datetime.now(UTC).date()
    factories.guest(factories.round_(starts_on=today, ends_on=today), hanako)
    session.commit()

    client.post("/links", data={"address": hanako.email})

    assert letters_to(hanako) == [LetterKind.PERSONAL_LINK]


def test_a_personal_link_opens_until_35_days_after_the_round(client: FlaskClient, session: Session) -> None:
    guest = factories.guest(factories.round_())
    token = links.sign(SECRET, "personal", guest.person.id, 1, guest.round.id)
    last = datetime(2027, 3, 19, 12, tzinfo=UTC)
    session.commit()

    opened = [auth.read_link(token, at) for at in (last, last + timedelta(days=1))]

    assert opened == [(guest.person, guest.round), None]


def test_a_revoked_link_opens_nothing(session: Session, client: FlaskClient) -> None:
    guest = factories.guest(factories.round_(), factories.person(link_version=2))

    opened = auth.read_link(links.sign(SECRET, "personal", guest.person.id, 1, guest.round.id), factories.NOW)

    assert opened is None


def test_a_dead_personal_link_offers_a_new_one(client: FlaskClient, session: Session) -> None:
    page = client.get("/my/forged", headers={"Accept-Language": "en"})

    assert page.status_code == 410
    assert 'action="/links"' in page.text


# What every answer carries


def test_every_answer_carries_the_security_headers(hr: FlaskClient) -> None:
    answers = [hr.get("/"), hr.get("/nowhere"), hr.post("/"), hr.get("/static/css/base.css")]

    for answer in answers:
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        answer.close()


def test_pages_hold_no_inline_script_or_style(hr: FlaskClient) -> None:
    page = hr.get("/").text

    assert "<style" not in page
    assert " style=" not in page
    assert "<script>" not in page


def test_a_post_from_another_website_is_refused(hr: FlaskClient, digest: Digest) -> None:
    before = digest()

    answers = [hr.post("/sign-out", headers={"Sec-Fetch-Site": site}) for site in ("cross-site", "same-site")]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert digest() == before


def test_a_post_without_the_form_token_is_refused(app: Flask, hr: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True

    answer = hr.post("/sign-out", headers={"Accept-Language": "en"})

    assert answer.status_code == 400
    assert "open for too long" in answer.text


def test_a_foreign_host_name_is_refused(client: FlaskClient) -> None:
    assert client.get("/sign-in", headers={"Host": "evil.example"}).status_code == 400


def test_with_https_cookies_are_bound_to_the_host(tmp_path: Path) -> None:
    app = create_app(settings(tmp_path, public_url="https://shadow.example.org"))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    with app.app_context():
        db.create_all()

    answer = app.test_client().post(
        "/sign-in", data={"address": "x@example.org"}, base_url="https://shadow.example.org"
    )

    assert answer.headers["Set-Cookie"].startswith("__Host-browser=")
    assert "Secure; HttpOnly; Path=/; SameSite=Lax" in answer.headers["Set-Cookie"]
    assert "Strict-Transport-Security" in answer.headers


def test_static_files_are_kept_for_ever_under_the_hash_of_their_content(client: FlaskClient) -> None:
    page = client.get("/sign-in").text
    path = page.partition('href="/static/css/base.css')[2].partition('"')[0]

    answer = client.get(f"/static/css/base.css{path}")

    answer.close()
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_the_page_follows_the_language_of_the_browser_until_one_is_chosen(client: FlaskClient) -> None:
    pages = [
        client.get("/sign-in", headers={"Accept-Language": wanted}).text for wanted in ("en-GB,ja;q=0.5", "fr", "")
    ]
    client.post("/language", data={"language": "en", "back": "/sign-in"})
    chosen = client.get("/sign-in", headers={"Accept-Language": "ja"}).text

    assert [page.partition('lang="')[2][:2] for page in (*pages, chosen)] == ["en", "ja", "ja", "en"]


def test_whoever_is_known_keeps_their_language_for_mails_too(hr: FlaskClient, session: Session) -> None:
    answer = hr.post("/language", data={"language": "ja", "back": "/people"})

    assert answer.location == "/people"
    assert session.scalars(select(Person.locale)).one() == "ja"


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", "", "x"])
def test_the_language_switch_leads_nowhere_else(client: FlaskClient, back: str) -> None:
    assert client.post("/language", data={"language": "en", "back": back}).location == "/"
