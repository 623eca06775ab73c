"""When a letter is tried again and when all mail rests, played on a clock of the test's own over a whole day."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shadowing.background import retries, worker
from shadowing.extensions import db
from shadowing.mail import letters, outbox
from shadowing.mail.outbox import BREAKS_OFF, UNREACHABLE, Lane
from shadowing.mail.smtp import Patience
from shadowing.models import Letter, LetterState
from tests import factories as make
from tests.background.test_worker import SECOND, mailing, publish, rows, states
from tests.factories import NOW
from tests.postbox import DROP, Sink, free_port, serving

HOUR = timedelta(hours=1)
DAY = 24 * HOUR
PATIENCE = Patience(connect=20, command=20, dot=20)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with serving(Sink()) as sink:
        yield sink


@dataclass
class Days:
    """A worker on a clock that goes on by a tenth of a second with each letter, and leaps to the next one that is due."""

    app: Flask
    now: datetime = NOW
    lane: Lane | None = None
    banners: dict[datetime, str] = field(default_factory=dict)

    def restart(self) -> None:
        if self.lane:
            self.lane.close()
        self.lane = None

    def until(self, end: datetime) -> None:
        db.session.rollback()
        self.lane = self.lane or Lane(self.app.extensions["settings"], PATIENCE)
        while self.now < end:
            if worker.tick(self.app, self.lane, lambda: self.now):
                self.now += SECOND / 10
            else:
                self.lane.close()
                self.now = min(end, self.next_due())
            self.look()

    def next_due(self) -> datetime:
        """At least as late as the worker would look again."""
        with self.app.app_context():
            due = db.session.scalar(select(func.min(Letter.due_at)).where(Letter.done_at.is_(None)))
        return max(due or self.now + DAY, self.now + SECOND)

    def look(self) -> None:
        with self.app.app_context():
            banner = outbox.trouble(self.now)
        if banner:
            self.banners[self.now] = banner


def forty_one(app: Flask) -> list[str]:
    """The addresses of a round's letters, in the order in which they were written."""
    round = publish(app, 20)
    letters.unmatched(make.guest(round), NOW, NOW)
    db.session.commit()
    addresses = [letter.address for letter in rows()]
    assert len(addresses) == 41
    return addresses


def sent_within(addresses: list[str]) -> timedelta:
    """How long the slowest of these letters took; every one was sent."""
    found = [letter for letter in rows() if letter.address in addresses]
    assert {letter.state for letter in found} == {LetterState.SENT}
    return max(letter.done_at - NOW for letter in found if letter.done_at)


@pytest.mark.slow
@pytest.mark.parametrize("answer", ["421 4.3.2 closing", DROP, "450 4.2.1 later"])
def test_one_bad_address_delays_its_own_letter_and_no_other(
    app: Flask, session: Session, sink: Sink, answer: str
) -> None:
    mailing(app, sink.port)
    bad, *others = forty_one(app)
    sink.refuse = lambda address: answer if address == bad else None
    days = Days(app)

    days.until(NOW + DAY)

    assert sent_within(others) < 30 * SECOND
    assert len(sink.mails) == len(others) == 40
    assert days.banners == {}
    letter = rows()[0]
    assert (letter.state, letter.attempts > 20) == (LetterState.READY, True)
    assert letter.error == (outbox.CUT if answer == DROP else answer)
    assert outbox.delayed() == 1


@pytest.mark.slow
@pytest.mark.parametrize("answer", ["421 4.3.2 closing", DROP])
def test_three_bad_addresses_in_front_cost_the_others_one_short_rest(
    app: Flask, session: Session, sink: Sink, answer: str
) -> None:
    mailing(app, sink.port)
    addresses = forty_one(app)
    bad, others = addresses[:3], addresses[3:]
    sink.refuse = lambda address: answer if address in bad else None
    days = Days(app)

    for hour in range(1, 25):
        days.until(NOW + hour * HOUR)
        days.restart()

    assert sent_within(others) < 60 * SECOND
    assert len(sink.mails) == 38
    assert set(days.banners.values()) == {BREAKS_OFF}
    assert max(days.banners) < NOW + 60 * SECOND
    assert outbox.delayed() == 3


@pytest.mark.parametrize("hours", [3, 25])
def test_a_server_that_was_away_for_hours_gets_every_letter_afterwards(
    app: Flask, session: Session, hours: int
) -> None:
    port = free_port()
    mailing(app, port)
    publish(app, 10)
    days = Days(app)
    days.until(NOW + hours * HOUR)
    assert (states(), set(days.banners.values())) == ({LetterState.READY: 20}, {UNREACHABLE})
    assert outbox.delayed() == 0

    with serving(Sink(), port) as sink:
        days.until(days.now + retries.LONGEST_REST + 10 * SECOND)
        days.restart()

    assert states() == {LetterState.SENT: 20}
    assert [letter.attempts for letter in rows()] == [1] * 20
    assert [address for address, _ in sink.mails] == [letter.address for letter in rows()]
    assert max(days.banners) < NOW + hours * HOUR + retries.LONGEST_REST


def test_a_server_that_cuts_everybody_off_rests_the_lane_and_costs_few_tries(
    app: Flask, session: Session, sink: Sink
) -> None:
    mailing(app, sink.port)
    publish(app, 30)
    sink.refuse = lambda address: DROP
    days = Days(app)
    days.until(NOW + 3 * HOUR)
    tried = [letter.attempts for letter in rows()]
    assert (max(tried), tried.count(0) > 30) == (1, True)
    assert days.banners[days.now] == BREAKS_OFF

    sink.refuse = lambda address: None
    days.until(days.now + retries.LONGEST_REST + 10 * SECOND)
    days.restart()

    assert states() == {LetterState.SENT: 60}


def test_a_rest_outlives_the_worker(app: Flask, session: Session) -> None:
    port = free_port()
    mailing(app, port)
    publish(app, 2)
    days = Days(app)
    days.until(NOW + 10 * SECOND)
    days.restart()

    with serving(Sink(), port) as sink:
        days.until(NOW + 20 * SECOND)
        assert (sink.mails, outbox.trouble(days.now)) == ([], UNREACHABLE)
        days.until(NOW + 60 * SECOND)

    assert states() == {LetterState.SENT: 4}


def test_the_first_letter_that_goes_wakes_all_that_rest(app: Flask, session: Session) -> None:
    port = free_port()
    mailing(app, port)
    publish(app, 2)
    days = Days(app)
    days.until(NOW + 5 * retries.LONGEST_REST)
    assert outbox.trouble(days.now) == UNREACHABLE
    letters.ask([make.guest(make.round_())], days.now)
    db.session.commit()

    with serving(Sink(), port) as sink:
        days.until(days.now + 5 * SECOND)

    assert len(sink.mails) == 5
    assert outbox.trouble(days.now) is None


def test_a_letter_is_given_up_after_a_day_of_its_own_tries(app: Flask, session: Session, sink: Sink) -> None:
    mailing(app, sink.port)
    publish(app, 1)
    sink.refuse = lambda address: "450 4.2.0 greylisted"
    days = Days(app)

    days.until(NOW + DAY - SECOND)
    assert states() == {LetterState.READY: 2}
    days.until(NOW + 28 * HOUR)

    assert states() == {LetterState.GAVE_UP: 2}
    assert {letter.error for letter in rows()} == {"450 4.2.0 greylisted"}


def test_a_letter_written_long_ago_has_all_its_tries_left(app: Flask, session: Session, sink: Sink) -> None:
    mailing(app, sink.port)
    publish(app, 1)
    sink.refuse = lambda address: "450 4.2.0 greylisted"
    days = Days(app, now=NOW + 3 * DAY)

    days.until(NOW + 3 * DAY + HOUR)

    assert states() == {LetterState.READY: 2}
