"""What a list leaves open: a question to HR with a proposal. The list is read as the proposals say until HR answers."""

from collections.abc import Mapping
from dataclasses import dataclass

from shadowing.errors import fill

Answers = Mapping[str, str]
"""HR's choices by what they are about. `column: HEADING` names the meaning of a column."""
COLUMN = "column: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """*sentence* is English with places for *facts*, translated where it is shown; so is each of *choices* that is one of ours."""

    about: str
    sentence: str
    facts: tuple[tuple[str, str], ...] = ()
    choices: tuple[str, ...]
    proposal: str

    def __str__(self) -> str:
        return fill(self.sentence, dict(self.facts))

    def choice(self, answers: Answers) -> str:
        said = answers.get(self.about, self.proposal)
        return said if said in self.choices else self.proposal


def question(about: str, sentence: str, choices: tuple[str, ...], proposal: str = "", **facts: object) -> Question:
    """The first of *choices* is proposed unless another is."""
    said = tuple((name, str(fact)) for name, fact in facts.items())
    return Question(about=about, sentence=sentence, facts=said, choices=choices, proposal=proposal or choices[0])
