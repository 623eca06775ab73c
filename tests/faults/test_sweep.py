"""The process is killed at every SQL statement, commit and SMTP step of a flow, started again, and nothing is lost: at every third
one in a run of the tests, at each in make test-long."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Table, inspect, literal, select

from shadowing.extensions import db
from shadowing.mail import outbox
from shadowing.models import Base, Job, Letter, LetterState, Round
from shadowing.models import Stage as RoundStage
from tests import postbox
from tests.faults import world
from tests.faults.conftest import SWEEP, Stage, check_integrity
from tests.long import Portion

STEP = 3
pytestmark = pytest.mark.long(slices=STEP, count=1, sample=1)
Note = Callable[[str, object], None]
MOST_POINTS = 2000


def points(portion: Portion) -> range:
    """Every third one: the first ones in each run, and in make test-long the second and the third ones too."""
    return range(1 + portion.seed, MOST_POINTS, STEP)


def mails(stage: Stage) -> list[bytes]:
    """The very bytes of all letters, as they would be sent."""
    with stage.seen() as app:
        letters = db.session.scalars(select(Letter).order_by(Letter.key))
        return [outbox.to_bytes(letter, app.extensions["settings"]) for letter in letters]


def published(stage: Stage, round: int) -> bool:
    """Whether the round is published with all its letters; fails on anything between all and nothing."""
    with stage.seen():
        check_integrity()
        row = db.session.get_one(Round, round)
        done = row.stage is RoundStage.PUBLISHED
        assert world.written_letters(row) == (world.due_letters(row) if done else Counter())
        return done


def test_publishing_is_all_or_nothing_wherever_it_is_killed(
    stage: Stage, portion: Portion, record_property: Note
) -> None:
    with stage.seen():
        small = world.small_round()
    order: dict[str, Any] = {"cookie": world.COOKIE, "round": small.round, "form": small.form}
    start = stage.frozen()
    assert stage.run("publish", **order).said.startswith("303")
    whole = mails(stage)

    for point in points(portion):
        start.put_back()
        killed = stage.run("publish", point, **order)
        before = published(stage, small.round)
        again = stage.run("publish", **order)

        assert before or not killed.survived
        assert again.said[:3] == ("409" if before else "303")
        assert published(stage, small.round)
        assert mails(stage) == whole
        if killed.survived:
            break

    record_property(SWEEP, f"publish {stage.kind} every third of {point - 1} points, 0 lost")
    assert point > 10


def test_every_letter_arrives_wherever_the_sender_is_killed(
    stage: Stage, portion: Portion, record_property: Note
) -> None:
    with stage.seen():
        small = world.small_round(guests=2)
    stage.run("publish", cookie=world.COOKIE, round=small.round, form=small.form)
    start, whole = stage.frozen(), sorted(mails(stage))
    twice = 0

    for point in points(portion):
        start.put_back()
        stage.sink.mails.clear()
        killed = stage.run("send", point)
        stage.let_leases_end()
        again = stage.run("send")

        arrived = [content for _, content in stage.sink.mails]
        assert again.said == "0"
        assert sorted(set(arrived)) == whole
        assert len(arrived) - len(whole) <= 1
        all_sent(stage, small.round)
        twice += len(arrived) - len(whole)
        if killed.survived:
            break

    record_property(
        SWEEP, f"send {stage.kind} every third of {point - 1} points, 0 lost, {twice} sent twice with the same bytes"
    )
    assert point > 10


def test_the_mails_around_visits_are_planned_once_wherever_the_planner_is_killed(
    stage: Stage, portion: Portion, record_property: Note
) -> None:
    with stage.seen():
        small = world.small_round(guests=3)
    stage.run("publish", cookie=world.COOKIE, round=small.round, form=small.form)
    stage.run("send")
    order: dict[str, Any] = {"now": world.at(-6, 12).isoformat()}
    start = stage.frozen()
    stage.run("plan", **order)
    whole = mails(stage)

    for point in points(portion):
        start.put_back()
        killed = stage.run("plan", point, **order)
        again = stage.run("plan", **order)

        assert again.survived
        assert mails(stage) == whole
        if killed.survived:
            break

    record_property(SWEEP, f"plan {stage.kind} every third of {point - 1} points, 0 lost, 0 twice")
    assert point > 5
    assert any(b"Soon" in content or len(whole) > 5 for content in whole)


def all_sent(stage: Stage, round: int) -> None:
    """Every letter is done, and each calendar holds each visit once."""
    with stage.seen():
        check_integrity()
        states = set(db.session.scalars(select(Letter.state).where(Letter.done_at.is_not(None))))
        waiting = list(db.session.scalars(select(Letter.key).where(Letter.done_at.is_(None))))
        due = world.due_letters(db.session.get_one(Round, round))
    assert (states, waiting) == ({LetterState.SENT}, [])
    entries = {name: len(calendar.standing) for name, calendar in postbox.calendars(stage.sink).items()}
    assert entries == Counter(f"{person}@example.org" for person, kind, _ in due.elements() if kind == "request")


NOW_COLUMNS = ("at", "answered_at", "asked_at")


def stable(table: Table) -> list[Column[Any]]:
    """PostgreSQL takes no number back that a killed transaction drew, so numbers may differ."""
    numbers = [*table.primary_key.columns, *(column for column in table.columns if column.foreign_keys)]
    named_by_number = [inspect(Job).columns[name] for name in ("arguments", "key")]
    return [
        column
        for column in table.columns
        if column.name not in NOW_COLUMNS
        and column not in numbers
        and not any(column is one for one in named_by_number)
    ]


def contents(stage: Stage) -> dict[str, list[str]]:
    """All rows, without the moment at which they were written."""
    with stage.seen():
        check_integrity()
        return {
            table.name: sorted(
                str(tuple(row)) for row in db.session.execute(select(literal(1), *stable(table)).select_from(table))
            )
            for table in Base.metadata.sorted_tables
        }


def test_a_folder_is_imported_wholly_or_not_at_all(
    stage: Stage, tmp_path: Path, portion: Portion, record_property: Note
) -> None:
    words = ["rounds", "import", str(world.folder(tmp_path / "folder"))]
    with stage.seen():
        pass
    start, nothing = stage.frozen(), contents(stage)
    assert stage.run("command", words=words).said.startswith("0")
    whole = contents(stage)

    for point in points(portion):
        start.put_back()
        killed = stage.run("command", point, words=words)
        found = contents(stage)
        again = stage.run("command", words=words)

        assert found == whole or (found == nothing and not killed.survived)
        assert again.said.startswith("0")
        assert contents(stage) == whole
        if killed.survived:
            break

    record_property(SWEEP, f"import {stage.kind} every third of {point - 1} points, all or nothing")
    assert point > 10
