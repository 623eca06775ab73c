"""The home page: the one thing to do next."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from shadowing.app import create_app
from shadowing.models import Stage
from shadowing.views import auth
from tests import conftest, factories
from tests.views.conftest import Digest, statements


def test_the_first_thing_to_do_is_to_import_people(hr: FlaskClient) -> None:
    page = hr.get("/").text

    assert "Bring in your list of employees" in page
    assert 'href="/people/import"' in page


def test_with_people_the_next_thing_is_a_round(hr: FlaskClient, session: Session) -> None:
    factories.person()
    session.commit()

    assert 'href="/rounds/new"' in hr.get("/").text


@pytest.mark.parametrize(
    ("stage", "path"),
    [
        (Stage.DRAFT, "ask"),
        (Stage.COLLECTING, "collect"),
        (Stage.SOLVING, "solve"),
        (Stage.REVIEWING, "pairings"),
        (Stage.PUBLISHED, "run"),
    ],
)
def test_every_stage_has_one_thing_to_do_next(hr: FlaskClient, session: Session, stage: Stage, path: str) -> None:
    round = factories.round_(stage=stage)
    session.commit()

    page = hr.get("/").text

    assert page.count("button primary") == 1
    assert f'class="button primary" href="/rounds/{round.id}/{path}"' in page


def test_the_stage_line_says_where_the_round_stands(hr: FlaskClient, session: Session) -> None:
    factories.round_(stage=Stage.REVIEWING)
    session.commit()

    step = hr.get("/").text.partition('aria-current="step">')[2].partition("</li>")[0]

    assert "Review" in step


def test_the_banner_says_that_no_mail_is_sent(hr: FlaskClient) -> None:
    assert "Mails are not sent: no mail server is set." in hr.get("/").text


@pytest.mark.parametrize("server", ["", "smtp.example.org"])
def test_the_sample_company_says_so_to_everybody_as_long_as_it_mails_nothing(
    tmp_path: Path, sqlite_url: str, server: str
) -> None:
    app = create_app(conftest.settings(tmp_path, database_url=sqlite_url, demo=True, mail_server=server))

    page = app.test_client().get("/sign-in", headers={"Accept-Language": "en"}).text

    assert ("Sample company: nothing is mailed." in page) is (server == "")


@pytest.mark.parametrize("sample", [True, False])
def test_only_the_sample_company_opens_on_its_review(tmp_path: Path, sqlite_url: str, sample: bool) -> None:
    app = create_app(conftest.settings(tmp_path, database_url=sqlite_url, demo=sample))
    with app.test_request_context():
        round = factories.round_(stage=Stage.REVIEWING)

        assert auth.first_page() == (f"/rounds/{round.id}/pairings" if sample else "/")


def test_a_real_company_is_not_called_a_sample(hr: FlaskClient) -> None:
    assert "Sample company" not in hr.get("/").text


def test_looking_changes_nothing(hr: FlaskClient, session: Session, digest: Digest) -> None:
    factories.guest(factories.round_())
    session.commit()
    before = digest()

    hr.get("/")

    assert digest() == before


def test_more_rounds_need_no_more_statements(hr: FlaskClient, session: Session) -> None:
    counts = []
    for more in (1, 2):
        for _ in range(more):
            factories.guest(factories.round_())
        session.commit()
        with statements() as sent:
            hr.get("/")
        counts.append(len(sent))

    assert counts[0] == counts[1]


def test_the_health_check_needs_nobody_and_no_database(client: FlaskClient) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.text) == (200, "ok\n")
