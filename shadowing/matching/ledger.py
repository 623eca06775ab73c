"""The ledger: who wanted a visit and had none, and how much more a visit counts for them in the next round.

It has no rows of its own. Guests and pairings of published rounds say all of it, so a visit that falls away after publishing,
or is given then, needs nobody to write it down, and nothing is counted twice."""

from collections import Counter

from sqlalchemy import exists, select

from shadowing.extensions import db
from shadowing.models import Guest, Pairing, PairingStatus, Round
from shadowing.solver.flaws import HEAVIEST


def missed(round: Round) -> Counter[int]:
    """Person id -> in how many rounds in a row, counted back from this one, they wanted a visit and had none.

    Rounds follow each other as they were published, whatever their dates: the promise is mailed then. Who did not take part
    neither gains nor loses by it."""
    visited = exists().where(
        Pairing.guest_id == Guest.id, Pairing.status.in_((PairingStatus.PUBLISHED, PairingStatus.HELD))
    )
    wanted = select(Guest.person_id, visited).join(Round, Round.id == Guest.round_id)
    wanted = wanted.where(Guest.answered_at.is_not(None), Guest.visits > 0)
    before = [Round.published_at < round.published_at] if round.published_at else [Round.published_at.is_not(None)]
    counts: Counter[int] = Counter()
    settled = set()
    newest_first = wanted.where(Round.id != round.id, *before).order_by(Round.published_at.desc(), Round.id.desc())
    for person, seen in db.session.execute(newest_first):
        if seen:
            settled.add(person)
        elif person not in settled:
            counts[person] += 1
    return counts


def weight(rounds_missed: int) -> int:
    """How much a first visit counts for the solver (`Guest.weight` of its problem)."""
    return min(HEAVIEST, 1 + rounds_missed)
