"""The connection to the mail server, and the only module that knows Flask-Mail.

Flask-Mail's own connection accepts any certificate, waits for ever and does not tell a refused mail from a broken line.
Ours verifies, has patience with limits, and never sends a password in the clear."""

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from types import TracebackType
from typing import Any

import flask_mail
from flask import current_app

from shadowing.config import LOOPBACK, MailTls, Settings
from shadowing.i18n import N_
from shadowing.mail import mime

LOGIN = N_("The mail server does not accept the user name and password of this service.")
CERTIFICATE = N_("The mail server's certificate is not valid, so nothing was sent to it.")
NO_STARTTLS = N_("The mail server does not offer an encrypted connection (STARTTLS), so nothing was sent to it.")
IN_THE_CLEAR = N_("The password would travel unencrypted to the mail server, so nothing was sent to it.")
SENDER = N_("The mail server does not accept this service's own address as the sender.")
TROUBLES = (LOGIN, CERTIFICATE, NO_STARTTLS, IN_THE_CLEAR, SENDER)
"""What stops all mail until somebody changes a setting or the server."""


class Stopped(Exception):
    """One of TROUBLES."""


class Refused(Exception):
    """The server's answer about one mail, at its recipient or later: code and words."""

    def __init__(self, code: int, reply: bytes) -> None:
        super().__init__(f"{code} {reply.decode('utf-8', 'replace')}".replace("\0", "?")[:500])
        self.code = code


class Unwilling(Exception):
    """The server took not even the sender's name, so this says nothing about the mail in hand."""


class Cut(Exception):
    """The line ended once the recipient was named, and before any of the content went."""


class Broken(Exception):
    """The line broke once the content was on its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds. The wait after the final dot is long on purpose: giving up there is what makes duplicates (RFC 1047)."""

    connect: float = 10
    command: float = 30
    dot: float = 300


class OutgoingMail(flask_mail.Message):
    """Flask-Mail's message with our own mail in it: its builder writes 8bit parts and cannot set a method."""

    def __init__(self, mail: EmailMessage, sender: str, recipient: str) -> None:
        self.mail, self.envelope = mail, (sender, recipient)
        super().__init__(subject=mail["Subject"], sender=sender, recipients=[recipient])

    def _message(self) -> EmailMessage:  # type: ignore[override]  # both are email.message.Message; only that is used
        return self.mail


class Connection(flask_mail.Connection):
    """Flask-Mail's connection with verified TLS, timeouts, and an end that does not hide what went wrong."""

    def __init__(self, settings: Settings, patience: Patience) -> None:
        super().__init__(current_app.extensions["mail"])
        self.settings, self.patience = settings, patience

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        if self.host is not None:
            with contextlib.suppress(OSError):  # the line is given up either way
                self.host.quit()
            self.host.close()

    def configure_host(self) -> smtplib.SMTP:
        settings, context = self.settings, ssl.create_default_context()
        where = (settings.mail_server, settings.mail_port, mime.wire(settings.mail_from).rpartition("@")[2])
        with _as_stopped():
            if settings.mail_tls is MailTls.TLS:
                host: smtplib.SMTP = smtplib.SMTP_SSL(*where, timeout=self.patience.connect, context=context)
            else:
                host = smtplib.SMTP(*where, timeout=self.patience.connect)
        with contextlib.ExitStack() as unprepared:
            unprepared.callback(host.close)
            with _as_stopped():
                self._prepare(host, context)
            unprepared.pop_all()
        return host

    def _prepare(self, host: smtplib.SMTP, context: ssl.SSLContext) -> None:
        _socket(host).settimeout(self.patience.command)
        host.ehlo()
        settings = self.settings
        if settings.mail_tls is MailTls.STARTTLS:
            if not host.has_extn("starttls"):
                raise Stopped(NO_STARTTLS)
            host.starttls(context=context)
        if settings.mail_username:
            if settings.mail_tls is MailTls.NONE and settings.mail_server not in LOOPBACK:
                raise Stopped(IN_THE_CLEAR)
            host.login(settings.mail_username, settings.mail_password)

    def alive(self) -> bool:
        """Whether the server still holds the line from the last letter."""
        try:
            return self.host is not None and self.host.noop()[0] == 250
        except OSError:
            return False

    def send(self, message: flask_mail.Message, envelope_from: object = None) -> None:
        assert isinstance(message, OutgoingMail)
        if self.host is not None:
            self._deliver(self.host, *message.envelope, message.mail.as_bytes())
        app = current_app._get_current_object()  # type: ignore[attr-defined]  # as Flask-Mail does
        flask_mail.email_dispatched.send(app, message=message)

    def _deliver(self, host: smtplib.SMTP, sender: str, recipient: str, content: bytes) -> None:
        _expect_sender(host.mail(sender))
        try:
            _expect(250, host.rcpt(recipient))
            _expect(354, host.docmd("DATA"))
        except OSError as wrong:
            raise Cut(str(wrong)) from wrong
        try:
            _socket(host).settimeout(self.patience.dot)
            host.send(_stuffed(content))
            answer = host.getreply()
            _socket(host).settimeout(self.patience.command)
        except OSError as wrong:
            raise Broken(str(wrong)) from wrong
        _expect(250, answer)


def _socket(host: smtplib.SMTP) -> Any:
    """The open socket; typeshed allows for none."""
    assert host.sock is not None
    return host.sock


def _stuffed(content: bytes) -> bytes:
    """As DATA wants it: dots doubled at the beginning of lines, the final dot (RFC 5321 4.5.2)."""
    return content.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def _expect_sender(answer: tuple[int, bytes]) -> None:
    code, reply = answer
    if code >= 500:
        raise Stopped(SENDER)
    if code != 250:
        raise Unwilling(f"{code} {reply.decode('utf-8', 'replace')}")


def _expect(wanted: int, answer: tuple[int, bytes]) -> None:
    code, reply = answer
    if code != wanted and not (wanted == 250 and code == 251):
        raise Refused(code, reply)


@contextlib.contextmanager
def _as_stopped() -> Iterator[None]:
    try:
        yield
    except ssl.SSLError as wrong:
        raise Stopped(CERTIFICATE) from wrong
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError) as wrong:
        raise Stopped(LOGIN) from wrong
