"""Days of a round that changed after people were told others: who has to hear of them, and the mails that say so."""

from datetime import date, datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from shadowing.company import audit
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.mail import letters
from shadowing.mail.planned import Planned
from shadowing.models import Guest, Letter, LetterKind, LetterState, Person, Round, Stage
from shadowing.models.facts import AskFacts, NewDatesFacts

NAMING = (LetterKind.ASK, LetterKind.NUDGE, LetterKind.NEW_DATES)
"""The mails that name the days of a round."""
Days = tuple[date, date, date]


def planned(round: Round, now: datetime) -> list[Planned]:
    """The mails to everybody whose last mail named other days than the round has now."""
    if round.stage is not Stage.COLLECTING:
        return []
    told, days = _told(round), (round.starts_on, round.ends_on, round.answers_until)
    here = select(Guest).join(Guest.person).where(Guest.round_id == round.id, Person.left_at.is_(None))
    here = here.options(joinedload(Guest.person)).order_by(Person.sort_key, Person.code)
    late = [guest for guest in db.session.scalars(here) if told.get(guest.person_id, days) != days]
    return [
        Planned(LetterKind.NEW_DATES, one.person, partial(letters.new_dates, one, told[one.person_id], now))
        for one in late
    ]


def _told(round: Round) -> dict[int, Days]:
    """First and last day and the deadline that each person was told last."""
    named = select(Letter).where(Letter.round_id == round.id, Letter.kind.in_(NAMING))
    named = named.where(Letter.state != LetterState.CANCELLED).order_by(Letter.stamp, Letter.id)
    return {letter.person_id: _days(letter) for letter in db.session.scalars(named)}


def _days(letter: Letter) -> Days:
    facts = letter.facts
    assert isinstance(facts, AskFacts | NewDatesFacts)
    return facts.starts_on, facts.ends_on, facts.answers_until


def tell(round: Round, by: Person | None, now: datetime) -> int:
    """Write to everybody who was told other days; answers to how many."""
    round.refuse_other_than(Stage.COLLECTING)
    round.take_charge(by)
    written = letters.keep([one.write() for one in planned(round, now)])
    if not written:
        raise Refusal("Everybody knows the days of this round. There is nothing to tell.")
    audit.record("tell", by, round, now, people=len(written))
    return len(written)
