"""The department of each row: its code and name, out of one column, two, several levels, or a path.

Which level of an organisation is the department is HR's decision: it is asked once and remembered."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

from shadowing.folding import fold
from shadowing.i18n import N_
from shadowing.lists import contents
from shadowing.lists.drafts import Draft, Notes
from shadowing.lists.headings import Meaning
from shadowing.lists.meanings import ColumnMeanings, label
from shadowing.lists.questions import question
from shadowing.lists.workbooks import WorksheetRow
from shadowing.typed import Unfit

PARTS = re.compile(r"\s*(?:->|=>|→|＞|>|/|／|\\|￥|¥|\||｜|»|::)\s*")
CODE_FIRST = re.compile(r"([A-Za-z]{0,4}-?\d[A-Za-z0-9-]*|[A-Z][A-Z0-9]{1,7})\s*[:：_ 　\-]\s*(\D.*)")
CODE_LAST = re.compile(r"(.*\D)\s*[(（\[]([A-Za-z]{0,4}-?\d[A-Za-z0-9-]*)[)）\]]")
BRACKET_LAST = re.compile(r"(.+?)\s*[(（]([^)）]+)[)）]")
ENDING = re.compile(r"(部門|部|課|室|グループ|チーム|係|department|dept|division|team|group)\Z")
NUMERALS = str.maketrans("一二三四五六七八九", "123456789")
LAST, WHOLE = N_("last level"), N_("whole path")
FROM_ABOVE = N_("from above")
FILLED = N_("the last that is filled")
GROUPED = N_(
    "“%(heading)s” is empty in some rows (%(count)s), as if it were written once for a group. Take it from the row above?"
)


def settle(drafts: Sequence[Draft], rows: Mapping[int, WorksheetRow], columns: ColumnMeanings, notes: Notes) -> None:
    """Find the department of all *drafts* of one sheet, whose *rows* are by their number."""
    _fill_down(drafts, columns, notes)
    if Meaning.DEPARTMENT not in columns and len(columns.places.get(Meaning.LEVEL, ())) > 1:
        _by_levels(drafts, rows, columns, notes)
        return
    for one in drafts:
        one.department_code = one[Meaning.DEPARTMENT_CODE]
        one.department = one[Meaning.DEPARTMENT] or _only_level(one, rows, columns) or one.department_code
    if Meaning.DEPARTMENT_CODE not in columns:
        _part_codes(drafts)
        _by_path(drafts, columns, notes)
    _without_bosses(drafts)


def _only_level(one: Draft, rows: Mapping[int, WorksheetRow], columns: ColumnMeanings) -> str:
    places = columns.places.get(Meaning.LEVEL, ())
    return rows[one.row][places[0]] if len(places) == 1 and Meaning.DEPARTMENT not in columns else ""


def _fill_down(drafts: Sequence[Draft], columns: ColumnMeanings, notes: Notes) -> None:
    """A list grouped by department may name it in the first row of each group only, as merged cells leave it in a CSV."""
    named = [bool(one[Meaning.DEPARTMENT]) for one in drafts]
    missing = named.count(False)
    grouped = Meaning.DEPARTMENT in columns and Meaning.DEPARTMENT_CODE not in columns and named[:1] == [True]
    if not grouped or missing * 3 < len(drafts) or any(Meaning.DEPARTMENT in one.broken for one in drafts):
        return
    heading = columns.heading(Meaning.DEPARTMENT)
    asked = question(f"{heading}: empty", GROUPED, (FROM_ABOVE, N_("leave out")), heading=heading, count=missing)
    if notes.ask(asked) == FROM_ABOVE:
        above = ""
        for one in drafts:
            above = one.cells[Meaning.DEPARTMENT] = one[Meaning.DEPARTMENT] or above


def _by_levels(
    drafts: Sequence[Draft], rows: Mapping[int, WorksheetRow], columns: ColumnMeanings, notes: Notes
) -> None:
    places = columns.places[Meaning.LEVEL]
    names = tuple(label(columns.headings[place], place) for place in places)
    sentence = N_("%(count)s columns hold the unit. Which one is the department?")
    asked = question("/".join(names), sentence, (*names, FILLED), FILLED, count=len(names))
    chosen = notes.ask(asked)
    last = names.index(chosen) if chosen in names else len(names) - 1
    levels = [[contents.clean(rows[one.row][place]) for place in places] for one in drafts]
    _fill_levels_down(levels, names[0], notes)
    for one, said in zip(drafts, levels, strict=True):
        one.department = next((text for text in reversed(said[: last + 1]) if text), "")


def _fill_levels_down(levels: Sequence[list[str]], heading: str, notes: Notes) -> None:
    """営業部 written once, 一課 once below it: a new name on a level ends those of the levels below."""
    missing = sum(not any(said) for said in levels) or sum(not said[0] and any(said) for said in levels)
    if not levels or not levels[0][0] or not missing or all(said[0] for said in levels):
        return
    asked = question(f"{heading}: empty", GROUPED, (FROM_ABOVE, N_("leave out")), heading=heading, count=missing)
    if notes.ask(asked) != FROM_ABOVE:
        return
    above = [""] * len(levels[0])
    for said in levels:
        first = next((place for place, text in enumerate(said) if text), len(said))
        said[:first] = above[:first]
        above = list(said)


def _part_codes(drafts: Sequence[Draft]) -> None:
    """`100:営業部` and `営業部(100)` are a code and a name, where the whole column is so."""
    told = [one for one in drafts if one.department]
    for rule, code, name in ((CODE_FIRST, 1, 2), (CODE_LAST, 2, 1)):
        parted = {one.row: rule.fullmatch(one.department) for one in told}
        if told and all(parted.values()):
            for one in told:
                match = parted[one.row]
                assert match
                one.department_code, one.department = match[code].strip(), match[name].strip()
            return


def paths(names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The names that are paths, in parts. A single slash within a name makes none: some other name must share its beginning."""
    parted = {name: tuple(part for part in PARTS.split(name) if part) for name in names}
    long = {name: parts for name, parts in parted.items() if len(parts) > 1 or name.startswith("/")}
    if not long:
        return {}
    firsts = Counter(parts[0] for parts in parted.values() if parts)
    shared = sum(firsts[parts[0]] > 1 for parts in long.values() if parts)
    rooted = sum(name.startswith("/") or not re.search(r"[/／]", name) for name in long)
    return long if shared or rooted or (len(long) > 1 and len(long) == len(parted)) else {}


def _by_path(drafts: Sequence[Draft], columns: ColumnMeanings, notes: Notes) -> None:
    found = paths(list(dict.fromkeys(one.department for one in drafts if one.department)))
    if not found:
        return
    depth = max(map(len, found.values()))
    levels = tuple(f"level {level}" for level in range(1, depth + 1))
    heading = columns.heading(Meaning.DEPARTMENT)
    sentence = N_(
        "The departments of “%(heading)s” have levels, such as %(example)s. Between which of them do people visit each other?"
    )
    example = max(found, key=lambda name: len(found[name]))
    chosen = notes.ask(question(heading, sentence, (*levels, LAST, WHOLE), LAST, heading=heading, example=example))
    for one in drafts:
        parts = found.get(one.department, ())
        if parts and chosen != WHOLE:
            one.department = parts[-1] if chosen == LAST else parts[min(levels.index(chosen), len(parts) - 1)]
        elif parts:
            one.department = " / ".join(parts)


def _without_bosses(drafts: Sequence[Draft]) -> None:
    """Workday writes the boss behind the unit: `Platform (Rowan Hale)`."""
    names = {fold(one.name) for one in drafts}
    for one in drafts:
        match = BRACKET_LAST.fullmatch(one.department)
        if match and fold(match[2]) in names:
            one.department = match[1]


def coded(drafts: Sequence[Draft], known: Mapping[str, str], notes: Notes) -> dict[str, str]:
    """One name for each department, whatever its width and spacing, and a code for each: that of the list, of a *known*
    department of this name, or the name itself. Gives the departments that are not *known* by this name, by code."""
    codes = {fold(name): code for code, name in known.items()}
    made: dict[str, str] = {}
    clash: dict[str, str] = {}
    for one in drafts:
        name = " ".join(unicodedata.normalize("NFC", one.department).split())
        folded = fold(one.department_code or name)
        if not name:
            continue
        coded = bool(one.department_code) and name != one.department_code
        if one.department_code and one.department_code in known:
            code = one.department_code
        elif not one.department_code and fold(name) in codes:
            code = codes[fold(name)]
        elif folded in clash:
            code = clash[folded]
        else:
            code = clash[folded] = one.department_code or _code_of(_existing(name, known, notes), known, made)
        one.department_code = code
        if code not in known or (coded and fold(known[code]) != fold(name)):
            made.setdefault(code, name)
        one.department = made.get(code) or known[code]
    return made


def _existing(name: str, known: Mapping[str, str], notes: Notes) -> str:
    """製造 beside a known 製造部 is asked about: the same, or a new one?"""
    bare = _bare(name)
    same = [other for other in known.values() if bare and _bare(other) == bare]
    like = same[0] if len(same) == 1 else ""
    if not like:
        return name
    sentence = N_("“%(name)s” is like the department “%(like)s”. Is it the same?")
    asked = question(f"department {name}", sentence, (like, N_("a new department")), name=name, like=like)
    return like if notes.ask(asked) == like else name


def _bare(name: str) -> str:
    """営業 of 営業部; 第1 and 第一 are one."""
    return ENDING.sub("", fold(name).translate(NUMERALS))


def _code_of(name: str, known: Mapping[str, str], made: Mapping[str, str]) -> str:
    """A new department's code is its name, cut where that is too long for one."""
    existing = next((code for code, other in known.items() if other == name), "")
    if existing:
        return existing
    code, number = name[:60], 2
    while code in known or code in made:
        code, number = f"{name[:50]} {number}", number + 1
    return code


def refuse_nameless(drafts: Sequence[Draft], notes: Notes) -> None:
    here = [one for one in drafts if not (one.wrong or one.left)]
    if len(here) > 1 and not any(one.department or one.broken for one in here):
        hint = N_("Add a column with the department of each person.")
        none = Unfit("None of the %(count)s people of this list has a department.", hint, count=len(here))
        notes.refuse_file(none, here[0].sheet)
        for one in here:
            one.wrong = True
    for one in drafts:
        meaning = Meaning.DEPARTMENT if Meaning.DEPARTMENT in one.columns else Meaning.DEPARTMENT_CODE
        if one.department or one.wrong or one.left:
            continue
        if meaning in one.broken:
            trouble = Unfit(
                "The formula of this cell failed, so there is no department.", N_("Write the department as text.")
            )
            notes.refuse(one, meaning, trouble)
        else:
            notes.refuse(one, meaning, Unfit("This person has no department.", N_("Fill in the department.")))
