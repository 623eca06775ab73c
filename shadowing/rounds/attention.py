"""What needs HR today, over all rounds that are not over: one alert for each cause and round, with a place where it can be
mended. One statement a cause, whatever the number of people."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby

from sqlalchemy import ColumnElement, and_, func, or_, select

from shadowing.extensions import db
from shadowing.mail import sent
from shadowing.matching import leaving
from shadowing.models import (
    FOR_EYES,
    OVER,
    Answer,
    Consent,
    FreeSeat,
    Guest,
    Invitation,
    Letter,
    Opening,
    OpeningKind,
    Pairing,
    Person,
    PlaceRequest,
    Received,
    Repair,
    RepairState,
    RequestState,
    Role,
    Round,
    Rsvp,
    SeatState,
    Slot,
    Stage,
)
from shadowing.rounds import joiners

SOON, LATELY = timedelta(days=7), timedelta(days=2)
LOOKS = timedelta(minutes=10)
"""After so long nobody waits for the places that the worker looks for."""
PLANNED = (Stage.REVIEWING, Stage.PUBLISHED)


class Concern(StrEnum):
    """What is the matter, in the order in which it is shown. `LOOKING` is untold yet, because places are being looked for."""

    STOPPED = "stopped"
    REPAIR = "repair"
    DECLINED = "declined"
    ASKS = "asks"
    UNTAKEN = "untaken"
    STRANDED = "stranded"
    LOST_MAIL = "lost_mail"
    RECEIVED = "received"
    LOOKING = "looking"
    UNTOLD = "untold"
    CONSENT = "consent"
    JOINERS = "joiners"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """*count* people, or visits of `CONSENT`, seats of `UNTAKEN` and mails of `LOST_MAIL` and `RECEIVED`. *first* is whom it
    concerns next, at *at*."""

    concern: Concern
    count: int
    round: Round | None
    first: Person | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Case:
    """One person, or one visit, behind an alert."""

    concern: Concern
    round_id: int
    person_id: int
    at: datetime


def alerts(now: datetime) -> tuple[Alert, ...]:
    """None where nothing needs anybody."""
    open_rounds = {one.id: one for one in db.session.scalars(select(Round).where(Round.stage.not_in(OVER)))}
    repaired = list(_repaired(open_rounds))
    cases = [*_stopped(now), *_invited(now), *_without_consent(now)] if open_rounds else []
    cases = [case for case in cases if not _told_by_a_repair(case, repaired)]
    cases = _while_looking(cases, now)
    first = _first_of(cases)
    people = {one.id: one for one in db.session.scalars(select(Person).where(Person.id.in_(first.values())))}
    found = [
        Alert(
            concern=concern,
            count=len({case.person_id for case in group}),
            round=open_rounds[round_id],
            first=people[first[concern, round_id]] if concern is not Concern.CONSENT else None,
            at=min(case.at for case in group),
        )
        for (concern, round_id), group in _grouped(cases)
    ]
    stranded = (one for one in _stranded(open_rounds) if one.round not in [two.round for two in repaired])
    found += [*repaired, *stranded, *_lost(now), *_received(), *_joined(open_rounds, now)]
    found += [*_asking(open_rounds, now), *_untaken(open_rounds, now)]
    order = list(Concern)
    return tuple(
        sorted(found, key=lambda one: (order.index(one.concern), one.round.starts_on if one.round else now.date()))
    )


def _told_by_a_repair(case: _Case, repaired: Sequence[Alert]) -> bool:
    """Whoever takes a proposal tells everybody who has not been told yet; two alerts would be two errands."""
    return case.concern is Concern.UNTOLD and case.round_id in [one.round.id for one in repaired if one.round]


def _while_looking(cases: list[_Case], now: datetime) -> list[_Case]:
    """Whoever is told now would hear that there is no other place, a minute before there is one."""
    asked = select(Repair.round_id).where(Repair.state == RepairState.WAITING, Repair.asked_at > now - LOOKS)
    rounds = set(db.session.scalars(asked)) if any(one.concern is Concern.UNTOLD for one in cases) else set()
    return [
        replace(one, concern=Concern.LOOKING) if one.concern is Concern.UNTOLD and one.round_id in rounds else one
        for one in cases
    ]


def _grouped(cases: Iterable[_Case]) -> Iterator[tuple[tuple[Concern, int], list[_Case]]]:
    by_cause = sorted(cases, key=lambda case: (case.concern, case.round_id, case.at))
    for cause, group in groupby(by_cause, key=lambda case: (case.concern, case.round_id)):
        yield cause, list(group)


def _first_of(cases: Sequence[_Case]) -> dict[tuple[Concern, int], int]:
    return {cause: group[0].person_id for cause, group in _grouped(cases) if cause[0] is not Concern.CONSENT}


def _invited(now: datetime) -> Iterator[_Case]:
    """Who holds a coming visit and cannot come, does not hear that it is off, or owes the answer that was asked for."""
    stands = _stands().label("stands")
    columns = (Opening.round_id, Invitation.person_id, Invitation.answer, Slot.starts_at, stands)
    held = select(*columns).join(Invitation.slot).join(Slot.opening).join(Opening.round)
    held = held.where(Round.stage == Stage.PUBLISHED, Invitation.cancelled_at.is_(None), Slot.starts_at > now)
    silent = and_(Invitation.answer == Answer.NONE, Round.rsvp == Rsvp.ASK, Slot.starts_at < now + SOON)
    for round_id, person_id, answer, at, standing in db.session.execute(
        held.where(or_(~stands.element, Invitation.answer == Answer.NO, silent))
    ):
        said = Concern.DECLINED if answer is Answer.NO else Concern.SILENT
        yield _Case(said if standing else Concern.UNTOLD, round_id, person_id, at)


def _stopped(now: datetime) -> Iterator[_Case]:
    """Who ended a ride-along of these days."""
    ended = select(Opening.round_id, Invitation.person_id, Slot.starts_at).join_from(Invitation, Slot).join(Opening)
    ended = ended.join(Opening.round).where(Round.stage == Stage.PUBLISHED, Invitation.stopped_at > now - LATELY)
    for round_id, person_id, at in db.session.execute(ended):
        yield _Case(Concern.STOPPED, round_id, person_id, at)


def _stands() -> ColumnElement[bool]:
    """A guest's own pairing stands, or a host has any guest."""
    seated = select(Pairing.id).join(Guest, Guest.id == Pairing.guest_id)
    mine = or_(Invitation.role == Role.HOST, Guest.person_id == Invitation.person_id)
    return seated.where(Pairing.slot_id == Invitation.slot_id, Pairing.stands, mine).exists()


def _without_consent(now: datetime) -> Iterator[_Case]:
    """Ride-alongs with a guest whose customer has not agreed and whose day is near, or whose customer said no."""
    seated = select(Pairing.id).where(Pairing.slot_id == Slot.id, Pairing.stands)
    soon = and_(
        Slot.starts_at < now + SOON, or_(Opening.customer_consent.is_(None), Opening.customer_consent == Consent.ASKED)
    )
    found = select(Opening.round_id, Slot.id, Slot.starts_at).join_from(Slot, Opening).join(Opening.round)
    found = found.where(Opening.kind == OpeningKind.RIDE_ALONG, Slot.cancelled_at.is_(None), Slot.starts_at > now)
    found = found.where(Round.stage.in_(PLANNED), seated.exists(), or_(Opening.customer_consent == Consent.NO, soon))
    for round_id, slot_id, at in db.session.execute(found):
        yield _Case(Concern.CONSENT, round_id, slot_id, at)


def _stranded(open_rounds: dict[int, Round]) -> Iterator[Alert]:
    """Guests whose host is gone."""
    placed = select(Pairing.id).where(Pairing.guest_id == Guest.id, Pairing.stands)
    waiting = select(Guest).join(Guest.person).join(Guest.round).where(Round.stage.in_(PLANNED), Guest.visits > 0)
    waiting = waiting.where(Guest.reason.is_not(None), Person.left_at.is_(None), ~placed.exists())
    guests = leaving.stranded(db.session.scalars(waiting.order_by(Guest.round_id, Person.sort_key, Person.code)))
    for round_id, group in groupby(guests, key=lambda guest: guest.round_id):
        those = list(group)
        yield Alert(concern=Concern.STRANDED, count=len(those), round=open_rounds[round_id], first=those[0].person)


def _repaired(open_rounds: dict[int, Round]) -> Iterator[Alert]:
    """Guests who lost a visit, and for whom a proposal is ready."""
    ready = select(Repair).where(Repair.state == RepairState.PROPOSED, Repair.round_id.in_(open_rounds))
    for repair in db.session.scalars(ready.order_by(Repair.round_id)):
        people = select(Person).where(Person.id.in_(repair.concerned)).order_by(Person.sort_key, Person.code).limit(1)
        if (first := db.session.scalar(people)) is not None:
            count = len(repair.concerned)
            yield Alert(concern=Concern.REPAIR, count=count, round=open_rounds[repair.round_id], first=first)


def _asking(open_rounds: dict[int, Round], now: datetime) -> Iterator[Alert]:
    """Guests who ask for another place instead of a visit that they declined."""
    asked = select(PlaceRequest).join(PlaceRequest.opening).where(PlaceRequest.state == RequestState.ASKED)
    asked = asked.where(PlaceRequest.starts_at > now, Opening.round_id.in_(open_rounds))
    rows = db.session.scalars(asked.order_by(Opening.round_id, PlaceRequest.starts_at))
    for round_id, group in groupby(rows, key=lambda one: one.opening.round_id):
        those = list(group)
        first, at = those[0].invitation.person, those[0].starts_at
        yield Alert(concern=Concern.ASKS, count=len(those), round=open_rounds[round_id], first=first, at=at)


def _untaken(open_rounds: dict[int, Round], now: datetime) -> Iterator[Alert]:
    """Seats that became free when it was too late to ask anybody by mail, and are free still."""
    seated = select(func.count()).select_from(Pairing).where(Pairing.slot_id == Slot.id, Pairing.stands)
    late = select(Opening.round_id, func.count(), func.min(Slot.starts_at)).join_from(FreeSeat, Slot).join(Opening)
    late = late.where(FreeSeat.state == SeatState.TOO_LATE, Slot.starts_at > now, Slot.cancelled_at.is_(None))
    late = late.where(Opening.round_id.in_(open_rounds), Opening.withdrawn_at.is_(None))
    late = late.where(seated.correlate(Slot).scalar_subquery() < Opening.seats)
    for round_id, count, at in db.session.execute(late.group_by(Opening.round_id)):
        yield Alert(concern=Concern.UNTAKEN, count=count, round=open_rounds[round_id], at=at)


def _lost(now: datetime) -> Iterator[Alert]:
    readers = db.session.scalars(sent.lost(now).with_only_columns(Letter.person_id)).all()
    if readers:
        first = db.session.get_one(Person, readers[0])
        yield Alert(concern=Concern.LOST_MAIL, count=len(readers), round=None, first=first)


def _received() -> Iterator[Alert]:
    waiting = select(func.count()).select_from(Received)
    if count := db.session.scalar(waiting.where(Received.state.in_(FOR_EYES), Received.seen_at.is_(None))):
        yield Alert(concern=Concern.RECEIVED, count=count, round=None)


def _joined(open_rounds: dict[int, Round], now: datetime) -> Iterator[Alert]:
    for id, new in joiners.counts(open_rounds.values(), now).items():
        if new:
            yield Alert(concern=Concern.JOINERS, count=new, round=open_rounds[id])
