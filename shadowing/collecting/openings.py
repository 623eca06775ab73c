"""What hosts offer: the deeds of offering, changing and withdrawing."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import selectinload

from shadowing import typed
from shadowing.collecting import dates, hosting
from shadowing.collecting.offers import APART, NAMES, STAND_INS, Offer
from shadowing.collecting.recurrence import WEEKDAYS, Instance, unfold
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.models import Exceptions, Host, Opening, OpeningKind, Participation, Person, Riding, Round
from shadowing.typed import Mistakes, Unfit

OFFERED = (*(one.name for one in fields(Offer) if one.name not in APART), "starts_at", "weekday")
"""The columns of an opening that an offer says."""


def read(said: Mapping[str, object], round: Round) -> Offer:
    """The offer that a form makes. Raises Mistakes with all that is wrong, in the order of the form."""
    wrong: dict[str, Refusal] = {}
    try:
        given = typed.read(Offer, said)
    except Mistakes as mistakes:
        wrong |= mistakes.by_field
        given = typed.read(Offer, STAND_INS | {name: value for name, value in said.items() if name not in wrong})
    if wrong := _unfit(given, round) | wrong:
        raise Mistakes({name: wrong[name] for name in sorted(wrong, key=NAMES.index)})
    return given


def offer(round: Round, hosts: Sequence[Person], offer: Offer, now: datetime) -> Opening:
    """What these hosts offer in the same words already is offered once: the button may be pressed again."""
    _lock_days(round)
    known = _offered_already(round, hosts, offer)
    if known is None:
        round.refuse_closed(now)
    return known or _make(round, hosts, offer, now)


def offer_for(round: Round, hosts: Sequence[Person], offer: Offer, now: datetime) -> Opening:
    """As `offer`, whether or not the round takes answers: HR writes down what hosts have said."""
    _lock_days(round)
    return _offered_already(round, hosts, offer) or _make(round, hosts, offer, now)


def add(round: Round, hosts: Sequence[Person], offer: Offer, now: datetime) -> Opening:
    """One opening more, though another one may be the same in all but its number."""
    _lock_days(round)
    round.refuse_closed(now)
    return _make(round, hosts, offer, now)


def _lock_days(round: Round) -> None:
    """The days of the round may have changed while we waited, and whoever changes them later finds the new opening."""
    db.session.refresh(round, with_for_update=True)


def _offered_already(round: Round, hosts: Sequence[Person], offer: Offer) -> Opening | None:
    people = [host.id for host in hosts]
    known = db.session.scalars(of(hosts[0], round))
    same = (one for one in known if [host.person_id for host in one.hosts] == people and says(one, offer))
    return next(same, None)


def _make(round: Round, hosts: Sequence[Person], offer: Offer, now: datetime) -> Opening:
    _refuse_gone(hosts)
    opening = Opening(round=round, code=uuid4().hex, department_id=hosts[0].department_id)
    opening.hosts = [Host(person=host, position=place) for place, host in enumerate(hosts)]
    with db.session.no_autoflush:
        _put(opening, offer, round, now)
    db.session.add(opening)
    hosting.offers_after_all(hosts, round)
    db.session.flush()
    opening.code = f"web-{opening.id}"
    return opening


def change(opening: Opening, offer: Offer, now: datetime) -> None:
    lock(opening)
    refuse_withdrawn(opening)
    opening.round.refuse_closed(now)
    with db.session.no_autoflush:
        _put(opening, offer, opening.round, now)
    db.session.flush()


def rewrite(opening: Opening, offer: Offer, now: datetime) -> None:
    """Make a locked opening what *offer* says, whether or not the round takes answers. Visits go along with their dates."""
    with db.session.no_autoflush:
        refuse_unfit(offer, opening.round)
        _fill(opening, offer, opening.round)
        dates.move(opening, now)
        dates.lay_out(opening, opening.round, now)
    db.session.flush()


def except_dates(opening: Opening, exceptions: Exceptions, now: datetime) -> None:
    """A locked regular meeting leaves out, pauses or moves what *exceptions* say. Visits go along with their dates."""
    opening.exceptions = exceptions
    dates.move(opening, now)
    dates.lay_out(opening, opening.round, now)
    db.session.flush()


def reseat(opening: Opening, seats: int, now: datetime) -> None:
    """A locked opening has so many seats."""
    opening.seats = seats
    dates.lay_out(opening, opening.round, now)
    db.session.flush()


def withdraw(opening: Opening, now: datetime) -> None:
    """Take the opening back. Pressing the button twice is the same as once."""
    lock(opening)
    opening.round.refuse_closed(now)
    take_off(opening, now)


def take_off(opening: Opening, now: datetime) -> None:
    """A locked opening is offered no more."""
    opening.withdrawn_at = opening.withdrawn_at or now
    dates.lay_out(opening, opening.round, now)
    db.session.flush()


def put_on(opening: Opening, now: datetime) -> None:
    """A locked opening is offered again, on its dates; who visited there does not come back by themselves."""
    opening.withdrawn_at = None
    dates.lay_out(opening, opening.round, now)
    db.session.flush()


def to_lay_out(*which: ColumnElement[bool]) -> Select[Opening]:
    """Openings and their slots as they are now. Whoever else would lay them out waits, or each would add dates of its own."""
    found = select(Opening).where(*which).order_by(Opening.id).options(selectinload(Opening.slots))
    return found.with_for_update(of=Opening).execution_options(populate_existing=True)


def lock(opening: Opening) -> None:
    """The days of the round may have changed, too, while we waited."""
    db.session.scalars(to_lay_out(Opening.id == opening.id)).one()
    db.session.refresh(opening.round)


def of(person: Person, round: Round) -> Select[Opening]:
    """What *person* offers in *round*, with hosts and slots at hand."""
    return ever_of(person, round).where(Opening.withdrawn_at.is_(None))


def ever_of(person: Person, round: Round) -> Select[Opening]:
    """What was withdrawn, too."""
    return (
        select(Opening)
        .join(Opening.hosts)
        .where(Opening.round_id == round.id, Host.person_id == person.id)
        .order_by(Opening.id)
        .options(selectinload(Opening.hosts).joinedload(Host.person), selectinload(Opening.slots))
    )


def _put(opening: Opening, offer: Offer, round: Round, now: datetime) -> None:
    refuse_unfit(offer, round)
    _fill(opening, offer, round)
    dates.lay_out(opening, round, now)


def _fill(opening: Opening, offer: Offer, round: Round) -> None:
    opening.kind, opening.title, opening.minutes, opening.seats = offer.kind, offer.title, offer.minutes, offer.seats
    opening.most_per_week, opening.topics, opening.place = offer.most_per_week, list(offer.topics), offer.place
    opening.travel_minutes, opening.preparation = offer.travel_minutes, offer.preparation
    opening.confidential, opening.customer_consent = offer.confidential, offer.customer_consent
    opening.participation = offer.participation or opening.participation or Participation.OBSERVE
    opening.exceptions, opening.riding = _exceptions(opening, offer), _riding(opening, offer)
    _set_times(opening, offer, round)


def _exceptions(opening: Opening, offer: Offer) -> Exceptions:
    """Of a regular meeting alone."""
    if not offer.rrule:
        return Exceptions()
    return offer.exceptions if offer.with_exceptions else opening.exceptions or Exceptions()


def _riding(opening: Opening, offer: Offer) -> Riding:
    """Of a ride-along alone."""
    if offer.kind is not OpeningKind.RIDE_ALONG:
        return Riding()
    return offer.riding if offer.with_riding else opening.riding or Riding()


def says(opening: Opening, offer: Offer) -> bool:
    """Whether *opening* is as *offer* would make it."""
    anew = Opening()
    _fill(anew, offer, opening.round)
    same = offer.participation in (None, opening.participation)
    same = same and opening.exceptions == _exceptions(opening, offer) and opening.riding == _riding(opening, offer)
    return same and all(getattr(opening, name) == getattr(anew, name) for name in OFFERED)


def put_hosts(opening: Opening, people: Sequence[int]) -> bool:
    """Make the persons with these ids the hosts, in their order; False where they are so already."""
    if [host.person_id for host in opening.hosts] == list(people):
        return False
    kept = {host.person_id: host for host in opening.hosts}
    opening.hosts = [kept.get(person) or Host(person_id=person) for person in people]
    for place, host in enumerate(opening.hosts):
        host.position = place
    return True


def _set_times(opening: Opening, offer: Offer, round: Round) -> None:
    opening.flexible, opening.zone = offer.flexible, offer.zone or round.zone
    opening.starts_at = opening.weekday = opening.local_time = opening.first_on = None
    opening.rrule = "" if offer.flexible else offer.rrule
    if offer.flexible or offer.first_on is None or offer.local_time is None:
        return
    starts_at = typed.instant(datetime.combine(offer.first_on, offer.local_time), opening.zone)
    if offer.rrule:
        opening.weekday = WEEKDAYS[offer.first_on.weekday()]
        opening.local_time, opening.first_on = offer.local_time, offer.first_on
    else:
        opening.starts_at = starts_at


def refuse_unfit(offer: Offer, round: Round) -> None:
    """What no field can see alone."""
    if wrong := _unfit(offer, round):
        raise Mistakes(wrong)


def _unfit(offer: Offer, round: Round) -> dict[str, Refusal]:
    wrong: dict[str, Refusal] = {}
    if offer.kind is OpeningKind.RIDE_ALONG and offer.customer_consent is None:
        wrong["customer_consent"] = Unfit("Say whether the customer of the ride-along has agreed.")
    if offer.flexible:
        return wrong
    if offer.first_on is None:
        wrong["first_on"] = Unfit("Give the first date.")
    if offer.local_time is None:
        wrong["local_time"] = Unfit("Give the time at which it begins.")
    if (pause := _unfit_pause(offer)) is not None:
        wrong["paused_until"] = pause
    if offer.first_on is None or offer.local_time is None:
        return wrong
    try:
        if not _sample(offer, round):
            wrong["first_on"] = Unfit("None of its dates lies within the round and on a working day of the company.")
    except Unfit as skipped:  # the clocks skip that hour
        wrong["local_time"] = skipped
    return wrong


def _unfit_pause(offer: Offer) -> Refusal | None:
    if offer.paused_until is None:
        return None
    if offer.paused_from is None:
        return Unfit("Give the first day of the pause, too.")
    return Unfit("The pause ends before it begins.") if offer.paused_until < offer.paused_from else None


def _sample(offer: Offer, round: Round) -> list[Instance]:
    opening = Opening(title=offer.title, minutes=offer.minutes, exceptions=offer.exceptions)
    _set_times(opening, offer, round)
    return unfold(opening, round)


def refuse_withdrawn(opening: Opening) -> None:
    if opening.withdrawn_at:
        raise Refusal("“%(title)s” was withdrawn.", title=opening.title)


def _refuse_gone(hosts: Sequence[Person]) -> None:
    for host in hosts:
        if host.left_at:
            raise Refusal("%(name)s has left the company and cannot be a host.", name=host.display_name)
        if host.department_id is None:
            raise Refusal(
                "%(name)s is in no department yet and cannot be a host. Choose a department on their page.",
                name=host.display_name,
            )
