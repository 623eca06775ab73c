"""Two that do the same at the same moment, on both databases: one of them wins, and nobody hears anything twice."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import time, timedelta
from threading import Barrier, Event
from typing import TypeVar

import pytest
from sqlalchemy import select

from shadowing import models
from shadowing.background import worker
from shadowing.collecting import openings
from shadowing.collecting.offers import Offer
from shadowing.errors import WrongStage
from shadowing.extensions import db
from shadowing.models import Job, Opening, OpeningKind, Person, Round, Slot
from shadowing.rounds import rounds
from shadowing.rounds.drafts import RoundDraft
from tests import factories
from tests.faults import world
from tests.faults.conftest import Stage

Result = TypeVar("Result")


def at_once(deed: Callable[[], Result], threads: int = 2) -> list[Result]:
    """What *deed* answers to each of so many threads that begin it together."""
    start = Barrier(threads, timeout=20)

    def begin() -> Result:
        start.wait()
        return deed()

    with ThreadPoolExecutor(threads) as pool:
        return [running.result() for running in [pool.submit(begin) for _ in range(threads)]]


def test_two_presses_of_publish_tell_everybody_once(stage: Stage) -> None:
    with stage.seen():
        small = world.small_round()

    def press() -> int:
        client = stage.app.test_client()
        client.set_cookie("session", world.COOKIE)
        return client.post(f"/rounds/{small.round}/publish", data=small.form).status_code

    assert sorted(at_once(press)) == [303, 409]
    with stage.seen():
        round = db.session.get_one(Round, small.round)
        assert world.written_letters(round) == world.due_letters(round)


def test_two_workers_send_every_letter_once(stage: Stage) -> None:
    with stage.seen():
        small = world.small_round()
    stage.run("publish", cookie=world.COOKIE, round=small.round, form=small.form)

    assert at_once(lambda: worker.run(stage.app, until_idle=True, stop=Event())) == [0, 0]

    with stage.seen():
        letters = world.written_letters(db.session.get_one(Round, small.round)).total()
    arrived = Counter(content for _, content in stage.sink.mails)
    assert (len(arrived), arrived.total()) == (letters, letters)


def test_three_presses_of_solve_make_one_search(stage: Stage) -> None:
    with stage.seen():
        small = world.small_round()

    def press() -> int:
        client = stage.app.test_client()
        client.set_cookie("session", world.COOKIE)
        return client.post(f"/rounds/{small.round}/solve", data={"seconds": "30"}).status_code

    assert sorted(at_once(press, threads=3)) == [303, 409, 409]
    with stage.seen():
        assert len(db.session.scalars(select(Job.key)).all()) == 1


def test_of_three_sessions_that_saw_the_same_round_one_takes_the_step(stage: Stage) -> None:
    with stage.seen():
        small = world.small_round()
    looked = Barrier(3, timeout=20)

    def step() -> str:
        with stage.app.app_context():
            round = db.session.get_one(Round, small.round)
            db.session.expunge(round)
            db.session.rollback()  # SQLite lets one session in at a time
            looked.wait()
            db.session.add(round)
            try:
                round.step(models.Stage.REVIEWING, models.Stage.SOLVING)
            except WrongStage as refusal:
                return str(refusal)
            db.session.commit()
            return "moved"

    refused = "The round “Small round” is at another step by now. Look at it again."
    assert sorted(at_once(step, threads=3)) == [refused, refused, "moved"]
    with stage.seen():
        assert db.session.get_one(Round, small.round).stage is models.Stage.SOLVING


WEEKLY = Offer(
    kind=OpeningKind.MEETING,
    title="Sales meeting",
    minutes=60,
    seats=2,
    first_on=world.monday() + timedelta(days=1),
    local_time=time(10),
    zone="Asia/Tokyo",
    rrule="FREQ=WEEKLY",
)


def move(opening: Opening, hour: int) -> None:
    openings.change(opening, replace(WEEKLY, local_time=time(hour)), factories.NOW)


def withdraw(opening: Opening) -> None:
    openings.withdraw(opening, factories.NOW)


def shorten(opening: Opening) -> None:
    shorten_round(opening.round)


def shorten_round(round: Round) -> None:
    """The round ends before the second of the three dates."""
    shorter = RoundDraft(
        title=round.title,
        starts_on=round.starts_on,
        ends_on=world.monday() + timedelta(days=4),
        answers_until=round.answers_until,
        zone=round.zone,
    )
    rounds.change(round, shorter, None, factories.NOW)


@pytest.mark.parametrize(
    ("first", "second", "dates"),
    [
        (lambda opening: move(opening, 15), lambda opening: move(opening, 16), [(1, 16), (8, 16), (15, 16)]),
        (lambda opening: move(opening, 15), lambda opening: move(opening, 10), [(1, 10), (8, 10), (15, 10)]),
        (lambda opening: move(opening, 15), withdraw, []),
        (lambda opening: move(opening, 15), shorten, [(1, 15)]),
        (shorten, lambda opening: move(opening, 15), [(1, 15)]),
    ],
    ids=["two moves", "a move and none", "a move and a withdrawal", "a move and new days", "new days and a move"],
)
def test_of_two_who_lay_out_one_opening_the_later_one_is_right_about_its_dates(
    stage: Stage, first: Callable[[Opening], None], second: Callable[[Opening], None], dates: list[tuple[int, int]]
) -> None:
    with stage.seen():
        offered = openings.offer(world.a_round(), [factories.person()], WEEKLY, factories.NOW).id
        db.session.commit()
    looked = Event()

    def come_second() -> None:
        with stage.app.app_context():
            opening = db.session.get_one(Opening, offered)
            assert len(opening.slots) == 3 or stage.kind == "sqlite"
            assert opening.round.title
            looked.set()
            second(opening)
            db.session.commit()

    with stage.seen(), ThreadPoolExecutor(1) as pool:
        first(db.session.get_one(Opening, offered))
        later = pool.submit(come_second)
        assert stage.kind == "sqlite" or looked.wait(20)  # SQLite lets one session in at a time
        db.session.commit()
        later.result()

    with stage.seen():
        found = db.session.scalars(select(Slot.starts_at).where(Slot.opening_id == offered).order_by(Slot.starts_at))
        assert found.all() == [world.at(day, hour) for day, hour in dates]


def test_what_is_offered_while_the_days_of_the_round_change_lies_within_the_new_days(stage: Stage) -> None:
    with stage.seen():
        round, host = world.a_round(), factories.person()
        ids = round.id, host.id
        db.session.commit()
    looked = Event()

    def offer() -> None:
        with stage.app.app_context():
            round, host = db.session.get_one(Round, ids[0]), db.session.get_one(Person, ids[1])
            looked.set()
            openings.offer(round, [host], WEEKLY, factories.NOW)
            db.session.commit()

    with stage.seen(), ThreadPoolExecutor(1) as pool:
        shorten_round(db.session.get_one(Round, ids[0]))
        later = pool.submit(offer)
        assert stage.kind == "sqlite" or looked.wait(20)  # SQLite lets one session in at a time
        db.session.commit()
        later.result()

    with stage.seen():
        assert db.session.scalars(select(Slot.starts_at)).all() == [world.at(1, 10)]
