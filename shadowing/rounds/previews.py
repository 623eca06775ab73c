"""A mailing before it leaves: how many letters in which language, and the very mails of any one recipient."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from math import ceil

from shadowing.config import Settings
from shadowing.extensions import db
from shadowing.mail import letters, outbox
from shadowing.models import Guest, Letter, LetterKind, Person, Round
from shadowing.rounds import reminders, whom


@dataclass(frozen=True, slots=True)
class PreviewedMail:
    """One mail as its reader gets it. *calendar* is the text of its calendar entry, if it has one."""

    letter: Letter
    subject: str
    text: str
    calendar: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """*before* and *after* are the recipients beside *person* in the order of *people*."""

    total: int
    kinds: tuple[tuple[LetterKind, str, int], ...]
    people: tuple[Person, ...]
    person: Person | None
    before: Person | None
    after: Person | None
    mails: tuple[PreviewedMail, ...]
    minutes: int


def mailing(planned: Sequence[Letter], person_id: int | None, settings: Settings) -> Mailing:
    """What *planned* letters come to, opened at one recipient: the one asked for, or else the first."""
    people = tuple({letter.person_id: letter.person for letter in planned}.values())
    place = next((n for n, person in enumerate(people) if person.id == person_id), 0)
    person = people[place] if people else None
    counts = Counter((letter.kind, letter.locale) for letter in planned)
    return Mailing(
        total=len(planned),
        kinds=tuple((kind, locale, count) for (kind, locale), count in sorted(counts.items())),
        people=people,
        person=person,
        before=people[place - 1] if place else None,
        after=people[place + 1] if place + 1 < len(people) else None,
        mails=tuple(mail(letter, settings) for letter in planned if person and letter.person_id == person.id),
        minutes=ceil(len(planned) / settings.mail_per_second / 60),
    )


def mail(letter: Letter, settings: Settings) -> PreviewedMail:
    message = outbox.render(letter, settings)
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


def asking(round: Round, now: datetime) -> list[Letter]:
    """The mails that `rounds.ask` would write, unsaved."""
    persons = db.session.scalars(whom.chosen(round, now))
    return [request(Guest(round=round, person=person), LetterKind.ASK, now) for person in persons]


def nudging(round: Round, now: datetime) -> list[Letter]:
    """The mails that `reminders.nudge` would write, unsaved."""
    return [request(guest, LetterKind.NUDGE, now) for guest in reminders.due(round, now)]


def request(guest: Guest, kind: LetterKind, now: datetime) -> Letter:
    return letters.asking(guest, kind, f"{kind}:preview", now)
