"""No page leads to itself or into nothing: what an error page's button and the switch of languages lead to."""

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shadowing.extensions import db
from shadowing.models import Stage
from tests import factories
from tests.views.conftest import Digest

HEADER = "person_id,family_name,given_name,kana,email,department_id\n"


def button(page: str) -> str:
    found = re.search(r'<a class="button[^"]*" href="([^"]*)"', page)
    return found[1] if found else ""


def switch(page: str) -> str:
    found = re.search(r'<input type="hidden" name="back" value="([^"]*)"', page)
    return found[1] if found else ""


@pytest.mark.parametrize(
    ("address", "above"),
    [
        ("/people/4711", "/people"),
        ("/people/4711/edit", "/people"),
        ("/departments/4711/edit", "/departments"),
        ("/rounds/4711/collect", "/"),
    ],
)
def test_what_is_not_there_leads_to_the_page_above(hr: FlaskClient, address: str, above: str) -> None:
    answer = hr.get(address)

    assert (answer.status_code, button(answer.text)) == (404, above)


@pytest.mark.parametrize(
    ("address", "above"),
    [("/people/import/check", "/people/import"), ("/people/7/let-go", "/people/7"), ("/rounds/7/delete", "/rounds/7")],
)
def test_the_address_of_a_button_leads_to_the_page_it_stands_on(hr: FlaskClient, address: str, above: str) -> None:
    answer = hr.get(address)

    assert (answer.status_code, button(answer.text)) == (405, above)


def test_the_language_can_be_switched_on_a_page_that_a_button_led_to(hr: FlaskClient) -> None:
    people = io.BytesIO((HEADER + "e1,青木,太郎,,taro@example.org,sales\n").encode())
    files = {"people": (people, "people.csv")}
    page = hr.post("/people/import/check", data=files, content_type="multipart/form-data").text

    assert hr.get(switch(page)).status_code == 200


@pytest.mark.parametrize(("page", "field"), [("leave", "last_day"), ("away", "back_on")])
def test_a_day_that_is_none_is_told_at_its_field(hr: FlaskClient, session: Session, page: str, field: str) -> None:
    person = factories.person("7")
    session.commit()

    answer = hr.get(f"/people/{person.id}/{page}?{field}=2027/2/30")

    assert f'id="{field}-error"' in answer.text


@pytest.mark.parametrize("stage", [Stage.SOLVING, Stage.REVIEWING, Stage.PUBLISHED, Stage.CANCELLED])
def test_a_round_that_cannot_be_changed_shows_no_form_but_a_way_on(
    hr: FlaskClient, session: Session, stage: Stage
) -> None:
    round = factories.round_(stage=stage)
    session.commit()

    page = hr.get(f"/rounds/{round.id}/edit").text

    assert "A round can be changed while it is a draft or collects answers." in page
    assert 'name="ends_on"' not in page


def test_a_visit_of_a_round_that_is_over_offers_no_deed(hr: FlaskClient, session: Session) -> None:
    round = factories.round_(stage=Stage.CANCELLED)
    slot = factories.slot(factories.opening(round, factories.person("h")))
    session.commit()

    page = hr.get(f"/slots/{slot.id}").text

    assert "Visits are moved and called off once" in page
    assert "/reschedule" not in page


def test_a_contract_that_limits_nothing_says_so(hr: FlaskClient, session: Session) -> None:
    factories.person("7", display_name="𠮷田 健")
    session.commit()

    page = hr.post("/contracts", data={"person": "7", "agency": "none"}, follow_redirects=True).text

    assert "𠮷田 健 may visit everything." in page


@pytest.mark.parametrize(
    ("trouble", "status", "words"),
    [
        (RuntimeError("no disk"), 500, "Something went wrong on our side. Nothing was changed. Please try again."),
        (OperationalError("", {}, Exception("locked")), 503, "The service is busy right now. Nothing was changed."),
    ],
)
def test_a_deed_that_breaks_off_changes_nothing_and_says_so(
    app: Flask, hr: FlaskClient, digest: Digest, trouble: Exception, status: int, words: str
) -> None:
    before, app.config["PROPAGATE_EXCEPTIONS"] = digest(), False

    def break_off(session: Session) -> None:
        raise trouble

    event.listen(db.session, "before_commit", break_off)
    answer = hr.post("/departments/new", data={"name": "Sales"}, headers={"Accept-Language": "en"})
    event.remove(db.session, "before_commit", break_off)

    assert (answer.status_code, words in answer.text) == (status, True)
    assert digest() == before
