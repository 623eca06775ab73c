"""Answers to invitations, by whichever way they come: each is kept as it came, and the last one that its owner gave counts."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.models import AnotherTime, Answer, AnswerWay, GivenAnswer, GivenState, Invitation, Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAnswer:
    """An answer before it is taken in. *sequence* and *stamp* as a mail bears them."""

    answer: Answer
    way: AnswerWay = AnswerWay.PAGE
    trust: Trust = Trust.SURE
    sequence: int | None = None
    stamp: datetime | None = None
    comment: str = ""
    another_time: AnotherTime | None = None
    delegate: str = ""


def on_the_page(invitation: Invitation, answer: Answer, now: datetime) -> None:
    refuse_over(invitation, now)
    take(invitation, NewAnswer(answer=answer), now)


def refuse_over(invitation: Invitation, now: datetime) -> None:
    """Raises Refusal for a visit whose answer cannot change anything any more."""
    if invitation.cancelled_at is not None:
        raise Refusal("This visit does not take place any more.")
    if invitation.slot.starts_at <= now:
        raise Refusal("This visit has begun already, so its answer cannot be changed.")


def take(invitation: Invitation, said: NewAnswer, now: datetime) -> GivenAnswer:
    """From now on this answer counts."""
    row = keep(invitation, said, GivenState.STANDS, now)
    invitation.answer, invitation.answered_at = said.answer, now
    return row


def keep(invitation: Invitation, said: NewAnswer, state: GivenState, now: datetime) -> GivenAnswer:
    """The row of an answer; one that stands overtakes all before it."""
    if state is GivenState.STANDS:
        others = update(GivenAnswer).where(GivenAnswer.invitation_id == invitation.id)
        standing = others.where(GivenAnswer.state.in_((GivenState.STANDS, GivenState.HELD)))
        db.session.execute(standing.values(state=GivenState.OVERTAKEN))
    row = GivenAnswer(
        invitation=invitation,
        answer=said.answer,
        before=invitation.answer,
        way=said.way,
        trust=said.trust,
        state=state,
        sequence=said.sequence,
        stamp=said.stamp,
        comment=said.comment,
        other_starts_at=said.another_time.starts_at if said.another_time else None,
        other_ends_at=said.another_time.ends_at if said.another_time else None,
        delegate=said.delegate,
        at=now,
    )
    db.session.add(row)
    db.session.flush()
    return row
