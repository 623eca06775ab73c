"""The worker lets somebody go when their last day is over."""

import threading
from datetime import date, timedelta

from flask import Flask

from shadowing.background import worker
from shadowing.extensions import db
from shadowing.matching import leaving
from shadowing.models import Job, JobState, Person
from tests import factories
from tests.factories import NOW, at


def test_the_worker_ends_the_access_of_who_leaves_after_the_last_day(app: Flask) -> None:
    with app.app_context():
        person = factories.person()
        leaving.let_go(person, date(2027, 1, 19), None, NOW)
        db.session.commit()
        id = person.id

    early = worker.work(app, threading.Event(), lambda: at(1, 23))
    late = worker.work(app, threading.Event(), lambda: at(2, 0) + timedelta(days=3))

    with app.app_context():
        job = db.session.query(Job).one()
        assert (early, late, job.state) == (False, True, JobState.DONE)
        assert db.session.get_one(Person, id).left_at == at(5, 0)
