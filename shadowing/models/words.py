"""What stages, kinds, states and answers are called: one table of words each, translated where they are shown."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from shadowing.i18n import N_
from shadowing.models.answering import AnswerWhy
from shadowing.models.collecting import Participation
from shadowing.models.hearing import MailOutcome
from shadowing.models.mail import LetterKind, LetterState
from shadowing.models.reflecting import Happened, HostAgain, ShareLevel, Wall
from shadowing.models.rounds import Stage
from shadowing.models.visiting import Answer, Role
from shadowing.solver.problem import OpeningKind

STAGES = {
    Stage.DRAFT: N_("Draft"),
    Stage.COLLECTING: N_("Collecting answers"),
    Stage.SOLVING: N_("Making the pairings"),
    Stage.REVIEWING: N_("Under review"),
    Stage.PUBLISHED: N_("Running"),
    Stage.ENDED: N_("Ended"),
    Stage.CANCELLED: N_("Called off"),
}
OPENING_KINDS = {
    OpeningKind.DESK: N_("Sitting beside somebody at work"),
    OpeningKind.MEETING: N_("A seat in a regular meeting"),
    OpeningKind.RIDE_ALONG: N_("A ride-along to a customer"),
    OpeningKind.WORKSHOP: N_("A workshop"),
    OpeningKind.TEAM: N_("A place in a project team"),
}
PARTICIPATIONS = {
    Participation.OBSERVE: N_("Guests watch"),
    Participation.TAKE_PART: N_("Guests take part and do something themselves"),
}
LETTER_KINDS = {
    LetterKind.SIGN_IN: N_("Sign-in link"),
    LetterKind.PERSONAL_LINK: N_("Personal link"),
    LetterKind.ASK: N_("Question for wishes and times"),
    LetterKind.NUDGE: N_("Reminder"),
    LetterKind.REQUEST: N_("Invitation"),
    LetterKind.CHANGE: N_("Change"),
    LetterKind.CANCEL: N_("Cancellation"),
    LetterKind.UNMATCHED: N_("No visit this time"),
    LetterKind.ROUND_CANCELLED: N_("The round is called off"),
    LetterKind.NEW_DATES: N_("Other days"),
    LetterKind.ANSWERED_FOR: N_("An answer was typed in"),
    LetterKind.OPEN_FOR_YOU: N_("Answers open for one person"),
    LetterKind.OFFERED_FOR: N_("An opening was entered or changed"),
    LetterKind.ANSWER_HEARD: N_("A no or another time was heard"),
    LetterKind.SEAT_OFFER: N_("A place is free"),
    LetterKind.PLACE_REFUSED: N_("HR said no to another place"),
    LetterKind.SWAP_OFFER: N_("A swap is proposed"),
    LetterKind.SWAP_WAITS: N_("A swap waits for a host"),
    LetterKind.SWAP_ENDED: N_("A swap came to nothing"),
    LetterKind.BRIEF: N_("What to know a week before"),
    LetterKind.DAY_BEFORE: N_("Reminder of the day before"),
    LetterKind.THIS_MORNING: N_("Reminder of the same morning"),
    LetterKind.AFTER_VISIT: N_("Question whether it took place"),
    LetterKind.REFLECT_AGAIN: N_("Reminder to reflect"),
    LetterKind.TEST_REQUEST: N_("Test invitation"),
    LetterKind.TEST_CHANGE: N_("Change of a test invitation"),
    LetterKind.TEST_CANCEL: N_("End of a test invitation"),
}
LETTER_STATES = {
    LetterState.READY: N_("Waiting"),
    LetterState.HELD: N_("Held back"),
    LetterState.SENT: N_("Sent"),
    LetterState.SUPERSEDED: N_("Replaced by a newer one"),
    LetterState.CANCELLED: N_("Taken back before sending"),
    LetterState.UNDELIVERABLE: N_("Refused by the mail server"),
    LetterState.GAVE_UP: N_("Given up"),
    LetterState.UNKNOWN: N_("May have arrived"),
}
ANSWERS = {
    Answer.NONE: N_("no answer yet"),
    Answer.YES: N_("accepted"),
    Answer.MAYBE: N_("perhaps"),
    Answer.NO: N_("declined"),
}
ANSWER_WHYS = {
    AnswerWhy.BUSY: N_("Something came up at work"),
    AnswerWhy.ILL: N_("Not well"),
    AnswerWhy.LEAVE: N_("On leave that day"),
    AnswerWhy.NO_WISH: N_("No longer what I wish for"),
    AnswerWhy.MOVED: N_("I have moved to another team or place"),
    AnswerWhy.DEPUTY: N_("Somebody else receives the guest"),
    AnswerWhy.OTHER: N_("Another reason"),
}
HAPPENED = {
    Happened.HELD: N_("It took place"),
    Happened.MOVED: N_("At another time"),
    Happened.LOST: N_("It did not take place"),
}
SHARE_LEVELS = {
    ShareLevel.ME: N_("Only I"),
    ShareLevel.HOST: N_("My hosts too"),
    ShareLevel.BOSS: N_("My hosts and my boss"),
    ShareLevel.ALL: N_("Everybody in the company"),
}
HOST_AGAINS = {
    HostAgain.YES: N_("Yes, gladly"),
    HostAgain.FEWER: N_("Yes, but less often"),
    HostAgain.NOT_NOW: N_("Not for now"),
}
WALLS = {
    Wall.INFORMATION: N_("The information wall"),
    Wall.GOALS: N_("The goal wall"),
    Wall.CULTURE: N_("The culture wall"),
}
MAIL_OUTCOMES = {
    MailOutcome.READY: N_("Not read yet"),
    MailOutcome.ANSWER: N_("An answer"),
    MailOutcome.OLD_ANSWER: N_("An answer that counts no more"),
    MailOutcome.HELD: N_("An answer that may be somebody else’s"),
    MailOutcome.PROPOSAL: N_("Asks for another time"),
    MailOutcome.ASKS_AGAIN: N_("Asked for the invitation again"),
    MailOutcome.DELEGATED: N_("Wants to send somebody else"),
    MailOutcome.BOUNCE: N_("A mail came back"),
    MailOutcome.DELAYED: N_("A mail is late"),
    MailOutcome.AUTO_REPLY: N_("An automatic reply"),
    MailOutcome.FORWARDED: N_("An invitation was forwarded to somebody"),
    MailOutcome.FOR_HR: N_("For a person to read"),
    MailOutcome.UNKNOWN_VISIT: N_("About a visit that is not known here"),
    MailOutcome.LOOP: N_("One of our own mails"),
    MailOutcome.TOO_BIG: N_("Too big to read"),
    MailOutcome.HOSTILE: N_("Could not be read safely"),
    MailOutcome.DUPLICATE: N_("Came twice"),
    MailOutcome.CHECK_UP: N_("About a test invitation"),
}
ROLES = {Role.GUEST: N_("Guest"), Role.HOST: N_("Host")}
LANGUAGES = {"ja": N_("Japanese"), "en": N_("English")}

TABLES: dict[type[StrEnum], Mapping[Any, str]] = {
    Stage: STAGES,
    OpeningKind: OPENING_KINDS,
    Participation: PARTICIPATIONS,
    LetterKind: LETTER_KINDS,
    LetterState: LETTER_STATES,
    Answer: ANSWERS,
    AnswerWhy: ANSWER_WHYS,
    Happened: HAPPENED,
    ShareLevel: SHARE_LEVELS,
    HostAgain: HOST_AGAINS,
    Wall: WALLS,
    MailOutcome: MAIL_OUTCOMES,
    Role: ROLES,
}


def word(member: StrEnum) -> str:
    """What *member* is called, in English."""
    return TABLES[type(member)][member]
