"""Who did what: one row for each deed of weight, written with the deed itself."""

from datetime import datetime

from sqlalchemy import Select, select

from shadowing.extensions import db
from shadowing.models import Audit, Person, Round


def record(deed: str, person: Person | None, round: Round | None, now: datetime, **facts: object) -> None:
    db.session.add(Audit(at=now, deed=deed, person_id=person and person.id, round_id=round and round.id, facts=facts))


def done_since(moment: datetime, deed: str, by: Person, round: Round, about: Person) -> Select[int]:
    """Rows of *deed* that *by* did since *moment*, in *round* and about somebody."""
    done = select(Audit.id).where(Audit.at > moment, Audit.deed == deed, Audit.person_id == by.id)
    return done.where(Audit.round_id == round.id, Audit.facts["of"].as_integer() == about.id).limit(1)
