"""Letters that a press would write, for a preview of many: a kind and a reader each, and words for those that are looked at."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from shadowing.mail import letters
from shadowing.models import Guest, Letter, LetterKind, Person, Round


@dataclass(frozen=True, slots=True)
class Planned:
    """*write* makes the letter, unsaved."""

    kind: LetterKind
    person: Person
    write: Callable[[], Letter]


def question(round: Round, person: Person, now: datetime) -> Planned:
    """To somebody who is no guest of the round yet."""
    return Planned(LetterKind.ASK, person, lambda: request(Guest(round=round, person=person), LetterKind.ASK, now))


def reminder(guest: Guest, now: datetime) -> Planned:
    return Planned(LetterKind.NUDGE, guest.person, partial(request, guest, LetterKind.NUDGE, now))


def request(guest: Guest, kind: LetterKind, now: datetime) -> Letter:
    return letters.asking(guest, kind, f"{kind}:preview", now)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMails:
    """What telling the calendars would do now: the very letters that it would write, and how many invitations it would take back
    before their mails have left, so that nobody hears of them."""

    planned: list[Planned]
    unheard: int
