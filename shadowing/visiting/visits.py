"""Visits after publishing, as HR follows them: who comes where, what they answered, which mails did not arrive."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from shadowing.extensions import db
from shadowing.folding import fold
from shadowing.matching import board, leaving
from shadowing.models import (
    LOST,
    Answer,
    GivenAnswer,
    Invitation,
    Letter,
    Opening,
    Pairing,
    Person,
    Role,
    Round,
    Slot,
    Stage,
)
from shadowing.visiting import answers_by_mail

PAGE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    slot: Slot
    hosts: tuple[Invitation, ...]
    guests: tuple[Invitation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What a list of visits is narrowed to; nothing said is everything. *name* is of a guest or a host, however typed."""

    name: str = ""
    answer: Answer | None = None
    department_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """*page* holds the visits that were sought, *count* is that of all of the round, *answers* counts invitations by `Answer`;
    *lost* letters did not arrive; *held* answers to those shown wait for their owner's word. *stranded* guests
    had a visit until its host was gone;
    *uninvited* are visits of a round for which no invitation ever left from here."""

    page: Pagination
    count: int
    rows: tuple[Visit, ...]
    answers: Counter[Answer]
    lost: tuple[Letter, ...]
    held: tuple[GivenAnswer, ...]
    stranded: int
    uninvited: int


def of_round(round: Round, sought: Sought, number: int) -> Visits:
    """The visits on page *number*."""
    page = db.paginate(slots(round, sought), page=number, per_page=PAGE, error_out=False)
    shown = standing_invitations(round).where(Slot.id.in_([slot.id for slot in page.items]))
    answers, standing = _answers(round), list(db.session.scalars(shown))
    return Visits(
        page=page,
        count=db.session.scalar(select(func.count()).select_from(slots(round, Sought()).order_by(None).subquery()))
        or 0,
        rows=tuple(by_slot(standing)),
        answers=answers,
        held=answers_by_mail.held(standing),
        lost=tuple(db.session.scalars(lost_letters(round))),
        stranded=len(leaving.stranded(db.session.scalars(board.unmatched(round)))),
        uninvited=0 if answers else db.session.scalar(uninvited_visits(round)) or 0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfVisits:
    """The first visits of a day, and how many it has in all."""

    rows: tuple[Visit, ...]
    count: int


def between(begin: datetime, end: datetime, most: int) -> DayOfVisits:
    """Visits of published rounds that begin then, the first *most* of them."""
    invited = select(Invitation.slot_id).where(Invitation.cancelled_at.is_(None))
    found = select(Slot.id).join(Slot.opening).join(Opening.round)
    found = found.where(Round.stage == Stage.PUBLISHED, Slot.id.in_(invited))
    found = found.where(Slot.starts_at >= begin, Slot.starts_at < end).order_by(Slot.starts_at, Slot.id)
    ids = list(db.session.scalars(found))
    shown = invited_to(Slot.id.in_(ids[:most])) if ids else None
    rows = () if shown is None else tuple(by_slot(list(db.session.scalars(shown))))
    return DayOfVisits(rows=rows, count=len(ids))


def slots(round: Round, sought: Sought) -> Select[Slot]:
    """Slots to which somebody stands invited, in the order of time."""
    invited = select(Invitation.slot_id).join(Invitation.person).where(Invitation.cancelled_at.is_(None))
    if sought.name:
        invited = invited.where(Person.folded.contains(fold(sought.name), autoescape=True))
    if sought.answer:
        invited = invited.where(Invitation.answer == sought.answer)
    if sought.department_id:
        invited = invited.where(Person.department_id == sought.department_id)
    found = select(Slot).join(Slot.opening).where(Opening.round_id == round.id, Slot.id.in_(invited))
    return found.order_by(Slot.starts_at, Slot.id)


def _answers(round: Round) -> Counter[Answer]:
    standing = select(Invitation.answer, func.count()).join(Invitation.slot).join(Slot.opening)
    standing = standing.where(Opening.round_id == round.id, Invitation.cancelled_at.is_(None)).group_by(
        Invitation.answer
    )
    return Counter(dict(db.session.execute(standing).all()))


def by_slot(standing: list[Invitation]) -> Iterator[Visit]:
    for _, group in groupby(standing, key=lambda invitation: invitation.slot_id):
        people = list(group)
        yield Visit(
            slot=people[0].slot,
            hosts=tuple(one for one in people if one.role is Role.HOST),
            guests=tuple(one for one in people if one.role is Role.GUEST),
        )


def standing_invitations(round: Round) -> Select[Invitation]:
    return invited_to(Opening.round_id == round.id)


def invited_to(which: ColumnElement[bool]) -> Select[Invitation]:
    """Invitations that stand, in the order of time, with all that a list shows."""
    found = select(Invitation).join(Invitation.slot).join(Slot.opening).join(Invitation.person)
    return (
        found.where(which, Invitation.cancelled_at.is_(None))
        .options(
            contains_eager(Invitation.slot).contains_eager(Slot.opening).joinedload(Opening.department),
            contains_eager(Invitation.person).joinedload(Person.department),
        )
        .order_by(Slot.starts_at, Slot.id, Person.sort_key, Person.code)
    )


def rounds_with_visits_after(moment: datetime) -> Select[int]:
    """Ids of rounds in which somebody's visit ends after *moment*, wherever HR has moved it."""
    standing = select(Pairing.round_id).join(Slot, Slot.id == Pairing.slot_id)
    return standing.where(Pairing.stands, Slot.cancelled_at.is_(None), Slot.ends_at > moment)


def last_end(round: Round) -> Select[datetime]:
    """When the last visit of *round* ends; None where it has none."""
    standing = select(func.max(Slot.ends_at)).join(Pairing, Pairing.slot_id == Slot.id)
    return standing.where(Pairing.round_id == round.id, Pairing.stands, Slot.cancelled_at.is_(None))


def uninvited_visits(round: Round) -> Select[int]:
    visited = select(func.count()).select_from(Pairing).where(Pairing.round_id == round.id, Pairing.stands)
    told = select(Invitation.slot_id).where(Invitation.slot_id == Pairing.slot_id)
    return visited.where(~told.exists())


def lost_letters(round: Round) -> Select[Letter]:
    """The newest hundred."""
    lost = select(Letter).where(Letter.round_id == round.id, Letter.state.in_(LOST)).options(joinedload(Letter.person))
    return lost.order_by(Letter.id.desc()).limit(100)
