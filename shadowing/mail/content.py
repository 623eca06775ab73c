"""What a mail says, as a value: written once for each kind, and shown both as text and as HTML, so that the two cannot differ."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext

from shadowing.i18n import Reader
from shadowing.models import Letter
from shadowing.models.facts import Facts


@dataclass(frozen=True, slots=True)
class Detail:
    """One fact with its name; without one it is a sentence of its own."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """*news* is the head, *kick* the short line above it. *before* are facts that hold no longer, *facts* those that do, of
    which the first is shown large where the mail is about a *time*. *button* is what the one link is called."""

    subject: str
    news: str
    kick: str = ""
    say: tuple[str, ...] = ()
    before: tuple[Detail, ...] = ()
    facts: tuple[Detail, ...] = ()
    time: bool = False
    button: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What a kind of mail is written from. *attached*: a calendar entry goes with it."""

    letter: Letter
    reader: Reader
    facts: Facts
    attached: bool

    @property
    def round(self) -> str:
        return self.facts.heading.round


def kept(*found: Detail | str | None) -> tuple[Detail, ...]:
    """The lines that have something to say."""
    lines = (Detail("", one) if isinstance(one, str) else one for one in found if one)
    return tuple(line for line in lines if line.value)


def sentences(*found: str) -> tuple[str, ...]:
    return tuple(one for one in found if one)


def questions(names: Sequence[str], reader: Reader) -> str:
    """Whom a reply reaches."""
    return gettext("Questions? Reply to this mail. It goes to %(name)s.", name=reader.people(names)) if names else ""


def only_for_you() -> str:
    return str(gettext("This link is only for you. Please do not pass it on."))


def first_next_time() -> str:
    """What the ledger (matching/ledger.py) keeps, and no more: nobody is sure of a seat."""
    told = gettext(
        "In your next round a visit for you counts more than one for somebody who had a visit, because you have none in this"
        " one."
    )
    return str(told)
