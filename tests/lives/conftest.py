"""What lives need of the world: a mail server, and the process that reads mails."""

from collections.abc import Iterator

import pytest

from shadowing.mail.reader import MailReader
from tests.mail import clients
from tests.postbox import Sink, serving


@pytest.fixture(scope="module")
def reader() -> Iterator[MailReader]:
    reader = MailReader(clients.AUTHSERV)
    yield reader
    reader.close()


@pytest.fixture
def sink() -> Iterator[Sink]:
    with serving(Sink()) as sink:
        yield sink
