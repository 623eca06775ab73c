"""The slots of an opening: visits go along when its dates change, and what has begun stays as it was."""

from datetime import date, datetime, time
from typing import Any

import pytest
from sqlalchemy.orm import Session

from shadowing.collecting import dates, openings
from shadowing.collecting.offers import Offer
from shadowing.models import Opening, OpeningKind, Pairing
from tests import factories
from tests.factories import NOW, at


def said(**facts: Any) -> Offer:
    """A weekly meeting on Tuesdays at ten."""
    weekly: dict[str, Any] = {
        "kind": OpeningKind.MEETING,
        "title": "Meeting",
        "minutes": 60,
        "seats": 2,
        "zone": "Asia/Tokyo",
    }
    return Offer(**weekly | {"first_on": date(2027, 1, 19), "local_time": time(10), "rrule": "FREQ=WEEKLY"} | facts)


@pytest.fixture
def visit(session: Session) -> Pairing:
    """In the second week of a weekly meeting."""
    round = factories.round_()
    opening = openings.offer(round, [factories.person()], said(), NOW)
    return factories.pairing(factories.guest(round), opening.slots[1])


def starts(opening: Opening) -> list[datetime]:
    return sorted(slot.starts_at for slot in opening.slots if slot.cancelled_at is None)


def test_a_visit_goes_along_within_its_week(session: Session, visit: Pairing) -> None:
    opening = visit.slot.opening

    openings.rewrite(opening, said(first_on=date(2027, 1, 21), local_time=time(15)), NOW)

    assert visit.slot.starts_at == at(10, 15)
    assert starts(opening) == [at(3, 15), at(10, 15), at(17, 15), at(24, 15)]


def test_a_week_that_loses_its_date_keeps_the_others_in_place(session: Session, visit: Pairing) -> None:
    """On the Thursday of the first week the company is closed, so that week alone has no date any more."""
    opening, opening_round = visit.slot.opening, visit.slot.opening.round
    opening_round.closed_days = ["2027-01-21"]

    openings.rewrite(opening, said(first_on=date(2027, 1, 21)), NOW)

    assert visit.slot.starts_at == at(10, 10)
    assert starts(opening) == [at(10, 10), at(17, 10), at(24, 10)]


def test_one_date_alone_becomes_another_one(session: Session) -> None:
    round = factories.round_()
    opening = openings.offer(round, [factories.person()], said(rrule=""), NOW)
    pairing = factories.pairing(factories.guest(round), opening.slots[0])

    openings.rewrite(opening, said(rrule="", first_on=date(2027, 2, 4)), NOW)

    assert (pairing.slot.starts_at, pairing.slot.ends_at, len(opening.slots)) == (at(17, 10), at(17, 11), 1)


def test_fewer_dates_call_off_those_that_go(session: Session, visit: Pairing) -> None:
    opening = visit.slot.opening

    openings.rewrite(opening, said(rrule=""), NOW)

    assert (visit.slot.starts_at, visit.slot.cancelled_at) == (at(8, 10), NOW)
    assert starts(opening) == [at(1, 10)]


def test_what_has_begun_stays_as_it_was(session: Session, visit: Pairing) -> None:
    opening, later = visit.slot.opening, at(9, 0)

    openings.rewrite(opening, said(first_on=date(2027, 1, 21), minutes=120), later)

    assert (visit.slot.starts_at, visit.slot.ends_at, visit.slot.cancelled_at) == (at(8, 10), at(8, 11), None)


def test_slots_of_an_opening_without_a_date_become_as_long_as_it_is(session: Session) -> None:
    round = factories.round_()
    opening = openings.offer(round, [factories.person()], said(flexible=True, rrule="", first_on=None), NOW)
    slot = factories.slot(opening, at(2, 9))

    openings.rewrite(opening, said(flexible=True, rrule="", first_on=None, minutes=90, seats=3), NOW)

    assert (slot.starts_at, slot.ends_at, slot.seats) == (at(2, 9), at(2, 10, 30), 3)


def test_an_opening_that_is_withdrawn_and_offered_again_has_its_dates(session: Session, visit: Pairing) -> None:
    opening = visit.slot.opening
    before = starts(opening)

    openings.take_off(opening, NOW)
    gone = starts(opening)
    openings.put_on(opening, NOW)

    assert (gone, starts(opening)) == ([], before)
    dates.lay_out(opening, opening.round, NOW)
    assert starts(opening) == before
