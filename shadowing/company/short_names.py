"""What a department is called where there is little room: at most four Japanese or five Latin letters.

Where HR gave none, it is the beginning of the name without 部, 課, 室 or 本部, read anew each time: a new name needs no deed."""

import re
import unicodedata

from shadowing import typed
from shadowing.folding import fold
from shadowing.i18n import N_
from shadowing.models import Department
from shadowing.typed import Unfit

JAPANESE_MOST, LATIN_MOST = 4, 5
ENDING = re.compile(r"(?<=.)(本部|部|課|室)$")


def most(name: str) -> int:
    wide = any(unicodedata.east_asian_width(letter) in "WFH" for letter in name)
    return JAPANESE_MOST if wide else LATIN_MOST


def short_name(given: str) -> str:
    """As a form types it. Raises Unfit."""
    found = typed.name(given)
    if len(found) > most(found):
        hint = N_("Four Japanese or five Latin letters are the most, such as “営業” or “Sales”.")
        raise Unfit("“%(value)s” is too long for a short name.", hint, value=found)
    return found


def proposed(name: str) -> str:
    bare = ENDING.sub("", name.strip())
    return bare[: most(bare)].strip()


def of(department: Department) -> str:
    return department.short_name or proposed(department.name)


def namesake(department: Department, short: str, others: list[Department]) -> Department | None:
    """Another department of *others* that goes by *short* already."""
    return next((one for one in others if one.id != department.id and fold(of(one)) == fold(short)), None)
