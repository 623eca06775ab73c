"""The mails of a round on their way: what waits and why, HR's pause, and what was held back at publishing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from shadowing.company import audit
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.models import Letter, LetterState, Person, Round


@dataclass(frozen=True, slots=True, kw_only=True)
class Underway:
    """How many mails of a round have not left: *waiting* in all, of them *later* because it is not day for their reader, the
    first of those at *morning*; and *held* which wait for HR's word."""

    paused_at: datetime | None
    waiting: int
    later: int
    morning: datetime | None
    held: int

    @property
    def any(self) -> bool:
        return bool(self.waiting or self.held or self.paused_at)


def underway(round: Round, now: datetime) -> Underway:
    here = (Letter.round_id == round.id, Letter.done_at.is_(None))
    counted = select(func.count(), func.min(Letter.not_before)).where(*here)
    ready, held = Letter.state != LetterState.HELD, Letter.state == LetterState.HELD
    later, morning = db.session.execute(counted.where(ready, Letter.not_before > now)).one()
    return Underway(
        paused_at=round.mail_paused_at,
        waiting=db.session.execute(counted.where(ready)).one()[0],
        later=later,
        morning=morning,
        held=db.session.execute(counted.where(held)).one()[0],
    )


def pause(round: Round, by: Person | None, now: datetime) -> None:
    """No mail of the round leaves until `resume`, but for the links that people ask for themselves."""
    _turn(round, now, "pause_mail", by, now)


def resume(round: Round, by: Person | None, now: datetime) -> None:
    _turn(round, None, "resume_mail", by, now)


def _turn(round: Round, paused_at: datetime | None, deed: str, by: Person | None, now: datetime) -> None:
    """Twice is once."""
    if (round.mail_paused_at is None) is not (paused_at is None):
        round.mail_paused_at = paused_at
        audit.record(deed, by, round, now)


def release(round: Round, by: Person | None, now: datetime) -> int:
    """Send what was held back; answers how many mails."""
    held = (Letter.round_id == round.id, Letter.state == LetterState.HELD)
    people = sorted(db.session.scalars(select(Letter.person_id).where(*held)))
    if not people:
        raise Refusal("No mail of this round is held back.")
    db.session.execute(update(Letter).where(*held).values(state=LetterState.READY, due_at=now))
    audit.record("release_mail", by, round, now, people=people)
    return len(people)
