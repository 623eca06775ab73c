"""How the answers of a round came in."""

from datetime import timedelta

from sqlalchemy.orm import Session

from shadowing.rounds import answer_days
from tests import factories
from tests.factories import NOW


def test_answers_are_counted_by_the_day_in_the_zone_of_the_round(session: Session) -> None:
    zone, midnight = "Asia/Tokyo", NOW.replace(hour=15, minute=0)
    round = factories.round_(zone=zone, answers_until=(NOW + timedelta(days=9)).date())
    for answered in (midnight - timedelta(seconds=1), midnight, midnight + timedelta(days=1), None):
        factories.guest(round, asked_at=midnight - timedelta(hours=20), answered_at=answered)

    course = answer_days.of(round, midnight + timedelta(days=2))

    assert course
    assert (course.asked, course.counts) == (4, (1, 2, 3, 3))
    assert course.points == "0,4 1,3 2,2 3,1 4,1"
    assert [row[1:] for row in course.days] == [(1, 1), (1, 2), (1, 3)]
    assert (course.until, course.width) == (round.answers_until, (round.answers_until - course.first).days + 1)


def test_before_anybody_is_asked_there_is_no_picture_of_answers(session: Session) -> None:
    round = factories.round_()
    factories.guest(round, asked_at=None, answered_at=None)

    assert answer_days.of(round, NOW) is None


def test_answers_after_the_last_day_and_of_people_who_left_are_no_trouble(session: Session) -> None:
    round = factories.round_(answers_until=NOW.date())
    factories.guest(round, asked_at=NOW, answered_at=NOW + timedelta(days=3))
    factories.guest(round, factories.person(left_at=NOW), asked_at=NOW)

    course = answer_days.of(round, NOW + timedelta(days=1))

    assert course
    assert (course.asked, course.counts[-1], course.width) == (1, 1, 4)
