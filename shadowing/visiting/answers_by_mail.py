"""Answers by mail: what a mail that came in means for the visit it names, and whether it counts.

The UID alone says which visit is meant: mail programs change or leave out all the rest. Only its owner's answer counts, the
latest by SEQUENCE and DTSTAMP (RFC 5546 2.1.5). No mail is answered, but for an owner's calendar that asks for its entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from shadowing.config import Settings
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.mail import arriving, check_ups, undelivered
from shadowing.mail.received import Attending, CalendarAnswer, MailKind, MailRead, Method, is_ours
from shadowing.models import (
    AnotherTime,
    Answer,
    AnswerWay,
    GivenAnswer,
    GivenState,
    Invitation,
    Letter,
    MailAlias,
    MailOutcome,
    Received,
    Trust,
)
from shadowing.visiting import answers, refreshing
from shadowing.visiting.answers import NewAnswer

ANSWERS = {"ACCEPTED": Answer.YES, "TENTATIVE": Answer.MAYBE, "DECLINED": Answer.NO, "DELEGATED": Answer.NO}
"""PARTSTAT (RFC 5545 3.2.12); any other is as if nothing had been answered."""
SIMPLE = {
    MailKind.RECEIPT: MailOutcome.AUTO_REPLY,
    MailKind.AUTO_REPLY: MailOutcome.AUTO_REPLY,
    MailKind.HOSTILE: MailOutcome.HOSTILE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of a mail, and the rows that it is about."""

    outcome: MailOutcome
    invitation: Invitation | None = None
    letter: Letter | None = None
    given: GivenAnswer | None = None


def settle(mail: MailRead, row: Received, settings: Settings, now: datetime) -> Settled:
    """Everything that *mail*, which came in as *row*, changes; in the caller's transaction."""
    if _known(mail, row):
        return Settled(outcome=MailOutcome.DUPLICATE)
    if is_ours(mail.sender, settings.mail_addresses):
        return Settled(outcome=MailOutcome.LOOP)
    if mail.answer is not None:
        return _answered(mail, mail.answer, row, settings, now)
    if mail.kind is MailKind.BOUNCE:
        return _came_back(mail, settings, now)
    if check_ups.heard(mail, row.received_at, settings, now):
        return Settled(outcome=MailOutcome.CHECK_UP)
    return Settled(outcome=SIMPLE.get(mail.kind, MailOutcome.FOR_HR))


def _known(mail: MailRead, row: Received) -> bool:
    same = select(Received.id).where(Received.message_id == mail.message_id, Received.sender == mail.sender)
    same = same.where(Received.id != row.id, Received.done_at.is_not(None))
    return bool(mail.message_id) and db.session.scalar(same.limit(1)) is not None


def _came_back(mail: MailRead, settings: Settings, now: datetime) -> Settled:
    """What is about none of our letters concerns nobody here."""
    if mail.returned is None:
        return Settled(outcome=MailOutcome.AUTO_REPLY)
    letter = undelivered.mark(mail.returned, settings, now)
    return Settled(outcome=MailOutcome.BOUNCE if mail.returned.failed else MailOutcome.DELAYED, letter=letter)


def _answered(mail: MailRead, answer: CalendarAnswer, row: Received, settings: Settings, now: datetime) -> Settled:
    invitation = db.session.scalar(select(Invitation).where(Invitation.uid == answer.uid).with_for_update())
    if invitation is None:
        tested = check_ups.heard(mail, row.received_at, settings, now)
        return Settled(outcome=MailOutcome.CHECK_UP if tested else MailOutcome.UNKNOWN_VISIT)
    owned = addresses(invitation)
    mine = {one for one in answer.attending if one.address in owned}
    if not mine and mail.sender not in owned:
        return Settled(outcome=MailOutcome.FORWARDED, invitation=invitation)
    again = answer.method is Method.REFRESH
    if answer.doubt or (again and (mail.sender not in owned or mail.automatic)) or (len(mine) != 1 and not again):
        return Settled(outcome=MailOutcome.FOR_HR, invitation=invitation)
    if again:
        return Settled(outcome=refreshing.ask(invitation, row, settings, now), invitation=invitation)
    stamp = _stamp(mail, answer, invitation, row.received_at)
    said = _said(answer, mine.pop(), invitation, _trust(mail, owned), stamp)
    return _weighed(said, answer, invitation, now)


def addresses(invitation: Invitation) -> frozenset[str]:
    """All from which its owner writes, in lower case."""
    aliases = db.session.scalars(select(MailAlias.address).where(MailAlias.person_id == invitation.person_id))
    return frozenset(one.lower() for one in (invitation.address, invitation.person.email, *aliases) if one)


def _trust(mail: MailRead, owned: frozenset[str]) -> Trust:
    if mail.sender in owned:
        return Trust.SURE if mail.passed else Trust.UNVERIFIED
    return Trust.BY_ANOTHER if mail.passed else Trust.DOUBTED


def _stamp(mail: MailRead, answer: CalendarAnswer, invitation: Invitation, received_at: datetime) -> datetime:
    """When the answer was given. Some programs copy the DTSTAMP of what they answer: the Date of their mail tells then.
    Nobody answers later than we hear of it."""
    stamp = answer.stamp
    if stamp is None or stamp <= invitation.told.stamp:
        stamp = mail.written_at or received_at
    return min(stamp, received_at).replace(microsecond=0)


def _said(answer: CalendarAnswer, mine: Attending, invitation: Invitation, trust: Trust, stamp: datetime) -> NewAnswer:
    said, other = ANSWERS.get(mine.partstat, Answer.NONE), answer.another_time
    if answer.method is Method.COUNTER and said in (Answer.YES, Answer.NONE):
        said = invitation.answer  # a yes to the other time, which is none to this one
    return NewAnswer(
        answer=said,
        way=AnswerWay.MAIL,
        trust=trust,
        sequence=answer.sequence,
        stamp=stamp,
        comment=answer.comment,
        another_time=AnotherTime(starts_at=other[0], ends_at=other[1]) if other else None,
        delegate=mine.delegate if mine.partstat == "DELEGATED" else "",
    )


def _weighed(said: NewAnswer, answer: CalendarAnswer, invitation: Invitation, now: datetime) -> Settled:
    state = _state(said, invitation, now)
    if state is None:
        return Settled(outcome=MailOutcome.DUPLICATE, invitation=invitation)
    if state is GivenState.STANDS:
        given = answers.take(invitation, said, now)
        return Settled(outcome=_outcome(said, answer), invitation=invitation, given=given)
    given = answers.keep(invitation, said, state, now)
    outcome = MailOutcome.HELD if state is GivenState.HELD else MailOutcome.OLD_ANSWER
    return Settled(outcome=outcome, invitation=invitation, given=given)


def _outcome(said: NewAnswer, answer: CalendarAnswer) -> MailOutcome:
    if answer.method is Method.COUNTER:
        return MailOutcome.PROPOSAL
    if said.answer is Answer.NONE:
        return MailOutcome.FOR_HR
    delegated = any(one.partstat == "DELEGATED" for one in answer.attending)
    return MailOutcome.DELEGATED if delegated else MailOutcome.ANSWER


def _state(said: NewAnswer, invitation: Invitation, now: datetime) -> GivenState | None:
    """What an answer is among those that are here; None for one that is here already."""
    assert said.sequence is not None
    assert said.stamp is not None
    over = invitation.cancelled_at is not None or invitation.slot.starts_at <= now
    if over or said.sequence < invitation.sequence:
        return GivenState.OLD
    order = (said.sequence, said.stamp)
    for row in _earlier(invitation):
        known = (row.sequence if row.sequence is not None else said.sequence, row.stamp or row.at)
        if known == order and row.way is AnswerWay.MAIL and row.answer is said.answer:
            return None
        if known > order:
            return GivenState.OVERTAKEN
    unsure = said.trust is Trust.DOUBTED or said.sequence > invitation.sequence
    return GivenState.HELD if unsure else GivenState.STANDS


def _earlier(invitation: Invitation) -> list[GivenAnswer]:
    """All that surely are the owner's; an answer to an earlier time says nothing about this one."""
    rows = select(GivenAnswer).where(GivenAnswer.invitation_id == invitation.id)
    known = or_(GivenAnswer.sequence.is_(None), GivenAnswer.sequence <= invitation.sequence)
    counted = (GivenState.STANDS, GivenState.OVERTAKEN, GivenState.UNDONE)
    return list(
        db.session.scalars(rows.where(known, GivenAnswer.state.in_(counted), GivenAnswer.trust != Trust.DOUBTED))
    )


# What was held


def held(invitations: Sequence[Invitation]) -> tuple[GivenAnswer, ...]:
    """The newest answer to each of which its owner is asked whether it is theirs."""
    asked = select(func.max(GivenAnswer.id)).where(GivenAnswer.state == GivenState.HELD)
    newest = asked.where(GivenAnswer.invitation_id.in_([one.id for one in invitations])).group_by(
        GivenAnswer.invitation_id
    )
    return tuple(db.session.scalars(select(GivenAnswer).where(GivenAnswer.id.in_(newest))))


def confirm(given: GivenAnswer, now: datetime) -> None:
    """It is its owner's, so it counts. Raises Refusal."""
    _refuse_settled(given)
    answers.refuse_over(given.invitation, now)
    said = NewAnswer(
        answer=given.answer,
        way=AnswerWay.MAIL,
        sequence=min(given.sequence or 0, given.invitation.sequence),
        stamp=given.stamp,
        comment=given.comment,
        another_time=given.another_time,
        delegate=given.delegate,
    )
    answers.take(given.invitation, said, now)
    arriving.settled(given.id, now)


def disown(given: GivenAnswer, now: datetime) -> None:
    """Somebody else gave it, so nothing changes, and HR is told by the mail that stays in its list. Raises Refusal."""
    _refuse_settled(given)
    given.state = GivenState.UNDONE


def _refuse_settled(given: GivenAnswer) -> None:
    if given.state is not GivenState.HELD:
        raise Refusal("This answer is settled already.")
