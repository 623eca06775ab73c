"""Letters: one row for each mail, with everything its text will name frozen in its *facts*.

A row is written in the transaction of the deed it tells of; the mail is a pure function of the row (outbox.py), so it can
be shown before it is sent and sent again as the same bytes. Links are signed while rendering: no row holds a token."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, select, update

from shadowing.config import Settings
from shadowing.extensions import db
from shadowing.mail import quiet
from shadowing.models import (
    BY_ITSELF,
    Coordinator,
    Guest,
    Heading,
    Letter,
    LetterKind,
    LetterState,
    Link,
    Person,
    Revision,
    Round,
    SignInKey,
    WhyUnmatched,
)
from shadowing.models.facts import (
    AnsweredForFacts,
    AskFacts,
    Example,
    Facts,
    NewDatesFacts,
    OpenForYouFacts,
    PersonalLinkFacts,
    RoundCancelledFacts,
    SignInFacts,
    UnmatchedFacts,
    VisitFacts,
)

COPY = ":copy:"
CHUNK = 1000  # keys in one look: a statement takes only so many values
LINK_LIVES = timedelta(days=1)
ONE_COPY = (
    *(LetterKind.ASK, LetterKind.NUDGE, LetterKind.UNMATCHED, LetterKind.ROUND_CANCELLED, LetterKind.NEW_DATES),
    *(LetterKind.ANSWERED_FOR, LetterKind.OPEN_FOR_YOU, LetterKind.OFFERED_FOR, LetterKind.ANSWER_HEARD),
    *(LetterKind.SEAT_OFFER, LetterKind.PLACE_REFUSED),
    *(LetterKind.SWAP_OFFER, LetterKind.SWAP_WAITS, LetterKind.SWAP_ENDED),
    *BY_ITSELF,
)
"""Not sent again where the outcome of a try is unknown: one too few beats one too many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """What of the settings goes into a mail. Of a mail that is only *shown* the reader's own link does not work. *hears*: answers
    by mail arrive."""

    secret: str
    mail_from: str
    public_url: str
    company: str
    shown: bool = False
    hears: bool = False

    @classmethod
    def of(cls, settings: Settings) -> "Sender":
        return cls(
            secret=settings.secret_key,
            mail_from=settings.mail_from,
            public_url=settings.public_url,
            company=settings.company,
            hears=settings.hears,
        )


def sign_in(key: SignInKey, now: datetime) -> Letter:
    link = Link(purpose="sign_in", what=(key.id,))
    heading = Heading(reader=key.person.name(key.person.locale), link=link)
    facts = SignInFacts(heading=heading, until=key.expires_at)
    letter = addressed(key.person, None, LetterKind.SIGN_IN, f"sign_in:{key.id}", now, facts)
    letter.expires_at = key.expires_at
    return _kept(letter)


def personal_link(person: Person, round: Round, now: datetime) -> Letter:
    key = f"personal_link:{round.id}:{person.id}:{now.isoformat()}"
    facts = PersonalLinkFacts(heading=heading_of(person, round, ""))
    letter = addressed(person, round, LetterKind.PERSONAL_LINK, key, now, facts)
    letter.expires_at = now + LINK_LIVES
    return _kept(letter)


def ask(guests: Sequence[Guest], now: datetime) -> list[Letter]:
    return keep([asking(guest, LetterKind.ASK, f"ask:{guest.id}", now) for guest in guests])


def nudge(guests: Sequence[Guest], now: datetime) -> list[Letter]:
    when = now.isoformat()
    return keep([asking(guest, LetterKind.NUDGE, f"nudge:{guest.id}:{when}", now) for guest in guests])


def asking(guest: Guest, kind: LetterKind, key: str, now: datetime) -> Letter:
    """The unsaved mail that asks for wishes and free times, for a preview too."""
    round = guest.round
    facts = AskFacts(
        heading=heading_of(guest.person, round, ""),
        greeting=round.greeting,
        starts_on=round.starts_on,
        ends_on=round.ends_on,
        answers_until=round.answers_until,
    )
    letter = addressed(guest.person, round, kind, key, now, facts)
    letter.expires_at = round.answers_end
    return letter


def unmatched(guest: Guest, stamp: datetime, now: datetime) -> Letter:
    letter = missing(guest, stamp)
    letter.due_at = now
    return _kept(letter)


def missing(guest: Guest, stamp: datetime) -> Letter:
    """The unsaved mail to a guest without a visit."""
    round = guest.round
    reason = guest.reason or WhyUnmatched(code="", remedy="")
    facts = UnmatchedFacts(
        heading=heading_of(guest.person, round, "/visits"),
        code=reason.code,
        remedy=reason.remedy,
        example=example(guest),
        first_next_time=True,
    )
    letter = addressed(guest.person, round, LetterKind.UNMATCHED, f"unmatched:{guest.id}", stamp, facts)
    letter.expires_at = round.instants[1]
    return letter


def example(guest: Guest) -> Example | None:
    """Where the remedy of a guest without a visit leads to: see `matching/why.py`."""
    facts = guest.reason.facts if guest.reason else {}
    if "place" not in facts:
        return None
    starts_at, ends_at = (
        datetime.fromtimestamp(int(facts[name]) * 60, UTC) if name in facts else None for name in ("from", "to")
    )
    return Example(department=str(facts["place"]), starts_at=starts_at, ends_at=ends_at)


def round_cancelled(person: Person, round: Round, why: str, visits: bool, now: datetime) -> Letter:
    """The unsaved mail that says why there is no round."""
    facts = RoundCancelledFacts(heading=heading_of(person, round, ""), why=why, visits=visits)
    return addressed(person, round, LetterKind.ROUND_CANCELLED, f"round_cancelled:{round.id}:{person.id}", now, facts)


def new_dates(guest: Guest, before: tuple[date, date, date], now: datetime) -> Letter:
    """The unsaved mail that says which days the round has now. Each change of the round may be told."""
    round = guest.round
    facts = NewDatesFacts(
        heading=heading_of(guest.person, round, ""),
        starts_on=round.starts_on,
        ends_on=round.ends_on,
        answers_until=round.answers_until,
        before=before,
    )
    key = f"new_dates:{guest.id}:{round.version}"
    letter = addressed(guest.person, round, LetterKind.NEW_DATES, key, now, facts)
    letter.expires_at = round.instants[1]
    return letter


def answered_for(guest: Guest, by: Person, until: date | None, taken_back: bool, now: datetime) -> Letter:
    """The unsaved mail to somebody whose answer HR typed in, or took back again."""
    facts = AnsweredForFacts(
        heading=heading_of(guest.person, guest.round, ""),
        by=by.name(guest.person.locale),
        until=until,
        taken_back=taken_back,
    )
    key = f"answered_for:{guest.id}:{now.isoformat()}"
    letter = addressed(guest.person, guest.round, LetterKind.ANSWERED_FOR, key, now, facts)
    letter.expires_at = guest.round.instants[1]
    return letter


def open_for_you(guest: Guest, until: date, now: datetime) -> Letter:
    """The unsaved mail to somebody for whom alone the answers are open again."""
    facts = OpenForYouFacts(heading=heading_of(guest.person, guest.round, ""), until=until)
    key = f"open_for_you:{guest.id}:{now.isoformat()}"
    letter = addressed(guest.person, guest.round, LetterKind.OPEN_FOR_YOU, key, now, facts)
    letter.expires_at = guest.round.end_of(until)
    return letter


def take_back(which: ColumnElement[bool], now: datetime) -> None:
    """Letters that nobody is sending just now stay at home."""
    here = update(Letter).where(which, Letter.done_at.is_(None), Letter.lease_until.is_(None))
    db.session.execute(here.values(state=LetterState.CANCELLED, done_at=now))


def of_invitation(kind: LetterKind, person: Person, address: str, round: Round, revision: Revision) -> Letter:
    """The unsaved mail of one revision of an invitation. Its key holds no row's id, so a preview has the same.
    *address* is where the calendar entry stands, which may not be the person's address of today."""
    key = f"invitation:{revision.uid}:{revision.number}"
    facts = VisitFacts(heading=heading_of(person, round, "/visits"), revision=revision)
    letter = addressed(person, round, kind, key, revision.stamp, facts)
    letter.address, letter.revision = address, revision.number
    letter.expires_at = revision.entry.starts_at
    return letter


def heading_of(person: Person, round: Round, path: str) -> Heading:
    """*path* is where the reader's personal link leads to."""
    locale = person.locale
    link = Link(purpose="personal", what=(person.id, person.link_version, round.id), path=path)
    return Heading(reader=person.name(locale), link=link, round=round.title, coordinator=coordinator(round, locale))


def coordinator(round: Round, locale: str) -> Coordinator | None:
    """Whom the people of a round are told to turn to."""
    chosen = round.responsible
    return Coordinator(name=chosen.name(locale), email=chosen.email) if chosen else None


def copy(letter: Letter, by: Person, now: datetime) -> Letter:
    """The unsaved mail of another's *letter* to *by*, addressed to its reader and with a link that opens nothing. It belongs
    to no round and to no invitation: nobody has heard of anything by it."""
    made = addressed(
        letter.person, None, letter.kind, f"{letter.key}{COPY}{by.id}:{now.isoformat()}", letter.stamp, letter.facts
    )
    made.address, made.locale, made.zone = letter.address, letter.locale, letter.zone
    made.revision, made.copy_for, made.due_at = letter.revision, by.email, now
    return made


def addressed(person: Person, round: Round | None, kind: LetterKind, key: str, stamp: datetime, facts: Facts) -> Letter:
    return Letter(
        key=key,
        kind=kind,
        state=LetterState.READY,
        round_id=round and round.id,
        person_id=person.id,
        person=person,
        address=person.email,
        locale=person.locale,
        zone=person.zone,
        due_at=stamp,
        stamp=stamp.replace(microsecond=0),
        revision=0,
        attempts=0,
        unfinished=0,
        fence=0,
        error="",
        facts=facts,
    )


def _kept(letter: Letter) -> Letter:
    return keep([letter])[0]


def keep(new: Sequence[Letter]) -> list[Letter]:
    """The letters, saved; or those that are there already under their keys. One look for many: a round asks everybody."""
    there: dict[str, Letter] = {}
    for first in range(0, len(new), CHUNK):
        keys = [letter.key for letter in new[first : first + CHUNK]]
        there |= {letter.key: letter for letter in db.session.scalars(select(Letter).where(Letter.key.in_(keys)))}
    for letter in new:
        if letter.key not in there:
            quiet.wait(letter)
            db.session.add(letter)
    return [there.get(letter.key, letter) for letter in new]
