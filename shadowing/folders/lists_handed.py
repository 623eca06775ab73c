"""A long list of people is handed over by HR and taken in by the worker, so that nobody waits in front of a page.

What HR said to the preview goes with it. The list is kept until it is taken in or refused, and no longer."""

from datetime import datetime

from sqlalchemy import select

from shadowing.company import audit
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.folders import list_files, lists_in, lists_taken
from shadowing.lists.questions import Answers
from shadowing.models import HandedList, Job, JobKind, ListArguments, Person

LONG = 128 * 1024
"""A list of so many bytes or more, which are about two thousand people, is handed over."""


def hand_over(
    file: str,
    people: bytes,
    departments: bytes,
    answers: Answers,
    by: Person | None,
    now: datetime,
    *,
    absent_left: bool,
    sure: bool,
) -> HandedList:
    handed = HandedList(
        at=now,
        by=by,
        file=file[:200],
        people=people,
        departments=departments,
        answers=dict(answers),
        absent_left=absent_left,
        sure=sure,
    )
    db.session.add(handed)
    db.session.flush()
    audit.record("hand_over_list", by, None, now, of=handed.id)
    db.session.add(
        Job(key=_key(handed.id), kind=JobKind.IMPORT, due_at=now, arguments=ListArguments(list_id=handed.id))
    )
    return handed


def take_in(id: int, now: datetime) -> Refusal | None:
    """Done for good, whatever comes of it: the refusal is kept for HR. The caller commits."""
    handed = db.session.get_one(HandedList, id)
    try:
        units = list_files.departments(handed.departments) if handed.departments else ()
        found = lists_in.look_at(handed.file, handed.people, handed.answers, now, units)
        handed.made = lists_taken.take_in_list(
            found, found.answers, handed.by, now, absent_left=handed.absent_left, sure=handed.sure
        )
        wrong = None
    except Refusal as refusal:
        db.session.rollback()
        handed, wrong = db.session.get_one(HandedList, id), refusal
        handed.refusal = refusal.sentence, {name: str(fact) for name, fact in refusal.facts.items()}
    handed.people = handed.departments = b""
    return wrong


def job_of(handed: HandedList) -> Job:
    return db.session.scalars(select(Job).where(Job.key == _key(handed.id))).one()


def going() -> HandedList | None:
    """The newest that is not taken in yet."""
    waiting = select(Job.key).where(Job.kind == JobKind.IMPORT, Job.done_at.is_(None))
    keys = set(db.session.scalars(waiting))
    ids = [int(key.partition(":")[2]) for key in keys]
    return db.session.get(HandedList, max(ids)) if ids else None


def _key(id: int) -> str:
    return f"import:{id}"
