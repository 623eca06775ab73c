"""A worker process for tests that kill it: `python -m tests.sending INSTANCE PORT DATABASE SECONDS`.

SECONDS is how far its clock is ahead of the machine's, so that the rounds of the tests are never past."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shadowing import config
from shadowing.app import create_app
from shadowing.background import worker
from shadowing.config import MailTls

SECRET = "a secret of the tests, long enough to sign"


def main() -> int:
    instance, port, database, ahead = sys.argv[1:]
    settings = config.read(
        {},
        secret_key=SECRET,
        instance=Path(instance),
        database_url=database,
        mail_from="shadowing@example.org",
        mail_server="127.0.0.1",
        mail_port=int(port),
        mail_tls=MailTls.NONE,
        mail_per_second=1000,
    )
    return worker.run(create_app(settings), until_idle=True, clock=shifted(float(ahead)))


def shifted(seconds: float) -> worker.Clock:
    return lambda: datetime.now(UTC) + timedelta(seconds=seconds)


if __name__ == "__main__":
    sys.exit(main())
