"""A check-up is examined: what was seen of each fault, and what to do about those that are there."""

import re
from collections.abc import Callable
from datetime import timedelta

from shadowing.errors import remark
from shadowing.mail import domains
from shadowing.mail.faults import Diagnosis, Evidence, Fault, absent, present, unknown
from shadowing.mail.received import is_ours
from shadowing.models import LetterState, LookedUp

SLOW = timedelta(minutes=5)
"""A mail that waits longer than this waits for a worker that does not run."""
SILENT = timedelta(minutes=15)
APART = timedelta(minutes=10)
SPF_FAILED, DMARC_FAILED = ("5.7.23", "5.7.24", "spf"), ("5.7.20", "5.7.21", "5.7.26", "dmarc", "dkim")
"""What servers say who refuse for these reasons (RFC 7372, and 5.7.26 for several at once), or name them."""
NOBODY = re.compile(r"(?i)v=spf1\s+-all")
KEY = re.compile(r"\bp\s*=\s*[A-Za-z0-9+/]")
"""A key without its value is revoked (RFC 6376 3.6.1)."""
WAITS = remark("No answer of a calendar has come so far.")
NOT_LOOKED_UP = remark("The domain has not been looked up yet.")


def examine(evidence: Evidence) -> tuple[Diagnosis, ...]:
    """One for each fault, in the order in which mail goes out and comes back."""
    return tuple(look(evidence) for look in LOOKS)


# The way out


def _not_sent(evidence: Evidence) -> Diagnosis:
    fault, last = Fault.NOT_SENT, evidence.sent[-1]
    if not evidence.settings.mail_server:
        mend = remark("Set SHADOWING_MAIL_SERVER and the settings beside it, then begin another check-up.")
        return present(fault, remark("No mail server is set, so no mail leaves the house."), mend)
    if last.state is LetterState.GAVE_UP or (last.done_at is None and last.error):
        mend = remark("Look at the SHADOWING_MAIL_ settings. `flask --app wsgi mail test` tells what the server says.")
        return present(fault, remark("The mail server did not take the mail."), mend, last.error)
    if last.done_at is None and evidence.now - last.due_at > SLOW:
        mend = remark("See that the worker runs: `flask --app wsgi worker`.")
        return present(fault, remark("The mail has waited for more than five minutes."), mend)
    if evidence.left_at is None:
        return unknown(fault, remark("The mail is on its way."))
    return absent(fault, remark("The mail server took the mail."))


def _refused(evidence: Evidence) -> Diagnosis:
    fault = Fault.REFUSED
    words = next((one.error for one in evidence.sent if one.state is LetterState.UNDELIVERABLE), None)
    if words is not None:
        mend = remark("Look at the address and at what the server says, then begin another check-up.")
        return present(fault, remark("The mail was refused, or it came back."), mend, words)
    if evidence.check.back:
        return absent(fault, remark("The mail arrived: something came back about it."))
    return unknown(fault, remark("No refusal has come. A mail that comes back may take hours."))


def _spf(evidence: Evidence) -> Diagnosis:
    fault, domain = Fault.SPF, evidence.check.domain
    if any(code in evidence.refusal for code in SPF_FAILED):
        mend = remark("Add the address of your mail server to the SPF record of the domain.")
        return present(fault, remark("The mail was refused because of SPF."), mend, evidence.refusal)
    if domain is None or domain.spf.trouble:
        return _unlooked(fault, domain.spf if domain else None)
    records = domain.spf.found
    if not records:
        seen = remark("%(name)s has no SPF record, so others may take its mails for forged.", name=domain.spf.name)
        mend = remark("Have a TXT record “v=spf1 … -all” made that names your mail server.")
        return present(fault, seen, mend)
    if len(records) > 1:
        mend = remark("Keep one of them: several count as none.")
        return present(fault, remark("There is more than one SPF record."), mend, " ".join(records))
    if NOBODY.fullmatch(records[0].strip()):
        mend = remark("Add your mail server to it.")
        return present(fault, remark("The SPF record says that nobody sends mail for this domain."), mend, records[0])
    return absent(
        fault, remark("There is one SPF record. Whether it names your mail server is not known here."), records[0]
    )


def _dmarc(evidence: Evidence) -> Diagnosis:
    fault, domain = Fault.DMARC, evidence.check.domain
    if any(code in evidence.refusal for code in DMARC_FAILED):
        mend = remark("Let your mail server sign with DKIM for the domain of SHADOWING_MAIL_FROM, or name it in SPF.")
        return present(
            fault, remark("The mail was refused because its sender could not be proven."), mend, evidence.refusal
        )
    if domain is None or domain.dmarc.trouble or (domain.dkim and domain.dkim.trouble):
        return _unlooked(fault, (domain.dmarc if domain.dmarc.trouble else domain.dkim) if domain else None)
    if domain.dkim is not None and not any(KEY.search(one) for one in domain.dkim.found):
        mend = remark("Publish the key of this selector, or name the selector that your mail server signs with.")
        return present(fault, remark("There is no DKIM key at %(name)s.", name=domain.dkim.name), mend)
    if not domain.dmarc.found:
        seen = remark("There is no DMARC record at %(name)s.", name=domain.dmarc.name)
        return present(fault, seen, remark("Have a TXT record made there, such as “v=DMARC1; p=none”."))
    return absent(fault, remark("There is a DMARC record."), domain.dmarc.found[0])


def _unlooked(fault: Fault, looked: LookedUp | None) -> Diagnosis:
    if looked is None:
        return unknown(fault, NOT_LOOKED_UP)
    return unknown(fault, remark("The DNS did not answer."), looked.trouble)


# The way back


def _no_way_in(evidence: Evidence) -> Diagnosis:
    fault, settings = Fault.NO_WAY_IN, evidence.settings
    if not settings.hears:
        mend = remark("Set SHADOWING_MAIL_LISTEN or SHADOWING_IMAP_SERVER.")
        return present(fault, remark("Answers have nowhere to arrive, so no mail asks for them."), mend)
    where = settings.mail_listen or settings.imap_server
    return absent(fault, remark("Answers are taken in: %(where)s.", where=where))


def _no_mx(evidence: Evidence) -> Diagnosis:
    fault, domain, check = Fault.NO_MX, evidence.check.domain, evidence.check
    hosts = ", ".join(domain.mx.found) if domain else ""
    if check.back:
        return absent(
            fault, remark("Something came back, so mails for %(address)s arrive.", address=check.organizer), hosts
        )
    if domain is None or domain.mx.trouble or domain.hosts.trouble:
        return _unlooked(fault, (domain.mx if domain.mx.trouble else domain.hosts) if domain else None)
    mend = remark("Have an MX record made that leads to the mail server which hands over to this service.")
    if domains.MAIL_TO_NOBODY in domain.mx.found:
        return present(fault, remark("%(name)s says that it takes no mail.", name=domain.mx.name), mend)
    if not domain.hosts.found:
        seen = remark("No mail server is found for %(name)s.", name=domain.mx.name)
        return present(fault, seen, mend, hosts)
    seen = remark(
        "Mails for %(name)s go to the servers named here. See that they hand over to this service.", name=domain.mx.name
    )
    return absent(fault, seen, hosts or domain.mx.name)


def _silent(evidence: Evidence) -> Diagnosis:
    fault, check, left_at = Fault.SILENT, evidence.check, evidence.left_at
    if check.back:
        return absent(fault, remark("Something came back."))
    if not evidence.settings.hears or left_at is None or evidence.refusal:
        return unknown(fault, WAITS)
    if evidence.now - left_at <= SILENT:
        return unknown(fault, remark("No answer has come yet. Press a button in the calendar of the test mailbox."))
    mend = remark(
        "If you pressed a button, see whether the mailbox %(address)s has a calendar of its own: Google and Exchange then keep"
        " the answer for themselves. Take an address without a calendar. If you pressed none, press one now.",
        address=check.organizer,
    )
    return present(fault, remark("The mail was taken, and no answer came within 15 minutes."), mend)


def _no_calendar(evidence: Evidence) -> Diagnosis:
    fault, back = Fault.NO_CALENDAR, evidence.check.back
    if any(one.sequence is None for one in back):
        seen = remark("A mail about the test came back without the calendar answer, or with that of another entry.")
        mend = remark(
            "If a button was pressed, a server on the way turns calendars into text: let mails to and from %(address)s pass as they"
            " are. If somebody replied in words, press a button instead.",
            address=evidence.check.organizer,
        )
        return present(fault, seen, mend)
    return absent(fault, remark("Each answer kept its calendar.")) if back else unknown(fault, WAITS)


def _rewritten(evidence: Evidence) -> Diagnosis:
    fault, last, check = Fault.REWRITTEN, evidence.last, evidence.check
    if last is None:
        return unknown(fault, WAITS)
    if last.organizer and not is_ours(last.organizer, (check.organizer,)):
        seen = remark(
            "The answer names %(found)s as organizer, not %(ours)s.", found=last.organizer, ours=check.organizer
        )
        return present(fault, seen, remark("Let your mail server leave the addresses of this service as they are."))
    if last.sender != check.address.lower():
        seen = remark("The answer came from %(found)s, not from %(address)s.", found=last.sender, address=check.address)
        mend = remark(
            "Calendars such as iCloud and Nextcloud do so. With SHADOWING_MAIL_AUTHSERV such answers count at once where their"
            " sender is proven; else each person is asked whether the answer is theirs."
        )
        return present(fault, seen, mend)
    return absent(fault, remark("Sender and organizer are as we know them."))


def _alias(evidence: Evidence) -> Diagnosis:
    fault, last, check = Fault.ALIAS, evidence.last, evidence.check
    if last is None:
        return unknown(fault, WAITS)
    if check.address.lower() in last.attending:
        return absent(fault, remark("The answer is in the name of the address that was invited."))
    if not last.attending:
        return unknown(fault, remark("The answer names nobody."))
    found = ", ".join(last.attending[:3])
    seen = remark(
        "The answer is in the name of %(found)s; invited was %(address)s.", found=found, address=check.address
    )
    mend = remark("Where people have such a second address, enter it on their page under “Other addresses”.")
    return present(fault, seen, mend)


def _clock(evidence: Evidence) -> Diagnosis:
    """An answer cannot come from the future, nor from before the mail that it answers."""
    fault, last = Fault.CLOCK, evidence.last
    if last is None:
        return unknown(fault, WAITS)
    asked = evidence.sent[min(last.sequence or 0, len(evidence.sent) - 1)].stamp
    told = [one for one in (last.stamp, last.written_at) if one is not None]
    if not told:
        return unknown(fault, remark("The answer does not tell when it was given."))
    if any(one > last.received_at + APART or one < asked - APART for one in told):
        mend = remark(
            "Set the clocks of this machine and of the mail server by a time server: the later of two answers counts."
        )
        return present(fault, remark("The time of the answer is more than ten minutes wrong."), mend)
    return absent(fault, remark("The clocks agree."))


def _unverified(evidence: Evidence) -> Diagnosis:
    fault, last, name = Fault.UNVERIFIED, evidence.last, evidence.settings.mail_authserv
    if last is None:
        return unknown(fault, WAITS)
    if last.passed:
        return absent(fault, remark("Your mail server found that the sender of the answer is true."))
    if not name:
        seen = remark("Nobody says whether the sender of an answer is true.")
        mend = remark(
            "Set SHADOWING_MAIL_AUTHSERV to the name under which your mail server writes Authentication-Results."
        )
        return present(fault, seen, mend)
    seen = remark("The answer has no Authentication-Results of %(name)s that say its sender is true.", name=name)
    return present(
        fault, seen, remark("Let your mail server check SPF, DKIM and DMARC, or correct SHADOWING_MAIL_AUTHSERV.")
    )


LOOKS: tuple[Callable[[Evidence], Diagnosis], ...] = (
    *(_not_sent, _refused, _spf, _dmarc, _no_way_in, _no_mx),
    *(_silent, _no_calendar, _rewritten, _alias, _clock, _unverified),
)
