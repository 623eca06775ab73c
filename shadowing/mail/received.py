"""What a reader finds in a mail that came in, as values: the border between bytes from anywhere and the rest of the product."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import TypeAdapter

COMMENT_MOST = 2000
TEXT_MOST = 20_000
SIZE_MOST = 512 * 1024


class MailKind(StrEnum):
    """What sort of mail it is. `calendar`: a calendar that is no answer. `receipt`: it says that a mail was read (RFC 8098).
    `hostile`: more in it than a mail of people has."""

    ANSWER = "answer"
    CALENDAR = "calendar"
    BOUNCE = "bounce"
    RECEIPT = "receipt"
    AUTO_REPLY = "auto_reply"
    TEXT = "text"
    HOSTILE = "hostile"


class Method(StrEnum):
    """What an answer is (RFC 5546 1.4)."""

    REPLY = "REPLY"
    COUNTER = "COUNTER"
    REFRESH = "REFRESH"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attending:
    """One ATTENDEE of an answer, with its address in lower case. *partstat* in capitals, as it came."""

    address: str
    partstat: str
    delegate: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarAnswer:
    """*another_time*: the begin and end asked for instead. *doubt*: why nothing may be done with it though its visit may be
    known: it is about a series, or about two things. *organizer* in lower case, empty where it is missing."""

    method: Method
    uid: str
    sequence: int
    stamp: datetime | None
    attending: tuple[Attending, ...]
    comment: str
    another_time: tuple[datetime, datetime] | None = None
    doubt: str = ""
    organizer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A report of another mail server about mails of ours (RFC 3464). *failed*: for good, else it still tries."""

    message_ids: tuple[str, ...]
    recipients: tuple[str, ...]
    failed: bool
    diagnosis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRead:
    """*sender* is the one address of From in lower case, or empty. *passed*: our own mail server found that it is true.
    *automatic*: no person wrote it."""

    kind: MailKind
    sender: str = ""
    subject: str = ""
    message_id: str = ""
    written_at: datetime | None = None
    passed: bool = False
    automatic: bool = False
    text: str = ""
    answer: CalendarAnswer | None = None
    returned: Returned | None = None


MAIL_READ: TypeAdapter[MailRead] = TypeAdapter(MailRead)


def is_ours(address: str, ours: tuple[str, ...]) -> bool:
    """One of the service's own addresses, with whatever stands behind a plus sign."""
    return _bare(address) in {_bare(one) for one in ours}


def _bare(address: str) -> tuple[str, str]:
    local, _, domain = address.strip().casefold().rpartition("@")
    return local.partition("+")[0], domain
