"""The words of the mails: text and HTML say the same, every kind has its words in both languages, one link and no more."""

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from shadowing.mail import outbox, text, typeset
from shadowing.mail.letters import Sender
from shadowing.mail.text import MailText
from shadowing.models import TESTS, Letter, LetterKind
from tests import factories as make
from tests.mail import gallery
from tests.postbox import parsed

MARKS = re.compile(r"^(\|●●\|  |■ |▶ |-- ?$)")
DRAWN = str.maketrans({"●": "", "▼": "", "\xa0": " "})
WITHIN_LINES = ("span", "wbr", "strong", "s")


class Html(HTMLParser):
    """What a reader of the HTML part sees, line by line, and where its links lead."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.lines = [""]
        self.links: list[str] = []
        self.tags: list[str] = []
        self.silent = False
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent = tag in ("style", "title")
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]
        self.tags.append(tag)
        self._ends(tag)

    def handle_endtag(self, tag: str) -> None:
        self.silent = False
        self._ends(tag)

    def handle_data(self, data: str) -> None:
        self.lines[-1] += "" if self.silent else data

    def _ends(self, tag: str) -> None:
        if tag not in WITHIN_LINES:
            self.lines.append("")

    @property
    def shown(self) -> list[str]:
        return [line for line in (line.translate(DRAWN).strip() for line in self.lines) if line]

    @property
    def pieces(self) -> list[str]:
        """A label and what it names stand in one line where the table has no columns."""
        return [piece for line in self.shown for piece in re.split(r"  +|: ", line)]

    @property
    def text(self) -> str:
        return " ".join(self.shown)


def said_in_text(written: MailText) -> list[str]:
    """The lines of the plain part without its marks; a fact as its name and its value."""
    found = []
    for line in written.body.split("\n"):
        bare = MARKS.sub("", line).strip()
        found += [part for piece in bare.split("  ") for part in piece.split(": ", 1) if part]
    return found


def written_in(app: Flask, locale: str, hard: bool = False) -> dict[str, MailText]:
    sender = Sender.of(app.extensions["settings"].model_copy(update={"company": "みなと精機"}))
    return {name: text.write(letter, sender) for name, letter in (gallery.hard if hard else gallery.every)(locale)}


LOCALES = pytest.mark.parametrize("locale", ["en", "ja"])


@LOCALES
def test_the_gallery_has_every_kind(app: Flask, session: Session, locale: str) -> None:
    assert {letter.kind for _, letter in gallery.every(locale)} == set(LetterKind)


@LOCALES
@pytest.mark.parametrize("hard", [False, True])
def test_text_and_html_say_the_same(app: Flask, session: Session, locale: str, hard: bool) -> None:
    wrong: dict[str, list[str]] = {}
    for name, written in written_in(app, locale, hard).items():
        html = Html(written.html)
        shown = html.text + " " + " ".join(html.links)
        missing = [line for line in said_in_text(written) if line not in shown]
        extra = [piece for piece in html.pieces if piece not in written.body]
        if missing or extra:
            wrong[name] = [*missing, "only in the HTML part:", *extra]

    assert wrong == {}


@LOCALES
def test_a_mail_has_one_link_which_only_the_text_spells_out(app: Flask, session: Session, locale: str) -> None:
    for name, written in written_in(app, locale).items():
        links = re.findall(r"https?://\S+", written.body)
        html = Html(written.html)

        assert (len(links), html.links) == (1, links), name
        assert "http" not in html.text, name
        assert f"\n{links[0]}\n" in written.body, name


@LOCALES
def test_no_mail_loads_anything_or_carries_a_picture(app: Flask, session: Session, locale: str) -> None:
    for name, written in written_in(app, locale).items():
        assert not re.search(r"<img|<script|url\(|@import|<link|<form", written.html), name


@LOCALES
def test_every_mail_is_made_for_eyes_and_for_ears(app: Flask, session: Session, locale: str) -> None:
    """What axe says of the same mails is in test_looks.py."""
    for name, written in written_in(app, locale).items():
        tables = re.findall(r"<table([^>]*)>", written.html)
        sizes = {int(size) for size in re.findall(r"font-size:(\d+)px", written.html)}

        assert written.html.startswith(f'<!doctype html>\n<html lang="{locale}">'), name
        assert all('role="presentation"' in table for table in tables), name
        assert Html(written.html).tags.count("h1") == 1, name
        assert min(sizes - {0}) >= 14, name


def test_what_a_narrow_screen_would_tear_apart_is_kept_whole() -> None:
    def kept(text: str) -> list[str]:
        return re.findall(r'<span style="white-space:nowrap">(.*?)</span>', typeset.html(text))

    assert kept("1月18日(月)〜2月12日(金)") == ["1月18日(月)", "2月12日(金)"]
    assert kept("1月19日(火) 13:30–14:30 日本時間") == ["1月19日(火)", "13:30–14:30", "日本時間"]
    assert kept("Tue 19 Jan 2027, 13:30–14:30 (Japan Time)") == ["Tue 19 Jan 2027,", "13:30–14:30"]
    assert kept("ご質問は、髙橋﨑 𠮷野﨑さんに") == ["髙橋﨑 𠮷野﨑さん"]
    assert kept("「春」で三上 亮さんが") == ["「春」", "三上 亮さん"]
    assert kept("場所は「会議室 5」になりました") == ["「会議室 5」"]
    assert kept("小野寺 陽介 will visit you, and 𠮷田 髙志 too") == ["小野寺 陽介", "𠮷田 髙志"]


@pytest.mark.parametrize("text", ["'' さん", "a&b 太郎さん", "「<b>」", "<&> さん", "「&&&&」 &lt; さん", "O'B 亮さん"])
def test_keeping_words_whole_tears_no_markup(text: str) -> None:
    assert unescape(re.sub(r"</?span[^>]*>|<wbr>", "", typeset.html(text))) == text
    assert "<b>" not in typeset.html(text)


@LOCALES
def test_every_mail_says_who_it_is_to_and_begins_with_the_plan(app: Flask, session: Session, locale: str) -> None:
    hello = {"ja": "秋元 桂子さん", "en": "Hello Keiko Akimoto,"}[locale]
    host = {"ja": "三上 亮さん", "en": "Hello Ryo Mikami,"}[locale]

    for name, written in written_in(app, locale).items():
        assert written.body.startswith("|●●|  Shadowing  みなと精機\n"), name
        assert any(f"\n{who}\n" in written.body for who in (hello, host)), name
        assert "%(" not in written.subject + written.body, name


@LOCALES
def test_what_was_typed_is_no_markup(app: Flask, session: Session, locale: str) -> None:
    for _, letter in gallery.of_visits(gallery.Cast(locale)):
        make.reword(letter, title="<script>alert(1)</script>", preparation="a <b> & c\n<i>d</i>")
        html = str(outbox.render(letter, app.extensions["settings"]).get_body(("html",)).get_content())  # type: ignore[union-attr]

        assert not re.search(r"<script|<b>|<i>", html)
        assert "&lt;script&gt;" in html


# Subjects and senders


def subjects(locale: str) -> dict[str, str]:
    return {name: text.subject(letter) for name, letter in gallery.every(locale)}


def test_a_subject_says_what_when_and_whose_side(app: Flask, session: Session) -> None:
    found = subjects("en")

    assert found["request-guest"] == "Invitation: Tue 19 Jan 13:30, beside Ryo Mikami in Sales"
    assert found["request-host"] == "Invitation: Tue 19 Jan 13:30, visit from Keiko Akimoto"
    assert found["request-open"] == "Invitation: Tue 19 Jan 13:30, visit to Ryo Mikami in Sales"
    assert found["cancel-date"] == "Called off: Tue 19 Jan 13:30, beside Ryo Mikami in Sales"


def test_the_subject_of_a_change_carries_the_old_day_or_hour(app: Flask, session: Session) -> None:
    found = subjects("en")

    assert found["change-time-guest"] == "Change: Wed 20 Jan 13:30, beside Ryo Mikami in Sales (was Tue 19 Jan)"
    assert found["change-hour-guest"] == "Change: Tue 19 Jan 12:30, beside Ryo Mikami in Sales (was 13:30)"
    assert found["change-place-guest"] == "Change: Tue 19 Jan 13:30, beside Ryo Mikami in Sales"
    assert found["cancel-not_host"] == "Another host: Tue 19 Jan 13:30, visit from Keiko Akimoto"
    assert found["cancel-instead"].endswith("beside Ryo Mikami in Sales (instead: Thu 21 Jan 13:30)")
    assert found["change-details-guest"] == "Update: Tue 19 Jan 13:30, beside Ryo Mikami in Sales"


def test_a_reminder_is_a_second_request_in_japanese(app: Flask, session: Session) -> None:
    assert "再度のお願い" in subjects("ja")["nudge"]


def test_the_sender_is_a_person_in_the_readers_language(app: Flask, session: Session) -> None:
    japanese = written_in(app, "ja")
    assert japanese["ask"].sender == "桜井 一輝（ジョブシャドウイング）"
    assert japanese["sign_in"].sender == "みなと精機（ジョブシャドウイング）"
    session.rollback()

    assert written_in(app, "en")["ask"].sender == "Kazuki Sakurai (Job shadowing)"


def test_a_reply_reaches_who_runs_the_round(app: Flask, session: Session) -> None:
    found = {}
    for name, letter in gallery.every("en"):
        replies = parsed(outbox.to_bytes(letter, app.extensions["settings"]))["Reply-To"]
        found[name] = replies.addresses[0].addr_spec if replies else None

    of_no_round = {found.pop(name) for name in ("sign_in", *TESTS)}
    assert of_no_round == {None}  # a reply goes to the service's own mailbox
    assert set(found.values()) == {"sakurai@example.org"}


# Facts


def named(locale: str, name: str) -> Letter:
    return dict(gallery.every(locale))[name]


def bodies(app: Flask) -> dict[str, str]:
    return {name: written.body for name, written in written_in(app, "en").items()}


def test_a_place_line_stands_even_while_the_place_is_open(app: Flask, session: Session) -> None:
    found = bodies(app)

    assert "Place: still open: please ask your host" in found["request-open"]
    assert "Place: still open: please tell your guest" in found["request-team"]


def test_a_visit_is_settled_once_the_customer_has_agreed(app: Flask, session: Session) -> None:
    found, open_still = bodies(app), "The customer has not agreed yet. If they do not, you are told."

    assert [name for name, body in found.items() if open_still in body] == ["request-unasked", "brief-guest"]
    assert "Your visit is planned" in found["request-unasked"]
    assert "Your visit is settled" in found["request-open"]


def test_each_side_reads_where_the_other_is_reached_and_calendars_do_not(app: Flask, session: Session) -> None:
    for name, address in (("request-guest", "mikami@example.org"), ("request-host", "akimoto@example.org")):
        message = parsed(outbox.to_bytes(named("en", name), app.extensions["settings"]))
        calendar = next(part for part in message.walk() if part.get_content_type() == "text/calendar")

        assert f"Contact: {address}" in str(message.get_body(("plain",)).get_content())  # type: ignore[union-attr]
        assert address not in str(calendar.get_content())
        session.rollback()


def test_a_change_says_what_was_and_what_is_each_once(app: Flask, session: Session) -> None:
    found = bodies(app)
    moved, details = found["change-both-guest"], found["change-details-guest"]

    for words in ("13:30–14:30", "Head office, 4th floor"):
        assert moved.split("Now\n")[0].count(words) == 1
    assert moved.split("Now\n")[1].count("Wed 20 Jan 2027, 13:30–14:30") == moved.count("会議室 5") == 1
    before, now = details.split("Now\n")
    assert "What: Sitting beside somebody at work – Quotes and calls" in before
    assert "Please prepare: Three business cards" in before
    assert "– 朝会" in now


def test_a_single_change_says_that_all_else_stays(app: Flask, session: Session) -> None:
    found, stays = bodies(app), "Everything else stays as it was."

    said = [what for what in ("time", "place", "both", "details") if stays in found[f"change-{what}-guest"]]
    assert said == ["time", "place"]


def test_a_cancellation_says_what_becomes_of_the_calendar_and_of_other_visits(app: Flask, session: Session) -> None:
    found = bodies(app)
    taken_out, stay = (
        "Your calendar takes the entry out by itself.",
        "Your other visits in this round stay in your calendar.",
    )

    silent = [name for name, body in found.items() if name.startswith("cancel-") and taken_out not in body]
    assert silent == ["cancel-address"]
    assert [name for name, body in found.items() if stay in body] == ["cancel-others-stay"]
    assert "You do not host on Tue 19 Jan 13:30 any more" in found["cancel-not_host"]


def test_a_mail_without_a_calendar_entry_does_not_speak_of_one(app: Flask, session: Session) -> None:
    letter = named("en", "request-guest")
    sender = Sender.of(app.extensions["settings"])
    assert "attached file" in text.write(letter, sender).body

    letter.address = make.revision_of(letter).organizer

    assert "attached file" not in text.write(letter, sender).body
    assert "calendar program" not in text.write(letter, sender).body


# What others are shown


@LOCALES
def test_a_mail_that_is_shown_to_others_differs_in_its_link_only(app: Flask, session: Session, locale: str) -> None:
    settings = app.extensions["settings"]
    for name, letter in gallery.every(locale):
        real, shown = outbox.to_bytes(letter, settings), outbox.to_bytes(letter, settings, shown=True)
        link = re.findall(r"https?://\S+", text.write(letter, Sender.of(settings)).body)[0]
        dead = re.findall(r"https?://\S+", text.write(letter, replace(Sender.of(settings), shown=True)).body)[0]

        assert len(real) == len(shown), name
        assert decoded(real).replace(link.encode(), dead.encode()) == decoded(shown), name
        opens = letter.facts.heading.link.purpose != "page"
        assert (link.encode() not in decoded(shown)) is opens, name


def decoded(mail: bytes) -> bytes:
    """Headers and parts of a mail, all as they were before base64."""
    message = parsed(mail)
    parts = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
    heads = [str(part.items()) for part in message.walk()]
    return b"\n".join([*(part for part in parts if isinstance(part, bytes)), *(head.encode() for head in heads)])
