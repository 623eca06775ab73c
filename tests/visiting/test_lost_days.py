"""A day is lost: one press shows what it breaks and takes it out, one review shows the mails, one press sends them."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.errors import Refusal
from shadowing.matching import board, gather
from shadowing.models import Pairing, RepairState, Slot
from shadowing.rounds import repairs, rounds
from shadowing.typed import Mistakes
from shadowing.visiting import lost_days
from shadowing.visiting.lost_days import LostDays
from tests.factories import at
from tests.rounds.test_repairs import EVENING, SENDER, last, new_letters, running, work

SNOW = LostDays(first_on=date(2027, 1, 25))


def standing(session: Session) -> set[int]:
    return {one.guest.person_id for one in session.scalars(select(Pairing).where(Pairing.stands))}


def test_before_a_day_is_lost_it_is_shown_what_it_breaks(session: Session) -> None:
    visit = running()

    found = lost_days.broken(visit.round, SNOW, EVENING)

    assert (set(found.guests), found.hosts, len(found.visits)) == (set(visit.guests), (visit.ill,), 2)
    assert new_letters() == []


def test_a_snow_day_is_one_press_one_review_and_one_publish(session: Session) -> None:
    visit = running()

    lost_days.lose(visit.round, SNOW, visit.hr, EVENING)
    session.commit()
    work(EVENING)
    repair = last(visit.round)
    repairs.take_and_tell(repair, 0, visit.hr, SENDER, EVENING)

    assert repair.proposals[0].seated == 2
    assert {person for person, _ in new_letters()} == {visit.ill.id, visit.other.id, *(one.id for one in visit.guests)}
    assert all(at(8, 0) < one.slot.starts_at for one in session.scalars(select(Pairing).where(Pairing.stands)))


def test_nothing_is_placed_on_a_day_that_is_lost(session: Session) -> None:
    visit = running()

    lost_days.lose(visit.round, LostDays(first_on=date(2027, 1, 25), last_on=date(2027, 2, 1)), visit.hr, EVENING)

    starts = {start for one in gather.problem(visit.round, EVENING).openings for start in one.starts}
    assert starts == {int(at(15, 10).timestamp()) // 60}


def test_a_closed_site_breaks_the_visits_there_and_no_others(session: Session) -> None:
    visit = running()
    both = LostDays(first_on=date(2027, 1, 20), last_on=date(2027, 2, 10), site="大阪")
    assert lost_days.broken(visit.round, both, EVENING).visits == ()
    visit.other.site, visit.ill.site = "大阪", "東京"
    far = session.scalars(board.seated(visit.round).where(Slot.starts_at == at(15, 10)).limit(1)).one().slot.opening
    far.site = "大 阪"

    lost_days.lose(visit.round, both, visit.hr, EVENING)

    assert standing(session) == {one.id for one in visit.guests}
    offered = {one.id: one.starts for one in gather.problem(visit.round, EVENING).openings}
    assert offered[far.id] == ()


def test_a_department_that_needs_everybody_neither_visits_nor_is_visited(session: Session) -> None:
    visit = running()
    home = visit.guests[0].home

    lost_days.lose(visit.round, LostDays(first_on=date(2027, 1, 25), department=home.id), visit.hr, EVENING)

    assert standing(session) == {visit.guests[1].id, *(one.id for one in visit.rest)}
    assert session.scalars(select(Slot.cancelled_at).where(Slot.starts_at == at(7, 10))).one() is None


def test_until_anybody_is_told_a_lost_day_can_be_given_back_with_its_visits(session: Session) -> None:
    visit = running()
    lost = lost_days.lose(visit.round, SNOW, visit.hr, EVENING)

    lost_days.take_back(lost, visit.hr, EVENING)

    assert standing(session) == {one.id for one in (*visit.guests, *visit.rest)}
    assert lost_days.can_be_taken_back(visit.round) is None
    session.commit()
    work(EVENING)
    assert last(visit.round).state is RepairState.OVERTAKEN
    assert new_letters() == []


def test_once_people_are_told_a_lost_day_stays_lost(session: Session) -> None:
    visit = running()
    lost = lost_days.lose(visit.round, SNOW, visit.hr, EVENING)
    rounds.publish(visit.round, visit.hr, visit.round.version, EVENING, SENDER, EVENING)

    with pytest.raises(Refusal, match="taken back"):
        lost_days.take_back(lost, visit.hr, EVENING)


def test_a_lost_day_with_no_visit_is_kept_too_and_asks_for_nothing(session: Session) -> None:
    visit = running()

    lost_days.lose(visit.round, LostDays(first_on=date(2027, 1, 26)), visit.hr, EVENING)

    assert session.scalars(lost_days.of_round(visit.round)).one().last_on == date(2027, 1, 26)


@pytest.mark.parametrize(
    "wrong",
    [
        {"last_on": date(2027, 1, 1)},
        {"last_on": date(2029, 1, 1)},
        {"department": 999_999},
        {"department": 1, "site": "東京"},
    ],
)
def test_days_in_the_wrong_order_or_where_nothing_is_are_refused(session: Session, wrong: dict[str, Any]) -> None:
    visit = running()

    with pytest.raises(Mistakes):
        lost_days.lose(visit.round, replace(SNOW, **wrong), visit.hr, EVENING)
