"""What hosts offer: a regular meeting unfolded into dated slots, and the deeds of offering, changing and withdrawing.

A regular opening means wall clock: its rule is unfolded in local time, and each instance becomes UTC on its own."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import dropwhile, islice
from typing import Annotated, Literal
from uuid import uuid4
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule, weekday
from pydantic import Field
from sqlalchemy import Select, exists, inspect, select
from sqlalchemy.orm import selectinload

from shadowing import typed
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.models import Consent, Host, Opening, OpeningKind, Pairing, Person, Round, Slot
from shadowing.typed import Unfit, by, each, line, number, one_of

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES: dict[str, Literal[1, 2, 3]] = {"DAILY": DAILY, "WEEKLY": WEEKLY, "MONTHLY": MONTHLY}
SHAPES = {
    "FREQ": "DAILY|WEEKLY|MONTHLY",
    "INTERVAL": r"[1-9]\d?",
    "BYDAY": r"(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU)(,(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU))*",
    "BYMONTHDAY": r"-?([1-9]|[12]\d|3[01])(,-?([1-9]|[12]\d|3[01]))*",
    "COUNT": r"[1-9]\d{0,3}",
    "UNTIL": r"\d{8}(T\d{6}Z?)?",
    "WKST": "MO|TU|WE|TH|FR|SA|SU",
}
RULE_LONGEST = 200
MINUTES_LEAST, MINUTES_MOST = 15, 480
SEATS_MOST, WEEKLY_MOST, TOPICS_MOST = 1000, 100, 10
OLDEST = timedelta(days=3660)
DAY = timedelta(days=1)

Instance = tuple[datetime, datetime]


def unfold(opening: Opening, round: Round) -> list[Instance]:
    """The dated instances of a fixed opening, as UTC: those whose day, on the opening's own clock, is an open day of the round."""
    if opening.flexible:
        return []
    zone = ZoneInfo(opening.zone or round.zone)
    length = timedelta(minutes=opening.minutes)
    days = ((start, start.astimezone(zone).date()) for start in _starts(opening, round, zone))
    open_days = (
        start
        for start, day in days
        if round.starts_on <= day <= round.ends_on and day.isoformat() not in round.closed_days
    )
    return [(start, start + length) for start in open_days]


def _starts(opening: Opening, round: Round, zone: ZoneInfo) -> list[datetime]:
    if opening.starts_at:
        return [opening.starts_at.astimezone(UTC)]
    first, last = (datetime.combine(day, time.min) for day in (round.starts_on, round.ends_on + DAY))
    days = set(dropwhile(lambda when: when < first, _unfolded(opening, round, zone, last)))
    if opening.first_on and opening.local_time:
        days.add(datetime.combine(opening.first_on, opening.local_time))  # DTSTART is an instance, RFC 5545 3.8.5.3
    return [when.replace(tzinfo=zone).astimezone(UTC) for when in sorted(days)]


def _unfolded(opening: Opening, round: Round, zone: ZoneInfo, last: datetime) -> Iterator[datetime]:
    """The instances up to *last* as naive local time."""
    parts = read_rule(opening.rrule or "FREQ=WEEKLY")
    if opening.local_time is None:
        raise Refusal("“%(title)s” needs a time.", title=opening.title)
    days = _days(opening, parts)
    rule = rrule(
        FREQUENCIES[parts["FREQ"]],
        dtstart=datetime.combine(_first(opening, round, parts, days), opening.local_time),
        interval=int(parts.get("INTERVAL", 1)),
        byweekday=days or None,
        bymonthday=[int(day) for day in parts.get("BYMONTHDAY", "").split(",") if day] or None,
        until=min(last, _until(parts.get("UNTIL", ""), zone)),
        wkst=weekday(WEEKDAYS.index(parts.get("WKST", "MO"))),
    )
    # dateutil takes no count beside an end, and a rule that never comes true must have an end.
    return islice(rule, int(parts["COUNT"]) if "COUNT" in parts else None)


def _first(opening: Opening, round: Round, parts: dict[str, str], days: list[weekday]) -> date:
    """The day from which a rule counts; only a rule that takes place every time does without one."""
    skips = int(parts.get("INTERVAL", 1)) > 1
    if opening.first_on is None and (skips or "COUNT" in parts):
        raise Refusal("“%(title)s” does not take place every week: its first date is needed.", title=opening.title)
    first = opening.first_on or round.starts_on - DAY
    if round.starts_on - first > OLDEST:
        raise Refusal("“%(title)s” begins more than ten years before the round.", title=opening.title)
    if skips and parts["FREQ"] == "WEEKLY" and first.weekday() not in [day.weekday for day in days]:
        raise Refusal("The first date of “%(title)s” is not on its weekday.", title=opening.title)
    return first


def read_rule(text: str) -> dict[str, str]:
    """The parts of a recurrence rule (RFC 5545 3.3.10), as far as openings know them. Raises Unfit."""
    if len(text) > RULE_LONGEST:
        raise Unfit("A rule has at most %(most)s characters.", most=RULE_LONGEST)
    parts = dict(part.partition("=")[::2] for part in text.strip().upper().removeprefix("RRULE:").split(";") if part)
    wrong = [key for key, value in parts.items() if key not in SHAPES or not re.fullmatch(SHAPES[key], value)]
    if wrong or "FREQ" not in parts or {"COUNT", "UNTIL"} <= set(parts):
        raise Unfit("“%(rule)s” is no rule that we know. Write it like “FREQ=WEEKLY;INTERVAL=2;BYDAY=TU”.", rule=text)
    if parts["FREQ"] != "MONTHLY" and re.search(r"\d", parts.get("BYDAY", "")):
        raise Unfit("“%(rule)s” counts weekdays, which only a monthly rule can do.", rule=text)
    return parts


def rule(said: str) -> str:
    """A recurrence rule in the form in which it is kept."""
    plain = line(200)(unicodedata.normalize("NFKC", said)).upper().removeprefix("RRULE:").rstrip(";")
    read_rule(plain)
    return plain


def _days(opening: Opening, parts: dict[str, str]) -> list[weekday]:
    named = parts.get("BYDAY") or (opening.weekday if parts["FREQ"] == "WEEKLY" else "") or ""
    if not named and parts["FREQ"] == "WEEKLY" and opening.first_on:
        named = WEEKDAYS[opening.first_on.weekday()]
    if not named and parts["FREQ"] != "DAILY" and "BYMONTHDAY" not in parts:
        raise Refusal("“%(title)s” needs a weekday, for a monthly meeting like “BYDAY=3WE”.", title=opening.title)
    found = [re.fullmatch(r"(-?\d)?(..)", day) for day in named.split(",") if day]
    return [weekday(WEEKDAYS.index(day[2]), int(day[1]) if day[1] else None) for day in found if day]


def _until(text: str, zone: ZoneInfo) -> datetime:
    """A bare day counts to its end; a UTC moment becomes local wall clock, as the instances are."""
    if not text:
        return datetime.combine(date.max, time.max)
    if len(text) == len("20270131"):
        return datetime.combine(_moment(text, "%Y%m%d"), time.max)
    local = _moment(text.rstrip("Z"), "%Y%m%dT%H%M%S")
    return local.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None) if text.endswith("Z") else local


def _moment(text: str, form: str) -> datetime:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - wall clock
    except ValueError:
        raise Refusal("“%(text)s” is no date.", text=text) from None


def lay_out(opening: Opening, round: Round, now: datetime) -> None:
    """Make the slots of a fixed opening what its times say. The caller flushes.

    A slot that is no longer there is deleted, or only marked where somebody was ever put into it. The slots of a
    flexible opening are the plan's: here they only lose what a withdrawal takes."""
    wanted = {} if opening.withdrawn_at else dict(unfold(opening, round))
    if opening.flexible and not opening.withdrawn_at:
        return
    for slot in list(opening.slots):
        if slot.starts_at in wanted:
            slot.ends_at, slot.seats, slot.cancelled_at = wanted.pop(slot.starts_at), opening.seats, None
        else:
            _take_away(slot, opening, now)
    opening.slots.extend(
        Slot(starts_at=start, ends_at=end, seats=opening.seats) for start, end in sorted(wanted.items())
    )


def _take_away(slot: Slot, opening: Opening, now: datetime) -> None:
    if inspect(slot).persistent and db.session.scalar(select(exists().where(Pairing.slot_id == slot.id))):
        slot.cancelled_at = slot.cancelled_at or now
        return
    opening.slots.remove(slot)
    if inspect(slot).persistent:
        db.session.delete(slot)
    elif slot in db.session:
        db.session.expunge(slot)


def few_topics(said: str) -> tuple[str, ...]:
    named = typed.several(line(100))(said)
    if len(named) > TOPICS_MOST:
        raise Unfit("At most %(most)s topics can be named.", most=TOPICS_MOST)
    return named


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a host says about an opening. Without *flexible* it takes place on *first_on* at *local_time*, and again
    by *rrule* where there is one."""

    kind: Annotated[OpeningKind, by(one_of(each(OpeningKind)))]
    title: Annotated[str, by(line(200))]
    minutes: Annotated[int, by(number(MINUTES_LEAST, MINUTES_MOST))]
    seats: Annotated[int, by(number(1, SEATS_MOST))]
    flexible: typed.Yes = False
    first_on: typed.Day | None = None
    local_time: typed.Clock | None = None
    zone: typed.Zone = ""
    rrule: Annotated[str, Field(alias="repeat"), by(rule)] = ""
    most_per_week: Annotated[int | None, by(number(1, WEEKLY_MOST))] = None
    topics: Annotated[tuple[str, ...], by(few_topics)] = ()
    place: Annotated[str, by(line(200))] = ""
    travel_minutes: Annotated[int, by(number(0, MINUTES_MOST))] = 0
    preparation: Annotated[str, by(typed.text(typed.LONG))] = ""
    confidential: typed.Yes = False
    customer_consent: Annotated[Consent | None, by(one_of(each(Consent)))] = None


def offer(round: Round, hosts: Sequence[Person], offer: Offer, now: datetime) -> Opening:
    _refuse_gone(hosts)
    opening = Opening(round=round, code=uuid4().hex, department_id=hosts[0].department_id)
    opening.hosts = [Host(person=host, position=place) for place, host in enumerate(hosts)]
    with db.session.no_autoflush:
        _put(opening, offer, round, now)
    db.session.add(opening)
    db.session.flush()
    opening.code = f"web-{opening.id}"
    return opening


def change(opening: Opening, offer: Offer, now: datetime) -> None:
    _refuse_withdrawn(opening)
    with db.session.no_autoflush:
        _put(opening, offer, opening.round, now)
    db.session.flush()


def withdraw(opening: Opening, now: datetime) -> None:
    """Take the opening back. Pressing the button twice is the same as once."""
    opening.round.refuse_closed()
    opening.withdrawn_at = opening.withdrawn_at or now
    lay_out(opening, opening.round, now)
    db.session.flush()


def of(person: Person, round: Round) -> Select[Opening]:
    """What *person* offers in *round*, with hosts and slots at hand."""
    return (
        select(Opening)
        .join(Opening.hosts)
        .where(Opening.round_id == round.id, Opening.withdrawn_at.is_(None), Host.person_id == person.id)
        .order_by(Opening.id)
        .options(selectinload(Opening.hosts).joinedload(Host.person), selectinload(Opening.slots))
    )


def _put(opening: Opening, offer: Offer, round: Round, now: datetime) -> None:
    round.refuse_closed()
    for refusal in complaints(offer, round):
        raise refusal
    opening.kind, opening.title, opening.minutes, opening.seats = offer.kind, offer.title, offer.minutes, offer.seats
    opening.most_per_week, opening.topics, opening.place = offer.most_per_week, list(offer.topics), offer.place
    opening.travel_minutes, opening.preparation = offer.travel_minutes, offer.preparation
    opening.confidential, opening.customer_consent = offer.confidential, offer.customer_consent
    _set_times(opening, offer, round)
    lay_out(opening, round, now)


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


def complaints(offer: Offer, round: Round) -> Iterator[Refusal]:
    """What is wrong with *offer*, worst first."""
    if not offer.title.strip():
        yield Refusal("Write what the guest will see.")
    if not MINUTES_LEAST <= offer.minutes <= MINUTES_MOST:
        yield Refusal("A visit takes between %(least)s and %(most)s minutes.", least=MINUTES_LEAST, most=MINUTES_MOST)
    if offer.seats < 1:
        yield Refusal("An opening needs at least one seat.")
    if offer.kind is OpeningKind.RIDE_ALONG and offer.customer_consent is None:
        yield Refusal("Say whether the customer of the ride-along has agreed.")
    if not offer.flexible and (offer.first_on is None or offer.local_time is None):
        yield Refusal("Give the first date and the time.")
    elif not offer.flexible and not _sample(offer, round):
        yield Refusal("None of its dates lies within the round and on a working day of the company.")


def _sample(offer: Offer, round: Round) -> list[Instance]:
    opening = Opening(title=offer.title, minutes=offer.minutes)
    _set_times(opening, offer, round)
    return unfold(opening, round)


def _refuse_withdrawn(opening: Opening) -> None:
    if opening.withdrawn_at:
        raise Refusal("“%(title)s” was withdrawn.", title=opening.title)


def _refuse_gone(hosts: Sequence[Person]) -> None:
    for host in hosts:
        if host.left_at:
            raise Refusal("%(name)s has left the company and cannot be a host.", name=host.display_name)
