"""Words as the HTML part of a mail sets them: what a narrow screen would tear apart is kept whole."""

import re

from markupsafe import Markup, escape

CJK = "\u30a0-\u30ff\u3005\u3006\u30f6\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
WHOLE = re.compile(
    rf"""\d+月\d+日\(.\)                                  # 1月19日(火)
    | [A-Z][a-z]{{2}}\ \d\d?\ [A-Z][a-z]{{2}}(?:\ \d{{4}},?)?  # Tue 19 Jan 2027,
    | \d\d:\d\d(?:–\d\d:\d\d)?
    | (?<=\d\ )\w{{1,9}}時間?                              # 日本時間, behind a time
    | 第\d+回
    | 「[^」]{{1,10}}」
    | [^\sぁ-ん、。「」（）&#;]{{1,4}}\ [^\s、。「」（）&#;]{{1,4}}さん
    | (?<![{CJK}])[{CJK}]{{1,4}}\ [{CJK}]{{1,4}}(?![{CJK}])""",
    re.VERBOSE,
)
"""Short by construction: nothing of it runs off a phone. Japanese lines break anywhere else, between the two names of a person
and before a bracket too; `word-break: auto-phrase` mends that in one browser and in no mail program of a telephone."""
KEPT = Markup('<span style="white-space:nowrap">')
ENDS = Markup("</span>")


def html(text: str) -> Markup:
    """A long address breaks behind its @ first."""
    safe = WHOLE.sub(lambda found: f"{KEPT}{found[0]}{ENDS}", str(escape(text)))
    return Markup(safe.replace("@", "@<wbr>").replace("\n", "<br>"))  # noqa: S704 # escaped above
