"""Invitations: what each person's calendar holds about each visit, told and kept up to date, and their answers.

`tell` compares what the calendars were told with what stands now and writes a letter for each difference, so that telling
twice writes nothing twice. `planned` computes the same letters without writing them. One person has one invitation for a
slot: a host with two guests gets one entry that names both."""

import hashlib
import hmac
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Select, select, update
from sqlalchemy.orm import contains_eager, joinedload

from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.mail import letters, mime
from shadowing.mail.letters import Sender
from shadowing.matching import board, gather, presence
from shadowing.models import (
    Answer,
    Guest,
    Invitation,
    Letter,
    LetterKind,
    LetterState,
    Opening,
    Person,
    Revision,
    Role,
    Round,
    Slot,
    Told,
)
from shadowing.visiting import entries
from shadowing.visiting.entries import Part

DOMAIN_MOST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One difference between a calendar and the plan. *revision* is what the invitation becomes, about the slot and in the
    *generation* given; *silent*: the person never heard of the visit, so they need not hear that it is off."""

    kind: LetterKind
    invitation: Invitation | None
    person: Person
    address: str
    slot_id: int
    generation: int
    revision: Revision
    silent: bool = False


def tell(round: Round, stamp: datetime, sender: Sender, now: datetime) -> Counter[LetterKind]:
    """Write all that is not yet told, in the caller's transaction; answers how many letters of each kind will go."""
    written: Counter[LetterKind] = Counter()
    for step in list(_steps(round, stamp, sender, of_round(round).with_for_update(of=Invitation))):
        take(step, round, now)
        written[step.kind] += not step.silent
    for guest in list(_left_out(round)):
        letters.unmatched(guest, stamp, now)
        written[LetterKind.UNMATCHED] += 1
    db.session.flush()
    return +written


def planned(round: Round, stamp: datetime, sender: Sender) -> list[Letter]:
    """The very letters that `tell` would write now, unsaved."""
    steps = _steps(round, stamp, sender, of_round(round))
    told = [letter_of(step, round) for step in steps if not step.silent]
    return told + [letters.missing(guest, stamp) for guest in _left_out(round)]


def of(person: Person, round: Round) -> Select[Invitation]:
    """The visits that stand in a person's calendar."""
    own = of_round(round).where(Invitation.person_id == person.id, Invitation.cancelled_at.is_(None))
    return own.order_by(Slot.starts_at, Invitation.id)


def answer(invitation: Invitation, answer: Answer, now: datetime) -> None:
    if invitation.cancelled_at is not None:
        raise Refusal("This visit does not take place any more.")
    if invitation.slot.starts_at <= now:
        raise Refusal("This visit has begun already, so its answer cannot be changed.")
    invitation.answer, invitation.answered_at = answer, now


def of_round(round: Round) -> Select[Invitation]:
    found = select(Invitation).join(Invitation.slot).join(Slot.opening).where(Opening.round_id == round.id)
    return found.options(contains_eager(Invitation.slot), joinedload(Invitation.person, innerjoin=True)).order_by(
        Invitation.id
    )


# What differs


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Calendars against the plan: *every* invitation there ever was, those to call off, those that stay with the part they
    show from now on, and the parts that no calendar shows; each in the order of time."""

    every: list[Invitation]
    gone: list[Invitation]
    kept: list[tuple[Invitation, Part]]
    fresh: list[Part]


def _steps(round: Round, stamp: datetime, sender: Sender, rows: Select[Invitation]) -> Iterator[Step]:
    """Cancellations first, then changes, then new invitations."""
    stamp = stamp.replace(microsecond=0)
    found, heard = _difference(round, stamp, rows), letters.heard(round)
    for row in found.gone:
        yield cancelled(row, stamp, row.id in heard)
    for row, part in found.kept:
        if not part.entry().same_for_calendar(row.told.entry):
            yield _changed(row, part, stamp, row.id in heard, _generation(found.every, row, part))
    yield from _new(found, round, stamp, sender)


def _difference(round: Round, stamp: datetime, rows: Select[Invitation]) -> Difference:
    """Of what begins after *stamp*: nothing is told of the past."""
    every = list(db.session.scalars(rows))
    wanted = {part.key: part for part in entries.standing(round) if part.slot.starts_at > stamp}
    standing = {
        (row.slot_id, row.person_id, row.address): row
        for row in every
        if row.cancelled_at is None and starts_at(row) > stamp
    }
    gone = [row for key, row in standing.items() if key not in wanted]
    fresh = [part for key, part in wanted.items() if key not in standing]
    moved = _moved(gone, fresh)
    kept = [(row, wanted[key]) for key, row in standing.items() if key in wanted]
    return Difference(
        every=every,
        gone=sorted((row for row in gone if row not in moved), key=starts_at),
        kept=sorted([*kept, *moved.items()], key=lambda pair: pair[1].order),
        fresh=sorted((part for part in fresh if part not in moved.values()), key=lambda part: part.order),
    )


def _moved(gone: list[Invitation], fresh: list[Part]) -> dict[Invitation, Part]:
    """Who has the same part in the same opening at another time keeps the calendar entry, which moves."""
    places: defaultdict[tuple[object, ...], list[Part]] = defaultdict(list)
    for part in sorted(fresh, key=lambda part: part.order, reverse=True):
        places[part.person.id, part.person.email, part.role, part.slot.opening_id].append(part)
    found = {}
    for row in sorted(gone, key=starts_at):
        other_times = places[row.person_id, row.address, row.role, row.slot.opening_id]
        if other_times:
            found[row] = other_times.pop()
    return found


def cancelled(row: Invitation, stamp: datetime, heard: bool) -> Step:
    last = _last(row)
    off = replace(_next(last, stamp), sequence=last.sequence + 1, answer=Answer.NONE)
    return Step(
        kind=LetterKind.CANCEL,
        invitation=row,
        person=row.person,
        address=row.address,
        slot_id=row.slot_id,
        generation=row.generation,
        revision=off,
        silent=not heard,
    )


def _changed(row: Invitation, part: Part, stamp: datetime, heard: bool, generation: int) -> Step:
    """An update. Whoever has not heard of the visit yet is invited to it as it is now."""
    last = _last(row)
    known = last.entry.appointment
    changed = replace(_next(last, stamp), entry=part.entry(), before=known if heard else None)
    if changed.entry.appointment != known:
        changed = replace(changed, sequence=last.sequence + 1, answer=Answer.NONE)
    return Step(
        kind=LetterKind.CHANGE if heard else LetterKind.REQUEST,
        invitation=row,
        person=row.person,
        address=row.address,
        slot_id=part.slot.id,
        generation=generation,
        revision=changed,
    )


def _last(row: Invitation) -> Revision:
    """What the person was told last."""
    return Revision(
        uid=row.uid,
        organizer=row.organizer,
        number=row.revision,
        sequence=row.sequence,
        answer=row.answer,
        stamp=row.told.stamp,
        entry=row.told.entry,
    )


def _next(last: Revision, stamp: datetime) -> Revision:
    """One more word on the same; stamps rise even if the clock does not."""
    return replace(last, number=last.number + 1, stamp=max(stamp, last.stamp + timedelta(seconds=1)))


def _new(found: Difference, round: Round, stamp: datetime, sender: Sender) -> Iterator[Step]:
    serials = Counter(row.person_id for row in found.every)
    for part in found.fresh:
        serials[part.person.id] += 1
        first = Revision(
            uid=_uid(part, round, serials[part.person.id], sender),
            organizer=sender.mail_from,
            number=0,
            sequence=0,
            answer=Answer.NONE,
            stamp=stamp,
            entry=part.entry(),
        )
        yield Step(
            kind=LetterKind.REQUEST,
            invitation=None,
            person=part.person,
            address=part.person.email,
            slot_id=part.slot.id,
            generation=_generation(found.every, None, part),
            revision=first,
        )


def _uid(part: Part, round: Round, serial: int, sender: Sender) -> str:
    """Known before it is written, so that the preview shows it; without the secret nobody can guess it. The serial
    counts the person's invitations in the round, of which none is ever deleted. A domain may be longer than its column."""
    what = f"{round.id} {part.person.id} {part.person.email} {part.role} {part.slot.starts_at.isoformat()} {serial}"
    digest = hmac.new(sender.secret.encode(), f"invitation {what}".encode(), hashlib.sha256).hexdigest()[:32]
    return f"{digest}@{mime.wire(sender.mail_from).rpartition('@')[2][-DOMAIN_MOST:].lstrip('.-')}"


def _generation(every: list[Invitation], row: Invitation | None, part: Part) -> int:
    """The first number that is free for this person in this slot."""
    if row is not None and row.slot_id == part.slot.id:
        return row.generation
    same = [other.generation for other in every if (other.slot_id, other.person_id) == (part.slot.id, part.person.id)]
    return max(same, default=-1) + 1


def starts_at(row: Invitation) -> datetime:
    """As its calendar shows it, which may not be where the slot is now."""
    return row.told.entry.starts_at


def _left_out(round: Round) -> Iterable[Guest]:
    """Guests who take part, have no visit, and have not been told so, nor of a visit that was cancelled since."""
    visited = select(Invitation.person_id).join(Slot).join(Opening)
    visited = visited.where(Opening.round_id == round.id, Invitation.role == Role.GUEST)
    told = select(Letter.person_id).where(Letter.round_id == round.id, Letter.kind == LetterKind.UNMATCHED)
    wanting = select(Guest).join(Guest.person).options(contains_eager(Guest.person))
    wanting = wanting.where(gather.takes_part(round), presence.all_along(round))
    missing = wanting.where(
        Guest.id.not_in(board.seated_guests(round)), Guest.person_id.not_in(told), Guest.person_id.not_in(visited)
    )
    return db.session.scalars(missing.order_by(Person.sort_key, Person.code))


# What is written


def take(step: Step, round: Round, now: datetime) -> None:
    invitation = step.invitation or _invitation(step)
    said = step.revision
    invitation.slot_id, invitation.generation = step.slot_id, step.generation
    invitation.revision, invitation.sequence, invitation.answer = said.number, said.sequence, said.answer
    invitation.told = Told(entry=said.entry, stamp=said.stamp)
    invitation.cancelled_at = now if step.kind is LetterKind.CANCEL else None
    if step.invitation is not None:
        _take_back(invitation, LetterState.CANCELLED if step.silent else LetterState.SUPERSEDED, now)
    letter = letter_of(step, round)
    letter.due_at, letter.invitation = now, invitation
    if step.silent:
        letter.state, letter.done_at = LetterState.CANCELLED, now
    db.session.add(letter)


def _invitation(step: Step) -> Invitation:
    said = step.revision
    fixed = {"uid": said.uid, "organizer": said.organizer, "address": step.address}
    return Invitation(person_id=step.person.id, role=said.entry.role, **fixed)


def _take_back(invitation: Invitation, state: LetterState, now: datetime) -> None:
    """Older letters that nobody is sending right now stay at home."""
    here = update(Letter).where(Letter.invitation_id == invitation.id, Letter.done_at.is_(None))
    db.session.execute(here.where(Letter.lease_until.is_(None)).values(state=state, done_at=now))


def letter_of(step: Step, round: Round) -> Letter:
    return letters.of_invitation(step.kind, step.person, step.address, round, step.revision)
