"""Mails made to harm, to deceive, or that could mean two things: each with what must become of it."""

import base64
from collections.abc import Callable
from dataclasses import replace

from shadowing.models import MailOutcome
from tests.mail import clients
from tests.mail.clients import Pressed, calendar, folded, headers, method_of, multipart, part, utc, whole

O = MailOutcome  # noqa: E741 - the table below is long
EVIL = "evil@attacker.example"
HEAD = "From: {sender}\r\nTo: shadowing@example.org\r\nMessage-ID: <{id}@attacker.example>\r\n"


def bare(body: str, sender: str = EVIL, id: str = "x") -> bytes:
    return (HEAD.format(sender=sender, id=id) + body).encode()


def reply(press: Pressed, sender: str = "", **changes: str) -> bytes:
    return whole(headers(press, sender), part(method_of(press), calendar(press, **changes)))


def nested(press: Pressed, depth: int = 1000) -> bytes:
    inner = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(depth))
    return bare(inner + part(method_of(press), calendar(press)))


def parentheses(press: Pressed) -> bytes:
    return reply(press).replace(b"From: Somebody", b"From: " + b"(" * 10_000 + b"Somebody")


def long_header(press: Pressed) -> bytes:
    return bare("Content-Type: text/calendar" + "; a=b" * 60_000 + "\r\n\r\n" + calendar(press))


def long_header_of_a_part(press: Pressed) -> bytes:
    inner = "Content-Type: text/calendar" + "; a=b" * 40_000 + "\r\n\r\n" + calendar(press)
    return bare(multipart("mixed", "Content-Type: text/plain\r\n\r\nhello", inner))


def many_addresses(press: Pressed) -> bytes:
    everybody = ",\r\n ".join(f"somebody{n}@example.net" for n in range(20_000))
    return bare(f"Cc: {everybody}\r\n" + part(method_of(press), calendar(press)))


def many_parts(press: Pressed) -> bytes:
    return bare('Content-Type: multipart/mixed; boundary="x"\r\n\r\n' + "--x\r\n\r\n" * 60_000 + calendar(press))


def wrong_charset(press: Pressed) -> bytes:
    content = base64.encodebytes(calendar(press).encode("utf-16")).decode()
    label = f"Content-Type: {method_of(press)}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return (headers(press) + label + content).encode()


def tnef(press: Pressed) -> bytes:
    """Outlook's own wrapping, which hides the calendar from everybody else."""
    data = base64.encodebytes(b"\x78\x9f\x3e\x22" + bytes(range(256)) * 20).decode()
    file = f"Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n{data}"
    return whole(headers(press), multipart("mixed", part("text/plain", ""), file))


def bounced(press: Pressed) -> bytes:
    """A report whose returned mail bears an answer."""
    status = (
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n"
        f"Final-Recipient: rfc822; {press.owner}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    )
    inner = "Content-Type: message/rfc822\r\n\r\n" + reply(press).decode()
    report = multipart("report; report-type=delivery-status", "Content-Type: text/plain\r\n\r\nsorry", status, inner)
    return bare(report, "MAILER-DAEMON@mx.example.net")


def out_of_office(press: Pressed) -> bytes:
    sender = headers(press, "", "Auto-Submitted: auto-replied", "X-Auto-Response-Suppress: All")
    return whole(sender, part("text/plain; charset=utf-8", "外出しております。I decline nothing."))


def out_of_office_with_the_question(press: Pressed) -> bytes:
    question = part(method_of(press).replace("REPLY", "REQUEST"), calendar(press, METHOD="METHOD:REQUEST"))
    words = part("text/plain; charset=utf-8", "外出しております。")
    return whole(headers(press, "", "Auto-Submitted: auto-replied"), multipart("mixed", words, question))


def own_request(press: Pressed) -> bytes:
    """Our own mail, sent on to us by a rule in somebody's mailbox."""
    ics = calendar(press, METHOD="METHOD:REQUEST", PRODID="PRODID:-//Shadowing//Shadowing 1//EN")
    return whole(headers(press, press.organizer), part(method_of(press).replace("REPLY", "REQUEST"), ics))


def own_address(press: Pressed) -> bytes:
    return reply(press, "Shadowing+bounce@example.org")


def another_method(method: str) -> Callable[[Pressed], bytes]:
    def made(press: Pressed) -> bytes:
        return reply(press, METHOD=f"METHOD:{method}")

    made.__name__ = f"method_{method.lower()}"
    return made


def with_lines(name: str, *lines: str) -> Callable[[Pressed], bytes]:
    """An answer with more in it than one to a single visit has."""

    def made(press: Pressed) -> bytes:
        return reply(press, MORE="\r\n".join(lines).format(owner=press.owner, stamp=utc(press.at)))

    made.__name__ = name
    return made


def two_visits(press: Pressed) -> bytes:
    event = (
        calendar(replace(press, uid="another@example.org")).partition("BEGIN:VEVENT")[2].partition("END:VCALENDAR")[0]
    )
    return reply(press, END=f"END:VEVENT\r\nBEGIN:VEVENT{event}END:VCALENDAR")


def two_calendars(press: Pressed) -> bytes:
    both = calendar(press) + calendar(replace(press, partstat="ACCEPTED"))
    return whole(headers(press), part(method_of(press), both))


def contradiction(press: Pressed) -> bytes:
    lines = (f"ATTENDEE;PARTSTAT={one}:mailto:{press.owner}" for one in ("ACCEPTED", "DECLINED"))
    return reply(press, ATTENDEE="\r\n".join(lines))


def others_lines(press: Pressed) -> bytes:
    lines = (f"ATTENDEE;PARTSTAT=DECLINED:mailto:{one}" for one in (EVIL, f"{press.owner}.attacker.example"))
    return reply(press, EVIL, ATTENDEE="\r\n".join(lines))


def others_lines_from_the_owner(press: Pressed) -> bytes:
    return reply(press, ATTENDEE=f"ATTENDEE;PARTSTAT=DECLINED:mailto:{EVIL}")


def many_attendees(press: Pressed) -> bytes:
    return reply(press, EVIL, ATTENDEE="\r\n".join(f"ATTENDEE:mailto:a{n}@attacker.example" for n in range(8000)))


def forged(press: Pressed) -> bytes:
    return reply(replace(press, proven=False), EVIL)


def forged_results(press: Pressed) -> bytes:
    """The attacker writes what our own mail server writes, below it."""
    mine = f"Authentication-Results: {clients.AUTHSERV}; dmarc=pass header.from=attacker.example"
    return whole(headers(replace(press, proven=False), EVIL, mine), part(method_of(press), calendar(press)))


def results_of_another_server(press: Pressed) -> bytes:
    return reply(press, EVIL).replace(f"Results: {clients.AUTHSERV}".encode(), b"Results: mx.attacker.example")


def signed_by_another(press: Pressed) -> bytes:
    """Apple's address, with the attacker's own good signature."""
    mail = whole(headers(press, clients.APPLE, signed="attacker.example"), part(method_of(press), calendar(press)))
    return mail.replace(b"header.from=attacker.example", b"header.from=attacker.example.")


def result_in_a_comment(press: Pressed) -> bytes:
    mail = reply(replace(press, proven=False), EVIL)
    return mail.replace(b"; dkim=fail", b"; dkim=fail (dmarc=pass header.from=attacker.example)")


def several_senders(press: Pressed) -> bytes:
    return reply(press, EVIL).replace(b"To: ", f"From: {press.owner}\r\nTo: ".encode())


def two_addresses_in_from(press: Pressed) -> bytes:
    return reply(press, f"{EVIL}>, <{press.owner}")


def owner_in_the_name(press: Pressed) -> bytes:
    return reply(replace(press, proven=False), EVIL).replace(b"From: Somebody", f'From: "{press.owner}"'.encode())


def above_the_sequence(press: Pressed) -> bytes:
    return reply(replace(press, sequence=press.sequence + 1))


def huge_sequence(press: Pressed) -> bytes:
    return reply(press, SEQUENCE="SEQUENCE:99999999999999999999")


def as_a_file(press: Pressed) -> bytes:
    file = part('application/octet-stream; name="invite.ics"', calendar(press), "base64")
    return whole(headers(press), multipart("mixed", part("text/plain", "see the file"), file))


def inside_a_forward(press: Pressed) -> bytes:
    inner = "Content-Type: message/rfc822\r\n\r\n" + reply(press).decode()
    return whole(headers(press, EVIL), multipart("mixed", part("text/plain", "fyi"), inner))


def in_plain_text(press: Pressed) -> bytes:
    return whole(headers(press), part("text/plain; charset=utf-8", calendar(press)))


def another_component(name: str) -> Callable[[Pressed], bytes]:
    def made(press: Pressed) -> bytes:
        return reply(press, EVENT=f"BEGIN:{name}", END=f"END:{name}\r\nEND:VCALENDAR")

    made.__name__ = name.lower()
    return made


def empty_calendar(press: Pressed) -> bytes:
    return whole(headers(press), part(method_of(press), ""))


def cut_off(press: Pressed) -> bytes:
    mail = whole(headers(press), part(method_of(press), calendar(press), "base64"))
    return mail[: len(mail) - 300]


def unclosed(press: Pressed) -> bytes:
    return whole(headers(press), part(method_of(press), "BEGIN:VCALENDAR\r\n" * 20_000 + calendar(press)))


def endless_zone(press: Pressed) -> bytes:
    """A zone whose rule has no end, second by second, since 1970."""
    rule = "DTSTART:19700101T000000\r\nRRULE:FREQ=SECONDLY\r\nTZOFFSETFROM:+0900\r\nTZOFFSETTO:+0900"
    zone = f"BEGIN:VTIMEZONE\r\nTZID:x\r\nBEGIN:STANDARD\r\n{rule}\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT"
    return reply(
        press, EVIL, EVENT=zone, DTSTART="DTSTART;TZID=x:20270101T000000", ATTENDEE="ATTENDEE:mailto:a@b.example"
    )


def brackets(press: Pressed) -> bytes:
    return bare("Content-Type: text/html\r\n\r\n" + "<" * 400_000)


def mailing_list(press: Pressed) -> bytes:
    return whole(headers(press, "", "Precedence: list"), part("text/plain", "news"))


def read_receipt(press: Pressed) -> bytes:
    inner = f"Content-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822;{press.owner}\r\n"
    report = multipart("report", part("text/plain", "read"), inner)
    return whole(
        headers(press), report.replace("multipart/report", "multipart/report; report-type=disposition-notification")
    )


def unknown_uid(press: Pressed) -> bytes:
    return reply(replace(press, uid="' OR 1=1 --\0%_"))


def no_uid(press: Pressed) -> bytes:
    return reply(press, UID="")


def folded_other_uid(press: Pressed) -> bytes:
    return reply(press, UID=folded(f"UID:{press.uid}.attacker.example", 20))


HOSTILE: tuple[tuple[Callable[[Pressed], bytes], MailOutcome], ...] = (
    (nested, O.HOSTILE),
    (parentheses, O.HELD),
    (long_header, O.HOSTILE),
    (long_header_of_a_part, O.HELD),
    (many_addresses, O.HOSTILE),
    (many_parts, O.HOSTILE),
    (wrong_charset, O.FOR_HR),
    (tnef, O.FOR_HR),
    (bounced, O.BOUNCE),
    (out_of_office, O.AUTO_REPLY),
    (out_of_office_with_the_question, O.AUTO_REPLY),
    (own_request, O.LOOP),
    (own_address, O.LOOP),
    (another_method("CANCEL"), O.FOR_HR),
    (another_method("REQUEST"), O.FOR_HR),
    (another_method("PUBLISH"), O.FOR_HR),
    (another_method("DECLINECOUNTER"), O.FOR_HR),
    (with_lines("series", "RRULE:FREQ=DAILY"), O.FOR_HR),
    (with_lines("one_of_a_series", "RECURRENCE-ID:{stamp}"), O.FOR_HR),
    (two_visits, O.FOR_HR),
    (two_calendars, O.FOR_HR),
    (contradiction, O.FOR_HR),
    (others_lines, O.FORWARDED),
    (others_lines_from_the_owner, O.FOR_HR),
    (many_attendees, O.FORWARDED),
    (forged, O.HELD),
    (forged_results, O.HELD),
    (results_of_another_server, O.HELD),
    (signed_by_another, O.HELD),
    (result_in_a_comment, O.HELD),
    (several_senders, O.HELD),
    (two_addresses_in_from, O.HELD),
    (owner_in_the_name, O.HELD),
    (above_the_sequence, O.HELD),
    (huge_sequence, O.FOR_HR),
    (as_a_file, O.FOR_HR),
    (inside_a_forward, O.FOR_HR),
    (in_plain_text, O.FOR_HR),
    (another_component("VTODO"), O.FOR_HR),
    (another_component("VFREEBUSY"), O.FOR_HR),
    (empty_calendar, O.FOR_HR),
    (cut_off, O.FOR_HR),
    (unclosed, O.FOR_HR),
    (endless_zone, O.FORWARDED),
    (brackets, O.FOR_HR),
    (mailing_list, O.AUTO_REPLY),
    (read_receipt, O.AUTO_REPLY),
    (unknown_uid, O.UNKNOWN_VISIT),
    (no_uid, O.UNKNOWN_VISIT),
    (folded_other_uid, O.UNKNOWN_VISIT),
)
"""None of them may change an answer."""
