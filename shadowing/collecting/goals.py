"""What a guest wants to learn: up to three ranked departments or topics, one line of their own, how many visits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from shadowing import typed
from shadowing.errors import Refusal, WrongStage
from shadowing.extensions import db
from shadowing.models import Department, EarlierAnswer, Goal, Guest, Opening, Person, Round, Stage
from shadowing.rules import RoundRules
from shadowing.typed import Mistakes, Unfit, Yes, by

WISHES_MOST = 3
LINE_LONGEST = 300
VISITS_MOST = 20
"""Of one guest, whatever the rules of a round say."""
HALF_DAYS_MOST = 40


@dataclass(frozen=True, slots=True)
class Wish:
    """A department or a topic, never both."""

    department_id: int | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalsAnswer:
    """What a guest says. *half_days_most*: a limit of their own; *surprise*: any department is welcome; *skip*: not this time."""

    wishes: tuple[Wish, ...] = ()
    line: Annotated[str, by(typed.line(LINE_LONGEST))] = ""
    visits: Annotated[int, by(typed.number(1, VISITS_MOST))] = 1
    half_days_most: Annotated[int | None, by(typed.number(1, HALF_DAYS_MOST))] = None
    surprise: Yes = False
    skip: Yes = False


def of(person: Person, round: Round) -> Select[Guest]:
    """The one guest that *person* is in *round*, with the wishes at hand."""
    goals = selectinload(Guest.goals).joinedload(Goal.department)
    return select(Guest).where(Guest.person_id == person.id, Guest.round_id == round.id).options(goals)


def guest_of(person: Person, round: Round) -> Guest:
    """The guest that *person* is in *round*, made where they were not asked but come by themselves.

    Two answers of one person wait for each other here, or both would write the same rows."""
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    guest = db.session.scalar(of(person, round))
    if guest is None:
        guest = Guest(round=round, person=person)
        db.session.add(guest)
    return guest


def open_to(person: Person, round: Round, now: datetime) -> bool:
    """While the round takes answers, and up to the day until which HR has opened them for *person* alone."""
    return round.takes_answers(now) or own_day(person, round, now) is not None


def own_day(person: Person, round: Round, now: datetime) -> date | None:
    """Up to which day *person* alone may answer; None where that is over, or HR has named none."""
    if round.stage not in (Stage.COLLECTING, Stage.REVIEWING):
        return None
    own = select(Guest.open_until).where(Guest.person_id == person.id, Guest.round_id == round.id)
    day = db.session.scalar(own)
    return day if day is not None and now < round.end_of(day) else None


def refuse_closed(person: Person, round: Round, now: datetime) -> None:
    """Raises WrongStage where *person* can answer no more."""
    if not open_to(person, round, now):
        raise WrongStage("The answers of this round are closed. Please speak to the people who run it.")


def answer(guest: Guest, answer: GoalsAnswer, now: datetime) -> None:
    """What the guest says themselves; a later answer replaces it for as long as they can answer. That HR typed one in is over."""
    refuse_closed(guest.person, guest.round, now)
    guest.typed_in = None
    guest.round.version += guest.round.stage is Stage.REVIEWING
    keep(guest, answer, now)


def keep(guest: Guest, answer: GoalsAnswer, now: datetime) -> None:
    """The answer, whoever wrote it down. Raises Refusal where it does not fit the round."""
    with db.session.no_autoflush:
        _refuse_unfit(answer, guest.person, guest.round.rules)
    guest.visits = 0 if answer.skip else answer.visits
    guest.half_days_most, guest.surprise = answer.half_days_most, answer.surprise
    guest.answered_at = now
    guest.note = "" if answer.wishes else answer.line
    _rank(guest, answer.wishes)
    for goal in guest.goals:
        goal.text = answer.line if goal.rank == 1 else ""


def restore(guest: Guest, wishes: Sequence[Wish], earlier: EarlierAnswer) -> None:
    """The answer is as it was, and as old; *wishes* are those of its wishes that can still be kept."""
    guest.answered_at, guest.visits, guest.surprise = earlier.answered_at, earlier.visits, earlier.surprise
    guest.half_days_most, guest.note = earlier.half_days_most, "" if wishes else earlier.line
    _rank(guest, wishes)
    for goal in guest.goals:
        goal.text = earlier.line if goal.rank == 1 else ""


def _rank(guest: Guest, wishes: Sequence[Wish]) -> None:
    """Rows keep their rank and change their wish: no two rows may ever hold one rank, not even within a flush."""
    by_rank = {goal.rank: goal for goal in guest.goals}
    ranks = range(1, len(wishes) + 1)
    guest.goals = [by_rank.get(rank) or Goal(rank=rank) for rank in ranks]
    for goal, wish in zip(guest.goals, wishes, strict=True):
        goal.department_id, goal.topic = wish.department_id, wish.topic


def _refuse_unfit(answer: GoalsAnswer, person: Person, rules: RoundRules) -> None:
    if wrong := unfit(answer, person, rules):
        raise Mistakes(wrong)


def unfit(answer: GoalsAnswer, person: Person, rules: RoundRules) -> dict[str, Refusal]:
    """All that does not fit a round with these *rules*, by the name of its field."""
    wrong: dict[str, Refusal] = {}
    if wish := _unfit_wishes(answer, person, rules):
        wrong["wish"] = wish
    if not answer.skip and not 1 <= answer.visits <= visits_most(rules):
        wrong["visits"] = Unfit(
            "Visits that you can make in this round: %(most)s at the most.", most=visits_most(rules)
        )
    return wrong


def _unfit_wishes(answer: GoalsAnswer, person: Person, rules: RoundRules) -> Refusal | None:
    if len(answer.wishes) > WISHES_MOST:
        return Unfit("Choose at most %(most)s departments or topics.", most=WISHES_MOST)
    if len(set(answer.wishes)) < len(answer.wishes):
        return Unfit("You chose the same department or topic twice. Please choose each once.")
    if not (answer.wishes or answer.surprise or answer.skip):
        return Unfit("Choose at least one department or topic, or tick “Surprise me”.")
    wished = {wish.department_id for wish in answer.wishes if wish.department_id is not None}
    known = set(db.session.scalars(select(Department.id).where(Department.id.in_(wished))))
    if wished - known:
        return Unfit("One of the departments you chose does not exist any more. Please choose another.")
    if person.department_id in wished and not rules.own_department:
        return Unfit("You cannot visit your own department in this round. Please choose another.")
    return None


def visits_most(rules: RoundRules) -> int:
    """How many visits a guest may ask for in a round with these *rules*."""
    return min(rules.visits_most or VISITS_MOST, VISITS_MOST)


def line_of(guest: Guest) -> str:
    """What the guest wrote in their own words, wherever it was entered."""
    texts = dict.fromkeys(text for text in (*(goal.text for goal in guest.goals), guest.note) if text)
    return " / ".join(texts)


def departments_for(person: Person, round: Round) -> Select[Department]:
    """Where *person* may wish to go."""
    every = select(Department).order_by(Department.code)
    own = round.rules.own_department
    return every if own else every.where(Department.id != person.department_id)


def topics_of(round: Round) -> tuple[str, ...]:
    """What the round's openings are about, to choose from."""
    offered = select(Opening.topics).where(Opening.round_id == round.id, Opening.withdrawn_at.is_(None))
    return tuple(sorted({topic for topics in db.session.scalars(offered) for topic in topics}))


def last_of(person: Person, round: Round) -> Select[Guest]:
    """The last time before *round* that *person* said where they want to go, of the rounds that took place."""
    return (
        select(Guest)
        .join(Guest.round)
        .where(Guest.person_id == person.id, Guest.answered_at.is_not(None), Guest.visits > 0)
        .where(Round.id != round.id, Round.starts_on <= round.starts_on)
        .where(Round.stage.in_((Stage.PUBLISHED, Stage.ENDED)))
        .order_by(Round.starts_on.desc(), Round.id.desc())
        .limit(1)
        .options(selectinload(Guest.goals))
    )


def again(last: Guest, person: Person, round: Round) -> GoalsAnswer:
    """The answer of *last* as far as it still fits *round*."""
    rules = round.rules
    fits = [goal for goal in last.goals if rules.own_department or goal.department_id != person.department_id]
    return GoalsAnswer(
        wishes=tuple(Wish(goal.department_id, goal.topic) for goal in fits[:WISHES_MOST]),
        line=line_of(last)[:LINE_LONGEST],
        visits=min(last.visits, visits_most(rules)),
        half_days_most=last.half_days_most,
        surprise=last.surprise,
    )
