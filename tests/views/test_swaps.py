"""Swaps of two visits on the pages: proposed and agreed to by a person, allowed by a host or HR."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.models import Answer, Guest, LetterKind
from shadowing.models.swaps import SwapOffer, SwapState
from shadowing.visiting import answers, swapping
from shadowing.visiting.answers import NewAnswer
from tests.views.conftest import Digest
from tests.views.test_answers import my
from tests.views.test_offers import letters_of_today
from tests.visiting.swapped import Swapped, world

FIRST, SECOND = "26", "27"
"""The days of January on which the two visits are."""


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def it(session: Session) -> Swapped:
    made = world()
    session.commit()
    return made


def page(it: Swapped, guest: Guest, path: str = "/swaps") -> str:
    return my(guest.person, it.round, path)


def ask(client: FlaskClient, it: Swapped, day: str = SECOND, of: int = 0, to: int = 1) -> tuple[int, str]:
    here = page(it, it.guests[of], f"/visits/{it.row(it.guests[of]).id}/swap")
    answer = client.post(here, data={"visit": it.row(it.guests[to]).id, "day_number": day})
    return answer.status_code, answer.text


def proposed(session: Session, it: Swapped, agreed: bool = False) -> SwapOffer:
    offer = it.propose(now() - timedelta(hours=2))
    if agreed:
        swapping.agree(offer, now() - timedelta(hours=1))
    session.commit()
    return offer


def test_a_swap_from_the_wish_to_the_calendars(client: FlaskClient, session: Session, it: Swapped) -> None:
    """One mail asks the other guest, then one each host; with the last yes guests and hosts are told, each once an entry."""
    one, other = it.guests
    visits = client.get(page(it, one, "/visits")).text
    choose = f"/visits/{it.row(one).id}/swap"
    assert choose in visits
    shown = client.get(page(it, one, choose)).text
    assert "Wed 27 Jan 2027, 10:00–11:00" in shown
    assert other.person.display_name not in shown

    assert ask(client, it)[0] == 303
    assert letters_of_today() == {(other.person.code, LetterKind.SWAP_OFFER): 1}
    assert "Your swap of visits is not decided yet" in client.get(page(it, one, "/visits")).text
    offer = session.scalars(select(SwapOffer)).one()
    assert "1 swap of visits waits for your answer" in client.get(page(it, other, "/visits")).text
    asked = client.get(page(it, other)).text
    assert "Tue 26 Jan 2027, 10:00–11:00" in asked
    assert one.person.display_name not in asked

    said = client.post(page(it, other, f"/swaps/{offer.id}/answer"), data={"answer": "yes", "day_number": FIRST})
    assert said.status_code == 303
    assert it.visits() == [0, 1]
    assert "Both guests said yes." in client.get(page(it, one)).text
    host = my(it.hosts[1], it.round, "/swaps")
    assert one.person.display_name.partition(" ")[0] in client.get(host).text

    said = client.post(f"{host}/{offer.id}/allow", data={"answer": "yes", "day_number": FIRST})
    session.expire_all()

    assert said.status_code == 303
    assert it.visits() == [1, 0]
    told = {(guest.person.code, kind): 1 for guest in it.guests for kind in (LetterKind.CANCEL, LetterKind.REQUEST)}
    told |= {(one.code, kind): 1 for one in it.hosts for kind in (LetterKind.SWAP_WAITS, LetterKind.CHANGE)}
    assert letters_of_today() == told | {(other.person.code, LetterKind.SWAP_OFFER): 1}
    assert "You have the other visit now." in client.get(page(it, one)).text


@pytest.mark.parametrize("typed", ["", "25", "yes"])
def test_no_machine_proposes_answers_or_takes_back(
    client: FlaskClient, session: Session, it: Swapped, digest: Digest, typed: str
) -> None:
    assert ask(client, it, typed)[0] == 422
    offer = proposed(session, it)
    before = digest()

    for guest, path, said in ((1, "answer", "yes"), (1, "answer", "no"), (0, "take-back", "")):
        where = page(it, it.guests[guest], f"/swaps/{offer.id}/{path}")
        answer = client.post(where, data={"answer": said, "day_number": typed})
        assert (answer.status_code, "Please type the day of the month" in answer.text) == (422, True)
    swapping.agree(offer, now())
    session.commit()
    before = digest()
    host = my(it.hosts[0], it.round, f"/swaps/{offer.id}/allow")
    assert client.post(host, data={"answer": "yes", "day_number": typed}).status_code == 422

    assert digest() == before


def test_hr_sees_who_would_swap_and_says_yes(hr: FlaskClient, session: Session, it: Swapped) -> None:
    offer = proposed(session, it, agreed=True)
    assert "1 swap of two visits waits for a yes" in hr.get(f"/rounds/{it.round.id}/run").text
    shown = hr.get(f"/rounds/{it.round.id}/waiting").text
    assert "Both guests have said yes." in shown

    assert hr.post(f"/swaps/{offer.id}/allow", data={"answer": "yes"}).status_code == 303
    assert hr.post(f"/swaps/{offer.id}/allow", data={"answer": "yes"}).status_code == 303
    session.expire_all()

    assert it.visits() == [1, 0]
    assert "waits for a yes" not in hr.get(f"/rounds/{it.round.id}/run").text


def test_hrs_no_leaves_both_as_they_are(hr: FlaskClient, client: FlaskClient, session: Session, it: Swapped) -> None:
    offer = proposed(session, it, agreed=True)

    assert hr.post(f"/swaps/{offer.id}/allow", data={"answer": "no"}).status_code == 303
    session.expire_all()

    assert it.visits() == [0, 1]
    for guest in it.guests:
        assert "It did not suit everybody who had to say yes." in client.get(page(it, guest)).text
    assert hr.post(f"/swaps/{offer.id}/allow", data={"answer": "yes"}).status_code == 409


def test_a_guest_answers_for_nobody_else(client: FlaskClient, session: Session, it: Swapped) -> None:
    offer = proposed(session, it)
    yes = {"answer": "yes", "day_number": FIRST}

    assert client.post(page(it, it.guests[0], f"/swaps/{offer.id}/answer"), data=yes).status_code == 404
    assert client.post(page(it, it.guests[1], f"/swaps/{offer.id}/take-back"), data=yes).status_code == 404
    assert client.post(page(it, it.guests[0], f"/swaps/{offer.id}/allow"), data=yes).status_code == 404
    assert client.post(my(it.hosts[0], it.round, f"/swaps/{offer.id}/allow"), data=yes).status_code == 409
    session.expire_all()
    assert offer.state is SwapState.ASKED


def test_a_no_and_a_proposal_taken_back_are_read_on_the_pages(
    client: FlaskClient, session: Session, it: Swapped
) -> None:
    offer = proposed(session, it)
    taken = client.post(page(it, it.guests[0], f"/swaps/{offer.id}/take-back"), data={"day_number": FIRST})
    assert taken.status_code == 303
    assert "The guest who proposed it thought better of it." in client.get(page(it, it.guests[1])).text

    assert ask(client, it)[0] == 303
    again = session.scalars(select(SwapOffer).where(SwapOffer.id != offer.id)).one()
    no = {"answer": "no", "day_number": FIRST}
    assert client.post(page(it, it.guests[1], f"/swaps/{again.id}/answer"), data=no).status_code == 303

    assert "It did not suit everybody who had to say yes." in client.get(page(it, it.guests[0])).text
    nothing = client.get(page(it, it.guests[0], f"/visits/{it.row(it.guests[0]).id}/swap")).text
    assert "that could be swapped with yours" in nothing


def test_after_a_decline_the_page_says_so_and_a_late_yes_is_refused(
    client: FlaskClient, session: Session, it: Swapped
) -> None:
    offer = proposed(session, it)
    answers.take(it.row(it.guests[0]), NewAnswer(answer=Answer.NO), now())
    session.commit()

    late = client.post(page(it, it.guests[1], f"/swaps/{offer.id}/answer"), data={"answer": "yes", "day_number": FIRST})

    assert late.status_code == 409
    assert "Something has changed at one of the two visits" in client.get(page(it, it.guests[1])).text
