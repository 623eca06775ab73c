"""500 random lives with crashes, resends and reordering: what stands is what calendars hold, once, and each answer counts once."""

from collections.abc import Callable

import pytest
from flask import Flask

from shadowing.mail.reader import MailReader
from tests.lives import simulators
from tests.lives.deeds import DEEDS
from tests.lives.life import lived
from tests.long import Portion
from tests.postbox import Sink

Note = Callable[[str, object], None]


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.long(slices=50, count=10, sample=12)
def test_calendars_hold_what_stands_and_nothing_twice_whatever_happens(
    app: Flask, sink: Sink, reader: MailReader, portion: Portion, record_property: Note
) -> None:
    mails, twice, naive = [], [], []

    def wrong(number: int) -> list[str]:
        with lived(app, sink, reader, number, DEEDS) as life:
            mails.append(len(sink.mails))
            twice.append(len(sink.mails) - len(set(sink.mails)))
            naive.append(simulators.naively(life))
            found = simulators.wrong(life)
            return [*found, *life.diary] if found else []

    failing = portion.failing(wrong)

    lives = (
        f"lives {portion.seed} to {portion.seed + portion.count - 1}: {sum(mails)} mails, {sum(twice)} of them twice"
    )
    record_property("sweep", f"{lives}; {len(failing)} wrong; a naive sender makes {sum(naive)} entries wrong")
    assert failing == {}
