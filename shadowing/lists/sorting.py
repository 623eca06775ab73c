"""Which rows of a list are people (totals, legends and second posts are none), and who of them has left."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from shadowing.errors import Refusal
from shadowing.folding import fold
from shadowing.i18n import N_
from shadowing.lists import contents, sections
from shadowing.lists.drafts import NO_PERSON, Draft, Notes, draft
from shadowing.lists.headers import Header
from shadowing.lists.headings import Meaning
from shadowing.lists.meanings import ColumnMeanings
from shadowing.lists.questions import question
from shadowing.lists.workbooks import Worksheet, WorksheetRow
from shadowing.typed import Unfit

MAIN = re.compile(r"主務?|本務?|主所属|main|primary|true|1|yes|○|〇|◯|主たる.*|専任|正", re.IGNORECASE)
LEAVE_OUT, TAKE_IN = N_("leave out"), N_("take in")
YES, NO = N_("yes"), N_("no")
REMARKS = re.compile(r"備\s?考|摘要|メモ|特記事項|コメント|notes?|remarks?|comments?|memo", re.IGNORECASE)
REMARK_LONGEST = 60
PERSON = (Meaning.ID, Meaning.MAIL, Meaning.NAME, Meaning.FAMILY)


def drafts_of(sheet: Worksheet, header: Header, columns: ColumnMeanings, notes: Notes) -> list[Draft]:
    """The rows of one sheet that may be people."""
    body = _without_described(sheet, header, notes)
    made: list[Draft] = []
    footer = _footer(body, columns)
    for row in body:
        if row.trouble:
            notes.refuse_file(Refusal(row.trouble.sentence, **dict(row.trouble.facts)), sheet.name, row.number)
            continue
        one = draft(sheet.name, row, columns, made[-1] if made else None)
        if row.number < footer and _is_person(row, one):
            made.append(one)
        else:
            notes.left_out.append((sheet.name, row.number, N_("no person")))
    sections.settle(sheet, header, made, notes)
    return made


def _footer(body: Sequence[WorksheetRow], columns: ColumnMeanings) -> float:
    """The row from which on nobody has a number or an address, below a blank row: a legend, or where to ask."""
    numbered = [
        row.number
        for row in body
        if contents.is_id(columns.cell(row, Meaning.ID)) or contents.is_mail(columns.cell(row, Meaning.MAIL))
    ]
    numbers = [row.number for row in body]
    last = max(numbered, default=0)
    below = [number for number in numbers if number > last]
    return below[0] if last and below and below[0] > last + 1 else float("inf")


def _without_described(sheet: Worksheet, header: Header, notes: Notes) -> tuple[WorksheetRow, ...]:
    """Rows below the header that explain the columns, and their sample."""
    if not header.described:
        return header.body
    first, last = header.described[0].number, header.described[-1].number
    after = header.body[0].number if header.body else last + 1
    sentence = N_("Rows %(first)s to %(last)s look like a description of the columns. Begin with row %(after)s?")
    choices = (f"row {after}", f"row {first}")
    asked = question(f"rows {first}-{last}", sentence, choices, first=first, last=last, after=after)
    if notes.ask(asked) == f"row {first}":
        return (*header.described, *header.body)
    notes.left_out.extend((sheet.name, row.number, N_("a description of the columns")) for row in header.described)
    return header.body


def without_hidden(drafts: Sequence[Draft], notes: Notes) -> list[Draft]:
    """What HR does not see is not invited unless HR says so. Leavers among them are leavers all the same."""
    hidden = [one for one in drafts if one.hidden]
    if not hidden:
        return list(drafts)
    about = f"row {hidden[0].row}" if len(hidden) == 1 else f"{len(hidden)} hidden rows"
    sentence = N_("Rows hidden by hand or by a filter: %(count)s. Leave them out?")
    if notes.ask(question(about, sentence, (LEAVE_OUT, TAKE_IN), count=len(hidden))) == TAKE_IN:
        return list(drafts)
    notes.left_out.extend((one.sheet, one.row, N_("hidden")) for one in hidden if not one.left)
    return [one for one in drafts if not one.hidden or one.left]


def _is_person(row: WorksheetRow, one: Draft) -> bool:
    """Whoever has a mail address, or a name with a number or department. Formula errors do not make a row less."""
    filled = row.filled()
    if not filled or all(contents.is_error(cell) for cell in filled) or (len(filled) > 1 and len(set(filled)) == 1):
        return False  # a title that is merged over all columns says the same in each
    if any(NO_PERSON.fullmatch(cell) for cell in filled[:2]) and not contents.is_mail(one.mail):
        return False
    said = sum(bool(one[meaning] or meaning in one.broken) for meaning in (*PERSON, Meaning.DEPARTMENT))
    named = bool(one.name) or Meaning.NAME in one.broken
    return contents.is_mail(one.mail) or (named and said >= 2)


def one_post_each(drafts: Sequence[Draft], notes: Notes) -> list[Draft]:
    """Of several rows of one person the marked main post, else HR decides; of equal rows one."""
    posts: dict[str, list[Draft]] = defaultdict(list)
    for one in drafts:
        posts[f"{one.sheet}\n{one.row}" if one.wrong or not one.code else one.code].append(one)
    kept = []
    for code, rows in posts.items():
        same = [one for one in rows if fold(one.name) == fold(rows[0].name) and one.mail in ("", rows[0].mail)]
        chosen = rows[0] if len(same) == 1 else _main_post(code, same, notes)
        kept.append(chosen)
        for one in rows:
            if one is not chosen and one in same:
                notes.left_out.append((one.sheet, one.row, N_("a second post, or the same person again")))
            elif one is not chosen:
                first = Unfit("This is there twice: row %(first)s has it already.", first=rows[0].row)
                notes.refuse(one, Meaning.ID, first)
    return kept


def _main_post(code: str, rows: list[Draft], notes: Notes) -> Draft:
    marked = [one for one in rows if MAIN.fullmatch(one[Meaning.POST])]
    places = [one.department or one[Meaning.DEPARTMENT] or one[Meaning.DEPARTMENT_CODE] for one in rows]
    if len(marked) == 1 or len(set(places)) == 1:
        return marked[0] if len(marked) == 1 else rows[0]
    sentence = N_("%(name)s stands in %(count)s departments: %(places)s. Which one is theirs?")
    choices = tuple(dict.fromkeys(place for place in places if place)) or ("",)
    asked = question(
        f"{code} {rows[0].name}", sentence, choices, name=rows[0].name, count=len(rows), places=", ".join(choices)
    )
    chosen = notes.ask(asked)
    return rows[places.index(chosen)] if chosen in places else rows[0]


def find_leavers(drafts: Iterable[Draft], rows: dict[tuple[str, int], WorksheetRow], today: date, notes: Notes) -> None:
    """Who has left before *today*; for those who are on leave or blocked, HR is asked once for each word."""
    persons = list(drafts)
    month_first: dict[str, bool | None] = {}
    for sheet in {one.sheet for one in persons}:
        month_first[sheet] = contents.month_comes_first([one[Meaning.LEFT_ON] for one in persons if one.sheet == sheet])
    said: dict[tuple[str, str], list[Draft]] = defaultdict(list)
    strange: dict[tuple[int, str], list[Draft]] = defaultdict(list)
    telling: set[int] = set()
    for one in persons:
        _by_date(one, month_first[one.sheet], today, notes)
        for place in one.columns.places.get(Meaning.STATUS, ()):
            word = rows[one.sheet, one.row][place]
            standing = contents.standing(word, one.columns.headings[place])
            one.left = one.left or standing == "left"
            if standing in ("away", "coming", "blocked") and not one.left:
                said[standing, word.strip()].append(one)
            elif not standing and (text := contents.clean(word)) and not contents.KIND_OF_WORK.search(text):
                strange[place, text].append(one)
            elif standing:
                telling.add(place)
        for standing, text in _remarks(one, rows[one.sheet, one.row]):
            said[standing, text].append(one)
    said |= {("strange", word): those for (place, word), those in strange.items() if place in telling}
    for (standing, word), concerned in said.items():
        _ask_standing(standing, word, [one for one in concerned if not one.left], notes)


def _remarks(one: Draft, row: WorksheetRow) -> Iterator[tuple[str, str]]:
    """2025/3/31退職 under 備考: nobody is let go by a remark, but HR is asked."""
    for place, heading in enumerate(one.columns.headings):
        if REMARKS.fullmatch(heading.strip()) and 0 < len(text := contents.clean(row[place])) <= REMARK_LONGEST:
            standing = contents.standing(text, "")
            if standing in ("left", "away") and not one.left:
                yield ("blocked" if standing == "left" else standing), text


def _by_date(one: Draft, month_first: bool | None, today: date, notes: Notes) -> None:
    text = one[Meaning.LEFT_ON]
    if not text or contents.is_never(text):
        return
    one.left_on = contents.day(text, month_first)
    if one.left_on is None:
        hint = N_("Write it like 2027-01-18.")
        notes.refuse(one, Meaning.LEFT_ON, Unfit("“%(value)s” is not a date.", hint, value=text))
    else:
        one.left = one.left_on < today


def _ask_standing(standing: str, word: str, concerned: list[Draft], notes: Notes) -> None:
    count = len(concerned)
    if not count:
        return
    if standing == "away":
        sentence = N_("People with “%(word)s”: %(count)s. Shall they be asked to take part?")
        away = notes.ask(question(word, sentence, (NO, YES), count=count, word=word)) == NO
        for one in concerned:
            one.away = away
    elif standing == "coming":
        sentence = N_("People with “%(word)s”: %(count)s. Take them in already?")
        if notes.ask(question(word, sentence, (YES, NO), count=count, word=word)) == NO:
            for one in concerned:
                one.left = True
    else:
        sentence = N_("People with “%(word)s”: %(count)s. Have they left?")
        choices = (NO, YES) if standing == "strange" else (YES, NO)
        if notes.ask(question(word, sentence, choices, count=count, word=word)) == YES:
            for one in concerned:
                one.left = True


def refuse_shared_mail(drafts: Sequence[Draft], notes: Notes) -> None:
    """Two people behind one address: nobody can tell to whom a letter goes, so neither is taken in."""
    owners: dict[str, list[Draft]] = defaultdict(list)
    for one in drafts:
        if one.mail and not one.left and not one.wrong:
            owners[one.mail.casefold()].append(one)
    for rows in owners.values():
        for one in rows if len(rows) > 1 else ():
            other = next(it for it in rows if it is not one)
            hint = N_("Give each person an address of their own.")
            notes.refuse(
                one,
                Meaning.MAIL,
                Unfit("%(other)s (row %(row)s) has this address as well.", hint, other=other.name, row=other.row),
            )
