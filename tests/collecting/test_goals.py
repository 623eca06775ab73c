"""Goals: what a guest wants to learn, kept, replaced and refused."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from shadowing.collecting import goals
from shadowing.collecting.goals import GoalsAnswer, Wish
from shadowing.errors import Refusal, WrongStage
from shadowing.models import Department, Goal, Stage
from shadowing.rules import RoundRules
from tests import factories
from tests.factories import MONDAY, NOW


def wishing(*departments: Department, **facts: Any) -> GoalsAnswer:
    return GoalsAnswer(wishes=tuple(Wish(department_id=one.id) for one in departments), **facts)


def test_an_answer_keeps_wishes_in_order_and_the_line_with_the_first(session: Session) -> None:
    guest = factories.guest(factories.round_(), answered_at=None)
    first, second = factories.department("rnd"), factories.department("sales")

    goals.answer(guest, wishing(first, second, line="How offers are made", visits=2), NOW)
    session.flush()

    assert [(goal.rank, goal.department, goal.text) for goal in guest.goals] == [
        (1, first, "How offers are made"),
        (2, second, ""),
    ]
    assert (guest.visits, guest.answered_at) == (2, NOW)


def test_a_later_answer_replaces_the_first(session: Session) -> None:
    guest = factories.guest(factories.round_())
    one, two, three = (factories.department() for _ in range(3))
    goals.answer(guest, wishing(one, two, three), NOW)
    session.flush()

    goals.answer(guest, wishing(three, one), NOW)
    session.commit()

    assert [goal.department for goal in guest.goals] == [three, one]
    assert session.query(Goal).count() == 2


def test_a_topic_may_be_wished_for_as_well(session: Session) -> None:
    guest = factories.guest(factories.round_())

    goals.answer(guest, GoalsAnswer(wishes=(Wish(topic="data"),)), NOW)

    assert [(goal.topic, goal.department_id) for goal in guest.goals] == [("data", None)]


def test_not_this_time_counts_as_an_answer(session: Session) -> None:
    guest = factories.guest(factories.round_(), answered_at=None)

    goals.answer(guest, GoalsAnswer(skip=True), NOW)

    assert (guest.visits, guest.answered_at) == (0, NOW)


def test_an_open_mind_needs_no_department_and_keeps_the_line(session: Session) -> None:
    guest = factories.guest(factories.round_())

    goals.answer(guest, GoalsAnswer(surprise=True, line="Anything new"), NOW)

    assert (guest.surprise, goals.line_of(guest)) == (True, "Anything new")


def test_no_wish_at_all_is_refused(session: Session) -> None:
    with pytest.raises(Refusal, match="Choose at least one department"):
        goals.answer(factories.guest(factories.round_()), GoalsAnswer(), NOW)


def test_the_same_department_twice_is_refused(session: Session) -> None:
    sales = factories.department()

    with pytest.raises(Refusal, match="twice"):
        goals.answer(factories.guest(factories.round_()), wishing(sales, sales), NOW)


def test_a_department_that_does_not_exist_is_refused(session: Session) -> None:
    with pytest.raises(Refusal, match="does not exist any more"):
        goals.answer(factories.guest(factories.round_()), GoalsAnswer(wishes=(Wish(department_id=999),)), NOW)


def test_nobody_wishes_for_their_own_department(session: Session) -> None:
    guest = factories.guest(factories.round_())

    with pytest.raises(Refusal, match="your own department"):
        goals.answer(guest, wishing(guest.person.home), NOW)


def test_the_own_department_is_a_wish_where_the_round_allows_it(session: Session) -> None:
    guest = factories.guest(factories.round_(rules=RoundRules(own_department=True)))

    goals.answer(guest, wishing(guest.person.home), NOW)

    assert guest.goals[0].department_id == guest.person.department_id


def test_more_visits_than_the_round_allows_are_refused(session: Session) -> None:
    guest = factories.guest(factories.round_(rules=RoundRules(visits_most=1)))

    with pytest.raises(Refusal, match="in this round: 1 at the most"):
        goals.answer(guest, wishing(factories.department(), visits=2), NOW)


@pytest.mark.parametrize(("rule", "most"), [(0, 20), (1, 1), (3, 3), (999, 20)])
def test_a_guest_may_wish_for_as_many_visits_as_the_rules_say_where_0_is_no_limit(
    session: Session, rule: int, most: int
) -> None:
    guest = factories.guest(factories.round_(rules=RoundRules(visits_most=rule)))
    wished = factories.department()

    goals.answer(guest, wishing(wished, visits=most), NOW)

    assert guest.visits == most
    with pytest.raises(Refusal, match=f"in this round: {most} at the most"):
        goals.answer(guest, wishing(wished, visits=most + 1), NOW)


def test_the_last_answer_keeps_its_visits_where_the_new_round_has_no_limit(session: Session) -> None:
    person = factories.person()
    factories.guest(factories.round_(starts_on=MONDAY.replace(year=2026), stage=Stage.ENDED), person, visits=4)
    round = factories.round_(rules=RoundRules(visits_most=0))
    last = session.scalars(goals.last_of(person, round)).one()

    assert goals.again(last, person, round).visits == 4


def test_answers_are_closed_while_the_plan_is_made(session: Session) -> None:
    with pytest.raises(WrongStage):
        goals.answer(factories.guest(factories.round_(stage=Stage.SOLVING)), GoalsAnswer(skip=True), NOW)


def test_the_topics_of_a_round_are_those_of_its_openings(session: Session) -> None:
    round = factories.round_()
    factories.opening(round, topics=["pricing", "data"])
    factories.opening(round, topics=["data"])
    factories.opening(round, topics=["gone"], withdrawn_at=NOW)

    assert goals.topics_of(round) == ("data", "pricing")


def test_the_last_answer_is_that_of_the_round_before(session: Session) -> None:
    person = factories.person()
    before = factories.round_(starts_on=MONDAY.replace(year=2026), stage=Stage.ENDED)
    factories.guest(before, person, wishes=(factories.department(), person.home), half_days_most=2)
    round = factories.round_()
    last = session.scalars(goals.last_of(person, round)).one()

    again = goals.again(last, person, round)

    assert again == GoalsAnswer(wishes=(Wish(department_id=last.goals[0].department_id),), half_days_most=2)
