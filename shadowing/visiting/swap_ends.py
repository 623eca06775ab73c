"""How a proposed swap of two visits ends without one: a no, no word in time, or a visit that is not any more what it was.

Who waits for it is told by mail that they keep the visit they have; whoever has lost theirs hears of that by other mails."""

from datetime import datetime

from sqlalchemy import Select, or_, select

from shadowing.extensions import db
from shadowing.mail import letters
from shadowing.models import (
    Answer,
    Guest,
    Invitation,
    Letter,
    LetterKind,
    Opening,
    Pairing,
    Round,
    Slot,
    Stage,
)
from shadowing.models.swaps import OPEN_SWAPS, SwapEndedFacts, SwapOffer, SwapState


def of_round(round: Round) -> Select[SwapOffer]:
    """The oldest first."""
    found = select(SwapOffer).join(Invitation, Invitation.id == SwapOffer.mine_id).join(Invitation.slot)
    return found.join(Slot.opening).where(Opening.round_id == round.id).order_by(SwapOffer.id)


def stands(offer: SwapOffer) -> bool:
    """Whether both visits are what they were when it was proposed, and nobody has declined theirs."""
    told = ((offer.mine, offer.mine_revision), (offer.theirs, offer.theirs_revision))
    return all(row.revision == revision and keeps(row) for row, revision in told)


def keeps(row: Invitation) -> bool:
    """Whether its guest has the visit and means to come."""
    has = select(Pairing.id).join(Pairing.guest).where(Guest.person_id == row.person_id)
    has = has.where(Pairing.slot_id == row.slot_id, Pairing.stands)
    said = row.cancelled_at is None and row.answer is not Answer.NO
    on = row.slot.cancelled_at is None and row.slot.opening.round.stage is Stage.PUBLISHED
    return said and on and db.session.scalar(has) is not None


def sweep(round: Round, now: datetime) -> None:
    """After visits have changed: swaps about them come to nothing."""
    db.session.flush()
    for offer in db.session.scalars(of_round(round).where(SwapOffer.state.in_(OPEN_SWAPS))).all():
        if not stands(offer):
            end(offer, SwapState.OVERTAKEN, now)


def lapse(id: int, now: datetime) -> None:
    """Nobody said anything in time. Does nothing where it has gone on since."""
    offer = db.session.get(SwapOffer, id, with_for_update=True, populate_existing=True)
    if offer is not None and offer.is_open and offer.until <= now:
        end(offer, SwapState.LAPSED if stands(offer) else SwapState.OVERTAKEN, now)


def end(offer: SwapOffer, state: SwapState, now: datetime) -> None:
    """Who waits is told: who proposed it, unless they took it back, and who agreed."""
    waits = [] if state is SwapState.TAKEN_BACK else [offer.mine]
    waits += [offer.theirs] if offer.state is SwapState.AGREED else []
    offer.state, offer.ended_at = state, now
    take_back_mails(offer, now)
    db.session.flush()
    letters.keep([ended(offer, row, now) for row in waits if keeps(row)])


def key(offer: SwapOffer) -> str:
    """Of the mail that proposes it."""
    return f"{LetterKind.SWAP_OFFER}:{offer.id}"


def hosts_key(offer: SwapOffer) -> str:
    """With what the keys of the mails begin that ask the hosts."""
    return f"{LetterKind.SWAP_WAITS}:{offer.id}:"


def take_back_mails(offer: SwapOffer, now: datetime) -> None:
    """Those that ask for a yes, where they have not left yet."""
    of_hosts = Letter.key.startswith(hosts_key(offer), autoescape=True)
    letters.take_back(or_(Letter.key == key(offer), of_hosts), now)


def ended(offer: SwapOffer, row: Invitation, now: datetime) -> Letter:
    """The unsaved mail to the guest of *row* about its end."""
    round = row.slot.opening.round
    heading = letters.heading_of(row.person, round, "/visits")
    facts = SwapEndedFacts(heading=heading, yours=row.told.entry, state=offer.state, proposed=row.id == offer.mine_id)
    name = f"{LetterKind.SWAP_ENDED}:{offer.id}:{row.person_id}"
    letter = letters.addressed(row.person, round, LetterKind.SWAP_ENDED, name, now, facts)
    letter.expires_at = row.told.entry.starts_at
    return letter
