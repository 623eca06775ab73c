"""Who works on a row: claims, leases, fences, and the order of one invitation's letters."""

from datetime import datetime, timedelta
from itertools import count

from flask import Flask
from sqlalchemy.orm import Session

from shadowing.background import queue
from shadowing.background.queue import Claimed
from shadowing.extensions import db
from shadowing.models import (
    Invitation,
    Job,
    JobKind,
    JobState,
    Letter,
    LetterKind,
    LetterState,
    Role,
    SolveArguments,
    Stage,
)
from tests import factories as make
from tests.factories import NOW

numbers = count(1)
SECOND = timedelta(seconds=1)
AFTER = NOW + queue.LEASE + SECOND

ARGUMENTS = SolveArguments(solve_id=1, before=Stage.COLLECTING)


def job(**facts: object) -> Job:
    row = Job(**{"key": f"solve:{next(numbers)}", "kind": JobKind.SOLVE, "due_at": NOW, "arguments": ARGUMENTS} | facts)
    db.session.add(row)
    db.session.flush()
    return row


def letter(**facts: object) -> Letter:
    person = make.person()
    defaults = {
        "key": f"letter:{person.id}",
        "kind": LetterKind.REQUEST,
        "person_id": person.id,
        "address": person.email,
        "locale": "en",
        "zone": "Asia/Tokyo",
        "stamp": NOW,
        "due_at": NOW,
        "facts_json": {},  # the queue does not read what a letter says
    }
    row = Letter(**defaults | facts)
    db.session.add(row)
    db.session.flush()
    return row


def invitation() -> Invitation:
    person = make.person()
    slot = make.slot(make.opening(make.round_(), person))
    names = {"uid": f"{person.id}@example.org", "organizer": "s@x.org", "address": "a@x.org"}
    row = Invitation(slot=slot, person=person, role=Role.HOST, told_json={}, **names)
    db.session.add(row)
    db.session.flush()
    return row


def fresh(row: Claimed) -> Claimed:
    db.session.expire_all()
    return db.session.get_one(type(row), row.id)


def claimed(kind: type[Claimed], now: datetime) -> Claimed:
    row = queue.claim(kind, now)
    assert row is not None
    return row


def all_claimed(kind: type[Claimed], now: datetime) -> list[Claimed]:
    """One after the other, until nothing is due."""
    return list(iter(lambda: queue.claim(kind, now), None))


def test_a_due_row_is_claimed_by_one_worker_only(session: Session) -> None:
    job()

    first, second = claimed(Job, NOW), queue.claim(Job, NOW)

    assert second is None
    assert (first.fence, first.attempts, first.unfinished) == (1, 1, 0)


def test_a_row_that_is_not_due_waits(session: Session) -> None:
    job(due_at=NOW + SECOND)

    assert queue.claim(Job, NOW) is None


def test_the_oldest_comes_first_and_one_at_a_time(session: Session) -> None:
    late, early = job(due_at=NOW - SECOND), job(due_at=NOW - 2 * SECOND)

    assert claimed(Job, NOW).id == early.id
    assert claimed(Job, NOW).id == late.id


def test_a_claimed_row_can_be_read_without_a_transaction(session: Session) -> None:
    job()

    row = claimed(Job, NOW)
    session.commit()

    assert row.kind is JobKind.SOLVE
    assert not db.session().in_transaction()


def test_a_dead_workers_row_is_claimed_again_and_the_death_is_counted(session: Session) -> None:
    job()
    queue.claim(Job, NOW)

    row = claimed(Job, AFTER)

    assert (row.fence, row.attempts, row.unfinished) == (2, 2, 1)


def test_a_heartbeat_keeps_the_row(session: Session) -> None:
    job()
    row = claimed(Job, NOW)

    assert queue.renew(Job, row.id, row.fence, NOW + queue.BEAT)
    assert queue.claim(Job, AFTER) is None


def test_a_worker_that_slept_too_long_is_fenced_off(session: Session) -> None:
    job()
    sleeper = claimed(Job, NOW)
    other = claimed(Job, AFTER)

    assert not queue.renew(Job, sleeper.id, sleeper.fence, AFTER)
    assert not queue.finish(sleeper, sleeper.fence, JobState.DONE, "", AFTER)
    assert not queue.give_back(sleeper, sleeper.fence, AFTER, "late")
    assert queue.finish(other, other.fence, JobState.DONE, "", AFTER)


def test_a_finished_row_is_never_claimed_nor_finished_again(session: Session) -> None:
    row = job()
    held = claimed(Job, NOW)

    assert queue.finish(held, held.fence, JobState.DONE, "", NOW)
    assert not queue.finish(held, held.fence, JobState.FAILED, "", NOW)
    assert queue.claim(Job, AFTER) is None
    assert fresh(row).state is JobState.DONE


def test_a_row_given_back_is_tried_again_at_its_time_and_not_counted_as_a_death(session: Session) -> None:
    job()
    row = claimed(Job, NOW)
    queue.give_back(row, row.fence, AFTER, "not now")

    assert queue.claim(Job, AFTER - SECOND) is None
    again = claimed(Job, AFTER)
    assert (again.attempts, again.unfinished, again.error) == (2, 0, "not now")


def test_five_deaths_are_enough(session: Session) -> None:
    job()

    given_up = [queue.given_up(claimed(Job, NOW + death * (AFTER - NOW))) for death in range(6)]

    assert given_up == [False] * 5 + [True]


def test_a_newer_revision_waits_for_the_older_one(session: Session) -> None:
    id = invitation().id
    first = letter(invitation_id=id, revision=0)
    second = letter(invitation_id=id, revision=1)

    held = claimed(Letter, NOW)
    assert held.id == first.id
    assert queue.claim(Letter, NOW) is None

    queue.finish(held, held.fence, LetterState.SENT, "", NOW)
    assert claimed(Letter, NOW).id == second.id


def test_letters_of_different_invitations_go_side_by_side(session: Session) -> None:
    letter(invitation_id=invitation().id)
    letter(invitation_id=invitation().id)
    letter(kind=LetterKind.ASK)

    assert len(all_claimed(Letter, NOW)) == 3


def test_postponing_rests_all_that_wait_and_nothing_in_hand(session: Session) -> None:
    held, waiting = letter(), letter()
    queue.claim(Letter, NOW)

    queue.postpone(Letter, AFTER, "the server is away", NOW)

    assert due(held) == NOW
    assert due(waiting) == AFTER
    assert fresh(waiting).error == "the server is away"


def due(row: Letter) -> datetime:
    return fresh(row).due_at


def test_claims_hold_on_both_databases(app: Flask) -> None:
    with app.app_context():
        id = invitation().id
        letter(invitation_id=id, revision=0)
        letter(invitation_id=id, revision=1)
        job()

        assert [len(all_claimed(Letter, NOW)), len(all_claimed(Job, NOW))] == [1, 1]
        assert [len(all_claimed(Letter, AFTER)), len(all_claimed(Job, NOW))] == [1, 0]
