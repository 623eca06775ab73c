"""A regular meeting unfolded into its dates. It means wall clock: its rule (RFC 5545 3.3.10) is unfolded in local time, and each
instance becomes UTC on its own."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import dropwhile, islice
from typing import Literal
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule, weekday

from shadowing.errors import Refusal
from shadowing.models import Exceptions, MovedDate, Opening, Round
from shadowing.typed import Unfit, clock, line
from shadowing.typed import day as day_of

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES: dict[str, Literal[1, 2, 3]] = {"DAILY": DAILY, "WEEKLY": WEEKLY, "MONTHLY": MONTHLY}
SHAPES = {
    "FREQ": "DAILY|WEEKLY|MONTHLY",
    "INTERVAL": r"[1-9]\d?",
    "BYDAY": r"(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU)(,(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU))*",
    "BYMONTHDAY": r"-?([1-9]|[12]\d|3[01])(,-?([1-9]|[12]\d|3[01]))*",
    "COUNT": r"[1-9]\d{0,3}",
    "UNTIL": r"\d{8}(T\d{6}Z?)?",
    "BYSETPOS": r"-?[1-5](,-?[1-5])*",
    "WKST": "MO|TU|WE|TH|FR|SA|SU",
}
RULE_LONGEST = 200
MOVES_MOST = 20
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
    held = {when for day in days for when in _excepted(day, opening.exceptions or Exceptions())}
    return [when.replace(tzinfo=zone).astimezone(UTC) for when in sorted(held)]


def _excepted(when: datetime, exceptions: Exceptions) -> list[datetime]:
    """The date itself, the one that it is moved to, or none."""
    moved = [one.to for one in exceptions.moved if one.day == when.date()]
    return moved or ([] if exceptions.leave_out(when.date()) else [when])


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
        bysetpos=[int(place) for place in parts.get("BYSETPOS", "").split(",") if place] or None,
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
    parts = dict(part.partition("=")[::2] for part in text.strip().upper().removeprefix("RRULE:").split(";") if part)
    wrong = [key for key, value in parts.items() if key not in SHAPES or not re.fullmatch(SHAPES[key], value)]
    if wrong or "FREQ" not in parts or {"COUNT", "UNTIL"} <= set(parts):
        raise Unfit("“%(rule)s” is no rule that we know. Write it like “FREQ=WEEKLY;INTERVAL=2;BYDAY=TU”.", rule=text)
    if parts["FREQ"] != "MONTHLY" and re.search(r"\d", parts.get("BYDAY", "")):
        raise Unfit("“%(rule)s” counts weekdays, which only a monthly rule can do.", rule=text)
    if "BYSETPOS" in parts and (parts["FREQ"] != "MONTHLY" or "BYDAY" not in parts):
        raise Unfit("“%(rule)s” picks from the weekdays of a month, which it does not name.", rule=text)
    return parts


def rule(said: str) -> str:
    """A recurrence rule in the form in which it is kept."""
    plain = line(RULE_LONGEST)(unicodedata.normalize("NFKC", said)).upper().removeprefix("RRULE:").rstrip(";")
    read_rule(plain)
    return plain


def moves(said: str) -> tuple[MovedDate, ...]:
    """One a line: the day that it would be, the day instead where that is another one, and the time."""
    found = []
    for text in filter(str.strip, said.splitlines()):
        parts = unicodedata.normalize("NFKC", text).replace("→", " ").split()
        if len(parts) not in (2, 3):
            raise Unfit(
                "“%(value)s” is no moved date. Write it like “2027-01-26 2027-01-27 15:00”.", value=text.strip()
            )
        found.append(MovedDate(day=day_of(parts[0]), to=datetime.combine(day_of(parts[-2]), clock(parts[-1]))))
    if len({one.day for one in found}) < len(found) or len(found) > MOVES_MOST:
        raise Unfit("Each date can be moved once, and at most %(most)s of them.", most=MOVES_MOST)
    return tuple(sorted(found))


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
