"""The door for mail: SMTP or LMTP (RFC 2033) from the company's own mail server, `250` only once a mail's row is committed.

It takes mail for the service's own address alone and sends none on, so it is never an open relay."""

import asyncio
from datetime import UTC, datetime
from threading import Event

import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from shadowing.config import ListenAs, Settings
from shadowing.extensions import db
from shadowing.mail import arriving
from shadowing.mail.received import SIZE_MOST, is_ours

log = structlog.get_logger()

PATIENCE = 60.0
"""Seconds for which a sender may be silent."""
AGAIN = 30.0
"""Seconds until a door that could not be opened is tried again."""
TAKEN = "250 OK, it is kept"
NOT_HERE = "550 5.1.1 There is no such mailbox here"
ONE_EACH = "452 4.5.3 One recipient a mail, please"
LATER = "451 4.3.0 It cannot be kept just now, try again later"


class Porter:
    """What aiosmtpd asks: whom is mail taken for, and was it kept."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.ours = app.extensions["settings"].mail_addresses

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not is_ours(address, self.ours):
            return NOT_HERE
        if envelope.rcpt_tos:
            return ONE_EACH
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        return await asyncio.to_thread(self._keep, envelope)

    async def handle_exception(self, error: Exception) -> str:
        """A mistake of ours must not send a mail back to whoever wrote it."""
        log.error("the door for mail failed", exc_info=error)
        return LATER

    def _keep(self, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        with self.app.app_context():
            try:
                arriving.take_in(content, envelope.rcpt_tos[0], envelope.mail_from or "", datetime.now(UTC))
                db.session.commit()
            except IntegrityError:
                return TAKEN  # the same bytes came in by another connection just now
            except SQLAlchemyError:
                log.exception("a mail could not be kept")
                return LATER
        return TAKEN


class Door(Controller):
    """Listens in a thread of its own until it is stopped."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        host, _, port = settings.mail_listen.rpartition(":")
        super().__init__(Porter(app), hostname=host.strip("[]"), port=int(port))
        self.speaks = LMTP if settings.mail_listen_as is ListenAs.LMTP else SMTP

    def factory(self) -> SMTP:
        return self.speaks(self.handler, data_size_limit=SIZE_MOST, timeout=PATIENCE, hostname="shadowing")


def keep_open(app: Flask, stop: Event) -> None:
    """Listen until *stop*; a port that is taken is tried again."""
    settings: Settings = app.extensions["settings"]
    while not stop.is_set():
        door = Door(app, settings)
        try:
            door.start()
        except OSError:
            log.exception("the door for mail does not open", at=settings.mail_listen)
            stop.wait(AGAIN)
            continue
        stop.wait()
        door.stop()
