"""A round lived through day by day, on a clock of its own: the worker is the only one who acts, and it may be away for days."""

import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.background import worker
from shadowing.collecting import goals
from shadowing.collecting.goals import GoalsAnswer
from shadowing.extensions import db
from shadowing.models import Audit, Guest, Job, JobState, Letter, LetterKind, LetterState, Person, Round, Slot, Stage
from shadowing.rounds import deadline, rounds
from shadowing.rounds.drafts import RoundDraft
from tests import factories
from tests.rounds.test_rounds import SENDER, ready_to_publish, said_of

TOKYO = ZoneInfo("Asia/Tokyo")
DAY = timedelta(days=1)
ASKED = datetime(2026, 12, 1, 12, 0, tzinfo=TOKYO).astimezone(UTC)  # a Tuesday
UNTIL = date(2026, 12, 14)  # a Monday
Told = dict[str, list[str]]


def at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=TOKYO).astimezone(UTC)


def winter(**given: Any) -> RoundDraft:
    first, last = date(2027, 1, 18), date(2027, 2, 12)
    usual = RoundDraft(title="Winter", zone="Asia/Tokyo", starts_on=first, ends_on=last, answers_until=UNTIL)
    return replace(usual, **given)


def asked(*codes: str, **given: Any) -> Round:
    """A round whose people, by their codes, were asked at noon of the first of December."""
    for code in codes:
        factories.person(code)
    round = rounds.draft(winter(**given), None, ASKED)
    rounds.ask(round, None, ASKED)
    db.session.commit()
    return round


def live(app: Flask, *moments: datetime) -> None:
    """The worker does what is due at each of *moments*, and is away in between."""
    for now in moments:
        db.session.rollback()
        worker.run(app, until_idle=True, stop=threading.Event(), clock=lambda now=now: now)  # type: ignore[misc]
    db.session.rollback()
    db.session.expire_all()


def mornings(first: date, last: date) -> Iterable[datetime]:
    return (at(first + n * DAY, 10) for n in range((last - first).days + 1))


def reminded(session: Session) -> Told:
    """Who was reminded, by day: of mails that left."""
    told: Told = {}
    rows = select(Letter).where(Letter.kind == LetterKind.NUDGE, Letter.state == LetterState.SENT)
    for letter in session.scalars(rows.order_by(Letter.stamp, Letter.person_id)):
        told.setdefault(f"{letter.stamp.astimezone(TOKYO):%m-%d}", []).append(letter.person.code)
    return told


def answer(round: Round, code: str, now: datetime) -> None:
    goals.answer(goals.guest_of(person(code), round), GoalsAnswer(skip=True), now)
    db.session.commit()


def person(code: str) -> Person:
    return db.session.scalars(select(Person).where(Person.code == code)).one()


def stage_of(round: Round) -> Stage:
    return round.stage


def test_a_round_reminds_closes_and_ends_without_a_hand(app: Flask, session: Session) -> None:
    round = asked("early", "late", "silent", "host")
    slot = factories.slot(factories.opening(round, person("host"), starts_at=at(date(2027, 2, 12), 15)))
    session.commit()

    live(app, ASKED, at(date(2026, 12, 2), 10))
    answer(round, "early", at(date(2026, 12, 2), 11))
    live(app, *mornings(date(2026, 12, 3), date(2026, 12, 6)))
    answer(round, "late", at(date(2026, 12, 7), 11))
    live(app, *mornings(date(2026, 12, 7), date(2026, 12, 14)))
    assert reminded(session) == {"12-04": ["late", "silent"], "12-11": ["silent"]}  # a Friday; the eve is a Sunday
    assert (round.closed_at, round.takes_answers(at(UNTIL, 23))) == (None, True)

    live(app, at(UNTIL + DAY, 0))
    assert (round.stage, round.closed_at, round.takes_answers(at(UNTIL + DAY, 0))) == (
        Stage.COLLECTING,
        at(UNTIL + DAY, 0),
        False,
    )

    visitor = factories.guest(round, wishes=(slot.opening.department,))
    factories.free_at(round, visitor.person, slot.starts_at, slot.ends_at)
    factories.pairing(visitor, slot)
    round.stage = Stage.REVIEWING
    session.commit()
    now = at(date(2026, 12, 16), 11)
    rounds.publish(round, None, round.version, now, SENDER, now)
    session.commit()
    live(app, *mornings(date(2027, 1, 18), date(2027, 2, 12)), at(date(2027, 2, 12), 23))
    assert stage_of(round) is Stage.PUBLISHED
    live(app, at(date(2027, 2, 13), 0))
    assert stage_of(round) is Stage.ENDED
    assert session.scalars(select(Audit.deed).where(Audit.person_id.is_(None)).order_by(Audit.id)).all() == [
        "draft", "ask", "nudge", "nudge", "close", "publish", "end",
    ]  # fmt: skip
    assert set(session.scalars(select(Job.state))) == {JobState.DONE}


def test_after_days_without_a_worker_nobody_is_reminded_twice_at_once(app: Flask, session: Session) -> None:
    asked("silent", answers_until=date(2026, 12, 9))
    live(app, ASKED)

    live(app, at(date(2026, 12, 8), 15))
    assert reminded(session) == {"12-08": ["silent"]}

    live(app, at(date(2026, 12, 9), 10), at(date(2026, 12, 9), 23))
    assert reminded(session) == {"12-08": ["silent"]}


def test_nobody_is_reminded_once_the_deadline_is_over_though_the_worker_was_away(app: Flask, session: Session) -> None:
    round = asked("silent", answers_until=date(2026, 12, 9))
    live(app, ASKED)

    live(app, at(date(2026, 12, 12), 10))

    assert session.scalars(select(Letter.kind)).all() == [LetterKind.ASK]
    assert round.closed_at == at(date(2026, 12, 12), 10)


def running() -> Round:
    """Published, with one visit on the second day."""
    round = ready_to_publish()
    rounds.publish(round, None, round.version, ASKED, SENDER, ASKED)
    db.session.commit()
    return round


def test_a_round_whose_worker_was_away_at_its_end_ends_when_it_is_back(app: Flask, session: Session) -> None:
    round = running()

    live(app, at(date(2027, 2, 16), 9), at(date(2027, 2, 16), 10))

    assert round.stage is Stage.ENDED


def test_a_round_does_not_end_before_a_visit_that_was_moved_beyond_its_last_day(app: Flask, session: Session) -> None:
    round = running()
    slot = session.scalars(select(Slot)).one()
    slot.starts_at, slot.ends_at = at(date(2027, 2, 15), 10), at(date(2027, 2, 15), 11)
    session.commit()

    live(app, at(date(2027, 2, 13), 0), at(date(2027, 2, 15), 10))
    assert stage_of(round) is Stage.PUBLISHED
    live(app, at(date(2027, 2, 15), 11))
    assert stage_of(round) is Stage.ENDED


def test_hr_switches_the_reminders_off(app: Flask, session: Session) -> None:
    round = asked("silent")
    rounds.change(round, replace(said_of(round), reminders=False), None, ASKED)
    session.commit()

    live(app, *mornings(date(2026, 12, 2), UNTIL))

    assert reminded(session) == {}


def test_reminders_move_with_the_deadline_and_answers_that_were_opened_again_close_again(
    app: Flask, session: Session
) -> None:
    round = asked("silent")
    rounds.change(round, replace(said_of(round), answers_until=date(2026, 12, 10)), None, ASKED)
    session.commit()
    live(app, *mornings(date(2026, 12, 2), date(2026, 12, 11)))
    assert reminded(session) == {"12-04": ["silent"], "12-09": ["silent"]}
    assert not round.takes_answers(at(date(2026, 12, 11), 10))

    deadline.reopen(round, date(2026, 12, 18), None, at(date(2026, 12, 11), 11))
    session.commit()
    live(app, *mornings(date(2026, 12, 12), date(2026, 12, 18)))
    assert reminded(session) == {"12-04": ["silent"], "12-09": ["silent"], "12-17": ["silent"]}
    live(app, at(date(2026, 12, 19), 0))
    assert round.closed_at == at(date(2026, 12, 19), 0)


def test_a_draft_that_was_deleted_and_a_round_that_was_called_off_do_nothing(app: Flask, session: Session) -> None:
    round = asked("silent")
    session.delete(session.scalars(select(Guest)).one())
    round.stage = Stage.CANCELLED
    session.commit()

    live(app, *mornings(date(2026, 12, 2), date(2026, 12, 20)))

    assert (round.stage, round.closed_at) == (Stage.CANCELLED, None)
    assert set(session.scalars(select(Job.state))) == {JobState.DONE}
