"""Sections C and D of what makes an invitation work everywhere: the mail, and what becomes of it on the line."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from flask import Flask
from sqlalchemy.orm import Session

from shadowing.config import MailTls, Settings
from shadowing.mail import letters, mime, outbox
from shadowing.mail.letters import Sender
from shadowing.mail.outbox import BAD_ADDRESS, BREAKS_OFF, CUT, UNREACHABLE, UNWILLING, Fate, Lane, Outcome
from shadowing.mail.smtp import CERTIFICATE, IN_THE_CLEAR, LOGIN, NO_STARTTLS, SENDER, Patience
from shadowing.models import Letter, LetterKind, OpeningKind, Role, Rsvp
from shadowing.models.facts import VisitFacts
from shadowing.visiting import invitations
from tests import factories as make
from tests.mail.test_ical import HARD
from tests.postbox import DROP, Sink, by_javascript, by_vobject, calendar_of, certificate, free_port, parsed, serving

HASTE = Patience(connect=10, command=10, dot=10)


def of(app: Flask) -> Settings:
    found: Settings = app.extensions["settings"]
    return found


def mailing(app: Flask, sink: Sink, **given: object) -> Settings:
    facts = {"mail_server": "127.0.0.1", "mail_port": sink.port, "mail_tls": MailTls.NONE}
    return of(app).model_copy(update=facts | given)


def planned(app: Flask, **facts: Any) -> list[Letter]:
    """The letters of a round with one visit, host first, and one guest without."""
    zone = facts.pop("zone", "Asia/Tokyo")
    sales = make.department(name="営業部")
    host = make.person(department_=sales, family_name="鈴木", given_name="花子", **facts)
    visitor = make.person(family_name="田中", given_name="太郎", zone=zone, **facts)
    round = make.round_(coordinator=make.person(display_name="山田, 人事"))
    slot = make.slot(make.opening(round, host, place="会議室 3", title="朝会"))
    make.pairing(make.guest(round, visitor), slot)
    make.guest(round, make.person(**facts))
    return [one.write() for one in invitations.planned(round, make.NOW, Sender.of(of(app)))]


def about_visits(written: list[Letter]) -> list[Letter]:
    return [letter for letter in written if isinstance(letter.facts, VisitFacts)]


def guests_letter(app: Flask, **facts: Any) -> Letter:
    return next(
        letter for letter in about_visits(planned(app, **facts)) if make.revision_of(letter).entry.role is Role.GUEST
    )


def plain(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


# The mail


def test_an_invitation_is_mixed_of_alternatives_and_a_copy(app: Flask, session: Session) -> None:
    message = outbox.render(guests_letter(app), of(app))

    parts = [(part.get_content_type(), part.get_content_disposition()) for part in message.walk()]
    assert parts == [
        ("multipart/mixed", None),
        ("multipart/alternative", None),
        ("text/plain", None),
        ("text/html", None),
        ("text/calendar", None),
        ("application/ics", "attachment"),
    ]


def test_the_calendar_part_names_its_method_and_equals_the_copy(app: Flask, session: Session) -> None:
    message = outbox.render(guests_letter(app), of(app))

    calendar, copy = list(message.walk())[-2:]
    assert dict(calendar["Content-Type"].params) == {"charset": "utf-8", "method": "REQUEST", "component": "VEVENT"}
    assert copy.get_filename() == "invite.ics"
    assert calendar.get_payload(decode=True) == copy.get_payload(decode=True)


def test_a_mail_is_ascii_in_short_lines_and_has_one_mime_version(app: Flask, session: Session) -> None:
    for letter in planned(app, locale="ja"):
        content = outbox.to_bytes(letter, of(app))

        assert content.isascii()
        assert max(len(line) for line in content.split(b"\r\n")) <= 78
        assert b"\n" not in content.replace(b"\r\n", b"")
        assert content.count(b"MIME-Version") == 1


def test_rendering_twice_gives_equal_bytes(app: Flask, session: Session) -> None:
    for letter in planned(app):
        assert outbox.to_bytes(letter, of(app)) == outbox.to_bytes(letter, of(app))


def test_sender_and_organizer_are_one_and_a_reply_goes_to_the_coordinator(app: Flask, session: Session) -> None:
    letter = guests_letter(app)
    message = outbox.render(letter, of(app))

    coordinator = letter.facts.heading.coordinator
    assert coordinator is not None
    said = by_vobject(calendar_of(message))
    assert message["From"].addresses[0].addr_spec == "shadowing@example.org"
    assert said["organizer"] == "mailto:shadowing@example.org"
    assert message["Reply-To"].addresses[0].addr_spec == coordinator.email
    assert message["Reply-To"].addresses[0].display_name == "山田 人事"


def test_recipient_and_attendee_are_one_and_nobody_else_is_addressed(app: Flask, session: Session) -> None:
    letter = guests_letter(app)
    message = outbox.render(letter, of(app))

    assert [one.addr_spec for one in message["To"].addresses] == [letter.address]
    assert by_vobject(calendar_of(message))["attendee"] == f"mailto:{letter.address}"
    assert message["Cc"] is None


def test_machines_are_told_not_to_answer_and_nobody_is_asked_to_unsubscribe(app: Flask, session: Session) -> None:
    message = outbox.render(guests_letter(app), of(app))

    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert message["List-Unsubscribe"] is None


def test_the_message_id_follows_the_revision_and_updates_refer_to_the_first(app: Flask, session: Session) -> None:
    first = guests_letter(app)
    told = make.revision_of(first)
    second = letters.of_invitation(
        LetterKind.CHANGE,
        first.person,
        first.address,
        make.round_(),
        replace(told, number=1, before=told.entry.appointment),
    )

    older, newer = outbox.render(first, of(app)), outbox.render(second, of(app))
    assert older["Message-ID"] != newer["Message-ID"]
    assert newer["References"] == newer["In-Reply-To"] == older["Message-ID"]
    assert older["References"] is None


def test_date_is_the_instant_of_the_revision(app: Flask, session: Session) -> None:
    message = outbox.render(guests_letter(app), of(app))

    assert message["Date"].datetime == make.NOW
    assert by_vobject(calendar_of(message))["stamp"] == make.NOW.isoformat()


def test_spaces_survive_between_japanese_and_latin_words() -> None:
    text = "Q3 営業同行 with 田中 さん and a long tail of words that must be folded 折り返し"
    raw = f"Subject: {mime.header(text)}\r\n\r\n".encode()

    assert parsed(raw)["Subject"] == text


@pytest.mark.parametrize("break_", ["\r\nBcc: x@y.org", "\n", "\r", "\x0b", "\x85", "\u2028", "\u2029", "\x00"])
def test_no_text_becomes_a_header_line_of_its_own(app: Flask, session: Session, break_: str) -> None:
    letter = guests_letter(app)
    make.reword(letter, department=f"Sales{break_}Bcc: x@y.org")
    heading = replace(letter.facts.heading, reader=f"Mallory{break_}Bcc: x@y.org")
    letter.facts = replace(letter.facts, heading=heading)

    message = parsed(outbox.to_bytes(letter, of(app)))

    assert message["Bcc"] is None
    assert message.keys() == outbox.render(guests_letter(app, locale="en"), of(app)).keys()


def test_the_text_alone_says_all(app: Flask, session: Session) -> None:
    body = plain(outbox.render(guests_letter(app), of(app)))

    for words in (
        "Hello 田中 太郎,",
        "When: Tue 19 Jan 2027, 10:00–11:00 (Japan Time)",
        "What: A seat in a regular meeting – 朝会",
        "Department: 営業部",
        "Host: 鈴木 花子",
        "Place: 会議室 3",
        "No answer is needed.",
        "It goes to 山田, 人事.",
    ):
        assert words in body
    assert any(line.startswith("http://localhost:8000/my/") and line.endswith("/visits") for line in body.split("\n"))


def test_the_reader_gets_their_own_clock(app: Flask, session: Session) -> None:
    body = plain(outbox.render(guests_letter(app, zone="America/New_York"), of(app)))

    assert "When: Mon 18 Jan 2027, 20:00–21:00 (Eastern Time)" in body


def test_a_visit_over_midnight_names_both_days(app: Flask, session: Session) -> None:
    body = plain(outbox.render(guests_letter(app, zone="America/Halifax"), of(app)))
    late = plain(outbox.render(guests_letter_at(app, "Atlantic/Azores"), of(app)))

    assert "When: Mon 18 Jan 2027, 21:00–22:00 (Atlantic Time)" in body
    assert "When: Mon 18 Jan 2027, 23:30 – Tue 19 Jan 2027, 00:30" in late


def guests_letter_at(app: Flask, zone: str) -> Letter:
    """Half past nine to half past ten in Tokyo."""
    letter = guests_letter(app)
    letter.zone = zone
    make.reword(letter, starts_at=make.at(1, 9, 30), ends_at=make.at(1, 10, 30))
    return letter


def test_a_japanese_mail_is_japanese(app: Flask, session: Session) -> None:
    message = outbox.render(guests_letter(app, locale="ja"), of(app))

    assert message["Subject"] == "招待: 1月19日(火) 10:00 営業部 鈴木 花子さんを訪問"
    body = plain(message)
    assert "\n田中 太郎さん\n" in body
    assert "日時: 1月19日(火) 10:00–11:00 日本時間" in body
    assert "ホスト: 鈴木 花子さん" in body
    assert by_vobject(calendar_of(message))["summary"] == "営業部への訪問（鈴木 花子さん）"


def test_a_round_that_asks_for_answers_asks(app: Flask, session: Session) -> None:
    letter = guests_letter(app)
    make.reword(letter, rsvp=Rsvp.ASK)

    assert "Please tell us on the page whether it suits you." in plain(outbox.render(letter, of(app)))


def test_calendars_carry_no_token(app: Flask, session: Session) -> None:
    letter = guests_letter(app)
    message = outbox.render(letter, of(app))

    token = plain(message).split("/my/")[1].split("/")[0]
    calendar = calendar_of(message).replace(b"\r\n ", b"")
    assert token.encode() not in calendar
    assert b"/visits/" in calendar


def test_visits_told_together_are_one_mail_each_with_one_calendar_object(app: Flask, session: Session) -> None:
    round = make.round_(coordinator=make.person())
    guest = make.guest(round)
    for day in (1, 3):
        make.pairing(guest, make.slot(make.opening(round, make.person()), make.at(day, 10)))

    planned = invitations.planned(round, make.NOW, Sender.of(of(app)))
    written = about_visits([one.write() for one in planned])
    mails = [outbox.render(letter, of(app)) for letter in written if letter.person is guest.person]

    assert [calendar_of(mail).count(b"BEGIN:VEVENT") for mail in mails] == [1, 1]
    apart = [{mail[name] for mail in mails} for name in ("Message-ID", "Subject")]
    assert [len(values) for values in apart] == [2, 2]
    assert len({make.revision_of(letter).uid for letter in written}) == len(written) == 4


def test_a_customers_name_is_not_in_the_calendar(app: Flask, session: Session) -> None:
    letter = guests_letter(app)
    make.reword(letter, kind=OpeningKind.RIDE_ALONG, title="Acme Corp")

    message = outbox.render(letter, of(app))

    calendar = calendar_of(message)
    assert b"Acme" not in calendar
    assert b"CLASS:PRIVATE" in calendar
    assert "Acme" not in message["Subject"]


@pytest.mark.slow
def test_three_foreign_parsers_read_the_same(app: Flask, session: Session) -> None:
    written = about_visits(planned(app, locale="ja"))
    for letter in written:
        make.reword(letter, title=f"{HARD} C:\\new", preparation=f"{HARD}\\\nD:\\\\Net", place="本社, 3F; 会議室\\n1")
    mails = [outbox.to_bytes(letter, of(app)) for letter in written]

    read = by_javascript(mails)

    for mail, said in zip(mails, read, strict=True):
        fields = by_vobject(calendar_of(parsed(mail)))
        assert said["ical_js"] == fields
        assert said["node_ical"] == fields
        assert said["calendar_equals_copy"]
        assert said["subject"] == parsed(mail)["Subject"]
        assert said["to"]["address"] == fields["attendee"].removeprefix("mailto:")


# The line


@pytest.fixture
def sink() -> Iterator[Sink]:
    with serving(Sink()) as sink:
        yield sink


def test_what_was_previewed_is_what_arrives(app: Flask, session: Session, sink: Sink) -> None:
    settings = mailing(app, sink)
    written = planned(app, locale="ja")
    previewed = [outbox.to_bytes(letter, settings) for letter in written]

    lane = Lane(settings, HASTE)
    fates = [lane.send(letter).fate for letter in written]
    lane.close()

    assert fates == [Fate.SENT] * len(written)
    assert [content for _, content in sink.mails] == previewed


def test_without_a_mail_server_a_letter_is_sent_in_house(app: Flask, session: Session) -> None:
    assert Lane(of(app)).send(guests_letter(app)) == Outcome(Fate.SENT)


def sent(app: Flask, sink: Sink, **given: object) -> Outcome:
    lane = Lane(mailing(app, sink, **given), HASTE)
    outcome = lane.send(guests_letter(app))
    lane.close()
    return outcome


def test_a_refused_recipient_is_undeliverable_with_the_servers_words(app: Flask, session: Session, sink: Sink) -> None:
    sink.refuse = lambda address: "550 5.1.1 No such user"

    assert sent(app, sink) == Outcome(Fate.UNDELIVERABLE, "550 5.1.1 No such user")


def test_what_a_server_says_with_nul_in_it_can_be_kept(app: Flask, session: Session, sink: Sink) -> None:
    sink.refuse = lambda address: "550 No\0such user"

    assert sent(app, sink) == Outcome(Fate.UNDELIVERABLE, "550 No?such user")


@pytest.mark.parametrize("answer", ["450 later", "451 later", "452 full"])
def test_a_server_that_says_later_is_asked_later(app: Flask, session: Session, sink: Sink, answer: str) -> None:
    sink.refuse = lambda address: answer
    assert sent(app, sink).fate is Fate.LATER

    sink.refuse, sink.digest = (lambda address: None), (lambda content: answer)
    assert sent(app, sink).fate is Fate.LATER


def test_a_server_that_ends_the_line_at_a_recipient_says_nothing_about_the_others(
    app: Flask, session: Session, sink: Sink
) -> None:
    sink.refuse = lambda address: "421 shutting down"
    assert sent(app, sink) == Outcome(Fate.CUT, "421 shutting down")

    sink.refuse = lambda address: DROP
    assert sent(app, sink) == Outcome(Fate.CUT, CUT)


def test_three_different_recipients_cut_off_in_a_row_are_the_servers_trouble(
    app: Flask, session: Session, sink: Sink
) -> None:
    sink.refuse = lambda address: DROP
    lane = Lane(mailing(app, sink), HASTE)
    first, second, third = (guests_letter(app) for _ in range(3))

    rests = [lane.send(letter).rest for letter in (first, first, second, third)]
    lane.close()

    assert rests == ["", "", "", BREAKS_OFF]


def test_a_mail_that_goes_through_takes_the_suspicion_off_the_server(app: Flask, session: Session, sink: Sink) -> None:
    good = guests_letter(app)
    sink.refuse = lambda address: None if address == good.address else DROP
    lane = Lane(mailing(app, sink), HASTE)
    bad = [guests_letter(app) for _ in range(4)]

    rests = [lane.send(letter).rest for letter in (*bad[:2], good, *bad[2:])]
    lane.close()

    assert rests == [""] * 5


def test_letters_that_were_tried_before_prove_nothing_against_the_server(
    app: Flask, session: Session, sink: Sink
) -> None:
    sink.refuse = lambda address: DROP
    lane = Lane(mailing(app, sink), HASTE)
    again = [guests_letter(app) for _ in range(4)]
    for letter in again:
        letter.attempts = 2

    rests = [lane.send(letter).rest for letter in again]
    lane.close()

    assert rests == [""] * 4


@pytest.mark.parametrize("answer", ["421 too many mails on this line", "451 busy"])
def test_a_server_that_takes_no_sender_for_now_rests_the_lane(
    app: Flask, session: Session, sink: Sink, answer: str
) -> None:
    sink.sender = answer

    assert sent(app, sink) == Outcome(Fate.UNREACHABLE, UNWILLING)
    assert sent(app, sink).rest == UNWILLING


def test_a_used_line_that_takes_no_more_mail_is_no_reason_to_rest(app: Flask, session: Session, sink: Sink) -> None:
    sink.mails_a_line = 1
    lane = Lane(mailing(app, sink), HASTE)

    fates = [lane.send(guests_letter(app)).fate for _ in range(3)]
    lane.close()

    assert fates == [Fate.SENT] * 3


def test_a_line_that_breaks_after_the_content_is_an_unknown_outcome(app: Flask, session: Session, sink: Sink) -> None:
    sink.digest = lambda content: DROP

    assert sent(app, sink).fate is Fate.UNKNOWN
    assert len(sink.mails) == 1


def test_a_refused_sender_stops_the_lane(app: Flask, session: Session, sink: Sink) -> None:
    sink.sender = "550 not yours"

    assert sent(app, sink) == Outcome(Fate.STOPPED, SENDER)


def test_a_closed_port_is_unreachable(app: Flask, session: Session) -> None:
    assert sent(app, Sink(port=free_port())) == Outcome(Fate.UNREACHABLE, UNREACHABLE)


@contextmanager
def silent_server() -> Iterator[int]:
    """Takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


def test_a_silent_server_costs_the_connect_timeout_and_no_more(app: Flask, session: Session) -> None:
    with silent_server() as port:
        lane = Lane(mailing(app, Sink(port=port)), Patience(connect=0.05))
        assert lane.send(guests_letter(app)) == Outcome(Fate.UNREACHABLE, UNREACHABLE)


def test_a_server_without_starttls_gets_neither_mail_nor_password(app: Flask, session: Session, sink: Sink) -> None:
    given = {"mail_tls": MailTls.STARTTLS, "mail_username": "u", "mail_password": "p"}

    assert sent(app, sink, **given) == Outcome(Fate.STOPPED, NO_STARTTLS)
    assert sink.mails == []


@pytest.mark.parametrize("tls", [MailTls.STARTTLS, MailTls.TLS])
def test_a_self_signed_certificate_is_refused(app: Flask, session: Session, tmp_path: Path, tls: MailTls) -> None:
    _, context = certificate(tmp_path)
    options: dict[str, Any] = {"tls_context": context} if tls is MailTls.STARTTLS else {"ssl_context": context}

    with serving(Sink(), **options) as sink:
        assert sent(app, sink, mail_tls=tls) == Outcome(Fate.STOPPED, CERTIFICATE)
    assert sink.mails == []


def test_a_trusted_server_gets_the_password_after_starttls_only(
    app: Flask, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cert, context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    said: list[object] = []

    def check(server: object, connection: object, envelope: object, mechanism: str, login: object) -> AuthResult:
        said.append(login)
        return AuthResult(success=len(said) == 1, handled=False)

    options: dict[str, Any] = {"tls_context": context, "authenticator": check, "auth_require_tls": True}
    given = {"mail_tls": MailTls.STARTTLS, "mail_username": "u", "mail_password": "p"}
    with serving(Sink(), **options) as sink:
        assert sent(app, sink, **given) == Outcome(Fate.SENT)
        assert sent(app, sink, **given) == Outcome(Fate.STOPPED, LOGIN)
    assert len(sink.mails) == 1


def test_no_password_travels_in_the_clear(
    app: Flask, session: Session, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shadowing.mail.smtp.LOOPBACK", ())

    assert sent(app, sink, mail_username="u", mail_password="p") == Outcome(Fate.STOPPED, IN_THE_CLEAR)


def test_on_this_machine_a_password_needs_no_tls(app: Flask, session: Session) -> None:
    def check(server: object, connection: object, envelope: object, mechanism: str, login: object) -> AuthResult:
        return AuthResult(success=True)

    options: dict[str, Any] = {"authenticator": check, "auth_require_tls": False}
    with serving(Sink(), **options) as sink:
        assert sent(app, sink, mail_username="u", mail_password="p") == Outcome(Fate.SENT)
    assert len(sink.mails) == 1


def test_an_address_that_mail_cannot_write_is_undeliverable(app: Flask, session: Session, sink: Sink) -> None:
    letter = guests_letter(app)
    letter.address = "たなか@example.org"

    assert Lane(mailing(app, sink), HASTE).send(letter) == Outcome(Fate.UNDELIVERABLE, BAD_ADDRESS)


def test_a_line_that_was_closed_meanwhile_is_opened_again(app: Flask, session: Session) -> None:
    letter, port = guests_letter(app), free_port()
    lane = Lane(mailing(app, Sink(port=port)), HASTE)

    fates, mails = [], 0
    for _ in range(2):
        with serving(Sink(), port) as sink:
            fates.append(lane.send(letter).fate)
            mails += len(sink.mails)
    lane.close()

    assert (fates, mails) == ([Fate.SENT, Fate.SENT], 2)


@pytest.mark.parametrize(
    ("hears", "rsvp", "asked", "said"),
    [
        (True, Rsvp.ASK, b"RSVP=TRUE", "Please answer in your calendar, or tell us on the page whether it suits you."),
        (True, Rsvp.NONE, b"RSVP=FALSE", "decline in your calendar or tell us on the page."),
        (False, Rsvp.ASK, b"RSVP=FALSE", "Answers given inside a calendar program do not reach us."),
        (False, Rsvp.NONE, b"RSVP=FALSE", "Answers given inside a calendar program do not reach us."),
        (None, Rsvp.NONE, b"RSVP=TRUE", "Answers given inside a calendar program do not reach us."),
    ],
)
def test_a_calendar_asks_for_an_answer_only_where_the_round_does_and_it_would_arrive(
    app: Flask, session: Session, hears: bool | None, rsvp: Rsvp, asked: bytes, said: str
) -> None:
    """A letter from before answers could arrive does not know, and keeps its bytes."""
    letter = guests_letter(app)
    make.reword(letter, rsvp=rsvp)
    facts = letter.facts
    assert isinstance(facts, VisitFacts)
    letter.facts = replace(facts, revision=replace(facts.revision, hears=hears))

    message = outbox.render(letter, of(app))

    assert asked in calendar_of(message).replace(b"\r\n ", b"")
    assert said in " ".join(plain(message).split())


def test_whether_answers_arrive_is_frozen_in_the_letter(app: Flask, session: Session) -> None:
    hearing = of(app).model_copy(update={"imap_server": "imap.example.org"})
    round = make.round_(coordinator=make.person(), rsvp=Rsvp.ASK)
    make.pairing(make.guest(round), make.slot(make.opening(round, make.person())))

    letter = about_visits([one.write() for one in invitations.planned(round, make.NOW, Sender.of(hearing))])[0]

    assert outbox.to_bytes(letter, of(app)) == outbox.to_bytes(letter, hearing)
    assert b"RSVP=TRUE" in calendar_of(outbox.render(letter, of(app))).replace(b"\r\n ", b"")
