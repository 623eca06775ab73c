"""The outbox: one letter becomes one mail, and goes.

A mail is a pure function of its letter and the settings, so that what was previewed is what is sent, and what is sent again
is the same bytes."""

import contextlib
import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from enum import StrEnum

from sqlalchemy import func, select

from shadowing.config import Settings
from shadowing.extensions import db
from shadowing.i18n import N_
from shadowing.mail import ical, mime, text
from shadowing.mail.letters import COPY, Sender
from shadowing.mail.smtp import TROUBLES, Broken, Connection, Cut, OutgoingMail, Patience, Refused, Stopped, Unwilling
from shadowing.mail.text import MailText
from shadowing.models import Letter, LetterKind
from shadowing.models.facts import CheckUpFacts, VisitFacts

METHODS = {
    LetterKind.REQUEST: "REQUEST",
    LetterKind.CHANGE: "REQUEST",
    LetterKind.CANCEL: "CANCEL",
    LetterKind.TEST_REQUEST: "REQUEST",
    LetterKind.TEST_CHANGE: "REQUEST",
    LetterKind.TEST_CANCEL: "CANCEL",
}
WITH_CALENDAR = VisitFacts | CheckUpFacts


# A letter becomes a mail


def to_bytes(letter: Letter, settings: Settings, shown: bool = False) -> bytes:
    return render(letter, settings, shown).as_bytes()


def render(letter: Letter, settings: Settings, shown: bool = False) -> EmailMessage:
    """Needs an application context for templates and translations, and no database. *shown*: for the eyes of
    others than its reader, with a personal link that does not work and all else as its reader gets it."""
    written = text.write(letter, replace(Sender.of(settings), shown=shown or bool(letter.copy_for)))
    headers = _headers(letter, written, settings)
    id = message_id(letter, letter.revision, settings)
    plain, html = mime.text("plain", written.body), mime.text("html", written.html)
    calendar = _calendar(letter, written, settings)
    if calendar is None:
        return mime.multipart("alternative", id, plain, html, headers=headers)
    inline = mime.part(
        "text/calendar", calendar, 'charset="utf-8"', f"method={METHODS[letter.kind]}", "component=VEVENT"
    )
    copy = mime.part("application/ics", calendar, 'name="invite.ics"', disposition='attachment; filename="invite.ics"')
    return mime.multipart("mixed", id, mime.multipart("alternative", id, plain, html, inline), copy, headers=headers)


def _headers(letter: Letter, written: MailText, settings: Settings) -> list[tuple[str, str]]:
    heading = letter.facts.heading
    headers = [
        ("From", mime.mailbox(written.sender, organizer(letter, settings))),
        ("To", mime.mailbox(heading.reader, letter.address)),
        ("Subject", mime.header(written.subject)),
        ("Date", format_datetime(letter.stamp)),
        ("Message-ID", f"<{message_id(letter, letter.revision, settings)}>"),
        ("MIME-Version", "1.0"),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
    ]
    if heading.coordinator:
        headers.append(("Reply-To", mime.mailbox(heading.coordinator.name, heading.coordinator.email)))
    if letter.revision and isinstance(letter.facts, WITH_CALENDAR):
        first = f"<{message_id(letter, 0, settings)}>"
        headers += [("In-Reply-To", first), ("References", first)]
    return headers


def organizer(letter: Letter, settings: Settings) -> str:
    """Sender and calendar organizer are one address, which never changes in the life of an invitation."""
    facts = letter.facts
    return facts.revision.organizer if isinstance(facts, WITH_CALENDAR) else settings.mail_from


def message_id(letter: Letter, revision: int, settings: Settings) -> str:
    """Of the revision and not of the SEQUENCE, which an update that only informs leaves alone."""
    what, facts = f"message {letter.key.partition(COPY)[0]}", letter.facts
    if isinstance(facts, WITH_CALENDAR):
        method = METHODS[letter.kind] if revision else "REQUEST"
        what = f"message {facts.revision.uid} {revision} {method} {letter.address}"
    digest = hmac.new(settings.secret_key.encode(), what.encode(), hashlib.sha256).hexdigest()[:32]
    return f"{digest}@{mime.wire(organizer(letter, settings)).rpartition('@')[2]}"


def _calendar(letter: Letter, written: MailText, settings: Settings) -> bytes | None:
    facts, said = letter.facts, written.calendar
    if not isinstance(facts, WITH_CALENDAR) or said is None or not text.attaches(letter):
        return None
    revision, entry = facts.revision, facts.revision.entry
    occasion = ical.Occasion(
        uid=revision.uid,
        sequence=revision.sequence,
        stamp=letter.stamp,
        starts_at=entry.leaves_at,
        ends_at=entry.back_at,
        summary=said.summary,
        place=entry.place if entry.firm else "",
        description=said.description,
        url=said.url,
        organizer=revision.organizer,
        organizer_name=_organizer_name(settings),
        attendee=letter.address,
        attendee_name=facts.heading.reader,
        partstat=revision.answer.value,
        rsvp=revision.rsvp,
        status="CONFIRMED" if entry.firm else "TENTATIVE",
        private=entry.private,
    )
    return ical.cancel(occasion) if METHODS[letter.kind] == "CANCEL" else ical.request(occasion)


def _organizer_name(settings: Settings) -> str:
    """The same in every language and for all the life of an invitation."""
    return f"{settings.company} Shadowing".strip()


# The mail goes


class Fate(StrEnum):
    """What became of a try. CUT: the server ended the line once it knew the recipient. UNKNOWN: the line broke after the
    content went, so the mail may be there or not. UNREACHABLE and STOPPED: the letter did not get its turn."""

    SENT = "sent"
    UNDELIVERABLE = "undeliverable"
    LATER = "later"
    CUT = "cut"
    UNKNOWN = "unknown"
    UNREACHABLE = "unreachable"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Outcome:
    """*error* is for HR: what the server said, or one of our sentences. *breaks_off*: the letters before ended like this one."""

    fate: Fate
    error: str = ""
    breaks_off: bool = False

    @property
    def rest(self) -> str:
        """What keeps all mail from going; empty where the trouble is the letter's own."""
        if self.fate in (Fate.UNREACHABLE, Fate.STOPPED):
            return self.error
        return BREAKS_OFF if self.breaks_off else ""


UNREACHABLE = N_("The mail server cannot be reached.")
UNWILLING = N_("The mail server takes no mail at the moment.")
BREAKS_OFF = N_("The mail server breaks off one mail after the other.")
RESTS = (*TROUBLES, UNREACHABLE, UNWILLING, BREAKS_OFF)
"""Why all mail rests."""
BAD_ADDRESS = N_("This address cannot be written in a mail.")
CUT = N_("The mail server ended the connection when it was given this address.")
BROKEN = N_("The connection broke before the mail server confirmed.")
CLOSING = 421
SUSPECTS = 3
"""So many letters to different people must be cut off in a row before that is taken as the server's own trouble."""


class Lane:
    """Sends one letter after the other over one connection, which it opens when it needs it. Without a mail server
    every letter is sent at once: the sent-mail pages show it.

    A line that ends at a recipient may be the server's trouble or the address's. The next letters tell: they are tried on
    fresh connections, and only where several first tries in a row end so does the lane rest. A letter that was tried
    before proves nothing against the server."""

    def __init__(self, settings: Settings, patience: Patience | None = None) -> None:
        self.settings, self.patience = settings, patience or Patience()
        self.failures = 0
        self._may_rest = True
        self._suspects: set[str] = set()
        self._open: Connection | None = None
        self._ends = contextlib.ExitStack()

    def send(self, letter: Letter) -> Outcome:
        """*failures* counts the rests in a row, so that they can grow."""
        if not self.settings.mail_server:
            return Outcome(Fate.SENT)
        used = self._open is not None
        outcome = self._try(letter)
        if outcome.fate is Fate.UNREACHABLE and used and self._open:
            self.close()  # some servers end a line after so many mails: a fresh one tells
            outcome = self._try(letter)
        if outcome.fate is not Fate.SENT:
            self.close()
        outcome = self._weighed(letter, outcome)
        if outcome.rest:
            self.failures, self._may_rest = self.failures + 1, True
        elif not self._suspects:
            self.failures = 0
        return outcome

    def _weighed(self, letter: Letter, outcome: Outcome) -> Outcome:
        """The outcome, with a rest where the letters cut off before prove together with this one that it is the server."""
        if outcome.rest:
            return outcome
        if outcome.fate not in (Fate.CUT, Fate.UNKNOWN):
            self._suspects.clear()
        elif letter.attempts <= 1:
            self._suspects.add(letter.address)
            if len(self._suspects) >= SUSPECTS:
                return replace(outcome, breaks_off=True)
        return outcome

    def wakes(self) -> bool:
        """Whether others may still rest: asked when a letter has gone, and true the first time after a start or a rest."""
        self._may_rest, before = False, self._may_rest
        return before

    def close(self) -> None:
        self._ends.close()
        self._open = None

    def _try(self, letter: Letter) -> Outcome:
        try:
            self._connection().send(mail_of(letter, self.settings))
        except UnicodeError:
            return Outcome(Fate.UNDELIVERABLE, BAD_ADDRESS)
        except Stopped as wrong:
            return Outcome(Fate.STOPPED, str(wrong))
        except Unwilling:
            return Outcome(Fate.UNREACHABLE, UNWILLING)
        except Refused as wrong:
            return Outcome(_fate(wrong.code), str(wrong))
        except Cut:
            return Outcome(Fate.CUT, CUT)
        except Broken:
            return Outcome(Fate.UNKNOWN, BROKEN)
        except OSError:
            return Outcome(Fate.UNREACHABLE, UNREACHABLE)
        return Outcome(Fate.SENT)

    def _connection(self) -> Connection:
        if self._open is not None and not self._open.alive():
            self.close()
        if self._open is None:
            self._open = self._ends.enter_context(Connection(self.settings, self.patience))
        return self._open


def _fate(code: int) -> Fate:
    if code == CLOSING:
        return Fate.CUT
    return Fate.UNDELIVERABLE if code >= 500 else Fate.LATER


def mail_of(letter: Letter, settings: Settings) -> OutgoingMail:
    return OutgoingMail(
        render(letter, settings), mime.wire(organizer(letter, settings)), mime.wire(letter.copy_for or letter.address)
    )


def trouble(now: datetime) -> str | None:
    """What keeps all mail from going out just now, as an English sentence for a banner; None while the lane does not rest."""
    waiting = select(Letter.error).where(Letter.done_at.is_(None), Letter.due_at > now)
    return db.session.scalar(waiting.where(Letter.error.in_(RESTS)).limit(1))


def delayed() -> int:
    """How many letters wait for another try of their own, whatever the lane does."""
    waiting = select(func.count()).select_from(Letter).where(Letter.done_at.is_(None))
    return db.session.scalar(waiting.where(Letter.error.not_in(("", *RESTS)))) or 0
