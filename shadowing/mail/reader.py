"""Mails are read in a process of their own, one after the other, with limits: a mail made to harm costs its process.

`python -m shadowing.mail.reader AUTHSERV` takes from its standard input, again and again, the length of a mail (four bytes)
and the mail, and answers each with a line of JSON. It ends with its input, and so with its parent."""

import resource
import select
import struct
import subprocess
import sys
import time
from pathlib import Path

from shadowing.mail import reading
from shadowing.mail.received import MAIL_READ, MailRead

CPU_SECONDS = 5
HEADROOM = 256 * 1024 * 1024
WALL_SECONDS = 60.0
LENGTH = struct.Struct(">I")


class ReaderDied(Exception):
    """The process ended over a mail, or did not come back in time."""


class MailReader:
    """The process, seen from its parent. It is started with the first mail, and again after one that ended it."""

    def __init__(self, authserv: str) -> None:
        self.authserv = authserv
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, raw: bytes) -> MailRead:
        """Raises ReaderDied."""
        process = self.start()
        assert process.stdin
        assert process.stdout
        try:
            process.stdin.write(LENGTH.pack(len(raw)) + raw)
            process.stdin.flush()
            ready, _, _ = select.select([process.stdout], [], [], WALL_SECONDS)
            line = process.stdout.readline() if ready else b""
        except OSError:
            line = b""
        if not line.endswith(b"\n"):
            self.close()
            raise ReaderDied
        return MAIL_READ.validate_json(line)

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def start(self) -> "subprocess.Popen[bytes]":
        """Where it does not run; that takes seconds, for which the first mail need not wait."""
        if self._process is None:
            command = [sys.executable, "-m", "shadowing.mail.reader", self.authserv]
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        return self._process


def main() -> None:
    _limit_memory()
    while len(head := sys.stdin.buffer.read(LENGTH.size)) == LENGTH.size:
        raw = sys.stdin.buffer.read(*LENGTH.unpack(head))
        _limit_time()
        sys.stdout.buffer.write(MAIL_READ.dump_json(reading.read(raw, sys.argv[1])) + b"\n")
        sys.stdout.buffer.flush()


def _limit_memory() -> None:
    """Of address space above what the program itself takes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + HEADROOM
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _limit_time() -> None:
    """For the next mail alone: the clock counts all that the process has read. Beyond it the kernel ends the process."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + CPU_SECONDS, hard))


if __name__ == "__main__":
    main()
