"""Answers as mail programs write them: for each the same deed, in the shape that the program gives it on the wire."""

import base64
import quopri
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from shadowing.models import Invitation

AUTHSERV = "mx.example.org"
TAKAHASHI = b"\x7c\x62\x36\x36\x1b(B"
"""髙橋 as Windows writes it in ISO-2022-JP: the standard has no 髙."""
APPLE, CLOUD = "noreply@email.apple.com", "nextcloud@cloud.example.net"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """Somebody presses a button of their calendar: what the program knows of it. *other* is the begin of the time that they
    propose instead."""

    uid: str
    sequence: int
    organizer: str
    owner: str
    begins: datetime
    ends: datetime
    asked: datetime
    at: datetime
    partstat: str = "ACCEPTED"
    comment: str = ""
    other: datetime | None = None
    proven: bool = True
    serial: int = 1

    @property
    def method(self) -> str:
        return "REPLY" if self.other is None else "COUNTER"


def pressed(invitation: Invitation, partstat: str, at: datetime, counter: bool = False) -> Pressed:
    told = invitation.told
    return Pressed(
        uid=invitation.uid,
        sequence=invitation.sequence,
        organizer=invitation.organizer,
        owner=invitation.address,
        begins=told.entry.starts_at,
        ends=told.entry.ends_at,
        asked=told.stamp,
        at=at,
        partstat=partstat,
        other=told.entry.starts_at + timedelta(days=1) if counter else None,
    )


def utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def calendar(press: Pressed, **changes: str) -> str:
    """*changes* by property: another line in its place, or none where it is empty; METHOD and PRODID too."""
    begins = press.other or press.begins
    lines = {
        "BEGIN": "BEGIN:VCALENDAR",
        "PRODID": "PRODID:-//Example//Calendar//EN",
        "VERSION": "VERSION:2.0",
        "METHOD": f"METHOD:{press.method}",
        "EVENT": "BEGIN:VEVENT",
        "UID": f"UID:{press.uid}",
        "SEQUENCE": f"SEQUENCE:{press.sequence}",
        "DTSTAMP": f"DTSTAMP:{utc(press.at)}",
        "DTSTART": f"DTSTART:{utc(begins)}",
        "DTEND": f"DTEND:{utc(begins + (press.ends - press.begins))}",
        "ORGANIZER": f"ORGANIZER:mailto:{press.organizer}",
        "ATTENDEE": f"ATTENDEE;CN=Somebody;PARTSTAT={press.partstat}:mailto:{press.owner}",
        "COMMENT": f"COMMENT:{press.comment}" if press.comment else "",
        "SUMMARY": "SUMMARY:Accepted: a visit",
        "MORE": "",
        "END": "END:VEVENT\r\nEND:VCALENDAR",
    } | changes
    return "\r\n".join(line for line in lines.values() if line) + "\r\n"


def headers(press: Pressed, sender: str = "", *more: str, signed: str = "") -> str:
    """*signed*: the domain whose signature our own mail server found good."""
    sender = sender or press.owner
    domain = signed or sender.rpartition("@")[2]
    result = f"dmarc=pass header.from={domain}; dkim=pass header.d={domain}" if press.proven else "dkim=fail"
    lines = (
        f"Authentication-Results: {AUTHSERV}; {result}",
        "Received: from out.example.net by mx.example.org; Tue, 1 Dec 2026 03:00:00 +0000",
        f"From: Somebody <{sender}>",
        f"To: Shadowing <{press.organizer}>",
        "Subject: =?utf-8?b?5om/6Ku+?=: a visit",
        f"Date: {format_datetime(press.at)}",
        f"Message-ID: <{press.serial}.{press.partstat}.{press.method}.{press.at.timestamp():.0f}@{domain}>",
        "MIME-Version: 1.0",
        *more,
    )
    return "\r\n".join(lines) + "\r\n"


def part(kind: str, content: str, encoding: str = "8bit", *more: str) -> str:
    data = content.encode()
    body = {
        "8bit": lambda: content,
        "base64": lambda: base64.encodebytes(data).decode().replace("\n", "\r\n"),
        "quoted-printable": lambda: quopri.encodestring(data).decode().replace("\n", "\r\n").replace("\r\r", "\r"),
    }[encoding]()
    lines = (f"Content-Type: {kind}", f"Content-Transfer-Encoding: {encoding}", *more)
    return "\r\n".join(lines) + f"\r\n\r\n{body}"


def multipart(kind: str, *parts: str) -> str:
    boundary = f"=_{kind.partition(';')[0]}_{len(parts)}_{sum(map(len, parts))}"
    held = "".join(f"--{boundary}\r\n{one}\r\n" for one in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n{held}--{boundary}--\r\n'


def method_of(press: Pressed) -> str:
    return f"text/calendar; charset=UTF-8; method={press.method}"


def google(press: Pressed) -> bytes:
    said = f';X-RESPONSE-COMMENT="{press.comment}"' if press.comment else ""
    attendee = f"ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT={press.partstat};CN={press.owner};X-NUM-GUESTS=0{said}:mailto:{press.owner}"
    ics = calendar(
        press, PRODID="PRODID:-//Google Inc//Google Calendar 70.9054//EN", ATTENDEE=folded(attendee), COMMENT=""
    )
    words = part(
        'text/plain; charset="UTF-8"; format=flowed; delsp=yes', "Somebody has answered this invitation.", "base64"
    )
    inner = multipart("alternative", words, part("text/html; charset=UTF-8", "<b>x</b>"), part(method_of(press), ics))
    return whole(headers(press), multipart("mixed", inner, part('application/ics; name="invite.ics"', ics, "base64")))


def google_without_dmarc(press: Pressed) -> bytes:
    """Google answers for some domains with mails that fail their owner's policy."""
    return google(replace(press, proven=False))


def exchange(press: Pressed) -> bytes:
    """Without ORGANIZER; the times are in a zone with a name of Windows."""
    begins = (press.other or press.begins) + timedelta(hours=9)
    start = f"DTSTART;TZID=Tokyo Standard Time:{begins:%Y%m%dT%H%M%S}"
    end = f"DTEND;TZID=Tokyo Standard Time:{begins + (press.ends - press.begins):%Y%m%dT%H%M%S}"
    ics = calendar(press, PRODID="PRODID:Microsoft Exchange Server 2010", ORGANIZER="", DTSTART=start, DTEND=end)
    ics = ics.replace("METHOD", "CALSCALE:GREGORIAN\r\nMETHOD").replace("SUMMARY:", "SUMMARY;LANGUAGE=ja-JP:")
    inner = multipart("alternative", part("text/plain; charset=iso-2022-jp", ""), part(method_of(press), ics, "base64"))
    return whole(headers(press, "", "Thread-Topic: a visit", "X-MS-Has-Attach:"), inner)


def outlook(press: Pressed) -> bytes:
    """The new one: quoted-printable, capitals in the address, ORGANIZER with a parameter."""
    attendee = f"ATTENDEE;PARTSTAT={press.partstat};CN='{press.owner}':MAILTO:{press.owner.upper()}"
    ics = calendar(
        press, ATTENDEE=attendee, ORGANIZER=f'ORGANIZER;SENT-BY="mailto:x@y.example":MAILTO:{press.organizer}'
    )
    text = part("text/plain; charset=utf-8", press.comment or "\r\n", "quoted-printable")
    return whole(headers(press), multipart("alternative", text, part(method_of(press), ics, "quoted-printable")))


def icloud(press: Pressed) -> bytes:
    """From Apple's own address, with Apple's signature."""
    ics = calendar(press, PRODID="PRODID:-//Apple Inc.//iCloud Calendar 2500B//EN", COMMENT="")
    if press.comment:
        ics = ics.replace("SUMMARY", f"COMMENT:{press.comment}\r\nSUMMARY")
    file = part(method_of(press), ics, "base64", "Content-Disposition: attachment; filename=iCal.ics")
    words = part("text/plain; charset=utf-8", "Somebody answered your invitation.")
    sender = headers(press, APPLE, f"Reply-To: {press.owner}", signed="email.apple.com")
    return whole(sender, multipart("mixed", words, file))


def nextcloud(press: Pressed) -> bytes:
    """From the cloud's address, and marked as written by a machine."""
    ics = calendar(press, PRODID="PRODID:-//Sabre//Sabre VObject 4.5.4//EN")
    file = part(f'text/calendar; method={press.method}; charset="utf-8"; name=event.ics', ics, "8bit")
    words = part("text/plain; charset=utf-8", "Somebody has accepted your invitation")
    sender = headers(press, CLOUD, "Auto-Submitted: auto-generated", f"Reply-To: {press.owner}")
    return whole(sender, multipart("mixed", words, file))


def thunderbird(press: Pressed) -> bytes:
    ics = calendar(press, PRODID="PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN")
    inner = multipart("alternative", part("text/plain; charset=UTF-8", "a visit"), part(method_of(press), ics))
    copy = part(
        'application/ics; name="invite.ics"', ics, "base64", 'Content-Disposition: attachment; filename="invite.ics"'
    )
    return whole(headers(press, "", "User-Agent: Mozilla Thunderbird"), multipart("mixed", inner, copy))


def evolution(press: Pressed) -> bytes:
    """Nothing but the calendar, all headers in small letters."""
    ics = calendar(press, PRODID="PRODID:-//Ximian//NONSGML Evolution Calendar//EN")
    return whole(headers(press), part(f'text/calendar; name="x.ics"; charset="utf-8"; METHOD={press.method}', ics))


def korganizer(press: Pressed) -> bytes:
    ics = calendar(press, PRODID="PRODID:-//K Desktop Environment//NONSGML libkcal 4.3//EN")
    words = part("text/plain; charset=utf-8", press.comment or "Answer to the invitation")
    return whole(headers(press), multipart("mixed", words, part(method_of(press), ics, "quoted-printable")))


def zimbra(press: Pressed) -> bytes:
    ics = calendar(press, PRODID="PRODID:Zimbra-Calendar-Provider")
    words = part("text/plain; charset=utf-8", "-----Original Appointment-----")
    inner = multipart("alternative", words, part("text/html; charset=utf-8", "<p>"), part(method_of(press), ics))
    return whole(headers(press), inner)


def notes(press: Pressed) -> bytes:
    """METHOD in MIME only, the DTSTAMP of the question, lone line feeds, no PRODID."""
    ics = calendar(press, METHOD="", PRODID="", DTSTAMP=f"DTSTAMP:{utc(press.asked)}", MORE="X-LOTUS-CHARSET:UTF-8")
    mail = whole(
        headers(press, "", "X-Mailer: Lotus Domino"), part(method_of(press).replace("UTF-8", "ISO-2022-JP"), ics)
    )
    return mail.replace(b"\r\n", b"\n")


def sabre(press: Pressed) -> bytes:
    """Folded at every chance, doubled CR, a BOM, and other people's lines as they were."""
    guests = "\r\n".join(f"ATTENDEE;PARTSTAT=DECLINED:mailto:other{n}@example.net" for n in range(3))
    attendee = folded(f"ATTENDEE;CN=Somebody;PARTSTAT={press.partstat}:mailto:{press.owner}", 30)
    ics = "\ufeff" + calendar(press, ATTENDEE=f"{guests}\r\n{attendee}").replace("\r\n", "\r\r\n")
    return whole(headers(press), part(method_of(press), ics, "base64"))


def assistant(press: Pressed) -> bytes:
    """Their assistant answers for them, with the assistant's own address."""
    attendee = f'ATTENDEE;SENT-BY="mailto:assistant@example.org";PARTSTAT={press.partstat}:mailto:{press.owner}'
    return whole(headers(press, "assistant@example.org"), part(method_of(press), calendar(press, ATTENDEE=attendee)))


def garoon(press: Pressed) -> bytes:
    """Japanese groupware knows no answers to invitations: a person writes words."""
    words = "お世話になっております。12月7日は出席できません。".encode("iso-2022-jp").removesuffix(b"\x1b(B")
    body = base64.encodebytes(words + TAKAHASHI).decode()
    kind = "Content-Type: text/plain; charset=iso-2022-jp\r\nContent-Transfer-Encoding: base64"
    return whole(headers(press, "", "X-Mailer: Garoon"), f"{kind}\r\n\r\n{body}")


def whole(head: str, body: str) -> bytes:
    return (head + body).encode()


def folded(line: str, most: int = 70) -> str:
    return "\r\n ".join(line[begin : begin + most] for begin in range(0, len(line), most))


OWN: tuple[Callable[[Pressed], bytes], ...] = (
    *(google, exchange, outlook, thunderbird, evolution, korganizer, zimbra, notes, sabre),
)
"""Programs that answer from their owner's own address."""
OTHERS: tuple[Callable[[Pressed], bytes], ...] = (icloud, nextcloud, assistant)
"""Those that answer from another."""
