"""A calendar fetched from its address: over TLS, from the number that was checked, with an end to everything.

The name is resolved once, and the connection goes to that number, so that a name which changes its mind meanwhile leads
nowhere else; the certificate is still that of the name."""

import socket
import ssl
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Timer
from time import monotonic
from urllib.parse import urljoin

from shadowing.calendars.addresses import CalendarPlace, Resolve, checked, place, resolved
from shadowing.errors import Refusal
from shadowing.typed import Unfit

BYTES_MOST = 2 * 1024 * 1024
SECONDS_MOST = 10.0
REDIRECTS_MOST = 3
MOVED = (301, 302, 303, 307, 308)
UNCHANGED, FOUND = 304, 200
CHUNK = 64 * 1024

Dial = Callable[[str, int, float], socket.socket]


def dial(number: str, port: int, seconds: float) -> socket.socket:
    """A connection to *number*, which is no name. Raises OSError."""
    return socket.create_connection((number, port), timeout=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How this service reaches out. *allowed* are hosts of the house that the operator named."""

    allowed: frozenset[str] = frozenset()
    resolve: Resolve = resolved
    dial: Dial = dial
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    seconds: float = SECONDS_MOST


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the server said of the file that was fetched last (RFC 9110 8.8)."""

    etag: str = ""
    last_modified: str = ""

    @property
    def headers(self) -> Mapping[str, str]:
        said = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """*data* is None where the file has not changed."""

    data: bytes | None
    known: Known = field(default_factory=Known)


def fetch(url: str, known: Known, way: Reach) -> Fetched:
    """Raises Refusal, which never names more than the host."""
    until = monotonic() + way.seconds
    for _ in range(REDIRECTS_MOST + 1):
        try:
            to = place(url, way.allowed)
        except Unfit:
            raise Refusal("The calendar was moved to an address that is not fetched.") from None
        number = checked(to, way.resolve, way.allowed)
        try:
            with _asked(number, to, known, way, until) as answer:
                if answer.status not in MOVED:
                    found = _taken(answer, to, known)
                    if monotonic() >= until:  # a line that was cut looks like the end of the file
                        raise TimeoutError
                    return found
                url = urljoin(url, answer.headers.get("Location", ""))
        except (
            OSError,
            HTTPException,
            ValueError,
            zlib.error,
        ):  # ValueError: a header or a socket that is none any more
            raise Refusal("The calendar at %(host)s did not come through. Try again later.", host=to.host) from None
    raise Refusal("The calendar at %(host)s is moved on again and again.", host=to.host)


@contextmanager
def _asked(number: str, to: CalendarPlace, known: Known, way: Reach, until: float) -> Iterator[HTTPResponse]:
    """The connection is cut when the time is over, however slowly the server drips."""
    left = until - monotonic()
    if left <= 0:
        raise TimeoutError
    plain = way.dial(number, to.port, left)
    line = way.trust.wrap_socket(plain, server_hostname=to.host, do_handshake_on_connect=False)
    cut = Timer(max(0.0, until - monotonic()), _cut, (line,))
    cut.daemon = True
    cut.start()
    connection = HTTPConnection(to.host, to.port)
    connection.sock = line
    try:
        line.do_handshake()
        connection.request("GET", to.path, headers=_headers(to, known))
        with connection.getresponse() as answer:
            yield answer
    finally:
        cut.cancel()
        connection.close()


def _cut(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:  # it is over already
        return


def _headers(to: CalendarPlace, known: Known) -> Mapping[str, str]:
    host = to.host if to.port == 443 else f"{to.host}:{to.port}"
    usual = {"Host": host, "Accept": "text/calendar", "Accept-Encoding": "gzip", "User-Agent": "Shadowing"}
    return usual | dict(known.headers)


def _taken(answer: HTTPResponse, to: CalendarPlace, known: Known) -> Fetched:
    if answer.status == UNCHANGED:
        return Fetched(data=None, known=known)
    if answer.status != FOUND:
        raise Refusal(
            "%(host)s answered %(status)s instead of a calendar. Check the address, or make a new secret one.",
            host=to.host,
            status=answer.status,
        )
    said = Known(etag=_short(answer, "ETag"), last_modified=_short(answer, "Last-Modified"))
    return Fetched(data=b"".join(_body(answer)), known=said)


def _short(answer: HTTPResponse, name: str) -> str:
    value = str(answer.headers.get(name, ""))
    return value if len(value) <= 200 and value.isascii() and value.isprintable() else ""


def _body(answer: HTTPResponse) -> Iterator[bytes]:
    """Unpacked; what it unpacks to counts."""
    packed = answer.headers.get("Content-Encoding", "identity").strip().lower()
    if packed not in ("identity", "gzip"):
        raise HTTPException  # packed in a way that was not asked for
    unpack = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    left = BYTES_MOST
    while chunk := answer.read(CHUNK):
        piece = unpack.decompress(chunk, left + 1) if packed == "gzip" else chunk
        left -= len(piece)
        if left < 0 or unpack.unconsumed_tail:
            raise Refusal("This calendar is larger than %(most)s MB. Export the days of the round only.", most=2)
        yield piece
