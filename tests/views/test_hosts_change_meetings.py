"""After publishing a host changes dates of their regular meeting on their own page, and only those concerned are asked again."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.collecting import dates
from shadowing.errors import Refusal
from shadowing.models import (
    Audit,
    Availability,
    FreeTimes,
    Letter,
    LetterKind,
    LetterState,
    Opening,
    OpeningKind,
    Pairing,
    PairingStatus,
    Person,
    Repair,
    RepairState,
    Stage,
)
from shadowing.rounds import meeting_dates
from shadowing.rounds.meeting_dates import DateChange, MeetingChange
from shadowing.rounds.opening_changes import unseen
from shadowing.visiting import invitations
from tests import factories
from tests.factories import MONDAY, NOW, at
from tests.views.conftest import Digest
from tests.views.test_answers import my
from tests.views.test_repairs import work
from tests.views.test_round_openings import seen, told
from tests.views.test_visits import SENDER


@pytest.fixture
def visits(session: Session) -> list[Pairing]:
    """Two guests in a meeting on Tuesdays at ten, a week apart, published and told."""
    coordinator = factories.person("hr-1", display_name="桜井 HR", email="sakurai@example.org")
    round = factories.round_(stage=Stage.PUBLISHED, coordinator=coordinator, closed_days=["2027-01-30"])
    host = factories.person("host", display_name="髙橋 O'Neil 🙂")
    shape: dict[str, Any] = {"starts_at": None, "weekday": "TU", "rrule": "FREQ=WEEKLY", "zone": "Asia/Tokyo"}
    first_on, clock = MONDAY + timedelta(days=1), at(0, 10).time().replace(hour=10)
    shape |= {"first_on": first_on, "local_time": clock, "kind": OpeningKind.MEETING, "title": "𠮷の定例"}
    opening = factories.opening(round, host, **shape)
    dates.lay_out(opening, round, NOW)
    session.flush()
    found = []
    for name, slot in zip(("early", "late"), opening.slots, strict=False):
        guest = factories.guest(round, factories.person(name, display_name=f"﨑 {name}"), (host.home,))
        for day in range(19):
            factories.free(round, guest.person, day, 9, 18)
        found.append(factories.pairing(guest, slot, status=PairingStatus.PUBLISHED))
    session.flush()
    invitations.tell(round, NOW, SENDER, NOW)
    for letter in session.scalars(select(Letter)):
        letter.state, letter.done_at = LetterState.SENT, NOW
    session.commit()
    return found


def of(visits: list[Pairing]) -> Opening:
    return visits[0].slot.opening


def host_of(visits: list[Pairing]) -> Person:
    return of(visits).hosts[0].person


def page_of(visits: list[Pairing], person: Person | None = None) -> str:
    return my(person or host_of(visits), of(visits).round, f"/openings/{of(visits).id}/dates")


def written(session: Session) -> list[tuple[LetterKind, str]]:
    session.expire_all()
    waiting = session.scalars(select(Letter).where(Letter.state == LetterState.READY))
    return sorted((letter.kind, letter.person.code) for letter in waiting)


def moving(visits: list[Pairing], to_day: str = "2027-01-27", to_time: str = "15:00") -> dict[str, Any]:
    return {"what": "move", "moved": visits[1].slot_id, "to_day": to_day, "to_time": to_time}


def press(client: FlaskClient, visits: list[Pairing], data: dict[str, Any]) -> str:
    """Both presses; the page between them."""
    path = page_of(visits)
    between = client.post(path, data=data)
    assert between.status_code == 422
    assert client.post(path, data=data | {"seen": seen(between.text)}).status_code == 303
    return between.text


# Moved


def test_a_host_moves_one_date_and_its_guest_and_themselves_are_asked_again_at_once_and_nobody_else(
    client: FlaskClient, session: Session, visits: list[Pairing]
) -> None:
    between = press(client, visits, moving(visits))

    assert written(session) == [(LetterKind.CHANGE, "host"), (LetterKind.CHANGE, "late")]
    assert told(session, of(visits).round) == []
    assert visits[1].slot.starts_at == at(9, 15)
    assert visits[0].slot.starts_at == at(1, 10)
    assert "1 visit changes by this" in between
    assert "1 guest" in between
    assert "﨑 late" in between
    assert "﨑 early" not in between
    assert session.scalars(select(Repair)).all() == []
    deed = session.scalars(select(Audit).where(Audit.deed == "change_dates")).one()
    assert deed.person_id == host_of(visits).id


def test_a_date_that_was_moved_is_moved_again_and_left_out(
    client: FlaskClient, session: Session, visits: list[Pairing]
) -> None:
    press(client, visits, moving(visits))
    press(client, visits, moving(visits, to_day="2027-01-28"))
    session.expire_all()
    assert visits[1].slot.starts_at == at(10, 15)

    press(client, visits, {"what": "leave_out", "left_out": visits[1].slot_id})

    session.expire_all()
    assert visits[1].status is PairingStatus.DROPPED
    assert of(visits).exceptions.moved == ()
    assert str(of(visits).exceptions.not_on[0]) == "2027-01-26"
    assert at(8, 10) not in [slot.starts_at for slot in of(visits).slots if slot.cancelled_at is None]


def test_whoever_cannot_come_at_the_new_time_hears_of_it_by_the_repair(
    client: FlaskClient, session: Session, visits: list[Pairing]
) -> None:
    times = session.scalars(select(Availability).where(Availability.person_id == visits[1].guest.person_id)).one()
    times.given = FreeTimes()
    session.commit()
    factories.free(of(visits).round, visits[1].guest.person, 8, 9, 12)
    another = factories.guest(
        of(visits).round, factories.person("stays", display_name="辻 stays"), (host_of(visits).home,)
    )
    factories.free(of(visits).round, another.person, 8, 9, 18)
    factories.free(of(visits).round, another.person, 9, 9, 18)
    of(visits).seats = visits[1].slot.seats = 2
    factories.pairing(another, visits[1].slot, status=PairingStatus.PUBLISHED)
    session.flush()
    invitations.tell(of(visits).round, NOW, SENDER, NOW)
    for letter in session.scalars(select(Letter)):
        letter.state, letter.done_at = LetterState.SENT, NOW
    session.commit()

    between = press(client, visits, moving(visits))

    assert "1 visit changes by this" in between
    assert "2 guests" in between
    assert "falls away" in between
    assert written(session) == [(LetterKind.CHANGE, "host"), (LetterKind.CHANGE, "stays")]
    assert session.scalars(select(Repair)).one().state is RepairState.WAITING
    work()
    session.expire_all()
    assert session.scalars(select(Repair)).one().concerned == [visits[1].guest.person_id]


@pytest.mark.parametrize(
    ("to_day", "to_time", "said"),
    [
        ("2027-01-30", "15:00", "nobody works then"),
        ("2027-02-02", "10:00", "takes place then already"),
        ("2020-01-01", "10:00", "in the past"),
        ("2029-01-02", "10:00", "not within the round"),
        ("", "10:00", "Say when it is instead"),
    ],
)
def test_a_date_moves_only_to_a_time_at_which_it_can_be(
    client: FlaskClient, visits: list[Pairing], digest: Digest, to_day: str, to_time: str, said: str
) -> None:
    path, data, before = page_of(visits), moving(visits, to_day, to_time), digest()

    answer = client.post(path, data=data)

    assert answer.status_code == 422
    assert said in answer.text
    assert digest() == before


# Left out, paused


def test_a_date_that_is_left_out_asks_for_a_repair_and_mails_nobody_before_it(
    client: FlaskClient, hr: FlaskClient, session: Session, visits: list[Pairing]
) -> None:
    press(client, visits, {"what": "leave_out", "left_out": visits[1].slot_id})

    assert written(session) == []
    assert visits[1].status is PairingStatus.DROPPED
    assert visits[0].stands
    work()
    session.expire_all()
    repair = session.scalars(select(Repair)).one()
    assert repair.concerned == [visits[1].guest.person_id]
    assert of(visits).round.title in hr.get("/").text
    assert f"/rounds/{of(visits).round.id}/repair" in hr.get("/").text
    trail = hr.get("/audit").text
    assert "Changed dates of a regular meeting" in trail


def test_a_pause_takes_the_dates_within_it_and_no_others(
    client: FlaskClient, session: Session, visits: list[Pairing]
) -> None:
    press(client, visits, {"what": "pause", "paused_from": "2027-01-25", "paused_until": "2027-01-31"})

    session.expire_all()
    assert [one.status for one in visits] == [PairingStatus.PUBLISHED, PairingStatus.DROPPED]
    page = client.get(page_of(visits)).text
    assert 'value="2027-01-25"' in page
    assert client.post(page_of(visits), data={"what": "pause"}).status_code == 303
    session.expire_all()
    assert at(8, 10) in [slot.starts_at for slot in of(visits).slots if slot.cancelled_at is None]


def test_a_date_that_nobody_visits_is_left_out_at_one_press(
    client: FlaskClient, session: Session, visits: list[Pairing]
) -> None:
    free = max(of(visits).slots, key=lambda slot: slot.starts_at)

    answer = client.post(page_of(visits), data={"what": "leave_out", "left_out": free.id})

    assert answer.status_code == 303
    assert written(session) == []
    assert [one.stands for one in visits] == [True, True]


# Put back


def left_out(client: FlaskClient, visits: list[Pairing]) -> dict[str, str]:
    """What the form that puts the date back sends."""
    press(client, visits, {"what": "leave_out", "left_out": visits[1].slot_id})
    return {"what": "put_back", "put_back": "2027-01-26"}


def test_a_date_is_put_back_with_its_guest_before_anybody_hears_that_it_was_off(
    client: FlaskClient, session: Session, visits: list[Pairing]
) -> None:
    tags = list(visits[1].tags)
    back = left_out(client, visits)
    assert 'value="2027-01-26"' in client.get(page_of(visits)).text

    assert client.post(page_of(visits), data=back).status_code == 303

    assert written(session) == []
    assert [one.stands for one in visits] == [True, True]
    assert (visits[1].tags, visits[1].slot.cancelled_at, of(visits).exceptions.not_on) == (tags, None, ())
    work()
    session.expire_all()
    assert RepairState.PROPOSED not in session.scalars(select(Repair.state)).all()
    assert 'name="put_back"' not in client.get(page_of(visits)).text
    assert client.post(page_of(visits), data=back).status_code == 409


def test_who_heard_that_it_is_off_is_invited_again_at_once(
    client: FlaskClient, session: Session, visits: list[Pairing]
) -> None:
    back = left_out(client, visits)
    later = NOW + timedelta(minutes=1)
    invitations.tell(of(visits).round, later, SENDER, later)
    session.commit()
    assert written(session) == [(LetterKind.CANCEL, "host"), (LetterKind.CANCEL, "late")]

    assert client.post(page_of(visits), data=back).status_code == 303

    assert (LetterKind.REQUEST, "late") in written(session)
    assert (LetterKind.REQUEST, "host") in written(session)
    assert visits[1].stands


def test_a_date_whose_guest_has_another_visit_by_now_is_not_put_back_and_hr_is_named(
    client: FlaskClient, session: Session, visits: list[Pairing], digest: Digest
) -> None:
    back = left_out(client, visits)
    session.expire_all()
    third = sorted(of(visits).slots, key=lambda slot: slot.starts_at)[2]
    factories.pairing(visits[1].guest, third, status=PairingStatus.PUBLISHED)
    session.commit()
    before = digest()

    answer = client.post(page_of(visits), data=back)

    assert answer.status_code == 409
    assert "have other plans by now" in answer.text
    assert "sakurai@example.org" in answer.text
    assert digest() == before


def test_within_24_hours_it_is_not_put_back_by_a_host(session: Session, visits: list[Pairing]) -> None:
    out = MeetingChange(what=DateChange.LEAVE_OUT, left_out=visits[1].slot_id)
    meeting_dates.change(of(visits), out, host_of(visits), NOW, unseen)
    back = MeetingChange(what=DateChange.PUT_BACK, put_back=MONDAY + timedelta(days=8))

    with pytest.raises(Refusal, match=r"sakurai@example\.org"):
        meeting_dates.change(of(visits), back, host_of(visits), at(8, 10) - timedelta(hours=23), unseen)


# Refused


def test_within_24_hours_a_host_is_sent_to_the_people_who_run_the_round(
    session: Session, visits: list[Pairing]
) -> None:
    left_out = MeetingChange(what=DateChange.LEAVE_OUT, left_out=visits[1].slot_id)
    soon = at(8, 10) - timedelta(hours=23, minutes=59)

    with pytest.raises(Refusal, match=r"桜井 HR: sakurai@example\.org"):
        meeting_dates.change(of(visits), left_out, host_of(visits), soon, unseen)
    session.rollback()

    assert meeting_dates.change(of(visits), left_out, host_of(visits), at(7, 10), unseen)


def test_a_date_does_not_move_into_the_next_24_hours_either(session: Session, visits: list[Pairing]) -> None:
    early = MeetingChange(
        what=DateChange.MOVE,
        moved=visits[1].slot_id,
        to_day=MONDAY + timedelta(days=1),
        to_time=at(0, 18).time().replace(hour=15),
    )

    with pytest.raises(Refusal, match="within 24 hours"):
        meeting_dates.change(of(visits), early, host_of(visits), at(0, 16), unseen)


@pytest.mark.parametrize(
    "data",
    [
        {"what": "leave_out"},
        {"what": "put_back"},
        {"what": "put_back", "put_back": "no day"},
        {"what": "move", "to_day": "2027-01-27", "to_time": "15:00"},
        {"what": "pause"},
        {"what": "pause", "paused_until": "2027-01-31"},
        {"what": "pause", "paused_from": "2027-01-31", "paused_until": "2027-01-25"},
        {"what": "pause", "paused_from": "2026-01-01", "paused_until": "2026-01-02"},
        {"what": "withdraw"},
        {},
    ],
)
def test_what_says_nothing_changes_nothing(
    client: FlaskClient, visits: list[Pairing], digest: Digest, data: dict[str, str]
) -> None:
    path, before = page_of(visits), digest()

    assert client.post(path, data=data).status_code == 422
    assert digest() == before


def test_only_regular_meetings_of_a_published_round_have_the_page(
    client: FlaskClient, session: Session, visits: list[Pairing]
) -> None:
    mine = my(host_of(visits), of(visits).round, "/openings")
    assert "/dates" in client.get(mine).text
    assert "/dates" in client.get(my(host_of(visits), of(visits).round, "/visits")).text
    for stage in (Stage.REVIEWING, Stage.ENDED):
        of(visits).round.stage = stage
        session.commit()
        assert "/dates" not in client.get(mine).text
        assert "<select" not in client.get(page_of(visits)).text
        answer = client.post(page_of(visits), data={"what": "leave_out", "left_out": visits[1].slot_id})
        assert answer.status_code == 409


def test_a_guest_of_the_meeting_does_not_find_it(client: FlaskClient, visits: list[Pairing]) -> None:
    assert client.get(page_of(visits, visits[0].guest.person)).status_code == 404
