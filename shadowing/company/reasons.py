"""Reasons for having no visit rest on the company too: on hours, contracts, sites, departments, and on who must not meet.

Where such a thing changes, every round with a plan looks at its reasons anew. The worker does it, since it takes seconds
in a large company."""

from datetime import datetime

from sqlalchemy import select

from shadowing.extensions import db
from shadowing.models import Job, JobKind, Round, RoundArguments, Stage

WITH_A_PLAN = (Stage.REVIEWING, Stage.PUBLISHED)


def look_anew(now: datetime) -> None:
    """Rows for the worker in the transaction of the change; a round for which one waits already needs no second."""
    db.session.flush()
    unclaimed = select(Job).where(Job.kind == JobKind.REASONS, Job.done_at.is_(None), Job.lease_until.is_(None))
    waiting = {job.key for job in db.session.scalars(unclaimed)}
    for id in db.session.scalars(select(Round.id).where(Round.stage.in_(WITH_A_PLAN)).order_by(Round.id)):
        if not any(key.startswith(f"{JobKind.REASONS}:{id}:") for key in waiting):
            arguments = RoundArguments(round_id=id, due=now)
            key = f"{JobKind.REASONS}:{id}:{now.isoformat()}"
            db.session.add(Job(key=key, kind=JobKind.REASONS, due_at=now, arguments=arguments))
