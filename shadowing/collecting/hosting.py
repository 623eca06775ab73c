"""How much of a round a host gives in all: on how many half-days they have visitors at the most."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from sqlalchemy import delete, select

from shadowing.collecting.goals import HALF_DAYS_MOST
from shadowing.extensions import db
from shadowing.models import Hosting, Person, Round
from shadowing.typed import by, number


@dataclass(frozen=True, slots=True, kw_only=True)
class HostingLimit:
    """What a host says; None is no limit."""

    half_days_most: Annotated[int | None, by(number(1, HALF_DAYS_MOST))] = None


def given(person: Person, round: Round) -> int | None:
    """The limit of *person*, None where they set none."""
    own = select(Hosting.half_days_most).where(Hosting.round_id == round.id, Hosting.person_id == person.id)
    return db.session.scalar(own)


def limit(person: Person, round: Round, said: HostingLimit, now: datetime) -> None:
    """A later limit replaces the one before, for as long as the round takes answers; presses of one person wait for each other."""
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    round.refuse_closed(now)
    db.session.execute(delete(Hosting).where(Hosting.round_id == round.id, Hosting.person_id == person.id))
    if said.half_days_most is not None:
        db.session.add(Hosting(round_id=round.id, person_id=person.id, half_days_most=said.half_days_most))
    db.session.flush()
