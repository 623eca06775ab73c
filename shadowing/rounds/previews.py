"""A mailing before it leaves: how many letters in which language, the very mails of any one recipient, and a copy of them.

Whoever is not the reader sees a link that opens nothing; all other bytes are those that will be sent."""

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from enum import StrEnum

from shadowing.company import audit
from shadowing.config import Settings
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.folding import fold
from shadowing.mail import letters, outbox
from shadowing.mail import planned as mails
from shadowing.mail.letters import Sender
from shadowing.mail.planned import Planned
from shadowing.models import OVER, Coordinator, Letter, LetterKind, Person, Round, Stage
from shadowing.rounds import cancellation, joiners, new_dates, reminders, whom
from shadowing.visiting import briefs, calling_off, invitations

FOUND_MOST = 20
HOURS_OF_A_DAY = 24


class What(StrEnum):
    """The mailings that HR looks at before they leave."""

    ASK = "ask"
    NUDGE = "nudge"
    TELL = "tell"
    JOINERS = "joiners"
    PUBLISH = "publish"
    CANCEL = "cancel"
    BRIEFS = "briefs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """What HR looks at: which mailing as of which instant, opened at which *person* or the first whose *name* fits. *without*
    are ids of people who shall get no mail now; *why* belongs to a round that is called off."""

    what: What
    stamp: datetime
    person: int | None = None
    name: str = ""
    without: Set[int] = frozenset()
    why: str = ""

    @property
    def address(self) -> dict[str, str]:
        """What an address must say to lead to the same mailing."""
        given = {"what": self.what.value, "stamp": self.stamp.isoformat(), "why": self.why}
        return {name: value for name, value in given.items() if value}

    @property
    def ids(self) -> str:
        return ",".join(str(id) for id in sorted(self.without))


@dataclass(frozen=True, slots=True)
class PreviewedMail:
    """One mail as its reader gets it, but for the link. *calendar* is the text of its calendar entry, if it has one."""

    letter: Letter
    subject: str
    text: str
    calendar: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """*total* mails leave. *before* and *after* are the recipients beside *person* in the order of *people*, *found* those
    whose name was looked for; *held* are the people without a mail. *minutes* of sending, in whole ones; *quiet* where
    mails wait for the working day of their readers."""

    looking: Looking
    total: int
    kinds: tuple[tuple[LetterKind, str, int], ...]
    people: tuple[Person, ...]
    person: Person | None
    before: Person | None
    after: Person | None
    found: tuple[Person, ...]
    held: tuple[Person, ...]
    mails: tuple[PreviewedMail, ...]
    minutes: int
    quiet: bool


def mailing(planned: Sequence[Planned], looking: Looking, by: Person | None, settings: Settings) -> Mailing:
    """What *planned* letters come to, opened at one recipient: the one asked for, or else the first."""
    people = tuple({one.person.id: one.person for one in planned}.values())
    fits = [person for person in people if looking.name and fold(looking.name) in person.folded]
    wanted = looking.person or (fits[0].id if fits else None)
    place = next((n for n, person in enumerate(people) if person.id == wanted), 0)
    person = people[place] if people else None
    leaving = [one for one in planned if one.person.id not in looking.without]
    counts = Counter((one.kind, one.person.locale) for one in leaving)
    return Mailing(
        looking=looking,
        total=len(leaving),
        kinds=tuple((kind, locale, count) for (kind, locale), count in sorted(counts.items())),
        people=people,
        person=person,
        before=people[place - 1] if place else None,
        after=people[place + 1] if place + 1 < len(people) else None,
        found=tuple(fits[:FOUND_MOST]),
        held=tuple(one for one in people if one.id in looking.without),
        mails=tuple(mail(letter, settings) for letter in to(person, planned, by)) if person else (),
        minutes=round(len(leaving) / settings.mail_per_second / 60),
        quiet=settings.mail_hours[1] - settings.mail_hours[0] < HOURS_OF_A_DAY,
    )


def to(person: Person, planned: Sequence[Planned], by: Person | None) -> list[Letter]:
    """The letters to *person*, with *by* to answer questions where nobody does yet (`Round.take_charge`)."""
    return [_answered_by(one.write(), by) for one in planned if one.person.id == person.id]


def _answered_by(letter: Letter, by: Person | None) -> Letter:
    facts = letter.facts
    if facts.heading.coordinator is None and by is not None:
        answers = Coordinator(name=by.name(letter.locale), email=by.email)
        letter.facts = replace(facts, heading=replace(facts.heading, coordinator=answers))
    return letter


def mail(letter: Letter, settings: Settings) -> PreviewedMail:
    message = outbox.render(letter, settings, shown=True)
    body = message.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    return PreviewedMail(letter, str(message["Subject"]), str(text), calendar_fields(message))


SHOWN = ("METHOD", "SUMMARY", "DTSTART", "DTEND", "LOCATION", "ORGANIZER", "ATTENDEE", "SEQUENCE", "STATUS", "UID")


def calendar_fields(message: EmailMessage) -> tuple[tuple[str, str], ...]:
    """The fields of the calendar entry that say what the reader's calendar will show."""
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            return tuple(fields_of(str(part.get_content())))
    return ()


def fields_of(calendar: str) -> list[tuple[str, str]]:
    lines = calendar.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "").split("\n")
    parted = (line.partition(":") for line in lines)
    return [(name.split(";")[0], value) for name, _, value in parted if name.split(";")[0] in SHOWN]


# The letters that a press of HR would write


def planned(round: Round, looking: Looking, sender: Sender) -> list[Planned]:
    now = looking.stamp
    match looking.what:
        case What.ASK:
            return asking(round, now)
        case What.NUDGE:
            return nudging(round, now)
        case What.TELL:
            return new_dates.planned(round, now)
        case What.JOINERS:
            return joiners.asking(round, None, now) or joiners.asking(round, looking.person, now)
        case What.PUBLISH:
            return invitations.planned(round, now, sender)
        case What.BRIEFS:
            return briefs.planned(round, now)
        case What.CANCEL:
            over = round.stage in (Stage.DRAFT, *OVER)
            rows = [] if over else calling_off.standing(round, now)
            return [] if over else cancellation.planned(round, looking.why, now, rows)


def asking(round: Round, now: datetime) -> list[Planned]:
    """The mails that `rounds.ask` would write."""
    persons = db.session.scalars(whom.chosen(round, now))
    return [mails.question(round, person, now) for person in persons]


def nudging(round: Round, now: datetime) -> list[Planned]:
    """The mails that `reminders.nudge` would write."""
    return [mails.reminder(guest, now) for guest in reminders.due(round, now)]


# A copy for whoever looks


def send_copies(of: Sequence[Letter], by: Person, round: Round | None, now: datetime) -> list[Letter]:
    """Mail *by* the very bytes of these letters, but for the link."""
    shown = [letter for letter in of if letter.kind is not LetterKind.SIGN_IN]
    if not shown:
        raise Refusal("There is no mail to this person that could be sent to you.")
    copies = [letters.copy(letter, by, now) for letter in shown]
    db.session.add_all(copies)
    audit.record("send_copy", by, round, now, of=shown[0].person_id, letters=len(shown))
    return copies
