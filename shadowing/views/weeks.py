"""A week as the answer page shows it: a table of checkboxes, and the same in a sentence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext

from shadowing.collecting import availability
from shadowing.models import Person
from shadowing.views import language


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A checkbox of the week. *words* name day and time to those who do not see the table."""

    name: str
    words: str
    level: int


Rows = list[tuple[str, list[Box | None]]]


def half_rows(person: Person, chosen: Mapping[str, int]) -> Rows:
    return rows(bands().items(), availability.half_days(person), availability.weekdays(person), chosen)


def cell_rows(person: Person, chosen: Mapping[str, int]) -> Rows:
    clocks = [(f"{clock:%H%M}", f"{clock:%H:%M}") for clock in availability.clocks(person)]
    return rows(clocks, availability.cells_of(person), availability.weekdays(person), chosen)


def bands() -> dict[str, str]:
    return {"am": gettext("a.m."), "pm": gettext("p.m.")}


def rows(
    times: Iterable[tuple[str, str]], known: Iterable[str], days: tuple[str, ...], chosen: Mapping[str, int]
) -> Rows:
    """A row for each of *times*, which are the end of a box's name and its words; a gap where the person does not work."""
    names, boxes = language.day_names(), set(known)
    return [
        (
            words,
            [
                Box(name=name, words=f"{names[day]} {words}", level=chosen.get(name, 0)) if name in boxes else None
                for day in days
                for name in [f"{day}-{time}"]
            ],
        )
        for time, words in times
    ]


def by_day(week: Mapping[str, int]) -> list[tuple[str, list[tuple[str, bool]]]]:
    """`("Mon", [("09:00–12:00", False), ("13:00–15:00", True)])`: the second half is true for if need be."""
    return [
        (words, [(f"{begin:%H:%M}–{end:%H:%M}", level == availability.MAYBE) for begin, end, level in stretches])
        for day, words in language.day_names().items()
        if (stretches := availability.stretches(week, day))
    ]


# In a sentence


@dataclass(frozen=True, slots=True)
class Said:
    """Half-days or stretches of hours in words: those that are free, and those that are so if need be."""

    free: tuple[str, ...]
    maybe: tuple[str, ...]

    @property
    def sentence(self) -> str:
        sentence = sentences()[bool(self.free), bool(self.maybe)]
        return sentence.format(free=language.listed(self.free), maybe=language.listed(self.maybe))


def sentences() -> dict[tuple[bool, bool], str]:
    """By whether something is free and whether something is so if need be; the script fills them as well."""
    return {
        (True, True): gettext("Free: %(free)s. If need be: %(maybe)s.", free="{free}", maybe="{maybe}"),
        (True, False): gettext("Free: %(free)s.", free="{free}"),
        (False, True): gettext("If need be: %(maybe)s.", maybe="{maybe}"),
        (False, False): gettext("No time yet."),
    }


def halves_said(person: Person, levels: Mapping[str, int]) -> Said:
    names, words = language.day_names(), bands()
    halves = [(half, half.split("-")) for half in availability.half_days(person)]
    said = [(levels.get(half, 0), f"{names[day]} {words[band]}") for half, (day, band) in halves]
    return _said(said)


def hours_said(week: Mapping[str, int]) -> Said:
    stretches = [(f"{day} {words}", maybe) for day, spans in by_day(week) for words, maybe in spans]
    return _said((availability.MAYBE if maybe else availability.YES, words) for words, maybe in stretches)


def _said(levels: Iterable[tuple[int, str]]) -> Said:
    found = list(levels)
    free, maybe = ([words for level, words in found if level == one] for one in (availability.YES, availability.MAYBE))
    return Said(tuple(free), tuple(maybe))
