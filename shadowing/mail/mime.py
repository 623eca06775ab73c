"""A mail as MIME: values in, a message out that is ASCII on the wire, in lines of at most 78, the same at every rendering.

Everything is written here by hand, since EmailMessage of Python before 3.12.2 loses the spaces between Japanese and Latin
words of a header, and draws boundaries by lot."""

import base64
import hashlib
from collections.abc import Sequence
from email import policy
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage
from functools import lru_cache

from shadowing.mail import ical

POLICY = policy.SMTP.clone(refold_source="none", header_factory=lru_cache(64)(HeaderRegistry()))
"""It asks a part for its type, and parses that anew, a dozen times a mail; few headers of a mail differ from the last one's."""
WORD_BYTES = 42  # an encoded word of it is 68 long, which leaves room for the longest header name
PLAIN = 62


def multipart(kind: str, id: str, *parts: EmailMessage, headers: Sequence[tuple[str, str]] = ()) -> EmailMessage:
    """*headers* are those of a whole mail, ready for the wire. The boundary follows from *id*."""
    mail = EmailMessage(POLICY)
    for name, value in headers:
        mail.set_raw(name, value)  # as it stands: the policy would fold and encode it anew
    boundary = hashlib.sha256(f"{kind} {id}".encode()).hexdigest()[:32]
    mail.set_raw("Content-Type", f'multipart/{kind};\r\n boundary="={boundary}"')
    for part in parts:
        mail.attach(part)
    return mail


def part(content_type: str, content: bytes, *parameters: str, disposition: str = "") -> EmailMessage:
    """Base64, never 8bit: the next server may not take that (RFC 6047 2.5)."""
    part = EmailMessage(POLICY)
    part.set_raw("Content-Type", ";\r\n ".join([content_type, *parameters]))
    part.set_raw("Content-Transfer-Encoding", "base64")
    if disposition:
        part.set_raw("Content-Disposition", disposition)
    part.set_payload(base64.encodebytes(content).decode().replace("\n", "\r\n"))
    return part


def text(kind: str, content: str) -> EmailMessage:
    return part(f"text/{kind}", content.replace("\n", "\r\n").encode(), 'charset="utf-8"')


def header(content: str) -> str:
    """Any text as a header's value: plain where it can be, else encoded words (RFC 2047) with the spaces inside."""
    content = ical.one_line(content)
    if content.isascii() and len(content) <= PLAIN and "=?" not in content:
        return content
    encoded, word = [], b""
    for letter in content:
        if len(word) + len(letter.encode()) > WORD_BYTES:
            encoded.append(word)
            word = b""
        word += letter.encode()
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in [*encoded, word])


def mailbox(name: str, address: str) -> str:
    name = ical.name_of(name)
    if not name:
        return f"<{wire(address)}>"
    shown = f'"{name}"' if header(name) == name else header(name)
    return f"{shown}\r\n <{wire(address)}>"


def wire(address: str) -> str:
    """An address as SMTP and headers take it: its domain in ASCII. UnicodeError for one that cannot be written so."""
    local, _, host = ical.one_line(address).rpartition("@")
    return f"{local.encode('ascii').decode()}@{host if host.isascii() else host.encode('idna').decode()}"
