"""Who is reminded, and who is not."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.errors import Refusal, WrongStage
from shadowing.models import Letter, Stage
from shadowing.rounds import reminders
from tests import factories
from tests.factories import NOW

TOMORROW = NOW + timedelta(days=1)


def test_neither_who_has_answered_nor_who_offers_a_seat_is_reminded(session: Session) -> None:
    round = factories.round_()
    factories.guest(round)
    host, silent = (factories.guest(round, answered_at=None) for _ in range(2))
    factories.opening(round, host.person)
    factories.opening(factories.round_(), silent.person)

    assert reminders.due(round, TOMORROW) == [silent]


def test_a_host_who_took_the_offer_back_is_reminded(session: Session) -> None:
    round = factories.round_()
    guest = factories.guest(round, answered_at=None)
    factories.opening(round, guest.person, withdrawn_at=NOW)

    assert reminders.due(round, TOMORROW) == [guest]


@pytest.mark.parametrize("late_answers", [True, False])
def test_nobody_is_reminded_after_the_last_day(session: Session, late_answers: bool) -> None:
    round = factories.round_(late_answers=late_answers)
    factories.guest(round, answered_at=None)

    with pytest.raises(Refusal, match="Set a later day in the round, then remind"):
        reminders.nudge(round, None, round.answers_end)
    assert reminders.due(round, round.answers_end) == []
    assert session.scalars(select(Letter)).all() == []


def test_nobody_is_reminded_at_another_step(session: Session) -> None:
    with pytest.raises(WrongStage):
        reminders.nudge(factories.round_(stage=Stage.REVIEWING), None, NOW)
