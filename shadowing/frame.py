"""The frame that a round sets: the step from stage to stage, whether it still takes answers, which instants are its own."""

from datetime import UTC, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import CursorResult, update

from shadowing.errors import Changed, WrongStage
from shadowing.extensions import db
from shadowing.models import Round, Stage


def step(round: Round, old: Stage, new: Stage, version: int | None = None) -> None:
    """Move on as `moved` does. Raises WrongStage, or Changed where only the *version* is another one."""
    if moved(round, old, new, version):
        return
    if round.stage is old:
        raise Changed("Somebody changed this round since you looked at it. Look again, then repeat your step.")
    raise WrongStage("The round “%(title)s” is at another step by now. Look at it again.", title=round.title)


def moved(round: Round, old: Stage, new: Stage, version: int | None = None) -> bool:
    """The one place where a stage changes: only where the row is still at *old* (and at *version*, what a page was made of),
    whatever was read before. False: somebody was faster, and nothing was changed."""
    seen = [Round.id == round.id, Round.stage == old]
    if version is not None:
        seen.append(Round.version == version)
    db.session.flush()
    change = update(Round).where(*seen).values(stage=new, version=Round.version + 1)
    result = db.session.execute(change.execution_options(synchronize_session=False))
    db.session.refresh(round)
    return cast("CursorResult[Any]", result).rowcount == 1


def takes_answers(round: Round) -> bool:
    return round.stage in (Stage.DRAFT, Stage.COLLECTING)


def refuse_closed(round: Round) -> None:
    if not takes_answers(round):
        raise WrongStage("The answers of this round are closed. Please speak to the people who run it.")


def days_of(round: Round) -> tuple[datetime, datetime]:
    """The first instant of the round's first day, and the last of its last one."""
    zone = ZoneInfo(round.zone)
    after = round.ends_on + timedelta(days=1)
    begins, ends = (datetime.combine(day, time.min, zone) for day in (round.starts_on, after))
    return begins.astimezone(UTC), ends.astimezone(UTC)
