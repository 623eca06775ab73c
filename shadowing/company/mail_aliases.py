"""Other addresses from which people write: an answer by mail from one of them counts as theirs. Nothing is ever mailed there."""

from datetime import datetime

from sqlalchemy import Select, func, select

from shadowing.company import audit
from shadowing.errors import Refusal
from shadowing.extensions import db
from shadowing.models import MailAlias, Person


def of(person: Person) -> Select[MailAlias]:
    return select(MailAlias).where(MailAlias.person_id == person.id).order_by(MailAlias.address)


def add(person: Person, address: str, by: Person, now: datetime) -> None:
    """Raises Refusal for an address that is somebody's already."""
    address = address.lower()
    owner = db.session.scalar(select(Person).where(func.lower(Person.email) == address))
    other = db.session.scalar(select(MailAlias).where(MailAlias.address == address))
    if owner is not None or other is not None:
        raise Refusal("%(address)s belongs to somebody already.", address=address)
    db.session.add(MailAlias(person_id=person.id, address=address))
    audit.record("add_mail_alias", by, None, now, of=person.id)


def remove(alias: MailAlias, by: Person, now: datetime) -> None:
    db.session.delete(alias)
    audit.record("remove_mail_alias", by, None, now, of=alias.person_id)
