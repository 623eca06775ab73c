"""When the openings of one row of a list take place: single days, or a rule, with a beginning and a length."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from shadowing.i18n import N_
from shadowing.lists import clocks, moments, offer_columns
from shadowing.lists.days import RoundDays, Weekdays
from shadowing.lists.offer_columns import OfferColumns
from shadowing.lists.workbooks import WorksheetRow
from shadowing.typed import Unfit

CLOCK = re.compile(r"\d\s?[:時]")


@dataclass(frozen=True, slots=True)
class OfferTime:
    """When one row takes place, before it is asked about. *minutes* is None where nothing says how long."""

    days: tuple[date, ...] = ()
    rule: Weekdays | None = None
    begin: int | None = None
    minutes: int | None = None
    remark: str = ""


def occasions(columns: OfferColumns, row: WorksheetRow, round: RoundDays) -> list[OfferTime]:
    """Raises Unfit."""
    text, length = offer_columns.when(columns, row)
    if not text:
        raise Unfit("This opening has no time.", N_("Write a day and a time, such as 1/19 14:00-15:00, or “any time”."))
    if offer_columns.is_any_time(text):
        return [OfferTime(minutes=length)]
    phrases = moments.phrases(text, round)
    pieces = [free for phrase in phrases for free in phrase.pieces if free.piece != clocks.ALL_DAY]
    if not pieces:
        raise Unfit(
            "“%(value)s” does not say at what time it begins.", N_("Write it like 1/19 14:00-15:00."), value=text
        )
    if not any(phrase.has_days for phrase in phrases):
        raise Unfit("“%(value)s” does not say on which day.", N_("Write it like 1/19 9:00-12:00."), value=text)
    if len({free.piece for free in pieces}) == 1:
        together = moments.Phrase(
            tuple(day for phrase in phrases for day in phrase.days),
            tuple(rule for phrase in phrases for rule in phrase.rules),
            (replace(pieces[0], remark=" ".join(dict.fromkeys(free.remark for free in pieces if free.remark))),),
        )
        phrases = (together,)
    return [
        found for phrase in phrases for free in phrase.pieces for found in _occasion(phrase, free, length, text, round)
    ]


def _occasion(
    phrase: moments.Phrase, free: moments.Free, length: int | None, text: str, round: RoundDays
) -> Iterator[OfferTime]:
    begin, end = free.piece.begin, free.piece.end
    if begin is None or (free.piece == clocks.EVENING and not CLOCK.search(text)):
        raise Unfit(
            "“%(value)s” does not say at what time it begins.", N_("Write it like 1/19 14:00-15:00."), value=text
        )
    minutes = length if end is None or end == begin else end - begin
    if length is not None and minutes != length:
        raise Unfit("“%(value)s” and the length of %(minutes)s minutes do not agree.", value=text, minutes=length)
    away = [day for day in phrase.days if not round.holds(day) or day in round.closed]
    if away or not phrase.on(round):
        raise Unfit(
            "“%(value)s” is not on an open day of the round, which goes from %(first)s to %(last)s.",
            value=", ".join(map(str, away)) or text,
            first=round.starts_on,
            last=round.ends_on,
        )
    if phrase.days:
        yield OfferTime(tuple(sorted(set(phrase.days))), None, begin, minutes, free.remark)
    yield from (OfferTime((), rule, begin, minutes, free.remark) for rule in phrase.rules)
