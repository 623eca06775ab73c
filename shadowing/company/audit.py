"""Who did what: one row for each deed of weight, written with the deed itself."""

from datetime import datetime

from shadowing.extensions import db
from shadowing.models import Audit, Person, Round


def record(deed: str, person: Person | None, round: Round | None, now: datetime, **facts: object) -> None:
    db.session.add(Audit(at=now, deed=deed, person_id=person and person.id, round_id=round and round.id, facts=facts))
