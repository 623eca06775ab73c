"""The mailbox that answers come to, where no mail server hands them over: looked into over IMAP (RFC 9051), always in TLS."""

import contextlib
import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shadowing.config import Settings
from shadowing.mail.received import SIZE_MOST

TIMEOUT = 30.0
DONE = "Shadowing-done"
AT_ONCE = 100
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
PERSONAL = re.compile(rb'^\(\("([^"\\]*)"')
Told = bytes | tuple[bytes, bytes] | None
"""A piece of what a server answers: a line, or a line with what it announced."""
WRONG = (imaplib.IMAP4.error, OSError)
"""What goes wrong with a mailbox. A certificate that is not trusted is among it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMail:
    """*raw* holds no more than the header of a mail that is *too_big*."""

    uid: str
    raw: bytes
    too_big: bool


@contextlib.contextmanager
def opened(settings: Settings) -> Iterator["Mailbox"]:
    """Raises one of WRONG."""
    trusted = ssl.create_default_context()
    with imaplib.IMAP4_SSL(settings.imap_server, settings.imap_port, ssl_context=trusted, timeout=TIMEOUT) as line:
        line.login(settings.imap_username, settings.imap_password)
        yield Mailbox(line, settings.imap_folder)


class Mailbox:
    """One folder of new mails, and the one beside it to which they go once they are kept."""

    def __init__(self, line: imaplib.IMAP4, folder: str) -> None:
        self._line = line
        _, prefix = line.namespace()
        found = PERSONAL.match(prefix[0] or b"") if prefix else None
        self._done = _quoted((found[1].decode("ascii", "replace") if found else "") + DONE)
        self._moves = "MOVE" in line.capabilities
        _well(line.select(_quoted(folder)))
        line.create(self._done)  # NO where it is there already

    def mails(self) -> Iterator[FoundMail]:
        """The oldest that are not yet kept, with nothing marked as read."""
        found = _well(self._line.uid("SEARCH", "UNDELETED"))
        uids = found[0] if isinstance(found[0], bytes) else b""
        for uid in uids.decode().split()[:AT_ONCE]:
            told = _well(self._line.uid("FETCH", uid, "(RFC822.SIZE)"))
            size = SIZE.search(b" ".join(one if isinstance(one, bytes) else one[0] for one in told if one))
            too_big = size is None or int(size[1]) > SIZE_MOST
            part = f"BODY.PEEK[HEADER]<0.{SIZE_MOST}>" if too_big else "BODY.PEEK[]"
            parts = [one[1] for one in _well(self._line.uid("FETCH", uid, f"({part})")) if isinstance(one, tuple)]
            if parts:
                yield FoundMail(uid=uid, raw=parts[0], too_big=too_big)

    def put_away(self, mail: FoundMail) -> None:
        """Where the server cannot move, it copies first: a mail is there twice rather than not at all."""
        if self._moves:
            _well(self._line.uid("MOVE", mail.uid, self._done))
            return
        _well(self._line.uid("COPY", mail.uid, self._done))
        _well(self._line.uid("STORE", mail.uid, "+FLAGS", r"(\Deleted)"))
        _well(self._line.expunge())


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _well(answer: tuple[str, Sequence[Told]]) -> list[Told]:
    """What the server told. Raises IMAP4.error where it did not do what was asked."""
    status, told = answer
    if status != "OK":
        raise imaplib.IMAP4.error(f"the mailbox said {status}")
    return list(told)
