"""Reasons and remedies stay true while HR changes the plan by hand, and say nothing that only HR knows."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.collecting.goals import GoalsAnswer, Wish
from shadowing.extensions import db
from shadowing.mail import letters, text
from shadowing.mail.letters import Sender
from shadowing.matching import host_refusals, leaving, pairings, pausing, why
from shadowing.matching.spans import minutes, moment
from shadowing.models import (
    Answer,
    DatedSpan,
    Exclusion,
    FreeTimes,
    Guest,
    Opening,
    PairingStatus,
    Person,
    Round,
    Stage,
)
from shadowing.rounds import answers
from shadowing.solver.explain import Code, Remedy
from shadowing.visiting import answers as given
from shadowing.visiting import invitations, slots
from tests import factories
from tests.factories import NOW, at, free
from tests.visiting.test_invitations import Visit

ComesBack = Callable[[Person, Person | None, datetime], None]


def under_review(*times: tuple[int, int], seats: int = 1, stage: Stage = Stage.REVIEWING) -> tuple[Round, Opening]:
    """A meeting in the wished department at each of *times*: day and hour."""
    round = factories.round_(stage=stage)
    host = factories.person(department_=factories.department("営業"))
    opening = factories.opening(round, host, seats=seats)
    for day, hour in times:
        factories.slot(opening, at(day, hour))
    return round, opening


def keen(opening: Opening, day: int, begin: int = 9, end: int = 17, **facts: Any) -> Guest:
    guest = factories.guest(opening.round, wishes=(opening.department,), **facts)
    free(opening.round, guest.person, day, begin, end)
    return guest


def exclusion(guest: Guest, opening: Opening) -> Exclusion:
    low, high = sorted((guest.person_id, opening.hosts[0].person_id))
    return Exclusion(person_id=low, other_id=high)


def told(guest: Guest) -> tuple[str, str]:
    assert guest.reason
    return guest.reason.code, guest.reason.remedy


def test_a_seat_that_is_given_away_by_hand_is_promised_to_nobody_else(session: Session) -> None:
    round, opening = under_review((1, 10), (2, 10))
    one, other = keen(opening, 3), keen(opening, 1)
    why.look_again(round, NOW)
    before = told(one), told(other)

    pairings.place(other, opening.id, minutes(at(1, 10)), None, NOW)

    assert before == ((Code.NOT_FREE, Remedy.ONE_MORE_HALF_DAY), (Code.PLACE_LEFT, Remedy.PLACE))
    assert one.reason
    assert one.reason.facts["start"] == minutes(at(2, 10))
    assert other.reason is None


def test_whoever_was_taken_out_by_hand_is_told_that_and_what_helps(session: Session) -> None:
    round, opening = under_review((1, 10))
    guest = keen(opening, 1)
    elsewhere = factories.opening(round, factories.person(department_=factories.department("法務")))
    factories.slot(elsewhere, at(1, 15))
    seated = factories.pairing(guest, opening.slots[0])

    pairings.remove(seated, None, NOW)

    assert told(guest) == (why.TAKEN_OUT, Remedy.WISH_MORE)
    assert guest.reason
    assert guest.reason.facts["place"] == elsewhere.department.name


def test_nobody_who_declined_is_told_that_the_visit_was_taken_from_them(session: Session) -> None:
    visit = Visit().told()
    given.on_the_page(next(iter(db.session.scalars(invitations.of(visit.guest, visit.round)))), Answer.NO, NOW)

    pairings.remove(visit.pairing, None, NOW)

    assert told(visit.pairing.guest)[0] == why.DECLINED


def test_whoever_lost_a_visit_that_is_called_off_reads_that_it_was_called_off(session: Session) -> None:
    visit = Visit().told()

    slots.call_off(visit.slot, None, NOW)

    assert told(visit.pairing.guest)[0] == why.CALLED_OFF


def test_a_guest_who_pauses_is_not_told_that_hr_took_the_visit_out(session: Session) -> None:
    _round, opening = under_review((1, 10), (9, 10), stage=Stage.PUBLISHED)
    guest = keen(opening, 1)
    factories.pairing(guest, opening.slots[0], status=PairingStatus.PUBLISHED)

    pausing.pause(guest.person, at(7, 0).date(), None, NOW)

    assert told(guest) == (why.AWAY, Remedy.ONE_MORE_HALF_DAY)
    assert guest.reason
    assert guest.reason.facts["start"] == minutes(at(9, 10))  # not in the pause


def test_an_exclusion_reads_like_seats_that_others_have(session: Session) -> None:
    round, opening = under_review((1, 10))
    guest, rival = keen(opening, 1), keen(opening, 1)
    session.add(exclusion(guest, opening))
    why.look_again(round, NOW)
    excluded = told(guest)
    session.delete(session.scalars(select(Exclusion)).one())
    factories.pairing(rival, opening.slots[0])

    why.look_again(round, NOW)

    assert excluded == (Code.FULL, Remedy.FIRST_NEXT_TIME)
    assert told(guest) == (Code.FULL, Remedy.ONE_MORE_SEAT)


@pytest.mark.parametrize(
    ("zone", "hours", "begin", "end", "shown"),
    [
        ("Asia/Tokyo", "mon-fri 09:00-18:00", at(1, 10), at(1, 11), (at(1, 9), at(1, 12))),
        ("Asia/Tokyo", "mon-fri 09:00-18:00", at(1, 13), at(1, 15), (at(1, 13), at(1, 18))),
        ("Asia/Tokyo", "", at(1, 13), at(1, 15), (at(1, 13), at(1, 18))),
        ("Asia/Tokyo", "mon-fri 09:00-12:30, mon-fri 13:30-16:00", at(1, 14), at(1, 15), (at(1, 13, 30), at(1, 16))),
        ("Asia/Tokyo", "mon-fri 09:00-18:00", at(1, 11, 30), at(1, 12, 30), (at(1, 11), at(1, 13))),
        ("Europe/London", "mon-fri 08:00-16:00", at(1, 18), at(1, 19), (at(1, 17), at(1, 21))),
    ],
)
def test_a_remedy_names_a_half_day_that_the_guest_can_tick(
    session: Session, zone: str, hours: str, begin: datetime, end: datetime, shown: tuple[datetime, datetime]
) -> None:
    """Lunch belongs to neither half-day: there the hours are named."""
    person = factories.person(zone=zone, hours=hours)

    found = why.half_day(person, minutes(begin), minutes(end))

    assert (moment(found[0]), moment(found[1])) == shown


def test_the_mail_names_the_half_day_and_whom_to_tell(app: Flask, session: Session) -> None:
    round, opening = under_review((1, 10))
    guest = keen(opening, 2, person_=factories.person(locale="en", zone="Asia/Tokyo", hours="mon-fri 09:00-18:00"))
    round.coordinator = factories.person(display_name="髙橋 由美子", email="takahashi@example.org")
    opening.flexible = True
    free(round, opening.hosts[0].person, 1, 10, 11)
    why.look_again(round, NOW)

    body = text.write(letters.missing(guest, datetime.now(UTC)), Sender.of(app.extensions["settings"])).body

    assert "Why: You were not free at any time when what you wished for is offered." in body
    assert "What would help: One more free half-day of yours." in body
    assert "For example: 営業 department, Tue 19 Jan 2027, 09:00–12:00 (Japan Time)" in body
    assert "Please tell 髙橋 由美子 (takahashi@example.org), who can still see to it." in body


def test_nothing_is_promised_where_no_single_change_helps(app: Flask, session: Session) -> None:
    round, opening = under_review((1, 10))
    guest = keen(opening, 1)
    session.add(exclusion(guest, opening))
    why.look_again(round, NOW)

    body = text.write(letters.missing(guest, NOW), Sender.of(app.extensions["settings"])).body

    assert ("What would help" in body, "Please tell" in body) == (False, False)


def test_whoever_answers_again_after_the_plan_has_the_reason_of_the_new_answer(session: Session) -> None:
    round, opening = under_review((1, 10))
    guest = factories.guest(round, wishes=(opening.department,), open_until=round.ends_on)
    why.look_again(round, NOW)
    before = told(guest)

    said = GoalsAnswer(wishes=(Wish(department_id=opening.department_id),))
    answers.take(guest.person, round, said, FreeTimes(spans=(DatedSpan(at(1, 9), at(1, 12), 2),)), NOW)

    assert before == (Code.NO_FREE_TIME, Remedy.ENTER_FREE_TIME)
    assert told(guest) == (Code.PLACE_LEFT, Remedy.PLACE)


def test_a_host_who_agrees_to_a_guest_after_all_has_a_seat_for_them_again(session: Session) -> None:
    _round, opening = under_review((1, 10))
    guest, hr = keen(opening, 1), factories.person()
    draft = host_refusals.HostRefusalDraft(host=opening.hosts[0].person_id, why="We know each other.")
    host_refusals.refuse(guest, draft, hr, NOW)
    refused = told(guest)

    host_refusals.allow(session.scalars(host_refusals.of(guest)).one(), hr, NOW)

    assert refused == (Code.FULL, Remedy.FIRST_NEXT_TIME)
    assert told(guest) == (Code.PLACE_LEFT, Remedy.PLACE)


@pytest.mark.parametrize("comes_back", [leaving.take_back, pausing.resume])
def test_the_seats_of_a_host_are_there_for_others_while_the_host_is(session: Session, comes_back: ComesBack) -> None:
    round, opening = under_review((1, 10))
    guest, host = keen(opening, 1), opening.hosts[0].person
    why.look_again(round, NOW)
    before = told(guest)

    if comes_back is pausing.resume:
        pausing.pause(host, at(30, 0).date(), None, NOW)
    else:
        leaving.let_go(host, NOW.date(), None, NOW)
    meanwhile = told(guest)
    comes_back(host, None, NOW)

    assert meanwhile[1] != Remedy.PLACE
    assert before == told(guest) == (Code.PLACE_LEFT, Remedy.PLACE)


def test_a_seat_of_somebody_who_left_during_the_search_is_told_to_others(session: Session) -> None:
    round, opening = under_review((1, 10))
    gone, guest = keen(opening, 1), keen(opening, 1)
    factories.pairing(gone, opening.slots[0])
    why.look_again(round, NOW)
    before = told(guest)
    gone.person.left_at = NOW

    leaving.take_out_gone(round, NOW)

    assert before[1] == Remedy.ONE_MORE_SEAT
    assert told(guest) == (Code.PLACE_LEFT, Remedy.PLACE)
