"""A change that is not meant for readers changes no mail: every byte of three rounds is as it was recorded."""

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from shadowing.models import LetterKind
from tests.mail import record_letters
from tests.mail.record_letters import Digests


def recorded(name: str) -> Digests:
    digests: Digests = json.loads(record_letters.RECORDED.read_text("utf-8"))[name]
    return digests


def test_the_letters_of_the_demo_are_the_same_bytes(app: Flask, session: Session) -> None:
    assert record_letters.of_the_demo(app) == recorded("demo")


@pytest.mark.slow
@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", record_letters.FOLDERS)
def test_the_letters_of_a_real_round_are_the_same_bytes(app: Flask, session: Session, shared: Path, name: str) -> None:
    """Two minutes; that no database has a part in it is seen with the demo."""
    assert record_letters.of_folder(app, shared / "rounds" / name) == recorded(name)


OF_GUESTS = (
    *(LetterKind.SEAT_OFFER, LetterKind.PLACE_REFUSED),
    *(LetterKind.SWAP_OFFER, LetterKind.SWAP_WAITS, LetterKind.SWAP_ENDED),
)
"""What guests bring about among themselves: no round of the record has them; tests/mail/gallery.py holds them."""


def test_the_record_holds_every_kind_of_letter() -> None:
    kinds = {kind for name in ("demo", *record_letters.FOLDERS) for kind in recorded(name)}

    assert kinds == {kind.value for kind in LetterKind if kind not in OF_GUESTS} | {record_letters.CALENDARS}
