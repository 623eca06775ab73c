"""Why a round was not searched, as HR reads it: what cannot be right, and the kept pairings to let go."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select

from shadowing.extensions import db
from shadowing.i18n import N_
from shadowing.matching import board, pairings
from shadowing.models import Opening, Pairing, Person, Solve
from shadowing.solver.flaw import Flaw, FlawCode, pins_of

WHY = {
    FlawCode.PIN_OF_NO_GUEST: N_("Kept in “%(openings)s”, but not taking part any more: %(people)s."),
    FlawCode.PIN_OF_NO_OPENING: N_("Kept in an opening that is not offered any more: %(people)s."),
    FlawCode.PIN_NOT_OFFERED: N_("Kept in “%(openings)s” at a time at which it does not take place: %(people)s."),
    FlawCode.PINS_CROWDED: N_("More guests are kept in “%(openings)s” than it has seats: %(people)s."),
    FlawCode.PINS_IN_TWO_PLACES: N_(
        "In two places at the same time, by what is kept or by openings of their own: %(people)s (%(openings)s)."
    ),
    FlawCode.NEVER_RETURNED: N_(
        "Every visit is to be returned, but nobody who hosts wants a visit. Ease this rule, or ask hosts to take part."
    ),
}
OF_OPENINGS = N_("The length, the times or the seats of an opening cannot be right: %(openings)s.")
OF_PEOPLE = N_("The answers or the free times of somebody cannot be right: %(people)s.")
OF_THE_ROUND = N_("A rule or a setting of the round cannot be right.")
LET_GO = N_("Kept pairings to let go")
NOT_SEARCHED = N_("No plan was made: something in this round cannot be right.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """An English *sentence* and those who fill it, to be named where it is shown."""

    sentence: str
    people: list[Person]
    openings: list[Opening]

    def facts(self, name: Callable[[Person], str], listed: Callable[[Iterable[str]], str]) -> dict[str, object]:
        return {
            "people": listed(map(name, self.people)),
            "openings": listed(opening.title for opening in self.openings),
        }


def causes(solve: Solve) -> Iterator[Cause]:
    if not (flaws := solve.flaws):
        return
    persons = select(Person).where(Person.id.in_({id for flaw in flaws for id in flaw.people}))
    people = {row.id: row for row in db.session.scalars(persons.order_by(Person.sort_key, Person.code))}
    offered = select(Opening).where(Opening.id.in_({id for flaw in flaws for id in flaw.openings}))
    openings = {row.id: row for row in db.session.scalars(offered.order_by(Opening.code))}
    for flaw in flaws:
        yield Cause(
            sentence=WHY.get(flaw.code) or _of_some_number(flaw),
            people=[row for id, row in people.items() if id in flaw.people],
            openings=[row for id, row in openings.items() if id in flaw.openings],
        )


def _of_some_number(flaw: Flaw) -> str:
    if flaw.openings:
        return OF_OPENINGS
    return OF_PEOPLE if flaw.people else OF_THE_ROUND


@dataclass(frozen=True, slots=True, kw_only=True)
class ToLetGo:
    """A kept pairing, and the *page* of the board with all kept ones on which it is."""

    pairing: Pairing
    page: int


def to_let_go(solve: Solve) -> list[ToLetGo]:
    """What HR has not let go since."""
    pins = set(pins_of(solve.flaws or ()))
    kept = [pairing for pairing in db.session.scalars(board.seated(solve.round)) if pairing.pinned] if pins else []
    return [
        ToLetGo(pairing=pairing, page=number // board.PAGE + 1)
        for number, pairing in enumerate(kept)
        if pairings.seat_of(pairing) in pins
    ]
