"""Whose reason for having no visit a deed can change: of nobody else is anything asked anew.

A reason depends on what its guest wishes and on where else they could go. The rules tie a seat to its opening, to its guest, to
what its hosts and its guest host besides, and, where only so many may be away, to the guest's department; to nothing else.
As time passes no reason changes either: it says what stood in the way while something could be done about it."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, or_, select

from shadowing.extensions import db
from shadowing.matching import excerpts, gather, presence
from shadowing.models import Goal, Guest, Host, Opening, Pairing, Person, Round, WhyUnmatched
from shadowing.solver.explain import Code, Remedy

BEFORE_OTHER_WISHES = (
    Remedy.PLACE,
    Remedy.GIVE_HALF_DAYS,
    Remedy.ENTER_FREE_TIME,
    Remedy.ONE_MORE_HALF_DAY,
)
"""The remedies that lead to what the guest wished for, and are tried before any other opening is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What a deed changed, in ids. *people*: where they sit, what they wish, when they are free or here at all; *openings*: their
    dates, seats and guests; *topics* that these had until then."""

    people: frozenset[int] = frozenset()
    openings: frozenset[int] = frozenset()
    topics: frozenset[str] = frozenset()


def by_visits(visits: Iterable[Pairing], guests: Iterable[Guest] = (), openings: Iterable[Opening] = ()) -> Touched:
    """What is touched where these visits change, and these *guests* or *openings* besides."""
    visits = list(visits)
    return Touched(
        people=frozenset(one.person_id for one in (*guests, *(visit.guest for visit in visits))),
        openings=frozenset(one.id for one in (*openings, *(visit.slot.opening for visit in visits))),
    )


def concerned(round: Round, touched: Touched) -> frozenset[int]:
    """The people without a visit of whom a reason is to be looked for anew."""
    hosts = select(Host.person_id).where(Host.opening_id.in_(touched.openings))
    people = touched.people | set(db.session.scalars(hosts))
    openings = touched.openings | set(db.session.scalars(excerpts.hosted_by(round, people)))
    homes, wishing = excerpts.limited(round, people), set(db.session.scalars(_wishing(round, openings, touched.topics)))
    anything = bool(openings) and round.rules.wishes != "require"
    return frozenset(
        person
        for guest, person, home, surprise, reason in db.session.execute(_unmatched(round))
        if person in people
        or home in homes
        or guest in wishing
        or reason is None
        or (openings and (anything or surprise or _may_wish_more(reason)))
    )


def _may_wish_more(reason: WhyUnmatched) -> bool:
    """Whether any opening at all may be what helps them."""
    return reason.remedy not in BEFORE_OTHER_WISHES and reason.code != Code.NO_FREE_TIME


def _unmatched(round: Round) -> Select[int, int, int | None, bool, WhyUnmatched | None]:
    columns = select(Guest.id, Guest.person_id, Person.department_id, Guest.surprise, Guest.reason).join(Guest.person)
    seated = select(Pairing.guest_id).where(Pairing.round_id == round.id, Pairing.stands)
    return columns.where(gather.takes_part(round), presence.all_along(round), Guest.id.not_in(seated))


def _wishing(round: Round, openings: Iterable[int], topics: Iterable[str]) -> Select[int]:
    """The guests who wish for a department or a topic of these."""
    offered = db.session.execute(select(Opening.department_id, Opening.topics).where(Opening.id.in_(openings))).all()
    named = set(topics).union(*(words for _, words in offered))
    hits = or_(Goal.department_id.in_({home for home, _ in offered}), Goal.topic.in_(named))
    return select(Goal.guest_id).join(Guest).where(Guest.round_id == round.id, hits)
