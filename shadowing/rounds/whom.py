"""Whom a round asks: everybody, some departments, a list of people, or whoever comes by an open link."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from sqlalchemy import Select, false, func, select

from shadowing.collecting import goals
from shadowing.company import audit, people
from shadowing.errors import WrongStage
from shadowing.extensions import db
from shadowing.folding import fold
from shadowing.i18n import N_
from shadowing.mail import letters
from shadowing.models import Department, Person, Round, Stage, Way, Whom
from shadowing.rounds.drafts import today
from shadowing.typed import LONG, Mistakes, Unfit, by, each, key, number, one_of, several, text

ID_MOST = 999_999_999
NAMED_MOST = 10
NAME_MOST = 4
"""Words of a name; more than that in one piece are several people."""
LISTED_MOST = 10_000
ADDRESS = re.compile(r"[^\s<>,;、；，()（）]+@[^\s<>,;、；，()（）]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class WhomDraft:
    """As it was ticked and typed: *departments* are ids, *people* mail addresses or numbers of people."""

    way: Annotated[Way, by(one_of(each(Way)))]
    departments: Annotated[tuple[int, ...], by(several(number(1, ID_MOST)))] = ()
    people: Annotated[str, by(text(30 * LONG))] = ""


def chosen(round: Round, now: datetime) -> Select[Person]:
    """Everybody whom the round is meant for and who can be asked now; of an open link that is nobody in particular."""
    return meant(round, people.to_ask(today(round.zone, now), round.starts_on))


def meant(round: Round, persons: Select[Person]) -> Select[Person]:
    """Those of *persons* whom HR chose."""
    whom = round.whom
    match whom.way:
        case Way.EVERYBODY:
            return persons
        case Way.DEPARTMENTS:
            return persons.where(Person.department_id.in_(whom.departments))
        case Way.LISTED:
            return persons.where(Person.id.in_(whom.people))
        case Way.VOLUNTEERS:
            return persons.where(false())


def may_join(round: Round, person: Person) -> bool:
    """Whether the round is meant for *person*; an open link is meant for everybody."""
    whom = round.whom
    match whom.way:
        case Way.DEPARTMENTS:
            return person.department_id in whom.departments
        case Way.LISTED:
            return person.id in whom.people
        case _:
            return True


def count(round: Round, now: datetime) -> int:
    """How many people will be asked."""
    return _size(chosen(round, now))


def everybody(round: Round, now: datetime) -> int:
    """How many would be asked if everybody was."""
    return _size(people.to_ask(today(round.zone, now), round.starts_on))


def _size(persons: Select[Person]) -> int:
    return db.session.scalar(select(func.count()).select_from(persons.order_by(None).subquery())) or 0


def choose(round: Round, choice: WhomDraft, by: Person | None, now: datetime) -> None:
    """Raises Mistakes. Nobody is asked by this; the next choice undoes it."""
    round.refuse_other_than(Stage.DRAFT)
    round.whom = _read(choice)
    round.version += 1
    audit.record("choose", by, round, now, way=choice.way.value, people=count(round, now))


def _read(choice: WhomDraft) -> Whom:
    match choice.way:
        case Way.DEPARTMENTS:
            return Whom(way=choice.way, departments=_departments(choice.departments))
        case Way.LISTED:
            return Whom(way=choice.way, people=_listed(choice.people))
        case _:
            return Whom(way=choice.way)


def _departments(ids: tuple[int, ...]) -> tuple[int, ...]:
    found = tuple(db.session.scalars(select(Department.id).where(Department.id.in_(ids)).order_by(Department.id)))
    if not found:
        raise Mistakes({"departments": Unfit("Tick at least one department.")})
    return found


def _listed(typed: str) -> tuple[int, ...]:
    known = _known()
    words = list(dict.fromkeys(_words(typed, known)))
    if not words:
        raise Mistakes({"people": Unfit("Paste at least one mail address or number.")})
    if len(words) > LISTED_MOST:
        raise Mistakes({"people": Unfit("At most %(most)s people can be listed.", most=LISTED_MOST)})
    unknown = [word for word in words if fold(word) not in known]
    if unknown:
        hint = N_("Correct or delete what is not known.")
        named = ", ".join(unknown[:NAMED_MOST]) + ("…" if len(unknown) > NAMED_MOST else "")
        facts = {"count": len(unknown), "all": len(words), "unknown": named}
        sentence = Unfit(
            "%(count)s of %(all)s are not one person’s address, number or name: %(unknown)s.", hint, **facts
        )
        raise Mistakes({"people": sentence})
    return tuple(sorted({known[fold(word)] for word in words}))


def _known() -> dict[str, int]:
    """Who is meant by an address, a number, or a name that only one person has."""
    columns = (Person.id, Person.code, Person.email, Person.display_name)
    found = db.session.execute(people.active().with_only_columns(*columns)).all()
    names = Counter(fold(name) for *_, name in found)
    known = {fold(name): id for id, *_, name in found if names[fold(name)] == 1}
    for id, code, email, _ in found:
        known |= {fold(email): id, fold(code): id}
    return known


def _words(typed: str, known: Mapping[str, int]) -> list[str]:
    """Names are often pasted together with addresses: beside an address nothing else counts. Of several numbers in one
    piece each counts; what is none of them is named whole."""
    found: list[str] = []
    for piece in filter(None, (line.strip() for line in re.split(r"[\n,;、；，]", typed))):
        words = ADDRESS.findall(piece) or [key(word) for word in piece.split()]
        is_name = len(words) <= NAME_MOST and not any(fold(word) in known for word in words)
        found += [piece] if "@" not in piece and (fold(piece) in known or is_name) else words
    return found


def open_to_volunteers(round: Round, now: datetime) -> bool:
    return round.whom.way is Way.VOLUNTEERS and round.stage is Stage.COLLECTING and round.takes_answers(now)


def join(round: Round, person: Person, now: datetime) -> None:
    """Whoever comes by the open link is mailed the own link; the question is asked on its page."""
    if not open_to_volunteers(round, now):
        raise WrongStage("Nobody can join by this link any more. Please speak to the people who run the round.")
    guest = goals.guest_of(person, round)
    guest.asked_at = guest.asked_at or now
    letters.personal_link(person, round, now)
