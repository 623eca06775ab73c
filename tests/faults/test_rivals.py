"""Two that do the same at the same moment, on both databases: one of them wins, and nobody hears anything twice."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import TypeVar

from shadowing import worker
from shadowing.extensions import db
from shadowing.models import Round
from tests.faults import world
from tests.faults.conftest import Stage

Result = TypeVar("Result")


def at_once(deed: Callable[[], Result]) -> list[Result]:
    """What *deed* answers to each of two threads that begin it together."""
    start = Barrier(2, timeout=20)

    def begin() -> Result:
        start.wait()
        return deed()

    with ThreadPoolExecutor(2) as pool:
        return [running.result() for running in [pool.submit(begin), pool.submit(begin)]]


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
