"""A round that is not to be: a draft is deleted, a round of which people have heard is called off and they are told why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated

from sqlalchemy import Select, delete, func, or_, select, update

from shadowing.company import audit
from shadowing.errors import WrongStage
from shadowing.extensions import db
from shadowing.mail import letters
from shadowing.mail.planned import Planned
from shadowing.matching import solving
from shadowing.models import (
    OVER,
    Audit,
    Availability,
    BusyCalendar,
    Goal,
    Guest,
    Host,
    Hosting,
    Invitation,
    Letter,
    LetterKind,
    Opening,
    PastPairing,
    Person,
    Round,
    Slot,
    Stage,
)
from shadowing.typed import by, text
from shadowing.visiting import calling_off

WHY_LONGEST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """What HR says to everybody who has heard of the round."""

    why: Annotated[str, by(text(WHY_LONGEST))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What is deleted together with a draft."""

    guests: int
    openings: int


def contents(round: Round) -> Contents:
    guests = select(func.count()).select_from(Guest).where(Guest.round_id == round.id)
    openings = select(func.count()).select_from(Opening).where(Opening.round_id == round.id)
    return Contents(guests=db.session.scalar(guests) or 0, openings=db.session.scalar(openings) or 0)


def delete_draft(round: Round, by: Person | None, now: datetime) -> None:
    """Nobody has heard of it, so nobody is told. The record of who made it stays, without the round."""
    db.session.refresh(round, with_for_update=True)
    if round.stage is not Stage.DRAFT:
        raise WrongStage("People have heard of this round. Call it off instead, and they are told why.")
    openings = select(Opening.id).where(Opening.round_id == round.id)
    guests = select(Guest.id).where(Guest.round_id == round.id)
    db.session.execute(delete(Slot).where(Slot.opening_id.in_(openings)))
    db.session.execute(delete(Host).where(Host.opening_id.in_(openings)))
    db.session.execute(delete(Goal).where(Goal.guest_id.in_(guests)))
    for table in (Opening, Guest, Availability, BusyCalendar, Hosting, PastPairing):
        db.session.execute(delete(table).where(table.round_id == round.id))
    db.session.execute(update(Audit).where(Audit.round_id == round.id).values(round_id=None))
    audit.record("delete_draft", by, None, now, title=round.title)
    db.session.delete(round)
    db.session.flush()


def cancel(round: Round, why: str, by: Person | None, now: datetime) -> int:
    """Call the round off at any step; answers how many letters go. Cannot be undone: calendars forget their entries."""
    refuse_over(round)
    if round.stage is Stage.SOLVING:
        solving.stop(round)
    round.take_charge(by)
    told = planned_letters(round, why, now, calling_off.standing(round, now))
    round.step(round.stage, Stage.CANCELLED, round.version)
    round.cancelled_at, round.cancelled_why = now, why
    letters.take_back((Letter.round_id == round.id) & Letter.invitation_id.is_(None), now)
    entries = calling_off.tell(round, why, now.replace(microsecond=0), now)
    written = entries + len(letters.keep([one.write() for one in told]))
    audit.record("cancel", by, round, now, letters=written)
    return written


def refuse_over(round: Round) -> None:
    if round.stage is Stage.DRAFT:
        raise WrongStage("Nobody has heard of this round yet. Delete the draft instead.")
    if round.stage in OVER:
        raise WrongStage("The round “%(title)s” is over already.", title=round.title)


def planned_letters(round: Round, why: str, now: datetime, rows: Sequence[Invitation]) -> list[Planned]:
    """The mails that say why, to everybody who has heard of the round; *rows* stand in calendars."""
    visiting = {row.person_id for row in rows}
    write = letters.round_cancelled
    return [
        Planned(LetterKind.ROUND_CANCELLED, person, partial(write, person, round, why, person.id in visiting, now))
        for person in db.session.scalars(_told(round))
    ]


def planned(round: Round, why: str, now: datetime, rows: Sequence[Invitation]) -> list[Planned]:
    """All letters that `cancel` would write; *rows* are those that are `standing` in calendars."""
    stamp = now.replace(microsecond=0)
    return planned_letters(round, why, now, rows) + calling_off.planned(round, why, stamp, rows)


def _told(round: Round) -> Select[Person]:
    """Those who were asked or offer something, but for whom the question itself still waits: it is taken back."""
    unsent = select(Letter.person_id).where(Letter.round_id == round.id, Letter.kind == LetterKind.ASK)
    unsent = unsent.where(Letter.done_at.is_(None), Letter.lease_until.is_(None), Letter.unfinished == 0)
    asked = select(Guest.person_id).where(Guest.round_id == round.id, Guest.asked_at.is_not(None))
    heard = asked.where(or_(Guest.answered_at.is_not(None), Guest.person_id.not_in(unsent)))
    hosts = select(Host.person_id).join(Opening).where(Opening.round_id == round.id, Opening.withdrawn_at.is_(None))
    here = select(Person).where(Person.left_at.is_(None), or_(Person.id.in_(heard), Person.id.in_(hosts)))
    return here.order_by(Person.sort_key, Person.code)
