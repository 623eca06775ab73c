"""What the DNS says of the sender's domain, asked of a real server, and of none."""

from shadowing.mail import domains
from shadowing.models import DomainRecords, LookedUp
from tests.mail.names import BROKEN, SOUND, Zone, answering, no_dns

OWN = "shadowing@example.org"


def of(zone: Zone, address: str = OWN, selector: str = "") -> DomainRecords:
    with answering(zone):
        return domains.look_up(address, selector)


def test_a_sound_domain_tells_where_mail_goes_who_sends_and_what_signs() -> None:
    found = of(SOUND, selector="mail2027")

    assert found.mx == LookedUp(name="example.org", found=("mx.example.org",))
    assert found.hosts.found == ("192.0.2.25",)
    assert found.spf.found == ("v=spf1 mx -all",)
    assert found.dmarc == LookedUp(name="_dmarc.example.org", found=("v=DMARC1; p=reject",))
    assert found.dkim == LookedUp(name="mail2027._domainkey.example.org", found=("v=DKIM1; p=MIIB",))


def test_a_domain_that_says_nothing_is_known_to_say_nothing() -> None:
    found = of({}, selector="mail2027")

    records = (found.mx, found.hosts, found.spf, found.dmarc, found.dkim)
    assert [(one.found, one.trouble) for one in records if one] == [((), "")] * 5


def test_without_an_mx_mail_goes_to_the_domain_itself() -> None:
    assert of({("example.org", "A"): ("192.0.2.7",)}).hosts.found == ("192.0.2.7",)


def test_mail_servers_stand_in_their_order() -> None:
    found = of({("example.org", "MX"): ("20 b.example.org.", "10 a.example.org.")})

    assert found.mx.found == ("a.example.org", "b.example.org")


def test_a_subdomain_is_under_the_dmarc_record_above_it() -> None:
    found = of(SOUND, "shadowing@post.example.org")

    assert found.dmarc.name == "_dmarc.example.org"


def test_a_domain_of_japan_is_asked_for_as_the_dns_knows_it() -> None:
    zone = {("xn--wgv71a119e.example", "MX"): ("10 mx.example.org.",)}

    assert of(zone, "shadowing@日本語.example").mx.found == ("mx.example.org",)


def test_where_no_dns_answers_nothing_is_known() -> None:
    found = domains.look_up(OWN, "mail2027", no_dns)

    records = (found.mx, found.hosts, found.spf, found.dmarc, found.dkim)
    assert [(one.found, one.trouble) for one in records if one] == [((), "no answer")] * 5


def test_what_a_server_cannot_tell_is_not_taken_for_nothing() -> None:
    found = of({("example.org", "TXT"): (BROKEN,), ("example.org", "MX"): ("10 mx.example.org.",)})

    assert (found.spf.found, "SERVFAIL" in found.spf.trouble) == ((), True)
    assert found.mx.found == ("mx.example.org",)
