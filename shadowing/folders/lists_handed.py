"""A long list of people is handed over by HR, read by the worker and, once HR has said yes, taken in by it, so that nobody waits
in front of a page.

What HR says to the check page goes with it. The list is kept until it is taken in or refused, and a day at most."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select

from shadowing.company import audit
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.folders import list_files, lists_in, lists_shown, lists_taken
from shadowing.folders.lists_in import ListPreview
from shadowing.folders.lists_shown import ListShown
from shadowing.lists.questions import Answers
from shadowing.models import HandedList, Job, JobKind, ListArguments, Person

LONG = 128 * 1024
"""A list of so many bytes or more, which are about two thousand people, is handed over."""
KEPT = timedelta(days=1)


def hand_over(
    file: str, people: bytes, departments: bytes, answers: Answers, by: Person | None, now: datetime
) -> HandedList:
    """To be read."""
    handed = HandedList(
        at=now,
        by=by,
        file=file[:200],
        people=people,
        departments=departments,
        answers=dict(answers),
        absent_left=False,
        sure=False,
    )
    db.session.add(handed)
    db.session.flush()
    _plan(JobKind.CHECK, f"{_checks(handed)}{now.isoformat()}", handed, now)
    _plan(JobKind.FORGET, f"forget:{handed.id}", handed, now + KEPT)
    return handed


def read_again(handed: HandedList, answers: Answers, now: datetime) -> None:
    """With other answers of HR's."""
    _refuse_settled(handed)
    handed.answers, handed.shown = dict(answers), None
    _plan(JobKind.CHECK, f"{_checks(handed)}{now.isoformat()}", handed, now)


def say_yes(
    handed: HandedList, answers: Answers, by: Person | None, now: datetime, *, absent_left: bool, sure: bool
) -> None:
    """Have it taken in."""
    _refuse_settled(handed)
    handed.answers, handed.by, handed.absent_left, handed.sure = dict(answers), by, absent_left, sure
    audit.record("hand_over_list", by, None, now, of=handed.id)
    _plan(JobKind.IMPORT, _key(handed.id), handed, now)


def _plan(kind: JobKind, key: str, handed: HandedList, due: datetime) -> None:
    db.session.add(Job(key=key, kind=kind, due_at=due, arguments=ListArguments(list_id=handed.id)))


def _refuse_settled(handed: HandedList) -> None:
    db.session.refresh(handed, with_for_update=True)
    if not handed.people or job_of(handed).kind is JobKind.IMPORT:
        raise Refusal("This list is taken in already, or it is not kept any more. Choose the file again.")


def look_at(handed: HandedList, now: datetime) -> ListPreview:
    """Raises Refusal for what is no list at all."""
    units = list_files.departments(handed.departments) if handed.departments else ()
    return lists_in.look_at(handed.file, handed.people, handed.answers, now, units)


def check(id: int, now: datetime) -> Refusal | None:
    """Make what the check page shows. The caller commits."""
    handed = db.session.get_one(HandedList, id)
    if not handed.people:  # taken in or forgotten meanwhile
        return None
    try:
        found = look_at(handed, now)
    except Refusal as refusal:
        return _refused(id, refusal)
    handed.answers, handed.shown = dict(found.answers), lists_shown.KEPT.dump_json(lists_shown.of(found))
    return None


def shown(handed: HandedList) -> ListShown | None:
    """What its check page shows; None while it is being read."""
    return lists_shown.KEPT.validate_json(handed.shown) if handed.shown else None


def take_in(id: int, now: datetime) -> Refusal | None:
    """Done for good, whatever comes of it: the refusal is kept for HR. The caller commits."""
    handed = db.session.get_one(HandedList, id)
    try:
        found = look_at(handed, now)
        handed.made = lists_taken.take_in_list(
            found, found.answers, handed.by, now, absent_left=handed.absent_left, sure=handed.sure
        )
    except Refusal as refusal:
        return _refused(id, refusal)
    _let_go(handed)
    return None


def _refused(id: int, refusal: Refusal) -> Refusal:
    db.session.rollback()
    handed = db.session.get_one(HandedList, id)
    handed.refusal = refusal.sentence, {name: str(fact) for name, fact in refusal.facts.items()}
    _let_go(handed)
    return refusal


def forget(id: int) -> None:
    """Unless HR has said yes by then and it waits to be taken in."""
    handed = db.session.get_one(HandedList, id)
    if job_of(handed).done_at is not None:
        _let_go(handed)


def _let_go(handed: HandedList) -> None:
    handed.people = handed.departments = b""
    handed.shown = None


def job_of(handed: HandedList) -> Job:
    """The newest piece of work on it: to read it, or to take it in."""
    mine = select(Job).where(or_(Job.key == _key(handed.id), Job.key.startswith(_checks(handed))))
    return db.session.scalars(mine.order_by(Job.id.desc()).limit(1)).one()


def going() -> HandedList | None:
    """The newest that is not taken in yet."""
    waiting = select(Job.key).where(Job.kind == JobKind.IMPORT, Job.done_at.is_(None))
    keys = set(db.session.scalars(waiting))
    ids = [int(key.partition(":")[2]) for key in keys]
    return db.session.get(HandedList, max(ids)) if ids else None


def _key(id: int) -> str:
    return f"import:{id}"


def _checks(handed: HandedList) -> str:
    """What the keys of all looks at it begin with."""
    return f"check:{handed.id}:"
