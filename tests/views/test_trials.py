"""The page on which one pair is tried."""

from zoneinfo import ZoneInfo

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.models import Opening, Pairing
from tests.views.conftest import Digest
from tests.views.test_pairings import MONDAY, a_guest, an_opening, seated

__all__ = ["seated"]
DAY = MONDAY.astimezone(ZoneInfo("Asia/Tokyo")).date().isoformat()


def second(session: Session) -> Opening:
    return session.scalars(select(Opening).where(Opening.title == "Second")).one()


def test_from_the_other_places_of_a_guest_one_pair_is_tried_and_taken(
    hr: FlaskClient, session: Session, seated: Pairing, digest: Digest
) -> None:
    places = hr.get(f"/guests/{seated.guest_id}/alternatives?pairing={seated.id}").text
    form = hr.get(f"/guests/{seated.guest_id}/trial?pairing={seated.id}").text
    assert f'href="/guests/{seated.guest_id}/trial?pairing={seated.id}"' in places
    assert f'action="/guests/{seated.guest_id}/trial"' in form
    assert f'name="pairing" value="{seated.id}"' in form
    before = digest()

    page = hr.get(f"/guests/{seated.guest_id}/trial?pairing={seated.id}&opening={second(session).id}&day={DAY}").text

    assert "Nobody else is affected." in page
    assert f'action="/pairings/{seated.id}/move"' in page
    assert digest() == before


def test_what_stands_against_a_pair_is_named(hr: FlaskClient, session: Session, seated: Pairing) -> None:
    full = an_opening(seated.guest.round, 0)
    guest = a_guest(seated.guest.round, full)
    session.commit()

    page = hr.get(f"/guests/{guest.id}/trial?opening={second(session).id}&day={DAY}").text

    assert "The guest did not wish for that department or topic." in page
    assert "Take this one" not in page


def test_what_cannot_be_tried_is_said_at_its_field_and_what_was_typed_is_kept(
    hr: FlaskClient, session: Session, seated: Pairing
) -> None:
    page = hr.get(f"/guests/{seated.guest_id}/trial?opening=999&day=tomorrow").text

    assert "Please choose one of the openings." in page
    assert 'value="tomorrow"' in page
    assert "Please choose" not in hr.get(f"/guests/{seated.guest_id}/trial").text
