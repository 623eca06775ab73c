"""The end of the answers: it comes by itself or by hand, and is taken back as long as nothing is published."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from shadowing.company import audit
from shadowing.errors import WrongStage
from shadowing.extensions import db
from shadowing.models import Guest, Pairing, Person, Round, Stage
from shadowing.rounds import agenda
from shadowing.rounds.drafts import today, unfit_deadline
from shadowing.typed import Day, Mistakes

USUAL_LONGER = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopening:
    """Until when answers are taken once more."""

    answers_until: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Haste:
    """Why pairings would be made early: *before* the last day for answers is over, or of *few* answers."""

    asked: int
    answered: int
    before: bool
    few: bool


def haste(round: Round, now: datetime) -> Haste | None:
    """None where nothing speaks against making the pairings of a round that collects answers. Who left is not waited for."""
    if round.stage is not Stage.COLLECTING:
        return None
    guests = select(func.count()).select_from(Guest).join(Guest.person)
    guests = guests.where(Guest.round_id == round.id, Person.left_at.is_(None))
    asked = db.session.scalar(guests) or 0
    answered = db.session.scalar(guests.where(Guest.answered_at.is_not(None))) or 0
    before = now < round.answers_end and round.takes_answers(now) and answered < asked
    few = 2 * answered < asked
    return Haste(asked=asked, answered=answered, before=before, few=few) if before or few else None


def shut_out(round: Round, now: datetime) -> int:
    """How many could no longer answer once the answers were closed: not those for whom alone they are open longer."""
    alone = Guest.open_until >= today(round.zone, now)
    guests = select(func.count()).select_from(Guest).join(Guest.person).where(Guest.round_id == round.id)
    return db.session.scalar(guests.where(Person.left_at.is_(None), alone.is_not(True))) or 0


def close(round: Round, by: Person | None, now: datetime) -> None:
    """No answer is taken any more. Where a plan stands, as after `reopen`, its review goes on."""
    round.refuse_other_than(Stage.COLLECTING)
    if round.closed_at is not None:
        raise WrongStage("The answers of this round are closed already.")
    round.closed_at = now
    round.version += 1
    if seated(round):
        round.step(Stage.COLLECTING, Stage.REVIEWING)
    audit.record("close", by, round, now)


def reopen(round: Round, until: date, by: Person | None, now: datetime) -> None:
    """Take answers until *until*. The plan that stands stays as a proposal until another one is made."""
    refuse_open(round, now)
    if wrong := unfit_deadline(until, round.ends_on, today(round.zone, now)):
        raise Mistakes({"answers_until": wrong})
    if round.stage is Stage.REVIEWING:
        round.step(Stage.REVIEWING, Stage.COLLECTING, round.version)
    round.answers_until, round.closed_at = until, None
    round.version += 1
    agenda.write(round, now)
    audit.record("reopen", by, round, now, until=until.isoformat())


def refuse_open(round: Round, now: datetime) -> None:
    """Raises WrongStage where answers cannot be opened again, and names the way on."""
    if round.stage is Stage.COLLECTING and round.takes_answers(now):
        raise WrongStage("Answers are being taken until %(day)s. Change the round to move that day.", day=_day(round))
    if round.stage is Stage.SOLVING:
        raise WrongStage("The pairings are being made. Stop the search, then open the answers again.")
    if round.stage is Stage.PUBLISHED:
        raise WrongStage("The round is published. Single visits can still be changed on the board.")
    round.refuse_other_than(Stage.COLLECTING, Stage.REVIEWING)


def _day(round: Round) -> str:
    return round.answers_until.isoformat()


def proposed(round: Round, now: datetime) -> date:
    """A week more, where the round is long enough."""
    return min(today(round.zone, now) + USUAL_LONGER, round.ends_on - timedelta(days=1))


def seated(round: Round) -> int:
    """How many guests have a visit in the plan that stands."""
    guests = select(func.count(Pairing.guest_id.distinct()))
    return db.session.scalar(guests.where(Pairing.round_id == round.id, Pairing.stands)) or 0
