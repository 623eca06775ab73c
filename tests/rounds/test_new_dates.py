"""Who is told that the days of a round have changed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.errors import Refusal, WrongStage
from shadowing.extensions import db
from shadowing.mail import outbox
from shadowing.models import Letter, LetterKind, LetterState, Round, Stage
from shadowing.rounds import new_dates, rounds
from tests import factories
from tests.factories import NOW
from tests.rounds.test_rounds import said_of

DAY = timedelta(days=1)


def asked() -> Round:
    for name in ("髙橋 由美子", "Seán O’Brien"):
        factories.person(display_name=name, locale="en")
    round = factories.round_(stage=Stage.DRAFT)
    rounds.ask(round, None, NOW)
    for letter in round_letters():
        letter.state = LetterState.SENT
    return round


def round_letters() -> list[Letter]:
    return list(db.session.scalars(select(Letter).order_by(Letter.id)))


def move(round: Round, days: int) -> None:
    rounds.change(round, replace(said_of(round), answers_until=round.answers_until + days * DAY), None, NOW)


def test_whoever_was_told_other_days_is_told_the_new_ones_once(session: Session) -> None:
    round = asked()
    assert new_dates.planned(round, NOW) == []
    move(round, 3)

    assert new_dates.tell(round, None, NOW + DAY) == 2

    with pytest.raises(Refusal, match="nothing to tell"):
        new_dates.tell(round, None, NOW + DAY)
    move(round, -3)
    assert new_dates.tell(round, None, NOW + 2 * DAY) == 2
    assert [letter.kind for letter in round_letters()].count(LetterKind.NEW_DATES) == 4


def test_other_words_of_a_round_are_no_other_days(session: Session) -> None:
    round = asked()

    rounds.change(round, replace(said_of(round), greeting="Come and see"), None, NOW)

    assert new_dates.planned(round, NOW) == []


def test_whoever_left_or_was_never_asked_is_not_told(session: Session) -> None:
    round = asked()
    factories.guest(round, asked_at=None)
    round_letters()[0].person.left_at = NOW
    move(round, 3)

    assert [one.person.id for one in new_dates.planned(round, NOW)] == [round_letters()[1].person_id]


def test_the_mail_names_the_days_before_and_now(app: Flask, session: Session) -> None:
    round = asked()
    move(round, 3)

    mail = outbox.render(new_dates.planned(round, NOW)[0].write(), app.extensions["settings"])

    text = str(mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    before, now = text.replace("\r\n", "\n").split("Now\n")
    assert "Answer by: Mon 4 Jan 2027" in before
    assert "Answer by: Thu 7 Jan 2027" in now
    assert "Visits" not in before


def test_days_are_told_only_while_answers_are_collected(session: Session) -> None:
    with pytest.raises(WrongStage):
        new_dates.tell(factories.round_(stage=Stage.REVIEWING), None, NOW)
