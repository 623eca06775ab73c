"""The cards of departments: who wrote them and when, and what becomes of them in a merge."""

from datetime import datetime

from sqlalchemy import delete, or_, select, update

from shadowing.extensions import db
from shadowing.models import CardSignature, Department, MergedCard, PairSentence, Person

TEXTS = ("card", "goal", "kpi", "problem", "wish_known", "words")


def sign(department: Department, by: Person | None, now: datetime) -> None:
    signed = signature(department) or CardSignature(department_id=department.id)
    signed.by_id, signed.at = by.id if by else None, now
    db.session.add(signed)


def unsign(department: Department) -> None:
    """A list says what the card says now, and not who wrote it when."""
    db.session.execute(delete(CardSignature).where(CardSignature.department_id == department.id))


def signature(department: Department) -> CardSignature | None:
    return db.session.scalars(select(CardSignature).where(CardSignature.department_id == department.id)).first()


def merged(department: Department) -> list[MergedCard]:
    """The cards of those that became a part of it, the newest first."""
    found = select(MergedCard).where(MergedCard.department_id == department.id)
    return list(db.session.scalars(found.order_by(MergedCard.merged_at.desc(), MergedCard.id.desc())))


def keep_of(source: Department, target: Department, now: datetime) -> None:
    """Before *source* goes: *target* keeps its card on record, and takes over its sentences where it has none of its own."""
    homeless = _hand_over(source, target)
    texts = {name: getattr(source, name) for name in TEXTS}
    if any(texts.values()) or homeless:
        said = "\n".join(homeless)
        db.session.add(MergedCard(department_id=target.id, name=source.name, merged_at=now, sentences=said, **texts))
    db.session.execute(update(MergedCard).where(MergedCard.department_id == source.id).values(department_id=target.id))
    db.session.flush()


def _hand_over(source: Department, target: Department) -> list[str]:
    """The sentences that find no place, each with the name of the other department."""
    either = or_(PairSentence.department_id == source.id, PairSentence.other_id == source.id)
    homeless = []
    for row in db.session.scalars(select(PairSentence).where(either).order_by(PairSentence.id)).all():
        other = row.other if row.department_id == source.id else row.department
        low, high = sorted((target.id, other.id))
        there = select(PairSentence.id).where(PairSentence.department_id == low, PairSentence.other_id == high)
        if other.id == target.id or db.session.scalar(there):
            homeless.append(f"{other.name}: {row.text}")
            db.session.delete(row)
        else:
            row.department_id, row.other_id = low, high
        db.session.flush()
    return homeless
