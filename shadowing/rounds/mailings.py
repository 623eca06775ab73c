"""How far the mails of a round have come, mailing by mailing: what the page that follows them shows."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, select

from shadowing.extensions import db
from shadowing.models import BY_ITSELF, LOST, Letter, LetterKind, LetterState, Round

ONE_MAILING = timedelta(minutes=1)
"""The letters of one press carry stamps that lie closer than this: calendars take whole seconds, and stamps must rise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailingSoFar:
    """*lost* are those that did not arrive as far as is known; *waiting* have not left, and leave from *next_at* on."""

    began: datetime
    kinds: tuple[LetterKind, ...]
    sent: int
    lost: int
    waiting: int
    next_at: datetime | None

    @property
    def total(self) -> int:
        return self.sent + self.lost + self.waiting

    @property
    def done(self) -> int:
        return self.sent + self.lost


@dataclass(frozen=True, slots=True)
class _Bundle:
    """The letters of one stamp, kind and state."""

    stamp: datetime
    kind: LetterKind
    state: LetterState
    count: int
    due_at: datetime


def of(round: Round) -> tuple[MailingSoFar, ...]:
    """The newest first. One statement; letters that were taken back or overtaken count nowhere."""
    found = select(Letter.stamp, Letter.kind, Letter.state, func.count(), func.min(leaves_at()))
    found = found.where(Letter.round_id == round.id, Letter.kind.not_in(BY_ITSELF))
    found = found.where(Letter.state.in_((LetterState.READY, LetterState.SENT, *LOST)))
    grouped = found.group_by(Letter.stamp, Letter.kind, Letter.state).order_by(Letter.stamp)
    bundles = [_Bundle(*row) for row in db.session.execute(grouped)]
    return tuple(_summed(mailing) for mailing in _parted(bundles))[::-1]


def leaves_at() -> ColumnElement[datetime]:
    """When a letter is due, or when the quiet hours of its reader end."""
    return case((Letter.not_before > Letter.due_at, Letter.not_before), else_=Letter.due_at)


def going(round: Round) -> MailingSoFar | None:
    """The newest mailing of which letters wait."""
    return next((mailing for mailing in of(round) if mailing.waiting), None)


def _parted(bundles: list[_Bundle]) -> Iterator[list[_Bundle]]:
    together: list[_Bundle] = []
    for one in bundles:
        if together and one.stamp - together[-1].stamp >= ONE_MAILING:
            yield together
            together = []
        together.append(one)
    if together:
        yield together


def _summed(mailing: list[_Bundle]) -> MailingSoFar:
    counts = Counter[LetterState]()
    for one in mailing:
        counts[one.state] += one.count
    due = [one.due_at for one in mailing if one.state is LetterState.READY]
    return MailingSoFar(
        began=mailing[0].stamp,
        kinds=tuple(sorted({one.kind for one in mailing})),
        sent=counts[LetterState.SENT],
        lost=sum(counts[state] for state in LOST),
        waiting=counts[LetterState.READY],
        next_at=min(due, default=None),
    )
