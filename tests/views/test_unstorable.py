"""What people send that no database takes, in every field of every form, every address and file name: a sentence, never a 500."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from shadowing.extensions import db
from shadowing.models import Attempt, Department, Stage
from tests import factories
from tests.journeys.browser import Forms
from tests.views.test_permissions import EVERYONE, HR, OWN, PARTICIPANT, World, methods, paths, rules
from tests.views.test_permissions import world as world  # a fixture

LEAVES = ("/sign-out", "/withdraw", "/end", "/call-off")
Field = tuple[str, dict[str, Any], str]


@pytest.fixture
def fields(app: Flask, hr: FlaskClient, world: World, session: Session) -> list[Field]:
    """Every field of every form that a page offers: where it is sent to, what the form holds, the field's name."""
    draft = factories.round_(stage=Stage.DRAFT, title="Draft")
    session.commit()
    return [
        (urlsplit(form.action or path).path, form.values, name)
        for path in sorted(set(pages(app, world, draft.id)))
        if not path.endswith(FILES)
        for form in Forms(hr.get(path).text).found
        for name in form.values
    ]


FILES = ("/template", "/folder.zip", ".xlsx")
"""What is no page."""


def pages(app: Flask, world: World, draft: int) -> Iterator[str]:
    for rule in rules(app, EVERYONE, HR, PARTICIPANT, OWN):
        if "GET" in methods(rule) and rule.endpoint != "static":
            owner = world.host if "openings" in rule.rule else world.guest
            round = world.published if "/visits" in rule.rule else world.collecting
            path = paths(rule, world, world.link(owner, round))
            yield path
            for other in (world.collecting.id, draft):
                yield path.replace(f"/rounds/{world.published.id}", f"/rounds/{other}")


def test_nul_in_any_field_is_refused_or_read_by_nobody(hr: FlaskClient, fields: list[Field]) -> None:
    answers = {
        (path, name): hr.post(path, data=values | {name: "a\0b"}, headers={"Accept-Language": "en"})
        for path, values, name in fields
        if not path.endswith(LEAVES)
    }

    assert len({path for path, _ in answers}) >= 20
    assert {where: it.status_code for where, it in answers.items() if it.status_code >= 500} == {}
    refused = [where for where, it in answers.items() if it.status_code == 422]
    assert len(refused) >= 30
    assert (
        len([where for where in refused if "“a�b” contains a character that is no text" in answers[where].text]) >= 15
    )


def test_a_text_of_any_length_in_any_field_is_no_trouble_of_ours(hr: FlaskClient, fields: list[Field]) -> None:
    statuses = {
        (path, name): hr.post(path, data=values | {name: "𠮷" * 5000}).status_code
        for path, values, name in fields
        if not path.endswith(LEAVES)
    }

    assert {where: status for where, status in statuses.items() if status >= 500} == {}
    assert 422 in statuses.values()


def test_nul_in_any_address_is_no_trouble_of_ours(app: Flask, hr: FlaskClient, world: World) -> None:
    statuses = {}
    for rule in rules(app, EVERYONE, HR, PARTICIPANT, OWN):
        if "GET" in methods(rule) and rule.endpoint != "static":
            path = paths(rule, world, world.link(world.guest, world.collecting))
            with hr.get(f"{path}?words=a%00b&page=%00") as answer:
                statuses[path] = answer.status_code

    assert {path: status for path, status in statuses.items() if status >= 500} == {}


@pytest.mark.parametrize("path", ["/sign-in/a%00b", "/my/%00", "/my/%00/openings", "/visits/%00", "/people%00", "/%00"])
def test_nul_in_a_path_leads_nowhere(hr: FlaskClient, path: str) -> None:
    assert hr.get(path).status_code == 404
    assert hr.post(path).status_code in (404, 405)


@pytest.mark.parametrize("number", [0, 2**31, 2**70])
@pytest.mark.parametrize("path", ["/rounds/{}", "/letters/{}", "/letters/{}.eml", "/slots/{}", "/pairings/{}/pin"])
def test_a_number_that_no_row_can_have_leads_nowhere(hr: FlaskClient, path: str, number: int) -> None:
    answer = hr.post(path.format(number)) if path.endswith("pin") else hr.get(path.format(number))

    assert answer.status_code == 404


def test_who_does_the_same_at_the_same_moment_reads_that_nothing_was_changed(app: Flask, hr: FlaskClient) -> None:
    def press() -> str:
        db.session.add_all([Department(code="twice", name="One"), Department(code="twice", name="Two")])
        db.session.commit()
        return "pressed"

    app.view_functions["auth.sign_out"], usual = press, app.view_functions["auth.sign_out"]
    try:
        answer = hr.post("/sign-out", headers={"Accept-Language": "en"})
    finally:
        app.view_functions["auth.sign_out"] = usual

    assert answer.status_code == 409
    assert "The same was done at this very moment from elsewhere" in answer.text


@pytest.mark.parametrize("half", ["%ED%A1%82", "%FF%FE", "%F0%A0"])
def test_bytes_that_are_no_text_find_nobody(hr: FlaskClient, half: str) -> None:
    answer = hr.get(f"/people?words={half}")

    assert answer.status_code == 200
    assert "hanako@example.org" not in answer.text


def test_the_name_of_a_file_is_not_kept_so_nul_in_it_does_no_harm(hr: FlaskClient) -> None:
    file = (BytesIO(b"person_id,email,department_id\n"), "a\0b.csv")

    answer = hr.post("/people/import/check", data={"people": file}, headers={"Accept-Language": "en"})

    assert answer.status_code in (200, 422)
    assert "\0" not in answer.text


@pytest.mark.parametrize("key", ["a\0b", "a" * 5000], ids=["NUL", "too long"])
def test_what_no_field_type_has_looked_at_is_refused_by_the_columns(app: Flask, hr: FlaskClient, key: str) -> None:
    def keep() -> str:
        db.session.add(Attempt(key=key, at=factories.NOW))
        db.session.commit()
        return "kept"

    app.view_functions["home.show"], usual = keep, app.view_functions["home.show"]
    try:
        answer = hr.get("/", headers={"Accept-Language": "en"})
    finally:
        app.view_functions["home.show"] = usual

    assert answer.status_code == 422
    assert "This text cannot be saved: it is too long or holds a character that is no text." in answer.text


def test_nul_in_a_cell_is_refused_with_its_file(hr: FlaskClient) -> None:
    file = (BytesIO(b"person_id,email,department_id\nA\0,a@example.org,sales\n"), "people.csv")

    answer = hr.post("/people/import/check", data={"people": file}, headers={"Accept-Language": "en"})

    assert answer.status_code == 422
    assert "This file contains NUL characters" in answer.text
