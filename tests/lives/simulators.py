"""Calendars in which the mails of a life arrive: the one of `tests/postbox.py`, which obeys RFC 5546, one in which the last message
wins, and what a naive sender would have done to both."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

import vobject
from sqlalchemy import select

from shadowing.company import people
from shadowing.extensions import db
from shadowing.mail import ical, outbox
from shadowing.models import GivenAnswer, GivenState, Invitation, Letter, Pairing, Stage
from tests.lives.life import Arrived, Life
from tests.postbox import Calendar

Shown = tuple[datetime, datetime, str]
"""When a visit begins and ends, and where it is."""
Shelf = dict[str, Counter[Shown]]
"""Address -> the visits that stand in its calendar."""
ORDERS = 3


@dataclass
class LastWins:
    """As sabre's broker: a REQUEST is taken as it is, whatever was there before; a CANCEL strikes the entry out, and one of an
    unknown visit is ignored."""

    entries: dict[str, Shown | None] = field(default_factory=dict)

    def take(self, calendar: Any) -> None:
        event = calendar.vevent
        if calendar.method.value == "REQUEST":
            place = event.location.value if "location" in event.contents else ""
            self.entries[event.uid.value] = (event.dtstart.value, event.dtend.value, place)
        elif event.uid.value in self.entries:
            self.entries[event.uid.value] = None

    @property
    def shown(self) -> Counter[Shown]:
        return Counter(one for one in self.entries.values() if one)


def to_come(visits: Counter[Shown], life: Life) -> Counter[Shown]:
    """Calendars keep what is over, and nobody is told of it any more."""
    return Counter({visit: count for visit, count in visits.items() if visit[0] > life.now})


def shown(calendar: Calendar) -> Counter[Shown]:
    return Counter((one["starts_at"], one["ends_at"], one["place"]) for one in calendar.standing)


def by_address(life: Life) -> dict[str, list[Any]]:
    """The calendars of all mails, in the order of arrival."""
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for one in life.arrived:
        if one.calendar is not None:
            found[one.address].append(one.calendar)
    return found


def due(life: Life) -> Shelf:
    """What must stand in whose calendar of what is to come, by the plan alone."""
    found: Shelf = defaultdict(Counter)
    if life.round.stage is not Stage.PUBLISHED:
        return found
    slots = defaultdict(list)
    for pairing in db.session.scalars(select(Pairing).where(Pairing.stands)):
        to_come = pairing.slot.cancelled_at is None and pairing.slot.starts_at > life.now
        here = to_come and pairing.slot.opening.withdrawn_at is None
        if here and pairing.guest.person.left_at is None:
            slots[pairing.slot].append(pairing.guest.person)
    for slot, guests in slots.items():
        hosts = [one.person for one in slot.opening.hosts if people.there(one.person, slot.starts_at)]
        place = ical.shorten(ical.one_line(slot.opening.place or slot.opening.site), ical.SHORT)
        for person in (*guests, *hosts):
            found[person.email][slot.starts_at, slot.ends_at, place] += 1
    return found


def wrong(life: Life) -> list[str]:
    """Everything that is not as it should be when a life is over; nothing, one hopes."""
    mails = by_address(life)
    right, found = due(life), list(_out_of_order(mails))
    for address in sorted(right.keys() | mails.keys()):
        last, strict = LastWins(), Calendar()
        for mail in mails[address]:
            last.take(mail)
            strict.take(mail)
        found += _differs("the last message wins", address, right[address], to_come(last.shown, life))
        found += _differs("RFC 5546", address, right[address], to_come(shown(strict), life))
        for _ in range(ORDERS):
            shuffled, order = Calendar(), life.random.sample(mails[address], len(mails[address]))
            for mail in order:
                shuffled.take(mail)
            found += _differs("RFC 5546 in another order", address, right[address], to_come(shown(shuffled), life))
    return found + list(_twice_with_other_bytes(life)) + list(_counted_twice(life))


def _differs(where: str, address: str, right: Counter[Shown], held: Counter[Shown]) -> Iterator[str]:
    for what, visits in (("is not there", right - held), ("is too much", held - right)):
        yield from (f"{where}: {address}: {begin} {place!r} {what}" for begin, _, place in visits.elements())


def _out_of_order(mails: dict[str, list[Any]]) -> Iterator[str]:
    """What the product promises: the mails of one invitation leave in the order of their revisions."""
    for address, all_ in mails.items():
        last: dict[str, tuple[int, datetime]] = {}
        for one in all_:
            event = one.vevent
            revision = (int(event.sequence.value), event.dtstamp.value)
            if revision < last.get(event.uid.value, revision):
                yield f"{address}: {revision} after {last[event.uid.value]}"
            last[event.uid.value] = revision


def _twice_with_other_bytes(life: Life) -> Iterator[str]:
    """A mail that left twice is the same mail."""
    contents: dict[str, bytes] = {}
    for one in life.arrived:
        if contents.setdefault(one.message_id, one.content) != one.content:
            yield f"{one.address}: {one.message_id} left twice with other bytes"


def _counted_twice(life: Life) -> Iterator[str]:
    for row in db.session.scalars(select(Invitation)):
        rows = db.session.scalars(select(GivenAnswer).where(GivenAnswer.invitation_id == row.id)).all()
        stand = [one for one in rows if one.state is GivenState.STANDS]
        if len(stand) > 1:
            yield f"{row.address}: {len(stand)} answers stand"
        if len(rows) > life.presses[row.id]:
            yield f"{row.address}: {len(rows)} answers of {life.presses[row.id]} presses"


def naively(life: Life) -> int:
    """How many doubles, ghosts, missing and wrong entries a sender makes that mails the same without order and without one
    identity: every letter once in any order, those that went twice under a UID of their own the second time. In calendars
    in which the last message wins."""
    settings, random = life.app.extensions["settings"], Random(life.number)  # noqa: S311 - nothing secret
    letters = list(db.session.scalars(select(Letter).where(Letter.invitation_id.is_not(None)).order_by(Letter.id)))
    rendered = [Arrived.of(one.address, outbox.to_bytes(one, settings)) for one in letters]
    mails = [(one.address, one.part) for one in rendered if one.part is not None]
    arrived = Counter((one.address, one.part) for one in life.arrived if one.part is not None)
    twice = [mail for mail, count in arrived.items() if count > 1]
    mails += [(address, part.replace(b"\r\nUID:", b"\r\nUID:again-")) for address, part in twice]
    random.shuffle(mails)
    held: defaultdict[str, LastWins] = defaultdict(LastWins)
    for address, part in mails:
        held[address].take(vobject.readOne(part.decode()))
    right = due(life)
    every = right.keys() | held.keys()
    found = {one: to_come(held[one].shown, life) for one in every}
    return sum(((right[one] - found[one]) + (found[one] - right[one])).total() for one in every)
