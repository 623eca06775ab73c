"""Joiners: who came to the company, or came back, after a round asked for answers. They are asked later, or ask for
a way in themselves."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, func, literal, or_, select, union_all

from shadowing.company import audit, people
from shadowing.errors import Refusal, WrongStage
from shadowing.extensions import db
from shadowing.mail import letters, planned
from shadowing.mail.planned import Planned
from shadowing.models import Guest, Person, Round, Stage
from shadowing.rounds import whom
from shadowing.rounds.drafts import today


def new(round: Round, now: datetime) -> Select[Person]:
    """Whom the round is meant for and who was not there, or on a pause, when it asked, and has not been asked since."""
    return whom.meant(round, unasked(round, now))


def unasked(round: Round, now: datetime) -> Select[Person]:
    """Everybody who could be asked today and was not; who has answered without being asked needs no mail."""
    heard = select(Guest.person_id).where(
        Guest.round_id == round.id, or_(Guest.asked_at.is_not(None), Guest.answered_at.is_not(None))
    )
    return people.to_ask(today(round.zone, now), round.starts_on).where(Person.id.not_in(heard))


def asks(round: Round, now: datetime) -> bool:
    """Late answers may count, but nobody is asked for them: the mail names a day that is over."""
    return round.stage is Stage.COLLECTING and round.takes_answers(now) and now < round.answers_end


def count(round: Round, now: datetime) -> int:
    """How many can be asked now: none once the last day for answers is over."""
    return counts([round], now).get(round.id, 0)


def counts(rounds: Iterable[Round], now: datetime) -> dict[int, int]:
    """The same of several rounds, by their ids, in one statement."""
    each = [
        select(literal(round.id), func.count()).select_from(new(round, now).order_by(None).subquery())
        for round in rounds
        if asks(round, now)
    ]
    return {row[0]: row[1] for row in db.session.execute(union_all(*each))} if each else {}


def to_ask(round: Round, only: int | None, now: datetime) -> list[Person]:
    """The new people, or *only* one who was not asked."""
    found = new(round, now) if only is None else unasked(round, now).where(Person.id == only)
    return list(db.session.scalars(found))


def asking(round: Round, only: int | None, now: datetime) -> list[Planned]:
    """The mails that `ask` would write."""
    return [planned.question(round, person, now) for person in to_ask(round, only, now)]


def ask(round: Round, only: int | None, by: Person | None, now: datetime) -> int:
    """Ask just these; answers how many. Nobody is asked twice."""
    round.refuse_other_than(Stage.COLLECTING)
    if not round.takes_answers(now):
        raise WrongStage("The answers of this round are closed. Open them again, then ask.")
    if not asks(round, now):
        raise Refusal(
            "The last day for answers, %(day)s, is over. Change the round, then ask.", day=round.answers_until
        )
    persons = to_ask(round, only, now)
    if not persons:
        raise Refusal("Everybody who is here has been asked.")
    round.take_charge(by)
    known = {row.person_id: row for row in db.session.scalars(select(Guest).where(Guest.round_id == round.id))}
    guests = [known.get(person.id) or Guest(round=round, person=person) for person in persons]
    db.session.add_all(guests)
    for guest in guests:
        guest.asked_at = now
    db.session.flush()
    letters.ask(guests, now)
    audit.record("ask_joiners", by, round, now, people=len(guests))
    return len(guests)


def open_to(person: Person, now: datetime) -> list[Round]:
    """Rounds that whoever asks for a link may join: those that are meant for *person*."""
    return [round for round in without(person, now) if whom.may_join(round, person)]


def without(person: Person, now: datetime) -> list[Round]:
    """Rounds that take answers and have not asked *person*."""
    known = select(Guest.round_id).where(Guest.person_id == person.id)
    found = select(Round).where(Round.stage == Stage.COLLECTING, Round.id.not_in(known))
    every = db.session.scalars(found.order_by(Round.starts_on, Round.id))
    return [round for round in every if round.takes_answers(now)]
