"""Which addresses a calendar may be fetched from. Whoever types one in must not reach into the house through this service.

What counts is the number that a name leads to, never how the name is written: `0x7f000001`, `2130706433` and `127.1` all
lead to this machine."""

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import quote, urlsplit

from shadowing.errors import Refusal
from shadowing.typed import Unfit

HTTPS = 443
LONGEST = 2000
SAFE = "%/?:@!$&'()*+,;=~"
INNER = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96", "fec0::/10")))
"""Addresses that stand for other ones, which Python does not look into."""

Resolve = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True, slots=True)
class CalendarPlace:
    """Where a calendar lies. *path* is a secret: whoever has it reads the calendar."""

    host: str
    port: int
    path: str


def place(url: str, allowed: frozenset[str]) -> CalendarPlace:
    """*allowed* are hosts of the house, `name` or `name:port`, that the operator named. Raises Unfit."""
    text = url.strip()
    if text.lower().startswith("webcal://"):
        text = f"https{text[6:]}"
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").encode("idna").decode().lower(), parts.port or HTTPS
    except ValueError:  # UnicodeError is one
        raise no_address() from None
    if parts.scheme.lower() != "https" or not host or len(text) > LONGEST or not text.isprintable() or " " in text:
        raise no_address()
    if parts.username is not None or parts.password is not None:
        raise Unfit(
            "An address with a name and a password in it is not taken. Use the secret address of your calendar."
        )
    if port != HTTPS and f"{host}:{port}" not in allowed:
        raise Unfit("Only addresses without a port of their own are taken.")
    query = f"?{parts.query}" if parts.query else ""
    return CalendarPlace(host, port, quote(f"{parts.path or '/'}{query}", safe=SAFE))


def no_address() -> Unfit:
    return Unfit("Please enter the address of a calendar, which begins with https:// or webcal://.")


def resolved(host: str, port: int) -> Sequence[str]:
    """All numbers of a host, as the system knows them. Raises OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def checked(place: CalendarPlace, resolve: Resolve, allowed: frozenset[str]) -> str:
    """The number to connect to. One inner number among them is enough to refuse. Raises Refusal."""
    try:
        numbers = resolve(place.host, place.port)
    except (OSError, UnicodeError):
        numbers = []
    if not numbers:
        raise Refusal("There is no %(host)s. Check the address of your calendar.", host=place.host)
    own = place.host in allowed or f"{place.host}:{place.port}" in allowed
    if not own and not all(map(outside, numbers)):
        raise Refusal(
            "%(host)s is an address inside a network, which is not fetched. Upload the calendar as a file.",
            host=place.host,
        )
    return numbers[0]


def outside(number: str) -> bool:
    """Whether anybody on the Internet could reach it."""
    try:
        address: IPv4Address | IPv6Address = ip_address(number.partition("%")[0])
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    address = mapped or address
    inner = any(address in network for network in INNER if network.version == address.version)
    return address.is_global and not address.is_multicast and not inner
