"""Moving a slot and calling it off."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.errors import Refusal, WrongStage
from shadowing.models import Pairing, PairingStatus, Slot, Stage
from shadowing.visiting import slots
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

    slots.reschedule(slot, at(2, 15), None, NOW)

    assert (slot.starts_at, slot.ends_at) == (at(2, 15), at(2, 16))


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
        slots.reschedule(slot, at(3, 9), None, NOW)


def test_before_publishing_nothing_is_moved_or_called_off(session: Session) -> None:
    _round, _guest, first, _second = under_review()

    with pytest.raises(WrongStage):
        slots.call_off(first.slots[0], None, NOW)


def test_a_slot_is_not_moved_further_than_a_year_after_its_round(session: Session) -> None:
    slot = published(session)

    with pytest.raises(Refusal, match="more than a year after"):
        slots.reschedule(slot, NOW + timedelta(days=800), None, NOW)
