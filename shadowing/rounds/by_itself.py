"""What a round does when its hour comes and nobody presses a button. The worker runs it from the rows of agenda.py."""

from datetime import datetime

from shadowing.extensions import db
from shadowing.models import JobKind, Round, RoundArguments, Stage
from shadowing.rounds import deadline


def run(kind: JobKind, arguments: RoundArguments, now: datetime) -> None:
    """Does nothing where the round has gone on, was moved to other days, or is not there any more."""
    round = db.session.get(Round, arguments.round_id, with_for_update=True)
    if round is None:
        return
    if kind is JobKind.CLOSE:
        _close(round, arguments.due, now)


def _close(round: Round, due: datetime, now: datetime) -> None:
    open_still = round.stage is Stage.COLLECTING and round.closed_at is None
    if open_still and not round.late_answers and due == round.answers_end:
        deadline.close(round, None, now)
