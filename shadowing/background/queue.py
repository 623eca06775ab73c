"""The queue: who works on which row, so that nothing acknowledged is ever lost.

The guarantee, in words. A row of Letter, Job or Received is written in the transaction of the deed that needs it, and stays until
*done_at*. A worker claims it with a lease and a fence number. If the worker dies, the lease runs out and the row is claimed
again; if it only slept, its fence is old and its result is dropped. Work is therefore done at least once: a mail may leave
twice, but as the same bytes, so that a calendar holds one entry. Revisions of one invitation go out in their order.
A row whose claims end five times without a result is given up, never claimed for ever. The rows that were tried least come
first, so that one that always fails holds up nobody.

Nothing here commits."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, CursorResult, Select, and_, case, exists, or_, select, true, update
from sqlalchemy.orm import aliased

from shadowing.extensions import db
from shadowing.models import (
    BY_ITSELF,
    Job,
    JobState,
    Letter,
    LetterKind,
    LetterState,
    MailOutcome,
    Received,
    Round,
)

LEASE = timedelta(seconds=30)
BEAT = timedelta(seconds=10)
LONG_LEASE = timedelta(minutes=5)
"""Of work that writes from beginning to end: where the database has one writer, nobody can renew a lease meanwhile."""
LEASES_MOST = 5
NO_COUNTS: Mapping[str, int] = {}

Claimed = TypeVar("Claimed", Letter, Job, Received)


def claim(kind: type[Claimed], now: datetime) -> Claimed | None:
    """A due row, now ours until the lease ends. One that somebody left behind comes with its *unfinished* raised. The row
    is detached: it can be read after the commit without opening a transaction."""
    due = select(kind.id).where(waiting(kind, now), kind.due_at <= now, _in_order(kind), _may_leave(kind, now))
    untried = due.where(kind.attempts == 0).order_by(kind.due_at, kind.id)  # as the index has them
    return _take(kind, untried, now) or _take(kind, due.order_by(kind.attempts, kind.due_at, kind.id), now)


def _take(kind: type[Claimed], due: Select[int], now: datetime) -> Claimed | None:
    chosen = due.limit(1).with_for_update(skip_locked=True).cte("chosen")
    taken = (
        update(kind)
        .where(kind.id.in_(select(chosen.c.id)))
        .values(
            lease_until=now + LEASE,
            fence=kind.fence + 1,
            attempts=kind.attempts + 1,
            unfinished=case((kind.lease_until.is_not(None), kind.unfinished + 1), else_=kind.unfinished),
        )
        .returning(kind)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    row = db.session.scalar(taken)
    if row is not None:
        db.session.expunge(row)
    return row


def waiting(kind: type[Claimed], now: datetime) -> ColumnElement[bool]:
    """Rows that are neither done nor in somebody's hand."""
    return and_(kind.done_at.is_(None), or_(kind.lease_until.is_(None), kind.lease_until <= now))


def _in_order(kind: type[Claimed]) -> ColumnElement[bool]:
    """No earlier revision of the same invitation is still to go."""
    if kind is not Letter:
        return true()
    earlier = aliased(Letter)
    same = (earlier.invitation_id == Letter.invitation_id, earlier.revision < Letter.revision)
    told = (earlier.done_at.is_(None), earlier.kind.not_in(BY_ITSELF))  # those wait for their hour, and hold nothing up
    return ~exists(select(earlier.id).where(*same, *told).correlate(Letter))


def _may_leave(kind: type[Claimed], now: datetime) -> ColumnElement[bool]:
    """A letter whose reader is not to be disturbed, or which HR holds back, stays; who asked for their own link gets it."""
    if kind is not Letter:
        return true()
    paused = select(Round.id).where(Round.mail_paused_at.is_not(None))
    here = or_(Letter.round_id.is_(None), Letter.kind == LetterKind.PERSONAL_LINK, Letter.round_id.not_in(paused))
    morning = or_(Letter.not_before.is_(None), Letter.not_before <= now)
    return and_(Letter.state != LetterState.HELD, morning, here)


def given_up(row: Letter | Job | Received) -> bool:
    """Five workers held it, and none came back with a result."""
    return row.unfinished >= LEASES_MOST


def renew(kind: type[Claimed], id: int, fence: int, now: datetime, lease: timedelta = LEASE) -> bool:
    """False: you were declared dead."""
    return _only_mine(kind, id, fence, {"lease_until": now + lease})


def finish(
    row: Letter | Job | Received, fence: int, state: LetterState | JobState | MailOutcome, error: str, now: datetime
) -> bool:
    """The row is done. False: you were declared dead, so roll back and drop the result."""
    done = {"state": state, "error": error, "done_at": now, "lease_until": None}
    return _only_mine(type(row), row.id, fence, done)


def give_back(
    row: Letter | Job | Received, fence: int, due_at: datetime, error: str, counts: Mapping[str, int] = NO_COUNTS
) -> bool:
    """Somebody, perhaps you, shall try it again at *due_at*; *counts* are new numbers of `Work`. False: you were declared dead."""
    return _only_mine(type(row), row.id, fence, {"due_at": due_at, "lease_until": None, "error": error, **counts})


def _only_mine(
    kind: type[Letter] | type[Job] | type[Received], id: int, fence: int, values: Mapping[str, object]
) -> bool:
    mine = update(kind).where(kind.id == id, kind.fence == fence, kind.done_at.is_(None)).values(values)
    result = db.session.execute(mine.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", result).rowcount == 1


def postpone(kind: type[Claimed], until: datetime, error: str, now: datetime) -> None:
    """Nobody tries any row before *until*: what they all need is not there. A row that was tried keeps its own *error*."""
    due = update(kind).where(waiting(kind, now), kind.due_at < until)
    said = case((kind.attempts > 0, kind.error), else_=error)
    db.session.execute(due.values(due_at=until, error=said).execution_options(synchronize_session=False))


def resume(kind: type[Claimed], errors: tuple[str, ...], now: datetime) -> None:
    """What was postponed for one of *errors* is due again: what it needs is there."""
    rests = update(kind).where(waiting(kind, now), kind.error.in_(errors))
    db.session.execute(rests.values(due_at=now, error="").execution_options(synchronize_session=False))
