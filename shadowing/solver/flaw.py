"""Why a problem cannot be right as it is, and what to let go. `flaws.py` finds it before any search."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from shadowing.solver.problem import Seat, in_order


class FlawCode(StrEnum):
    PIN_OF_NO_GUEST = "pin_of_no_guest"
    PIN_OF_NO_OPENING = "pin_of_no_opening"
    PIN_NOT_OFFERED = "pin_not_offered"
    PINS_CROWDED = "pins_crowded"
    PINS_IN_TWO_PLACES = "pins_in_two_places"
    NO_SEATS = "no_seats"
    NO_MINUTES = "no_minutes"
    NEGATIVE = "negative"
    TOO_LARGE = "too_large"
    TIMES_BACKWARDS = "times_backwards"
    TIMES_OVERLAP = "times_overlap"
    TWICE = "twice"
    NO_PERSON = "no_person"
    UNKNOWN_ZONE = "unknown_zone"
    UNKNOWN_WORD = "unknown_word"
    WEIGHT = "weight"
    WANTED_RISES = "wanted_rises"
    NEVER_RETURNED = "never_returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One thing that cannot be, with the *people* and *openings* it is about. Where pins are the cause, *pins* are those
    of them that are among the fewest whose going heals all pins together. *facts* fill the sentences."""

    code: FlawCode
    people: tuple[int, ...] = ()
    openings: tuple[int, ...] = ()
    pins: tuple[Seat, ...] = ()
    facts: dict[str, int | str] = field(default_factory=dict)


SENTENCES = {
    FlawCode.PIN_OF_NO_GUEST: "A pinned place is of person {people}, who is no guest.",
    FlawCode.PIN_OF_NO_OPENING: "Guest {people} is pinned to opening {openings}, which does not exist.",
    FlawCode.PIN_NOT_OFFERED: "Guest {people} is pinned to opening {openings} at a time that it does not offer.",
    FlawCode.PINS_CROWDED: "Opening {openings} has {count} pinned guests on {seats} seats: {people}.",
    FlawCode.PINS_IN_TWO_PLACES: "Person {people} is in two places at a time, by pins or by a fixed opening: {openings}.",
    FlawCode.NO_SEATS: "Opening {openings} has {value} seats; it needs 1 or more.",
    FlawCode.NO_MINUTES: "Opening {openings} takes {value} minutes; it needs 1 or more.",
    FlawCode.NEGATIVE: "{name}{of_person}{of_opening} is {value}, and cannot be negative.",
    FlawCode.TOO_LARGE: "{name}{of_person}{of_opening} is {value}, outside of what can be reckoned with.",
    FlawCode.TIMES_BACKWARDS: "Person {people} has {name} that end before they begin.",
    FlawCode.TIMES_OVERLAP: "Person {people} has {name} that overlap.",
    FlawCode.TWICE: "{name} {value} is there twice.",
    FlawCode.NO_PERSON: "{name} {people}{of_opening} is not among the people.",
    FlawCode.UNKNOWN_ZONE: "The time zone {value} is not known.",
    FlawCode.UNKNOWN_WORD: "{name}{of_person} is {value}; known are {known}.",
    FlawCode.WEIGHT: "Guest {people} has the weight {value}; it goes from 1 to 4.",
    FlawCode.WANTED_RISES: "What visits of department {guests} to {hosts} are worth must not rise or be negative: {value}.",
    FlawCode.NEVER_RETURNED: "Every visit must be returned (reciprocal), but nobody who hosts is a guest: no visit can ever be.",
}


def said(flaw: Flaw) -> str:
    """One line in English, with the numbers of the problem."""
    people, openings = (", ".join(map(str, ids)) for ids in (flaw.people, flaw.openings))
    facts = {"people": people, "openings": openings}
    facts |= {"of_person": people and f" of person {people}", "of_opening": openings and f" of opening {openings}"}
    return SENTENCES[flaw.code].format(**facts | flaw.facts)


class Contradiction(ValueError):
    """The problem has *flaws*, so that nothing is searched. *pins* are the fewest to let go, where pins are among them."""

    def __init__(self, flaws: tuple[Flaw, ...]) -> None:
        super().__init__(" ".join(map(said, flaws)))
        self.flaws = flaws
        self.pins = pins_of(flaws)


def pins_of(flaws: Iterable[Flaw]) -> tuple[Seat, ...]:
    return in_order(pin for flaw in flaws for pin in flaw.pins)
