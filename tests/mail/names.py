"""A DNS server on the loopback that knows what a test tells it."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset

from shadowing.mail.domains import NoDns

Zone = Mapping[tuple[str, str], tuple[str, ...]]
BROKEN = "the server does not know itself"
SOUND: Zone = {
    ("example.org", "MX"): ("10 mx.example.org.",),
    ("mx.example.org", "A"): ("192.0.2.25",),
    ("example.org", "TXT"): ('"v=spf1 mx " "-all"', '"some other record"'),
    ("_dmarc.example.org", "TXT"): ('"v=DMARC1; p=reject"',),
    ("mail2027._domainkey.example.org", "TXT"): ('"v=DKIM1; p=MIIB"',),
}


@contextmanager
def answering(zone: Zone) -> Iterator[dns.resolver.Resolver]:
    """The machine's resolver asks this server meanwhile."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        server = threading.Thread(target=_serve, args=(line, zone))
        server.start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], line.getsockname()[1]
        before, dns.resolver.default_resolver = dns.resolver.default_resolver, resolver
        try:
            yield resolver
        finally:
            dns.resolver.default_resolver = before
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
                last.sendto(b"", line.getsockname())
            server.join()


def _serve(line: socket.socket, zone: Zone) -> None:
    while True:
        wire, sender = line.recvfrom(4096)
        if not wire:
            return
        question = dns.message.from_wire(wire)
        asked = question.question[0]
        name, kind = asked.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(asked.rdtype)
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA
        records = zone.get((name, kind), ())
        if BROKEN in records:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif records:
            answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *records))
        elif not any(known == name for known, _ in zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        line.sendto(answer.to_wire(), sender)


def no_dns(name: str, kind: str) -> tuple[str, ...]:
    raise NoDns("no answer")
