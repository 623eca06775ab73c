"""Guests without a visit, those of one cause together: what can be done is done for all of them at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from shadowing.extensions import db
from shadowing.models import Forbid, Guest

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseOfMany:
    """*code* is that of `WhyUnmatched`, or UNKNOWN."""

    code: str
    guests: list[Guest]


def grouped(guests: Iterable[Guest]) -> list[CauseOfMany]:
    """The largest first; what nobody knows the cause of comes last."""
    found: dict[str, list[Guest]] = {}
    for guest in guests:
        found.setdefault(guest.reason.code if guest.reason else UNKNOWN, []).append(guest)
    order = sorted(found, key=lambda code: (code == UNKNOWN, -len(found[code]), code))
    return [CauseOfMany(code=code, guests=found[code]) for code in order]


def words_of_hr(guests: Iterable[Guest]) -> dict[int, str]:
    """Id of a guest -> why HR took them out, in HR's own words; nobody but HR reads them."""
    ids = [guest.id for guest in guests]
    rows = select(Forbid.guest_id, Forbid.why).where(Forbid.guest_id.in_(ids), Forbid.why != "").order_by(Forbid.id)
    return {row[0]: row[1] for row in db.session.execute(rows)}
