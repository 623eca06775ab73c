"""What changed at a few visits, told at once: what HR is still changing elsewhere in the round waits until HR publishes it."""

from collections import Counter
from collections.abc import Set
from dataclasses import replace
from datetime import datetime

from shadowing.extensions import db
from shadowing.mail.letters import Sender
from shadowing.models import Invitation, LetterKind, Round
from shadowing.visiting import differences, invitations
from shadowing.visiting.differences import Difference


def tell(slots: Set[int], round: Round, sender: Sender, now: datetime) -> Counter[LetterKind]:
    """As `invitations.tell`, of these *slots* (by id) alone."""
    rows = differences.of_round(round).with_for_update(of=Invitation)
    found = _within(differences.difference(round, now.replace(microsecond=0), rows, some=True), slots)
    steps = [ahead.step() for ahead in invitations.steps_of(found, round, now, sender)]
    written = Counter([step.kind for step in steps if invitations.take(step, round, now) and not step.silent])
    db.session.flush()
    return written


def is_told(round: Round, slots: Set[int], now: datetime) -> bool:
    """Whether everybody's calendar shows what stands in these *slots* (by id): HR is not in the middle of a change there."""
    found = _within(differences.difference(round, now, differences.of_round(round), some=True), slots)
    return not (found.gone or found.fresh or any(part.news != row.told.entry.news for row, part in found.kept))


def _within(found: Difference, slots: Set[int]) -> Difference:
    return replace(
        found,
        gone=[row for row in found.gone if row.slot_id in slots],
        kept=[(row, part) for row, part in found.kept if slots & {row.slot_id, part.slot.id}],
        fresh=[part for part in found.fresh if part.slot.id in slots],
    )
