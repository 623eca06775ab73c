"""People who come after a round asked: counted, asked with one press, or let in when they ask themselves."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.errors import Refusal, WrongStage
from shadowing.matching import leaving, pausing
from shadowing.models import Guest, Letter, LetterKind, Person, Round, Stage, Way, Whom
from shadowing.rounds import joiners, rounds
from tests import factories
from tests.factories import NOW

LATER = NOW + timedelta(days=3)


@pytest.fixture
def round(session: Session) -> Round:
    """Everybody who was there has been asked."""
    round = factories.round_(stage=Stage.DRAFT)
    factories.person("first")
    pausing.pause(factories.person("away"), LATER.date(), None, NOW)
    rounds.ask(round, None, NOW)
    return round


def asked(session: Session) -> list[str]:
    return list(session.scalars(select(Person.code).join(Letter, Letter.person_id == Person.id).order_by(Letter.id)))


def test_who_came_later_or_back_from_a_pause_is_asked_once(session: Session, round: Round) -> None:
    factories.person("new", display_name="﨑山 葵")

    count, number = joiners.count(round, LATER), joiners.ask(round, None, None, LATER)

    assert (count, number, joiners.count(round, LATER)) == (2, 2, 0)
    assert sorted(asked(session)) == ["away", "first", "new"]
    with pytest.raises(Refusal, match="Everybody who is here has been asked"):
        joiners.ask(round, None, None, LATER)


def test_who_left_and_came_back_is_new(session: Session) -> None:
    round, person = factories.round_(stage=Stage.DRAFT), factories.person()
    factories.person()
    leaving.let_go(person, NOW.date(), None, NOW)
    rounds.ask(round, None, NOW)

    leaving.take_back(person, None, LATER)

    assert list(session.scalars(joiners.new(round, LATER))) == [person]


def test_the_mails_that_are_shown_are_those_that_go(session: Session, round: Round) -> None:
    factories.person("new")

    shown = [one.write() for one in joiners.asking(round, None, LATER)]
    joiners.ask(round, None, None, LATER)

    written = list(session.scalars(select(Letter).where(Letter.due_at == LATER)))
    assert [(letter.address, letter.facts) for letter in shown] == [
        (letter.address, letter.facts) for letter in written
    ]
    assert {letter.kind for letter in written} == {LetterKind.ASK}


def test_whom_the_round_is_not_meant_for_is_not_new_but_can_be_asked(session: Session) -> None:
    left_out = factories.person()
    round = factories.round_(whom=Whom(way=Way.DEPARTMENTS, departments=(factories.department().id,)))

    assert (joiners.count(round, NOW), joiners.ask(round, left_out.id, None, NOW)) == (0, 1)


def test_who_answered_without_being_asked_needs_no_mail(session: Session) -> None:
    round = factories.round_()
    factories.guest(round, asked_at=None)

    assert joiners.count(round, NOW) == 0


def test_nobody_is_asked_once_the_answers_are_closed(session: Session, round: Round) -> None:
    factories.person("new")
    after = round.answers_end + timedelta(minutes=1)

    assert joiners.count(round, after) == 0
    with pytest.raises(Refusal, match=r"The last day for answers, .* is over"):
        joiners.ask(round, None, None, after)
    round.late_answers = False
    with pytest.raises(WrongStage):
        joiners.ask(round, None, None, after)
    assert len(session.scalars(select(Guest.id)).all()) == 1


def test_a_round_that_collects_answers_is_open_to_whoever_was_not_asked(session: Session, round: Round) -> None:
    person = factories.person()
    factories.round_(stage=Stage.PUBLISHED)
    factories.round_(stage=Stage.DRAFT)

    assert joiners.open_to(person, LATER) == [round]
    round.late_answers = False
    assert joiners.open_to(person, round.answers_end) == []
