"""How much of a round a host gives in all: on how many half-days they have visitors at the most, or nothing this time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from sqlalchemy import Select, select, update

from shadowing.collecting.goals import HALF_DAYS_MOST
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.models import Host, Hosting, Opening, Person, Round
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
    """A later limit replaces the one before, for as long as the round takes answers."""
    row = _row(person, round, now)
    row.half_days_most = said.half_days_most
    db.session.flush()


def declined_at(person: Person, round: Round) -> datetime | None:
    """When *person* said that they offer nothing this time; None where they did not."""
    own = select(Hosting.declined_at).where(Hosting.round_id == round.id, Hosting.person_id == person.id)
    return db.session.scalar(own)


def decline(person: Person, round: Round, now: datetime) -> None:
    """They offer nothing this time. Refused while they do; pressing the button twice is the same as once."""
    row = _row(person, round, now)
    standing = select(Opening.id).join(Opening.hosts).where(Opening.round_id == round.id, Host.person_id == person.id)
    if db.session.scalar(standing.where(Opening.withdrawn_at.is_(None)).limit(1)) is not None:
        raise Refusal("You offer a seat in this round. Withdraw it first.")
    row.declined_at = row.declined_at or now
    db.session.flush()


def offers_after_all(people: Sequence[Person], round: Round) -> None:
    """Whoever is a host now has changed their mind."""
    those = (Hosting.round_id == round.id, Hosting.person_id.in_([person.id for person in people]))
    db.session.execute(update(Hosting).where(*those).values(declined_at=None))


def declined(round: Round) -> Select[Person]:
    """Who offers nothing this time."""
    said = select(Hosting.person_id).where(Hosting.round_id == round.id, Hosting.declined_at.is_not(None))
    here = select(Person).where(Person.left_at.is_(None), Person.id.in_(said))
    return here.order_by(Person.sort_key, Person.code)


def _row(person: Person, round: Round, now: datetime) -> Hosting:
    """Presses of one person wait for each other."""
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    round.refuse_closed(now)
    own = select(Hosting).where(Hosting.round_id == round.id, Hosting.person_id == person.id)
    row = db.session.scalar(own)
    if row is None:
        row = Hosting(round_id=round.id, person_id=person.id)
        db.session.add(row)
    return row
