"""Reminders to those who have not answered, by HR's press or by themselves (by_itself.py).

Never to who has answered or offers a seat, never within a day of the question or of the last reminder, never after the last
day for answers: such a mail would only be lost."""

from datetime import datetime, timedelta

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import joinedload

from shadowing.company import audit, people
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.mail import letters
from shadowing.models import Guest, Host, Opening, Person, Round, Stage
from shadowing.rounds.drafts import today

PAUSE = timedelta(days=1)


def unanswered(round: Round) -> Select[Guest]:
    here = select(Guest).join(Person, Person.id == Guest.person_id).where(Guest.round_id == round.id)
    missing = here.where(Guest.answered_at.is_(None), Guest.asked_at.is_not(None), Person.left_at.is_(None))
    return missing.order_by(Person.sort_key, Person.code)


def due(round: Round, now: datetime) -> list[Guest]:
    """Those who would be reminded now."""
    if round.stage is not Stage.COLLECTING or not round.takes_answers(now) or now >= round.answers_end:
        return []
    offers = exists().where(Host.person_id == Guest.person_id, Host.opening_id == Opening.id)
    offers = offers.where(Opening.round_id == round.id, Opening.withdrawn_at.is_(None))
    waiting = db.session.scalars(unanswered(round).where(~offers).options(joinedload(Guest.person)))
    return [guest for guest in waiting if _rested(guest, now)]


def _rested(guest: Guest, now: datetime) -> bool:
    if people.paused(guest.person, today(guest.round.zone, now)):
        return False
    return all(last is None or now - last >= PAUSE for last in (guest.asked_at, guest.nudged_at))


def nudge(round: Round, by: Person | None, now: datetime) -> int:
    """Remind everybody who is `due`; answers how many."""
    round.refuse_other_than(Stage.COLLECTING)
    if not round.takes_answers(now) or now >= round.answers_end:
        raise Refusal("The last day for answers is over. Set a later day in the round, then remind.")
    waiting = due(round, now)
    if not waiting:
        raise Refusal("Everybody has answered, offers a seat, or was asked or reminded within the last day.")
    round.take_charge(by)
    _write(round, waiting, by, now)
    return len(waiting)


def nudge_by_itself(round: Round, now: datetime) -> None:
    """As `nudge`, but nobody is there to hear that nobody was due."""
    if waiting := due(round, now):
        _write(round, waiting, None, now)


def _write(round: Round, waiting: list[Guest], by: Person | None, now: datetime) -> None:
    for guest in waiting:
        guest.nudged_at = now
    letters.nudge(waiting, now)
    audit.record("nudge", by, round, now, people=len(waiting))
