"""What the DNS says of the domain that our mails come from: where answers go (MX, RFC 5321 5.1), who may send (SPF, RFC 7208),
what is to be done with others (DMARC, RFC 7489), and the key of a signature (DKIM, RFC 6376)."""

from collections.abc import Callable

import dns.exception
import dns.resolver

from shadowing.mail import mime
from shadowing.models import DomainRecords, LookedUp

PATIENCE = 5.0
"""Seconds for one question."""
FOUND_MOST, LONG = 10, 500
"""So many records of a name, and so many characters of each."""
HOSTS_MOST = 3
MAIL_TO_NOBODY = "."
"""The MX of a domain that takes no mail (RFC 7505)."""


class NoDns(Exception):
    """The DNS did not answer, so nothing is known. Its text says how."""


Ask = Callable[[str, str], tuple[str, ...]]
"""What stands under a name as records of a type, empty where there are none; raises NoDns."""


def by_dns(name: str, kind: str) -> tuple[str, ...]:
    """Asks the machine's own resolver."""
    try:
        found = dns.resolver.get_default_resolver().resolve(name, kind, lifetime=PATIENCE, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except (dns.exception.DNSException, OSError) as wrong:
        raise NoDns(str(wrong)[:LONG] or type(wrong).__name__) from wrong
    rows = sorted(found, key=lambda row: getattr(row, "preference", 0))
    return tuple(_text(row)[:LONG] for row in rows)[:FOUND_MOST]


def _text(row: object) -> str:
    """The host of an MX; the strings of a TXT record belong together without a space (RFC 7208 3.3)."""
    strings = getattr(row, "strings", None)
    if strings is not None:
        return b"".join(strings).decode("utf-8", "replace").replace("\0", "")
    exchange = getattr(row, "exchange", None)
    return str(row) if exchange is None else str(exchange).rstrip(".") or MAIL_TO_NOBODY


def look_up(address: str, selector: str, ask: Ask = by_dns) -> DomainRecords:
    """Of the domain of *address*; at most ten questions, each with PATIENCE."""
    domain = mime.wire(address).rpartition("@")[2].lower().strip(".")
    mx = _asked(domain, "MX", ask)
    return DomainRecords(
        mx=mx,
        hosts=_hosts(domain, mx, ask),
        spf=_only(_asked(domain, "TXT", ask), "v=spf1"),
        dmarc=_dmarc(domain, ask),
        dkim=_only(_asked(f"{selector}._domainkey.{domain}", "TXT", ask), "") if selector else None,
    )


def _asked(name: str, kind: str, ask: Ask) -> LookedUp:
    try:
        return LookedUp(name=name, found=ask(name, kind))
    except NoDns as wrong:
        return LookedUp(name=name, trouble=str(wrong))


def _hosts(domain: str, mx: LookedUp, ask: Ask) -> LookedUp:
    """Without any MX mail goes to the domain's own address (RFC 5321 5.1)."""
    names = mx.found[:HOSTS_MOST] or (domain,)
    if MAIL_TO_NOBODY in names or mx.trouble:
        return LookedUp(name=domain, trouble=mx.trouble)
    looked = [_asked(name.rstrip("."), kind, ask) for name in names for kind in ("A", "AAAA")]
    found = tuple(address for one in looked for address in one.found)
    trouble = "" if found else next((one.trouble for one in looked if one.trouble), "")
    return LookedUp(name=", ".join(names), found=found, trouble=trouble)


def _dmarc(domain: str, ask: Ask) -> LookedUp:
    """The record of the domain itself, else of the nearest domain above it that has one."""
    labels = domain.split(".")
    first = LookedUp(name=f"_dmarc.{domain}")
    for place in range(min(len(labels) - 1, HOSTS_MOST)):
        found = _only(_asked(f"_dmarc.{'.'.join(labels[place:])}", "TXT", ask), "v=dmarc1")
        if found.found or found.trouble:
            return found
    return first


def _only(looked: LookedUp, begins: str) -> LookedUp:
    records = tuple(one for one in looked.found if one.lower().startswith(begins))
    return LookedUp(name=looked.name, found=records, trouble=looked.trouble)
