"""What a host says about an opening, read from a form or a list."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Annotated

from pydantic import Field

from shadowing import typed
from shadowing.collecting.recurrence import moves, rule
from shadowing.models import Consent, Exceptions, MovedDate, OpeningKind, Participation, Riding
from shadowing.typed import Unfit, by, each, line, number, one_of

MINUTES_LEAST, MINUTES_MOST = 15, 480
SEATS_MOST, WEEKLY_MOST, TOPICS_MOST, CAR_SEATS_MOST = 1000, 100, 10, 60


def few_topics(said: str) -> tuple[str, ...]:
    named = typed.several(line(100))(said)
    if len(named) > TOPICS_MOST:
        raise Unfit("At most %(most)s topics can be named.", most=TOPICS_MOST)
    return named


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a host says about an opening. Without *flexible* it takes place on *first_on* at *local_time*, and again
    by *rrule* where there is one, but for what it excepts. Without *participation* that stays as it is, and without
    *with_exceptions* and *with_riding* those stay: lists do not say them."""

    kind: Annotated[OpeningKind, by(one_of(each(OpeningKind)))]
    title: Annotated[str, by(line(200))]
    customer_consent: Annotated[Consent | None, by(one_of(each(Consent)))] = None
    travel_minutes: Annotated[int, by(number(0, MINUTES_MOST))] = 0
    flexible: typed.Yes = False
    rrule: Annotated[str, Field(alias="repeat"), by(rule)] = ""
    first_on: typed.Day | None = None
    local_time: typed.Clock | None = None
    with_exceptions: typed.Yes = False
    not_on: Annotated[tuple[date, ...], by(typed.days)] = ()
    paused_from: typed.Day | None = None
    paused_until: typed.Day | None = None
    moved: Annotated[tuple[MovedDate, ...], by(moves)] = ()
    seats: Annotated[int, by(number(1, SEATS_MOST))]
    minutes: Annotated[int, by(number(MINUTES_LEAST, MINUTES_MOST))]
    place: Annotated[str, by(line(200))] = ""
    preparation: Annotated[str, by(typed.text(typed.LONG))] = ""
    participation: Annotated[Participation | None, by(one_of(each(Participation)))] = None
    most_per_week: Annotated[int | None, by(number(1, WEEKLY_MOST))] = None
    topics: Annotated[tuple[str, ...], by(few_topics)] = ()
    confidential: typed.Yes = False
    with_riding: typed.Yes = False
    meeting_point: Annotated[str, by(line(200))] = ""
    driver: Annotated[str, by(line(100))] = ""
    car_seats: Annotated[int | None, by(number(1, CAR_SEATS_MOST))] = None
    dress: Annotated[str, by(line(100))] = ""
    cards: typed.Yes | None = None
    guest_does: Annotated[str, by(line(200))] = ""
    customer_knows: Annotated[str, by(line(200))] = ""
    phone: Annotated[str, by(line(40))] = ""
    debrief: typed.Yes = False
    zone: typed.Zone = ""

    @property
    def exceptions(self) -> Exceptions:
        return Exceptions(
            not_on=self.not_on, paused_from=self.paused_from, paused_until=self.paused_until, moved=self.moved
        )

    @property
    def riding(self) -> Riding:
        return Riding(**{name: getattr(self, name) for name in RIDING})


RIDING = tuple(one.name for one in fields(Riding))
EXCEPTIONS = ("with_exceptions", "not_on", "paused_from", "paused_until", "moved")
APART = ("participation", *EXCEPTIONS, "with_riding", *RIDING)
"""What a list does not say of an opening."""

NAMES = tuple("repeat" if one.name == "rrule" else one.name for one in fields(Offer))
STAND_INS = {"kind": OpeningKind.DESK, "title": "?", "seats": 1, "minutes": MINUTES_LEAST}
"""For what cannot be read, so that the other fields are looked at together all the same."""
