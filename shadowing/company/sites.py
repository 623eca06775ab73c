"""Sites are the texts that people and openings carry; how long it takes from one to another is said by HR."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from sqlalchemy import select

from shadowing.company import audit, reasons
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.folding import fold
from shadowing.i18n import N_
from shadowing.models import Journey, Opening, Person
from shadowing.typed import Mistakes, Unfit, by, line, number

MINUTES_MOST = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyDraft:
    site: Annotated[str, by(line(100))]
    other_site: Annotated[str, by(line(100))]
    minutes: Annotated[int, by(number(1, MINUTES_MOST))]


def known() -> list[str]:
    """Where somebody works or an opening takes place; of several ways to write one site the first."""
    named = select(Person.site).where(Person.left_at.is_(None)).union(select(Opening.site))
    return sorted({fold(site): site for site in sorted(db.session.scalars(named), reverse=True) if site}.values())


def journeys() -> list[Journey]:
    return list(db.session.scalars(select(Journey).order_by(Journey.site, Journey.other_site)))


def untold() -> int:
    """Pairs of known sites of which nobody said how far they are apart: they count as next door."""
    sites = sorted(map(fold, known()))
    told = {frozenset((fold(one.site), fold(one.other_site))) for one in journeys()}
    pairs = {frozenset((one, other)) for one in sites for other in sites if one < other}
    return len(pairs - told)


def set_minutes(draft: JourneyDraft, by: Person, now: datetime) -> Journey:
    """Both ways take as long; of two sites that have their minutes already these replace them. Raises Mistakes."""
    _refuse_wrong(draft)
    low, high = sorted((draft.site, draft.other_site), key=fold)
    same = (one for one in journeys() if (fold(one.site), fold(one.other_site)) == (fold(low), fold(high)))
    journey = next(same, None) or Journey(site=low, other_site=high)
    journey.minutes = draft.minutes
    db.session.add(journey)
    db.session.flush()
    audit.record("set_journey", by, None, now, sites=[low, high], minutes=draft.minutes)
    reasons.look_anew(now)
    return journey


def _refuse_wrong(draft: JourneyDraft) -> None:
    sites, wrong = set(map(fold, known())), dict[str, Refusal]()
    for name, site in (("site", draft.site), ("other_site", draft.other_site)):
        if fold(site) not in sites:
            hint = N_("Sites come with your list of employees.")
            wrong[name] = Unfit("Nobody works at the site “%(value)s”.", hint, value=site)
    if not wrong and fold(draft.site) == fold(draft.other_site):
        wrong["other_site"] = Unfit("These are one site. Choose two different ones.")
    if wrong:
        raise Mistakes(wrong)


def remove(journey: Journey, by: Person, now: datetime) -> None:
    """The two sites count as next door from the next plan on."""
    audit.record("forget_journey", by, None, now, sites=[journey.site, journey.other_site], minutes=journey.minutes)
    db.session.delete(journey)
    reasons.look_anew(now)
