"""Calendars from an address: fetched by the worker, kept as times, and their address forgotten."""

import ssl
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.background import jobs
from shadowing.calendars import taking
from shadowing.calendars.fetching import Reach
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.models import BusyCalendar, Guest, Job, JobKind, Stage
from tests import factories
from tests.calendars.bombs import calendar
from tests.calendars.test_fetching import Server, certificate, giving, server
from tests.factories import NOW, at
from tests.views.test_calendars import meeting

__all__ = ["certificate", "server"]


@pytest.fixture
def guest(session: Session) -> Guest:
    guest = factories.guest(factories.round_())
    session.commit()
    return guest


def asked(guest: Guest, server: Server) -> BusyCalendar:
    found = taking.ask(guest.person, guest.round, server.url, server.way().allowed, NOW)
    db.session.commit()
    return found


def test_what_an_address_gives_is_kept_as_times(session: Session, guest: Guest, server: Server) -> None:
    server.answers["/basic.ics"] = giving(calendar(meeting(at(1, 14), 50)), ETag='"one"')
    row = asked(guest, server)

    taking.fetch(row.id, server.way(), NOW)
    session.commit()

    assert row.spans == ((int(at(1, 14).timestamp()) // 60, int(at(1, 15).timestamp()) // 60),)
    assert (row.read_at, row.refusal, row.etag, row.source) == (NOW, None, '"one"', "calendar.example.com")


def test_what_has_not_changed_stays(session: Session, guest: Guest, server: Server) -> None:
    server.answers["/basic.ics"] = giving(calendar(meeting(at(1, 14))), ETag='"one"')
    row = asked(guest, server)
    taking.fetch(row.id, server.way(), NOW)
    session.commit()
    before, server.answers["/basic.ics"] = row.spans, giving(b"", 304)

    taking.fetch(row.id, server.way(), NOW + timedelta(hours=1))
    session.commit()

    assert (row.spans, row.read_at) == (before, NOW + timedelta(hours=1))


def test_where_it_does_not_come_through_what_was_read_before_stays_and_the_page_says_why(
    session: Session, guest: Guest, server: Server
) -> None:
    server.answers["/basic.ics"] = giving(calendar(meeting(at(1, 14))))
    row = asked(guest, server)
    taking.fetch(row.id, server.way(), NOW)
    session.commit()
    before, server.answers["/basic.ics"] = row.spans, giving(b"", 500)

    taking.fetch(row.id, server.way(), NOW)
    session.commit()

    assert row.spans == before
    assert row.refusal
    assert str(row.refusal).startswith("calendar.example.com answered 500")


def test_a_calendar_that_was_taken_back_meanwhile_stays_away(session: Session, guest: Guest, server: Server) -> None:
    row = asked(guest, server)
    id = row.id
    taking.take_back(row, NOW)
    session.commit()

    taking.fetch(id, server.way(), NOW)
    session.commit()

    assert server.seen == []
    assert session.scalars(select(BusyCalendar)).all() == []


def test_it_is_fetched_once_more_in_the_night_before_the_answers_close(
    session: Session, guest: Guest, server: Server
) -> None:
    asked(guest, server)

    due = session.scalars(select(Job.due_at).where(Job.kind == JobKind.FETCH).order_by(Job.due_at)).all()
    assert due == [NOW, guest.round.answers_end - timedelta(hours=9)]


def test_the_address_is_forgotten_once_the_answers_are_closed(session: Session, guest: Guest, server: Server) -> None:
    row = asked(guest, server)
    job = session.scalars(select(Job).where(Job.kind == JobKind.FORGET)).one()
    job.fence, job.lease_until = 1, job.due_at + timedelta(minutes=1)
    session.commit()

    assert jobs.run(job, lambda progress: False, job.due_at)
    session.commit()
    assert row.url, "late answers are still taken"
    assert (job.done_at, job.due_at) == (None, guest.round.answers_end + timedelta(hours=12))

    guest.round.stage, job.lease_until = Stage.PUBLISHED, job.due_at + timedelta(minutes=1)
    session.commit()
    assert jobs.run(job, lambda progress: False, job.due_at)
    session.commit()
    assert (row.url, row.source) == ("", "calendar.example.com")
    assert job.done_at


def test_the_address_stands_in_no_sentence_and_no_job(session: Session, guest: Guest, server: Server) -> None:
    server.answers["/basic.ics"] = giving(b"x")
    row = asked(guest, server)

    taking.fetch(row.id, server.way(trust=ssl.create_default_context()), NOW)
    session.commit()

    told = [str(row.refusal), *(f"{job.key} {job.error} {job.arguments}" for job in session.scalars(select(Job)))]
    assert "basic.ics" not in "".join(told)


def test_an_address_inside_the_house_is_not_fetched_unless_the_operator_named_it(
    session: Session, guest: Guest
) -> None:
    row = taking.ask(guest.person, guest.round, "https://mail.house/a.ics", frozenset(), NOW)
    session.commit()

    taking.fetch(row.id, Reach(resolve=lambda host, port: ["10.0.0.9"]), NOW)
    session.commit()

    assert "is an address inside a network" in str(row.refusal)


def test_the_same_address_again_is_the_same_calendar(session: Session, guest: Guest, server: Server) -> None:
    row = asked(guest, server)

    with pytest.raises(Refusal, match="half-hour"):
        taking.ask(guest.person, guest.round, server.url, server.way().allowed, NOW)
    later = taking.ask(guest.person, guest.round, server.url, server.way().allowed, NOW + timedelta(minutes=31))

    assert later is row
