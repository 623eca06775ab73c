"""What single cells of HR's lists say: blank, an error of a formula, an id that a spreadsheet guards, a day in any writing."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta

from shadowing.folding import fold, katakana

BLANK = frozenset(
    (
        "",
        "-",
        "--",
        "―",
        "—",
        "−",
        "ー",
        "ナシ",
        "無シ",
        "無",
        "未定",
        "未設定",
        "未入力",
        "n/a",
        "na",
        "null",
        "none",
        "nil",
        "#",
        "*",
    )
)
BLANK_LONGEST = 8
DITTO = frozenset(("〃", "″", "同上", "々", "仝", '"', "''"))
ERRORS = frozenset(
    (
        "#N/A",
        "#REF!",
        "#NAME?",
        "#VALUE!",
        "#DIV/0!",
        "#NUM!",
        "#NULL!",
        "#GETTING_DATA",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
        "#BLOCKED!",
    )
)
ADDRESS = re.compile(r"[^@\s<>,;/、，；()\[\]\"|:]+@[^@\s<>,;/、，；()\[\]\"|:]+\.[^@\s<>,;/、，；()\[\]\"|:]+")
LOCAL_PART = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9._+\-']*@?")
INVISIBLE = re.compile(
    "[\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]|(?<![\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d"
)
SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+\d{1,3}|\d\.\d+[eE]\d{1,3}")
KANA = re.compile(r"[ァ-ヶーぁ-ゖｦ-ﾟ・･\s　]+")
PRINTABLE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/@+\-]*")
GUARDED = re.compile(r"=\"([^\"]*)\"|'([A-Za-z0-9].*)")
GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")
ERAS = {"令和": 2018, "r": 2018, "平成": 1988, "h": 1988, "昭和": 1925, "s": 1925}
ERA = re.compile(
    r"(令和|平成|昭和|[rhs])\s*(元|\d{1,2})\s*[年./\-]\s*(\d{1,2})\s*[月./\-]\s*(\d{1,2})\s*日?", re.IGNORECASE
)
YEAR_FIRST = re.compile(r"(\d{4})\s*[年./\-]\s*(\d{1,2})\s*[月./\-]\s*(\d{1,2})\s*日?(?:\D.*)?")
YEAR_LAST = re.compile(r"(\d{1,2})\s*([./\-])\s*(\d{1,2})\s*[./\-]\s*(\d{4})(?:\s.*)?")
MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
NAMED_MONTH = re.compile(
    r"(?:(\d{1,2})[\s.\-/]*([a-z]{3})[a-z]*|([a-z]{3})[a-z]*\.?\s*(\d{1,2}))(?:st|nd|rd|th)?[\s,.\-/]*(\d{4})",
    re.IGNORECASE,
)
EXCEL_EPOCH = date(1899, 12, 30)
SERIALS = range(20_000, 80_000)
NEVER = 2900


def clean(cell: str) -> str:
    """The cell without what spreadsheets put around a text; empty where it stands for nothing."""
    text = cell.strip() if cell.isascii() else INVISIBLE.sub("", cell).strip()  # strip knows every kind of blank
    if guarded := GUARDED.fullmatch(text):
        text = (guarded[1] if guarded[1] is not None else guarded[2]).strip()
    return "" if len(text) <= BLANK_LONGEST and katakana(text).casefold() in BLANK else text


def is_error(cell: str) -> bool:
    return cell.strip().upper() in ERRORS


def is_ditto(cell: str) -> bool:
    return cell.strip() in DITTO


def addresses(cell: str) -> tuple[str, ...]:
    """The mail addresses of a cell, each once: bare, with a name, as a link, or several."""
    if "@" not in cell and "＠" not in cell:
        return ()
    found = ADDRESS.findall(unicodedata.normalize("NFKC", clean(cell)))
    return tuple({address.casefold(): address.strip("'.") for address in reversed(found)}.values())[::-1]


def is_mail(cell: str) -> bool:
    return bool(addresses(cell))


def is_local_part(cell: str) -> bool:
    """What stands before the @ of an address, where a list leaves the rest out."""
    return LOCAL_PART.fullmatch(unicodedata.normalize("NFKC", cell).strip()) is not None


def is_kana(cell: str) -> bool:
    return KANA.fullmatch(unicodedata.normalize("NFKC", cell)) is not None


def is_id(cell: str) -> bool:
    return PRINTABLE_ID.fullmatch(unicodedata.normalize("NFKC", id_of(cell))) is not None


def is_truth(cell: str) -> bool:
    return cell.strip().upper() in ("TRUE", "FALSE")


def is_name(cell: str) -> bool:
    return not (is_mail(cell) or is_truth(cell) or is_error(cell) or re.fullmatch(r"[\d\s./:\-]+", cell))


def id_of(cell: str) -> str:
    """`1,002` and `1002.0` are what spreadsheets make of 1002."""
    text = unicodedata.normalize("NFKC", clean(cell))
    if text.isalnum():
        return text
    return text.replace(",", "") if GROUPED.fullmatch(text) else re.sub(r"^(\d+)\.0$", r"\1", text)


def month_comes_first(cells: Sequence[str]) -> bool | None:
    """Whether `6/30/2026` or `30/6/2026` is the way of this column; None where its cells do not tell."""
    for cell in cells:
        match = YEAR_LAST.fullmatch(unicodedata.normalize("NFKC", cell).strip())
        if match and match[2] == ".":
            return False
        if match and int(match[1]) > 12:
            return False
        if match and int(match[3]) > 12:
            return True
    return None


def day(cell: str, month_first: bool | None) -> date | None:
    """A day in any writing; None for what is no day, and for one so late that it means never."""
    text = unicodedata.normalize("NFKC", clean(cell)).strip()
    try:
        found = _day(text, month_first)
    except (ValueError, OverflowError):
        return None
    return None if found is None or found.year >= NEVER else found


def is_never(cell: str) -> bool:
    """9999/12/31 is how systems write that somebody stays."""
    match = re.match(r"(\d{4})(?:\D|\d{4}\Z)", unicodedata.normalize("NFKC", clean(cell)))
    return match is not None and int(match[1]) >= NEVER


def _day(text: str, month_first: bool | None) -> date | None:
    if match := ERA.fullmatch(text):
        year = ERAS[match[1].lower()] + (1 if match[2] == "元" else int(match[2]))
        return date(year, int(match[3]), int(match[4]))
    if match := YEAR_FIRST.fullmatch(text):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := YEAR_LAST.fullmatch(text):
        first, second = int(match[1]), int(match[3])
        if month_first:
            first, second = second, first
        return date(int(match[4]), second, first) if month_first is not None else None
    if match := NAMED_MONTH.fullmatch(text):
        month, number = (match[2], match[1]) if match[1] else (match[3], match[4])
        return date(int(match[5]), MONTHS[month.lower()], int(number)) if month.lower() in MONTHS else None
    if re.fullmatch(r"[12]\d{7}", text):
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text) and int(float(text)) in SERIALS:
        return EXCEL_EPOCH + timedelta(days=int(float(text)))
    return None


LEFT = re.compile(
    r"退職|退社|離職|除籍|解雇|契約終了|満了|無効|停止済|terminat|inactive|deactiv|resign|retired|disabled|left|former|離任|退任|deprovision|archived"
    r"|offboard|ausgeschieden|sorti|baja|cessat|离职|離職|퇴사|퇴직",
    re.IGNORECASE,
)
NOT_YET = re.compile(r"予定|見込|未|will|pending|scheduled|plan", re.IGNORECASE)
AWAY = re.compile(
    r"休職|休業|育休|産休|休暇|leave|sabbatical|furlough|parental|maternity|elternzeit|excedencia|休假|휴직",
    re.IGNORECASE,
)
COMING = re.compile(r"入社予定|内定|入社前|pre.?hire|onboarding|not started|incoming|採用予定", re.IGNORECASE)
BLOCKED = re.compile(r"suspend|停止|ロック|locked|blocked", re.IGNORECASE)
STAYS = re.compile(
    r"在職|在籍|在勤|現職|勤務中|就業中|在职|재직|aktiv|actif|activo|attivo|ativo|active|enabled|current|employed|有効|稼働|出向|正常",
    re.IGNORECASE,
)
YES = frozenset(
    map(fold, ("1", "true", "yes", "y", "on", "○", "〇", "◯", "はい", "有", "有効", "在籍", "在職", "レ", "✓"))
)
CODES = {"a": "here", "t": "left", "l": "away"}
KIND_OF_WORK = re.compile(
    r"社員|正規|契約|派遣|委託|出向|嘱託|パート|アルバイト|役員|顧問|常勤|管理職|一般|新卒|中途|再雇用|無期|有期|試用|時短|full|part|contract"
    r"|permanent|regular|temp|intern|employee|worker|contingent|member|staff|exempt|probation",
    re.IGNORECASE,
)
NO = frozenset(map(fold, ("0", "false", "no", "n", "off", "×", "✕", "いいえ", "無", "無効")))


def standing(cell: str, heading: str) -> str:
    """What a column of statuses says of a person: `left`, `away`, `coming`, `blocked`, `here`, or empty where it is not understood.

    `1` under 退職フラグ has left, `0` under Active as well."""
    text = unicodedata.normalize("NFKC", clean(cell))
    if not text:
        return ""
    if text.casefold() in CODES:
        return CODES[text.casefold()]
    asks_for_leavers = bool(LEFT.search(unicodedata.normalize("NFKC", heading)) or "suspended" in heading.casefold())
    if fold(text) in YES:
        return "left" if asks_for_leavers else "here"
    if fold(text) in NO or text in ("514", "66050"):
        return "here" if asks_for_leavers and text not in ("514", "66050") else "left"
    for said, words in (("coming", COMING), ("away", AWAY), ("left", LEFT), ("blocked", BLOCKED), ("here", STAYS)):
        if words.search(text):
            return "here" if said == "left" and NOT_YET.search(text) else said
    return ""
