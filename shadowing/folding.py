"""Words are compared however they were typed: in whatever width, case, script or spacing."""

import difflib
import unicodedata
from collections.abc import Iterable

TO_KATAKANA = {hiragana: hiragana + 0x60 for hiragana in range(ord("ぁ"), ord("ゖ") + 1)}


def fold(text: str) -> str:
    """The form in which words are compared: ＡＢＣ　ﾀﾅｶ and abc たなか are one."""
    return "".join(katakana(text).casefold().split())


def katakana(kana: str) -> str:
    """Half width and hiragana become full-width katakana."""
    return kana if kana.isascii() else unicodedata.normalize("NFKC", kana).translate(TO_KATAKANA)


def near(value: str, names: Iterable[str]) -> str:
    """The name most like *value*, however it was typed; empty when none is like it."""
    folded = {fold(name): name for name in sorted(names)}
    wanted = fold(value)
    around = sorted((name for name in folded if wanted and wanted in name), key=lambda name: (len(name), name))
    like = around or difflib.get_close_matches(wanted, folded, n=1, cutoff=0.5)
    return folded[like[0]] if like else ""
