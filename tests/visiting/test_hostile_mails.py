"""Mails that nobody honest sends, and mails that could mean two things: none changes an answer, none costs more than it may."""

import json
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.background import hearing
from shadowing.extensions import db
from shadowing.mail import reader as reader_process
from shadowing.mail.reader import MailReader
from shadowing.mail.received import MailKind, Method
from shadowing.models import Answer, GivenAnswer, GivenState, Invitation, Letter, MailOutcome, Received
from tests.mail import clients
from tests.mail.clients import Pressed, pressed
from tests.mail.hostile import HOSTILE
from tests.visiting.test_answers_by_mail import ANSWERS, MINUTE, SOON, Post
from tests.visiting.test_invitations import Visit, of

SLOW = 0.050
"""Of 100 answers 95 are read and written within so many seconds of CPU, reader and database together."""


@pytest.fixture(scope="module")
def reader() -> Iterator[MailReader]:
    reader = MailReader(clients.AUTHSERV)
    yield reader
    reader.close()


@pytest.fixture
def post(app: Flask, session: Session, reader: MailReader) -> Post:
    return Post(app, reader)


@pytest.fixture
def invitation(session: Session) -> Invitation:
    visit = Visit().told()
    db.session.commit()
    return of(visit.guest)[0]


def same(now: datetime) -> datetime:
    return now


def seconds_of(reader: MailReader) -> float:
    """CPU that the reading process has taken so far."""
    fields = Path(f"/proc/{reader.start().pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def peak_of(reader: MailReader) -> float:
    """MiB of address space that it ever had."""
    lines = Path(f"/proc/{reader.start().pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmPeak")) / 1024


@pytest.mark.parametrize(("mail", "outcome"), [pytest.param(*one, id=one[0].__name__) for one in HOSTILE])
def test_a_hostile_or_doubtful_mail_changes_no_answer(
    mail: Callable[[Pressed], bytes], outcome: MailOutcome, post: Post, invitation: Invitation
) -> None:
    letters = len(list(db.session.scalars(select(Letter.id))))
    began = seconds_of(post.reader)

    row = post.brings(mail(pressed(invitation, "DECLINED", SOON)))

    assert row.state is outcome
    assert invitation.answer is Answer.NONE
    states = set(db.session.scalars(select(GivenAnswer.state)))
    assert states <= {GivenState.HELD}
    assert len(list(db.session.scalars(select(Letter.id)))) == letters
    assert seconds_of(post.reader) - began < reader_process.CPU_SECONDS


def test_the_reader_keeps_within_its_memory(reader: MailReader, record_property: Callable[[str, object], None]) -> None:
    fresh = MailReader(clients.AUTHSERV)
    fresh.read(b"From: a@b.example\r\n\r\nhello")
    before = peak_of(fresh)
    press = Pressed(
        uid="x",
        sequence=0,
        organizer="s@example.org",
        owner="a@b.example",
        begins=SOON,
        ends=SOON + MINUTE,
        asked=SOON,
        at=SOON,
    )
    worst = 0.0
    for mail, _ in HOSTILE:
        began = seconds_of(fresh)
        fresh.read(mail(press))
        worst = max(worst, seconds_of(fresh) - began)
    more = peak_of(fresh) - before
    fresh.close()

    record_property("worst hostile mail", f"{worst:.2f} s of CPU, {more:.0f} MiB")
    print(f"worst of {len(HOSTILE)} hostile mails: {worst:.2f} s of CPU; {more:.0f} MiB more than before")
    assert more * 1024 * 1024 < reader_process.HEADROOM
    assert worst < reader_process.CPU_SECONDS


def test_answers_are_read_and_written_quickly(
    post: Post, invitation: Invitation, record_property: Callable[[str, object], None]
) -> None:
    took, wall = [], []
    programs = (*clients.OWN, *clients.OTHERS)
    for number in range(2 * len(programs) * len(ANSWERS)):
        program, partstat = programs[number % len(programs)], list(ANSWERS)[number % len(ANSWERS)]
        press = replace(pressed(invitation, partstat, SOON + number * MINUTE), serial=number)
        mail = program(press)
        now = press.at + MINUTE
        id = post.takes(mail, now)
        began, others, clock = time.process_time(), seconds_of(post.reader), time.monotonic()
        hearing.tick(post.app, post.reader, partial(same, now))
        took.append(time.process_time() - began + seconds_of(post.reader) - others)
        wall.append(time.monotonic() - clock)
        assert db.session.get_one(Received, id).state is MailOutcome.ANSWER
    p95, p95_wall = (statistics.quantiles(times, n=20)[-1] for times in (took, wall))

    record_property("p95 of an answer", f"{1000 * p95:.0f} ms")
    print(f"{len(took)} answers: p95 {1000 * p95:.0f} ms of CPU, {1000 * p95_wall:.0f} ms on the wall")
    assert p95 < SLOW


def test_shared_replies_are_read_as_two_other_programs_read_them(shared: Path, reader: MailReader) -> None:
    corpus = shared / "data" / "ics-corpus"
    files = json.loads((corpus / "imip.json").read_text("utf-8"))["files"]
    read = 0
    for name, facts in files.items():
        told: dict[str, Any] = next(iter(facts.get("components") or []), {})
        if told.get("method") not in list(Method) or told["component"] != "VEVENT":
            continue
        raw = (corpus / name).read_bytes()
        mail = raw if name.endswith(".eml") else b"Content-Type: text/calendar; charset=utf-8\r\n\r\n" + raw
        found = reader.read(mail).answer
        assert found, name
        assert (found.uid, found.sequence) == (told["uid"], told["sequence"] or 0), name
        assert [[one.address, one.partstat] for one in found.attending] == told["attendees"], name
        read += 1

    assert read >= 2


def test_the_shared_chain_of_a_decline_ends_with_its_words(shared: Path, reader: MailReader) -> None:
    corpus = shared / "data" / "ics-corpus"
    chains = json.loads((corpus / "chains.json").read_text("utf-8"))["chains"]
    chain = next(one for one in chains if one["chain"] == "request-declined-with-words")
    question, answer = ((corpus / name).read_bytes() for name in chain["mails"])

    asked, said = reader.read(question), reader.read(answer)

    assert asked.kind is MailKind.CALENDAR
    assert said.answer
    assert [one.partstat for one in said.answer.attending] == [chain["final"]["partstat"]]
    assert chain["final"]["comment"] in said.text
