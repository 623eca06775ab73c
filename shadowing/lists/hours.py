"""Working hours of a list: a column for the beginning and one for the end, or one text.

They are those of Monday to Friday where no days are named."""

import re
import unicodedata

from shadowing.company.hours import spelt
from shadowing.company.people import read_hours
from shadowing.lists.drafts import Draft
from shadowing.lists.headings import Meaning
from shadowing.typed import Unfit

CLOCK = re.compile(r"(\d{1,2})[:時](\d{2})?(?::\d{2})?分?\s*(am|pm)?")


def hours_of(one: Draft) -> str | None:
    """As `company.people.read_hours` reads them; None where the list says nothing that can be read."""
    begin, end = _clock(one[Meaning.HOURS_BEGIN]), _clock(one[Meaning.HOURS_END])
    text = f"mon-fri {begin}-{end}" if begin and end else spelt(one[Meaning.HOURS])
    try:
        read_hours(text)
    except Unfit:
        return None
    return text or None


def _clock(text: str) -> str:
    match = CLOCK.fullmatch(unicodedata.normalize("NFKC", text).strip().lower())
    if not match:
        return ""
    hour = int(match[1]) % 12 + 12 if match[3] == "pm" else int(match[1])
    return f"{hour:02}:{match[2] or '00'}"
