"""Where the header of a list of openings stands, and what single cells of it say: kinds, seats, consent, and the words about
when, which may be spread over a date, a beginning, an end and a length."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from shadowing.folding import fold
from shadowing.lists import clocks, marks, moments
from shadowing.lists.round_headings import RoundMeaning, meaning
from shadowing.lists.workbooks import Worksheet, WorksheetRow

LOOKED_AT, KNOWN_LEAST = 12, 3
M = RoundMeaning
OFFERING = frozenset((M.KIND, M.TITLE, M.TOPICS, M.SEATS, M.OPENING, M.CONSENT, M.TRAVEL))
TELLING_WHEN = frozenset((M.WHEN, M.DATE, M.WEEKDAY, M.BEGIN, M.RULE))
KIND_WORDS = {
    "desk": "desk 隣で見る デスク 同席 shadowing",
    "meeting": "meeting 定例会議の席 定例会議 会議 定例 打ち合わせ 打合せ ミーティング mtg 会議の席",
    "ride_along": "ride_along ride-along ridealong 営業同行 同行 訪問同行 お客様先への同行 外出同行",
    "workshop": "workshop ワークショップ 勉強会 研修 セミナー",
    "team": "team チーム プロジェクト プロジェクトチーム project",
}
KINDS = {fold(word): kind for kind, words in KIND_WORDS.items() for word in words.split()}
CERTAIN = (("隣で見る", "desk"), ("定例会議の席", "meeting"), ("営業同行", "ride_along"))
LIKELY = (
    (re.compile("隣|シャドウ|desk|beside", re.IGNORECASE), "desk"),
    (re.compile("同行|ride|customer visit", re.IGNORECASE), "ride_along"),
    (
        re.compile(
            "会議|朝会|夕会|定例|ミーティング|レビュー|打ち?合わ?せ|mtg|meeting|review|stand-?up", re.IGNORECASE
        ),
        "meeting",
    ),
    (re.compile("勉強会|研修|セミナー|講座|ワークショップ|workshop|training|seminar", re.IGNORECASE), "workshop"),
    (re.compile("プロジェクト|project|チーム|team", re.IGNORECASE), "team"),
)
ANY_TIME = re.compile(
    r"(?:いつでも|随時|応?相談|要相談|要?調整|都度|flexible|any ?time|tbd|by arrangement)(?:可|ok|です)?", re.IGNORECASE
)
AGREED, ASKING = (
    re.compile("済|了承$|承諾|agreed", re.IGNORECASE),
    re.compile("中|未|予定|これから|asked|pending", re.IGNORECASE),
)


@dataclass(frozen=True, slots=True)
class OfferColumns:
    """The places of each meaning; of beginnings there may be several candidates."""

    headings: tuple[str, ...]
    places: Mapping[RoundMeaning, tuple[int, ...]]
    body: tuple[WorksheetRow, ...]

    def cell(self, row: WorksheetRow, meaning: RoundMeaning) -> str:
        return ", ".join(row[place] for place in self.places.get(meaning, ()) if row[place])

    def heading(self, meaning: RoundMeaning, japanese: str, english: str) -> str:
        """How the list calls it, or would call it."""
        if meaning in self.places:
            return " ".join(self.headings[self.places[meaning][0]].split())
        return english if all(heading.isascii() for heading in self.headings) else japanese


def find(sheet: Worksheet) -> OfferColumns | None:
    """The header with the most known meanings; None where no row is that of a list of openings."""
    rows = [row for row in sheet.rows if row.trouble is None]
    found = (_columns(rows, place) for place in range(min(LOOKED_AT, len(rows))))
    likely = [columns for columns in found if _is_header(columns)]
    return max(likely, key=lambda columns: len(columns.places), default=None)


def _columns(rows: list[WorksheetRow], start: int) -> OfferColumns:
    places: dict[RoundMeaning, tuple[int, ...]] = {}
    for place, heading in enumerate(rows[start].cells):
        known = meaning(re.sub(r"第?\s*[1-9１-９]\s*(?=候補|希望)", "", heading), offers=True)
        if known and (known not in places or known is M.WHEN):
            places[known] = (*places.get(known, ()), place)
    if M.TITLE not in places and M.TOPICS in places:
        places[M.TITLE] = places.pop(M.TOPICS)
    return OfferColumns(rows[start].cells, places, tuple(rows[start + 1 :]))


def _is_header(columns: OfferColumns) -> bool:
    """A list of free times has people and times too, but neither titles nor seats nor kinds."""
    meanings = columns.places.keys()
    offering = len(OFFERING & meanings) + (M.TITLE in meanings)
    return offering >= 2 and len(meanings) >= KNOWN_LEAST and bool(M.HOSTS in meanings or TELLING_WHEN & meanings)


def kind(word: str) -> str | None:
    """The kind that *word* is the very name of."""
    return KINDS.get(fold(word))


def certain_kind(title: str) -> str | None:
    return next((which for word, which in CERTAIN if fold(word) in fold(title)), None)


def likely_kind(words: str) -> str:
    """見学 and whatever else says no more is an hour beside somebody."""
    return next((which for pattern, which in LIKELY if pattern.search(words)), "desk")


def seats(cell: str) -> int | None:
    """Of 2人まで and 1～2名 the most."""
    numbers = re.findall(r"\d{1,4}", clocks.plain(cell))
    return max(map(int, numbers)) if numbers else None


def consent(cell: str) -> str:
    """The word of the customer; silence means that somebody will ask."""
    level = marks.level(cell) if cell else None
    if level is not None:
        return {marks.YES: "yes", marks.MAYBE: "asked", marks.NO: "no"}[level]
    return "asked" if not cell or ASKING.search(cell) else "yes" if AGREED.search(cell) else "asked"


def is_any_time(text: str) -> bool:
    return ANY_TIME.fullmatch(clocks.plain(text)) is not None


def when(columns: OfferColumns, row: WorksheetRow) -> tuple[str, int | None]:
    """All that a row says about when, as one text; and how many minutes it lasts, where it says so apart."""
    parts = [moments.spelled_out(columns.cell(row, which)) for which in (M.WHEN, M.RULE, M.WEEKDAY, M.DATE)]
    begin, end = (moments.spelled_out(columns.cell(row, which), bare=True) for which in (M.BEGIN, M.END))
    time = columns.cell(row, M.TIME)
    between = f"{begin}~{end}" if begin and end else begin
    length = clocks.duration(time) if time else None
    is_clock = re.fullmatch(r"\d{1,2}:\d\d(?::\d\d)?", clocks.plain(time)) is not None
    has_begin = bool(begin) or any(re.search(r"\d\s*[:時]", clocks.plain(part)) for part in parts)
    if time and (length is None or (is_clock and not has_begin)):
        return " ".join(filter(None, (*parts, between, moments.spelled_out(time)))), None
    return " ".join(filter(None, (*parts, between))), length
