"""Checks of everything the service needs from its machine. Each failing one says how to mend it."""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, make_msgid

from flask_babel import gettext
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import OperationalError

from shadowing.cli.commands import Report
from shadowing.company import workdays
from shadowing.config import LOOPBACK, Settings
from shadowing.errors import Refusal
from shadowing.extensions import db, revisions, wal_is_safe
from shadowing.mail import check_ups, diagnosing, former_senders, imap, mime, smtp
from shadowing.mail.faults import Diagnosis, Evidence, Sight
from shadowing.mail.smtp import Broken, Cut, OutgoingMail, Patience, Refused, Stopped, Unwilling
from shadowing.models import CheckUp, Person

CLOCK_SECONDS = 120
DEAF = (
    "Answers given inside a calendar program do not arrive, and no mail asks for them. "
    "Set SHADOWING_MAIL_LISTEN or SHADOWING_IMAP_SERVER."
)
LOOK_SECONDS = 2.0
PATIENCE = Patience(connect=5, command=10, dot=30)


@dataclass(frozen=True, slots=True)
class Finding:
    name: str
    well: bool
    says: str


def examine(settings: Settings, now: datetime) -> list[Finding]:
    return [*_settings(settings), *_database(settings, now), *_mail(settings), *_answers(settings)]


def _settings(settings: Settings) -> Iterator[Finding]:
    yield Finding("settings", True, "Every SHADOWING_ setting was understood.")
    local = any(host in settings.public_url for host in LOOPBACK)
    hint = " Only this machine can open it. Set SHADOWING_PUBLIC_URL before you invite anybody." if local else ""
    yield Finding("public url", True, settings.public_url + hint)
    try:
        with tempfile.TemporaryFile(dir=settings.instance):
            yield Finding("instance folder", True, str(settings.instance))
    except OSError as wrong:
        mend = f"Give the user of the service write access to {settings.instance}, or set SHADOWING_INSTANCE."
        yield Finding("instance folder", False, f"{wrong.strerror}. {mend}")


def _database(settings: Settings, now: datetime) -> Iterator[Finding]:
    url = db.engine.url.render_as_string(hide_password=True)
    try:
        found, head = revisions()
        with db.engine.connect() as connection:
            yield from _sqlite(connection) if connection.dialect.name == "sqlite" else [_clock(connection, now)]
    except OperationalError as wrong:
        yield Finding("database", False, f"{url}: {wrong.orig}. Set SHADOWING_DATABASE_URL to one that is reachable.")
        return
    yield Finding("database", True, url)
    well = found == head
    if well:
        yield _holidays()
        yield from _former(settings, now)
    yield Finding(
        "schema", well, f"at {found}" if well else f"at {found}, not at {head}. Run: flask --app wsgi db upgrade"
    )


def _former(settings: Settings, now: datetime) -> Iterator[Finding]:
    if settings.hears and (deaf := former_senders.unheard(settings, now)):
        where = ", ".join(deaf)
        yield Finding(
            "former senders", False, f"Calendars answer to {where} as well. Name it in SHADOWING_MAIL_FROM_BEFORE."
        )


def _holidays() -> Finding:
    """Not knowing them breaks nothing: those people are written to on any working day of their week."""
    unknown = workdays.unknown_zones()
    says = (
        f"None are known for {', '.join(unknown)}. Close days of those departments."
        if unknown
        else "Known for every zone."
    )
    return Finding("holidays", True, says)


def _sqlite(connection: Connection) -> Iterator[Finding]:
    version = connection.scalar(select(func.sqlite_version()))
    journal = "" if wal_is_safe() else " It runs without WAL, which this version could lose data with."
    yield Finding("sqlite library", True, f"SQLite {version}.{journal}")


def _clock(connection: Connection, now: datetime) -> Finding:
    """This machine and the database server must agree on the time, or leases end early or never."""
    apart = abs((connection.scalars(select(func.now())).one() - now).total_seconds())
    well = apart < CLOCK_SECONDS
    mend = "" if well else " Set both clocks by a time server."
    return Finding("clock", well, f"{apart:.0f} s apart from the database server.{mend}")


def _mail(settings: Settings) -> Iterator[Finding]:
    if not settings.mail_server:
        yield Finding("mail", True, "No mail server is set: mail goes to the sent-mail pages only.")
        return
    where = f"{settings.mail_server}:{settings.mail_port} ({settings.mail_tls})"
    try:
        with smtp.Connection(settings, PATIENCE):
            yield Finding("mail", True, where)
    except (Stopped, OSError) as wrong:
        yield Finding("mail", False, f"{where}: {wrong}. Look at the SHADOWING_MAIL_ settings.")


def _answers(settings: Settings) -> Iterator[Finding]:
    """Whether what people press in their calendars arrives."""
    name = "answers by mail"
    if not settings.hears:
        yield Finding(name, True, DEAF)
    if settings.mail_listen:
        yield Finding(name, True, f"The worker takes mail in at {settings.mail_listen} ({settings.mail_listen_as}).")
    if settings.imap_server:
        where = f"{settings.imap_username} at {settings.imap_server}:{settings.imap_port}"
        try:
            with imap.opened(settings):
                yield Finding(name, True, f"The worker looks into the mailbox of {where}.")
        except imap.WRONG as wrong:
            yield Finding(name, False, f"{where}: {wrong}. Look at the SHADOWING_IMAP_ settings.")


def begin_check_up(settings: Settings, address: str, now: datetime) -> CheckUp:
    """In the name of somebody who runs rounds. Raises Refusal."""
    by = db.session.scalar(select(Person).where(Person.hr, Person.left_at.is_(None)).order_by(Person.id).limit(1))
    if by is None:
        raise Refusal("Nobody runs rounds yet. Run: flask --app wsgi admin create ADDRESS")
    return check_ups.begin(by, address, "", settings, now)


def followed(check: CheckUp, settings: Settings, until: datetime) -> Report:
    """Look until it is over, or until *until*; then the worker goes on with it."""
    while (now := datetime.now(UTC)) < until and check.ended_at is None:
        time.sleep(LOOK_SECONDS)
        db.session.rollback()
    found = diagnosing.examine(Evidence(check=check, sent=check_ups.mails(check), settings=settings, now=now))
    lines = [line for one in found for line in _lines(one)]
    facts = [{"fault": one.fault, "sight": one.sight, "seen": str(one.seen), "words": one.words} for one in found]
    text = "\n".join(
        [*lines, "" if check.ended_at else f"It goes on: {settings.public_url}/doctor/{check.id}"]
    ).rstrip()
    well = all(one.sight is not Sight.PRESENT for one in found)
    return Report(text, {"check_up": check.id, "over": check.ended_at is not None, "faults": facts}, well)


def _lines(one: Diagnosis) -> Iterator[str]:
    mark = {Sight.PRESENT: "FAULT  ", Sight.ABSENT: "ok     ", Sight.UNKNOWN: "unknown"}[one.sight]
    yield " ".join(part for part in (f"{mark} {one.title}:", str(one.seen), one.words) if part)
    if one.sight is Sight.PRESENT:
        yield f"        {one.mend}"


def send_test(settings: Settings, address: str, now: datetime) -> None:
    """One mail, past the queue. Raises Refusal with what the server said."""
    if not settings.mail_server:
        raise Refusal("No mail server is set. Set SHADOWING_MAIL_SERVER and the settings beside it.")
    try:
        with smtp.Connection(settings, PATIENCE) as connection:
            connection.send(_test_mail(settings, address, now))
    except (Stopped, Unwilling, Refused, Cut, Broken, OSError) as wrong:
        raise Refusal("The mail was not sent: %(trouble)s", trouble=str(wrong)) from wrong


def _test_mail(settings: Settings, address: str, now: datetime) -> OutgoingMail:
    sender = mime.wire(settings.mail_from)
    id = make_msgid(domain=sender.rpartition("@")[2])
    headers = [
        ("From", mime.mailbox("Shadowing", settings.mail_from)),
        ("To", mime.mailbox("", address)),
        ("Subject", mime.header(gettext("A test mail"))),
        ("Date", format_datetime(now.astimezone(UTC))),
        ("Message-ID", id),
        ("MIME-Version", "1.0"),
        ("Auto-Submitted", "auto-generated"),
    ]
    words = gettext("This mail shows that the service can send mail. There is nothing to do.")
    return OutgoingMail(
        mime.multipart("alternative", id, mime.text("plain", f"{words}\n"), headers=headers), sender, mime.wire(address)
    )
