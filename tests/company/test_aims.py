"""The goal of the company, and what two departments gain from one another."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.company import aims
from shadowing.company.aims import CompanyGoalDraft, SentenceDraft
from shadowing.errors import Refusal
from shadowing.models import Audit
from tests import factories
from tests.factories import NOW


def test_there_is_one_goal_of_the_company(session: Session) -> None:
    hanako = factories.person(hr=True)
    aims.set_goal(CompanyGoalDraft(text="世界一"), hanako, NOW)
    aims.set_goal(CompanyGoalDraft(text="日本一", figure="98％", due_on=date(2028, 3, 31)), hanako, NOW)

    goal = aims.company_goal()
    assert goal
    assert (goal.text, goal.figure, goal.due_on) == ("日本一", "98％", date(2028, 3, 31))

    aims.set_goal(CompanyGoalDraft(), hanako, NOW)
    assert aims.company_goal() is None


def test_a_goal_that_is_saved_as_it_is_is_no_deed(session: Session) -> None:
    hanako, draft = factories.person(hr=True), CompanyGoalDraft(text="世界一", due_on=date(2028, 3, 31))
    for _ in range(2):
        aims.set_goal(draft, hanako, NOW)

    assert session.scalars(select(Audit.deed)).all() == ["set_company_goal"]


def test_a_figure_without_a_goal_is_refused(session: Session) -> None:
    with pytest.raises(Refusal):
        aims.set_goal(CompanyGoalDraft(figure="98%"), factories.person(hr=True), NOW)


def test_the_draft_puts_a_problem_beside_what_the_other_wishes_were_known(session: Session) -> None:
    sales = factories.department(name="営業部", problem="値引きが\n続く")
    develop = factories.department(name="開発部", problem="要望が届かない", wish_known="試作は2週間でできる")

    assert aims.proposed(sales, develop) == "営業部: 値引きが 続く / 開発部: 試作は2週間でできる"


def test_a_pair_has_one_sentence_in_either_order(session: Session) -> None:
    one, other, hanako = factories.department(), factories.department(), factories.person(hr=True)
    aims.keep_sentence(other, one, SentenceDraft(text="first"), hanako, NOW)
    aims.keep_sentence(one, other, SentenceDraft(text="second"), hanako, NOW)

    assert [row.text for row in aims.sentences()] == ["second"]
    assert (aims.gain(one, other), aims.gain(other, one), aims.gain(one, one)) == ("second", "second", "")

    aims.keep_sentence(one, other, SentenceDraft(), hanako, NOW)
    assert aims.sentences() == []
