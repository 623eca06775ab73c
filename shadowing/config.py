"""Settings: one frozen value, read once from the environment. Nobody else reads the environment."""

import contextlib
import difflib
import os
import secrets
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

PREFIX = "SHADOWING_"
SECRETS = ("SECRET_KEY", "MAIL_PASSWORD", "IMAP_PASSWORD", "DATABASE_URL")
ROOT = Path(__file__).parent.parent
SECRET_LEAST = 32
LOOPBACK = ("localhost", "127.0.0.1", "::1")


RUNNING = "serve.lock"
"""Locked by the service that runs on an instance folder; holds its address."""


class WrongSettings(Exception):
    """The service must not start like this; the text has one line per setting and says how to mend it."""


class MailTls(StrEnum):
    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class ListenAs(StrEnum):
    LMTP = "lmtp"
    SMTP = "smtp"


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    secret_key: str = Field("", description="Signs every link; empty: made once and kept in the instance folder.")
    database_url: str = Field("", description="SQLAlchemy address; empty: a SQLite file in the instance folder.")
    instance: Path = Field(ROOT / "instance", description="Folder for the SQLite file and the generated secret.")
    public_url: str = Field("http://localhost:8000", description="The address people open, without a slash at the end.")
    company: str = Field("", description="Name of the company, shown on pages and in mails.")
    mail_server: str = Field("", description="SMTP host; empty: mail goes to the sent-mail pages only.")
    mail_port: int = Field(587, ge=1, le=65535, description="SMTP port.")
    mail_username: str = Field("", description="SMTP user.")
    mail_password: str = Field("", description="SMTP password.")
    mail_tls: MailTls = Field(MailTls.STARTTLS, description="starttls, tls or none.")
    mail_tls_none_allowed: bool = Field(
        default=False, description="The second yes that `none` needs towards a host that is not the loopback."
    )
    mail_from: str = Field("shadowing@localhost.localdomain", description="Sender and calendar organizer.")
    mail_from_before: tuple[str, ...] = Field(
        (), description="Addresses that mails came from before, between commas: answers to them are heard as well."
    )
    mail_per_second: float = Field(10.0, gt=0, description="Letters a second at the most.")
    mail_hours: tuple[int, int] = Field(
        (8, 19),
        description="From which hour to which, on the reader's working days, mails that can wait leave; 0-24: always.",
    )
    mail_listen: str = Field("", description="host:port where answers by mail are taken in; empty: nowhere.")
    mail_listen_as: ListenAs = Field(ListenAs.LMTP, description="lmtp, or smtp.")
    mail_authserv: str = Field(
        "",
        description="The name under which your mail server writes Authentication-Results; empty: no sender is proven.",
    )
    calendar_hosts: frozenset[str] = Field(
        frozenset(),
        description="Hosts of the house from which calendars of employees may be fetched, such as `mail.example:8443`.",
    )
    imap_server: str = Field("", description="IMAP host whose mailbox is looked into for answers; empty: none.")
    imap_port: int = Field(993, ge=1, le=65535, description="IMAP port, in TLS from the first byte.")
    imap_username: str = Field("", description="IMAP user.")
    imap_password: str = Field("", description="IMAP password.")
    imap_folder: str = Field("INBOX", description="The folder in which new mails are.")
    demo: bool = Field(
        default=False,
        description="Set by `make demo`: every page says that nothing is mailed, as long as no mail server is set.",
    )

    @field_validator("database_url")
    @classmethod
    def _psycopg3(cls, url: str) -> str:
        for old in ("postgres://", "postgresql://"):
            if url.startswith(old):
                return "postgresql+psycopg://" + url.removeprefix(old)
        return url

    @field_validator("mail_hours", mode="before")
    @classmethod
    def _hours(cls, given: object) -> object:
        if not isinstance(given, str):
            return given
        begin, _, end = given.partition("-")
        if not (begin.isdecimal() and end.isdecimal() and 0 <= int(begin) < int(end) <= 24):
            raise ValueError("must be two hours like 8-19; 0-24 sends at any hour of any day")
        return int(begin), int(end)

    @field_validator("mail_listen")
    @classmethod
    def _host_and_port(cls, given: str) -> str:
        host, _, port = given.rpartition(":")
        if given and not (host and port.isdecimal() and 0 < int(port) < 65536):
            raise ValueError("must be host:port, like 127.0.0.1:8024")
        return given

    @field_validator("mail_from_before", mode="before")
    @classmethod
    def _former(cls, given: object) -> object:
        return tuple(given.replace(",", " ").split()) if isinstance(given, str) else given

    @field_validator("mail_from_before")
    @classmethod
    def _addresses(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [one for one in given if not all(one.partition("@")[::2])]:
            raise ValueError(f"must be mail addresses between commas; “{wrong[0]}” is none")
        return given

    @field_validator("calendar_hosts", mode="before")
    @classmethod
    def _hosts(cls, given: object) -> object:
        return frozenset(given.lower().replace(",", " ").split()) if isinstance(given, str) else given

    @field_validator("public_url")
    @classmethod
    def _absolute(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must begin with https:// (or http:// on this machine)")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise ValueError("must begin with https:// unless it is localhost")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _secret(self) -> "Settings":
        if self.https and 0 < len(self.secret_key) < SECRET_LEAST:
            raise ValueError(f"SHADOWING_SECRET_KEY must have at least {SECRET_LEAST} characters")
        return self

    @model_validator(mode="after")
    def _tls(self) -> "Settings":
        if self.mail_tls is MailTls.NONE and self.mail_server not in ("", *LOOPBACK) and not self.mail_tls_none_allowed:
            raise ValueError("mail_tls=none towards another machine also needs SHADOWING_MAIL_TLS_NONE_ALLOWED=1")
        return self

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{(self.instance / 'shadowing.db').resolve()}"

    @property
    def running_url(self) -> str:
        """The public address, or where nobody set one, that of the service which runs on this instance folder."""
        if "public_url" in self.model_fields_set:
            return self.public_url
        with contextlib.suppress(OSError):
            return (self.instance / RUNNING).read_text(encoding="ascii").strip() or self.public_url
        return self.public_url

    @property
    def mail_addresses(self) -> tuple[str, ...]:
        """All that are ours: mail to them is taken in."""
        return (self.mail_from, *self.mail_from_before)

    @property
    def hears(self) -> bool:
        """Whether answers by mail arrive, so that mails may ask for them."""
        return bool(self.mail_listen or self.imap_server)

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")


def read(environ: Mapping[str, str] = os.environ, **given: Any) -> Settings:
    """The settings of this process; *given* wins over *environ*. Raises WrongSettings."""
    values = {name.removeprefix(PREFIX): text for name, text in environ.items() if name.startswith(PREFIX)}
    values = _secrets_from_files(values)
    _refuse_unknown(values)
    try:
        settings = Settings.model_validate({name.lower(): text for name, text in values.items() if text != ""} | given)
        return settings if settings.secret_key else settings.model_copy(update={"secret_key": _kept(settings.instance)})
    except ValidationError as wrong:
        raise WrongSettings("\n".join(_line(error) for error in wrong.errors())) from None


def _kept(instance: Path) -> str:
    """The secret in the instance folder, made on the first start; two first starts agree on one."""
    path = instance / "secret_key"
    instance.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii")


def _line(error: Any) -> str:
    name = PREFIX + str(error["loc"][0]).upper() if error["loc"] else "settings"
    message = "is missing" if error["type"] == "missing" else error["msg"].removeprefix("Value error, ")
    return f"{name}: {message}"


def _secrets_from_files(values: dict[str, str]) -> dict[str, str]:
    """`SHADOWING_SECRET_KEY_FILE=/run/secrets/key` stands for the secret itself."""
    for name in SECRETS:
        path = values.pop(f"{name}_FILE", "")
        if path:
            try:
                values[name] = Path(path).read_text(encoding="utf-8").strip()
            except OSError as wrong:
                raise WrongSettings(f"{PREFIX}{name}_FILE: cannot read {path} ({wrong.strerror})") from None
    return values


def _refuse_unknown(values: Mapping[str, str]) -> None:
    known = [name.upper() for name in Settings.model_fields]
    for name in values:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {PREFIX}{near[0]}?" if near else ""
            raise WrongSettings(f"{PREFIX}{name}: there is no such setting{hint}")
