"""Quiet hours: who is written to at night, whose letter waits for the morning, and until when."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.background import queue
from shadowing.extensions import db
from shadowing.mail import letters
from shadowing.models import Guest, Letter, LetterKind, PairingStatus, Person, Round, SignInKey, Stage
from shadowing.visiting import invitations
from tests import factories as make
from tests.conftest import settings
from tests.mail.gallery import SENDER

TOKYO = ZoneInfo("Asia/Tokyo")
DAY = timedelta(days=1)


def tokyo(day: int, hour: int, minute: int = 0) -> datetime:
    """In December 2026, of which the first is a Tuesday."""
    return datetime(2026, 12, day, hour, minute, tzinfo=TOKYO).astimezone(UTC)


@pytest.fixture(autouse=True)
def by_day_only(app: Flask, tmp_path: Path) -> None:
    app.extensions["settings"] = settings(tmp_path, mail_server="mail.example.org", mail_hours="8-19")


def asked(now: datetime, round: Round | None = None, **facts: Any) -> Letter:
    person = make.person(**facts)
    return letters.ask([make.guest(round or make.round_(), person)], now)[0]


@pytest.mark.parametrize(
    ("written", "leaves"),
    [
        (tokyo(1, 8), None),
        (tokyo(1, 18, 59), None),
        (tokyo(1, 19), tokyo(2, 8)),
        (tokyo(1, 3), tokyo(1, 8)),
        (tokyo(4, 20), tokyo(7, 8)),  # Friday evening
        (tokyo(5, 12), tokyo(7, 8)),  # Saturday
    ],
)
def test_a_question_leaves_from_8_to_19_on_working_days(
    session: Session, written: datetime, leaves: datetime | None
) -> None:
    assert asked(written).not_before == leaves


def test_the_clock_is_the_readers(session: Session) -> None:
    noon = tokyo(1, 12)

    assert asked(noon, zone="Europe/Berlin").not_before == datetime(2026, 12, 1, 7, tzinfo=UTC)
    assert asked(noon, zone="America/New_York").not_before == datetime(2026, 12, 1, 13, tzinfo=UTC)


def test_the_working_days_are_the_readers(session: Session) -> None:
    saturday = tokyo(5, 12)

    assert asked(saturday, own_hours="tue-sat 10:00-19:00").not_before is None
    assert asked(tokyo(7, 12), own_hours="tue-sat 10:00-19:00").not_before == tokyo(8, 8)
    assert asked(saturday, own_hours="").not_before == tokyo(7, 8)


def test_a_day_on_which_the_company_is_closed_is_quiet(session: Session) -> None:
    round = make.round_(closed_days=["2026-12-02", "2026-12-03"])

    assert asked(tokyo(1, 20), round).not_before == tokyo(4, 8)


def test_links_that_somebody_asked_for_leave_at_once(session: Session) -> None:
    person, night = make.person(), tokyo(5, 23)
    key = SignInKey(person=person, hash="h", expires_at=night + DAY)
    session.add(key)
    session.flush()

    assert letters.sign_in(key, night).not_before is None
    assert letters.personal_link(person, make.round_(), night).not_before is None


def test_what_would_be_too_late_in_the_morning_leaves_at_once(session: Session) -> None:
    round = make.round_(answers_until=tokyo(5, 12).date())

    assert asked(tokyo(5, 20), round).not_before is None


def visit(begin: datetime) -> tuple[Round, Guest]:
    round = make.round_(stage=Stage.PUBLISHED)
    seat = make.guest(round)
    slot = make.slot(make.opening(round, make.person(), starts_at=begin))
    make.pairing(seat, slot, status=PairingStatus.PUBLISHED)
    return round, seat


def told(round: Round, now: datetime) -> list[datetime | None]:
    db.session.flush()
    db.session.expire_all()
    last = db.session.scalar(select(Letter.id).order_by(Letter.id.desc()).limit(1)) or 0
    invitations.tell(round, now, SENDER, now)
    return list(db.session.scalars(select(Letter.not_before).where(Letter.id > last).order_by(Letter.id)))


def test_an_invitation_waits_for_the_morning_unless_the_visit_is_near(session: Session) -> None:
    far, near = visit(tokyo(14, 10))[0], visit(tokyo(3, 7))[0]

    assert told(far, tokyo(1, 22)) == [tokyo(2, 8)] * 2
    assert told(near, tokyo(1, 22)) == [None] * 2


def test_a_visit_that_is_called_off_for_tomorrow_is_told_at_night(session: Session) -> None:
    round, seat = visit(tokyo(3, 15))
    told(round, tokyo(1, 12))
    for letter in session.scalars(select(Letter)):
        letter.done_at = tokyo(1, 12)
        letter.unfinished = 1
    for row in session.scalars(invitations.of(seat.person, round)):
        row.slot.cancelled_at = tokyo(2, 21)

    assert told(round, tokyo(2, 21)) == [None] * 2


def test_a_visit_that_moves_away_from_tomorrow_is_told_at_night(session: Session) -> None:
    round, seat = visit(tokyo(3, 15))
    told(round, tokyo(1, 12))
    for letter in session.scalars(select(Letter)):
        letter.done_at, letter.unfinished = tokyo(1, 12), 1
    slot = session.scalars(invitations.of(seat.person, round)).one().slot
    slot.starts_at, slot.ends_at = slot.starts_at + 14 * DAY, slot.ends_at + 14 * DAY

    assert told(round, tokyo(2, 21)) == [None] * 2


def test_nothing_waits_where_any_hour_will_do_nor_without_a_mail_server(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    app.extensions["settings"] = settings(tmp_path, mail_server="mail.example.org", mail_hours="0-24")
    assert asked(tokyo(5, 23)).not_before is None

    app.extensions["settings"] = settings(tmp_path, mail_hours="8-19")
    assert asked(tokyo(5, 23)).not_before is None


def test_a_letter_is_taken_up_in_the_morning_and_not_before(session: Session) -> None:
    letter = asked(tokyo(5, 23))
    session.commit()

    assert queue.claim(Letter, tokyo(6, 12)) is None
    session.commit()
    taken = queue.claim(Letter, tokyo(7, 8))

    assert taken is not None
    assert taken.id == letter.id


def test_the_mail_server_that_is_back_wakes_nobody_up(session: Session) -> None:
    asked(tokyo(5, 23))
    session.commit()

    queue.resume(Letter, ("",), tokyo(6, 2))

    assert queue.claim(Letter, tokyo(6, 3)) is None


def test_people_who_work_on_no_day_are_written_to_at_once(session: Session) -> None:
    person: Person = make.person(own_hours="mon-fri 09:00-18:00")
    round = make.round_(closed_days=[f"2026-{month}-{day:02}" for month in (12,) for day in range(1, 32)])
    round.closed_days = [*round.closed_days, *(f"2027-01-{day:02}" for day in range(1, 32))]

    letter = letters.ask([make.guest(round, person)], tokyo(1, 20))[0]

    assert (letter.kind, letter.not_before) == (LetterKind.ASK, None)
