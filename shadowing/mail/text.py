"""The words of a mail: subject and text in the reader's language and zone, and what their calendar will say."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import force_locale, gettext

from shadowing.i18n import Reader
from shadowing.mail import links, reasons
from shadowing.mail.letters import Sender
from shadowing.models import Letter
from shadowing.models.words import OPENING_KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """*summary* and *description* are for the calendar and name no token: calendars are shared with colleagues."""

    subject: str
    body: str
    summary: str
    description: str
    url: str


def words(letter: Letter, sender: Sender) -> Words:
    with force_locale(letter.locale):
        context = _context(letter, sender)
        template = current_app.jinja_env.get_template(f"mail/{letter.kind.value}.txt")
        blocks = {name: _block(template.blocks[name](template.new_context(context))) for name in ("subject", "body")}
        shared = context | {"title": ""} if letter.facts.get("private") else context
        visit = _rendered("mail/_visit.txt", shared) if "uid" in letter.facts else ""
        summary = _rendered("mail/_summary.txt", context) if "uid" in letter.facts else ""
    page = context["page"]
    return Words(
        subject=" ".join(blocks["subject"].split("\n")),
        body=blocks["body"] + "\n",
        summary=summary,
        description=f"{visit}\n\n{page}",
        url=page,
    )


def _rendered(name: str, context: dict[str, Any]) -> str:
    return _block([current_app.jinja_env.get_template(name).render(context)])


def _block(parts: Any) -> str:
    """Text as it is meant: what the template's own lines leave behind is trimmed, at most one empty line in a row."""
    lines = [line.rstrip() for line in "".join(parts).strip().split("\n")]
    return "\n".join(line for place, line in enumerate(lines) if line or lines[place - 1])


def _context(letter: Letter, sender: Sender) -> dict[str, Any]:
    facts = letter.facts
    reading = Reading(Reader(letter.locale, ZoneInfo(letter.zone)))
    context: dict[str, Any] = facts | {
        "company": sender.company,
        "link": _link(facts["link"], sender),
        "page": f"{sender.public_url}/visits/{facts['uid'].partition('@')[0]}" if "uid" in facts else "",
        "reading": reading,
        "minor": facts.get("minor", False),
    }
    if "uid" in facts:
        context |= {
            "kind": gettext(OPENING_KINDS[facts["kind"]]),
            "host_names": reading.people(facts["hosts"]),
            "guest_names": reading.people([guest["name"] for guest in facts["guests"]]),
        }
    if "reason" in facts:
        context |= {"why": reasons.why(facts["reason"], gettext), "remedy": reasons.remedy(facts["reason"], gettext)}
    return context


def _link(link: dict[str, Any], sender: Sender) -> str:
    """The page of one reader. A token is a pure function of what it opens, so that a resend has the same one."""
    token = links.sign(sender.secret, link["purpose"], *link["what"])
    folder = "sign-in" if link["purpose"] == "sign_in" else "my"
    return f"{sender.public_url}/{folder}/{token}{link['path']}"


@dataclass(frozen=True, slots=True)
class Reading:
    """The facts of a letter as its reader reads them: they hold days and instants as ISO 8601."""

    reader: Reader

    def day(self, iso: str) -> str:
        return self.reader.day(date.fromisoformat(iso))

    def short(self, iso: str) -> str:
        return self.reader.short_moment(datetime.fromisoformat(iso))

    def moment(self, iso: str) -> str:
        return self.reader.zoned(self.reader.moment(datetime.fromisoformat(iso)))

    def span(self, begin_iso: str, end_iso: str) -> str:
        begin, end = datetime.fromisoformat(begin_iso), datetime.fromisoformat(end_iso)
        return self.reader.zoned(self.reader.span(begin, end))

    def people(self, names: list[str]) -> str:
        return self.reader.people(names)
