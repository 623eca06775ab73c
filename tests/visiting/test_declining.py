"""A guest declines: time to think better of it, then the seat is free and the calendars say so."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.errors import WrongStage
from shadowing.models import (
    Answer,
    FreeSeat,
    Job,
    JobKind,
    Letter,
    LetterKind,
    LetterState,
    Pairing,
    PairingStatus,
    Role,
    SeatState,
    Stage,
)
from shadowing.visiting import answers, declining, invitations
from shadowing.visiting.answers import NewAnswer
from tests import factories
from tests.factories import NOW, at
from tests.visiting import freed
from tests.visiting.freed import LATER, letters_since, world

HOUR = timedelta(hours=1)


def job(session: Session) -> Job:
    return session.scalars(select(Job).where(Job.kind == JobKind.FREE_SEAT)).one()


def test_within_the_time_to_think_a_decline_changes_nothing_and_mails_nobody(session: Session) -> None:
    it = world()

    it.decline()
    it.work(NOW + 0.9 * HOUR)

    assert it.visitors() == [it.guest]
    assert letters_since(NOW) == {}
    assert job(session).due_at == NOW + HOUR


def test_after_it_the_seat_is_free_and_host_and_guest_alone_have_it_taken_out(session: Session) -> None:
    it = world(waiting=0)
    beside = factories.guest(it.round)
    session.flush()

    it.decline()
    it.work(LATER)

    assert it.visitors() == []
    assert session.scalars(select(Pairing)).one().status is PairingStatus.DROPPED
    assert letters_since(NOW) == {
        (it.guest.person.code, LetterKind.CANCEL): 1,
        (it.host.code, LetterKind.CANCEL): 1,
    }
    assert it.guest.reason is not None
    assert it.guest.reason.code == "declined"
    assert beside.reason is None or beside.reason.code != "declined"


def test_a_host_who_keeps_other_guests_reads_who_remains(session: Session) -> None:
    it = world(waiting=0, seats=2)
    other = freed.waiter(it.round, it.slot)
    factories.pairing(other, it.slot, status=PairingStatus.PUBLISHED)
    invitations.tell(it.round, NOW - HOUR, freed.SENDER, NOW - HOUR)
    for letter in session.scalars(select(Letter)):
        letter.state, letter.done_at = LetterState.SENT, NOW - HOUR

    it.decline()
    it.work(LATER)

    assert letters_since(NOW) == {
        (it.guest.person.code, LetterKind.CANCEL): 1,
        (it.host.code, LetterKind.CHANGE): 1,
    }
    entry = it.invitation(it.host, Role.HOST).told.entry
    assert [one.name for one in entry.guests] == [other.person.name("en")]


def test_who_thinks_better_of_it_keeps_the_visit(session: Session) -> None:
    it = world()

    it.decline()
    answers.take(it.invitation(it.guest.person), NewAnswer(answer=Answer.YES), NOW + HOUR / 2)
    it.work(LATER)

    assert it.visitors() == [it.guest]
    assert letters_since(NOW) == {}


def test_a_second_no_begins_the_time_to_think_anew(session: Session) -> None:
    it = world()

    it.decline()
    answers.take(it.invitation(it.guest.person), NewAnswer(answer=Answer.YES), NOW + HOUR / 4)
    it.decline(NOW + HOUR / 2)
    it.work(NOW + HOUR)
    before = it.visitors()
    it.work(NOW + 1.5 * HOUR)

    assert (before, it.visitors()) == ([it.guest], [])


def test_the_end_of_the_time_to_think_twice_is_once(session: Session) -> None:
    it = world(waiting=1)
    it.decline()
    arguments = job(session).arguments

    for _ in range(2):
        declining.when_over(arguments, LATER)  # type: ignore[arg-type]  # of a decline

    assert len(session.scalars(select(FreeSeat)).all()) == 1
    assert letters_since(NOW).total() == 3


@pytest.mark.parametrize(
    ("before", "waits"),
    [(timedelta(hours=24.5), timedelta(hours=0.5)), (timedelta(hours=20), timedelta()), (timedelta(days=3), HOUR)],
)
def test_the_seat_is_free_a_day_before_the_visit_at_the_latest(
    session: Session, before: timedelta, waits: timedelta
) -> None:
    it = world()
    now = it.slot.starts_at - before

    it.decline(now)

    assert job(session).due_at - now == waits


def test_a_seat_that_is_free_within_a_day_is_offered_to_nobody(session: Session) -> None:
    it = world()
    now = it.slot.starts_at - timedelta(hours=20)

    it.decline(now)
    it.work(now)

    assert freed.states() == [SeatState.TOO_LATE]
    assert it.asked == set()


def test_hr_frees_the_seat_at_once(session: Session) -> None:
    it = world(waiting=1)
    it.decline()

    declining.free_now(it.invitation(it.guest.person), None, NOW)

    assert (it.visitors(), it.asked) == ([], {it.waiting[0].id})
    with pytest.raises(WrongStage, match="not declined any more"):
        declining.free_now(it.invitation(it.guest.person), None, NOW)


def test_a_round_that_has_ended_meanwhile_frees_nothing(session: Session) -> None:
    it = world()
    it.decline()
    it.round.stage = Stage.ENDED
    session.flush()

    it.work(LATER)

    assert it.visitors() == [it.guest]


def test_what_hr_is_changing_at_the_visit_is_not_told_by_a_decline(session: Session) -> None:
    it = world()
    it.slot.opening.place = "Room 9"
    session.flush()

    it.decline()
    it.work(LATER)

    assert it.visitors() == []
    assert letters_since(NOW) == {}
    assert freed.states() == []


def test_what_hr_is_changing_elsewhere_is_not_told_by_a_decline(session: Session) -> None:
    it = world(waiting=0)
    elsewhere = factories.slot(factories.opening(it.round, starts_at=at(9, 10)))
    factories.pairing(factories.guest(it.round), elsewhere)
    session.flush()

    it.decline()
    it.work(LATER)

    assert {code for code, _ in letters_since(NOW)} == {it.guest.person.code, it.host.code}
