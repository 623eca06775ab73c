"""What a mark or a word says about a time: yes, if need be, or no; in whatever circle a keyboard gave."""

import re
import unicodedata

YES, MAYBE, NO = 2, 1, 0
LEVELS = {
    YES: "○ 〇 ◯ ⭕ ⚪ ◎ ● ⚫ ✓ ✔ ☑ レ yes y ok 可 可能 はい 空き 空 空いている free available true する 1",
    MAYBE: "△ ▲ ∆ 🔺 maybe 要調整 調整可 調整中 たぶん 多分 tentative ifneedbe ifneeded ?",
    NO: "× ✕ ✖ ✗ ✘ ❌ ╳ x no n ng 不可 いいえ 不在 休 休み 休暇 有休 忙 busy false 0 - ― – — − ー なし 無 無し 未定 null 外出 出張",
}
WORDS = {word: level for level, words in LEVELS.items() for word in words.split()}
SIGNS = re.compile(
    "(?P<yes>[○〇◯⭕⚪◎●⚫✓✔☑]|不?可能|不?可(?!変)|ok(?![a-z])|大丈夫)|(?P<maybe>[△▲∆]|要?調整可?)"
    "|(?P<no>[×✕✖✗✘❌╳]|ng(?![a-z])|不在)",
    re.IGNORECASE,
)


def level(text: str) -> int | None:
    """The level that *text* as a whole stands for; None where it says something else. A blank says no."""
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().replace("\ufe0f", "").split())
    return WORDS.get(plain) if plain else NO


def sign(text: str, at: int) -> tuple[int, int] | None:
    """The level of the mark that stands in *text* at *at*, and where it ends."""
    found = SIGNS.match(text, at)
    if found is None:
        return None
    if found["no"] or found[0].startswith("不"):
        return NO, found.end()
    return (YES if found["yes"] else MAYBE), found.end()
