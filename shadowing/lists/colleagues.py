"""Who and what a list of a round may name: the company's people by number, mail address or name, its departments, and the
openings that are there already. Values only; `rounds/lists.py` makes them of the tables."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from shadowing import typed
from shadowing.folding import fold, near
from shadowing.i18n import N_
from shadowing.lists.clocks import Piece
from shadowing.lists.days import RoundDays
from shadowing.typed import Unfit

TITLES = re.compile(r"(?:さん|さま|様|氏|殿|くん|君)$")
NUMBERED = re.compile(r"(.+?)\s*[(（\[:：]\s*([^)）\]]+?)\s*[)）\]]?|([0-9A-Za-z._-]+)[\s:：_]+(\D.*)")
BETWEEN = re.compile(r"[;；,、，/／\n&＆・]|\sと\s|と(?=[^\x00-\x7f])|\s{2,}")
HINTS_MOST = 200
USUAL_DAY = (Piece(9 * 60, 18 * 60),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """*week* are the working hours from Monday on. *answered* says that they gave their times themselves."""

    code: str
    names: tuple[str, ...]
    mail: str
    department: str
    zone: str
    week: tuple[tuple[Piece, ...], ...]
    answered: bool = False

    @property
    def name(self) -> str:
        return self.names[0]


@dataclass(frozen=True, slots=True)
class KnownOpening:
    """An opening of the round, by which one of a list is known again that has no number."""

    code: str
    hosts: tuple[str, ...]
    title: str
    withdrawn: bool = False


@dataclass(frozen=True)
class Surroundings:
    """What is known while a list of a round is read."""

    days: RoundDays
    people: tuple[Colleague, ...]
    departments: tuple[tuple[str, str], ...] = ()
    openings: tuple[KnownOpening, ...] = ()

    def person(self, cell: str) -> Colleague:
        """Whoever *cell* names by number, mail address or name, or by several of them as in 髙橋 由美子 (1001). Raises Unfit."""
        found = self._found(cell)
        if len(found) == 1:
            return found[0]
        if found:
            codes = ", ".join(one.code for one in found)
            hint = N_("Write one of their numbers: %(codes)s.")
            raise Unfit("“%(value)s” names several people.", hint, value=cell, codes=codes)
        like = self._near(cell)
        hint = N_("Did you mean “%(near)s”?") if like else N_("Write the number, the mail address or the whole name.")
        raise Unfit(
            "There is no person “%(value)s”.", hint, value=cell, near=self._by_name[like][0].name if like else ""
        )

    def is_person(self, cell: str) -> bool:
        return len(self._found(cell)) == 1

    def persons(self, cell: str) -> tuple[Colleague, ...]:
        """Several, parted by commas, lines or the like. Raises Unfit."""
        if self.is_person(cell):
            return (self.person(cell),)
        parts = [part for part in BETWEEN.split(cell) if part.strip()]
        return tuple(dict.fromkeys(self.person(part) for part in parts))

    def department(self, cell: str) -> str | None:
        """The name of the one department that *cell* is the code or the name of."""
        wanted = fold(cell)
        found = {name for code, name in self.departments if wanted in (fold(code), fold(name))}
        return found.pop() if len(found) == 1 else None

    def _found(self, cell: str) -> tuple[Colleague, ...]:
        found = self._named(cell) or self._named(TITLES.sub("", cell.strip()))
        parts = NUMBERED.fullmatch(cell.strip())
        for part in filter(None, parts.groups()) if parts and not found else ():
            found = found or self._named(TITLES.sub("", part))
        return found

    def _near(self, cell: str) -> str:
        """Looking for a like name takes milliseconds, and one wrong column spoils thousands of rows."""
        self._sought.append(cell)
        return near(cell, self._by_name) if len(self._sought) <= HINTS_MOST else ""

    @cached_property
    def _sought(self) -> list[str]:
        return []

    def _named(self, cell: str) -> tuple[Colleague, ...]:
        code = typed.asked(typed.key, cell, "")
        if code in self._by_code:
            return (self._by_code[code],)
        return self._by_mail.get(fold(cell)) or self._by_name.get(fold(cell), ())

    @cached_property
    def _by_code(self) -> dict[str, Colleague]:
        return {person.code: person for person in self.people}

    @cached_property
    def _by_mail(self) -> dict[str, tuple[Colleague, ...]]:
        return _grouped((fold(person.mail), person) for person in self.people)

    @cached_property
    def _by_name(self) -> dict[str, tuple[Colleague, ...]]:
        return _grouped((fold(name), person) for person in self.people for name in dict.fromkeys(person.names) if name)


def _grouped(pairs: Iterable[tuple[str, Colleague]]) -> dict[str, tuple[Colleague, ...]]:
    found: dict[str, dict[str, Colleague]] = defaultdict(dict)
    for name, person in pairs:
        found[name][person.code] = person
    return {name: tuple(people.values()) for name, people in found.items()}
