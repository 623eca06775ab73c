"""Two whole rounds on real ground lose thirteen openings, or a day, after publishing: what is proposed, and whom it mails."""

import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select, update

from shadowing.background import worker
from shadowing.extensions import db
from shadowing.mail.letters import Sender
from shadowing.matching import asked_repairs, board
from shadowing.models import Invitation, Letter, LetterState, Opening, Person, Repair, RepairState, Round, Slot
from shadowing.rounds import opening_changes, repairs
from shadowing.visiting import lost_days
from shadowing.visiting.lost_days import LostDays
from tests.journeys.conftest import House
from tests.journeys.test_real_rounds import brought_forward

LOST = 13
NAMES = ("k8s-rotation", "jp-agency")


@dataclass
class Running:
    """A real round that was published, and all of whose mails arrived."""

    name: str
    round: Round
    hr: Person
    sender: Sender


@pytest.fixture
def running(house: House, shared: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Running]:
    source = brought_forward(shared / "rounds" / request.param, tmp_path / "in")
    id = house.command("rounds", "import", source)["round_id"]
    house.command("rounds", "solve", str(id), "--seconds", "20")
    house.command("rounds", "publish", str(id))
    with house.app.app_context():
        now = datetime.now(UTC)
        db.session.execute(update(Letter).values(state=LetterState.SENT, done_at=now))
        hr = Person(code="hr-1", email="hr-1@example.org", display_name="人事 太郎", hr=True, locale="ja")
        db.session.add(hr)
        db.session.commit()
        round = db.session.get_one(Round, id)
        yield Running(request.param, round, hr, Sender.of(house.app.extensions["settings"]))


def proposed(app: Flask, round: Round) -> tuple[Repair, float]:
    """What the worker proposes, and how many seconds after the press."""
    began = time.monotonic()
    while worker.work(app, threading.Event()):
        pass
    took = time.monotonic() - began
    db.session.expire_all()
    repair = db.session.scalars(asked_repairs.last_of(round)).one()
    assert repair.state is RepairState.PROPOSED
    return repair, took


def told(name: str, what: str, repair: Repair, took: float) -> None:
    points = [f"{len(one.moved)} moved: {one.seated} of at most {one.bound}" for one in repair.proposals]
    mailed = len(repair.proposals[0].mailed)
    print(f"\n{name}, {what}: {len(repair.concerned)} guests; {'; '.join(points)}; {mailed} mailed; {took:.1f} s")


def allowed(round: Round, repair: Repair) -> set[int]:
    """Whom a mail may concern: guests and hosts of what is lost, and the hosts of the new places."""
    off = select(Invitation.person_id).join(Invitation.slot).join(Slot.opening)
    off = off.where(Opening.round_id == round.id, Invitation.cancelled_at.is_not(None))
    changed = {seat.opening for seat in (*repair.proposals[0].taken, *repair.proposals[0].given_up)}
    rows = db.session.scalars(select(Opening).where(Opening.id.in_(changed)))
    return {*db.session.scalars(off), *repair.concerned, *(host.person_id for one in rows for host in one.hosts)}


def mailed(since: datetime) -> set[int]:
    return set(db.session.scalars(select(Letter.person_id).where(Letter.done_at.is_(None), Letter.due_at >= since)))


@pytest.mark.slow
@pytest.mark.parametrize("running", NAMES, indirect=True)
def test_thirteen_openings_of_a_real_round_are_lost_after_publishing(app: Flask, running: Running) -> None:
    round, now = running.round, datetime.now(UTC)
    used = sorted({one.slot.opening_id for one in db.session.scalars(board.seated(round))})
    for id in random.Random(13).sample(used, LOST):  # noqa: S311
        opening_changes.withdraw(db.session.get_one(Opening, id), running.hr, now)
    db.session.commit()

    repair, took = proposed(app, round)
    told(running.name, "13 openings lost", repair, took)
    first = repair.proposals[0]
    assert first.moved == ()
    assert first.proven
    assert all(one.seated <= one.bound for one in repair.proposals)
    assert took < 60

    since = datetime.now(UTC)
    repairs.take_and_tell(repair, 0, running.hr, running.sender, since)
    db.session.commit()
    assert mailed(since) == first.mailed
    assert mailed(since) <= allowed(round, repair)


@pytest.mark.slow
@pytest.mark.parametrize("running", NAMES, indirect=True)
def test_a_snow_day_in_a_real_round_is_one_press_one_review_and_one_publish(app: Flask, running: Running) -> None:
    round, zone = running.round, ZoneInfo(running.round.zone)
    days = [one.slot.starts_at.astimezone(zone).date() for one in db.session.scalars(board.seated(round))]
    snow = LostDays(first_on=max(sorted(set(days)), key=days.count))
    lost_days.lose(round, snow, running.hr, datetime.now(UTC))
    db.session.commit()

    repair, took = proposed(app, round)
    told(running.name, f"a day with {days.count(snow.first_on)} visits lost", repair, took)
    assert repair.proposals[0].proven
    since = datetime.now(UTC)
    repairs.take_and_tell(repair, 0, running.hr, running.sender, since)
    db.session.commit()

    assert mailed(since) == repair.proposals[0].mailed
    assert mailed(since) <= allowed(round, repair)
    standing = db.session.scalars(board.seated(round))
    assert snow.first_on not in {one.slot.starts_at.astimezone(zone).date() for one in standing}
