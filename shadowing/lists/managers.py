"""Who reports to whom, however a list says it: by number, mail address, name, or name with number."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from shadowing.errors import remark
from shadowing.folding import fold
from shadowing.i18n import N_
from shadowing.lists import contents
from shadowing.lists.drafts import Draft, Notes
from shadowing.lists.headings import Meaning
from shadowing.lists.questions import question
from shadowing.lists.workbooks import WorksheetRow

NOBODY = N_("nobody")
EMPTY, STOP, YES = N_("leave empty"), N_("stop"), N_("yes")
NAMED_MOST = 5
NO_BOSS = re.compile(r"no[ _]?(manager|supervisor)|not applicable|本人|同左|自身|top", re.IGNORECASE)
TITLES = re.compile(
    r"\s*(?:さん|さま|様|殿|氏)?\s*(?:(?:副|執行役員)?(?:本部|事業部|統括部|部|課|室|係|班|所|店|支店|支社|工場|グループ|チーム)長(?:代理|補佐)?"
    r"|次長|社長|会長|専務|常務|取締役|主任|主査|リーダー|マネージャー|マネジャー|チーフ|(?<=\W)(?:GM|GL|TL|M))?\s*(?:さん|さま|様|殿|氏)?\Z"
)
CHAIN = re.compile(r"\s*(?:>|＞|→|/|／|;|；|、|\n)\s*")
PARTED = re.compile(r"\s*[(（\[<＜:：/|,、]\s*|\s*[)）\]>＞]\s*|\s+")


class Directory:
    """The people of a list, and those known before, by everything that names one. A shared name names nobody."""

    def __init__(self, drafts: Sequence[Draft], known: Mapping[str, tuple[str, str]]) -> None:
        self.by_code: dict[str, str] = {fold(code): code for code in known}
        self.by_mail: dict[str, str] = {mail.casefold(): code for code, (_, mail) in known.items()}
        self.by_name: dict[str, set[str]] = defaultdict(set)
        self.units = {one.code: one.department for one in drafts}
        listed = {one.code for one in drafts}
        for code, (name, _) in known.items():
            if code not in listed:
                self.by_name[fold(name)].add(code)
        for one in drafts:
            self.by_code[fold(one.code)] = one.code
            self.by_mail[one.mail.casefold()] = one.code
            for name in {
                one.name,
                f"{one[Meaning.FAMILY]}{one[Meaning.GIVEN]}",
                f"{one[Meaning.GIVEN]}{one[Meaning.FAMILY]}",
            }:
                if name:
                    self.by_name[fold(name)].add(one.code)
        self.families: dict[str, set[str]] = defaultdict(set)
        for one in drafts:
            self.families[fold(one[Meaning.FAMILY] or (one.name.split() or [""])[0])].add(one.code)
        self.by_number: dict[str, set[str]] = defaultdict(set)
        for code in self.by_code.values():
            self.by_number[code.lstrip("0")].add(code)

    def find(self, text: str) -> set[str]:
        """All that *text* may name: exactly one is an answer."""
        for said in (text, *filter(None, PARTED.split(text)), *reversed(text.split("\n"))):
            plain = unicodedata.normalize("NFKC", said).strip()
            if code := self.by_code.get(fold(contents.id_of(plain))) or self.by_mail.get(plain.casefold()):
                return {code}
            if fold(plain) in self.by_name:
                return self.by_name[fold(plain)]
            if said == text and plain.isdigit() and len(self.by_number[plain.lstrip("0")]) == 1:
                return self.by_number[plain.lstrip("0")]
        bare = re.sub(r"[(（].*[)）]", "", TITLES.sub("", text)).strip()
        turned = " ".join(reversed(re.split(r"\s*,\s*", text)))
        found = self.by_name.get(fold(bare)) or self.by_name.get(fold(turned)) or set()
        parts = [part for part in CHAIN.split(text) if part.strip()] if not found else []
        return set().union(*(self.by_name.get(fold(part), set()) for part in parts)) if len(parts) > 1 else found

    def by_family(self, text: str) -> str | None:
        """Whoever alone has the family name that *text* is, before a title or without one."""
        found = self.families.get(fold(TITLES.sub("", text)), set())
        return next(iter(found)) if len(found) == 1 else None


def settle(
    drafts: Sequence[Draft],
    others: Sequence[Draft],
    rows: Mapping[tuple[str, int], WorksheetRow],
    known: Mapping[str, tuple[str, str]],
    notes: Notes,
) -> None:
    """Find the manager of each of *drafts*. Whoever is named in doubt is asked about, and the place stays empty till then.
    *others* stand in the list too, but are refused or leave."""
    directory = Directory(drafts, known)
    doubtful: dict[str, set[str]] = {}
    said: Counter[str] = Counter()
    waiting: list[tuple[Draft, str]] = []
    for one in drafts:
        text, found = _named(one, rows[one.sheet, one.row], directory)
        if found == {one.code}:
            _ask_own(one, notes)
        elif len(found) == 1:
            one.manager = next(iter(found))
        elif text:
            doubtful[text] = found
            said[text] += 1
            waiting.append((one, text))
    _ask_families(doubtful, directory, notes)
    chosen = {text: _ask_which(text, found, said[text], directory, notes) for text, found in doubtful.items() if found}
    for one, text in waiting:
        one.manager = chosen.get(text) if chosen.get(text) != one.code else None
    _tell_unknown([text for text, found in doubtful.items() if not found], Directory(others, {}), notes)
    _break_loops(drafts, notes)


def _named(one: Draft, row: WorksheetRow, directory: Directory) -> tuple[str, set[str]]:
    """The best of several columns: the first that names exactly one person."""
    best: tuple[str, set[str]] = ("", set())
    for place in one.columns.places.get(Meaning.MANAGER, ()):
        text = contents.clean(row[place])
        if not text or contents.is_error(text) or NO_BOSS.fullmatch(text):
            continue
        found = directory.find(text)
        if len(found) == 1:
            return text, found
        if not best[0] or (found and not best[1]):
            best = text, found
    return best


def _ask_families(doubtful: dict[str, set[str]], directory: Directory, notes: Notes) -> None:
    """森部長 is the one 森 of the list, if HR says so."""
    likely = {text: code for text, found in doubtful.items() if not found and (code := directory.by_family(text))}
    if not likely:
        return
    named = ", ".join(f"{text} → {code}" for text, code in list(likely.items())[:NAMED_MOST])
    sentence = N_(
        "%(count)s managers are written with their family name only: %(names)s. Is each the only one of that name?"
    )
    if notes.ask(question("family names", sentence, (YES, EMPTY), count=len(likely), names=named)) == YES:
        for text, code in likely.items():
            doubtful[text] = {code}
    else:
        for text in likely:
            del doubtful[text]


def _ask_own(one: Draft, notes: Notes) -> None:
    heading = one.columns.heading(Meaning.MANAGER)
    sentence = N_("%(name)s is given as their own manager. Leave the manager empty?")
    notes.ask(question(f"{heading} of row {one.row}", sentence, (EMPTY, STOP), name=one.name))


def _ask_which(text: str, found: set[str], count: int, directory: Directory, notes: Notes) -> str | None:
    if len(found) == 1:
        return next(iter(found))
    codes = sorted(found)
    people = ", ".join(f"{code} ({directory.units[code]})" if code in directory.units else code for code in codes)
    sentence = N_(
        "“%(name)s” is the manager of %(count)s people, and several people have that name: %(people)s. Which one?"
    )
    if len([part for part in CHAIN.split(text) if part]) > 1:
        sentence = N_("“%(name)s” names several people: %(people)s. Which one is the manager of %(count)s people?")
    asked = question(text, sentence, (*codes, NOBODY), NOBODY, name=text, count=count, people=people)
    chosen = notes.ask(asked)
    return chosen if chosen in found else None


def _tell_unknown(texts: Sequence[str], others: Directory, notes: Notes) -> None:
    there = {text: None for text in texts if others.find(text)}
    _tell(
        "managers",
        N_("Managers who are not in the list (%(count)s): %(names)s. Leave the managers of their people empty?"),
        [text for text in texts if text not in there],
        notes,
    )
    _tell(
        "managers not taken in",
        N_(
            "Managers whose own row has an error or says that they leave (%(count)s): %(names)s. "
            "Leave the managers of their people empty?"
        ),
        tuple(there),
        notes,
    )


def _tell(about: str, sentence: str, texts: Sequence[str], notes: Notes) -> None:
    if texts:
        named = ", ".join(texts[:NAMED_MOST]) + ("…" if len(texts) > NAMED_MOST else "")
        notes.ask(question(about, sentence, (EMPTY, STOP), count=len(texts), names=named))


def _break_loops(drafts: Sequence[Draft], notes: Notes) -> None:
    """Nobody is the boss of their own boss: who does so gets none, and the list says so."""
    above = {one.code: one.manager for one in drafts if one.manager}
    looped = {code for loop in loops(above) for code in loop}
    for loop in loops(above):
        notes.remarks.append(
            remark(
                "The managers go round in a circle: %(loop)s. They are left empty.", loop=" → ".join((*loop, loop[0]))
            )
        )
    for one in drafts:
        if one.code in looped:
            one.manager = None


def loops(above: Mapping[str, str | None]) -> Iterator[list[str]]:
    done: set[str] = set()
    for start in above:
        path: dict[str, None] = {}
        code: str | None = start
        while code is not None and code not in done and code not in path:
            path[code] = None
            code = above.get(code)
        if code is not None and code in path:
            yield list(path)[list(path).index(code) :]
        done.update(path)
