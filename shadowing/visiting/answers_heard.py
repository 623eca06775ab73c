"""The mail that confirms a no, or a wish for another time, to the address that is on record, with the way to take it back."""

from datetime import datetime

from shadowing.extensions import db
from shadowing.mail import letters, quiet
from shadowing.models import GivenAnswer, Letter, LetterKind
from shadowing.models.facts import AnswerHeardFacts


def confirm(row: GivenAnswer, now: datetime) -> Letter:
    """The letter about one answer, in the caller's transaction. It belongs to no invitation: no calendar changes by it."""
    invitation, person = row.invitation, row.invitation.person
    round, entry = invitation.slot.opening.round, invitation.told.entry
    facts = AnswerHeardFacts(
        heading=letters.heading_of(person, round, f"/visits/{invitation.id}/undo"),
        entry=entry,
        way=row.way,
        another_time=row.another_time,
    )
    letter = letters.addressed(person, round, LetterKind.ANSWER_HEARD, f"answer_heard:{row.id}", now, facts)
    letter.expires_at = entry.starts_at
    quiet.wait(letter)
    db.session.add(letter)
    return letter
