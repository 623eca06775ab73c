"""What hosts hear of what HR does to their openings.

One mail for what became of an opening, from what its host knew last; an older one that nobody has read stays at home. Nobody
hears of a round in which nobody was asked yet, and who has a visit in a published round hears by that visit's own mails."""

import json
from datetime import datetime
from enum import StrEnum

from sqlalchemy import exists, select

from shadowing.extensions import db
from shadowing.mail import letters
from shadowing.models import Host, Letter, LetterKind, Offered, Opening, Pairing, Person, Round, Slot, Stage
from shadowing.models.facts import OfferedForFacts


class Hearing(StrEnum):
    """When the hosts of an opening hear of what HR does to it."""

    NOW = "now"
    WHEN_ASKED = "when_asked"
    BY_THE_VISIT = "by_the_visit"


def hearing(round: Round, opening: Opening | None, now: datetime) -> Hearing:
    if round.stage is Stage.DRAFT:
        return Hearing.WHEN_ASKED
    told = round.stage is Stage.PUBLISHED and opening is not None and _visited(opening, now)
    return Hearing.BY_THE_VISIT if told else Hearing.NOW


def _visited(opening: Opening, now: datetime) -> bool:
    to_come = exists().where(
        Slot.opening_id == opening.id, Slot.starts_at > now, Pairing.slot_id == Slot.id, Pairing.stands
    )
    return bool(db.session.scalar(select(to_come)))


def as_offered(opening: Opening) -> Offered | None:
    """None where it is withdrawn. What the customer said is the host's own word, and no part of it."""
    if opening.withdrawn_at:
        return None
    dates = sorted((slot.starts_at, slot.ends_at) for slot in opening.slots if slot.cancelled_at is None)
    first, last = dates[0] if dates and not opening.flexible else (None, None)
    rest = (opening.kind, opening.topics, opening.travel_minutes, opening.confidential, opening.participation)
    times = (opening.most_per_week, opening.rrule, [start.isoformat() for start, _ in dates] if first else [])
    return Offered(
        title=opening.title,
        starts_at=first,
        ends_at=last,
        dates=len(dates) if first else 0,
        minutes=opening.minutes,
        seats=opening.seats,
        place=opening.place,
        preparation=opening.preparation,
        rest=json.dumps([rest, times]),
    )


def tell(opening: Opening, before: Offered | None, by: Person, now: datetime) -> None:
    """Write to each host but *by* what became of the opening; nothing where they know it so already."""
    for host in opening.hosts:
        if host.person_id != by.id and host.person.left_at is None:
            _tell_one(opening, host, before, by, now)


def _tell_one(opening: Opening, host: Host, before: Offered | None, by: Person, now: datetime) -> None:
    mails = Letter.key.startswith(_key(opening, host), autoescape=True)
    unread = select(Letter).where(mails, Letter.done_at.is_(None), Letter.lease_until.is_(None)).order_by(Letter.id)
    for letter in db.session.scalars(unread.limit(1)):
        assert isinstance(letter.facts, OfferedForFacts)
        before = letter.facts.before
    letters.take_back(mails, now)
    after = as_offered(opening)
    if before != after:
        letters.keep([letter_of(opening, host, before, after, by, now)])


def letter_of(
    opening: Opening, host: Host, before: Offered | None, after: Offered | None, by: Person, now: datetime
) -> Letter:
    """The unsaved mail."""
    person, round = host.person, opening.round
    facts = OfferedForFacts(
        heading=letters.heading_of(person, round, "/openings"),
        by=by.name(person.locale),
        until=round.open_until(now),
        before=before,
        after=after,
    )
    key = f"{_key(opening, host)}{now.isoformat()}"
    letter = letters.addressed(person, round, LetterKind.OFFERED_FOR, key, now, facts)
    letter.expires_at = round.instants[1]
    return letter


def _key(opening: Opening, host: Host) -> str:
    return f"offered_for:{opening.id}:{host.person_id}:"
