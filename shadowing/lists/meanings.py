"""Which column of a list says what: a heading claims a meaning, and the cells beneath confirm it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from shadowing.folding import fold
from shadowing.i18n import N_
from shadowing.lists import contents
from shadowing.lists.headers import Header
from shadowing.lists.headings import Meaning, meanings
from shadowing.lists.questions import COLUMN, Answers, Question, question
from shadowing.lists.workbooks import WorksheetRow

SAMPLE = 300
SHARE = 0.6
ORDER = (
    Meaning.MAIL,
    Meaning.KANA_FAMILY,
    Meaning.KANA_GIVEN,
    Meaning.KANA,
    Meaning.ID,
    Meaning.BUSINESS_FAMILY,
    Meaning.BUSINESS_GIVEN,
    Meaning.BUSINESS_NAME,
    Meaning.FAMILY,
    Meaning.GIVEN,
    Meaning.NAME,
    Meaning.DEPARTMENT_CODE,
    Meaning.DEPARTMENT,
    Meaning.LEVEL,
    Meaning.MANAGER,
    Meaning.LEFT_ON,
    Meaning.STATUS,
    Meaning.POST,
    Meaning.HOURS_BEGIN,
    Meaning.HOURS_END,
    Meaning.HOURS,
    Meaning.SITE,
    Meaning.ZONE,
    Meaning.LOCALE,
    Meaning.ROLES,
    Meaning.MAY,
)
SEVERAL = (Meaning.LEVEL, Meaning.MANAGER, Meaning.STATUS)


@dataclass(frozen=True, slots=True)
class ColumnMeanings:
    """The places of each meaning, counted from 0; only levels, managers and statuses have more than one."""

    headings: tuple[str, ...]
    places: Mapping[Meaning, tuple[int, ...]]

    def __contains__(self, meaning: Meaning) -> bool:
        return meaning in self.places

    def cell(self, row: WorksheetRow, meaning: Meaning) -> str:
        """The cell as it stands; empty where there is no such column."""
        return row[self.places[meaning][0]] if meaning in self.places else ""

    def heading(self, meaning: Meaning) -> str:
        return " ".join(self.headings[self.places[meaning][0]].split()) if meaning in self.places else ""

    def meaning(self, place: int) -> Meaning:
        return next((meaning for meaning, places in self.places.items() if place in places), Meaning.IGNORE)


def _share(fits: Callable[[str], bool], cells: Sequence[str]) -> float:
    return sum(map(fits, cells)) / len(cells) if cells else 0.0


def _is_distinct(cells: Sequence[str]) -> bool:
    """Second posts repeat an id; a column of departments has a few values for everybody."""
    return len(set(cells)) * 2 >= len(cells)


def _fits_id(cells: Sequence[str]) -> bool:
    return _share(contents.is_id, cells) >= 0.7 and _is_distinct(cells)


def _fits_day(cells: Sequence[str]) -> bool:
    way = contents.month_comes_first(cells)
    return _share(lambda cell: contents.is_never(cell) or contents.day(cell, bool(way)) is not None, cells) >= SHARE


FITS: dict[Meaning, Callable[[Sequence[str]], bool]] = {
    Meaning.MAIL: lambda cells: _share(contents.is_mail, cells) >= SHARE,
    Meaning.ID: _fits_id,
    Meaning.KANA: lambda cells: _share(contents.is_kana, cells) >= SHARE,
    Meaning.KANA_FAMILY: lambda cells: _share(contents.is_kana, cells) >= SHARE,
    Meaning.KANA_GIVEN: lambda cells: _share(contents.is_kana, cells) >= SHARE,
    Meaning.NAME: lambda cells: _share(contents.is_name, cells) >= SHARE,
    Meaning.FAMILY: lambda cells: _share(contents.is_name, cells) >= SHARE,
    Meaning.GIVEN: lambda cells: _share(contents.is_name, cells) >= SHARE,
    Meaning.DEPARTMENT: lambda cells: not _share(contents.is_mail, cells),
    Meaning.LEFT_ON: _fits_day,
}
MAY_BE_EMPTY = (Meaning.LEFT_ON, Meaning.MANAGER, Meaning.STATUS, Meaning.LEVEL)


def samples(header: Header, place: int) -> list[str]:
    """What stands beneath a heading, without blanks and errors of formulas."""
    cells = (contents.clean(row[place]) for row in header.body if row.trouble is None)
    said = (cell for cell in cells if cell and not contents.is_error(cell) and not contents.is_ditto(cell))
    return list(islice(said, SAMPLE))


def assign(header: Header, answers: Answers) -> tuple[ColumnMeanings, list[Question]]:
    """HR's own word about a column counts before any rule."""
    width = max((len(row.cells) for row in header.body), default=len(header.headings))
    headings = header.headings + ("",) * (width - len(header.headings))
    cells = [samples(header, place) for place in range(len(headings))]
    told = {place: said for place, heading in enumerate(headings) if (said := _told(heading, place, answers))}
    places: dict[Meaning, tuple[int, ...]] = {}
    for place, said in told.items():
        places[said] = (*places.get(said, ()), place)
    for meaning in ORDER:
        if meaning not in places and (found := _claimed(meaning, headings, cells, {*told, *_taken(places)})):
            places[meaning] = found if meaning in SEVERAL else found[:1]
    if Meaning.MAIL not in places and (bare := _local_parts(headings, cells, {*told, *_taken(places)})):
        places[Meaning.MAIL] = bare
    places.pop(Meaning.IGNORE, None)
    asked = [*_proposed(headings, cells, places, told), *_other_id(headings, cells, places)]
    _settle_names(places, cells)
    return ColumnMeanings(headings, places), asked


def _told(heading: str, place: int, answers: Answers) -> Meaning | None:
    said = answers.get(f"{COLUMN}{label(heading, place)}", "")
    return Meaning(said) if said in set(Meaning) else None


def label(heading: str, place: int) -> str:
    """What a column is called: its heading, or its number where it has none."""
    return " ".join(heading.split()) or str(place + 1)


def _taken(places: Mapping[Meaning, tuple[int, ...]]) -> set[int]:
    return {place for found in places.values() for place in found}


def _claimed(
    meaning: Meaning, headings: Sequence[str], cells: Sequence[Sequence[str]], taken: set[int]
) -> tuple[int, ...]:
    """The columns whose heading claims *meaning* and whose cells fit, the best first."""
    fits = FITS.get(meaning, _anything)
    claims = []
    for place, heading in enumerate(headings):
        rank = dict(meanings(heading)).get(meaning)
        if rank is None or place in taken or not (cells[place] or meaning in MAY_BE_EMPTY):
            continue
        if not cells[place] or fits(cells[place]) or _is_sure(heading, meaning, cells[place]):
            claims.append((rank, -len(cells[place]) * (meaning is not Meaning.LEVEL), place))
    return tuple(place for _, _, place in sorted(claims))


def _is_sure(heading: str, meaning: Meaning, cells: Sequence[str]) -> bool:
    """A heading that can mean nothing else is believed even where most cells are wrong: they are errors of their rows."""
    alone = [said for said, _ in meanings(heading)] == [meaning]
    return alone and (meaning is not Meaning.MAIL or _share(contents.is_mail, cells) > 0)


def _local_parts(headings: Sequence[str], cells: Sequence[Sequence[str]], taken: set[int]) -> tuple[int, ...]:
    """A column of mail addresses without their domain, or without any cell that could be read."""
    return next(
        (
            (place,)
            for place, heading in enumerate(headings)
            if place not in taken
            and [said for said, _ in meanings(heading)] == [Meaning.MAIL]
            and _share(contents.is_local_part, cells[place]) >= SHARE * bool(cells[place])
        ),
        (),
    )


def _anything(_cells: Sequence[str]) -> bool:
    return True


def _proposed(
    headings: Sequence[str],
    cells: Sequence[Sequence[str]],
    places: dict[Meaning, tuple[int, ...]],
    told: Mapping[int, Meaning],
) -> list[Question]:
    """ColumnMeanings of the right content under an unknown heading, or under none at all."""
    free = [place for place in range(len(headings)) if place not in {*_taken(places), *told} and cells[place]]
    unheaded = not any(heading.strip() for heading in headings)
    found: dict[Meaning, int] = {}
    for meaning, fits in PROPOSALS:
        if meaning in places or (meaning is Meaning.NAME and Meaning.FAMILY in places):
            continue
        fitting = [place for place in free if place not in found.values() and fits(cells[place])]
        if fitting and (unheaded or meaning in (Meaning.MAIL, Meaning.DEPARTMENT, Meaning.NAME)):
            found[meaning] = _likeliest(meaning, fitting, headings, cells)
    places.update({meaning: (place,) for meaning, place in found.items()})
    if unheaded and found:
        said = ", ".join(f"{place + 1}: {meaning}" for meaning, place in sorted(found.items(), key=lambda it: it[1]))
        sentence = N_("This list has no headings. Are its columns these? %(columns)s")
        return [question("header", sentence, (N_("confirm"), N_("correct")), columns=said)]
    return [
        question(
            label(headings[place], place),
            N_("The heading “%(heading)s” is not known. Its cells look like this: %(meaning)s. Is that right?"),
            (N_("yes"), N_("no")),
            heading=label(headings[place], place),
            meaning=str(meaning),
        )
        for meaning, place in found.items()
        if not (meaning is Meaning.MAIL and _only(place, cells, contents.is_mail))
    ]


def _only(place: int, cells: Sequence[Sequence[str]], fits: Callable[[str], bool]) -> bool:
    return all(other == place or _share(fits, column) < SHARE for other, column in enumerate(cells) if column)


def _likeliest(meaning: Meaning, fitting: list[int], headings: Sequence[str], cells: Sequence[Sequence[str]]) -> int:
    """Departments repeat most, ids and mail addresses are filled best."""
    if meaning is Meaning.DEPARTMENT:
        return min(fitting, key=lambda place: (len(set(cells[place])), place))
    return max(fitting, key=lambda place: (len(cells[place]), -place))


def _looks_like_department(cells: Sequence[str]) -> bool:
    named = sum(
        cell.endswith(
            ("部", "課", "室", "グループ", "チーム", "センター", "支店", "営業所", "本部", "局", "店", "工場")
        )
        for cell in cells
    )
    return named * 2 >= len(cells)


def _looks_like_name(cells: Sequence[str]) -> bool:
    parted = sum(2 <= len(cell.split()) <= 4 and contents.is_name(cell) for cell in cells)
    return parted >= SHARE * len(cells) and _is_distinct(cells) and not _share(contents.is_kana, cells) >= SHARE


PROPOSALS: tuple[tuple[Meaning, Callable[[Sequence[str]], bool]], ...] = (
    (Meaning.MAIL, FITS[Meaning.MAIL]),
    (Meaning.KANA, FITS[Meaning.KANA]),
    (Meaning.NAME, _looks_like_name),
    (Meaning.DEPARTMENT, _looks_like_department),
    (Meaning.ID, _fits_id),
)


def _other_id(
    headings: Sequence[str], cells: Sequence[Sequence[str]], places: Mapping[Meaning, tuple[int, ...]]
) -> list[Question]:
    """A better column of numbers is there and nobody has one: ログイン名 beside an empty アカウントID."""
    if Meaning.ID not in places:
        return []
    taken = places[Meaning.ID][0]
    ranks = {place: dict(meanings(heading)).get(Meaning.ID, 999) for place, heading in enumerate(headings)}
    empty = [
        place for place, rank in ranks.items() if rank <= ranks[taken] < 999 and place != taken and not cells[place]
    ]
    if not empty:
        return []
    sentence = N_("“%(empty)s” is empty for everybody. Take “%(other)s” as the number?")
    other = label(headings[taken], taken)
    return [question("id", sentence, (other, N_("stop")), empty=label(headings[empty[0]], empty[0]), other=other)]


def _settle_names(places: dict[Meaning, tuple[int, ...]], cells: Sequence[Sequence[str]]) -> None:
    """`名` or `Name` beside a family name is the given name; alone it is the whole one."""
    if Meaning.GIVEN in places and Meaning.FAMILY not in places and Meaning.NAME not in places:
        places[Meaning.NAME] = places.pop(Meaning.GIVEN)
    if Meaning.FAMILY in places and Meaning.GIVEN not in places and Meaning.NAME in places:
        family, whole = cells[places[Meaning.FAMILY][0]], cells[places[Meaning.NAME][0]]
        holds = sum(fold(one) in fold(other) for one, other in zip(family, whole, strict=False))
        if holds * 2 < len(family):
            places[Meaning.GIVEN] = places.pop(Meaning.NAME)
        else:
            places.pop(Meaning.FAMILY)
    if Meaning.KANA_GIVEN in places and Meaning.KANA_FAMILY not in places and Meaning.KANA not in places:
        places[Meaning.KANA] = places.pop(Meaning.KANA_GIVEN)
