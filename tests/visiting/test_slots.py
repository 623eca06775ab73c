"""Moving a slot and calling it off."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.errors import Refusal, WrongStage
from shadowing.extensions import db
from shadowing.matching import pairings
from shadowing.models import OpeningKind, Pairing, PairingStatus, Person, Slot, Stage
from shadowing.rules import RoundRules
from shadowing.visiting import slots
from shadowing.visiting.slots import Against, NotSure
from tests import factories
from tests.factories import NOW, at
from tests.matching.test_pairings import under_review


def published(session: Session) -> Slot:
    round, _guest, first, _second = under_review()
    round.stage = Stage.PUBLISHED
    session.scalars(select(Pairing)).one().status = PairingStatus.PUBLISHED
    return first.slots[0]


def test_a_slot_that_moves_takes_everybody_in_it_along(session: Session) -> None:
    slot = published(session)

    slots.reschedule(slot, at(1, 15), None, NOW)

    assert (slot.starts_at, slot.ends_at) == (at(1, 15), at(1, 16))


def test_a_slot_is_not_moved_into_the_past(session: Session) -> None:
    slot = published(session)

    with pytest.raises(Refusal, match="past"):
        slots.reschedule(slot, NOW, None, NOW)


def test_calling_a_slot_off_takes_everybody_out_of_it(session: Session) -> None:
    slot = published(session)

    slots.call_off(slot, None, NOW)

    assert slot.cancelled_at == NOW
    assert session.scalars(select(Pairing)).one().status is PairingStatus.DROPPED


def test_a_slot_is_not_moved_to_where_its_guest_is_already(session: Session) -> None:
    slot = published(session)
    guest = session.scalars(select(Pairing)).one().guest
    elsewhere = factories.opening(guest.round, guest.person, starts_at=at(3, 9))
    factories.slot(elsewhere)

    with pytest.raises(Refusal, match="two places"):
        slots.reschedule(slot, at(3, 9), None, NOW, sure=True)


def test_before_publishing_nothing_is_moved_or_called_off(session: Session) -> None:
    _round, _guest, first, _second = under_review()

    with pytest.raises(WrongStage):
        slots.call_off(first.slots[0], None, NOW)


def test_a_slot_is_not_moved_further_than_a_year_after_its_round(session: Session) -> None:
    slot = published(session)

    with pytest.raises(Refusal, match="more than a year after"):
        slots.reschedule(slot, NOW + timedelta(days=800), None, NOW)


@pytest.mark.parametrize("gone", ["opening", "guest"])
def test_a_visit_is_moved_beside_one_whose_opening_or_guest_is_gone(session: Session, gone: str) -> None:
    slot = published(session)
    wished = slot.opening.department
    there = factories.opening(slot.opening.round, factories.person(department_=wished), starts_at=at(2, 10))
    other = factories.pairing(factories.guest(slot.opening.round, wishes=(wished,)), factories.slot(there))
    if gone == "opening":
        there.withdrawn_at = NOW
    else:
        other.guest.person.left_at = NOW
    session.flush()

    slots.reschedule(slot, at(1, 15), None, NOW)

    assert slot.starts_at == at(1, 15)


# What is asked about once


def persons(slot: Slot) -> tuple[Person, Person]:
    """Guest and host of the visit."""
    pairing = db.session.scalars(pairings.in_slot(slot)).one()
    return pairing.guest.person, slot.opening.hosts[0].person


def told(slot: Slot, starts_at: datetime) -> list[tuple[Against, Iterable[Person]]]:
    return [(doubt.against, doubt.people) for doubt in slots.doubts(slot, starts_at)]


def test_a_time_that_nothing_speaks_against_is_not_asked_about(session: Session) -> None:
    assert told(published(session), at(1, 11)) == []


def test_a_closed_day_and_a_day_outside_the_round_are_asked_about(session: Session) -> None:
    slot = published(session)
    slot.opening.round.closed_days = ["2027-01-20"]

    assert told(slot, at(2, 10)) == [(Against.CLOSED_DAY, ())]
    assert told(slot, at(1, 23, 30))[0] == (Against.CLOSED_DAY, ())
    assert told(slot, at(28, 10)) == [(Against.OUTSIDE_ROUND, ())]
    assert told(slot, at(-3, 10)) == [(Against.OUTSIDE_ROUND, ())]


def test_an_hour_outside_working_time_names_whose_it_is_each_on_their_own_clock(session: Session) -> None:
    slot = published(session)
    guest, host = persons(slot)
    host.zone = "Asia/Kolkata"

    assert told(slot, at(6, 3)) == [(Against.OUTSIDE_WORK, (host, guest))]
    assert told(slot, at(1, 9)) == [(Against.OUTSIDE_WORK, (host,))]
    assert told(slot, at(1, 17, 30)) == [(Against.OUTSIDE_WORK, (guest,))]


def test_whose_hours_are_not_known_works_at_any(session: Session) -> None:
    slot = published(session)
    for person in persons(slot):
        person.hours = ""

    assert told(slot, at(6, 3)) == [(Against.NOT_FREE, (persons(slot)[0],))]


def test_travel_has_to_lie_in_working_time_too_a_hosts_only_on_a_ride_along(session: Session) -> None:
    slot = published(session)
    guest, host = persons(slot)
    slot.opening.travel_minutes = 60

    assert told(slot, at(1, 9)) == [(Against.OUTSIDE_WORK, (guest,))]
    slot.opening.kind = OpeningKind.RIDE_ALONG
    assert told(slot, at(1, 9)) == [(Against.OUTSIDE_WORK, (host, guest))]


def test_where_travel_is_no_work_it_may_leave_the_working_time(session: Session) -> None:
    slot = published(session)
    slot.opening.travel_minutes = 60
    slot.opening.round.rules = RoundRules(travel_is_work=False)

    assert told(slot, at(1, 9)) == []


def test_who_entered_other_times_is_named_and_who_entered_none_is_not(session: Session) -> None:
    slot = published(session)
    guest, host = persons(slot)

    assert told(slot, at(2, 10)) == [(Against.NOT_FREE, (guest,))]
    factories.free(slot.opening.round, host, 1, 9, 12)
    assert told(slot, at(2, 10)) == [(Against.NOT_FREE, (host, guest))]


@pytest.mark.parametrize("moment", [at(24, 10), at(6, 3), at(140, 10)])
def test_a_visit_is_moved_there_only_once_hr_is_sure(session: Session, moment: datetime) -> None:
    slot = published(session)
    slot.opening.round.closed_days = ["2027-02-11"]
    before = slot.starts_at

    with pytest.raises(NotSure, match="not moved yet"):
        slots.reschedule(slot, moment, None, NOW)
    assert slot.starts_at == before

    slots.reschedule(slot, moment, None, NOW, sure=True)
    assert slot.starts_at == moment


def test_nobody_is_moved_onto_a_visit_of_another_round_however_far_away(session: Session) -> None:
    slot = published(session)
    guest, _host = persons(slot)
    other = factories.round_(stage=Stage.PUBLISHED)
    elsewhere = factories.slot(factories.opening(other, starts_at=at(60, 10)))
    factories.pairing(factories.guest(other, guest), elsewhere, status=PairingStatus.PUBLISHED)

    with pytest.raises(Refusal, match="Another round has a visit at the new time") as refusal:
        slots.reschedule(slot, at(60, 10, 30), None, NOW, sure=True)

    assert refusal.value.facts["names"] == guest.display_name
