"""Working hours as people type them, `月-金 9:00〜17時半`, `平日 9-17`, `Mon to Fri 9:00-17:30`, as the columns keep them."""

import re
import unicodedata

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPELT = {
    "平日": "mon-fri",
    "毎日": "mon-sun",
    "weekdays": "mon-fri",
    "daily": "mon-sun",
    **dict(zip("月火水木金土日", DAYS, strict=True)),
}
DAY = "|".join(DAYS)
LONG_DAY = re.compile(rf"\b({DAY})(?:day|sday|nesday|rsday|urday)s?\b")
DASH = re.compile(r"\s*(?:[-‐–—―−ー~〜]|から|\bto\b)\s*")
CLOCK = r"(\d{1,2})(?::(\d\d)|時(?:(半)|(\d{1,2})分?)?)?"
SPAN = re.compile(rf"{CLOCK}-{CLOCK}(?:まで)?")


def spelt(said: str) -> str:
    """Like `mon-fri 09:00-18:00`; what is not understood stays. Where no days are named they are Monday to Friday."""
    text = DASH.sub("-", unicodedata.normalize("NFKC", said).lower())
    return ", ".join(_part(piece.strip()) for piece in re.split(r"[,;、\n]", text) if piece.strip())


def _part(text: str) -> str:
    digit = re.search(r"\d", text)
    cut = digit.start() if digit else len(text)
    days, span = _days(text[:cut].strip()), SPAN.fullmatch(text[cut:])
    if not days or not span:
        return text
    begin, end = _clock(*span.groups()[:4]), _clock(*span.groups()[4:])
    return ", ".join(f"{day} {begin}-{end}" for day in days)


def _days(words: str) -> list[str]:
    """`月・水` and `mon and wed` name two; none where the words are no days."""
    if not words:
        return ["mon-fri"]
    plain = LONG_DAY.sub(r"\1", re.sub("曜日?|毎週|every", "", words))
    for spelling, day in SPELT.items():
        plain = plain.replace(spelling, day)
    found: list[str] = re.findall(rf"(?:{DAY})(?:-(?:{DAY}))?", plain)
    rest = re.sub(r"\band\b|[・/&と\s]", "", plain)
    return found if "".join(found) == rest else []


def _clock(hour: str, minute: str | None, half: str | None, minutes: str | None) -> str:
    return f"{int(hour):02}:{minute or ('30' if half else (minutes or '0').zfill(2))}"
