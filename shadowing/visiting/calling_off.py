"""All visits of a round called off at once: every calendar entry that is to come is taken back, and nobody is left out."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select, update

from shadowing.extensions import db
from shadowing.mail import hearing
from shadowing.mail.planned import Planned
from shadowing.models import Invitation, Pairing, PairingStatus, Round, Slot
from shadowing.visiting import differences, invitations, partings
from shadowing.visiting.invitations import StepAhead


def tell(round: Round, why: str, stamp: datetime, now: datetime) -> int:
    """Write the cancellations in the caller's transaction; answers how many letters will go. What has begun stays as it was."""
    coming = select(Slot.id).where(Slot.starts_at > stamp)
    ahead = update(Pairing).where(Pairing.round_id == round.id, Pairing.stands, Pairing.slot_id.in_(coming))
    db.session.execute(ahead.values(status=PairingStatus.DROPPED, pinned=False))
    steps = [one.step() for one in _steps(round, why, stamp, standing(round, stamp))]
    for step in steps:
        invitations.take(step, round, now)
    db.session.flush()
    return sum(not step.silent for step in steps)


def planned(round: Round, why: str, stamp: datetime, rows: Sequence[Invitation]) -> list[Planned]:
    """The very letters that `tell` would write now; *rows* are those that are `standing`."""
    return [one.planned(round) for one in _steps(round, why, stamp, rows) if not one.silent]


def standing(round: Round, stamp: datetime) -> list[Invitation]:
    """The calendar entries of visits that are to come."""
    rows = list(db.session.scalars(differences.of_round(round).where(Invitation.cancelled_at.is_(None))))
    begin = {row.id: differences.starts_at(row) for row in rows}
    return sorted((row for row in rows if begin[row.id] > stamp), key=lambda row: begin[row.id])


def _steps(round: Round, why: str, stamp: datetime, rows: Sequence[Invitation]) -> Iterator[StepAhead]:
    heard, off = hearing.heard(round), partings.of_all(round, why, rows)
    for row in rows:
        yield invitations.cancelled(row, stamp, row.id in heard, off)
