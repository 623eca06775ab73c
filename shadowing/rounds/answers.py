"""Answers, and those that do not come by a personal link: HR types one in for somebody, takes it back, or opens the answers
once more for one person. Each time the person is told by a mail, written with the change itself."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from shadowing.collecting import availability, goals
from shadowing.collecting.goals import GoalsAnswer, Wish
from shadowing.company import audit
from shadowing.errors import Changed, Refusal, WrongStage
from shadowing.extensions import db
from shadowing.mail import letters
from shadowing.matching import why
from shadowing.matching.concerned import by_visits
from shadowing.models import (
    Department,
    EarlierAnswer,
    FreeTimes,
    Guest,
    Letter,
    LetterKind,
    Person,
    Round,
    Stage,
    TypedIn,
)
from shadowing.rounds.drafts import today, unfit_deadline
from shadowing.typed import Day, Mistakes


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalDeadline:
    """Until when the answers are open for one person."""

    until: Day


def version(guest: Guest | None) -> str:
    """What a form was made of: another word once somebody has answered since."""
    return guest.answered_at.isoformat() if guest and guest.answered_at else ""


def take(person: Person, round: Round, said: GoalsAnswer, times: FreeTimes | None, now: datetime) -> None:
    """Keep what *person* says themselves, for as long as they can answer; without *times* those stay."""
    guest = goals.guest_of(person, round)
    goals.answer(guest, said, now)
    if times is not None:
        availability.give(person, round, times, now)
    why.look_again(round, now, by_visits([], [guest]))


def type_in(
    person: Person, round: Round, said: GoalsAnswer, times: FreeTimes | None, seen: str, by: Person, now: datetime
) -> None:
    """Keep what HR writes down for *person*, in the place of what they may have said; without *times* those stay. The same
    again changes nothing. Raises Changed where the answer is not the one that was *seen*."""
    refuse_wrong_stage(round)
    if person.left_at is not None:
        raise Refusal("%(name)s has left the company.", name=person.display_name)
    guest = goals.guest_of(person, round)
    before, stale = _as_it_stands(guest), version(guest) != seen
    goals.keep(guest, said, now)
    if times is not None:
        availability.keep(person, round, times)
    db.session.flush()
    if guest.typed_in and _same(before, _as_it_stands(guest)):
        guest.answered_at = before.answered_at
        return
    if stale:
        raise Changed("The answer of %(name)s has changed meanwhile. Look at it again.", name=person.display_name)
    typed_in = guest.typed_in or TypedIn(before=before)
    typed_in.by_id, typed_in.at = by.id, now
    guest.typed_in = typed_in
    _told(guest, by, False, now)
    audit.record("type_in", by, round, now, guest=guest.id)


def take_back(guest: Guest, by: Person, now: datetime) -> None:
    """What stood before HR typed an answer in stands again. Twice is once."""
    refuse_wrong_stage(guest.round)
    if guest.typed_in is None:
        return
    before = guest.typed_in.before
    guest.typed_in = None
    gone = {id for id, _ in before.wishes if id is not None} - set(db.session.scalars(select(Department.id)))
    wishes = tuple(Wish(id, topic) for id, topic in before.wishes if id not in gone)
    goals.restore(guest, wishes, before)
    availability.keep(guest.person, guest.round, before.times or FreeTimes())
    _told(guest, by, True, now)
    audit.record("take_back_answer", by, guest.round, now, guest=guest.id)


def reopen_for(guest: Guest, until: date, by: Person, now: datetime) -> None:
    """Up to the end of *until* this person alone can answer, whatever stands for the others. Twice is once."""
    round = guest.round
    refuse_wrong_stage(round)
    if wrong := unfit_deadline(until, round.ends_on, today(round.zone, now)):
        raise Mistakes({"until": wrong})
    if round.takes_answers(now) and until <= round.answers_until:
        raise Refusal("Answers are being taken from everybody until %(day)s.", day=round.answers_until.isoformat())
    if guest.open_until == until:
        return
    guest.open_until = until
    _take_back_waiting(guest, LetterKind.OPEN_FOR_YOU, now)
    letters.keep([letters.open_for_you(guest, until, now)])
    audit.record("reopen_for", by, round, now, guest=guest.id, until=until.isoformat())


def close_for(guest: Guest, by: Person, now: datetime) -> None:
    """What was opened for one person is closed again; a mail about it that waits stays at home."""
    if guest.open_until is None:
        return
    guest.open_until = None
    _take_back_waiting(guest, LetterKind.OPEN_FOR_YOU, now)
    audit.record("close_for", by, guest.round, now, guest=guest.id)


def refuse_wrong_stage(round: Round) -> None:
    if round.stage is Stage.SOLVING:
        raise WrongStage("The pairings are being made. Stop the search first.")
    if round.stage is Stage.DRAFT:
        raise WrongStage("Nobody has been asked yet. Ask first, then type in answers.")
    if round.stage is Stage.PUBLISHED:
        raise WrongStage("The round is published. Single visits can still be changed on the board.")
    round.refuse_other_than(Stage.COLLECTING, Stage.REVIEWING)


def _as_it_stands(guest: Guest) -> EarlierAnswer:
    given = availability.given(guest.person, guest.round)
    return EarlierAnswer(
        answered_at=guest.answered_at,
        visits=1 if guest.visits is None else guest.visits,
        wishes=tuple((goal.department_id, goal.topic) for goal in guest.goals),
        line=goals.line_of(guest),
        half_days_most=guest.half_days_most,
        surprise=bool(guest.surprise),
        times=given or None,
    )


def _same(one: EarlierAnswer, other: EarlierAnswer) -> bool:
    return replace(one, answered_at=None) == replace(other, answered_at=None)


def mail_of(person: Person, round: Round, by: Person, now: datetime) -> Letter:
    """The unsaved mail that `type_in` would write."""
    guest = db.session.scalar(goals.of(person, round)) or Guest(round=round, person=person)
    return letters.answered_for(guest, by, _changeable_until(guest, now), False, now)


def _told(guest: Guest, by: Person, taken_back: bool, now: datetime) -> None:
    """One mail; an older one that nobody has read yet stays at home, and with it what it would have told."""
    unread = _take_back_waiting(guest, LetterKind.ANSWERED_FOR, now)
    guest.round.version += 1
    if not (unread and taken_back):
        letters.keep([letters.answered_for(guest, by, _changeable_until(guest, now), taken_back, now)])
    db.session.flush()
    why.look_again(guest.round, now, by_visits([], [guest]))


def _changeable_until(guest: Guest, now: datetime) -> date | None:
    own = goals.own_day(guest.person, guest.round, now)
    return max((day for day in (guest.round.open_until(now), own) if day), default=None)


def _take_back_waiting(guest: Guest, kind: LetterKind, now: datetime) -> bool:
    """Whether a mail of this *kind* to the guest was still waiting."""
    waiting = (Letter.round_id == guest.round_id) & (Letter.person_id == guest.person_id) & (Letter.kind == kind)
    unsent = select(Letter.id).where(waiting, Letter.done_at.is_(None), Letter.lease_until.is_(None))
    found = db.session.scalar(unsent.limit(1)) is not None
    letters.take_back(waiting, now)
    return found
