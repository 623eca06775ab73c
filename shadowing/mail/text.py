"""The text of a mail: subject and body in the reader's language and zone, and what their calendar will say."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import force_locale, gettext

from shadowing.i18n import Reader
from shadowing.mail import links, reasons
from shadowing.mail.letters import Sender
from shadowing.models import Entry, Letter, Link, UnmatchedFacts, VisitFacts
from shadowing.models.words import OPENING_KINDS

Context = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarText:
    """It names no token: calendars are shared with colleagues."""

    summary: str
    description: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailText:
    """*calendar* is None for a mail that is not about a visit."""

    subject: str
    body: str
    calendar: CalendarText | None


def write(letter: Letter, sender: Sender) -> MailText:
    facts = letter.facts
    with force_locale(letter.locale):
        context = _context(letter, sender)
        template = current_app.jinja_env.get_template(f"mail/{letter.kind.value}.txt")
        subject, body = (_block(template.blocks[name](template.new_context(context))) for name in ("subject", "body"))
        calendar = _calendar(facts, context, sender) if isinstance(facts, VisitFacts) else None
    return MailText(subject=" ".join(subject.split("\n")), body=f"{body}\n", calendar=calendar)


def _calendar(facts: VisitFacts, context: Context, sender: Sender) -> CalendarText:
    """Without the title of a private visit, which may name a customer."""
    entry, page = facts.revision.entry, f"{sender.public_url}/visits/{facts.revision.uid.partition('@')[0]}"
    shared = context | {"entry": replace(entry, title="") if entry.private else entry}
    return CalendarText(
        summary=_rendered("mail/_summary.txt", shared),
        description=f"{_rendered('mail/_visit.txt', shared)}\n\n{page}",
        url=page,
    )


def _rendered(name: str, context: Context) -> str:
    return _block([current_app.jinja_env.get_template(name).render(context)])


def _block(parts: Iterable[str]) -> str:
    """Text as it is meant: what the template's own lines leave behind is trimmed, at most one empty line in a row."""
    lines = [line.rstrip() for line in "".join(parts).strip().split("\n")]
    return "\n".join(line for place, line in enumerate(lines) if line or lines[place - 1])


def _context(letter: Letter, sender: Sender) -> Context:
    """What a template may name: the heading's parts, *facts* for what only its kind has, and *entry* for a visit."""
    facts, reader = letter.facts, Reader(letter.locale, ZoneInfo(letter.zone))
    shared: Context = {
        "company": sender.company,
        "reader": reader,
        "name": facts.heading.reader,
        "round": facts.heading.round,
        "coordinator": facts.heading.coordinator,
        "link": _link(facts.heading.link, sender),
        "facts": facts,
    }
    match facts:
        case VisitFacts():
            revision = facts.revision
            return shared | {"before": revision.before, "minor": revision.minor} | _of_visit(revision.entry, reader)
        case UnmatchedFacts():
            return shared | {"why": reasons.why(facts.code, gettext), "remedy": reasons.remedy(facts.remedy, gettext)}
        case _:
            return shared


def _of_visit(entry: Entry, reader: Reader) -> Context:
    return {
        "entry": entry,
        "kind": gettext(OPENING_KINDS[entry.kind]),
        "host_names": reader.people(entry.hosts),
        "guest_names": reader.people([guest.name for guest in entry.guests]),
    }


def _link(link: Link, sender: Sender) -> str:
    """The page of one reader. A token is a pure function of what it opens, so that a resend has the same one."""
    token = links.sign(sender.secret, link.purpose, *link.what)
    folder = "sign-in" if link.purpose == "sign_in" else "my"
    return f"{sender.public_url}/{folder}/{links.dead(token) if sender.shown else token}{link.path}"
