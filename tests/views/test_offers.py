"""Free places on the page of who waits and on HR's: taken by one press of a person, and by one of many who press at once."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.app import create_app
from shadowing.extensions import db
from shadowing.extensions import settings as settings_of
from shadowing.mail import outbox
from shadowing.models import (
    Answer,
    FreeSeat,
    Guest,
    Invitation,
    Letter,
    LetterKind,
    LetterState,
    OfferState,
    Pairing,
    PlaceRequest,
    Role,
    SeatOffer,
    SeatState,
)
from shadowing.visiting import answers
from shadowing.visiting.answers import NewAnswer
from tests import factories
from tests.conftest import settings
from tests.factories import at
from tests.views.conftest import Digest
from tests.views.test_answers import my
from tests.visiting.freed import Freed, world

HOUR = timedelta(hours=1)
PRESSES = 50


def now() -> datetime:
    return datetime.now(UTC)


def offered(session: Session, waiting: int = 2) -> Freed:
    """A seat that a guest gave back two hours ago is on offer."""
    it = world(waiting=waiting)
    it.decline(now() - 2 * HOUR)
    it.work(now() - HOUR)
    session.commit()
    return it


def letters_of_today(since: datetime | None = None) -> Counter[tuple[str, LetterKind]]:
    """Those of presses, by the real clock, but for the echo of an answer; what the world of the test was told bears later days."""
    began = since or now() - timedelta(days=1)
    rows = select(Letter).where(Letter.due_at >= began, Letter.due_at <= now())
    rows = rows.where(Letter.kind != LetterKind.ANSWER_HEARD)
    return Counter((one.person.code, one.kind) for one in db.session.scalars(rows))


def page(it: Freed, guest: Guest, path: str = "/offers") -> str:
    return my(guest.person, it.round, path)


def press(client: FlaskClient, it: Freed, guest: Guest, day: str = "26") -> tuple[int, str]:
    answer = client.post(f"{page(it, guest)}/{it.offer(guest).id}/take", data={"day_number": day})
    return answer.status_code, answer.text


def test_who_waits_sees_the_place_until_when_and_how_many_others_are_asked(
    client: FlaskClient, session: Session
) -> None:
    it = offered(session, waiting=3)
    it.waiting[0].person.zone = "Europe/Berlin"
    session.commit()

    shown = client.get(page(it, it.waiting[0])).text

    for words in ("Tue 26 Jan 2027, 02:00–03:00", "Room 7", "2 other people are asked at the same time", "I take it"):
        assert words in shown
    assert it.waiting[1].person.email not in shown
    assert "1 free place is offered to you" in client.get(page(it, it.waiting[0], "/visits")).text


@pytest.mark.parametrize("path", ["/offers", "/swaps", "/visits"])
def test_pages_about_visits_open_under_my_visits(client: FlaskClient, session: Session, path: str) -> None:
    it = offered(session)

    shown = client.get(page(it, it.waiting[0], path)).text

    assert re.findall(r'aria-current="page">([^<]+)', shown) == ["My visits"]


def test_one_press_of_a_person_takes_it(client: FlaskClient, session: Session) -> None:
    it = offered(session)

    assert press(client, it, it.waiting[0])[0] == 303
    session.expire_all()

    assert it.visitors() == [it.waiting[0]]
    shown = client.get(page(it, it.waiting[0], "/visits")).text
    assert "A place that became free" in shown
    assert "Somebody was faster." in client.get(page(it, it.waiting[1])).text
    assert "You are on the waiting list" in client.get(page(it, it.waiting[1])).text


@pytest.mark.parametrize("typed", ["", "25", "I take it", "２６"])
def test_a_machine_that_presses_takes_nothing(
    client: FlaskClient, session: Session, digest: Digest, typed: str
) -> None:
    it = offered(session)
    before = digest()

    status, text = press(client, it, it.waiting[0], typed)

    if typed == "２６":  # full-width digits are digits
        assert status == 303
    else:
        assert (status, "Please type the day of the month" in text) == (422, True)
        assert digest() == before


def test_not_this_one_is_a_press_and_can_be_thought_better_of(client: FlaskClient, session: Session) -> None:
    it = offered(session)
    mine = page(it, it.waiting[0])

    decline = f"{mine}/{it.offer(it.waiting[0]).id}/decline"
    assert f'formaction="{decline}"' in client.get(mine).text
    assert client.post(decline, data={"day_number": "26"}).status_code == 303

    assert "you can still take it" in client.get(mine).text
    assert press(client, it, it.waiting[0])[0] == 303


@pytest.mark.parametrize("typed", ["", "25", "yes"])
def test_no_machine_says_not_this_one(client: FlaskClient, session: Session, digest: Digest, typed: str) -> None:
    it = offered(session)
    before = digest()

    where = f"{page(it, it.waiting[0])}/{it.offer(it.waiting[0]).id}/decline"
    answer = client.post(where, data={"day_number": typed})

    assert (answer.status_code, "Please type the day of the month" in answer.text) == (422, True)
    assert digest() == before


def test_hr_sees_what_is_on_offer_to_whom_and_ends_it(hr: FlaskClient, session: Session) -> None:
    it = offered(session)

    shown = hr.get(f"/rounds/{it.round.id}/waiting").text
    run = hr.get(f"/rounds/{it.round.id}/run").text
    stopped = hr.post(f"/seats/{it.seat.id}/stop")
    session.expire_all()

    assert "1 place on offer" in shown
    asked, declined = (
        [shown.index(f'<option value="{one.id}">') for one in it.waiting],
        f'<option value="{it.guest.id}">',
    )
    assert declined not in shown or max(asked) < shown.index(declined)
    assert "1 place is on offer to the waiting list." in run
    assert (stopped.status_code, it.seat.state) == (303, SeatState.STOPPED)
    assert "Stopped by HR" in hr.get(f"/rounds/{it.round.id}/waiting").text
    assert hr.post(f"/seats/{it.seat.id}/stop").status_code == 409


def test_hr_frees_a_declined_seat_at_once_and_hands_it_to_somebody(hr: FlaskClient, session: Session) -> None:
    it = world(waiting=2)
    it.decline(now())
    session.commit()
    invitation = it.invitation(it.guest.person).id
    assert "1 declined visit" in hr.get(f"/rounds/{it.round.id}/waiting").text

    assert hr.post(f"/visits/{invitation}/free-seat").status_code == 303
    assert hr.post(f"/seats/{it.seat.id}/hand", data={"guest": it.waiting[1].id}).status_code == 303
    session.expire_all()

    assert it.visitors() == [it.waiting[1]]


def test_hr_offers_a_place_that_nobody_has(hr: FlaskClient, session: Session) -> None:
    it = world(waiting=1, seats=2)
    session.commit()
    assert "Offer this place" in hr.get(f"/rounds/{it.round.id}/waiting").text

    assert hr.post(f"/slots/{it.slot.id}/offer-seat").status_code == 303

    assert it.asked == {it.waiting[0].id}
    assert hr.post(f"/slots/{it.slot.id}/offer-seat").status_code == 422


def test_after_a_decline_other_possible_times_are_a_press_away(client: FlaskClient, session: Session) -> None:
    it = world(waiting=1)
    there = factories.slot(factories.opening(it.round, factories.person(department_=it.host.home), starts_at=at(8, 14)))
    answers.take(it.invitation(it.guest.person), NewAnswer(answer=Answer.NO), now())
    session.commit()
    mine = page(it, it.guest, "/visits")
    others = f"{mine}/{it.invitation(it.guest.person).id}/instead"
    assert others in client.get(mine).text
    assert "Tue 26 Jan 2027, 14:00–15:00" in client.get(others).text

    place = {"opening": there.opening_id, "start": int(there.starts_at.timestamp()) // 60, "day_number": "26"}
    answer = client.post(others, data=place)
    session.expire_all()

    assert (answer.status_code, answer.location) == (303, mine)
    taken = session.scalars(select(Pairing).where(Pairing.guest_id == it.guest.id, Pairing.stands)).one()
    assert (taken.slot_id, "by_guest" in taken.tags) == (there.id, True)
    told = letters_of_today()
    assert told == {
        (it.guest.person.code, LetterKind.CANCEL): 1,
        (it.guest.person.code, LetterKind.REQUEST): 1,
        (it.host.code, LetterKind.CANCEL): 1,
        (there.opening.hosts[0].person.code, LetterKind.REQUEST): 1,
        (it.waiting[0].person.code, LetterKind.SEAT_OFFER): 1,
    }


def asks_for_another(client: FlaskClient, session: Session) -> tuple[Freed, str]:
    """A guest asks for a place in a meeting of the same department in the afternoon, in a round in which HR is asked first."""
    it = world(waiting=0)
    it.round.asks_hr_first = True
    there = factories.slot(factories.opening(it.round, factories.person(department_=it.host.home), starts_at=at(8, 14)))
    answers.take(it.invitation(it.guest.person), NewAnswer(answer=Answer.NO), now())
    session.commit()
    others = page(it, it.guest, f"/visits/{it.invitation(it.guest.person).id}/instead")
    place = {"opening": there.opening_id, "start": int(there.starts_at.timestamp()) // 60, "day_number": "26"}
    assert client.post(others, data=place).status_code == 303
    return it, others


def test_where_hr_is_asked_first_a_guest_has_another_place_by_hrs_yes(
    hr: FlaskClient, client: FlaskClient, session: Session
) -> None:
    it, others = asks_for_another(client, session)
    asked = session.scalars(select(PlaceRequest)).one()
    assert "The people who run the round decide." in client.get(others).text
    assert it.visitors() == [it.guest]
    assert letters_of_today() == {}
    assert "1 guest asks for another place" in hr.get(f"/rounds/{it.round.id}/run").text

    assert hr.post(f"/requests/{asked.id}/agree").status_code == 303
    session.expire_all()

    assert it.visitors() == []
    assert (it.guest.person.code, LetterKind.REQUEST) in letters_of_today()
    assert hr.post(f"/requests/{asked.id}/disagree").status_code == 409


def test_hrs_no_is_told_by_mail_and_changes_nothing(hr: FlaskClient, client: FlaskClient, session: Session) -> None:
    it, others = asks_for_another(client, session)

    assert hr.post(f"/requests/{session.scalars(select(PlaceRequest)).one().id}/disagree").status_code == 303

    assert "did not agree to Tue 26 Jan 2027, 14:00–15:00" in client.get(others).text
    assert it.visitors() == [it.guest]
    assert letters_of_today() == {(it.guest.person.code, LetterKind.PLACE_REFUSED): 1}


def test_the_mail_of_hrs_no_leads_to_the_other_times(hr: FlaskClient, client: FlaskClient, session: Session) -> None:
    _, others = asks_for_another(client, session)

    hr.post(f"/requests/{session.scalars(select(PlaceRequest)).one().id}/disagree")

    letter = session.scalars(select(Letter).where(Letter.kind == LetterKind.PLACE_REFUSED)).one()
    mail = outbox.render(letter, settings_of()).get_body(("plain",))
    assert mail
    said = mail.get_content()
    assert "You do not get the place that you asked for" in said
    assert "Tue 26 Jan 2027, 14:00–15:00" in said
    assert "and that stands." in said
    assert others.partition("/visits/")[2] in said
    assert client.get(others).status_code == 200


def test_hr_says_whether_it_is_asked_first(hr: FlaskClient, session: Session) -> None:
    it = world(waiting=0)
    session.commit()
    here = f"/rounds/{it.round.id}/waiting"
    assert "Ask me first" in hr.get(here).text

    hr.post(f"/rounds/{it.round.id}/asks-hr-first", data={"first": "yes"})
    session.expire_all()

    assert it.round.asks_hr_first
    assert "Let guests take it without asking" in hr.get(here).text


def test_home_leads_to_who_asks_and_to_what_became_free_too_late(
    hr: FlaskClient, client: FlaskClient, session: Session
) -> None:
    it, _others = asks_for_another(client, session)
    idle = factories.slot(factories.opening(it.round, starts_at=at(8, 16)))
    session.add(FreeSeat(slot=idle, opened_at=now(), state=SeatState.TOO_LATE))
    session.commit()

    home = hr.get("/").text

    assert "Decide on another place for 1 guest" in home
    assert "See 1 place that became free too late to ask anybody" in home
    assert home.count(f"/rounds/{it.round.id}/waiting") == 2


def test_who_has_not_declined_takes_nothing_instead(client: FlaskClient, session: Session, digest: Digest) -> None:
    it = world(waiting=0)
    there = factories.slot(factories.opening(it.round, factories.person(department_=it.host.home), starts_at=at(8, 14)))
    session.commit()
    others = page(it, it.guest, f"/visits/{it.invitation(it.guest.person).id}/instead")
    before = digest()

    place = {"opening": there.opening_id, "start": int(there.starts_at.timestamp()) // 60, "day_number": "26"}
    assert client.post(others, data=place).status_code == 422

    assert digest() == before


# Many at once


def test_of_fifty_who_press_at_once_one_has_the_seat_and_nobody_else_is_mailed(tmp_path: Path, database: str) -> None:
    """From the decline over the time to think to the calendars of all concerned."""
    app = create_app(settings(tmp_path, database_url=database))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    with app.app_context():
        it = world(waiting=PRESSES)
        it.decline(now() - 2 * HOUR)
        it.work(now() - HOUR)
        seat = it.seat
        for guest in it.waiting:  # more than a wave, which is ten at most
            if guest.id not in it.asked:
                again = {"wave": 1, "rank": 1, "offered_at": now(), "until": seat.until}
                db.session.add(SeatOffer(seat=seat, guest=guest, **again))
        db.session.commit()
        addresses = {guest.id: f"{page(it, guest)}/{it.offer(guest).id}/take" for guest in it.waiting}
        guest_person, host = it.guest.person.code, it.host.code
        codes = {guest.id: guest.person.code for guest in it.waiting}
        slot_id, seat_id = it.slot.id, seat.id
        db.session.remove()
    start, pressed = Barrier(PRESSES, timeout=60), now()

    def press(guest: int) -> tuple[int, int, str]:
        client = app.test_client()
        start.wait()
        answer = client.post(addresses[guest], data={"day_number": "26"})
        return guest, answer.status_code, answer.text

    with ThreadPoolExecutor(PRESSES) as pool:
        answers = list(pool.map(press, addresses))

    assert Counter(status for _, status, _ in answers) == {303: 1, 409: PRESSES - 1}
    (winner,) = [guest for guest, status, _ in answers if status == 303]
    assert all("Somebody was faster" in text for _, status, text in answers if status == 409)
    with app.app_context():
        there = db.session.scalars(select(Pairing).where(Pairing.slot_id == slot_id, Pairing.stands)).all()
        assert [one.guest_id for one in there] == [winner]
        assert db.session.get_one(FreeSeat, seat_id).state is SeatState.TAKEN
        states = Counter(db.session.scalars(select(SeatOffer.state)))
        assert states == {OfferState.CLAIMED: 1, OfferState.GONE: PRESSES - 1}
        assert letters_of_today(pressed) == {(codes[winner], LetterKind.REQUEST): 1, (host, LetterKind.REQUEST): 1}
        standing = select(Invitation).where(Invitation.slot_id == slot_id, Invitation.cancelled_at.is_(None))
        calendars = {(one.person.code, one.role) for one in db.session.scalars(standing)}
        assert calendars == {(codes[winner], Role.GUEST), (host, Role.HOST)}
        cancelled = db.session.scalars(select(Letter).where(Letter.kind == LetterKind.CANCEL)).all()
        assert {one.person.code for one in cancelled} == {guest_person, host}
        asked = select(Letter).where(Letter.kind == LetterKind.SEAT_OFFER, Letter.state == LetterState.READY)
        assert {one.person_id for one in db.session.scalars(asked)} <= {db.session.get_one(Guest, winner).person_id}
        db.session.remove()
        db.engine.dispose()
