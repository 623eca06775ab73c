"""In which encoding a text was written: what the bytes say for sure, and else what reads like the names of people.

Strict decoding alone is not enough: `Inès` as Western bytes is valid CP932 and reads `In鑚`. So each candidate's letters are
counted: kana, everyday kanji and accented letters within a word speak for it, kanji glued to Latin letters and stray
half-width kana against it."""

import re
import unicodedata
from collections.abc import Iterator

from shadowing.errors import Refusal

BOMS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\0\0": "utf-32",
    b"\0\0\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
ESCAPES = (b"\x1b$B", b"\x1b$@", b"\x1b(J")
NO_LISTS = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"7z\xbc\xaf": "7z",
    b"Rar!": "RAR",
}
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
GUESSED = ("cp932", "euc_jp", "cp1252")
WORDS = {"cp932": "CP932", "euc_jp": "EUC-JP", "cp1252": "Windows-1252"}
NOT_CP932 = re.compile("[\uf8f0-\uf8ff]")  # what Python makes of four bytes that CP932 leaves undefined
GLUED = re.compile(r"(?<=[A-Za-z])[㐀-鿿]|[㐀-鿿](?=[a-z])")
EVERYDAY = re.compile(r"[ぁ-んァ-ヶー々、。ー（）・]")
LONE_HALF = re.compile(r"(?<![ｦ-ﾟ])[ｦ-ﾟ]{1,2}(?![ｦ-ﾟ])")
ACCENTED = re.compile(r"(?<=[A-Za-z])[À-ÖØ-öø-ÿŠšŽžŸœŒ]|[À-ÖØ-öø-ÿŠšŽžŸœŒ](?=[A-Za-z])")
LOST, DAMAGED = "\ufffd", 8
SAMPLE = 20_000
SHOWN = 3


def decode(data: bytes, chosen: str = "") -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """The encoding, the text, and the readings that HR must choose among (none where the bytes leave no doubt).

    *chosen* is HR's choice among earlier readings. Raises Refusal."""
    if data.startswith(OLD_EXCEL):
        raise Refusal("This is an old .xls file, or one locked by a password. Save it as .xlsx or as CSV.")
    if kind := next((kind for start, kind in NO_LISTS.items() if data.startswith(start)), ""):
        raise Refusal("This is a %(kind)s file, no list. Save the list as .xlsx or as CSV.", kind=kind)
    for encoding in _certain(data):
        try:
            return encoding, _text(data, encoding), ()
        except UnicodeDecodeError:
            continue
    if b"\0" in data:
        raise no_text()
    if damaged := _damaged(data):
        return damaged
    readings = sorted(_readings(data), key=lambda found: -found[0])
    if not readings:
        raise Refusal("This file is neither UTF-8 nor Japanese CP932 (Shift_JIS). Save it again as CSV UTF-8.")
    worth, likeliest, text = readings[0]
    if likeliest == "cp932" and worth >= 0:
        return likeliest, text, ()
    by_name = {WORDS[encoding]: (encoding, text) for _, encoding, text in readings}
    encoding, text = by_name.get(chosen, (likeliest, text))
    return encoding, text, tuple((name, _sample(text)) for name, (_, text) in by_name.items())


def _damaged(data: bytes) -> tuple[str, str, tuple[tuple[str, str], ...]] | None:
    """UTF-8 with a few broken bytes, which read � and cost only their rows. (None: it never was UTF-8.)"""
    text = data.decode("utf-8-sig", errors="replace")
    lost = text.count(LOST)
    whole = sum(letter > "\x7f" for letter in text) - lost
    return ("utf-8", unicodedata.normalize("NFC", text), ()) if 0 < lost * DAMAGED <= whole else None


def no_text() -> Refusal:
    return Refusal("This file contains NUL characters, so it is no text. Save it again as CSV UTF-8.")


def _certain(data: bytes) -> Iterator[str]:
    marked = next((encoding for bom, encoding in BOMS.items() if data.startswith(bom)), None)
    if marked:
        yield marked
        return
    if any(escape in data for escape in ESCAPES):
        yield "iso2022_jp_2"
    if b"\0" not in data:
        yield "utf-8"
        return
    even, odd = data[::2].count(0), data[1::2].count(0)
    yield "utf-16-le" if odd > even else "utf-16-be"


def _text(data: bytes, encoding: str) -> str:
    text = data.decode(encoding)
    if "\0" in text or (encoding.startswith("utf-16-") and not _is_plausible_utf_16(text)):
        raise no_text()
    return unicodedata.normalize("NFC", text).lstrip("\ufeff")


def _is_plausible_utf_16(text: str) -> bool:
    """Without a mark, only what is mostly printed text: a line break and no control characters."""
    return any(mark in text for mark in "\t,;") and not re.search("[\x00-\x08\x0e-\x1f]", text)


def _readings(data: bytes) -> Iterator[tuple[float, str, str]]:
    for encoding in GUESSED:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "cp932" and NOT_CP932.search(text):
            continue
        worth = plausibility(text[:SAMPLE])
        if worth > 0 or encoding == "cp932":
            yield worth, encoding, unicodedata.normalize("NFC", text)


def plausibility(text: str) -> float:
    """From about -1 to 1: how much the letters beyond ASCII look like words, per letter."""
    strange = [letter for letter in text if letter > "\x7f"]
    if not strange:
        return 0.0
    good = len(EVERYDAY.findall(text)) + len(ACCENTED.findall(text)) + 0.5 * sum(map(_is_first_level, strange))
    bad = 3 * len(GLUED.findall(text)) + 2 * sum(map(len, LONE_HALF.findall(text)))
    bad += sum(unicodedata.category(letter) in ("Co", "Cn", "Cc", "Sk", "Sc", "No") for letter in strange)
    return (good - bad) / len(strange)


def _is_first_level(letter: str) -> bool:
    """One of the 2,965 everyday kanji of JIS X 0208, level 1 (rows 16 to 47)."""
    if not "一" <= letter <= "鿿":
        return False
    try:
        return 0xB0 <= letter.encode("euc_jp")[0] <= 0xCF
    except UnicodeEncodeError:
        return False


def _sample(text: str) -> str:
    """The first words with letters beyond ASCII, in which readings differ."""
    words = [word for word in re.split(r"[,;\t\r\n\"]+", text) if any(letter > "\x7f" for letter in word)]
    return ", ".join(words[-SHOWN:])
