"""Each of HR's pages about the company says in one line what it is for."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories

PAGES = (
    "/people",
    "/people/new",
    "/people/running-rounds",
    "/people/import",
    "/people/{person}",
    "/people/{person}/edit",
    "/people/{person}/leave",
    "/people/{person}/away",
    "/departments",
    "/departments/new",
    "/departments/{department}/edit",
    "/departments/{department}/merge?into={other}",
    "/exclusions",
    "/contracts",
    "/sites",
    "/slots/{slot}",
    "/rounds/folder",
    "/rounds/{round}/list",
    "/rounds/{round}/joiners",
    "/rounds/{round}/mailings",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_in_one_line_what_it_is_for(hr: FlaskClient, session: Session, path: str) -> None:
    round, person, other = factories.round_(), factories.person(), factories.person()
    slot = factories.slot(factories.opening(round, person))
    session.commit()
    ids = {"person": person.id, "department": person.department_id, "other": other.department_id}

    page = hr.get(path.format(round=round.id, slot=slot.id, **ids))

    assert page.status_code == 200
    assert len(re.findall(r'<p class="lead">[^<]{20,}', page.text)) == 1
    assert page.text.count('class="primary"') + page.text.count(' primary"') <= 1
