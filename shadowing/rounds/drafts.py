"""What HR says about a round before it is one, and the public holidays it falls on."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

import holidays

from shadowing.models import Rsvp
from shadowing.rules import RoundRules
from shadowing.typed import LONG, Day, Days, Mistakes, Unfit, Yes, Zone, by, each, line, one_of, text

COUNTRIES = {
    "Asia/Tokyo": "JP",
    "Europe/Berlin": "DE",
    "Europe/London": "GB",
    "Europe/Paris": "FR",
    "America/New_York": "US",
}

DAYS_MOST = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundDraft:
    """What HR says about a round. *closed_days* are days on which nobody is visited, and so are public holidays with *holidays*."""

    title: Annotated[str, by(line(200))]
    starts_on: Day
    ends_on: Day
    answers_until: Day
    zone: Zone
    greeting: Annotated[str, by(text(LONG))] = ""
    rsvp: Annotated[Rsvp, by(one_of(each(Rsvp)))] = Rsvp.NONE
    rules: RoundRules = field(default_factory=RoundRules)
    closed_days: Days = ()
    holidays: Yes = False

    def refuse_wrong_order(self) -> None:
        """Raises Mistakes."""
        if self.ends_on < self.starts_on:
            raise Mistakes({"ends_on": Unfit("The last day is before the first day.")})
        if (self.ends_on - self.starts_on).days > DAYS_MOST:
            raise Mistakes({"ends_on": Unfit("A round can be one year long at the most.")})
        if self.answers_until >= self.ends_on:
            raise Mistakes({"answers_until": Unfit("Answers must be in before the round ends.")})

    @property
    def all_closed_days(self) -> list[date]:
        public = public_holidays(self.zone, self.starts_on, self.ends_on) if self.holidays else ()
        return sorted({*self.closed_days, *public})


def public_holidays(zone: str, first: date, last: date) -> tuple[date, ...]:
    """Those of the zone's country; none where the country is not known from the zone."""
    country = COUNTRIES.get(zone)
    if country is None:
        return ()
    known = holidays.country_holidays(country, years=range(first.year, last.year + 1), language="en_US")
    return tuple(day for day in sorted(known) if first <= day <= last)
