"""A list that comes a second time changes nothing; one that came back changed changes what it says and no more."""

import threading
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.background import worker
from shadowing.extensions import db
from shadowing.folders import lists_in, lists_taken
from shadowing.models import Job, JobState, ListImport, Person
from tests.factories import NOW
from tests.lists.odd_lists import Odd
from tests.lists.test_files import FILES
from tests.lists.test_hand_made import HAND_MADE
from tests.lists.test_languages import LANGUAGES
from tests.lists.test_systems import SYSTEMS

WHOLE = [one for one in (*SYSTEMS, *HAND_MADE, *LANGUAGES, *FILES) if one.people]
TELLING = (
    "kaonavi",
    "hrmos",
    "workday-manager-last-first",
    "leaving-in-the-future",
    "departments-as-section-rows",
    "german",
)


def take_in(data: bytes) -> ListImport:
    found = lists_in.look_at("list", data, {}, NOW)
    return lists_taken.take_in_list(found, {}, None, NOW, absent_left=False, sure=True)


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize("one", [one for one in WHOLE if one.name in TELLING], ids=str)
def test_a_list_that_comes_again_changes_nothing(one: Odd) -> None:
    take_in(one.data)

    again = lists_in.look_at("list", one.data, {}, NOW)

    assert not again.changes_anything
    assert len(again.changes.new) == 0


def test_a_list_that_changed_adds_changes_and_lets_go_those_it_says(session: Session) -> None:
    head = "社員番号,氏名,部署,メール,在籍状況\n"
    take_in((head + "1,髙橋 由美子,営業部,yumi@it.example,在籍\n2,𠮷田 健,営業部,ken@it.example,在籍\n").encode())

    taken = take_in(
        (head + "1,髙橋 由美子,製造部,yumi@it.example,在籍\n3,﨑山 進,製造部,susu@it.example,在籍\n").encode()
    )

    assert (taken.new, taken.changed, taken.left) == (1, 1, 0)
    found = {person.code: person.home.name for person in session.scalars(select(Person))}
    assert found == {"1": "製造部", "2": "営業部", "3": "製造部"}


def test_who_is_new_and_about_to_leave_has_their_last_day_and_an_undone_import_leaves_no_trace(app: Flask) -> None:
    with app.app_context():
        made = take_in("社員番号,氏名,部署,メール,退職日\n1,髙橋 由美子,営業部,yumi@it.example,2027-03-31\n".encode())
        assert db.session.scalars(select(Person.last_day)).one() == date(2027, 3, 31)
        lists_taken.undo(made, None, NOW)
        db.session.commit()

    assert worker.work(app, threading.Event(), lambda: NOW + timedelta(days=150))

    with app.app_context():
        assert db.session.scalars(select(Job.state)).one() is JobState.DONE
        assert not db.session.scalars(select(Person)).all()
