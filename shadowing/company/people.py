"""Persons: how their names are sorted and found, when they work, who is here."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, or_, select, update

from shadowing.company.hours import DAYS, spelt
from shadowing.extensions import db
from shadowing.folding import fold, katakana
from shadowing.i18n import N_
from shadowing.models import STANDARD_HOURS, Department, Person, SignIn, SignInKey
from shadowing.typed import Unfit, line

LAST = "\U0010ffff"
TIE = "\t"
"""Parts the two halves of a sort key. It sorts below the blank between two names, and so below every reading."""
KEY_LONGEST = 400
VOWELS = {
    "ア": "アカサタナハマヤラワャァ",
    "イ": "イキシチニヒミリィ",
    "ウ": "ウクスツヌフムユルュゥッ",
    "エ": "エケセテネヘメレェ",
    "オ": "オコソトノホモヨロヲョォ",
}
SMALL = str.maketrans("ァィゥェォッャュョヮ", "アイウエオツヤユヨワ")


def sort_key(kana: str) -> str:
    """Orders readings as a Japanese directory does: width, script and small kana do not matter, ー is the vowel
    before it, and voiced marks only break ties. Those without a reading come last. The first 400 characters decide."""
    if not kana.strip():
        return LAST
    full = " ".join(katakana(kana).split())
    base = "".join(part for part in unicodedata.normalize("NFD", full) if not unicodedata.combining(part))
    plain = ""
    for letter in base.translate(SMALL):
        plain += _vowel(plain[-1:]) if letter == "ー" else letter
    return f"{plain}{TIE}{full}"[:KEY_LONGEST]


def _vowel(letter: str) -> str:
    return next((vowel for vowel, row in VOWELS.items() if letter and letter in row), "ー")


def index(person: Person) -> None:
    """Bring what is sorted and searched by in line with the names."""
    person.sort_key = sort_key(person.kana) if person.kana else (LAST + fold(person.display_name))[:KEY_LONGEST]
    names = (person.family_name + person.given_name, person.given_name + person.family_name, person.display_name)
    person.folded = "\n".join(fold(part) for part in (*names, person.kana, person.email, person.code))


def active() -> Select[Person]:
    return select(Person).where(Person.left_at.is_(None)).order_by(Person.sort_key, Person.code)


def to_ask(today: date, begins: date) -> Select[Person]:
    """Who can be asked *today* for a round that *begins* then: nobody who pauses, is gone by that day, or is on no list yet."""
    back = or_(Person.away_until.is_(None), Person.away_until <= today)
    return active().where(
        Person.department_id.is_not(None), back, or_(Person.last_day.is_(None), Person.last_day >= begins)
    )


def search(words: str) -> Select[Person]:
    """Who carries *words* in name, reading, mail or number, however they were typed."""
    return active().where(Person.folded.contains(fold(words), autoescape=True))


def named(asked: str) -> Person:
    """The one person of this number, mail address or name, the names in either order. Raises Unfit."""
    exactly = or_(Person.code == asked, func.lower(Person.email) == asked.lower())
    found = list(db.session.scalars(active().where(exactly)))
    found = found or [one for one in db.session.scalars(search(asked)) if fold(asked) in one.folded.split("\n")]
    if len(found) == 1:
        return found[0]
    if found:
        raise Unfit("Several people are called “%(value)s”. Write the mail address.", value=asked)
    hint = N_("Write the mail address of somebody on the list of people.")
    raise Unfit("Nobody here has the name, number or mail address “%(value)s”.", hint, value=asked)


def departments() -> Select[Department]:
    return select(Department).order_by(Department.code)


def gone() -> Select[Person]:
    """Who has left, the last first."""
    return select(Person).where(Person.left_at.is_not(None)).order_by(Person.left_at.desc(), Person.code)


def there(person: Person, moment: datetime) -> bool:
    """Whether *person* is in the company at *moment*, as far as is known today."""
    day = moment.astimezone(ZoneInfo(person.zone)).date()
    return person.left_at is None and not paused(person, day) and (person.last_day is None or day <= person.last_day)


def paused(person: Person, day: date) -> bool:
    return person.away_until is not None and day < person.away_until


def end_of(day: date, zone: str) -> datetime:
    return at(day, time.max, ZoneInfo(zone))


def leave(person: Person, now: datetime) -> None:
    """End all access at once: links, keys and sign-ins die with the same commit."""
    person.left_at = now
    person.hr = False
    person.link_version += 1
    sign_out(person, now)


def sign_out(person: Person, now: datetime) -> None:
    """In every browser; keys that were mailed open nothing any more."""
    unused = update(SignInKey).where(SignInKey.person_id == person.id, SignInKey.used_at.is_(None))
    db.session.execute(unused.values(used_at=now))
    running = update(SignIn).where(SignIn.person_id == person.id, SignIn.ended_at.is_(None))
    db.session.execute(running.values(ended_at=now))


@dataclass(frozen=True, slots=True)
class Hours:
    """Working hours by weekday (0 is Monday), as local wall clock; 24:00 is written as `time.max`."""

    week: tuple[tuple[tuple[time, time], ...], ...]

    def spans(self, day: date) -> tuple[tuple[time, time], ...]:
        return self.week[day.weekday()]


@lru_cache(maxsize=4096)
def read_hours(text: str) -> Hours:
    """`mon-fri 09:00-18:00`, several parts parted by `,` or `;`. Empty text: not known, so all day. Raises Unfit."""
    week: list[list[tuple[time, time]]] = [[] for _ in DAYS]
    for part in filter(None, (piece.strip() for piece in re.split("[,;]", text.lower()))):
        match = re.fullmatch(r"([a-z]{3})(?:-([a-z]{3}))?\s+(\d{1,2}:\d\d)-(\d{1,2}:\d\d)", part)
        if not match or match[1] not in DAYS or (match[2] or match[1]) not in DAYS:
            raise Unfit("“%(text)s” is no working time. Write it like “mon-fri 09:00-18:00”.", text=text)
        begin, end = _clock(match[3], text), _clock(match[4], text)
        if end <= begin:
            raise Unfit("The working time “%(text)s” ends before it begins.", text=text)
        first, last = DAYS.index(match[1]), DAYS.index(match[2] or match[1])
        for weekday in range(first, last + 1 if last >= first else last + 8):
            week[weekday % 7].append((begin, end))
    if not text.strip():
        return Hours(tuple(((time.min, time.max),) for _ in DAYS))
    return Hours(tuple(tuple(sorted(spans)) for spans in week))


def hours(said: str) -> str:
    """Working hours as the columns keep them. Raises Unfit."""
    plain = line(200)(spelt(said))
    read_hours(plain)
    return plain


def _clock(text: str, whole: str) -> time:
    hour, minute = (int(part) for part in text.split(":"))
    if (hour, minute) == (24, 0):
        return time.max
    if hour > 23 or minute > 59:
        raise Unfit("“%(text)s” is no working time. Write it like “mon-fri 09:00-18:00”.", text=whole)
    return time(hour, minute)


def painted_hours(text: str) -> str:
    """Whoever has no hours on file paints the usual office week."""
    return text.strip() or STANDARD_HOURS


@lru_cache(maxsize=4096)
def half_hours(text: str, weekday: int) -> dict[str, time]:
    """The half-hours that the working hours of a weekday touch, each under its name in a week: `mon-0900`."""
    spans = [(_minutes(begin), _minutes(end)) for begin, end in read_hours(text).week[weekday]]
    touched = [half for half in range(48) if any(begin < half * 30 + 30 and half * 30 < end for begin, end in spans)]
    clocks = [time(*divmod(half * 30, 60)) for half in touched]
    return {f"{DAYS[weekday]}-{clock:%H%M}": clock for clock in clocks}


def _minutes(clock: time) -> int:
    return 24 * 60 if clock == time.max else clock.hour * 60 + clock.minute


def working(text: str, zone: str, day: date) -> tuple[tuple[datetime, datetime], ...]:
    """The working hours *text* of somebody's own *day* in *zone*, as UTC instants."""
    where = ZoneInfo(zone)
    return tuple((at(day, begin, where), at(day, end, where)) for begin, end in read_hours(text).spans(day))


def at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """A wall-clock time as a UTC instant; `time.max` is the midnight that ends the day."""
    if clock == time.max:
        day, clock = day + timedelta(days=1), time.min
    return datetime.combine(day, clock, zone).astimezone(UTC)
