"""Each of HR's pages says in one line what it is for."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from shadowing.mail import letters
from tests import factories
from tests.factories import NOW

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
    "/",
    "/audit",
    "/letters",
    "/letters/{letter}",
    "/rounds/new",
    "/rounds/{round}",
    "/rounds/{round}/answers",
    "/rounds/{round}/answers/type-in",
    "/rounds/{round}/answers/type-in?person={person}",
    "/rounds/{round}/cancel",
    "/rounds/{round}/collect",
    "/rounds/{round}/edit",
    "/rounds/{round}/openings",
    "/rounds/{round}/openings/new",
    "/rounds/{round}/openings/new?person={person}",
    "/rounds/{round}/pairings",
    "/rounds/{round}/solve",
    "/rounds/{round}/run",
    "/rounds/{round}/files",
    "/rounds/{round}/unmatched",
    "/guests/{guest}/alternatives",
    "/guests/{guest}/answer",
    "/guests/{guest}/trial",
    "/openings/{opening}",
    "/openings/{opening}/edit",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_in_one_line_what_it_is_for(hr: FlaskClient, session: Session, path: str) -> None:
    round, person, other = factories.round_(), factories.person(), factories.person()
    slot, guest = factories.slot(factories.opening(round, person)), factories.guest(round)
    [letter] = letters.ask([guest], NOW)
    session.commit()
    ids = {"person": person.id, "department": person.department_id, "other": other.department_id}
    ids |= {"round": round.id, "slot": slot.id, "opening": slot.opening_id, "guest": guest.id, "letter": letter.id}

    page = hr.get(path.format(**ids))

    assert page.status_code == 200
    assert len(re.findall(r'<p class="lead">[^<]{20,}', page.text)) == 1
    assert page.text.count('class="primary"') + page.text.count(' primary"') <= 1
