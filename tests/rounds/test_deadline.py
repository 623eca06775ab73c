"""The last day for answers: what cannot be one, how answers close, and how they are opened again."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.collecting import goals
from shadowing.collecting.goals import GoalsAnswer
from shadowing.errors import Refusal, WrongStage
from shadowing.models import Audit, Job, JobKind, Pairing, Round, RoundArguments, Stage
from shadowing.rounds import agenda, by_itself, deadline, rounds
from shadowing.typed import Mistakes
from tests import factories
from tests.factories import NOW
from tests.rounds.test_rounds import said_of

DAY = timedelta(days=1)
TODAY = date(2026, 12, 1)


def closing(**facts: object) -> Round:
    return factories.round_(**{"late_answers": False} | facts)


def skip(round: Round, now: datetime) -> None:
    goals.answer(factories.guest(round, answered_at=None), GoalsAnswer(skip=True), now)


def run_close(round: Round, due: datetime, now: datetime) -> None:
    by_itself.run(JobKind.CLOSE, RoundArguments(round_id=round.id, due=due), now)


@pytest.mark.parametrize("stage", [Stage.DRAFT, Stage.COLLECTING])
def test_a_deadline_that_is_over_is_refused_and_the_way_on_is_named(session: Session, stage: Stage) -> None:
    round = factories.round_(stage=stage)

    with pytest.raises(Mistakes, match=r"2026-11-30, is over\. Choose today \(2026-12-01\) or a later day") as refusal:
        rounds.change(round, replace(said_of(round), answers_until=TODAY - DAY), None, NOW)
    assert list(refusal.value.by_field) == ["answers_until"]
    rounds.change(round, replace(said_of(round), answers_until=TODAY), None, NOW)


def test_all_days_that_cannot_be_are_named_at_once(session: Session) -> None:
    given = replace(rounds.defaults(NOW, "Asia/Tokyo", "Winter"), ends_on=TODAY + DAY)

    with pytest.raises(Mistakes) as refusal:
        rounds.draft(given, None, NOW)

    assert sorted(refusal.value.by_field) == ["answers_until", "ends_on"]


def test_a_round_whose_deadline_is_over_can_be_changed_otherwise(session: Session) -> None:
    round = closing(answers_until=TODAY - DAY)

    rounds.change(round, replace(said_of(round), greeting="Come and see"), None, NOW)

    assert (round.greeting, round.takes_answers(NOW)) == ("Come and see", False)


def test_nobody_is_asked_once_the_deadline_is_over(session: Session) -> None:
    factories.person()
    round = factories.round_(stage=Stage.DRAFT, answers_until=TODAY - DAY)

    with pytest.raises(Refusal, match=r"is over\. Change the round, then ask"):
        rounds.ask(round, None, NOW)
    assert round.stage is Stage.DRAFT


def test_answers_close_when_the_last_day_is_over_where_the_round_is(session: Session) -> None:
    round = closing(answers_until=TODAY, zone="America/New_York")
    last = datetime.fromisoformat("2026-12-01T23:59:59-05:00")

    skip(round, last)
    with pytest.raises(WrongStage, match="answers of this round are closed"):
        skip(round, last + timedelta(seconds=1))


def test_late_answers_count_where_hr_says_so(session: Session) -> None:
    round = factories.round_(answers_until=TODAY - DAY, late_answers=True)

    skip(round, NOW)

    run_close(round, round.answers_end, NOW)
    assert round.takes_answers(NOW)


def test_asking_leaves_the_closing_to_the_worker_once(session: Session) -> None:
    factories.person()
    round = closing(stage=Stage.DRAFT)

    rounds.ask(round, None, NOW)
    agenda.write(round, NOW)

    closings = session.scalars(select(Job).where(Job.kind == JobKind.CLOSE)).all()
    assert [job.due_at for job in closings] == [round.answers_end]


def test_a_closing_of_a_day_that_hr_has_moved_does_nothing(session: Session) -> None:
    round = closing(answers_until=TODAY)
    due = round.answers_end
    rounds.change(round, replace(said_of(round), answers_until=TODAY + 3 * DAY), None, NOW)

    run_close(round, due, due)
    assert round.closed_at is None
    run_close(round, round.answers_end, round.answers_end)
    assert round.closed_at == round.answers_end


def test_a_later_deadline_opens_the_answers_again(session: Session) -> None:
    round = closing(answers_until=TODAY - DAY, closed_at=NOW)

    rounds.change(round, replace(said_of(round), answers_until=TODAY + DAY), None, NOW)

    assert round.takes_answers(NOW)


def planned() -> Round:
    round = closing(stage=Stage.REVIEWING, answers_until=TODAY - DAY)
    factories.pairing(factories.guest(round), factories.slot(factories.opening(round)))
    return round


def test_answers_are_opened_again_from_the_review_and_the_plan_stays(session: Session) -> None:
    round = planned()

    deadline.reopen(round, TODAY + DAY, None, NOW)

    assert (round.stage, round.takes_answers(NOW), deadline.seated(round)) == (Stage.COLLECTING, True, 1)
    assert session.scalars(select(Audit.deed)).all() == ["reopen"]
    assert session.scalars(select(Job.due_at).where(Job.kind == JobKind.CLOSE)).all() == [round.answers_end]


def test_closing_again_goes_back_to_the_review(session: Session) -> None:
    round = planned()
    deadline.reopen(round, TODAY + DAY, None, NOW)

    deadline.close(round, None, NOW)

    assert (round.stage, round.takes_answers(NOW)) == (Stage.REVIEWING, False)
    assert session.scalars(select(Pairing)).one().stands


def test_answers_that_were_closed_by_hand_are_opened_again(session: Session) -> None:
    round = factories.round_()
    deadline.close(round, None, NOW)
    assert not round.takes_answers(NOW)
    with pytest.raises(WrongStage, match="closed already"):
        deadline.close(round, None, NOW)

    deadline.reopen(round, TODAY, None, NOW)

    assert (round.stage, round.takes_answers(NOW)) == (Stage.COLLECTING, True)


@pytest.mark.parametrize(
    ("stage", "way_on"),
    [
        (Stage.COLLECTING, "Change the round to move that day"),
        (Stage.SOLVING, "Stop the search"),
        (Stage.PUBLISHED, "changed on the board"),
        (Stage.ENDED, "at another step"),
    ],
)
def test_where_answers_cannot_be_opened_the_way_on_is_named(session: Session, stage: Stage, way_on: str) -> None:
    with pytest.raises(WrongStage, match=way_on):
        deadline.reopen(factories.round_(stage=stage), TODAY + DAY, None, NOW)


@pytest.mark.parametrize("until", [TODAY - DAY, date(2027, 2, 12)])
def test_answers_are_not_opened_until_a_day_that_cannot_be(session: Session, until: date) -> None:
    with pytest.raises(Mistakes):
        deadline.reopen(planned(), until, None, NOW)


def test_nobody_waits_for_answers_of_who_has_left(session: Session) -> None:
    round = closing()
    factories.guest(round)
    for _ in range(2):
        factories.guest(round, factories.person(left_at=NOW), answered_at=None)

    assert deadline.haste(round, NOW) is None
