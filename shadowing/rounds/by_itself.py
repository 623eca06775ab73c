"""What a round does when its hour comes and nobody presses a button. The worker runs it from the rows of agenda.py."""

from datetime import datetime

from shadowing.extensions import db
from shadowing.matching import why
from shadowing.models import JobKind, Round, RoundArguments, Stage
from shadowing.rounds import agenda, deadline, reminders, rounds


def run(kind: JobKind, arguments: RoundArguments, now: datetime) -> None:
    """Does nothing where the round has gone on, was moved to other days, or is not there any more."""
    round = db.session.get(Round, arguments.round_id, with_for_update=True, populate_existing=True)
    if round is None:
        return
    match kind:
        case JobKind.CLOSE if (kind, arguments.due) in agenda.coming(round):
            _close(round, now)
        case JobKind.REMIND if (kind, arguments.due) in agenda.coming(round):
            reminders.nudge_by_itself(round, now)
        case JobKind.REASONS:
            why.look_again(round, now)
        case JobKind.END if round.stage is Stage.PUBLISHED:
            _end(round, now)


def _close(round: Round, now: datetime) -> None:
    if round.closed_at is None and not round.late_answers:
        deadline.close(round, None, now)


def _end(round: Round, now: datetime) -> None:
    """Later, where a visit was moved beyond the day on which the round was to end."""
    if agenda.end_of(round) <= now:
        rounds.end(round, None, now)
    else:
        agenda.write(round, now)
