"""What somebody's contract allows them to visit: kinds, sites, and whether the agency that they work through agrees."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from shadowing.company import audit, people, reasons, sites
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.folding import fold
from shadowing.i18n import N_
from shadowing.models import Consent, Guest, Host, Opening, OpeningKind, Pairing, Person, Round, Slot, Stage
from shadowing.typed import Mistakes, Unfit, Yes, by, each, line, one_of, several, text

NO_AGENCY = "none"
AGENCIES: dict[str, Consent | None] = {NO_AGENCY: None} | each(Consent)


def lines(said: str) -> tuple[str, ...]:
    """Names that stand one in a line: a site may have a comma in its name."""
    rows = (line(100)(row) for row in text(2000)(said).split("\n"))
    return tuple(dict.fromkeys(row for row in rows if row))


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractDraft:
    """What HR says of one person: no *kinds* and no *sites* allow them all. *knowing*: visits it does not allow are known of."""

    person: Annotated[str, by(line(254))]
    kinds: Annotated[tuple[OpeningKind, ...], by(several(one_of(each(OpeningKind))))] = ()
    sites: Annotated[tuple[str, ...], by(lines)] = ()
    agency: Annotated[Consent | None, by(one_of(AGENCIES))] = None
    knowing: Yes = False


def limits(person: Person) -> bool:
    return bool(person.may or person.may_sites or person.agency_consent)


def limited() -> list[Person]:
    """Everybody whose contract says anything, in the order of a directory."""
    columns = select(Person.id, Person.may, Person.may_sites, Person.agency_consent).where(Person.left_at.is_(None))
    ids = [id for id, *said in db.session.execute(columns) if any(said)]
    found = people.active().where(Person.id.in_(ids)).options(joinedload(Person.department))
    return list(db.session.scalars(found))


def save(draft: ContractDraft, by: Person, now: datetime) -> Person:
    """Raises Mistakes."""
    try:
        person = people.named(draft.person)
    except Unfit as unfit:
        raise Mistakes({"person": unfit}) from None
    _refuse_unknown(draft.sites)
    if (visits := _against(person, draft, now)) and not draft.knowing:
        hint = N_(
            "Those that are announced or kept by hand stay until you take them out; the next plan drops the others. "
            "Tick the box to save it all the same."
        )
        raise Mistakes({"knowing": Unfit("Visits to come that this does not allow: %(count)s.", hint, count=visits)})
    person.may, person.may_sites = [kind.value for kind in draft.kinds], list(draft.sites)
    person.agency_consent = draft.agency
    audit.record("limit_visits", by, None, now, of=person.id, kinds=person.may, sites=person.may_sites)
    reasons.look_anew(now)
    return person


def _refuse_unknown(named: tuple[str, ...]) -> None:
    known = sites.known()
    for site in named:
        if fold(site) not in map(fold, known):
            hint = N_("Known sites: %(known)s.") if known else N_("Sites come with your list of employees.")
            wrong = Unfit("Nobody works at the site “%(value)s”.", hint, value=site, known=", ".join(known))
            raise Mistakes({"sites": wrong})


def _against(person: Person, draft: ContractDraft, now: datetime) -> int:
    """Visits to come of *person* that the contract would not allow."""
    coming = select(Opening).join(Slot).join(Pairing, Pairing.slot_id == Slot.id).join(Pairing.guest).join(Guest.round)
    coming = coming.where(
        Guest.person_id == person.id, Pairing.stands, Slot.starts_at > now, Round.stage != Stage.ENDED
    )
    found = db.session.scalars(coming.options(selectinload(Opening.hosts).joinedload(Host.person)))
    return sum(not _allows(draft, opening) for opening in found)


def _allows(draft: ContractDraft, opening: Opening) -> bool:
    site = opening.site or (opening.hosts[0].person.site if opening.hosts else "")
    there = not draft.sites or fold(site) in map(fold, draft.sites)
    return there and (not draft.kinds or opening.kind in draft.kinds) and draft.agency in (None, Consent.YES)


def remove(person: Person, by: Person, now: datetime) -> None:
    """From the next plan on they may visit everything."""
    if not (person.may or person.may_sites or person.agency_consent):
        raise Refusal("Nothing limits the visits of this person any more.")
    audit.record("lift_limits", by, None, now, of=person.id, kinds=person.may, sites=person.may_sites)
    person.may, person.may_sites, person.agency_consent = [], [], None
    reasons.look_anew(now)
