"""Letters that did not arrive: whether they can still go, and sending them again, to the same address or a corrected one.

A letter that goes again to the same address is the same bytes. A corrected address is the person's from then on. An
invitation of which its person has not heard keeps its identity and goes to the new address; one that stands in the old
address's calendar is called off there and told anew, when HR publishes the change."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select, update

from shadowing.company import audit, people
from shadowing.errors import Changed, Refusal, WrongStage
from shadowing.extensions import db
from shadowing.mail import hearing, outdated, quiet
from shadowing.models import (
    LOST,
    TESTS,
    Invitation,
    Letter,
    LetterKind,
    LetterState,
    Opening,
    Person,
    Round,
    Slot,
    Stage,
)

STUCK = (LetterState.READY, LetterState.UNDELIVERABLE, LetterState.GAVE_UP)
OF_VISITS = (LetterKind.REQUEST, LetterKind.CHANGE, LetterKind.CANCEL)
OF_ROUNDS = (
    LetterKind.UNMATCHED,
    LetterKind.NEW_DATES,
    LetterKind.ANSWERED_FOR,
    LetterKind.OFFERED_FOR,
    LetterKind.PLACE_REFUSED,
)


def can_be_mended(letter: Letter) -> bool:
    """It did not arrive, or it waits after a try that failed. A test goes again as another check-up."""
    if letter.kind in TESTS:
        return False
    return letter.state in LOST or (letter.state is LetterState.READY and bool(letter.error))


def obstacle(letter: Letter, now: datetime) -> Refusal | None:
    """Why this letter cannot go again, and what to do instead."""
    name = letter.person.name(letter.locale)
    if not can_be_mended(letter):
        return WrongStage("Only a mail that did not arrive can be sent again.")
    if letter.lease_until is not None and letter.lease_until > now:
        return Changed("This mail is being sent just now. Look again in a minute.")
    if letter.kind is LetterKind.SIGN_IN:
        return Refusal("A link to sign in is good for minutes only. Please ask for a new one on the sign-in page.")
    if letter.person.left_at is not None:
        return Refusal("%(name)s has left the company, so no mail goes to them any more.", name=name)
    if letter.expires_at is not None and letter.expires_at <= now:
        return _too_late(letter, name)
    return _overtaken(letter, now)


def _too_late(letter: Letter, name: str) -> Refusal:
    if letter.kind in OF_VISITS:
        return Refusal("The time of the visit has come, so this mail would be late. Please tell %(name)s.", name=name)
    if letter.kind is LetterKind.SEAT_OFFER:
        return Refusal("The time to take this place is over, so this mail would be late.")
    if letter.kind in (LetterKind.SWAP_OFFER, LetterKind.SWAP_WAITS):
        return Refusal("The time to answer this proposal is over, so this mail would be late.")
    if letter.kind in OF_ROUNDS:
        return Refusal("The round is over, so this mail would be late. Please tell %(name)s.", name=name)
    if letter.kind is LetterKind.PERSONAL_LINK:
        return Refusal("A day has gone since %(name)s asked for it. A new one is there on the sign-in page.", name=name)
    if letter.kind is LetterKind.OPEN_FOR_YOU:
        return Refusal(
            "The day until which %(name)s could answer is over. Name another one beside their answer.", name=name
        )
    round = db.session.get(Round, letter.round_id)
    if round is not None and round.stage is Stage.COLLECTING:
        return Refusal(
            "The last day for answers is over. To ask again, set a later day in the round and send a reminder."
        )
    if round is not None and round.stage is Stage.REVIEWING:
        return Refusal("The last day for answers is over. To ask again, open the answers again and send a reminder.")
    return Refusal("The last day for answers is over, and so is the time to ask.")


def _overtaken(letter: Letter, now: datetime) -> Refusal | None:
    match outdated.overtaken(letter, now):
        case None:
            return None
        case LetterState.SENT:
            return Refusal("The answer to this invitation has come, so it did arrive.")
        case LetterState.CANCELLED:
            return Refusal("This visit was called off before anybody heard of it, so there is nothing to tell.")
        case _:
            return Refusal("A newer mail about this visit has taken the place of this one. Look at that one.")


def send_again(letter: Letter, by: Person | None, now: datetime) -> None:
    """The same mail, to the same address, with all its tries before it."""
    wrong = obstacle(letter, now)
    if wrong is not None:
        raise wrong
    _queue(letter, now)
    audit.record("send_again", by, None, now, letter=letter.id)


def _queue(letter: Letter, now: datetime) -> None:
    """A copy that may have arrived is remembered, so that its visit is never called off in silence."""
    maybe = letter.unfinished > 0 or letter.state is LetterState.UNKNOWN
    letter.state, letter.done_at, letter.due_at, letter.error = LetterState.READY, None, now, ""
    letter.attempts, letter.unfinished = 0, int(maybe)
    letter.fence, letter.lease_until = letter.fence + 1, None
    quiet.wait(letter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a new address brings about: *letters* go to it at once; *untold* visits stand in the old address's calendar and
    are told anew when HR publishes the changes of their *rounds*."""

    letters: tuple[Letter, ...]
    untold: tuple[Invitation, ...]
    rounds: tuple[Round, ...]


def can_be_corrected(letter: Letter) -> bool:
    """Where the outcome is unknown the server took the address, so that is not what was wrong."""
    return can_be_mended(letter) and letter.state in STUCK


def correction(person: Person, address: str, now: datetime) -> Correction:
    """What *address* would bring about; empty for one that is not typed yet."""
    coming = list(db.session.scalars(_coming(person, now)))
    silent = {invitation.id for invitation in coming if not hearing.heard_of(invitation.id)}
    moving = [
        one
        for one in db.session.scalars(_stuck(person, now))
        if (one.invitation_id is None or one.invitation_id in silent) and outdated.overtaken(one, now) is None
    ]
    untold = tuple(one for one in coming if one.id not in silent and one.address != address)
    rounds = tuple(dict.fromkeys(one.slot.opening.round for one in untold))
    return Correction(letters=tuple(moving), untold=untold, rounds=rounds)


def _coming(person: Person, now: datetime) -> Select[Invitation]:
    here = select(Invitation).join(Invitation.slot).join(Slot.opening).join(Opening.round)
    here = here.where(Invitation.person_id == person.id, Invitation.cancelled_at.is_(None), Slot.starts_at > now)
    return here.where(Round.stage == Stage.PUBLISHED).order_by(Invitation.id)


def _stuck(person: Person, now: datetime) -> Select[Letter]:
    """Those that wait or were lost and could go; a link that signs somebody in is never sent elsewhere."""
    found = select(Letter).where(Letter.person_id == person.id, Letter.state.in_(STUCK), Letter.lease_until.is_(None))
    found = found.where(
        Letter.copy_for == "",
        Letter.kind.not_in((LetterKind.SIGN_IN, *TESTS)),
        Letter.expires_at.is_(None) | (Letter.expires_at > now),
    )
    return found.order_by(Letter.id)


def correct(letter: Letter, address: str, by: Person | None, now: datetime) -> Correction:
    """Give the letter's person a new mail address, and what did not arrive another chance there."""
    wrong = obstacle(letter, now)
    if wrong is not None:
        raise wrong
    if not can_be_corrected(letter):
        raise WrongStage("The mail server took this address, so it may be right. The mail can only be sent again.")
    person, before = letter.person, letter.person.email
    _free(address, person)
    found = correction(person, address, now)
    person.email = address
    people.index(person)
    ids = {one.invitation_id for one in found.letters}
    db.session.execute(update(Invitation).where(Invitation.id.in_(ids)).values(address=address))
    for one in found.letters:
        _readdress(one, address, now)
    audit.record("correct_address", by, None, now, of=person.id, before=before, after=address)
    return found


def _free(address: str, person: Person) -> None:
    same = select(Person).where(func.lower(Person.email) == address.lower(), Person.id != person.id)
    owner = db.session.scalar(same.where(Person.left_at.is_(None)).limit(1))
    if owner is not None:
        raise Refusal("This mail address belongs to %(owner)s already.", owner=owner.code)


def _readdress(letter: Letter, address: str, now: datetime) -> None:
    letter.address = address
    _queue(letter, now)
