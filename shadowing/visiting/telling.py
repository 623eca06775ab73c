"""What changed at a few visits, told at once: what HR is still changing elsewhere in the round waits until HR publishes it."""

from collections import Counter
from collections.abc import Set
from dataclasses import replace
from datetime import datetime

from shadowing.extensions import db
from shadowing.mail.letters import Sender
from shadowing.models import Invitation, LetterKind, Round
from shadowing.visiting import differences, entries, invitations, swap_ends
from shadowing.visiting.differences import Difference


def tell(
    slots: Set[int], round: Round, sender: Sender, now: datetime, without: Set[int] = frozenset()
) -> Counter[LetterKind]:
    """As `invitations.tell`, of these *slots* (by id) alone. People *without* (by id) hear nothing yet of what they lost."""
    rows = differences.of_round(round).with_for_update(of=Invitation)
    found = _within(differences.difference(round, now.replace(microsecond=0), rows, some=True), slots, without)
    steps = [ahead.step() for ahead in invitations.steps_of(found, round, now, sender)]
    written = Counter([step.kind for step in steps if invitations.take(step, round, now) and not step.silent])
    swap_ends.sweep(round, now)
    return written


def is_told(round: Round, slots: Set[int], now: datetime) -> bool:
    """Whether everybody's calendar shows what stands in these *slots* (by id): HR is not in the middle of a change there."""
    rows = differences.of_round(round).where(Invitation.slot_id.in_(slots), Invitation.cancelled_at.is_(None))
    shown = {(row.slot_id, row.person_id, row.address): row.told.entry for row in db.session.scalars(rows)}
    coming = {key: entry.news for key, entry in shown.items() if entry.starts_at > now}
    wanted = {part.key: part.news for part in entries.standing(round, slots) if part.slot.starts_at > now}
    return coming == wanted


def _within(found: Difference, slots: Set[int], without: Set[int]) -> Difference:
    return replace(
        found,
        gone=[row for row in found.gone if row.slot_id in slots and row.person_id not in without],
        kept=[(row, part) for row, part in found.kept if slots & {row.slot_id, part.slot.id}],
        fresh=[part for part in found.fresh if part.slot.id in slots],
    )
