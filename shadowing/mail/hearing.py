"""Whether somebody has heard of a visit: by a mail that reached them, or may have."""

from sqlalchemy import ColumnElement, Select, and_, or_, select

from shadowing.extensions import db
from shadowing.models import Letter, LetterState, Round


def heard(round: Round) -> set[int]:
    """Ids of the invitations of which some mail has, or may have, reached its person."""
    return {id for id in db.session.scalars(heard_ids(round)) if id is not None}


def heard_ids(round: Round) -> Select[int | None]:
    return select(Letter.invitation_id).where(Letter.round_id == round.id, or_(_may_have_arrived(), _in_hand()))


def heard_of(invitation_id: int, besides: Letter | None = None) -> bool:
    """The same of one invitation. *besides* is a letter that is about to be sent: that tells nothing yet, its earlier
    tries do."""
    in_hand = _in_hand() if besides is None else and_(_in_hand(), Letter.id != besides.id)
    mails = select(Letter.id).where(Letter.invitation_id == invitation_id, or_(_may_have_arrived(), in_hand))
    return db.session.scalar(mails.limit(1)) is not None


def _may_have_arrived() -> ColumnElement[bool]:
    return or_(Letter.state.in_((LetterState.SENT, LetterState.UNKNOWN)), Letter.unfinished > 0)


def _in_hand() -> ColumnElement[bool]:
    """What somebody sends just now, or had begun to send when they died, may have arrived as well."""
    return and_(Letter.done_at.is_(None), Letter.lease_until.is_not(None))
