"""Calendars to subscribe to: what no mail has brought to a person, and what a department hosts.

The address of one is a signed link with a version; a new version ends the old address. What somebody was invited to by mail is
left out of their own, or they would see it twice: in their calendar, and in the one they subscribe to."""

from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager

from shadowing.company import audit
from shadowing.extensions import db
from shadowing.models import (
    LOST,
    Department,
    Invitation,
    Letter,
    LetterKind,
    LetterState,
    Opening,
    Person,
    Role,
    Round,
    Slot,
    Stage,
)

BACK = timedelta(days=30)
"""So long a visit that is over stays."""
UNMAILED = (LetterState.HELD, *LOST)
TELLING = (LetterKind.REQUEST, LetterKind.CHANGE)


def _told(now: datetime) -> Select[Invitation]:
    """What people were told of visits that stand."""
    found = select(Invitation).join(Invitation.slot).join(Slot.opening).join(Opening.round)
    standing = (Invitation.cancelled_at.is_(None), Slot.cancelled_at.is_(None), Slot.ends_at > now - BACK)
    out = Round.stage.in_((Stage.PUBLISHED, Stage.ENDED))
    return found.where(*standing, out).order_by(Slot.starts_at, Invitation.id)


def unmailed(person: Person, now: datetime) -> Select[Invitation]:
    """Visits of which the newest mail was held back by HR, or did not arrive."""
    newest = (
        select(Letter.invitation_id, func.max(Letter.revision).label("revision"))
        .where(Letter.person_id == person.id, Letter.kind.in_(TELLING))
        .group_by(Letter.invitation_id)
        .subquery()
    )
    theirs = _told(now).join(newest, newest.c.invitation_id == Invitation.id)
    theirs = theirs.join(Letter, (Letter.invitation_id == Invitation.id) & (Letter.revision == newest.c.revision))
    return theirs.where(Invitation.person_id == person.id, Letter.kind.in_(TELLING), Letter.state.in_(UNMAILED))


def hosted(department: Department, now: datetime) -> list[Invitation]:
    """One for each visit, as its first host was told of it."""
    found = _told(now).where(Opening.department_id == department.id, Invitation.role == Role.HOST)
    by_slot: dict[int, Invitation] = {}
    for one in db.session.scalars(found.options(contains_eager(Invitation.slot))):
        by_slot.setdefault(one.slot_id, one)
    return list(by_slot.values())


def renew(person: Person) -> None:
    """A new address; the one before ends."""
    db.session.refresh(person, with_for_update=True)
    person.feed_version += 1


def renew_of(department: Department, by: Person, now: datetime) -> None:
    """As `renew`, for what a department hosts."""
    db.session.refresh(department, with_for_update=True)
    department.feed_version += 1
    audit.record("renew_feed", by, None, now, department=department.id)
