"""The one retry policy: when a letter that did not go is tried again, when it is given up, how long all mail rests.

A trouble with one recipient delays that letter alone; a trouble with the server delays all and counts as nobody's try."""

from datetime import datetime, timedelta

from shadowing.background import queue
from shadowing.mail import letters
from shadowing.mail.outbox import Fate, Outcome
from shadowing.models import Letter, LetterState

PAUSE = timedelta(seconds=60)
"""How long all mail rests when a setting or the server must be changed first."""
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_REST = timedelta(minutes=10)
"""How long all mail rests at the most before the server is asked again: a letter waits for one that is back no longer."""
TRY_FOR = timedelta(hours=24)
"""How long the pauses of one letter may add up to. While all mail rests no letter is tried, so that time does not count."""


def rest(outcome: Outcome, failures: int) -> timedelta:
    """How long all mail rests after so many *failures* in a row."""
    return PAUSE if outcome.fate is Fate.STOPPED else _doubled(FIRST_PAUSE, failures, LONGEST_REST)


def settle(letter: Letter, outcome: Outcome, until: datetime, now: datetime) -> bool:
    """Write what becomes of the letter; *until* is when all mail rests no longer. False: we were declared dead."""
    fence, error = letter.fence, outcome.error
    match outcome.fate:
        case Fate.SENT:
            return queue.finish(letter, fence, LetterState.SENT, "", now)
        case Fate.UNDELIVERABLE:
            return queue.finish(letter, fence, LetterState.UNDELIVERABLE, error, now)
        case Fate.UNKNOWN if letter.kind in letters.ONE_COPY:
            return queue.finish(letter, fence, LetterState.UNKNOWN, error, now)
        case Fate.UNKNOWN:
            later, unfinished = now + pause(letter.id, letter.attempts), letter.unfinished + 1
            return queue.give_back(letter, fence, later, error, {"unfinished": unfinished})
        case Fate.STOPPED | Fate.UNREACHABLE:
            return queue.give_back(letter, fence, until, error, {"attempts": letter.attempts - 1})
        case Fate.LATER | Fate.CUT if _waited(letter) > TRY_FOR:
            return queue.finish(letter, fence, LetterState.GAVE_UP, error, now)
        case Fate.LATER | Fate.CUT:
            return queue.give_back(letter, fence, now + pause(letter.id, letter.attempts), error)


def _waited(letter: Letter) -> timedelta:
    """All pauses between the tries of this letter: not the days in which the mail server was away for everybody."""
    return sum((pause(letter.id, attempt) for attempt in range(1, letter.attempts)), timedelta())


def pause(id: int, attempt: int) -> timedelta:
    """30 s, 1 min, 2 min ... 1 h, and up to a quarter more so that not all come back together; the same for the same try."""
    return _doubled(FIRST_PAUSE, attempt, LONGEST_PAUSE) * (1 + (id * 7919 + attempt * 104729) % 250 / 1000)


def _doubled(first: timedelta, times: int, longest: timedelta) -> timedelta:
    return min(first * (1 << max(0, min(times - 1, 10))), longest)
