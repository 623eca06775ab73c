"""Scheduling messages as real programs wrote them, from the shared corpus: our reader finds in each what two others agree on, none
makes it break, and chains of mails end right in whatever order they come."""

import json
from email import message_from_bytes
from itertools import islice, permutations
from pathlib import Path
from random import Random
from typing import Any

import pytest

from shadowing.mail import reading, replies
from shadowing.mail.received import MailKind, Method
from tests.mail.clients import part
from tests.postbox import Calendar

CORPUS = "data/ics-corpus"
ORDERS_MOST = 50
Said = dict[str, Any]


@pytest.fixture
def corpus(shared: Path) -> Path:
    if not (shared / CORPUS).is_dir():
        pytest.skip(f"NOT TESTED on real messages: {shared / CORPUS} is not there")
    return shared / CORPUS


def messages(corpus: Path) -> dict[str, Said]:
    found: dict[str, Said] = json.loads((corpus / "imip.json").read_text("utf-8"))["files"]
    return found


def mail_of(file: Path) -> bytes:
    """A calendar without a mail comes as the only part of one."""
    content = file.read_bytes()
    if file.suffix == ".eml":
        return content
    head = b"From: somebody@example.net\r\nMIME-Version: 1.0\r\n"
    return head + part("text/calendar; charset=utf-8", content.decode("utf-8", "replace"), "base64").encode()


def calendar_of(file: Path) -> bytes:
    """Of a mail the part that is a calendar, or calls itself a file and is one."""
    if file.suffix != ".eml":
        return file.read_bytes()
    leaves = [one.get_payload(decode=True) for one in message_from_bytes(file.read_bytes()).walk()]
    return next(one for one in leaves if isinstance(one, bytes) and one.lstrip().startswith(b"BEGIN:VCALENDAR"))


def events_of(message: Said) -> list[Said]:
    return [one for one in message.get("components", ()) if one["component"] == "VEVENT"]


def as_expected(one: Said) -> tuple[object, ...]:
    people = {(address.lower(), partstat) for address, partstat in one["attendees"]}
    return one["method"], one["uid"], one["sequence"] or 0, people, bool(one["recurrence_id"]), one["organizer"] or ""


def as_read(found: replies.FoundCalendar) -> list[tuple[object, ...]]:
    read: list[tuple[object, ...]] = []
    for event in found.events:
        alone = replies.FoundCalendar(method=found.method, events=(event,))
        said = replies.answer(alone, Method.REPLY, "")
        people = {(one.address, one.partstat) for one in said.attending}
        moved = said.doubt == "series" and "RECURRENCE-ID" in event
        organizer = str(event.get("ORGANIZER", ""))
        read.append((found.method, said.uid, said.sequence, people, moved, replies.address(organizer)))
    return read


def test_every_message_is_read_as_others_read_it(corpus: Path) -> None:
    differing, read = {}, 0
    for name, message in messages(corpus).items():
        if message["status"] == "agree" and events_of(message):
            found = replies.read(calendar_of(corpus / name), "utf-8", message["mime_method"] or "")
            ours = as_read(found) if found else []
            theirs = [as_expected(one) for one in events_of(message)]
            read += len(theirs)
            if ours != theirs:
                differing[name] = [pair for pair in zip(ours, theirs, strict=False) if pair[0] != pair[1]] or len(ours)

    assert differing == {}
    assert read >= 30


def test_no_message_breaks_the_reader(corpus: Path) -> None:
    kinds = {name: reading.read(mail_of(corpus / name), "").kind for name in messages(corpus)}

    answers = {name for name, kind in kinds.items() if kind is MailKind.ANSWER}
    replied = {
        name
        for name, message in messages(corpus).items()
        if any(one["method"] in list(Method) for one in events_of(message))
    }
    assert answers == replied
    assert MailKind.HOSTILE not in kinds.values()


def chain(corpus: Path, name: str) -> tuple[list[Path], Said]:
    chains = json.loads((corpus / "chains.json").read_text("utf-8"))["chains"]
    found = next(one for one in chains if one["chain"] == name)
    return [corpus / mail for mail in found["mails"]], found["final"]


def after_every_order(mails: list[Path]) -> list[Calendar]:
    """All orders of few mails, and fifty of many."""
    orders = list(islice(permutations(mails), ORDERS_MOST // 2))
    draw = Random(5546)  # noqa: S311 - nothing secret
    orders += [tuple(draw.sample(mails, len(mails))) for _ in range(ORDERS_MOST // 2)]
    found = []
    for order in orders:
        calendar = Calendar()
        for mail in order:
            calendar.receive(calendar_of(mail))
        found.append(calendar)
    return found


def test_a_decline_with_words_is_read_with_its_words(corpus: Path) -> None:
    (_, answer), final = chain(corpus, "request-declined-with-words")

    read = reading.read(answer.read_bytes(), "")

    assert read.answer is not None
    assert [one.partstat for one in read.answer.attending] == [final["partstat"]]
    assert final["comment"] in (read.answer.comment, read.text)


def test_a_cancellation_that_comes_first_leaves_no_ghost(corpus: Path) -> None:
    mails, final = chain(corpus, "cancel-before-request-same-sequence")

    assert final["status"] == "CANCELLED"
    for calendar in after_every_order(mails):
        assert (len(calendar.entries), calendar.standing) == (1, [])


def test_dates_of_a_series_are_put_in_order_each_by_itself(corpus: Path) -> None:
    mails, final = chain(corpus, "series-updates-before-master")

    for calendar in after_every_order(mails):
        by_date = {key.partition(" ")[2]: entry for key, entry in calendar.entries.items()}
        assert by_date.pop("")["revision"][0] == final["master_sequence"]
        told = final["by_recurrence_id"]
        assert {date: entry["revision"][0] for date, entry in by_date.items()} == {
            date: one["sequence"] for date, one in told.items()
        }
        assert {date for date, entry in by_date.items() if entry["cancelled"]} == {
            date for date, one in told.items() if one.get("status") == "CANCELLED"
        }
        moved = {
            date: f"{by_date[date]['starts_at']:%Y-%m-%dT%H:%M:%S}" for date, one in told.items() if "start" in one
        }
        assert moved == {date: one["start"] for date, one in told.items() if "start" in one}


def test_a_moved_date_may_come_before_its_series(corpus: Path) -> None:
    mails, final = chain(corpus, "instance-before-master")

    for calendar in after_every_order(mails):
        moved = [
            [key.partition(" ")[2] + "Z", *(f"{entry[name]:%Y-%m-%dT%H:%M:%SZ}" for name in ("starts_at", "ends_at"))]
            for key, entry in calendar.entries.items()
            if " " in key
        ]
        assert moved == final["moved"]
        assert len(calendar.entries) == 2
