"""Visits after publishing, as HR follows them: who comes where, what they answered, which mails did not arrive."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from shadowing.extensions import db
from shadowing.matching import board, leaving
from shadowing.models import LOST, Answer, Invitation, Letter, LetterState, Opening, Pairing, Person, Role, Round, Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    slot: Slot
    hosts: tuple[Invitation, ...]
    guests: tuple[Invitation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """*answers* counts invitations by `Answer`; *waiting* letters have not left yet, *lost* ones did not arrive. *stranded*
    guests had a visit until its host was gone; *uninvited* are visits of a round for which no invitation ever left from here."""

    rows: tuple[Visit, ...]
    answers: Counter[Answer]
    waiting: int
    lost: tuple[Letter, ...]
    stranded: int
    uninvited: int


def of_round(round: Round) -> Visits:
    standing = list(db.session.scalars(standing_invitations(round)))
    return Visits(
        rows=tuple(by_slot(standing)),
        answers=Counter(invitation.answer for invitation in standing),
        waiting=db.session.scalar(waiting_letters(round)) or 0,
        lost=tuple(db.session.scalars(lost_letters(round))),
        stranded=len(leaving.stranded(db.session.scalars(board.unmatched(round)))),
        uninvited=0 if standing else db.session.scalar(uninvited_visits(round)) or 0,
    )


def by_slot(standing: list[Invitation]) -> Iterator[Visit]:
    for _, group in groupby(standing, key=lambda invitation: invitation.slot_id):
        people = list(group)
        yield Visit(
            slot=people[0].slot,
            hosts=tuple(one for one in people if one.role is Role.HOST),
            guests=tuple(one for one in people if one.role is Role.GUEST),
        )


def standing_invitations(round: Round) -> Select[Invitation]:
    found = select(Invitation).join(Invitation.slot).join(Slot.opening).join(Invitation.person)
    return (
        found.where(Opening.round_id == round.id, Invitation.cancelled_at.is_(None))
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


def uninvited_visits(round: Round) -> Select[int]:
    visited = select(func.count()).select_from(Pairing).where(Pairing.round_id == round.id, Pairing.stands)
    told = select(Invitation.slot_id).where(Invitation.slot_id == Pairing.slot_id)
    return visited.where(~told.exists())


def waiting_letters(round: Round) -> Select[int]:
    return (
        select(func.count()).select_from(Letter).where(Letter.round_id == round.id, Letter.state == LetterState.READY)
    )


def lost_letters(round: Round) -> Select[Letter]:
    """The newest hundred."""
    lost = select(Letter).where(Letter.round_id == round.id, Letter.state.in_(LOST)).options(joinedload(Letter.person))
    return lost.order_by(Letter.id.desc()).limit(100)
