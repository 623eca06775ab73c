"""The other end of the mails: an SMTP server that can misbehave, a calendar that obeys iTIP, and foreign parsers."""

import base64
import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any

import vobject
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

INTEROP = Path(__file__).parent / "interop"
"""JavaScript packages that judge mails and pages; `.ci/prepare machine` installs them."""
DROP = "drop the line"


@dataclass
class Sink:
    """Keeps every mail. *refuse* answers a recipient, *digest* a whole mail; None means 250, DROP cuts the line. After
    *mails_a_line* (0: no limit) one connection is told to go."""

    refuse: Callable[[str], str | None] = lambda address: None
    digest: Callable[[bytes], str | None] = lambda content: None
    sender: str = ""
    mails_a_line: int = 0
    mails: list[tuple[str, bytes]] = field(default_factory=list)
    port: int = 0

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        taken: list[str] = session.__dict__.setdefault("taken", [])
        if self.mails_a_line and len(taken) >= self.mails_a_line:
            return "421 4.7.0 too many mails on this line"
        taken.append(address)
        envelope.mail_from = address
        return self.sender or "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        answer = self.refuse(address)
        if answer == DROP:
            cut(server)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = bytes(envelope.original_content or b"")
        answer = self.digest(content)
        if answer is None or answer == DROP:
            self.mails.append((envelope.rcpt_tos[0], content))
        if answer == DROP:
            cut(server)
        return answer or "250 OK"

    def messages(self) -> list[EmailMessage]:
        """No property: the server looks at every attribute of this object at every connection."""
        return [parsed(content) for _, content in self.mails]


def cut(server: SMTP) -> None:
    transport: Any = server.transport
    transport.abort()


@contextmanager
def serving(sink: Sink, port: int = 0, **options: Any) -> Iterator[Sink]:
    """A real SMTP server on the loopback that takes lines of at most 1,000 octets."""
    sink.port = port or free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port, decode_data=False, **options)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def certificate(folder: Path) -> tuple[Path, SSLContext]:
    """A certificate for 127.0.0.1 that nobody has signed, and a server's context with it."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(cert)]
    subprocess.run([*made, *name], check=True, capture_output=True)
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return cert, context


def parsed(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def calendar_of(message: EmailMessage) -> bytes:
    """The text/calendar part, as the reader's program takes it."""
    part = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


@dataclass
class Calendar:
    """One person's calendar after RFC 5546 2.1.5: an older revision never wins over a newer one, an equal one changes
    nothing; each moved date of a series is compared by itself. It knows nothing of ours, and reads with vobject."""

    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    ignored: int = 0

    def receive(self, content: bytes) -> None:
        self.take(vobject.readOne(content.decode()))

    def take(self, calendar: Any) -> None:
        event = calendar.vevent
        revision = (int(event.sequence.value) if "sequence" in event.contents else 0, event.dtstamp.value)
        moved = event.contents.get("recurrence-id", [])
        key = " ".join([event.uid.value, *(f"{one.value:%Y-%m-%dT%H:%M:%S}" for one in moved)])
        known = self.entries.get(key)
        if known is not None and known["revision"] >= revision:
            self.ignored += 1
            return
        self.entries[key] = {
            "revision": revision,
            "cancelled": calendar.method.value == "CANCEL",
            "starts_at": event.dtstart.value,
            "ends_at": event.dtend.value,
            "place": event.location.value if "location" in event.contents else "",
            "summary": event.summary.value,
        }

    @property
    def standing(self) -> list[dict[str, Any]]:
        return [entry for entry in self.entries.values() if not entry["cancelled"]]


def calendars(sink: Sink) -> dict[str, Calendar]:
    """Everybody's calendar after all that reached *sink*, in the order of arrival."""
    found: dict[str, Calendar] = {}
    for address, content in sink.mails:
        message = parsed(content)
        if any(part.get_content_type() == "text/calendar" for part in message.walk()):
            found.setdefault(address, Calendar()).receive(calendar_of(message))
    return found


def by_vobject(content: bytes) -> dict[str, Any]:
    calendar = vobject.readOne(content.decode())
    event = calendar.vevent
    return {
        "method": calendar.method.value,
        "events": len(calendar.vevent_list),
        "uid": event.uid.value,
        "sequence": int(event.sequence.value),
        "stamp": iso(event.dtstamp.value),
        "starts_at": iso(event.dtstart.value),
        "ends_at": iso(event.dtend.value),
        "summary": event.summary.value,
        "place": event.location.value if "location" in event.contents else "",
        "description": event.description.value,
        "status": event.status.value,
        "organizer": event.organizer.value,
        "attendee": event.attendee.value,
        "attendee_name": event.attendee.params.get("CN", [""])[0],
    }


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def by_javascript(mails: list[bytes]) -> list[dict[str, Any]]:
    """What mailparser, ical.js and node-ical make of the mails, in one process."""
    given = json.dumps([base64.b64encode(mail).decode() for mail in mails])
    said = subprocess.run(["node", "parse.mjs"], cwd=INTEROP, input=given, capture_output=True, text=True, check=True)
    answer: list[dict[str, Any]] = json.loads(said.stdout)
    return answer
