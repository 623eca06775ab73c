"""The board says whose visit counts more, and why."""

from datetime import UTC, datetime

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from shadowing.models import Stage
from tests import factories
from tests.views.test_pairings import a_guest, a_round, an_opening


def test_who_went_without_before_is_marked_on_the_board_and_among_those_without_a_visit(
    hr: FlaskClient, session: Session
) -> None:
    round = a_round()
    slot = an_opening(round, 0)
    seated, waiting = a_guest(round, slot), a_guest(round, slot)
    factories.pairing(seated, slot)
    a_guest(round, slot)
    for missing in ([waiting], [waiting, seated]):
        before = factories.round_(stage=Stage.PUBLISHED, published_at=datetime.now(UTC))
        for guest in missing:
            factories.guest(before, guest.person)
    session.commit()

    page = hr.get(f"/rounds/{round.id}/pairings").text + hr.get(f"/rounds/{round.id}/unmatched").text

    assert page.count("Had no visit in the last round: counts more") == 1
    assert page.count("Had no visit in 2 rounds in a row: counts more") == 1
