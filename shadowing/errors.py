"""What the product refuses or remarks on, each with one sentence that a user can read."""

from collections.abc import Mapping
from dataclasses import dataclass


def fill(sentence: str, facts: Mapping[str, object]) -> str:
    """Without facts a percent sign is one."""
    return sentence % facts if facts else sentence


class Refusal(Exception):
    """Nothing was changed. `str(refusal)` is the sentence with its *hint*, *facts* fill the placeholders after translation."""

    status = 422
    hint = ""

    def __init__(self, sentence: str, **facts: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.facts = facts

    def __str__(self) -> str:
        return fill(" ".join(filter(None, (self.sentence, self.hint))), self.facts)


class WrongStage(Refusal):
    """The round is not where this deed belongs."""

    status = 409


class Changed(Refusal):
    """Somebody else was faster, or what was previewed is no longer so."""

    status = 409


class Expired(Refusal):
    """A link that is spent, revoked or too old."""

    status = 410


@dataclass(frozen=True, slots=True)
class Remark:
    """An English sentence with `%(name)s` places for *facts*, translated where it is shown. Nothing is refused."""

    sentence: str
    facts: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return fill(self.sentence, dict(self.facts))


def remark(sentence: str, **facts: object) -> Remark:
    return Remark(sentence, tuple((name, str(fact)) for name, fact in facts.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class RowError:
    """One cell that cannot be read. *row* counts as a spreadsheet does: the header is row 1; 0 means the whole file. *sheet*
    is empty where the file has only one.

    *reason* and *suggestion* are English sentences with `%(name)s` places for *facts*, translated where they are shown."""

    file: str
    row: int
    column: str
    value: str
    reason: str
    suggestion: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    sheet: str = ""


class Unreadable(Refusal):
    """A file or folder with bad rows; none of it was written."""

    def __init__(self, sentence: str, errors: tuple[RowError, ...] = (), **facts: object) -> None:
        super().__init__(sentence, **facts)
        self.errors = errors
