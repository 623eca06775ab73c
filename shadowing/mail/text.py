"""The text of a mail: who sends it, subject, text and HTML in the reader's language and zone, and what their calendar will say.

What a mail says is one value (content.py), which mail.txt and mail.html show; they add nothing of their own."""

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import force_locale, gettext

from shadowing.i18n import Reader
from shadowing.mail import (
    links,
    of_answers,
    of_briefs,
    of_check_ups,
    of_offers,
    of_openings,
    of_rounds,
    of_swaps,
    of_visits,
    typeset,
)
from shadowing.mail.content import Content, Writing, questions
from shadowing.mail.letters import Sender
from shadowing.models import Entry, Heading, Letter, Link
from shadowing.models.facts import (
    AnsweredForFacts,
    AnswerHeardFacts,
    AskFacts,
    BriefFacts,
    CheckUpFacts,
    Facts,
    NewDatesFacts,
    OfferedForFacts,
    OpenForYouFacts,
    PersonalLinkFacts,
    PlaceRefusedFacts,
    RoundCancelledFacts,
    SeatOfferFacts,
    SignInFacts,
    UnmatchedFacts,
    VisitFacts,
)
from shadowing.models.swaps import SwapEndedFacts, SwapOfferFacts, SwapWaitsFacts
from shadowing.models.words import OPENING_KINDS

PRODUCT = "Shadowing"
Context = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarText:
    """It names no token: calendars are shared with colleagues."""

    summary: str
    description: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailText:
    """*sender* is the name that the reader's list of mails shows. *calendar* is None for a mail that is not about a visit."""

    sender: str
    subject: str
    body: str
    html: str
    calendar: CalendarText | None


def write(letter: Letter, sender: Sender) -> MailText:
    facts = letter.facts
    with force_locale(letter.locale):
        reader = Reader(letter.locale, ZoneInfo(letter.zone))
        mail = _content(Writing(letter=letter, reader=reader, facts=facts, attached=attaches(letter)))
        context = _context(mail, facts.heading, reader, sender)
        return MailText(
            sender=_sender(facts.heading, sender),
            subject=one_line(mail.subject),
            body=f"{_rendered('mail/mail.txt', context)}\n",
            html=f"{current_app.jinja_env.get_template('mail/mail.html').render(context)}\n",
            calendar=_calendar(facts, reader, sender),
        )


def subject(letter: Letter) -> str:
    """The subject alone, for a list of many."""
    with force_locale(letter.locale):
        reader = Reader(letter.locale, ZoneInfo(letter.zone))
        about = Writing(letter=letter, reader=reader, facts=letter.facts, attached=attaches(letter))
        return one_line(_content(about).subject)


def attaches(letter: Letter) -> bool:
    """Whether a calendar entry goes with it: not where the reader owns the organizer's mailbox, since clients trash or never
    answer an invitation from oneself."""
    facts = letter.facts
    return (
        isinstance(facts, VisitFacts | CheckUpFacts)
        and facts.revision.organizer.casefold() != letter.address.casefold()
    )


def _content(about: Writing) -> Content:
    match about.facts:
        case SignInFacts() as facts:
            return of_rounds.sign_in(facts, about)
        case PersonalLinkFacts() as facts:
            return of_rounds.personal_link(facts, about)
        case AskFacts() as facts:
            return of_rounds.ask(facts, about)
        case NewDatesFacts() as facts:
            return of_rounds.new_dates(facts, about)
        case AnsweredForFacts() as facts:
            return of_rounds.answered_for(facts, about)
        case OpenForYouFacts() as facts:
            return of_rounds.open_for_you(facts, about)
        case OfferedForFacts() as facts:
            return of_openings.offered_for(facts, about)
        case AnswerHeardFacts() as facts:
            return of_answers.answer_heard(facts, about)
        case SeatOfferFacts() as facts:
            return of_offers.seat_offer(facts, about)
        case PlaceRefusedFacts() as facts:
            return of_offers.place_refused(facts, about)
        case SwapWaitsFacts() as facts:
            return of_swaps.swap_waits(facts, about)
        case SwapOfferFacts() as facts:
            return of_swaps.swap_offer(facts, about)
        case SwapEndedFacts() as facts:
            return of_swaps.swap_ended(facts, about)
        case UnmatchedFacts() as facts:
            return of_rounds.unmatched(facts, about)
        case RoundCancelledFacts() as facts:
            return of_rounds.round_cancelled(facts, about)
        case VisitFacts() as facts:
            return of_visits.visit(facts, about)
        case BriefFacts() as facts:
            return of_briefs.brief(facts, about)
        case CheckUpFacts() as facts:
            return of_check_ups.check_up(facts, about)


def _context(mail: Content, heading: Heading, reader: Reader, sender: Sender) -> Context:
    coordinator = heading.coordinator
    return {
        "mail": mail,
        "reader": reader,
        "set": typeset.html,
        "product": PRODUCT,
        "company": sender.company,
        "hello": gettext("Hello %(name)s,", name=heading.reader),
        "link": _link(heading.link, sender),
        "foot": questions([coordinator.name] if coordinator else [], reader),
    }


def _sender(heading: Heading, sender: Sender) -> str:
    """A person where one answers, so that nobody takes the mail for a machine's."""
    name = heading.coordinator.name if heading.coordinator else sender.company
    return str(gettext("%(name)s (Job shadowing)", name=name) if name else gettext("Job shadowing"))


def _link(link: Link, sender: Sender) -> str:
    """The page of one reader. A token is a pure function of what it opens, so that a resend has the same one."""
    if link.purpose == "page":
        return f"{sender.public_url}{link.path}"
    token = links.sign(sender.secret, link.purpose, *link.what)
    folder = "sign-in" if link.purpose == "sign_in" else "my"
    return f"{sender.public_url}/{folder}/{links.dead(token) if sender.shown else token}{link.path}"


# What the calendar says


def _calendar(facts: Facts, reader: Reader, sender: Sender) -> CalendarText | None:
    if isinstance(facts, CheckUpFacts):
        page = _link(facts.heading.link, sender)
        words = f"{of_check_ups.description()}\n\n{page}"
        return CalendarText(summary=of_check_ups.title(facts), description=words, url=page)
    return calendar(facts.revision.entry, facts.revision.uid, reader, sender) if isinstance(facts, VisitFacts) else None


def calendar(entry: Entry, uid: str, reader: Reader, sender: Sender) -> CalendarText:
    """Without the title of a private visit, and until the customer has agreed without what else may name them: colleagues see
    calendars, a host's too."""
    page = f"{sender.public_url}/visits/{uid.partition('@')[0]}"
    shared: Context = {
        "reader": reader,
        "entry": _shared(entry),
        "kind": gettext(OPENING_KINDS[entry.kind]),
        "host_names": reader.people(entry.hosts),
        "guest_names": reader.people([guest.name for guest in entry.guests]),
    }
    return CalendarText(
        summary=_rendered("mail/_summary.txt", shared),
        description=f"{_rendered('mail/_visit.txt', shared)}\n\n{page}",
        url=page,
    )


def _shared(entry: Entry) -> Entry:
    if not entry.firm:
        return entry.without_customer
    return replace(entry, title="") if entry.private else entry


def _rendered(name: str, context: Context) -> str:
    """Text as it is meant: what the template's own lines leave behind is trimmed, at most one empty line in a row."""
    whole = current_app.jinja_env.get_template(name).render(context)
    lines = [line.rstrip() for line in whole.strip().split("\n")]
    return "\n".join(line for place, line in enumerate(lines) if line or lines[place - 1])


def one_line(content: str) -> str:
    return " ".join(content.split("\n"))
