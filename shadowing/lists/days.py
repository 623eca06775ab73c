"""Days as people type them: 1/19(火), 2027年1月19日, 令和9年1月19日, R9.1.19, 20270119, 19 Jan, 19日; and rules: 毎週月曜,
第2・第4火曜, 隔週金曜, 平日, Mon-Fri. A year or a month that is left out is the round's.

Texts come through `clocks.plain`."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

from shadowing.i18n import N_
from shadowing.typed import Unfit

KANJI = "月火水木金土日"
CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ENGLISH = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet's serial numbers
SERIALS = range(36_526, 73_051)  # the years 2000 to 2099
DAY_FIRST = ("Europe/", "Australia/", "Africa/", "Pacific/Auckland")
MONTH = rf"(?:{'|'.join(MONTHS)})[a-z]*\.?"
DAY = re.compile(
    rf"(?P<y>\d{{4}})\s?[-/.年]\s?(?P<m>\d{{1,2}})\s?[-/.月]\s?(?P<d>\d{{1,2}})(?!\d)日?"
    rf"|(?:令和|r)\s?\.?(?P<era>\d{{1,2}}|元)\s?[年./-]\s?(?P<em>\d{{1,2}})\s?[月./-]\s?(?P<ed>\d{{1,2}})(?!\d)日?"
    rf"|(?P<eight>20\d{{6}})(?!\d)"
    rf"|(?P<p>\d{{1,2}})(?P<by>[/.-])(?P<q>\d{{1,2}})(?P=by)(?P<r>\d{{4}}|\d{{2}})(?!\d)"
    rf"|(?P<jm>\d{{1,2}})月\s?(?P<jd>\d{{1,2}})(?![\d:])日?"
    rf"|(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}})(?![\d/:])"
    rf"|(?P<dm>\d{{1,2}})\.(?P<dd>\d{{1,2}})(?=\.(?!\d)|\s?\([{KANJI}])\.?"
    rf"|(?P<only>\d{{1,2}})(?:日(?![間中])|(?=\s?\([{KANJI}](?:曜日?)?\)|\s[{KANJI}](?:\s|$)))"
    rf"|(?P<ld>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<lm>{MONTH})(?![a-z])(?:,?\s(?P<ly>\d{{4}}))?"
    rf"|(?P<nm>{MONTH})\s(?P<nd>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:a-z])(?:,?\s(?P<ny>\d{{4}}))?",
    re.IGNORECASE,
)
NAMED = re.compile(
    rf"\s?\((?P<p>[{KANJI}])(?:曜日?)?\s?(?:[・,/]?\s?祝日?)?\)|\s?(?P<k>[{KANJI}])曜日?|\s?(?P<c>[{KANJI}])(?=[\s\d午終ap,、:○〇◯△×~-]|$)"
    rf"|,?\s?\(?(?P<e>{'|'.join(ENGLISH)})[a-z]*\.?\)?(?![a-z])|\s?\(祝日?\)",
    re.IGNORECASE,
)
UP_TO = re.compile(r"\s?[~-]\s?(\d{1,2})日?(?=$|[\s(,、の]|午|終)(?!\s?[~-])")
MORE = re.compile(r"\s?[・,、]\s?(\d{1,2})日?(?=$|[\s(・,、の]|午|終)(?!\s?[~-])")
KANJI_DAYS = rf"[{KANJI}](?:曜日?)?(?:\s?[・、,/と&~-]?\s?[{KANJI}](?:曜日?)?(?![^\W\d_{KANJI}のはもが午終曜]))*"
NTH = r"第\s?[1-5一二三四五]|最終"
LATIN_DAY = rf"(?:{'|'.join(ENGLISH)})(?:s|nes|rs|ur)?(?:day)?s?\.?(?![a-z])"
LATIN_NTH = "1st|2nd|3rd|4th|first|second|third|fourth|last"
RULE = re.compile(
    rf"(?:(?P<every>毎週|隔週|毎月の?)\s?の?)?(?P<nth>(?:{NTH})(?:\s?[・、,と&/]\s?(?:{NTH}|[1-5]))*)?\s?の?\s?(?P<days>{KANJI_DAYS})(?=(?P<next>.?))"
    rf"|(?P<all>毎日|全日程|いつでも|随時|every\s?day|any\s?time|any day)|(?P<week>毎?平日|(?:every )?weekdays?(?![a-z]))"
    rf"|(?:(?P<levery>every other|every second|biweekly(?: on)?|every|each|weekly(?: on)?)\s+)?"
    rf"(?:(?:the\s+)?(?P<lnth>(?:{LATIN_NTH})(?:\s?(?:,|and|&)\s?(?:{LATIN_NTH}))*)\s+)?(?P<ldays>{LATIN_DAY}(?:\s?(?:,|and|&|/|-|to)\s?{LATIN_DAY})*)",
    re.IGNORECASE,
)
COUNTS = dict(zip("12345", range(1, 6), strict=True)) | dict(zip("一二三四五", range(1, 6), strict=True))
COUNTS |= dict(zip(LATIN_NTH.split("|"), (1, 2, 3, 4, 1, 2, 3, 4, -1), strict=True)) | {"最終": -1}
BEFORE_BARE = re.compile(r"(?:^|[\s,、;・/(\n:])$")
AFTER_BARE = "の午終ap:(~-,、は○〇◯△×0123456789 \n\t"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundDays:
    """The days a list of a round can mean, and whose clock it means."""

    starts_on: date
    ends_on: date
    zone: str
    closed: frozenset[date] = frozenset()

    def holds(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on

    def open(self) -> tuple[date, ...]:
        days = (self.starts_on + timedelta(days=number) for number in range((self.ends_on - self.starts_on).days + 1))
        return tuple(day for day in days if day not in self.closed)

    def nearest(self, found: list[date]) -> date | None:
        """The first of *found* within the round, else the one least far from it."""
        within = [day for day in found if self.holds(day)]
        return next(iter(within), None) or min(found, key=lambda day: abs(day - self.starts_on), default=None)


@dataclass(frozen=True, slots=True)
class Weekdays:
    """A rule such as every Monday (*days* count from Monday as 0), every second one, or the second and fourth of a month."""

    days: tuple[int, ...]
    nth: tuple[int, ...] = ()
    interval: int = 1

    def on(self, days: RoundDays) -> tuple[date, ...]:
        """The open days of the round it means; of a rule for every other week all those that could be one."""
        return tuple(day for day in days.open() if day.weekday() in self.days and self._counts(day))

    def _counts(self, day: date) -> bool:
        last = (day + timedelta(days=7)).month != day.month
        return not self.nth or (day.day - 1) // 7 + 1 in self.nth or (last and -1 in self.nth)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(CODES[day] for day in self.days)

    @property
    def rrule(self) -> str:
        """As RFC 5545 writes it."""
        if self.nth:
            return "FREQ=MONTHLY;BYDAY=" + ",".join(f"{nth}{CODES[day]}" for day, nth in product(self.days, self.nth))
        every = f";INTERVAL={self.interval}" if self.interval > 1 else ""
        return f"FREQ=WEEKLY{every};BYDAY={','.join(self.codes)}"


EVERY_DAY, WORKING_DAYS = Weekdays(tuple(range(7))), Weekdays(tuple(range(5)))


def day(text: str, at: int, days: RoundDays) -> tuple[tuple[date, ...], int] | None:
    """The day that stands in *text* at *at*, or the several of 1/19-22 and 1/19・20, and where that ends.

    Raises Unfit for a day that no calendar has, or whose weekday is another one."""
    named = re.compile(rf"{LATIN_DAY},?\s*", re.IGNORECASE).match(text, at)
    found = DAY.match(text, named.end() if named else at)
    if found is None or (at and text[at - 1].isdigit()):
        return None
    which = days.nearest(_possible(found, days))
    if which is None:
        raise Unfit("“%(value)s” is not a date.", N_("Write it like 2027-01-18."), value=found[0])
    weekday = NAMED.match(text, found.end())
    for name in (weekday, named):
        _refuse_other_weekday(which, name, found)
    end = weekday.end() if weekday else found.end()
    if (up_to := UP_TO.match(text, end)) and which.day < int(up_to[1]) <= 31:
        return tuple(which + timedelta(days=number) for number in range(int(up_to[1]) - which.day + 1)), up_to.end()
    return _more(text, end, which)


def _more(text: str, end: int, which: date) -> tuple[tuple[date, ...], int]:
    """1/19・20・21: days of the same month."""
    found = [which]
    while more := MORE.match(text, end):
        later = _dates([(which.year, which.month, more[1])])
        if not later or later[0] <= found[-1]:
            break
        weekday = NAMED.match(text, more.end())
        _refuse_other_weekday(later[0], weekday, more)
        found, end = [*found, later[0]], weekday.end() if weekday else more.end()
    return tuple(found), end


def _possible(found: re.Match[str], days: RoundDays) -> list[date]:
    """The dates that *found* can mean, the likeliest first."""
    said = {name: part for name, part in found.groupdict().items() if part is not None}
    if "y" in said:
        return _dates([(said["y"], said["m"], said["d"])])
    if "era" in said:
        return _dates([(2018 + (1 if said["era"] == "元" else int(said["era"])), said["em"], said["ed"])])
    if "eight" in said:
        return _dates([(said["eight"][:4], said["eight"][4:6], said["eight"][6:])])
    if "p" in said:
        return _three(said["p"], said["q"], said["r"], days)
    if "only" in said:
        months = {(one.year, one.month) for one in (days.starts_on, *days.open(), days.ends_on)}
        return _dates([(*month, said["only"]) for month in sorted(months)])
    for month, day in (("jm", "jd"), ("a", "b"), ("dm", "dd"), ("lm", "ld"), ("nm", "nd")):
        if month in said:
            year = said.get("ly") or said.get("ny")
            return _of_month(said[month], said[day], year, days, either=month in ("a", "dm"))
    return []


def _of_month(month: str, day: str, year: str | None, days: RoundDays, either: bool) -> list[date]:
    number = MONTHS.index(month[:3].lower()) + 1 if month[0].isalpha() else int(month)
    years = [year] if year else range(days.starts_on.year - 1, days.ends_on.year + 2)
    orders = [(number, int(day)), *([(int(day), number)] if either else [])]
    if either and days.zone.startswith(DAY_FIRST):
        orders.reverse()
    return _dates([(year, *order) for order in orders for year in years])


def _three(first: str, second: str, third: str, days: RoundDays) -> list[date]:
    """1/19/2027, 19.1.2027 and 27/1/19."""
    year = third if len(third) == 4 else f"20{third}"
    ends = [(year, first, second), (year, second, first)]
    if days.zone.startswith(DAY_FIRST):
        ends.reverse()
    return _dates([*([] if len(third) == 4 else [(f"20{first:0>2}", second, third)]), *ends])


def _dates(parts: list[tuple[str | int, str | int, str | int]]) -> list[date]:
    found = []
    for year, month, day in parts:
        try:
            found.append(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return found


def _refuse_other_weekday(day: date, name: re.Match[str] | None, found: re.Match[str]) -> None:
    said = (
        [part for part in name.groupdict().values() if part] if name and name.re is NAMED else [name[0]] if name else []
    )
    for word in said:
        if _weekday(word) != day.weekday():
            raise Unfit("“%(value)s” is not the weekday of %(day)s.", value=f"{found[0]} {word}", day=day.isoformat())


def rule(text: str, at: int) -> tuple[Weekdays, int] | None:
    """The rule that stands in *text* at *at*, and where it ends."""
    found = RULE.match(text, at)
    if found is None or (at and text[at - 1].isalnum() and text[at].isascii()):
        return None
    if found["all"] or found["week"]:
        return (EVERY_DAY if found["all"] else WORKING_DAYS), found.end()
    if found["ldays"]:
        interval = (
            2 if (found["levery"] or "").lower() in ("every other", "every second", "biweekly", "biweekly on") else 1
        )
        return Weekdays(_listed(found["ldays"]), _counted(found["lnth"] or ""), interval), found.end()
    bare = not (found["every"] or found["nth"] or "曜" in found["days"])
    if bare and not (BEFORE_BARE.search(text[:at]) and (not found["next"] or found["next"].lower() in AFTER_BARE)):
        return None
    return Weekdays(
        _listed(found["days"]), _counted(found["nth"] or ""), 2 if found["every"] == "隔週" else 1
    ), found.end()


def _listed(words: str) -> tuple[int, ...]:
    """月・水, 月~金, Mon and Wed, Mon-Fri."""
    found: list[int] = []
    reaching = False
    for word in re.findall(rf"{'|'.join(ENGLISH)}|[{KANJI}~-]|\bto\b", words.replace("曜日", "").lower()):
        if word in ("~", "-", "to"):
            reaching = True
            continue
        number = _weekday(word)
        first = found[-1] if reaching and found else number
        found += [one % 7 for one in range(first, number + (1 if number >= first else 8))]
        reaching = False
    return tuple(dict.fromkeys(found))


def _weekday(word: str) -> int:
    return KANJI.index(word) if word in KANJI else ENGLISH.index(word[:3].lower())


def _counted(words: str) -> tuple[int, ...]:
    return tuple(
        COUNTS[word.lower()] for word in re.findall(rf"最終|{LATIN_NTH}|[1-5一二三四五]", words, re.IGNORECASE)
    )


def serial(text: str) -> tuple[date, int] | None:
    """The day and the minute of a spreadsheet's serial number, such as 46408.375."""
    found = re.fullmatch(r"(\d{5})(?:\.(\d+))?", text.strip())
    if found is None or int(found[1]) not in SERIALS:
        return None
    return EPOCH + timedelta(days=int(found[1])), round(float(f"0.{found[2] or 0}") * 24 * 60)
