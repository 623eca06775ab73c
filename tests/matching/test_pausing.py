"""Somebody pauses until a day: not asked, not reminded, not placed until then, and then all of it again."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.company import people
from shadowing.matching import board, gather, leaving, pausing
from shadowing.models import Guest, PairingStatus, Person, Stage
from shadowing.rounds import previews, reminders, rounds
from shadowing.typed import Mistakes
from tests import factories
from tests.factories import NOW, at

BACK = date(2027, 1, 20)


def paused(until: date = BACK, **facts: object) -> Person:
    person = factories.person(**{"display_name": "﨑山 葵"} | facts)  # type: ignore[arg-type]  # of a test's own facts
    pausing.pause(person, until, None, NOW)
    return person


def test_who_pauses_is_not_asked(session: Session) -> None:
    round, here = factories.round_(stage=Stage.DRAFT), factories.person()
    away, back = paused(), paused(NOW.date() + timedelta(days=1))
    now = NOW + timedelta(days=1)

    shown = [letter.person for letter in previews.asking(round, now)]
    rounds.ask(round, None, now)

    asked = session.scalars(select(Guest.person_id)).all()
    assert {person.id for person in shown} == set(asked) == {here.id, back.id}
    assert away.id not in asked


def test_who_pauses_is_not_reminded(session: Session) -> None:
    round = factories.round_()
    for person in (paused(), factories.person("here")):
        factories.guest(round, person, answered_at=None)

    later = NOW + timedelta(days=2)
    assert [guest.person.code for guest in reminders.due(round, later)] == ["here"]
    assert reminders.nudge(round, None, later) == 1


def test_nobody_is_placed_in_a_pause(session: Session) -> None:
    round, host = factories.round_(), paused()
    guest = factories.guest(round, paused())
    weekly = factories.opening(round, host)
    for day in (1, 8):
        factories.slot(weekly, at(day, 10))
        factories.free(round, guest.person, day, 9, 12)

    problem = gather.problem(round, NOW)

    assert [len(opening.starts) for opening in problem.openings] == [1]
    assert [len(person.free) for person in problem.people if person.id == guest.person_id] == [1]


def test_who_pauses_beyond_the_round_takes_no_part_and_is_told_nothing(session: Session) -> None:
    round = factories.round_()
    factories.guest(round, paused(round.ends_on + timedelta(days=1)))

    assert gather.problem(round, NOW).guests == ()
    assert list(session.scalars(board.unmatched(round))) == []


def test_visits_before_the_day_are_taken_out_and_those_after_stay(session: Session) -> None:
    round, host = factories.round_(stage=Stage.PUBLISHED), factories.person()
    first, second = (
        factories.pairing(
            factories.guest(round),
            factories.slot(factories.opening(round, host, starts_at=at(day, 10))),
            status=PairingStatus.PUBLISHED,
        )
        for day in (1, 2)
    )

    before = pausing.caused(host, BACK, NOW)
    done = pausing.pause(host, BACK, None, NOW)

    assert before == done
    assert (done.hosted, first.stands, second.stands) == ((first,), False, True)
    assert leaving.stranded(session.scalars(board.unmatched(round))) == (first.guest,)


def test_a_pause_ends_by_itself_or_by_a_button(session: Session) -> None:
    person = paused()

    assert [people.there(person, moment) for moment in (at(1, 23), at(2, 0))] == [False, True]
    for _ in range(2):
        pausing.resume(person, None, NOW)
    assert person.away_until is None


@pytest.mark.parametrize("days", [0, -1])
def test_a_pause_ends_in_the_future(session: Session, days: int) -> None:
    person = factories.person()

    with pytest.raises(Mistakes, match=r"Choose a day after today\."):
        pausing.pause(person, NOW.date() + timedelta(days=days), None, NOW)
    assert person.away_until is None
