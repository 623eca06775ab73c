"""The mails that go by themselves around each visit: what to know a week before, a reminder of the day before, one of the same
morning where it leads to a customer, and afterwards the question what came of it, with one reminder for who has not said.

`plan` writes those whose hour is within 48 hours, each under a key of the invitation and its time, so that planning again writes
nothing twice; a letter that still waits and says what holds no longer makes room for another. Nobody is reminded of a visit of
which they have not heard, which they have declined, or which HR has changed and not yet told."""

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import contains_eager

from shadowing.company import aims, audit, people
from shadowing.company.aims import Gains
from shadowing.company.workdays import Workdays
from shadowing.extensions import db
from shadowing.mail import hearing, letters
from shadowing.mail.planned import Planned
from shadowing.models import (
    BY_ITSELF,
    Answer,
    Contact,
    Department,
    Entry,
    Happened,
    Invitation,
    Letter,
    LetterKind,
    LetterState,
    Opening,
    OpeningKind,
    Pairing,
    Person,
    Role,
    Round,
    Slot,
    Stage,
    VisitOutcome,
)
from shadowing.models.facts import BriefFacts, Card
from shadowing.models.reflecting import HostThanks, Reflection
from shadowing.visiting import entries, moments
from shadowing.visiting.moments import VisitHours

RANGE = timedelta(days=40)
"""Farther from today no visit has a mail to go: holidays do not last so long."""
WORDS_MOST = 5
ON_THE_DAY = (LetterKind.DAY_BEFORE, LetterKind.THIS_MORNING)
LET_GO = (LetterState.SUPERSEDED, LetterState.CANCELLED)
FRESH = {
    LetterKind.BRIEF: timedelta(days=3),
    LetterKind.DAY_BEFORE: timedelta(hours=12),
    LetterKind.THIS_MORNING: timedelta(hours=2),
}
"""Whoever was invited so shortly before a brief, or told of the visit so shortly before a reminder, needs none."""


def due(now: datetime) -> list[int]:
    """Ids of the rounds that may have something to plan."""
    near = select(Opening.round_id).join(Slot, Slot.opening_id == Opening.id)
    near = near.where(Slot.starts_at > now - RANGE, Slot.starts_at < now + RANGE)
    rounds = select(Round.id).where(Round.briefs, Round.stage.in_((Stage.PUBLISHED, Stage.ENDED)), Round.id.in_(near))
    return list(db.session.scalars(rounds.order_by(Round.id)))


def plan(round_id: int, now: datetime) -> int:
    """Write what is to go within 48 hours, in the caller's transaction; answers how many letters. Two who plan at once do so
    one after the other."""
    round = db.session.get(Round, round_id, with_for_update=True, populate_existing=True)
    if round is None or not round.briefs:
        return 0
    rows = list(db.session.scalars(_invitations(round, now)))
    written, standing = _written(round), _Standing.of(round)
    new = [letter for row in rows for letter in _missing(row, round, standing, written[row.id], now)]
    letters.keep(new)
    db.session.flush()
    return len(new)


def switch(round: Round, on: bool, by: Person, now: datetime) -> None:
    """Twice is once. What waits stays at home where HR wants none."""
    if round.briefs is on:
        return
    round.briefs = on
    if not on:
        letters.take_back((Letter.round_id == round.id) & Letter.kind.in_(BY_ITSELF), now)
    audit.record("start_briefs" if on else "stop_briefs", by, round, now)


def counts(round: Round) -> list[tuple[LetterKind, int, int]]:
    """How many letters of each kind have gone, and how many wait."""
    states = select(Letter.kind, Letter.state, func.count()).where(
        Letter.round_id == round.id, Letter.kind.in_(BY_ITSELF)
    )
    found = {(kind, state): n for kind, state, n in db.session.execute(states.group_by(Letter.kind, Letter.state))}
    every = [
        (kind, found.get((kind, LetterState.SENT), 0), found.get((kind, LetterState.READY), 0)) for kind in BY_ITSELF
    ]
    return [(kind, sent, waiting) for kind, sent, waiting in every if sent or waiting]


def planned(round: Round, now: datetime) -> list[Planned]:
    """All that would go around the visits as they stand, for HR to look at: as of its own hour each, or of *now*."""
    entries.load_goals(round)
    gains = aims.gains()
    return [
        Planned(kind, part.person, partial(_shown, kind, part, round, now, gains))
        for part in entries.standing(round)
        for kind in BY_ITSELF
        if kind is not LetterKind.THIS_MORNING or part.slot.opening.kind is OpeningKind.RIDE_ALONG
    ]


def _shown(kind: LetterKind, part: entries.Part, round: Round, now: datetime, gains: Gains) -> Letter:
    entry = part.entry()
    working = Workdays.of(part.person, round.closed_days)
    window = moments.first(kind, hours_of(entry), working)
    facts = _facts(kind, part.person, round, entry, part.contacts, part.slot, gains)
    stamp = window.opens if window else now
    return letters.addressed(part.person, round, kind, f"{kind}:preview:{part.slot.id}:{part.person.id}", stamp, facts)


# What is to be written


@dataclass(frozen=True, slots=True)
class _Standing:
    """Of a round as it stands now: who has which part, and who has declined theirs, as slot and person; the invitations that
    were heard of, and when each was made; who has written what came of a visit, or that it was off; and what departments gain."""

    parts: dict[tuple[int, int], Person]
    declined: frozenset[tuple[int, int]]
    heard: frozenset[int]
    invited: dict[int, datetime]
    reflected: frozenset[tuple[int, int]]
    gains: Gains

    @classmethod
    def of(cls, round: Round) -> "_Standing":
        first = select(Letter.invitation_id, func.min(Letter.stamp)).where(Letter.round_id == round.id)
        first = first.where(Letter.kind == LetterKind.REQUEST, Letter.invitation_id.is_not(None))
        refused = select(Invitation.slot_id, Invitation.person_id).join(Invitation.slot).join(Slot.opening)
        refused = refused.where(Opening.round_id == round.id, Invitation.cancelled_at.is_(None))
        return cls(
            parts={(part.slot.id, part.person.id): part.person for part in entries.standing(round)},
            declined=frozenset((s, p) for s, p in db.session.execute(refused.where(Invitation.answer == Answer.NO))),
            heard=frozenset(hearing.heard(round)),
            reflected=_reflected(round),
            gains=aims.gains(),
            invited={
                id: stamp for id, stamp in db.session.execute(first.group_by(Letter.invitation_id)) if id is not None
            },
        )

    def others(self, row: Invitation) -> list[Person]:
        """Who comes, or is there, on the other side, of those whom the person was told of."""
        there = ((row.slot_id, id) for id in row.told.entry.others)
        return [self.parts[one] for one in there if one in self.parts and one not in self.declined]

    def holds(self, row: Invitation) -> bool:
        """Whether the visit is as its person was told."""
        slot, starts_at = row.slot, row.told.entry.starts_at
        here = (slot.id, row.person_id) in self.parts and people.there(row.person, starts_at)
        as_told = slot.starts_at == starts_at and slot.cancelled_at is None and slot.opening.withdrawn_at is None
        return row.id in self.heard and here and as_told


def _missing(
    row: Invitation, round: Round, standing: _Standing, written: Sequence[Letter], now: datetime
) -> Iterator[Letter]:
    """The letters to the owner of one invitation that are due and not *written*."""
    others = standing.others(row)
    if not others or not standing.holds(row):
        return
    entry = _only(row.told.entry, {one.id for one in others})
    locale, working = row.person.locale, Workdays.of(row.person, round.closed_days)
    contacts = tuple(Contact(name=one.name(locale), email=one.email) for one in others if one.email)
    for kind in BY_ITSELF:
        if kind in moments.AFTERWARDS and (row.slot_id, row.person_id) in standing.reflected:
            letters.take_back(asked_of(row.slot_id, row.person_id), now)
            continue
        window = moments.window(kind, hours_of(entry), working, now)
        if window is None or _fresh(kind, row, standing, max(window.opens, now)):
            continue
        facts = _facts(kind, row.person, round, entry, contacts, row.slot, standing.gains)
        stem = f"{kind}:{row.uid}:{entry.starts_at:%Y%m%dT%H%MZ}:"
        earlier = [one for one in written if one.key.startswith(stem)]
        if any(_stands(one, row, facts, now) for one in earlier):
            continue
        at = max(window.opens, now)
        letter = letters.addressed(row.person, round, kind, f"{stem}{len(earlier)}", at, facts)
        letter.address, letter.revision, letter.invitation = row.address, row.revision, row
        letter.expires_at = window.closes
        yield letter


def _fresh(kind: LetterKind, row: Invitation, standing: _Standing, at: datetime) -> bool:
    heard_at = row.told.stamp
    if kind is LetterKind.BRIEF:
        heard_at = standing.invited.get(row.id, heard_at)
    return kind in FRESH and at - heard_at < FRESH[kind]


def _stands(letter: Letter, row: Invitation, facts: BriefFacts, now: datetime) -> bool:
    """Whether an earlier letter makes another one needless. One that waits and says something else stays at home, and one
    whose hour passed before it was tried is as if it had never been."""
    if letter.done_at is not None:
        never_tried = letter.state is LetterState.GAVE_UP and letter.attempts <= 1
        return not never_tried and letter.state not in LET_GO
    if letter.lease_until is None and (letter.revision, letter.facts) != (row.revision, facts):
        letter.state, letter.done_at = LetterState.SUPERSEDED, now
        return False
    return True


def _only(entry: Entry, others: Set[int]) -> Entry:
    """The entry without those on the other side who do not come."""
    chosen = [place for place, id in enumerate(entry.others) if id in others]
    kept = tuple(entry.others[place] for place in chosen)
    if entry.role is Role.GUEST:
        return replace(entry, others=kept, hosts=tuple(entry.hosts[place] for place in chosen))
    return replace(entry, others=kept, guests=tuple(entry.guests[place] for place in chosen))


def hours_of(entry: Entry) -> VisitHours:
    way = timedelta(minutes=entry.travel_minutes)
    on_the_road = entry.kind is OpeningKind.RIDE_ALONG
    return VisitHours(leaves_at=entry.starts_at - way, ends_at=entry.ends_at + way, on_the_road=on_the_road)


def _facts(
    kind: LetterKind,
    person: Person,
    round: Round,
    entry: Entry,
    contacts: tuple[Contact, ...],
    slot: Slot,
    gains: Gains,
) -> BriefFacts:
    opening, guest = slot.opening, entry.role is Role.GUEST
    home = opening.department
    card = _card(home, aims.between(gains, home, person.department)) if kind is LetterKind.BRIEF and guest else None
    phone = opening.riding.phone if kind in ON_THE_DAY and guest and not entry.masked else ""
    place = f"/visits/slots/{slot.id}/reflection" if kind in moments.AFTERWARDS else "/visits"
    heading = letters.heading_of(person, round, place)
    return BriefFacts(heading=heading, entry=entry, contacts=contacts, card=card, phone=phone, reflects=True)


def _card(home: Department, both: str) -> Card | None:
    words = tuple(line.strip() for line in home.words.splitlines() if line.strip())[:WORDS_MOST]
    if not (home.card or home.goal or home.kpi or words or both):
        return None
    return Card(department=home.name, what=home.card, goal=home.goal, words=words, figure=home.kpi, both=both)


def _invitations(round: Round, now: datetime) -> Select[Invitation]:
    """Those that stand, of visits that are near."""
    found = select(Invitation).join(Invitation.slot).join(Slot.opening).join(Invitation.person)
    near = (Slot.starts_at > now - RANGE, Slot.starts_at < now + RANGE)
    found = found.where(Opening.round_id == round.id, *near)
    found = found.where(Invitation.cancelled_at.is_(None), Invitation.answer != Answer.NO).order_by(Invitation.id)
    opening = contains_eager(Invitation.slot).contains_eager(Slot.opening).joinedload(Opening.department)
    return found.options(opening, contains_eager(Invitation.person).joinedload(Person.department))


def asked_of(slot_id: int, person_id: int) -> ColumnElement[bool]:
    """The letters that ask one person what came of the visit in one slot."""
    mine = select(Invitation.id).where(Invitation.slot_id == slot_id, Invitation.person_id == person_id)
    return Letter.kind.in_(moments.AFTERWARDS) & Letter.invitation_id.in_(mine)


def _reflected(round: Round) -> frozenset[tuple[int, int]]:
    """By slot and person."""
    own = select(Pairing.slot_id, Reflection.person_id).join(Reflection.pairing)
    own = own.where(Pairing.round_id == round.id, Reflection.sent_at.is_not(None))
    thanks = select(Pairing.slot_id, HostThanks.person_id).join(HostThanks.pairing).where(Pairing.round_id == round.id)
    off = select(Pairing.slot_id, VisitOutcome.person_id).join(VisitOutcome.pairing)
    off = off.where(Pairing.round_id == round.id, VisitOutcome.said == Happened.LOST, VisitOutcome.by_hr.is_(False))
    return frozenset((slot, person) for found in (own, thanks, off) for slot, person in db.session.execute(found))


def _written(round: Round) -> dict[int | None, list[Letter]]:
    found: dict[int | None, list[Letter]] = defaultdict(list)
    for letter in db.session.scalars(select(Letter).where(Letter.round_id == round.id, Letter.kind.in_(BY_ITSELF))):
        found[letter.invitation_id].append(letter)
    return found
