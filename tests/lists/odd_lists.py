"""Lists that nobody has seen yet, small and hard, each with who must be understood and what must be asked."""

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from openpyxl import Workbook as Book
from openpyxl.worksheet.worksheet import Worksheet as Sheet

from shadowing.lists import people, process
from shadowing.lists.people import Acquainted, ListedPerson, PeopleList

TODAY = date(2026, 11, 25)
NOBODY = Acquainted()
ADMITTED = Acquainted({"you@example.co.jp": ("you", "you@example.co.jp")}, {"hr": "人事"})


@dataclass(frozen=True, slots=True)
class Odd:
    """*people* are lines of `id | name | mail | department | manager`, with `left` or `away` behind where it is so.

    *asks* is what the questions are about, *refused* the rows with an error; row 0 is the file as a whole."""

    name: str
    data: bytes
    people: tuple[str, ...]
    asks: tuple[str, ...] = ()
    refused: tuple[int, ...] = ()

    def __str__(self) -> str:
        return self.name


def odd(name: str, data: str | bytes, *people: str, asks: Iterable[str] = (), refused: Iterable[int] = ()) -> Odd:
    """A text may begin with a line break, for its looks."""
    stored = data if isinstance(data, bytes) else data.removeprefix("\n").encode()
    return Odd(name, stored, people, tuple(asks), tuple(refused))


def book(*rows: Sequence[object], dress: Callable[[Sheet], object] | None = None) -> bytes:
    """An Excel workbook with *rows*; *dress* may do more to its sheet."""
    made = Book()
    sheet = made.active
    assert isinstance(sheet, Sheet)
    for row in rows:
        sheet.append(list(row))
    if dress:
        dress(sheet)
    return saved(made)


def saved(made: Book) -> bytes:
    stored = io.BytesIO()
    made.save(stored)
    return stored.getvalue()


def read(one: Odd, known: Acquainted = NOBODY) -> PeopleList:
    return people.read("list", process.read_here(one.data), {}, TODAY, known)


def line(person: ListedPerson) -> str:
    said = [person.person_id, person.display_name, person.email, person.department, person.manager_id]
    said += ["away"] * person.away
    return f"{person.person_id} | left" if person.left else " | ".join(filter(None, said))


def understood(found: PeopleList) -> tuple[tuple[str, ...], tuple[str, ...], tuple[int, ...]]:
    """What `Odd` expects, in its order."""
    return (
        tuple(map(line, found.people)),
        tuple(it.about for it in found.questions),
        tuple(sorted({error.row for error in found.errors})),
    )
