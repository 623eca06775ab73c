"""A mail that came in becomes a value: report, calendar, automatic reply or words of a person, looked for in this order.

Everything in it may be made to harm. What has more parts than mails of people have is not even taken apart, and who calls
this does so in a process with limits (see `reader`)."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from authres import AuthenticationResultsHeader, AuthResError

from shadowing.mail import bounces, ical, replies
from shadowing.mail.received import SIZE_MOST, TEXT_MOST, MailKind, MailRead, Method

HEADERS_MOST = 64 * 1024
MULTIPARTS_MOST = 50
PARTS_MOST = 200
HEADER_MOST = 2000
"""A longer header field is cut before it is read."""
NESTING_MOST = 20
ID_MOST = 250
HTML_MOST = 200_000
BOUNDARY = re.compile(rb'(?i)boundary\*?0?\*?=\s*"?([^"\r\n;]{1,200})')
ADDRESS_LIKE = re.compile(r"[^\s@]+@[^\s@]+")
AUTOMATIC = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "List-Id", "List-Unsubscribe")


def read(raw: bytes, authserv: str) -> MailRead:
    """*authserv* is the name under which our own mail server tells what it found of a sender (RFC 8601); empty: it does not."""
    if _too_much(raw):
        return MailRead(kind=MailKind.HOSTILE)
    mail = message_from_bytes(raw)
    if sum(1 for _ in _leaves(mail)) > PARTS_MOST:
        return MailRead(kind=MailKind.HOSTILE)
    sender = _sender(mail)
    seen = {
        "sender": sender,
        "subject": _header(mail, "Subject")[:ID_MOST],
        "message_id": _header(mail, "Message-ID").strip("<> ")[:ID_MOST],
    }
    found = _found(mail)
    return MailRead(
        kind=found.kind,
        sender=seen["sender"],
        subject=seen["subject"],
        message_id=seen["message_id"],
        written_at=_written_at(mail),
        passed=bool(authserv and sender) and _passed(mail, authserv, sender.rpartition("@")[2]),
        automatic=_automatic(mail),
        text=_text(mail),
        answer=found.answer,
        returned=found.returned,
    )


def _too_much(raw: bytes) -> bool:
    head = re.search(rb"\r?\n\r?\n", raw)
    low = raw.lower()
    return (
        len(raw) > SIZE_MOST
        or (head.start() if head else len(raw)) > HEADERS_MOST
        or low.count(b"multipart/") > MULTIPARTS_MOST
        or low.count(b"message/rfc822") > MULTIPARTS_MOST
        or any(raw.count(b"--" + boundary) > PARTS_MOST for boundary in set(BOUNDARY.findall(raw)))
    )


def _leaves(mail: Message) -> Iterator[Message]:
    """The parts of the mail itself: what is inside of a mail that it bears belongs to somebody else."""
    held = mail.get_payload()
    if mail.get_content_maintype() == "message" or not isinstance(held, list):
        yield mail
        return
    for part in held:
        if isinstance(part, Message):
            yield from _leaves(part)


# What sort of mail it is


def _found(mail: Message) -> MailRead:
    match bounces.report_type(mail):
        case "delivery-status":
            return MailRead(kind=MailKind.BOUNCE, returned=bounces.read(mail))
        case "disposition-notification":
            return MailRead(kind=MailKind.RECEIPT)
    other = MailKind.AUTO_REPLY if _automatic(mail) else MailKind.TEXT
    calendar = next((part for part in _leaves(mail) if part.get_content_type() == "text/calendar"), None)
    return MailRead(kind=other) if calendar is None else _calendar(mail, calendar, other)


def _calendar(mail: Message, part: Message, other: MailKind) -> MailRead:
    content = part.get_payload(decode=True)
    label = str(part.get_param("method", "") or "")[:20]
    try:
        found = replies.read(content, _charset(part), label) if isinstance(content, bytes) else None
        if found is None:
            return MailRead(kind=other)
        if found.method not in list(Method):
            return MailRead(kind=MailKind.AUTO_REPLY if other is MailKind.AUTO_REPLY else MailKind.CALENDAR)
        return MailRead(kind=MailKind.ANSWER, answer=replies.answer(found, Method(found.method), _text(mail)))
    except (ValueError, TypeError, KeyError, OverflowError):
        return MailRead(kind=MailKind.CALENDAR)


def _automatic(mail: Message) -> bool:
    """RFC 3834, and what programs wrote before it."""
    submitted = _header(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    precedence = _header(mail, "Precedence").strip().lower()
    named = any(name in mail for name in AUTOMATIC)
    empty = _header(mail, "Return-Path").strip() == "<>"
    return named or empty or submitted not in ("", "no") or precedence in ("bulk", "list", "junk", "auto_reply")


# Its headers and words


def _header(mail: Message, name: str) -> str:
    given = str(mail.get(name, ""))[:HEADER_MOST]
    try:
        return ical.one_line(str(make_header(decode_header(given)))).strip()
    except (HeaderParseError, LookupError, ValueError):
        return ical.one_line(given).strip()


def _sender(mail: Message) -> str:
    """Empty where From names nobody, or several: such a mail is nobody's."""
    given = [str(one) for one in mail.get_all("From", [])]
    if len(given) != 1 or len(given[0]) > HEADER_MOST or given[0].count("(") > NESTING_MOST:
        return ""
    addresses = [address for _, address in getaddresses(given) if address]
    only = ical.one_line(addresses[0]).lower() if len(addresses) == 1 else ""
    return only if ADDRESS_LIKE.fullmatch(only) and len(only) <= replies.ADDRESS_MOST else ""


def _written_at(mail: Message) -> datetime | None:
    try:
        given = parsedate_to_datetime(_header(mail, "Date"))
        return given.replace(tzinfo=UTC) if given.tzinfo is None else given.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _charset(part: Message) -> str:
    return str(part.get_content_charset() or "utf-8")[:40]


def _text(mail: Message) -> str:
    """The first words in plain text, else those of the first HTML."""
    leaves = list(_leaves(mail))
    for kind in ("text/plain", "text/html"):
        for part in leaves:
            content = part.get_payload(decode=True) if part.get_content_type() == kind else None
            if isinstance(content, bytes) and content.strip() and part.get_content_disposition() != "attachment":
                text = replies.decoded(content[:HTML_MOST], _charset(part))
                return ical.many_lines(text if kind == "text/plain" else _words_of(text)).strip()[:TEXT_MOST]
    return ""


def _words_of(page: str) -> str:
    page = re.sub(r"(?i)<(?:br|/p|/div|/tr)\b[^<>]*>", "\n", page)
    return html.unescape(re.sub(r"<[^<>]*>", "", page))


# Whether its sender is true


def _passed(mail: Message, authserv: str, domain: str) -> bool:
    """Our own server writes its findings on top of all that was there; what stands below may be anybody's."""
    for given in mail.get_all("Authentication-Results", []):
        try:
            found = AuthenticationResultsHeader.parse_value(str(given)[: 4 * HEADER_MOST])
        except AuthResError:
            continue
        if str(found.authserv_id).lower() == authserv.lower():
            return any(_proves(one, domain) for one in found.results)
    return False


def _proves(one: object, domain: str) -> bool:
    """The domain of From itself passed: by DMARC, by a signature of it (DKIM), or by the envelope's sender (SPF)."""
    method, names = getattr(one, "method", ""), {"dmarc": "from", "dkim": "d", "spf": "mailfrom"}
    if getattr(one, "result", "") != "pass" or method not in names:
        return False
    told = [str(named.value) for named in getattr(one, "properties", ()) if named.name == names[method]]
    return any(_aligned(value.rpartition("@")[2].lower().strip("."), domain) for value in told)


def _aligned(told: str, domain: str) -> bool:
    """Equal, or the organisation of a subdomain (RFC 7489 3.1.1)."""
    return told == domain or ("." in told and domain.endswith(f".{told}"))
