"""The field types of a folder's own words: kinds, levels, roles and days of the week, in both languages, and hours.

What is typed elsewhere as well is in `typed.py`."""

import re
import unicodedata

from shadowing.collecting.offers import MINUTES_LEAST, MINUTES_MOST
from shadowing.collecting.recurrence import WEEKDAYS
from shadowing.company import people
from shadowing.company.hours import DAYS
from shadowing.lists import marks
from shadowing.models import Consent, OpeningKind, Participation
from shadowing.typed import Unfit, each, number, one_of

JAPANESE_DAYS = dict(zip("月火水木金土日", WEEKDAYS, strict=True))
KINDS = {
    "隣で見る": OpeningKind.DESK,
    "定例会議の席": OpeningKind.MEETING,
    "会議": OpeningKind.MEETING,
    "営業同行": OpeningKind.RIDE_ALONG,
    "同行": OpeningKind.RIDE_ALONG,
}

kind = one_of(each(OpeningKind) | KINDS)
consent = one_of(each(Consent))
participation = one_of(each(Participation) | {"見学": Participation.OBSERVE, "体験": Participation.TAKE_PART})
level = one_of(
    {"yes": marks.YES, "maybe": marks.MAYBE}
    | {word: level for word, level in marks.WORDS.items() if level != marks.NO and not word.isascii()}
)
locale = one_of({"ja": "ja", "en": "en", "日本語": "ja", "english": "en"})
weekday = one_of(
    each(WEEKDAYS)
    | dict(zip(DAYS, WEEKDAYS, strict=True))
    | JAPANESE_DAYS
    | {f"{day}曜日": code for day, code in JAPANESE_DAYS.items()}
)
hours = people.hours
role = one_of({"hr": "hr", "人事": "hr", "lead": "lead", "リーダー": "lead"})


def language(cell: str) -> str:
    """`ja-JP` of a directory is Japanese, `en-GB` English."""
    return locale(re.split("[-_]", cell.strip())[0])


def minutes(cell: str) -> int:
    """Below zero is what a spreadsheet makes of a beginning and an end that are the wrong way round."""
    plain = unicodedata.normalize("NFKC", cell).strip()
    if re.fullmatch(r"-\d+", plain):
        raise Unfit("This ends before it begins: its length is %(length)s minutes.", length=plain)
    return number(MINUTES_LEAST, MINUTES_MOST)(cell)
