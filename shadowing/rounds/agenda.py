"""What a round is going to do by itself, as rows for the worker.

A row is written in the transaction of the change that makes it due. Its key names the round, the deed and the instant, so
no change writes it twice; a row whose instant is not the round's any more does nothing (by_itself.py)."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select

from shadowing.extensions import db
from shadowing.models import Job, JobKind, Round, RoundArguments, Stage


def write(round: Round) -> None:
    """Rows for all that is to come as the round stands now; those that are there already stay."""
    db.session.flush()
    for kind, due in _coming(round):
        key = f"{kind}:{round.id}:{due.isoformat()}"
        if db.session.scalar(select(Job.id).where(Job.key == key)) is None:
            arguments = RoundArguments(round_id=round.id, due=due)
            db.session.add(Job(key=key, kind=kind, due_at=due, arguments=arguments))


def _coming(round: Round) -> Iterator[tuple[JobKind, datetime]]:
    if round.stage is Stage.COLLECTING:
        yield JobKind.CLOSE, round.answers_end
