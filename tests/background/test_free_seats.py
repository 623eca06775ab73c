"""The worker frees the places of those who declined and asks the next of the waiting list, when their time has come."""

from datetime import timedelta
from threading import Event

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.background import worker
from shadowing.models import Job, JobKind, JobState, OfferState, SeatOffer
from tests.factories import NOW
from tests.visiting.freed import missed_last_time, world

DAYS = timedelta(days=1)


def test_the_worker_frees_a_declined_place_and_asks_wave_after_wave(app: Flask, session: Session) -> None:
    it = world(waiting=2)
    missed_last_time(it.waiting[0])
    first, second = it.waiting[0].id, it.waiting[1].id
    it.decline()
    session.commit()

    def asked_after(wait: timedelta) -> list[int]:
        while worker.work(app, Event(), lambda: NOW + wait):
            pass
        asked = list(session.scalars(select(SeatOffer.guest_id).where(SeatOffer.state == OfferState.OPEN)))
        session.rollback()  # SQLite lets one session in at a time
        return asked

    asked = [asked_after(wait) for wait in (DAYS / 48, DAYS / 12, 2 * DAYS, 4 * DAYS)]

    assert asked == [[], [first], [second], []]
    jobs = session.scalars(select(Job).where(Job.kind.in_((JobKind.FREE_SEAT, JobKind.ASK_NEXT)))).all()
    assert [one.state for one in jobs] == [JobState.DONE] * 3
