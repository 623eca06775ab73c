"""Who met in earlier rounds: which pairs rest, and which departments know each other."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from shadowing.extensions import db
from shadowing.matching import spans
from shadowing.models import Guest, Host, Pairing, PairingStatus, PastPairing, Person, Round, Slot
from shadowing.rules import RoundRules


def pairs(statement: Select[int, int]) -> Iterator[tuple[int, int]]:
    for row in db.session.execute(statement):
        yield row[0], row[1]


def _own_rounds(round: Round) -> list[int]:
    """Earlier rounds of our own that took place, oldest first."""
    told = select(Pairing.round_id).where(Pairing.status.in_((PairingStatus.PUBLISHED, PairingStatus.HELD)))
    earlier = select(Round.id).where(Round.starts_on < round.starts_on, Round.id.in_(told), Round.id != round.id)
    return list(db.session.scalars(earlier.order_by(Round.starts_on, Round.id)))


def _met_in(rounds: list[int] | Select[int]) -> Select[int, int]:
    return (
        select(Guest.person_id, Host.person_id)
        .join(Pairing, Pairing.guest_id == Guest.id)
        .join(Slot)
        .join(Host, Host.opening_id == Slot.opening_id)
        .where(Pairing.round_id.in_(rounds), Pairing.status.in_((PairingStatus.PUBLISHED, PairingStatus.HELD)))
    )


def _met_since(round: Round, day: date) -> Select[int, int]:
    """Of all other rounds, so that two that overlap do not bring the same two people together; a folder tells no days."""
    since = datetime.combine(day, time.min, ZoneInfo(round.zone)).astimezone(UTC)
    others = select(Round.id).where(Round.id != round.id)
    return _met_in(others).where(Slot.starts_at >= since, Slot.starts_at < round.instants[1])


def resting(round: Round, rules: RoundRules) -> Iterator[tuple[int, int]]:
    """(guest, host) of the last *repeat_rounds* rounds: those of the folder come before our own; and of *repeat_months*."""
    if rules.repeat_months:
        yield from pairs(_met_since(round, spans.months_before(round.starts_on, rules.repeat_months)))
    if rules.repeat_rounds == 0:
        return
    own = _own_rounds(round)
    yield from pairs(_met_in(own[-rules.repeat_rounds :]))
    told = sorted(set(db.session.scalars(select(PastPairing.position).where(PastPairing.round_id == round.id))))
    left = max(0, rules.repeat_rounds - len(own))
    if told and left:
        rows = select(PastPairing.guest_id, PastPairing.host_id)
        yield from pairs(rows.where(PastPairing.round_id == round.id, PastPairing.position.in_(told[-left:])))


def departments(round: Round) -> Iterator[tuple[int, int]]:
    home = dict(pairs(select(Person.id, Person.department_id)))
    for guest, host in pairs(_met_in(_own_rounds(round))):
        yield home[guest], home[host]
    rows = select(PastPairing.guest_id, PastPairing.host_id, PastPairing.department_id)
    for guest, host, department in db.session.execute(rows.where(PastPairing.round_id == round.id)):
        yield home[guest], department or home[host]
