"""What a round is going to do by itself, as rows for the worker.

A row is written in the transaction of the change that makes it due. Its key names the round, the deed and the instant, so
no change writes it twice; a row whose instant is not the round's any more does nothing (by_itself.py)."""

from collections.abc import Iterator
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from shadowing.company import people
from shadowing.extensions import db
from shadowing.models import Job, JobKind, Opening, Pairing, Round, RoundArguments, Slot, Stage
from shadowing.rounds import timetable

MORNING = time(9)


def write(round: Round, now: datetime) -> None:
    """Rows for all that is to come as the round stands now; those that are there already stay."""
    db.session.flush()
    for kind, due in coming(round):
        key = f"{kind}:{round.id}:{due.isoformat()}"
        if due > now and db.session.scalar(select(Job.id).where(Job.key == key)) is None:
            arguments = RoundArguments(round_id=round.id, due=due)
            db.session.add(Job(key=key, kind=kind, due_at=due, arguments=arguments))


def coming(round: Round) -> Iterator[tuple[JobKind, datetime]]:
    """What the round does by itself at its stage, and when; some of it may be over."""
    if round.stage is Stage.COLLECTING:
        yield JobKind.CLOSE, round.answers_end
    if round.stage is Stage.COLLECTING and round.asked_at is not None:
        zone = ZoneInfo(round.zone)
        for day in timetable.reminder_days(round, round.asked_at.astimezone(zone).date()):
            yield JobKind.REMIND, people.at(day, MORNING, zone)
    if round.stage is Stage.PUBLISHED:
        yield JobKind.END, end_of(round)


def end_of(round: Round) -> datetime:
    """When the last day and the last visit are over: a visit may have been moved beyond the last day."""
    visits = select(func.max(Slot.ends_at)).join(Slot.opening).join(Pairing, Pairing.slot_id == Slot.id)
    visits = visits.where(Opening.round_id == round.id, Pairing.stands, Slot.cancelled_at.is_(None))
    last = db.session.scalar(visits)
    return max(round.instants[1], last) if last else round.instants[1]
