"""Answers to invitations, by whichever way they come: each is kept as it came, and the last one that its owner gave counts.

A no, or another time, is confirmed by mail, so that nobody says it in somebody's name unseen, and can be taken back until the
visit begins."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select, update

from shadowing.errors import Changed, Refusal
from shadowing.extensions import db
from shadowing.models import (
    AnotherTime,
    Answer,
    AnswerWay,
    AnswerWhy,
    GivenAnswer,
    GivenState,
    Guest,
    Host,
    Invitation,
    Pairing,
    Role,
    Round,
    Trust,
)
from shadowing.visiting import answers_heard, declining

GUESTS_WHY = (AnswerWhy.BUSY, AnswerWhy.ILL, AnswerWhy.LEAVE, AnswerWhy.NO_WISH, AnswerWhy.OTHER)
HOSTS_WHY = (AnswerWhy.BUSY, AnswerWhy.ILL, AnswerWhy.MOVED, AnswerWhy.DEPUTY, AnswerWhy.OTHER)
WHYS = {Role.GUEST: GUESTS_WHY, Role.HOST: HOSTS_WHY}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAnswer:
    """An answer before it is taken in. *sequence* and *stamp* as a mail bears them."""

    answer: Answer
    way: AnswerWay = AnswerWay.PAGE
    trust: Trust = Trust.SURE
    sequence: int | None = None
    stamp: datetime | None = None
    why: AnswerWhy | None = None
    comment: str = ""
    another_time: AnotherTime | None = None
    delegate: str = ""

    @property
    def may_be_a_programs(self) -> bool:
        """A yes on the page is one press, as mail filters give it."""
        return self.way is AnswerWay.PAGE and self.answer is Answer.YES and self.another_time is None


# On the page


def accept(invitation: Invitation, now: datetime) -> None:
    """One press, which a machine may give; so it overrules no answer that a machine could not have given."""
    _refuse_declined(invitation, now)
    counts = counting(invitation)
    if counts is not None and counts.another_time and invitation.answer is not Answer.YES:
        raise Refusal("You asked for another time. Please take that back first.")
    if invitation.answer is not Answer.YES:
        on_the_page(invitation, Answer.YES, now)


def decline(invitation: Invitation, why: AnswerWhy, words: str, now: datetime) -> None:
    if invitation.answer is Answer.NO:
        raise Changed("You have said already that you cannot make it.")
    on_the_page(invitation, Answer.NO, now, why=why, words=words)


def propose(invitation: Invitation, wish: AnotherTime, words: str, now: datetime) -> None:
    """Another time within the round. What was answered until now stays, for the visit stays as it is until HR moves it."""
    _refuse_declined(invitation, now)
    _refuse_unfit(wish, invitation.slot.opening.round, now)
    on_the_page(invitation, invitation.answer, now, words=words, wish=wish)


def on_the_page(
    invitation: Invitation,
    answer: Answer,
    now: datetime,
    *,
    why: AnswerWhy | None = None,
    words: str = "",
    wish: AnotherTime | None = None,
) -> None:
    refuse_over(invitation, now)
    take(invitation, NewAnswer(answer=answer, why=why, comment=words, another_time=wish), now)


def _refuse_declined(invitation: Invitation, now: datetime) -> None:
    refuse_over(invitation, now)
    if invitation.answer is Answer.NO:
        raise Refusal("You said that you cannot make it. Please take that back first.")


def _refuse_unfit(wish: AnotherTime, round: Round, now: datetime) -> None:
    if wish.ends_at <= wish.starts_at:
        raise Refusal("The visit must end after it begins. Please correct the times.")
    if wish.starts_at <= now:
        raise Refusal("This time is past. Please choose one that is still to come.")
    zone = ZoneInfo(round.zone)
    first, last = (moment.astimezone(zone).date() for moment in (wish.starts_at, wish.ends_at))
    if first < round.starts_on or last > round.ends_on:
        raise Refusal(
            "The round lasts from %(first)s to %(last)s. Please choose a day of it.",
            first=round.starts_on.isoformat(),
            last=round.ends_on.isoformat(),
        )


def refuse_over(invitation: Invitation, now: datetime) -> None:
    """Raises Refusal for a visit whose answer cannot change anything any more."""
    if invitation.cancelled_at is not None:
        raise Refusal("This visit does not take place any more.")
    if invitation.slot.starts_at <= now:
        raise Refusal("This visit has begun already, so its answer cannot be changed.")


# Taken back


def undo(invitation: Invitation, now: datetime) -> None:
    """What counted before counts again."""
    row = to_undo(invitation, now)
    earlier = db.session.scalar(_before(row))
    if earlier is not None and earlier.answer is row.before:
        earlier.state = GivenState.STANDS
    row.state = GivenState.UNDONE
    invitation.answer, invitation.answered_at = row.before, now


def to_undo(invitation: Invitation, now: datetime) -> GivenAnswer:
    """The answer that can be taken back; raises Refusal where there is none or it is too late."""
    if invitation.slot.cancelled_at is not None:
        raise Refusal("This visit does not take place any more.")
    if not seat_stands(invitation):
        raise _given_away(invitation)
    refuse_over(invitation, now)
    row = counting(invitation)
    if row is None:
        raise Changed("There is no answer of yours that could be taken back.")
    return row


def counting(invitation: Invitation) -> GivenAnswer | None:
    """The answer that counts now, where it was given for the visit as it is now."""
    found = db.session.scalars(standing([invitation.id])).first()
    return found if found is not None and found.counts else None


def standing(invitation_ids: list[int]) -> Select[GivenAnswer]:
    rows = select(GivenAnswer).where(GivenAnswer.invitation_id.in_(invitation_ids))
    return rows.where(GivenAnswer.state == GivenState.STANDS).order_by(GivenAnswer.id.desc())


def _before(row: GivenAnswer) -> Select[GivenAnswer]:
    """The answer that *row* overtook."""
    older = select(GivenAnswer).where(GivenAnswer.invitation_id == row.invitation_id, GivenAnswer.id < row.id)
    overtaken = older.where(GivenAnswer.state == GivenState.OVERTAKEN, GivenAnswer.trust != Trust.DOUBTED)
    return overtaken.where(GivenAnswer.visit_at == row.visit_at).order_by(GivenAnswer.id.desc()).limit(1)


def seat_stands(invitation: Invitation) -> bool:
    """Whether the visit still has a seat for its owner, or they still host it."""
    if invitation.cancelled_at is not None:
        return False
    person, slot = invitation.person_id, invitation.slot
    seats = select(Pairing.id).join(Pairing.guest).where(Guest.person_id == person, Pairing.slot_id == slot.id)
    hosts = select(Host.id).where(Host.person_id == person, Host.opening_id == slot.opening_id)
    found = seats.where(Pairing.stands) if invitation.role is Role.GUEST else hosts
    return db.session.scalar(found.limit(1)) is not None


def _given_away(invitation: Invitation) -> Refusal:
    contact = invitation.slot.opening.round.responsible
    if contact is None:
        return Refusal(
            "Your seat has been given away meanwhile, so this cannot be taken back. Please ask the people who run the round."
        )
    return Refusal(
        "Your seat has been given away meanwhile, so this cannot be taken back. Please ask %(name)s (%(email)s).",
        name=contact.name(invitation.person.locale),
        email=contact.email,
    )


# As it came


def take(invitation: Invitation, said: NewAnswer, now: datetime) -> GivenAnswer:
    """From now on this answer counts. A no that is news, or another time, is confirmed to the person's own address."""
    row = keep(invitation, said, GivenState.STANDS, now)
    invitation.answer, invitation.answered_at = said.answer, now
    if row.is_news:
        answers_heard.confirm(row, now)
    declining.declined(invitation, now)
    return row


def keep(invitation: Invitation, said: NewAnswer, state: GivenState, now: datetime) -> GivenAnswer:
    """The row of an answer; one that stands overtakes all before it, but for one that waits for its owner and may be truer."""
    if state is GivenState.STANDS:
        others = update(GivenAnswer).where(GivenAnswer.invitation_id == invitation.id)
        open_ones = (GivenState.STANDS,) if said.may_be_a_programs else (GivenState.STANDS, GivenState.HELD)
        before = others.where(GivenAnswer.state.in_(open_ones))
        db.session.execute(before.values(state=GivenState.OVERTAKEN))
    row = GivenAnswer(
        invitation=invitation,
        answer=said.answer,
        before=invitation.answer,
        way=said.way,
        trust=said.trust,
        state=state,
        sequence=said.sequence,
        stamp=said.stamp,
        why=said.why,
        comment=said.comment,
        visit_at=invitation.told.entry.starts_at,
        other_starts_at=said.another_time.starts_at if said.another_time else None,
        other_ends_at=said.another_time.ends_at if said.another_time else None,
        delegate=said.delegate,
        at=now,
    )
    db.session.add(row)
    db.session.flush()
    return row
