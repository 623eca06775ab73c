"""No sentence is shown that is not marked for translation, and what one promises is played by a test: the source of code and
templates is read for both."""

import ast
import importlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from flask import Flask
from jinja2 import nodes

from shadowing.errors import Refusal
from tests.played import NO_PROMISE, PLAYED, PROMISE
from tests.test_house import MODULES, PACKAGE, ROOT
from tests.test_translations import singular

GETTEXT = {"gettext", "ngettext", "N_"}  # what Babel looks for without being told
TEMPLATES = sorted(path for path in PACKAGE.glob("templates/**/*") if path.is_file())
SENTENCE = re.compile(r"[A-Za-z]{2,}[,.:]? [A-Za-z]{2,}")
WORDS = re.compile(r"[A-Za-z]{2,}")
PART_OF_A_TAG = re.compile(r'[\w-]+="[^"]*"| selected\b')  # what a macro adds to an open tag
JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")

TRANSLATED_WHERE_SHOWN = {
    "folders/writing.py": {"translate(NO_PLAN)"},
    "calendars/process.py": {
        "Refusal(answer.refused.sentence, **dict(answer.refused.facts))",
        "remark(refusal.sentence, **refusal.facts)",
    },
    "calendars/taking.py": {"remark(refusal.sentence, **refusal.facts)"},
    "company/trail.py": {"translate(DEEDS[entry.deed])", "translate(words)"},
    "folders/workbook_files.py": {"translate(column.heading)", "translate(table.name)"},
    "folders/spreadsheets.py": {"Refusal(row.trouble.sentence, **dict(row.trouble.facts))"},
    "lists/people.py": {"Refusal(troubled.sentence, **dict(troubled.facts))"},
    "lists/process.py": {
        "Refusal(answer.refused.sentence, **dict(answer.refused.facts))",
        "remark(refusal.sentence, **refusal.facts)",
    },
    "lists/sorting.py": {"Refusal(row.trouble.sentence, **dict(row.trouble.facts))"},
    "lists/time_rows.py": {"Refusal(row.trouble.sentence, **dict(row.trouble.facts))"},
    "lists/workbooks.py": {"remark(line.sentence, **line.facts)"},
    "mail/reasons.py": {"translate(REMEDY[code])", "translate(WHY[code])"},
    "mail/text.py": {"gettext(OPENING_KINDS[entry.kind])"},
    "mail/visit_facts.py": {"gettext(OPENING_KINDS[entry.kind])"},
    "background/jobs.py": {"Refusal(_why_no_plan(solve))"},
    "matching/pairings.py": {"Refusal(BROKEN.get(broken, SOME_RULE))"},
    "matching/swaps.py": {"Refusal(BROKEN.get(broken, SOME_RULE))"},
    "views/__init__.py": {"filled(outbox.trouble(datetime.now(UTC)) or '')"},
    "views/lists.py": {"gettext(choice)"},
    "views/proofs.py": {"gettext(why)", "gettext(cause.sentence)"},
    "views/takeaway.py": {"gettext(taken.name)"},
    "views/trail.py": {"gettext(words)"},
    "views/language.py": {
        "gettext(words_of.word(member))",
        "gettext(words_of.LANGUAGES.get(locale, locale))",
        "gettext(part)",
        "gettext(sentence)",
    },
}
"""Calls that do not spell out their sentence: what they are given is marked with N_, hint or remark, or is a Refusal's own."""

WORDS_OF_LISTS = tuple(
    f"lists/{name}.py"
    for name in ("clocks", "contents", "days", "headings", "marks", "moments", "offer_columns", "round_headings")
)
NOBODY_READS = ("cli", "__main__.py", "config.py", "extensions.py", "solver", "folders/columns.py", *WORDS_OF_LISTS)
"""The command line speaks English; the solver's breaches are for those who doubt it; columns and words of lists are read."""

NOT_SHOWN = {
    "background/jobs.py": {"It was interrupted.", "The round did not wait for this plan any more."},
    "background/fetching.py": {"the mailbox cannot be read"},
    "background/hearing.py": {
        "the reader of mails died",
        "The process that reads mails ended over this one.",
        "lease lost",
    },
    "background/listening.py": {
        "250 OK, it is kept",
        "451 4.3.0 It cannot be kept just now, try again later",
        "452 4.5.3 One recipient a mail, please",
        "550 5.1.1 There is no such mailbox here",
        "the door for mail does not open",
        "the door for mail failed",
        "a mail could not be kept",
    },
    "background/trying.py": {"a row failed"},
    "background/worker.py": {
        "lease lost",
        "the database does not answer",
        " letters wait for a later try.",
    },
    "folders/list_files.py": {"Employee ID", "Last day", "Taro Yamada", "Working hours"},
    "folders/roundfile.py": {r"at line (\d+)"},
    "folders/spreadsheets.py": {"field limit", "unexpected end"},
    "lists/managers.py": {
        " of row ",
        "family names",
        "managers not taken in",
        "no[ _]?(manager|supervisor)|not applicable|本人|同左|自身|top",
    },
    "lists/round_lists.py": {"hidden rows"},
    "lists/sorting.py": {" hidden rows"},
    "lists/texts.py": {"field limit", "unexpected end"},
    "lists/times.py": {"own times"},
    "mail/imap.py": {"the mailbox said "},
    "mail/japanese.py": {"no pairs of JIS"},
    "mail/replies.py": {"several calendars", "no event", "several visits", "several answers"},
    "mail/outbox.py": {"OOF, AutoReply"},
    "mail/typeset.py": {'<span style="white-space:nowrap">'},
    "visiting/offering.py": {"SET LOCAL lock_timeout = '20s'"},
    "models/base.py": {" has no time zone"},
    "models/columns.py": {
        "this JSON holds NUL or half a character",
        "this text holds NUL or half a character",
        "this text has ",
        " characters, and its column takes ",
    },
    "models/collecting.py": {"all, delete-orphan"},
    "models/company.py": {"left_at IS NULL"},
    "models/mail.py": {"done_at IS NULL"},
    "views/__init__.py": {"public, max-age=31536000, immutable"},
    "views/refusals.py": {"the database refused", "two did the same at once"},
    "zones.py": {
        "Hanoi/Da Nang/ハノイ/ダナン",
        "Mumbai/Delhi/New Delhi/Bangalore/Bengaluru/Chennai/Pune/ムンバイ/デリー/ニューデリー/バンガロール/チェンナイ",
        "San Francisco/Seattle/San Diego/Las Vegas/サンフランシスコ/シアトル/サンディエゴ",
    },
}
"""Log lines, what one server says to another, headers, SQL, what a library says, a programmer's mistake, cells of a template,
what a question is about, a tag."""

AS_IT_IS = {
    "layout.html": {"日本語", "English"},  # each language in its own name
    "round_lists/choose.html": {
        "1/19(火) 9:00～12:00、終日、午前、14時以降、毎週月曜 10時〜11時、第2・第4火曜、令和9年1月19日"
    },
}
"""Text of templates that is the same in every language; headings and commands stand in <code>."""


def kinds_of(refusal: type[Refusal]) -> set[str]:
    return {refusal.__name__}.union(*(kinds_of(kind) for kind in refusal.__subclasses__()))


def keywords() -> set[str]:
    """The names of the calls whose first argument `make translations` gathers, beside Babel's own."""
    return set(re.findall(r"-k (\w+)", (ROOT / "Makefile").read_text("utf-8")))


def named(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def short(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def calls(tree: ast.Module, names: set[str]) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call) and named(node) in names)


def text_of(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def test_the_sentences_of_every_kind_of_refusal_are_gathered() -> None:
    for path in MODULES:
        if path.name != "__main__.py":
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))

    assert keywords() == kinds_of(Refusal) - {"Mistakes"} | {"remark"}


def test_whoever_shows_a_sentence_spells_it_out() -> None:
    """Otherwise nobody gathers it. The exceptions show what was gathered elsewhere."""
    asking = keywords() | GETTEXT | {"filled", "translate"}

    found: dict[str, set[str]] = {}
    for path in MODULES:
        for call in calls(ast.parse(path.read_text("utf-8")), asking):
            method = isinstance(call.func, ast.Attribute) and call.func.attr in ("filled", "translate")
            if not method and text_of(call.args[0] if call.args else None) is None:
                found.setdefault(short(path), set()).add(ast.unparse(call))

    assert found == TRANSLATED_WHERE_SHOWN


def unmarked(path: Path) -> set[str]:
    """The texts of a module that look like a sentence and are neither marked nor a docstring."""
    tree = ast.parse(path.read_text("utf-8"))
    known = {id(one) for call in calls(tree, keywords() | GETTEXT) for one in call.args}
    known |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = (text_of(node) for node in ast.walk(tree) if id(node) not in known)
    return {text for text in texts if text and SENTENCE.search(text)}


def test_no_module_shows_a_sentence_that_is_not_marked() -> None:
    read = [path for path in MODULES if not short(path).startswith(NOBODY_READS)]

    assert {short(path): found for path in read if (found := unmarked(path))} == NOT_SHOWN


# Templates


class Shown(HTMLParser):
    """What of a template's own text is read by somebody: its text, and the attributes that speak."""

    SPEAKING = ("aria-label", "title", "alt", "placeholder", "label", "data-label")

    def __init__(self, source: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.silent = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent = tag if tag in ("code", "script", "style") else self.silent
        self.found |= {str(value) for name, value in attrs if name in self.SPEAKING and WORDS.search(value or "")}

    def handle_endtag(self, tag: str) -> None:
        self.silent = "" if tag == self.silent else self.silent

    def handle_data(self, data: str) -> None:
        text = PART_OF_A_TAG.sub("", data)
        if not self.silent and (WORDS.search(text) or JAPANESE.search(text)):
            self.found.add(text.strip())


def own_text(app: Flask, path: Path) -> str:
    """The template without its tags and expressions, each of which leaves a mark that is no word."""
    tokens = app.jinja_env.lex(path.read_text("utf-8"))
    return "".join(
        value if kind == "data" else "·"
        for _, kind, value in tokens
        if kind in ("data", "variable_begin", "block_begin")
    )


@pytest.mark.parametrize("path", TEMPLATES, ids=short)
def test_a_template_has_no_text_of_its_own(app: Flask, path: Path) -> None:
    source = own_text(app, path)

    found = Shown(source).found if path.suffix == ".html" else set(re.findall(r".*[A-Za-z]{2,}.*", source))

    assert found == AS_IT_IS.get(str(path.relative_to(PACKAGE / "templates")), set())


def spoken(node: nodes.Node, marked: bool = False) -> Iterator[str]:
    """The constants of a template's expressions that look like words of a page and stand in no call of gettext."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name):
        marked = marked or node.node.name in ("_", "gettext", "ngettext")
    text = node.value if isinstance(node, nodes.Const) and isinstance(node.value, str) and not marked else ""
    if SENTENCE.search(text) or re.fullmatch("[A-Z][a-z]+", text) or JAPANESE.search(text):
        yield text
    for child in node.iter_child_nodes():
        yield from spoken(child, marked)


@pytest.mark.parametrize("path", TEMPLATES, ids=short)
def test_the_expressions_of_a_template_hold_no_words(app: Flask, path: Path) -> None:
    assert list(spoken(app.jinja_env.parse(path.read_text("utf-8")))) == []


def test_scripts_speak_only_words_that_the_page_hands_them() -> None:
    texts = {
        path.name: [
            text
            for line in path.read_text("utf-8").splitlines()
            if not line.strip().startswith("//")
            for text in re.findall(r"\"([^\"]*)\"|'([^']*)'|`([^`]*)`", line)
            if SENTENCE.search("".join(text)) and not re.search(r"tbody|input", "".join(text))
        ]
        for path in PACKAGE.glob("static/js/**/*.js")
    }

    assert {name: found for name, found in texts.items() if found} == {}


# Promises


@pytest.mark.parametrize("test", PLAYED)
def test_what_a_sentence_promises_is_played_by_a_test_that_is_there(sentences: Catalog, test: str) -> None:
    said = [singular(message.id) for message in sentences if message.id]
    path, _, name = test.partition("::")

    assert re.search(rf"^def {name}\(", (ROOT / "tests" / path).read_text("utf-8"), re.MULTILINE)
    assert [begin for begin in PLAYED[test] if not any(one.startswith(begin) for one in said)] == []


def test_no_promise_is_made_that_no_test_plays(sentences: Catalog) -> None:
    begins = tuple(begin for played in PLAYED.values() for begin in played)
    said = [singular(message.id) for message in sentences if message.id]

    assert [one for one in said if PROMISE.search(one) and not one.startswith((*begins, *NO_PROMISE))] == []
