"""1,000 messages of random lives, read by eight parsers: each finds in each what its letter says."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from shadowing.extensions import db
from shadowing.mail import ical, outbox, text
from shadowing.mail.reader import MailReader
from shadowing.models import Letter, LetterKind
from shadowing.models.facts import VisitFacts
from tests.lives import judges
from tests.lives.deeds import DEEDS
from tests.lives.judges import Fields
from tests.lives.life import Life, lived
from tests.long import Portion
from tests.postbox import Sink

Note = Callable[[str, object], None]


def expected(letter: Letter, life: Life) -> Fields:
    facts, said = letter.facts, text.write(letter, life.sender).calendar
    assert isinstance(facts, VisitFacts)
    assert said
    revision, cancelled = facts.revision, letter.kind is LetterKind.CANCEL
    return {
        "method": "CANCEL" if cancelled else "REQUEST",
        "events": 1,
        "uid": revision.uid,
        "sequence": revision.sequence,
        "stamp": letter.stamp.isoformat(),
        "starts_at": revision.entry.starts_at.isoformat(),
        "ends_at": revision.entry.ends_at.isoformat(),
        "summary": ical.unmistakable(ical.shorten(ical.one_line(said.summary), ical.SHORT)),
        "place": ical.unmistakable(ical.shorten(ical.one_line(revision.entry.place), ical.SHORT)),
        "description": ical.unmistakable(ical.shorten(ical.many_lines(said.description), ical.LONG)),
        "status": "CANCELLED" if cancelled else "CONFIRMED",
        "organizer": f"mailto:{revision.organizer}",
        "attendee": f"mailto:{letter.address}",
        "attendee_name": ical.name_of(facts.heading.reader),
    }


def letters(life: Life) -> dict[str, Letter]:
    """By Message-ID."""
    told = db.session.scalars(select(Letter).where(Letter.invitation_id.is_not(None)))
    settings = life.app.extensions["settings"]
    return {
        f"<{outbox.message_id(one, one.revision, settings)}>": one for one in told if isinstance(one.facts, VisitFacts)
    }


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.long(slices=15, count=6, sample=3)
def test_eight_parsers_read_in_each_message_what_its_letter_says(
    app: Flask, sink: Sink, reader: MailReader, portion: Portion, record_property: Note
) -> None:
    if judges.missing():
        pytest.skip(f"NOT TESTED with {', '.join(judges.missing())}: `.ci/prepare machine` installs them")
    read = []

    def wrong(number: int) -> list[str]:
        with lived(app, sink, reader, number, DEEDS) as life:
            mails = {one.content: one.message_id for one in life.arrived if one.part is not None}
            known = letters(life)
            read.append(len(mails))
            return list(judges.disagreeing(list(mails), [expected(known[id], life) for id in mails.values()]))

    failing = portion.failing(wrong)

    lives = f"lives {portion.seed} to {portion.seed + portion.count - 1}"
    record_property("sweep", f"{lives}: {sum(read)} messages read by 8 parsers, {len(failing)} lives with differences")
    assert failing == {}
