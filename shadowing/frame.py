"""The frame that a round sets to what people enter: whether it still takes answers, and which instants are its own."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shadowing.errors import WrongStage
from shadowing.models import Round, Stage


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
