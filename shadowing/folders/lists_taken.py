"""A list of people is taken in, in the caller's transaction, and for a day it can be undone.

Whoever the list calls a leaver is let go by their last day; whoever it does not name stays, unless HR says that it names
everybody."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from shadowing.company import audit, people, reasons
from shadowing.errors import Refusal, Unreadable
from shadowing.extensions import db
from shadowing.folders.lists_in import ListPreview
from shadowing.folders.people_in import write_people
from shadowing.lists.questions import Answers
from shadowing.matching import leaving, pausing
from shadowing.models import ColumnChange, Department, ListAnswers, ListImport, Person, Undoing

Kept = str | int | bool | list[str] | None
UNDO_FOR = timedelta(days=1)
PAUSE = timedelta(days=365)
"""A list says that somebody is on leave, not until when: HR ends the pause on their page."""
KEPT = (
    "code",
    "family_name",
    "given_name",
    "kana",
    "display_name",
    "email",
    "department_id",
    "manager_id",
    "site",
    "zone",
    "locale",
    "hours",
    "may",
    "hr",
    "lead",
)


def take_in_list(
    found: ListPreview, answers: Answers, by: Person | None, now: datetime, *, absent_left: bool, sure: bool
) -> ListImport:
    """Raises Unreadable where nothing of the list can be taken in, and Refusal where it would change or let go so many that
    HR has to say that they are *sure*."""
    if found.brakes(absent_left) and not sure:
        raise Refusal(
            "This list would change or let go %(concerned)s of %(known)s people. Is it the right one? Then say so.",
            concerned=len(found.changes.changed) + len(found.leavers) + len(found.absent) * absent_left,
            known=found.known,
        )
    if not found.read.people:
        raise Unreadable("There is nothing in this list that could be imported.", found.errors)
    made = _write(found, by, now, absent_left)
    db.session.add(made)
    _remember(found.read.signature, answers)
    audit.record("import_people", by, None, now, new=made.new, changed=made.changed, left=made.left)
    reasons.look_anew(now)
    db.session.flush()
    return made


def _write(found: ListPreview, by: Person | None, now: datetime, absent_left: bool) -> ListImport:
    before = _columns(row.code for row in found.folder.people)
    units = set(db.session.scalars(select(Department.id)))
    for person in found.returning:
        leaving.take_back(person, by, now)
    taken = write_people(found.folder, found.errors)
    gone = [*found.leavers, *(((person, _yesterday(person, now)) for person in found.absent) if absent_left else ())]
    for person, last_day in gone:
        leaving.let_go(person, last_day if last_day != date.min else _yesterday(person, now), by, now)
    for person, last_day in _leaving_later(found, before):
        leaving.let_go(person, last_day, by, now)
    resting = list(_on_leave(found, now))
    for person in resting:
        pausing.pause(person, _today(person, now) + PAUSE, by, now)
    return ListImport(
        at=now,
        by=by,
        file=found.read.file[:200],
        new=taken.new,
        changed=taken.changed,
        left=len(gone),
        undoing=Undoing(
            changes=tuple(_changes(before)),
            new=tuple(sorted(_ids(row.code for row in found.folder.people) - before.keys())),
            departments=tuple(sorted(set(db.session.scalars(select(Department.id))) - units)),
            gone=tuple(person.id for person, _ in gone),
            returned=tuple(person.id for person in found.returning),
            paused=tuple(person.id for person in resting),
        ),
    )


def _leaving_later(found: ListPreview, before: Mapping[int, object]) -> Iterable[tuple[Person, date]]:
    """New people whose last day is known from the start."""
    days = {person.person_id: person.left_on for person in found.read.people if person.left_on and not person.left}
    for person in db.session.scalars(select(Person).where(Person.left_at.is_(None))) if days else ():
        if person.id not in before and (last_day := days.get(person.code)):
            yield person, last_day


def _on_leave(found: ListPreview, now: datetime) -> Iterable[Person]:
    """Whom HR does not want to be asked: they pause, if they do not already."""
    codes = [person.person_id for person in found.read.people if person.away and not person.left]
    for person in db.session.scalars(select(Person).where(Person.left_at.is_(None))):
        if person.code in codes and not people.paused(person, _today(person, now)):
            yield person


def _today(person: Person, now: datetime) -> date:
    return now.astimezone(ZoneInfo(person.zone)).date()


def _yesterday(person: Person, now: datetime) -> date:
    return _today(person, now) - timedelta(days=1)


def _ids(codes: Iterable[str]) -> set[int]:
    wanted = set(codes)
    return {id for id, code in db.session.execute(select(Person.id, Person.code)) if code in wanted}


def _columns(codes: Iterable[str]) -> dict[int, dict[str, Kept]]:
    """What is known of the people whom the list names, by their row."""
    ids = _ids(codes)
    persons = db.session.scalars(select(Person))
    return {person.id: {name: getattr(person, name) for name in KEPT} for person in persons if person.id in ids}


def _changes(before: dict[int, dict[str, Kept]]) -> Iterable[ColumnChange]:
    for id, columns in before.items():
        person = db.session.get_one(Person, id)
        for name, old in columns.items():
            new = getattr(person, name)
            if new != old:
                yield ColumnChange(person=id, column=name, old=old, new=new)


def _remember(signature: str, answers: Answers) -> None:
    """The next list with these headings asks nothing again."""
    if not signature or not answers:
        return
    kept = db.session.scalar(select(ListAnswers).where(ListAnswers.signature == signature))
    if kept is None:
        kept = ListAnswers(signature=signature, answers={})
        db.session.add(kept)
    kept.answers = dict(answers)


def last_import(now: datetime) -> ListImport | None:
    """The one that can still be undone."""
    recent = select(ListImport).order_by(ListImport.id.desc()).limit(1)
    found = db.session.scalar(recent)
    return found if found and found.undone_at is None and now - found.at <= UNDO_FOR else None


def undo(made: ListImport, by: Person | None, now: datetime) -> None:
    """People get back what the list changed, unless somebody changed it since; who was new goes again, who left is back.

    Raises Refusal for an import that is older than a day, undone already, or not the last one."""
    if made.undone_at is not None:
        raise Refusal("This import is undone already.")
    if last_import(now) is not made:
        raise Refusal("Only the last import can be undone, and only within a day. Import a corrected list instead.")
    made.undone_at = now
    for change in made.undoing.changes:
        person = db.session.get(Person, change.person)
        if person is not None and getattr(person, change.column) == change.new:
            setattr(person, change.column, change.old)
            people.index(person)
    for id in made.undoing.gone:
        if (person := db.session.get(Person, id)) is not None:
            leaving.take_back(person, by, now)
    for id in made.undoing.paused:
        if (person := db.session.get(Person, id)) is not None:
            pausing.resume(person, by, now)
    under_new = update(Person).where(Person.id.in_(made.undoing.new), Person.manager_id.in_(made.undoing.new))
    db.session.execute(under_new.values(manager_id=None))  # or the boss would be kept for them
    for id in (*made.undoing.returned, *made.undoing.new):
        if (person := db.session.get(Person, id)) is not None:
            _send_away(person, by, now, was_new=id in made.undoing.new)
    for id in made.undoing.departments:
        _delete_if_empty(id)
    audit.record("undo_import", by, None, now, of=made.id)
    reasons.look_anew(now)


def _send_away(person: Person, by: Person | None, now: datetime, was_new: bool) -> None:
    """Whoever came in with the list and has no trace yet is deleted, else let go."""
    if was_new:
        try:
            with db.session.begin_nested():
                db.session.delete(person)
                db.session.flush()
            return
        except IntegrityError:
            db.session.refresh(person)
    leaving.let_go(person, _yesterday(person, now), by, now)


def _delete_if_empty(id: int) -> None:
    unit = db.session.get(Department, id)
    if unit is None:
        return
    try:
        with db.session.begin_nested():
            db.session.delete(unit)
            db.session.flush()
    except IntegrityError:
        db.session.refresh(unit)
