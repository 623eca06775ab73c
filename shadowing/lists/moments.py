"""What people write about when they are free, or when something takes place: "1/19(火) 9:00～12:00、1/20 午後", "毎週火曜の午前",
"Tue 19 Jan 9-12, afternoons if need be". A text becomes phrases: days or a rule, with pieces of a day.

Words that say nothing (「は可」, "please") are dropped; what is left over is a remark, and HR is asked what it means."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from shadowing.i18n import N_
from shadowing.lists import clocks, days, marks
from shadowing.lists.clocks import Piece
from shadowing.lists.days import RoundDays, Weekdays
from shadowing.typed import Unfit

EMPTY_WORDS = re.compile(
    r"(?:[\s、。．,.;:・/&※!＊*「」『』【】<>|]|は|の|に|で|を|が|と|も|か|です|ます|なら|お?願い(?:いた)?します|希望|空いて(?:い?ます|いる)|空き"
    r"|であれば|のみ|だけ|ごろ|頃|くらい|程度|及び|および|または|又は|の間|時間帯|候補|第[1-9一二三]希望"
    r"|(?<![a-z])(?:and|or|at|on|the|in|only|please|i'?m|free|available|from|between|is|are)(?![a-z]))*",
    re.IGNORECASE,
)
EXCEPTING = re.compile(r"以外|除[くき]|except|but not|other than", re.IGNORECASE)
ANY_DAY = RoundDays(starts_on=date(2000, 1, 1), ends_on=date(2099, 12, 31), zone="Asia/Tokyo")
ISO = re.compile(r"\d{4}-\d\d-\d\dT.*")
ELSEWHERE = re.compile(
    r"再?来週|今週|先週|明日|明後日|翌日|同[じ上様]|\d日?の?週|next |this week|tomorrow|same", re.IGNORECASE
)
BRACKETS = re.compile(r"\(([^()]*)\)")
SIMPLE = re.compile(r"[a-z']+|.", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Free:
    """A piece of a day and how well it suits; *remark* is what was written beside it and says something else."""

    piece: Piece
    level: int = marks.YES
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Days with the pieces meant on them. A phrase without pieces means the whole of its days."""

    days: tuple[date, ...] = ()
    rules: tuple[Weekdays, ...] = ()
    pieces: tuple[Free, ...] = ()

    @property
    def has_days(self) -> bool:
        return bool(self.days or self.rules)

    def on(self, round: RoundDays) -> tuple[date, ...]:
        return tuple(sorted({*self.days, *(day for rule in self.rules for day in rule.on(round))}))


@dataclass(frozen=True, slots=True)
class _Token:
    days: tuple[date, ...] = ()
    rule: Weekdays | None = None
    piece: Piece | None = None
    level: int | None = None
    up_to: bool = False
    remark: str = ""


@dataclass(slots=True)
class _Draft:
    """A phrase in the making. *mark* waits for the piece it stands before; *up_to*: the next day ends a run of days."""

    days: list[date] = field(default_factory=list)
    rules: list[Weekdays] = field(default_factory=list)
    pieces: list[Free] = field(default_factory=list)
    unmarked: bool = False
    mark: int | None = None
    remark: str = ""
    up_to: bool = False


@lru_cache(maxsize=4096)
def phrases(text: str, round: RoundDays, usual: Piece | None = None) -> tuple[Phrase, ...]:
    """What *text* says. In a grid the heading gives the days, and the *usual* piece that a mere mark is about.

    Raises Unfit where nothing can be made of it."""
    whole = clocks.ALL_DAY if usual is None else usual
    said = clocks.plain(text)
    if EXCEPTING.search(said):
        raise Unfit(
            "“%(value)s” leaves something out, which cannot be read for certain.",
            N_("Write the times that remain."),
            value=text,
        )
    if ELSEWHERE.search(said):
        hint = N_("Write the days and times in full.")
        raise Unfit("“%(value)s” can only be understood beside something else.", hint, value=text)
    drafts = [_Draft()]
    for token in _tokens(said, round):
        _take(token, drafts)
    made = tuple(_finished(draft, whole) for draft in _whole(drafts))
    if not any(phrase.has_days or phrase.pieces for phrase in made):
        hint = N_("Write it like 1/19 9:00-12:00, or mark it with ○, △ or ×.")
        raise Unfit("“%(value)s” is no time that can be read.", hint, value=text)
    return tuple(phrase for phrase in made if phrase.has_days or phrase.pieces)


def iso(text: str) -> str:
    """A whole date and time as ISO 8601 has it, where *text* writes it as spreadsheets and people do; else *text* itself."""
    said = text if ISO.fullmatch(text.strip()) else spelled_out(text)
    found = days.DAY.match(said)
    clock = clocks.AT.fullmatch(said[found.end() :].strip()) if found else None
    if found is None or clock is None or not any(found[year] for year in ("y", "era", "eight", "r", "ly", "ny")):
        return text
    try:
        day, _ = days.day(said, 0, ANY_DAY) or ((), 0)
        begin = clocks.piece(clock[0], 0)
    except Unfit:
        return text
    minutes = begin[0].begin if begin else None
    if len(day) != 1 or minutes is None:
        return text
    return (datetime.combine(day[0], datetime.min.time()) + timedelta(minutes=minutes)).isoformat(" ", "minutes")


def spelled_out(cell: str, bare: bool = False) -> str:
    """A cell of a spreadsheet as somebody would write it: serial numbers, parts of a day, lengths beyond a day; and with
    *bare* a lone 9 is an hour."""
    text = cell.strip()
    if serial := days.serial(text):
        return serial[0].isoformat() + (f" {clocks.shown(serial[1])}" if "." in text else "")
    if re.fullmatch(r"0\.\d+", text):
        return clocks.shown(round(float(text) * clocks.MIDNIGHT))
    if text.startswith("1 day, "):
        hour, _, rest = text.removeprefix("1 day, ").partition(":")
        return f"{int(hour) + 24}:{rest[:2]}"
    if bare and text.isdigit() and len(text) <= 2:
        return f"{text}:00"
    return re.sub(r"(?<=\d)T(?=\d\d:)", " ", clocks.plain(text))


def _tokens(text: str, round: RoundDays) -> Iterator[_Token]:
    at, left = 0, ""
    while at < len(text):
        found = _token(text, at, round)
        if found is None:
            end = SIMPLE.match(text, at).end()  # type: ignore[union-attr]  # matches any character
            left, at = left + text[at:end], end
            continue
        yield from _remark(left)
        left, at = "", found[1]
        yield from found[0]
    yield from _remark(left)


def _token(text: str, at: int, round: RoundDays) -> tuple[tuple[_Token, ...], int] | None:
    if text[at].isascii() and text[at].isalpha() and at and text[at - 1].isalpha() and text[at - 1].isascii():
        return None
    if day := days.day(text, at, round):
        return (_Token(days=day[0]),), day[1]
    if rule := days.rule(text, at):
        return (_Token(rule=rule[0]),), rule[1]
    if piece := clocks.piece(text, at):
        return (_Token(piece=piece[0]),), piece[1]
    if sign := marks.sign(text, at):
        return (_Token(level=sign[0]),), sign[1]
    if inner := BRACKETS.match(text, at):
        return tuple(_tokens(inner[1], round)), inner.end()
    return ((_Token(up_to=True),), at + 1) if text[at] in "~-" else None


def _remark(left: str) -> Iterator[_Token]:
    words = left.strip(" \t\n、。,.;:・/※「」")
    if words and not EMPTY_WORDS.fullmatch(words):
        yield _Token(remark=words)


def _take(token: _Token, drafts: list[_Draft]) -> None:
    draft = drafts[-1]
    if token.rule == days.EVERY_DAY and (draft.days or draft.rules):
        return  # 「14時以降ならいつでも」 is about the days that were named
    if token.days or token.rule:
        if draft.pieces or draft.unmarked or (draft.mark is not None and (draft.days or draft.rules)):
            draft = _Draft()
            drafts.append(draft)
        _take_days(token, draft)
    elif token.piece is not None:
        level = marks.YES if draft.mark is None else draft.mark
        draft.unmarked = draft.mark is None
        draft.pieces.append(Free(token.piece, level, draft.remark))
        draft.mark, draft.remark = None, ""
    elif token.level is not None:
        _mark(token.level, draft)
    elif token.remark and draft.pieces:
        draft.pieces[-1] = replace(draft.pieces[-1], remark=f"{draft.pieces[-1].remark} {token.remark}".strip())
    elif token.remark:
        draft.remark = f"{draft.remark} {token.remark}".strip()
    draft.up_to = token.up_to


def _take_days(token: _Token, draft: _Draft) -> None:
    if token.rule:
        draft.rules.append(token.rule)
    elif draft.up_to and draft.days and draft.days[-1] < token.days[0]:
        first = draft.days[-1]
        draft.days += [first + timedelta(days=number + 1) for number in range((token.days[-1] - first).days)]
    else:
        draft.days += token.days


def _mark(level: int, draft: _Draft) -> None:
    """A mark is about the piece right before it, unless that has one; else about the next one."""
    if draft.unmarked:
        draft.pieces[-1] = replace(draft.pieces[-1], level=level)
        draft.unmarked = False
    else:
        draft.mark = level


def _whole(drafts: list[_Draft]) -> list[_Draft]:
    """「午前: 1/19, 1/20」: pieces that stand before the first day belong to it where it has none of its own."""
    if (
        len(drafts) > 1
        and not drafts[0].days
        and not drafts[0].rules
        and not drafts[1].pieces
        and drafts[1].mark is None
    ):
        drafts[1].pieces = drafts[0].pieces
        return drafts[1:]
    return drafts


def _finished(draft: _Draft, usual: Piece) -> Phrase:
    pieces = draft.pieces
    if not pieces and (draft.mark is not None or draft.days or draft.rules):
        pieces = [Free(usual, marks.YES if draft.mark is None else draft.mark, draft.remark)]
    elif pieces and draft.remark:
        pieces = [*pieces[:-1], replace(pieces[-1], remark=f"{pieces[-1].remark} {draft.remark}".strip())]
    return Phrase(tuple(draft.days), tuple(draft.rules), tuple(pieces))
