"""The hosts of two visits that would be swapped: each is asked by mail, and the first yes or no of one of them or of HR decides."""

from datetime import datetime

from sqlalchemy import select

from shadowing.extensions import db
from shadowing.mail import letters
from shadowing.models import Host, Invitation, Letter, LetterKind, Person
from shadowing.models.swaps import SwapGuest, SwapOffer, SwapWaitsFacts
from shadowing.visiting import swap_ends


def ask(offer: SwapOffer, now: datetime) -> None:
    """A mail to each host of either visit, but for who is a guest of one of them."""
    openings = (offer.mine.slot.opening_id, offer.theirs.slot.opening_id)
    guests = (offer.mine.person_id, offer.theirs.person_id)
    hosts = select(Person).where(Person.id.in_(select(Host.person_id).where(Host.opening_id.in_(openings))))
    hosts = hosts.where(Person.left_at.is_(None), Person.id.not_in(guests)).order_by(Person.id)
    letters.keep([letter_of(offer, host, now) for host in db.session.scalars(hosts)])


def letter_of(offer: SwapOffer, host: Person, now: datetime) -> Letter:
    """The unsaved mail. It names the guests, whom a host knows by their visits, and no more of the other visit than its page."""
    round = offer.mine.slot.opening.round
    facts = SwapWaitsFacts(
        heading=letters.heading_of(host, round, "/swaps"),
        guests=(_guest(offer.mine, host.locale), _guest(offer.theirs, host.locale)),
        until=offer.until,
    )
    name = f"{swap_ends.hosts_key(offer)}{host.id}"
    letter = letters.addressed(host, round, LetterKind.SWAP_WAITS, name, now, facts)
    letter.expires_at = offer.until
    return letter


def _guest(row: Invitation, locale: str) -> SwapGuest:
    return SwapGuest(
        name=row.person.name(locale),
        department=row.person.home.name,
        starts_at=row.slot.starts_at,
        ends_at=row.slot.ends_at,
        at=row.slot.opening.department.name,
    )
