"""The twelve faults: each is brought about and seen, and is not seen where it is not; what nobody can know is not known."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shadowing import config
from shadowing.mail import diagnosing
from shadowing.mail.faults import TITLES, Diagnosis, Evidence, Fault, Sight
from shadowing.models import (
    TESTS,
    CheckUp,
    DomainRecords,
    Letter,
    LetterKind,
    LetterState,
    LookedUp,
    MailBack,
)
from tests.factories import NOW

MINUTE = timedelta(minutes=1)
OWN, BOX = "shadowing@example.org", "hanako@example.net"
SETTINGS = config.read(
    {},
    secret_key="s" * 32,
    mail_server="mail.example.org",
    mail_from=OWN,
    mail_listen="127.0.0.1:8024",
    mail_authserv="mx.example.org",
)
DOMAIN = DomainRecords(
    mx=LookedUp(name="example.org", found=("mx.example.org",)),
    hosts=LookedUp(name="mx.example.org", found=("192.0.2.25",)),
    spf=LookedUp(name="example.org", found=("v=spf1 mx -all",)),
    dmarc=LookedUp(name="_dmarc.example.org", found=("v=DMARC1; p=reject",)),
)
ANSWER = MailBack(
    received_at=NOW + 2 * MINUTE,
    sender=BOX,
    passed=True,
    written_at=NOW + MINUTE,
    sequence=0,
    partstat="ACCEPTED",
    organizer=OWN,
    attending=(BOX,),
    stamp=NOW + MINUTE,
)
WORDS = replace(ANSWER, sequence=None, partstat="", organizer="", attending=(), stamp=None)


def letter(
    state: LetterState = LetterState.SENT, error: str = "", kind: LetterKind = LetterKind.TEST_REQUEST
) -> Letter:
    done_at = None if state is LetterState.READY else NOW
    facts = {"revision": TESTS.index(kind), "due_at": NOW, "stamp": NOW}
    return Letter(kind=kind, state=state, error=error, done_at=done_at, **facts)


def evidence(
    *back: MailBack, sent: Letter | None = None, domain: DomainRecords | None = DOMAIN, minutes: int = 3, **given: Any
) -> Evidence:
    check = CheckUp(address="Hanako@example.net", organizer=OWN, step=LetterKind.TEST_REQUEST, back=back, domain=domain)
    settings = SETTINGS.model_copy(update=given)
    return Evidence(check=check, sent=(sent or letter(),), settings=settings, now=NOW + minutes * MINUTE)


def seen(fault: Fault, evidence: Evidence) -> Diagnosis:
    return next(one for one in diagnosing.examine(evidence) if one.fault is fault)


def records(**changed: LookedUp) -> DomainRecords:
    return replace(DOMAIN, **changed)


def spf(*found: str) -> DomainRecords:
    return records(spf=LookedUp(name="example.org", found=found))


def refused(words: str) -> Letter:
    return letter(LetterState.UNDELIVERABLE, words)


PRESENT: dict[str, tuple[Fault, Callable[[], Evidence]]] = {
    "no mail server": (Fault.NOT_SENT, lambda: evidence(mail_server="")),
    "no connection": (Fault.NOT_SENT, lambda: evidence(sent=letter(LetterState.READY, "cannot be reached"))),
    "given up": (Fault.NOT_SENT, lambda: evidence(sent=letter(LetterState.GAVE_UP, "too often"))),
    "no worker": (Fault.NOT_SENT, lambda: evidence(sent=letter(LetterState.READY), minutes=6)),
    "refused": (Fault.REFUSED, lambda: evidence(sent=refused("550 no such user"))),
    "no SPF": (Fault.SPF, lambda: evidence(domain=spf())),
    "two SPF": (Fault.SPF, lambda: evidence(domain=spf("v=spf1 mx -all", "v=spf1 a -all"))),
    "SPF of nobody": (Fault.SPF, lambda: evidence(domain=spf("v=spf1  -all"))),
    "refused for SPF": (Fault.SPF, lambda: evidence(sent=refused("550 5.7.23 SPF validation failed"))),
    "no DMARC": (Fault.DMARC, lambda: evidence(domain=records(dmarc=LookedUp(name="_dmarc.example.org")))),
    "refused for DMARC": (Fault.DMARC, lambda: evidence(sent=refused("550-5.7.26 Unauthenticated email"))),
    "no DKIM key": (Fault.DMARC, lambda: evidence(domain=records(dkim=LookedUp(name="x._domainkey.example.org")))),
    "a DKIM key taken back": (
        Fault.DMARC,
        lambda: evidence(domain=records(dkim=LookedUp(name="x", found=("v=DKIM1; p=",)))),
    ),
    "no way in": (Fault.NO_WAY_IN, lambda: evidence(mail_listen="")),
    "no MX and no host": (
        Fault.NO_MX,
        lambda: evidence(domain=records(mx=LookedUp(name="example.org"), hosts=LookedUp(name="example.org"))),
    ),
    "an MX to nobody": (Fault.NO_MX, lambda: evidence(domain=records(mx=LookedUp(name="example.org", found=(".",))))),
    "silence": (Fault.SILENT, lambda: evidence(minutes=16)),
    "words instead": (Fault.NO_CALENDAR, lambda: evidence(WORDS)),
    "another organizer": (Fault.REWRITTEN, lambda: evidence(replace(ANSWER, organizer="noreply@gateway.example"))),
    "another sender": (Fault.REWRITTEN, lambda: evidence(replace(ANSWER, sender="noreply@email.apple.com"))),
    "another name": (Fault.ALIAS, lambda: evidence(replace(ANSWER, attending=("h.yamada@example.net",)))),
    "from the future": (Fault.CLOCK, lambda: evidence(replace(ANSWER, written_at=NOW + 20 * MINUTE))),
    "before the question": (Fault.CLOCK, lambda: evidence(replace(ANSWER, stamp=NOW - 11 * MINUTE))),
    "no authserv": (Fault.UNVERIFIED, lambda: evidence(replace(ANSWER, passed=False), mail_authserv="")),
    "no results": (Fault.UNVERIFIED, lambda: evidence(replace(ANSWER, passed=False))),
}
UNKNOWN: dict[str, tuple[Fault, Callable[[], Evidence]]] = {
    "on its way": (Fault.NOT_SENT, lambda: evidence(sent=letter(LetterState.READY))),
    "nothing yet": (Fault.REFUSED, evidence),
    "no look": (Fault.SPF, lambda: evidence(domain=None)),
    "no DNS": (Fault.SPF, lambda: evidence(domain=records(spf=LookedUp(name="example.org", trouble="timed out")))),
    "no DNS for DMARC": (Fault.DMARC, lambda: evidence(domain=records(dmarc=LookedUp(name="x", trouble="timed out")))),
    "no DNS for DKIM": (Fault.DMARC, lambda: evidence(domain=records(dkim=LookedUp(name="x", trouble="timed out")))),
    "no DNS for MX": (Fault.NO_MX, lambda: evidence(domain=records(mx=LookedUp(name="x", trouble="timed out")))),
    "no DNS for hosts": (Fault.NO_MX, lambda: evidence(domain=records(hosts=LookedUp(name="x", trouble="timed out")))),
    "silence so far": (Fault.SILENT, evidence),
    "silence of the deaf": (Fault.SILENT, lambda: evidence(mail_listen="", minutes=60)),
    "silence after a refusal": (Fault.SILENT, lambda: evidence(sent=refused("550 no"), minutes=60)),
    "silence in the house": (Fault.SILENT, lambda: evidence(mail_server="", minutes=60)),
    "no calendar yet": (Fault.NO_CALENDAR, evidence),
    "no sender yet": (Fault.REWRITTEN, evidence),
    "no name yet": (Fault.ALIAS, evidence),
    "a name left out": (Fault.ALIAS, lambda: evidence(replace(ANSWER, attending=()))),
    "no time yet": (Fault.CLOCK, evidence),
    "a time left out": (Fault.CLOCK, lambda: evidence(replace(ANSWER, stamp=None, written_at=None))),
    "no proof yet": (Fault.UNVERIFIED, evidence),
    "only words": (Fault.ALIAS, lambda: evidence(WORDS)),
}


@pytest.mark.parametrize("case", PRESENT)
def test_a_fault_that_is_there_is_seen_and_what_to_do_is_said(case: str) -> None:
    fault, story = PRESENT[case]

    found = seen(fault, story())

    assert found.sight is Sight.PRESENT
    assert found.seen.sentence
    assert found.mend.sentence


@pytest.mark.parametrize("fault", Fault)
def test_where_all_is_well_no_fault_is_seen(fault: Fault) -> None:
    found = seen(fault, evidence(ANSWER))

    assert found.sight is Sight.ABSENT
    assert found.mend.sentence == ""


@pytest.mark.parametrize("case", UNKNOWN)
def test_what_nobody_can_know_is_not_known(case: str) -> None:
    fault, story = UNKNOWN[case]

    assert seen(fault, story()).sight is Sight.UNKNOWN


def test_every_fault_has_a_story_and_a_title() -> None:
    assert {fault for fault, _ in PRESENT.values()} == set(Fault) == set(TITLES)
    assert len(Fault) == 12


def test_the_words_of_a_server_are_told_as_they_are() -> None:
    assert seen(Fault.REFUSED, evidence(sent=refused("550 <b>no</b> 髙"))).words == "550 <b>no</b> 髙"


def test_an_answer_without_an_organizer_as_exchange_writes_it_is_sound() -> None:
    assert seen(Fault.REWRITTEN, evidence(replace(ANSWER, organizer=""))).sight is Sight.ABSENT


def test_an_mx_that_leads_elsewhere_is_told_by_name() -> None:
    found = seen(Fault.NO_MX, evidence())

    assert (found.sight, found.words) == (Sight.ABSENT, "mx.example.org")


def test_a_late_mail_is_no_wrong_clock() -> None:
    late = replace(ANSWER, received_at=NOW + 60 * MINUTE)

    assert seen(Fault.CLOCK, evidence(late)).sight is Sight.ABSENT
