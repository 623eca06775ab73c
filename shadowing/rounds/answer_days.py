"""How the answers of a round came in, day by day: what its picture is drawn from."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from sqlalchemy import select

from shadowing.extensions import db
from shadowing.models import Guest, Person, Round


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDays:
    """*counts* are those of *asked* who had answered by the end of each day, from the first day to the last one that has begun;
    whoever changes an answer counts on the day of the change. *until* is the last day for answers, or today where that is over."""

    asked: int
    first: date
    until: date
    counts: tuple[int, ...]

    @property
    def days(self) -> tuple[tuple[date, int, int], ...]:
        """The days on which answers came: how many, and how many there were then."""
        before = (0, *self.counts)
        rows = ((self.first + timedelta(days=n), now - before[n], now) for n, now in enumerate(self.counts))
        return tuple(row for row in rows if row[1])

    @property
    def width(self) -> int:
        return (self.until - self.first).days + 1

    @property
    def points(self) -> str:
        """A line for SVG in a box of *width* by *asked*: it begins at nobody and steps a unit to the right for each day."""
        steps = enumerate((0, *self.counts))
        return " ".join(f"{day},{self.asked - count}" for day, count in steps)


def of(round: Round, now: datetime) -> AnswerDays | None:
    """None before anybody is asked. One statement."""
    asked = select(Guest.asked_at, Guest.answered_at).join_from(Guest, Person)
    asked = asked.where(Guest.round_id == round.id, Guest.asked_at.is_not(None), Person.left_at.is_(None))
    rows = db.session.execute(asked).all()
    if not rows:
        return None
    zone = ZoneInfo(round.zone)
    today = now.astimezone(zone).date()
    first = min(row[0] for row in rows if row[0]).astimezone(zone).date()
    came = Counter(max(row[1].astimezone(zone).date(), first) for row in rows if row[1])
    last = max((today, *came))
    counts = accumulate(came[first + timedelta(days=day)] for day in range((last - first).days + 1))
    return AnswerDays(asked=len(rows), first=first, until=max(round.answers_until, last), counts=tuple(counts))
