"""The board as HR uses it: what can be taken back, swapped, found, and what the choices cost."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shadowing.collecting import openings
from shadowing.extensions import db
from shadowing.matching import before
from shadowing.matching.spans import minutes
from shadowing.models import Forbid, Letter, Opening, Pairing, PlanBefore, Slot, Stage, WhyUnmatched
from shadowing.visiting import invitations
from tests import factories
from tests.factories import NOW
from tests.views.conftest import Digest
from tests.views.japan import SENDER
from tests.views.test_pairings import a_guest, a_round, an_opening, seated

__all__ = ["seated"]


def number(page: str) -> str:
    found = re.search(r'name="plan" value="(\d+)"', page)
    assert found
    return found[1]


def title(session: Session) -> list[str]:
    rows = select(Opening.title).join(Slot).join(Pairing, Pairing.slot_id == Slot.id).order_by(Opening.title)
    return list(session.scalars(rows))


def moved(hr: FlaskClient, session: Session, seated: Pairing) -> int:
    """The guest was moved into the second opening; answers the round."""
    round_id = seated.round_id
    second = session.scalars(select(Slot).join(Opening).where(Opening.title == "Second")).one()
    form = {"opening": str(second.opening_id), "start": str(minutes(second.starts_at))}
    assert hr.post(f"/pairings/{seated.id}/move", data=form).status_code == 303
    return round_id


def test_the_last_step_is_named_and_taken_back_with_one_press(
    hr: FlaskClient, session: Session, seated: Pairing
) -> None:
    round_id = moved(hr, session, seated)
    page = hr.get(f"/rounds/{round_id}/pairings").text

    answer = hr.post(f"/rounds/{round_id}/pairings/undo", data={"plan": number(page)})

    assert "another place (Gina Guest)" in page
    assert (answer.status_code, title(session)) == (303, ["First"])
    assert "Take it back" not in hr.get(f"/rounds/{round_id}/pairings").text


def test_a_second_press_takes_nothing_back_and_says_so(hr: FlaskClient, session: Session, seated: Pairing) -> None:
    round_id = moved(hr, session, seated)
    form = {"plan": number(hr.get(f"/rounds/{round_id}/pairings").text)}
    hr.post(f"/rounds/{round_id}/pairings/undo", data=form)

    again = hr.post(f"/rounds/{round_id}/pairings/undo", data=form)

    assert (again.status_code, title(session)) == (409, ["First"])
    assert "This is taken back already" in again.text


def test_after_a_search_what_changed_is_shown_and_one_press_leads_back(
    hr: FlaskClient, session: Session, seated: Pairing
) -> None:
    before.remember_plan(seated.guest.round, None, NOW)
    seated.slot = session.scalars(select(Slot).join(Opening).where(Opening.title == "Second")).one()
    session.commit()
    page = hr.get(f"/rounds/{seated.round_id}/pairings").text

    answer = hr.post(f"/rounds/{seated.round_id}/pairings/back", data={"plan": number(page)})

    assert "1 guest differs from the plan before" in page
    assert re.search("<del>[^<]* First</del>", page)
    assert re.search("<ins>[^<]* Second</ins>", page)
    assert (answer.status_code, title(session)) == (303, ["First"])
    assert "The plan before stands again." in hr.get("/").text


def test_a_published_round_does_not_go_back_as_a_whole(hr: FlaskClient, session: Session, seated: Pairing) -> None:
    before.remember_plan(seated.guest.round, None, NOW)
    row = session.scalars(select(PlanBefore)).one()
    seated.guest.round.stage = Stage.PUBLISHED
    session.commit()

    answer = hr.post(f"/rounds/{seated.round_id}/pairings/back", data={"plan": str(row.id)})

    assert answer.status_code == 409
    assert "Change single visits instead." in answer.text


def test_a_swap_is_offered_with_its_price_and_made(hr: FlaskClient, session: Session, seated: Pairing) -> None:
    round = seated.guest.round
    second = session.scalars(select(Slot).join(Opening).where(Opening.title == "Second")).one()
    second.opening.seats = second.seats = 1
    other = factories.pairing(a_guest(round, seated.slot, second, display_name="Otto Other"), second)
    session.commit()

    page = hr.get(f"/guests/{seated.guest_id}/alternatives?pairing={seated.id}").text
    answer = hr.post(f"/pairings/{seated.id}/swap", data={"other": str(other.id)})

    assert "Otto Other takes the place that is given up." in page
    assert f'action="/pairings/{seated.id}/swap"' in page
    assert answer.status_code == 303
    found = session.scalars(select(Pairing).order_by(Pairing.guest_id))
    assert [(row.guest.person.display_name, row.slot.opening.title) for row in found] == [
        ("Gina Guest", "Second"),
        ("Otto Other", "First"),
    ]


def test_why_somebody_is_taken_out_is_kept_for_hr_and_read_by_hr_alone(
    hr: FlaskClient, session: Session, seated: Pairing
) -> None:
    round_id = seated.round_id

    hr.post(f"/pairings/{seated.id}/remove", data={"why": "The team is <on> a fair."})

    assert session.scalars(select(Forbid.why)).all() == ["The team is <on> a fair."]
    assert "The team is &lt;on&gt; a fair." in hr.get(f"/rounds/{round_id}/unmatched").text
    assert "on> a fair" not in hr.get(f"/rounds/{round_id}/publish").text


def test_those_of_one_cause_stand_in_one_row_and_are_paged_on_their_own_page(hr: FlaskClient, session: Session) -> None:
    round = a_round()
    slot = an_opening(round, 0)
    factories.pairing(a_guest(round, slot), slot)
    for name in range(27):
        guest = a_guest(round, display_name=f"Una {name:02}")
        guest.reason = WhyUnmatched(code="not_free", remedy="one_more_half_day", facts={})
    session.commit()

    board = hr.get(f"/rounds/{round.id}/pairings").text
    pages = [hr.get(f"/rounds/{round.id}/unmatched?cause=not_free&page={page}").text for page in (1, 2)]

    assert board.count('<span class="n">') == board.count('<span class="n">27') == 1
    assert "and 22 others" in board
    assert [page.count("/alternatives") for page in pages] == [25, 2]
    assert "Everybody here has a visit by now." in hr.get(f"/rounds/{round.id}/unmatched?cause=full").text


def test_an_affected_pairing_is_flagged_where_it_stands_with_what_to_do(
    hr: FlaskClient, session: Session, seated: Pairing
) -> None:
    seated.slot.opening.withdrawn_at = NOW
    session.commit()

    page = hr.get(f"/rounds/{seated.round_id}/pairings").text

    assert "1 pairing was hit by a later change." in page
    assert "The opening was withdrawn. Choose “Change”." in page


def test_looking_at_the_board_changes_nothing(
    hr: FlaskClient, session: Session, seated: Pairing, digest: Digest
) -> None:
    round_id = moved(hr, session, seated)
    paths = ["pairings", "pairings?name=gina&order=hosts&tag=affected", "pairings?order=x&guests=y", "unmatched?page=x"]
    stood = digest()

    assert [hr.get(f"/rounds/{round_id}/{path}").status_code for path in paths] == [200] * 4
    assert digest() == stood
    db.session.rollback()


def test_the_board_the_publish_button_and_what_is_queued_name_one_number_of_mails(
    hr: FlaskClient, session: Session, seated: Pairing
) -> None:
    """A guest and a host; a host of two guests beside one who has left; a guest of an opening that is withdrawn, and who
    takes part without a place."""
    round = seated.guest.round
    shared, off = an_opening(round, 5, title="Shared"), an_opening(round, 7, title="Off", withdrawn_at=NOW)
    openings.put_hosts(shared.opening, [shared.opening.hosts[0].person_id, factories.person(left_at=NOW).id])
    for slot in (shared, shared, off):
        factories.pairing(a_guest(round, slot), slot)
    a_guest(round, shared)
    session.commit()

    board = hr.get(f"/rounds/{round.id}/pairings").text
    publish = hr.get(f"/rounds/{round.id}/publish").text
    written = invitations.tell(round, NOW, SENDER, NOW).total()

    assert (written, session.scalars(select(func.count()).select_from(Letter)).one()) == (6, 6)
    assert "Look at the mails (6)" in board
    assert "Publish and send 6 mails" in publish


def test_after_publishing_the_board_counts_no_mails_it_knows_nothing_of(
    hr: FlaskClient, session: Session, seated: Pairing
) -> None:
    seated.guest.round.stage = Stage.PUBLISHED
    session.commit()

    assert "Look at the mails</a>" in hr.get(f"/rounds/{seated.round_id}/pairings").text


def test_the_walls_that_open_are_ways_between_departments_and_not_pairings(
    hr: FlaskClient, session: Session, seated: Pairing
) -> None:
    round, home = seated.guest.round, seated.guest.person.home
    second = session.scalars(select(Slot).join(Opening).where(Opening.title == "Second")).one()
    seated.tags = ["new_wall"]
    together = a_guest(round, seated.slot, department_=home)
    factories.pairing(together, seated.slot, tags=["new_wall"])
    factories.pairing(a_guest(round, second, department_=home), second, tags=["new_wall"])
    factories.pairing(a_guest(round, second), second, tags=["wish_1"])
    session.commit()

    page = hr.get(f"/rounds/{round.id}/pairings").text

    assert re.search(r"<strong>2</strong> <span>walls open", page)


def test_a_change_leads_back_to_the_board_as_it_was_filtered(
    hr: FlaskClient, session: Session, seated: Pairing
) -> None:
    at = "name=gina&order=guests"
    board = hr.get(f"/rounds/{seated.round_id}/pairings?{at}").text
    link = re.search(r'data-places href="([^"]*)"', board)
    assert link
    page = hr.get(unescape(link[1])).text
    form = {name: re.search(rf'name="{name}" value="([^"]*)"', page) for name in ("opening", "start", "at")}
    sent = {name: unescape(found[1]) for name, found in form.items() if found}

    answer = hr.post(f"/pairings/{seated.id}/move", data=sent)

    moved = session.scalars(select(Pairing)).one().id
    assert f'href="/rounds/{seated.round_id}/pairings?{at.replace("&", "&amp;")}"' in page
    assert answer.location == f"/rounds/{seated.round_id}/pairings?{at}&row={moved}#pairing-{moved}"


@pytest.mark.parametrize("at", ["tag=affected", "department=7", "hosts=7"])
def test_where_the_changed_row_may_no_longer_fit_the_filter_the_heading_is_next(
    hr: FlaskClient, session: Session, seated: Pairing, at: str
) -> None:
    second = session.scalars(select(Slot).join(Opening).where(Opening.title == "Second")).one()
    place = {"opening": str(second.opening_id), "start": str(minutes(second.starts_at))}

    answer = hr.post(f"/pairings/{seated.id}/move", data=place | {"at": at})

    assert answer.location == f"/rounds/{seated.round_id}/pairings?{at}#pairings"


def test_the_board_opens_on_the_page_of_the_row_that_was_changed(hr: FlaskClient, session: Session) -> None:
    round = a_round()
    slot = an_opening(round, 0, seats=60)
    last = [factories.pairing(a_guest(round, display_name=f"Una {name:02}"), slot) for name in range(53)][-1]
    session.commit()

    page = hr.get(f"/rounds/{round.id}/pairings?row={last.id}").text

    assert f'id="pairing-{last.id}"' in page
    assert 'name="at" value="page=3"' in page


def test_the_board_leads_to_the_page_of_an_opening_and_to_what_a_host_asks_for(
    hr: FlaskClient, session: Session, seated: Pairing
) -> None:
    opening, asks = seated.slot.opening_id, f"/guests/{seated.guest_id}/answer#refusals"

    board = hr.get(f"/rounds/{seated.round_id}/pairings").text
    places = hr.get(f"/guests/{seated.guest_id}/alternatives?pairing={seated.id}").text

    assert f'<a href="/openings/{opening}">First</a>' in board
    assert f'<a href="{asks}">A host asks for somebody else</a>' in places
    assert 'id="refusals"' in hr.get(asks).text
    seated.guest.round.stage = Stage.PUBLISHED
    session.commit()
    assert asks not in hr.get(f"/guests/{seated.guest_id}/alternatives?pairing={seated.id}").text
