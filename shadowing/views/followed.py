"""What HR follows of visits beside their list: reasons and wishes for another time, and what became of those that are over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext

from shadowing.extensions import db
from shadowing.models import GivenAnswer, Round, VisitOutcome
from shadowing.reflecting import reflections
from shadowing.reflecting.reflections import Reflected
from shadowing.views.language import person_name
from shadowing.visiting import answers, outcomes
from shadowing.visiting.outcomes import PastVisit, WhatBecame
from shadowing.visiting.visits import Visits


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """*given* by the id of the invitation, *told* by slot and guest's person; *over* are the slots of visits that are over.
    *missed* are those of the whole round of which somebody says that they did not take place."""

    given: Mapping[int, GivenAnswer]
    told: Mapping[tuple[int, int], PastVisit]
    missed: tuple[PastVisit, ...]
    words: Mapping[WhatBecame, str]
    counted: Reflected

    @property
    def over(self) -> set[int]:
        return {slot for slot, _ in self.told}

    def who(self, told: PastVisit, said: VisitOutcome) -> str:
        return who(told, said)


def of_round(round: Round, found: Visits, now: datetime) -> Followed:
    shown = [one.id for visit in found.rows for one in (*visit.guests, *visit.hosts)]
    given = db.session.scalars(answers.standing(shown))
    told = outcomes.of_round(round, now)
    return Followed(
        given={row.invitation_id: row for row in given if row.counts},
        told={(one.pairing.slot_id, one.pairing.guest.person_id): one for one in told},
        missed=tuple(one for one in told if one.missed),
        words=verdicts(),
        counted=reflections.counted(round),
    )


def who(told: PastVisit, said: VisitOutcome) -> str:
    """Whose word it is."""
    if said.by_hr:
        return str(gettext("Decided by %(name)s", name=person_name(said.person)))
    if said.person_id == told.pairing.guest.person_id:
        return str(gettext("Guest %(name)s", name=person_name(said.person)))
    return str(gettext("Host %(name)s", name=person_name(said.person)))


def verdicts() -> dict[WhatBecame, str]:
    return {
        WhatBecame.HELD: gettext("took place"),
        WhatBecame.MOVED: gettext("at another time"),
        WhatBecame.LOST: gettext("did not take place"),
        WhatBecame.DIFFER: gettext("the two sides differ"),
        WhatBecame.WAITING: gettext("nobody has said yet"),
        WhatBecame.UNKNOWN: gettext("unknown"),
    }
