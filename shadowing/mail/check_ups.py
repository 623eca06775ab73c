"""Check-ups of invitations: an invented visit is mailed to a mailbox, changed and called off, one step after the other, by the way
that all mails go. What comes back of it is kept here and touches no visit of anybody."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, delete, select, update

from shadowing.company import audit
from shadowing.config import Settings
from shadowing.errors import Changed, Refusal
from shadowing.extensions import db
from shadowing.mail import letters, mime, quiet
from shadowing.mail.received import MailKind, MailRead, is_ours
from shadowing.models import (
    TESTS,
    Answer,
    CheckUp,
    CheckUpArguments,
    Entry,
    Heading,
    Job,
    JobKind,
    Letter,
    LetterKind,
    LetterState,
    Link,
    MailBack,
    OpeningKind,
    Person,
    Received,
    Revision,
    Role,
    Rsvp,
)
from shadowing.models.facts import CheckUpFacts

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Of marks: none is taken for another, and none is a digit, which mail programs make telephone numbers of."""
MARK = 8
DOMAIN_MOST = 60
FIRST, MOVED, LASTS = time(10), time(15), timedelta(minutes=15)
ENDS_AFTER = timedelta(hours=8)
"""Nobody's calendar keeps the invented visit: what HR leaves open ends by itself, before the visit begins."""
SECOND = timedelta(seconds=1)
REMEMBERED = timedelta(days=14)
KEPT_FOR = timedelta(days=90)
FORGOTTEN_MOST = 100
JOBS = (JobKind.LOOK_UP, JobKind.END_CHECK_UP)
BACK_MOST = 50
MAY_BE_THERE = (LetterState.SENT, LetterState.UNKNOWN)


def newest() -> Select[CheckUp]:
    return select(CheckUp).order_by(CheckUp.id.desc())


def mails(check: CheckUp) -> Sequence[Letter]:
    """Those that were written, in their order."""
    keys = [_key(check, kind) for kind in TESTS]
    written = select(Letter).where(Letter.key.in_(keys)).order_by(Letter.revision)
    return db.session.scalars(written.execution_options(populate_existing=True)).all()


def begin(by: Person, address: str, selector: str, settings: Settings, now: datetime) -> CheckUp:
    """The request, and a look at the sender's domain by the worker. One that is still open is ended first. Raises Refusal."""
    if is_ours(address, settings.mail_addresses):
        raise Refusal("Mails come from this address, so it cannot be invited. Take a mailbox of somebody else.")
    for other in db.session.scalars(select(CheckUp).where(CheckUp.ended_at.is_(None)).with_for_update()):
        end(other, settings, now)
    check = CheckUp(
        asked_by=by,
        address=address,
        selector=selector,
        uid=_uid(settings),
        mark="".join(secrets.choice(LETTERS) for _ in range(MARK)),
        organizer=settings.mail_from,
        begun_at=now,
        starts_at=_tomorrow(by, FIRST, now),
        step=LetterKind.TEST_REQUEST,
        back=(),
    )
    db.session.add(check)
    db.session.flush()
    _write(check, LetterKind.TEST_REQUEST, settings, now)
    _plan(check, JobKind.LOOK_UP, now)
    _plan(check, JobKind.END_CHECK_UP, now + ENDS_AFTER)
    audit.record("test_invitations", by, None, now, check_up=check.id)
    return check


def go_on(check: CheckUp, settings: Settings, now: datetime) -> None:
    """The next step. Raises Refusal while the mail before has not left."""
    _refuse_over(check)
    last = mails(check)[-1]
    if last.done_at is None:
        raise Refusal("The mail before has not left yet. Look again in a minute.")
    if check.step is LetterKind.TEST_REQUEST and last.state in MAY_BE_THERE:
        _write(check, LetterKind.TEST_CHANGE, settings, now)
    else:
        end(check, settings, now)


def end(check: CheckUp, settings: Settings, now: datetime) -> None:
    """What waits stays at home; whoever may have heard of the visit is told that it is off. Raises Refusal."""
    _refuse_over(check)
    letters.take_back(Letter.key.in_([_key(check, kind) for kind in TESTS]), now)
    written = mails(check)
    if any(one.state in MAY_BE_THERE or one.unfinished or one.lease_until is not None for one in written):
        _write(check, LetterKind.TEST_CANCEL, settings, now)
    check.ended_at = now


def lapse(id: int, settings: Settings, now: datetime) -> None:
    """Hours later, where nobody has ended it."""
    check = db.session.scalar(select(CheckUp).where(CheckUp.id == id).with_for_update())
    if check is not None and check.ended_at is None:
        end(check, settings, now)


def forget(now: datetime) -> None:
    """Those of long ago, with their mails and all that came back of them."""
    old = select(CheckUp).where(CheckUp.begun_at < now - KEPT_FOR, CheckUp.ended_at.is_not(None))
    for check in db.session.scalars(old.order_by(CheckUp.id).limit(FORGOTTEN_MOST)).all():
        keys = [_key(check, kind) for kind in TESTS]
        written = select(Letter.id).where(Letter.key.in_(keys))
        db.session.execute(update(Received).where(Received.letter_id.in_(written)).values(letter_id=None))
        db.session.execute(delete(Letter).where(Letter.key.in_(keys)))
        db.session.execute(delete(Job).where(Job.key.in_([f"{kind}:{check.id}" for kind in JOBS])))
        db.session.delete(check)
    db.session.flush()


def _refuse_over(check: CheckUp) -> None:
    if check.ended_at is not None:
        raise Changed("This check-up is over.")


def _uid(settings: Settings) -> str:
    domain = mime.wire(settings.mail_from).rpartition("@")[2][-DOMAIN_MOST:].lstrip(".-")
    return f"{secrets.token_hex(16)}@{domain}"


def _key(check: CheckUp, kind: LetterKind) -> str:
    return f"{kind}:{check.uid}"


def _tomorrow(by: Person, at: time, now: datetime) -> datetime:
    zone = ZoneInfo(by.zone)
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=1), at, zone)


def _plan(check: CheckUp, kind: JobKind, due: datetime) -> None:
    db.session.add(
        Job(key=f"{kind}:{check.id}", kind=kind, due_at=due, arguments=CheckUpArguments(check_up_id=check.id))
    )


def _write(check: CheckUp, kind: LetterKind, settings: Settings, now: datetime) -> None:
    told = [one.facts.revision for one in mails(check) if isinstance(one.facts, CheckUpFacts)]
    letter = letter_of(check, kind, told[-1] if told else None, settings.hears, now)
    check.step = kind
    quiet.wait(letter)
    db.session.add(letter)
    db.session.flush()


def letter_of(check: CheckUp, kind: LetterKind, told: Revision | None, hears: bool, now: datetime) -> Letter:
    """The unsaved mail after the one that *told*. It leaves at once, whatever the hour: somebody waits for it."""
    number, person = TESTS.index(kind), check.asked_by
    moved = timedelta(hours=MOVED.hour - FIRST.hour)
    entry = _entry(check.mark, check.starts_at + (moved if kind is LetterKind.TEST_CHANGE else timedelta()))
    revision = Revision(
        uid=check.uid,
        organizer=check.organizer,
        number=number,
        sequence=number,
        answer=Answer.NONE,
        stamp=max([now.replace(microsecond=0), *([told.stamp + SECOND] if told else [])]),
        entry=told.entry if told and kind is LetterKind.TEST_CANCEL else entry,
        before=told.entry.appointment if told else None,
        hears=hears,
    )
    link = Link(purpose="page", what=(), path=f"/doctor/{check.id}")
    heading = Heading(reader=person.name(person.locale), link=link)
    facts = CheckUpFacts(heading=heading, revision=revision, mark=check.mark)
    letter = letters.addressed(person, None, kind, _key(check, kind), revision.stamp, facts)
    letter.address, letter.revision, letter.due_at = check.address, number, now
    letter.expires_at = check.starts_at
    return letter


def _entry(mark: str, begins: datetime) -> Entry:
    """Of nobody with nobody: all that the calendar needs is the time."""
    return Entry(
        role=Role.GUEST,
        kind=OpeningKind.WORKSHOP,
        title=mark,
        department="",
        starts_at=begins,
        ends_at=begins + LASTS,
        place="",
        preparation="",
        confidential=False,
        travel_minutes=0,
        hosts=(),
        guests=(),
        others=(),
        rsvp=Rsvp.ASK,
    )


# What comes back


def heard(mail: MailRead, received_at: datetime, settings: Settings, now: datetime) -> bool:
    """Whether *mail* is about a check-up, and then kept as that. An answer to the last mail brings the next step."""
    check = _meant(mail, now)
    if check is None:
        return False
    answer = mail.answer if mail.answer is not None and mail.answer.uid == check.uid else None
    check.back = (*check.back, _back(mail, received_at, check.uid))[-BACK_MOST:]
    if answer is None or check.ended_at is not None or answer.sequence < check.number:
        return True
    if mails(check)[-1].done_at is not None:
        go_on(check, settings, now)
    return True


def _meant(mail: MailRead, now: datetime) -> CheckUp | None:
    """By the UID of its answer, else by the mark in its subject, which stays where a calendar gets lost on the way."""
    if mail.answer is not None:
        found = db.session.scalar(select(CheckUp).where(CheckUp.uid == mail.answer.uid).with_for_update())
        if found is not None:
            return found
    if mail.kind not in (MailKind.ANSWER, MailKind.CALENDAR, MailKind.TEXT):
        return None
    recent = select(CheckUp).where(CheckUp.begun_at > now - REMEMBERED).with_for_update()
    return next((one for one in db.session.scalars(recent) if one.mark in mail.subject.upper()), None)


def _back(mail: MailRead, received_at: datetime, uid: str) -> MailBack:
    back = MailBack(received_at=received_at, sender=mail.sender, passed=mail.passed, written_at=mail.written_at)
    answer = mail.answer
    if answer is None or answer.uid != uid:
        return back
    return replace(
        back,
        sequence=answer.sequence,
        partstat=answer.attending[0].partstat if answer.attending else "",
        organizer=answer.organizer,
        attending=tuple(one.address for one in answer.attending if one.address)[:BACK_MOST],
        stamp=answer.stamp,
    )
