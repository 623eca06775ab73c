"""A real mailbox for tests: Debian's Dovecot, started on a port of its own with a folder and a certificate of its own."""

import imaplib
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DOVECOT = Path("/usr/sbin/dovecot")
USER, PASSWORD = "shadowing", "of-the-tests"
NOBODY = 65534
CONFIGURATION = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner} home={home}/mail
}}
first_valid_uid = 1
mail_location = maildir:{home}/mail/Maildir
imap_capability = {capability}
"""
WITHOUT_MOVE = "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE NAMESPACE UIDPLUS"


@dataclass(frozen=True, slots=True)
class RealMailbox:
    home: Path
    port: int

    @property
    def certificate(self) -> Path:
        return self.home / "cert.pem"

    @contextmanager
    def line(self) -> Iterator[imaplib.IMAP4_SSL]:
        trusted = ssl.create_default_context(cafile=str(self.certificate))
        with imaplib.IMAP4_SSL("localhost", self.port, ssl_context=trusted, timeout=20) as line:
            line.login(USER, PASSWORD)
            yield line

    def deliver(self, *mails: bytes) -> None:
        with self.line() as line:
            for mail in mails:
                assert line.append("INBOX", "", "", mail)[0] == "OK"

    def count(self, folder: str) -> int:
        with self.line() as line:
            status, told = line.select(folder, readonly=True)
            return int(told[0] or 0) if status == "OK" else 0


@contextmanager
def running(capability: str = "") -> Iterator[RealMailbox]:
    home = Path(tempfile.mkdtemp(prefix="shadowing-mailbox-"))
    home.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        box = RealMailbox(home, int(probe.getsockname()[1]))
    _write(box, capability)
    process = subprocess.Popen([str(DOVECOT), "-F", "-c", str(home / "dovecot.conf")])
    try:
        _answers(box)
        yield box
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(home)


def _write(box: RealMailbox, capability: str) -> None:
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    files = ["-keyout", str(box.home / "key.pem"), "-out", str(box.certificate)]
    subprocess.run(["openssl", *words.split(), *files], check=True, capture_output=True)
    owner = NOBODY if os.getuid() == 0 else os.getuid()
    (box.home / "mail").mkdir()
    os.chown(box.home / "mail", owner, owner)
    facts = {"home": box.home, "port": box.port, "password": PASSWORD, "owner": owner, "capability": capability}
    (box.home / "dovecot.conf").write_text(CONFIGURATION.format(**facts))


def _answers(box: RealMailbox) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with box.line():
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError((box.home / "log").read_text())
