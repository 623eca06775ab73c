"""One person as HR writes them down: added to the company, and changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from sqlalchemy import ColumnElement, and_, func, select, update

from shadowing import typed
from shadowing.company import audit, people, reasons
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.i18n import N_
from shadowing.models import (
    TESTS,
    Department,
    Guest,
    Letter,
    Opening,
    OpeningKind,
    Pairing,
    Person,
    Round,
    Slot,
    Stage,
)
from shadowing.typed import Mistakes, Unfit, Yes, Zone, by, each, line, one_of, several

LEVELS_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDraft:
    """What HR says about a person. *boss* is somebody's number, mail address or name; no kind in *may* allows them all.
    *moves*: into the new department, whatever comes of visits there."""

    code: Annotated[str, by(typed.key)] = ""
    family_name: Annotated[str, by(line(100))] = ""
    given_name: Annotated[str, by(line(100))] = ""
    display_name: Annotated[str, by(typed.name)] = ""
    kana: Annotated[str, by(typed.kana)] = ""
    email: Annotated[str, by(typed.mail)]
    department: Annotated[int, by(typed.number(1, 999_999_999))]
    boss: Annotated[str, by(line(254))] = ""
    site: Annotated[str, by(line(100))] = ""
    zone: Zone
    locale: Annotated[str, by(one_of(each(("ja", "en"))))]
    hours: Annotated[str, by(people.hours)] = ""
    may: Annotated[tuple[OpeningKind, ...], by(several(one_of(each(OpeningKind))))] = ()
    lead: Yes = False
    moves: Yes = False

    @property
    def full_name(self) -> str:
        """The name shown, where none is given apart."""
        return self.display_name or f"{self.family_name} {self.given_name}".strip()


def add(given: PersonDraft, by: Person | None, now: datetime) -> Person:
    """Raises Mistakes."""
    person = Person(hr=False)
    boss = _checked(given, None, now)
    db.session.add(person)
    _fill(person, given, boss)
    db.session.flush()
    audit.record("add_person", by, None, now, of=person.id)
    return person


def change(person: Person, given: PersonDraft, by: Person | None, now: datetime) -> None:
    """Mails that wait go to a new address, too; of visits in the old one's calendar the next publish tells. Raises Mistakes."""
    boss, before = _checked(given, person, now), person.email
    _fill(person, given, boss)
    if person.email != before:
        waiting = update(Letter).where(Letter.person_id == person.id, Letter.invitation_id.is_(None))
        waiting = waiting.where(Letter.done_at.is_(None), Letter.lease_until.is_(None), Letter.kind.not_in(TESTS))
        db.session.execute(waiting.values(address=person.email))
    audit.record("change_person", by, None, now, of=person.id)
    reasons.look_anew(now)


def _fill(person: Person, given: PersonDraft, boss: Person | None) -> None:
    person.code = given.code or person.code or given.email[:60]
    person.family_name, person.given_name, person.kana = given.family_name, given.given_name, given.kana
    person.display_name, person.email, person.department_id = given.full_name, given.email, given.department
    person.manager_id, person.site, person.zone = boss.id if boss else None, given.site, given.zone
    person.locale, person.own_hours, person.lead = given.locale, given.hours or None, given.lead
    person.may = [kind.value for kind in given.may]
    people.index(person)


# What cannot be


def _checked(given: PersonDraft, person: Person | None, now: datetime) -> Person | None:
    """The boss, if all is well. Raises Mistakes with all that is wrong."""
    wrong: dict[str, Refusal] = {}
    boss = _boss(given.boss, wrong)
    if boss and person and (loop := _loop(person, boss)):
        wrong["boss"] = Unfit("The managers go round in a circle: %(loop)s.", loop=loop)
    if not given.full_name:
        hint = N_("Fill in family name and given name, or the display name.")
        wrong["family_name"] = Unfit("This person has no name.", hint)
    if (owner := _other(person, _has(given.email))) is not None:
        wrong["email"] = Unfit("This mail address belongs to %(owner)s already.", owner=owner.display_name)
    if given.code and (owner := _other(person, Person.code == given.code)) is not None:
        known = {"code": given.code, "owner": owner.display_name}
        wrong["code"] = Unfit("The number %(code)s belongs to %(owner)s already.", **known)
    department = db.session.get(Department, given.department)
    if department is None:
        wrong["department"] = Unfit("Choose a department.")
    elif person and person.department_id != department.id and not given.moves:
        wrong |= _visits_there(person, department, now)
    if wrong:
        raise Mistakes(wrong)
    return boss


def _other(person: Person | None, same: ColumnElement[bool]) -> Person | None:
    own = person.id if person else 0
    return db.session.scalar(select(Person).where(same, Person.id != own).limit(1))


def _has(address: str) -> ColumnElement[bool]:
    """Who left leaves the address to others."""
    return and_(func.lower(Person.email) == address.lower(), Person.left_at.is_(None))


def _boss(asked: str, wrong: dict[str, Refusal]) -> Person | None:
    try:
        return people.named(asked) if asked else None
    except Unfit as unfit:
        wrong["boss"] = unfit
        return None


def _loop(person: Person, boss: Person) -> str:
    """The circle that would close if *boss* were above *person*; empty where none does."""
    names, above = [person.display_name], boss
    for _ in range(LEVELS_MOST):
        names.append(above.display_name)
        if above.id == person.id:
            return " → ".join(names)
        higher = db.session.get(Person, above.manager_id) if above.manager_id else None
        if higher is None:
            return ""
        above = higher
    return " → ".join(names)


def _visits_there(person: Person, department: Department, now: datetime) -> dict[str, Refusal]:
    """Asked once: visits to what becomes the own department."""
    coming = select(Round, func.count()).join_from(Round, Guest).join(Pairing, Pairing.guest_id == Guest.id)
    coming = coming.join(Pairing.slot).join(Slot.opening)
    coming = coming.where(Guest.person_id == person.id, Opening.department_id == department.id, Pairing.stands)
    coming = coming.where(Slot.starts_at > now, Round.stage != Stage.ENDED).group_by(Round.id).order_by(Round.id)
    for round, visits in db.session.execute(coming):
        if not round.rules.own_department:
            known = {"department": department.name, "round": round.title}
            return {
                "moves": Unfit(
                    "%(department)s would be the own department, and visits in “%(round)s” lead there: %(count)s. "
                    "Those that are announced or kept by hand stay until you take them out; the next plan drops the others.",
                    count=str(visits),
                    **known,
                )
            }
    return {}
